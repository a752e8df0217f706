//! Shares that rest on a person's consent: what it must cover, and what happens when it ends.
//! Anjali, Rofiqul and Binita are invented.

use super::super::{
    Basis, ConsentGap, InState, OutState, Purpose, Request, Share, ShareRefusal, accept, create, missing_consents, preview,
    revise,
};
use super::{GIRL, MAN, OPENED, SISTER, given, standing, states, write};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::FIELD_REMOVED;
use crate::dictionary::{ShareClass, Value};
use crate::federation::charter;
use crate::ids::{CaseId, Commitment, EntityId, ShareId};
use crate::machine::Scope;
use crate::testing::World;
use crate::testing::drafts::{self, consent, draft, id, instead, text};
use crate::time::{DAY, HOUR, Timestamp};

const HERS: EntityId = id(70);

/// The usual share, in which Anjali is named on the ground of her consent.
fn request(world: &World, case: CaseId) -> Request {
    let usual = drafts::request(case, world["shillong"].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    let mut persons = usual.persons.to_vec();
    persons[0].basis = Basis::Consent;
    persons[0].reason = BoundedText::default();
    Share { persons: BoundedVec::new(persons).unwrap(), ..usual }
}

fn gaps(world: &World, request: &Request) -> Vec<ConsentGap> {
    let listed = missing_consents(&world["guwahati"].view, world.now, request).unwrap();
    match preview(&world["guwahati"].view, world.now, request) {
        Ok(_) => {
            assert_eq!(listed, []);
            Vec::new()
        }
        Err(ShareRefusal::Consent(person, gaps)) => {
            assert_eq!(person, GIRL);
            assert_eq!(listed, [(person, gaps.clone())], "whoever only asks is told the same");
            gaps
        }
        Err(other) => panic!("{other}"),
    }
}

/// Her consent is entered, and the share made and accepted.
fn consented() -> (World, CaseId, ShareId) {
    let (mut world, case) = OPENED.clone();
    write(&mut world, "guwahati", case, &consent(HERS, GIRL));
    let request = request(&world, case);
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.settle();
    assert!(world["shillong"].holds("Anjali"));
    (world, case, share)
}

fn seen(world: &World, case: CaseId, field: &str) -> Vec<Commitment> {
    standing(world, case, "consent", HERS, field)
}

#[test]
fn nobody_is_named_on_consent_that_is_not_there_or_does_not_cover_the_share() {
    let (world, case) = OPENED.clone();
    let asked = request(&world, case);
    assert_eq!(gaps(&world, &asked), [ConsentGap::None]);
    let mut covered = world.clone();
    write(&mut covered, "guwahati", case, &consent(HERS, GIRL));
    assert_eq!(gaps(&covered, &asked), []);
    assert_eq!(gaps(&covered, &Share { purpose: Purpose::Repatriation, ..asked.clone() }), [ConsentGap::Purpose]);
    let later = covered.now.plus(400 * DAY);
    assert_eq!(gaps(&covered, &Share { expires: later, ..asked.clone() }), [ConsentGap::Expiry]);
    let restricted = standing(&world, case, "person", GIRL, "health_alert");
    let with_item = Share { items: BoundedVec::new(restricted).unwrap(), ..asked.clone() };
    assert_eq!(gaps(&covered, &with_item), [ConsentGap::Classes]);
    let codes = |codes: &[&str]| Value::Codes(codes.iter().map(|code| (*code).to_owned()).collect());
    let unit = data_encoding::HEXLOWER.encode(world["kathmandu"].id.as_bytes());
    let changed = [
        (draft(HERS, "consent", "recipients", codes(&["ngo"])), ConsentGap::Recipient),
        (draft(HERS, "consent", "classes_allowed", codes(&["S", "B"])), ConsentGap::Classes),
        (text(HERS, "consent", "valid_from", "2026-11-24"), ConsentGap::NotYet),
        (text(HERS, "consent", "valid_to", "2026-11-22"), ConsentGap::Withdrawn),
        (draft(HERS, "consent", "method", Value::cleared()), ConsentGap::Incomplete),
        (draft(HERS, "consent", "person", drafts::reference(SISTER)), ConsentGap::None),
        (draft(HERS, "consent", FIELD_REMOVED, Value::Bool(true)), ConsentGap::None),
    ];
    for (change, gap) in changed {
        let mut world = covered.clone();
        let field = change.field.to_string();
        let stood = if field == FIELD_REMOVED { Vec::new() } else { seen(&world, case, &field) };
        write(&mut world, "guwahati", case, &[instead(stood, change.clone())]);
        assert!(gaps(&world, &asked).contains(&gap), "{field}");
        assert!(world.act("guwahati", |txn| create(txn, asked.clone())).is_err());
        if field != FIELD_REMOVED && gap != ConsentGap::Withdrawn {
            // Entered beside each other: what both allow holds, not what one of them does.
            let mut world = covered.clone();
            write(&mut world, "guwahati", case, &[change]);
            assert!(!gaps(&world, &asked).is_empty(), "{field} in conflict");
        }
    }
    let mut by_name = covered.clone();
    let stood = seen(&by_name, case, "recipients");
    write(&mut by_name, "guwahati", case, &[instead(stood, draft(HERS, "consent", "recipients", codes(&["ngo"])))]);
    write(&mut by_name, "guwahati", case, &[text(HERS, "consent", "recipient_units", &unit)]);
    assert_eq!(gaps(&by_name, &asked), [ConsentGap::Recipient], "another unit is named");
    assert_eq!(gaps(&by_name, &Share { to: by_name["kathmandu"].id, ..asked }), []);
}

#[test]
fn a_ground_in_place_of_consent_takes_two_persons() {
    let (mut world, case) = OPENED.clone();
    let asked = request(&world, case);
    let given_by = ["given_by", "method"];
    let mut drafts: Vec<_> = consent(HERS, GIRL).into_iter().filter(|draft| !given_by.contains(&&*draft.field)).collect();
    drafts.push(text(HERS, "consent", "override_ground", "court_order"));
    drafts.push(text(HERS, "consent", "override_authority", "Order 12 of an invented court"));
    drafts.push(text(HERS, "consent", "override_by", "Officer Das"));
    drafts.push(draft(HERS, "consent", "override_at", Value::Int(1)));
    write(&mut world, "guwahati", case, &drafts);
    assert_eq!(gaps(&world, &asked), [ConsentGap::Incomplete], "nobody else agreed");
    let mut alone = world.clone();
    write(&mut alone, "guwahati", case, &[text(HERS, "consent", "override_second", "Officer Das")]);
    assert_eq!(gaps(&alone, &asked), [ConsentGap::Incomplete], "the same person twice");
    write(&mut world, "guwahati", case, &[text(HERS, "consent", "override_second", "Nodal officer Kalita")]);
    assert_eq!(gaps(&world, &asked), []);
}

#[test]
fn another_units_word_on_consent_is_a_proposal() {
    let (mut world, case, _) = super::SHARED.clone();
    write(&mut world, "shillong", case, &consent(HERS, GIRL));
    world.settle();
    for (hash, _) in super::super::contributions(&world["guwahati"].view, case).unwrap() {
        world.act("guwahati", |txn| super::super::admit(txn, case, hash, &super::author())).unwrap();
    }
    world.settle();
    assert!(!gaps(&world, &request(&world, case)).is_empty());
}

#[test]
fn consent_withdrawn_takes_the_person_out_and_leaves_the_others() {
    let (mut world, case, share) = consented();
    write(&mut world, "guwahati", case, &[text(HERS, "consent", "withdrawn_on", "2026-11-23")]);
    world.settle();
    assert!(!world["shillong"].holds("Anjali") && world["shillong"].holds("Rofiqul"));
    let row = given(&world, share);
    assert_eq!((row.state, row.revisions.len()), (OutState::Active, 1));
    assert!(row.revisions[0].receipt.is_some(), "its key is destroyed, by the receiver's signed word");
    assert!(!world["shillong"].view.rows().any(|(_, _, scope, _)| scope == Scope::Share(share)));
    // What is written about her in the same breath stays here, too.
    write(&mut world, "guwahati", case, &[text(GIRL, "person", "father", "canary-father")]);
    world.settle();
    assert!(!world["shillong"].holds("canary-father"));
}

#[test]
fn what_is_written_together_with_the_withdrawal_does_not_leave() {
    let (mut world, case, _) = consented();
    let drafts = [text(GIRL, "person", "father", "canary-father"), text(HERS, "consent", "withdrawn_on", "2026-11-23")];
    write(&mut world, "guwahati", case, &drafts);
    let sent = world["guwahati"].view.rows().filter(|(table, ..)| *table == crate::machine::Table::OUTBOX);
    assert!(sent.into_iter().all(|(.., value)| !value.windows(13).any(|window| window == b"canary-father")));
}

#[test]
fn a_share_in_which_nobody_is_left_is_recalled() {
    let (mut world, case) = OPENED.clone();
    write(&mut world, "guwahati", case, &consent(HERS, GIRL));
    let mut asked = request(&world, case);
    asked.persons = BoundedVec::new(asked.persons[..1].to_vec()).unwrap();
    let share = world.act("guwahati", |txn| create(txn, asked)).unwrap();
    world.settle();
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    write(&mut world, "guwahati", case, &[draft(HERS, "consent", FIELD_REMOVED, Value::Bool(true))]);
    world.settle();
    assert_eq!(states(&world, share).0, OutState::Recalled);
    assert!(!world["shillong"].holds("Anjali") && given(&world, share).receipt.is_some());
}

#[test]
fn consent_that_ends_earlier_shortens_the_share_to_midnight_in_india() {
    let (mut world, case, share) = consented();
    let stood = seen(&world, case, "valid_to");
    write(&mut world, "guwahati", case, &[instead(stood, text(HERS, "consent", "valid_to", "2026-11-25"))]);
    world.settle();
    let expires = given(&world, share).share.stored().unwrap().expires;
    // 2026-11-25T18:30:00Z; the world begins on the 23rd at noon UTC.
    assert_eq!(expires, Timestamp(crate::testing::world::NOON.0 + 2 * DAY + 6 * HOUR + HOUR / 2));
    assert!(world["shillong"].holds("Anjali"));
    world.advance(2 * DAY + 6 * HOUR + HOUR / 2 - 1);
    assert_eq!(states(&world, share), (OutState::Active, InState::Active));
    world.advance(1);
    assert!(!world["shillong"].holds("Anjali"));
}

#[test]
fn a_peer_whose_words_are_not_confirmed_any_more_is_recalled_from() {
    let (mut world, case, share) = consented();
    let peer = world["shillong"].id;
    world
        .act("guwahati", |txn| {
            txn.delete(crate::machine::Table::PEERS, peer.as_bytes());
            Ok::<_, crate::machine::ViewError>(())
        })
        .unwrap();
    write(&mut world, "guwahati", case, &[text(HERS, "consent", "withdrawn_on", "2026-11-23")]);
    world.settle();
    assert_eq!(given(&world, share).state, OutState::Recalled, "a revision cannot go there, a recall can");
    assert!(!world["shillong"].holds("Anjali"));
}

#[test]
fn a_frozen_federation_lowers_and_does_not_raise() {
    let (mut world, case, share) = consented();
    let frozen = |world: &World| charter::is_frozen(&world["guwahati"].view).unwrap();
    world
        .act("guwahati", |txn| {
            let head = charter::head(txn)?.unwrap();
            let other = charter::stored(txn, head.epoch)?.unwrap();
            txn.put(b"f", Scope::Master, &charter::Frozen { epoch: head.epoch, held: other.hash(), other });
            Ok::<_, crate::machine::ViewError>(())
        })
        .unwrap();
    assert!(frozen(&world));
    let now = given(&world, share).share.stored().unwrap().into_value();
    let renewed = Share { expires: now.expires.plus(DAY), ..now.clone() };
    assert!(matches!(world.act("guwahati", |txn| revise(txn, share, renewed)), Err(ShareRefusal::Frozen)));
    let classes = BoundedVec::new(vec![ShareClass::S, ShareClass::B]).unwrap();
    world.act("guwahati", |txn| revise(txn, share, Share { classes, ..now })).unwrap();
    write(&mut world, "guwahati", case, &[text(HERS, "consent", "withdrawn_on", "2026-11-23")]);
    world.settle();
    assert!(!world["shillong"].holds("Anjali") && !world["shillong"].holds("Rofiqul"));
}
