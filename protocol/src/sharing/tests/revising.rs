//! Raising, lowering and renewing a share, and what a cheat or bad luck makes of it.
//! Lowering because a consent ended is in `consenting`.

use super::super::offer::SharePayload;
use super::super::{
    InState, OutState, Request, Rights, Share, ShareRefusal, accept, contributions, preview_revision, previewed, recall,
    received_view, revise, sealing, terms,
};
use super::{
    GIRL, MAN, OPENED, SHARED, author, deliver, folded, given, held, key, last_incident, orders, send, share, standing, states,
    write,
};
use crate::bounded::BoundedVec;
use crate::caselog::{append, opening};
use crate::crypto::Signed;
use crate::dictionary::ShareClass;
use crate::envelope::Kind;
use crate::ids::{CaseId, ShareId};
use crate::machine::{Notice, Scope, Table, Txn};
use crate::testing::World;
use crate::testing::drafts::{self, id, instead, note, text};
use crate::time::DAY;
use crate::wire;

/// The share as it stands, to be asked for with changes.
fn present(world: &World, share: ShareId) -> Request {
    given(world, share).share.stored().unwrap().into_value()
}

fn without_the_man(world: &World, share: ShareId) -> Request {
    let before = present(world, share);
    let persons = before.persons.iter().filter(|person| person.entity != MAN).cloned().collect();
    Share { persons: BoundedVec::new(persons).unwrap(), ..before }
}

fn lower(world: &mut World, share: ShareId) -> u64 {
    let request = without_the_man(world, share);
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap()
}

fn sees(world: &World, case: CaseId, person: crate::ids::EntityId) -> bool {
    folded(world, "shillong", case).entity("person", person).is_some()
}

#[test]
fn a_lower_revision_leaves_what_it_covers_under_a_new_key_and_destroys_the_rest() {
    let (mut world, case, share) = SHARED.clone();
    assert!(world["shillong"].holds("Rofiqul") && world["shillong"].holds("Anjali"));
    assert_eq!(lower(&mut world, share), 1);
    world.settle();
    assert!(!world["shillong"].holds("Rofiqul"), "no value of him is left in any row");
    assert!(sees(&world, case, GIRL) && !sees(&world, case, MAN));
    let rows = |scope| world["shillong"].view.rows().filter(|(_, _, at, _)| *at == scope).count();
    assert_eq!(rows(Scope::Share(share)), 0, "the old key seals nothing");
    assert!(rows(Scope::ShareRevision(share, 1)) > 3);
    assert_eq!(sealing(&world["shillong"].view, share), Ok(Some(Scope::ShareRevision(share, 1))));
    let row = given(&world, share);
    assert_eq!(row.state, OutState::Active, "the share goes on");
    let receipt = row.revisions[0].receipt.as_ref().unwrap().stored().unwrap().into_value();
    assert_eq!((receipt.share, receipt.revision), (share, 1));
    assert!(row.receipt.is_none());
    // Updates go on for her and not for him.
    write(&mut world, "guwahati", case, &[text(MAN, "person", "mother", "canary-his"), text(GIRL, "person", "father", "Haren")]);
    world.settle();
    assert!(world["shillong"].holds("Haren") && !world["shillong"].holds("canary-his"));
    // And its end is an end.
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    assert!(!world["shillong"].holds("Anjali"));
    assert!(given(&world, share).receipt.is_some());
}

#[test]
fn other_terms_are_shown_before_they_are_given_as_they_will_be_seen() {
    let (mut world, case, share) = SHARED.clone();
    let request = without_the_man(&world, share);
    let (before, after) = preview_revision(&world["guwahati"].view, world.now, share, &request).unwrap();
    assert!(before.entity("person", MAN).is_some() && after.entity("person", MAN).is_none());
    let unchanged = preview_revision(&world["guwahati"].view, world.now, share, &present(&world, share));
    assert!(matches!(unchanged, Err(ShareRefusal::Unchanged)));
    assert!(given(&world, share).revisions.is_empty(), "nothing is given by looking");
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
    let seen = received_view(&world["shillong"].view, share).unwrap().unwrap();
    let people = |folded: &crate::caselog::FoldedCase| folded.of_kind("person").map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(people(&seen), people(&after));
    assert!(sees(&world, case, GIRL));
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    let over = preview_revision(&world["guwahati"].view, world.now, share, &present(&world, share));
    assert!(matches!(over, Err(ShareRefusal::State(_))));
}

#[test]
fn a_raised_share_fills_in_present_values_and_a_renewed_one_lasts_longer() {
    let (mut world, case, share) = SHARED.clone();
    write(&mut world, "guwahati", case, &note(id(60), "canary-note"));
    world.settle();
    assert!(!world["shillong"].holds("canary-note"));
    let sections = drafts::sections(&["identity", "route", "process", "notes"]);
    let request = Share { sections, expires: world.now.plus(60 * DAY), ..present(&world, share) };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
    assert!(world["shillong"].holds("canary-note"));
    assert_eq!(sealing(&world["shillong"].view, share), Ok(Some(Scope::Share(share))), "the key stays");
    world.advance(45 * DAY);
    assert_eq!(states(&world, share), (OutState::Active, InState::Active));
    world.advance(15 * DAY);
    assert!(!world["shillong"].holds("canary-note"));
}

#[test]
fn raising_after_lowering_brings_back_what_stands_then() {
    let (mut world, case, share) = SHARED.clone();
    let both = present(&world, share);
    lower(&mut world, share);
    world.settle();
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    world.act("guwahati", |txn| revise(txn, share, both)).unwrap();
    world.settle();
    let now = folded(&world, "shillong", case);
    assert_eq!(now.entity("person", MAN).unwrap().text("father"), "Karim");
    assert_eq!(now.entity("person_name", drafts::name_of(MAN)).unwrap().text("given"), "Rofiqul");
    assert_eq!(held(&world, "shillong", share).unwrap().revision, 2);
}

#[test]
fn a_share_that_waits_for_an_answer_is_offered_again_when_it_is_changed() {
    let (mut world, _) = OPENED.clone();
    let case = OPENED.1;
    let share = share(&mut world, case, "shillong");
    world.act("shillong", |txn| previewed(txn, share)).unwrap();
    world.settle();
    lower(&mut world, share);
    world.settle();
    assert_eq!(held(&world, "shillong", share).unwrap().state, InState::Offered);
    assert!(received_view(&world["shillong"].view, share).unwrap().unwrap().entity("person", MAN).is_none());
    assert!(!world["shillong"].holds("Rofiqul"));
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.settle();
    assert_eq!(states(&world, share), (OutState::Active, InState::Active));
}

#[test]
fn revisions_in_every_order_come_to_the_last() {
    let (mut world, case, share) = SHARED.clone();
    world.offline("shillong");
    lower(&mut world, share);
    let first = world.sealed("guwahati", "shillong");
    let sections = drafts::sections(&["identity", "notes"]);
    let request = Share { sections, ..present(&world, share) };
    world.act("guwahati", |txn| append(txn, case, &note(id(60), "a note"), &author())).unwrap();
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    let second = world.sealed("guwahati", "shillong");
    let envelopes: Vec<Vec<u8>> = first.into_iter().chain(second).map(|(_, bytes)| bytes).collect();
    assert!((3..=5).contains(&envelopes.len()), "{}", envelopes.len());
    for order in super::orders(envelopes.len()) {
        let mut world = world.clone();
        super::deliver(&mut world, "guwahati", "shillong", &envelopes, &order);
        let row = held(&world, "shillong", share).unwrap();
        assert_eq!((row.revision, row.state), (2, InState::Active), "{order:?}");
        assert_eq!(terms(&world["shillong"].view, share).unwrap().unwrap().0.revision, 2);
        let view = folded(&world, "shillong", case);
        assert!(view.entity("person", MAN).is_none() && view.entity("note", id(60)).is_some(), "{order:?}");
        assert_eq!(view.entity("person", GIRL).unwrap().text("mother"), "Maloti", "{order:?}");
        world.settle();
        assert!(!world["shillong"].holds("Rofiqul"), "{order:?}");
    }
}

fn revision(world: &World, signer: &str, share: &Share, case: CaseId) -> Vec<u8> {
    let log = crate::caselog::load(&world["guwahati"].view, case).unwrap().unwrap();
    let opening = opening(&log).unwrap().to_vec();
    let share = Signed::sign(share, &key(world, signer));
    wire::encode(&SharePayload {
        share,
        opening,
        heads: Vec::new(),
        changes: 0,
        lowers: true,
        kept: Vec::new(),
        custody: Vec::new(),
    })
}

#[test]
fn nobody_but_its_owner_changes_a_share_and_never_backwards() {
    let (mut world, case, share) = SHARED.clone();
    let owners = present(&world, share);
    // Kathmandu lowers a share of Guwahati, in its own name and in Guwahati's.
    let before = world["shillong"].state();
    for from in [world["kathmandu"].id, world["guwahati"].id] {
        let lower = Share { revision: 5, from, ..owners.clone() };
        let payload = revision(&world, "kathmandu", &lower, case);
        send(&mut world, "kathmandu", "shillong", Kind::Share, payload);
        assert!(world["shillong"].state() == before);
    }
    assert!(world.act("kathmandu", |txn| revise(txn, share, owners.clone())).is_err());
    assert!(matches!(world.act("shillong", |txn| revise(txn, share, owners.clone())), Err(ShareRefusal::NoShare)));
    lower(&mut world, share);
    world.settle();
    let before = world["shillong"].state();
    // Back to the first revision; and another second one.
    let payload = revision(&world, "guwahati", &owners, case);
    send(&mut world, "guwahati", "shillong", Kind::Share, payload);
    assert!(world["shillong"].state() == before, "overtaken");
    let payload = revision(&world, "guwahati", &Share { revision: 1, ..owners.clone() }, case);
    send(&mut world, "guwahati", "shillong", Kind::Share, payload);
    assert_eq!(last_incident(&world, "shillong"), "signed two different shares of one revision");
    let payload = revision(&world, "guwahati", &Share { revision: 9, case: CaseId([7; 32]), ..owners }, case);
    send(&mut world, "guwahati", "shillong", Kind::Share, payload);
    assert_eq!(last_incident(&world, "shillong"), "sent a revision that moves its share to another case");
    assert!(world["shillong"].state() == before);
    assert_eq!(given(&world, share).state, OutState::Active, "what was refused does not end the share");
}

#[test]
fn what_is_over_cannot_be_revised_on_either_side() {
    let (mut world, case, share) = SHARED.clone();
    let owners = present(&world, share);
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    let again = Share { expires: world.now.plus(90 * DAY), ..owners.clone() };
    assert!(matches!(world.act("guwahati", |txn| revise(txn, share, again.clone())), Err(ShareRefusal::State("over"))));
    world.settle();
    let before = world["shillong"].state();
    let payload = revision(&world, "guwahati", &Share { revision: 1, ..again }, case);
    send(&mut world, "guwahati", "shillong", Kind::Share, payload);
    assert!(world["shillong"].state() == before, "a share that ended stays ended");
    assert!(!world["shillong"].holds("Rofiqul"));
}

#[test]
fn the_same_again_is_no_revision_and_a_revision_is_checked_like_a_share() {
    let (mut world, _, share) = SHARED.clone();
    let same = present(&world, share);
    let before = world["guwahati"].state();
    assert!(matches!(world.act("guwahati", |txn| revise(txn, share, same.clone())), Err(ShareRefusal::Unchanged)));
    for wrong in [
        Share { expires: world.now, ..same.clone() },
        Share { sections: BoundedVec::default(), ..same.clone() },
        Share { classes: BoundedVec::new(vec![ShareClass::X]).unwrap(), ..same },
    ] {
        assert!(world.act("guwahati", |txn| revise(txn, share, wrong)).is_err());
    }
    assert!(world["guwahati"].state() == before);
}

#[test]
fn a_lower_revision_that_never_came_is_done_by_the_next() {
    let (mut world, case, share) = SHARED.clone();
    let both = present(&world, share);
    world.offline("shillong");
    lower(&mut world, share);
    world.act("guwahati", |txn| revise(txn, share, both)).unwrap();
    world.online("shillong");
    let row = given(&world, share);
    assert!(row.revisions.iter().all(|one| one.lowers && one.receipt.is_some()), "the first is answered with the second");
    assert_eq!(sealing(&world["shillong"].view, share), Ok(Some(Scope::ShareRevision(share, 2))));
    assert!(sees(&world, case, MAN) && sees(&world, case, GIRL));
}

#[test]
fn who_was_put_back_to_before_a_revision_gets_it_again() {
    let (mut world, case, share) = SHARED.clone();
    let old = world["shillong"].view.clone();
    lower(&mut world, share);
    world.settle();
    let receiver_at_1 = world["shillong"].view.clone();
    world.restore("shillong", old);
    assert!(world["shillong"].holds("Rofiqul"));
    world.connect("guwahati", "shillong");
    world.settle();
    assert!(!world["shillong"].holds("Rofiqul") && sees(&world, case, GIRL));
    // An owner that was put back goes on above what the receiver holds.
    let (mut world, _, _) = SHARED.clone();
    world.restore("shillong", receiver_at_1);
    world.connect("guwahati", "shillong");
    world.settle();
    assert_eq!(given(&world, share).above, 1);
    assert_eq!(lower(&mut world, share), 2);
}

#[test]
fn an_owner_that_lost_the_receipt_of_a_lower_revision_gets_it_again() {
    let (mut world, _, share) = SHARED.clone();
    world.offline("shillong");
    lower(&mut world, share);
    let old = world["guwahati"].view.clone();
    world.online("shillong");
    world.restore("guwahati", old);
    assert!(given(&world, share).revisions[0].receipt.is_none());
    world.connect("guwahati", "shillong");
    world.settle();
    assert!(given(&world, share).revisions[0].receipt.is_some());
}

#[test]
fn a_shorter_revision_that_never_came_ends_by_a_recall() {
    let (mut world, _, share) = SHARED.clone();
    let request = Share { expires: world.now.plus(2 * DAY), ..present(&world, share) };
    world.offline("shillong");
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.advance(3 * DAY);
    assert!(world["shillong"].holds("Rofiqul"), "it cannot know");
    world.online("shillong");
    assert!(!world["shillong"].holds("Rofiqul"), "27 days before its former end");
}

#[test]
fn an_answer_to_what_was_just_taken_away_is_still_taken() {
    let (mut world, case, share) = SHARED.clone();
    let seen = standing(&world, case, "person", MAN, "sex");
    world.offline("shillong");
    write(&mut world, "shillong", case, &[instead(seen, text(MAN, "person", "sex", "unknown"))]);
    lower(&mut world, share);
    world.online("shillong");
    assert_eq!(contributions(&world["guwahati"].view, case).unwrap().len(), 1);
    assert!(!world["guwahati"].incidents.iter().any(|incident| incident.what.contains("never shown")));
}

#[test]
fn the_right_to_write_can_be_given_and_taken() {
    let (mut world, case, share) = SHARED.clone();
    let request = Share { rights: Rights::Read, ..present(&world, share) };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
    assert!(!super::super::may_contribute(&world["shillong"].view, case, world.now).unwrap());
    let request = Share { rights: Rights::Contribute, ..present(&world, share) };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
    write(&mut world, "shillong", case, &note(id(50), "again"));
    world.settle();
    assert_eq!(contributions(&world["guwahati"].view, case).unwrap().len(), 1);
}

#[test]
fn people_are_reminded_of_an_end_once_seven_days_and_once_one_day_before() {
    let (mut world, _, share) = SHARED.clone();
    let told = |world: &World| {
        let of = |unit: &str, notice| world[unit].notices.iter().filter(|one| **one == notice).count();
        (of("guwahati", Notice::Ending(share)), of("shillong", Notice::Ending(share)))
    };
    let start = told(&world);
    let since = |world: &World| (told(world).0 - start.0, told(world).1 - start.1);
    world.advance(23 * DAY - 1);
    assert_eq!(since(&world), (0, 0));
    world.advance(1);
    assert_eq!(since(&world), (1, 1));
    world.advance(DAY);
    assert_eq!(since(&world), (1, 1));
    world.advance(5 * DAY);
    world.advance(1);
    assert_eq!(since(&world), (2, 2));
    // A renewed share is new.
    let request = Share { expires: world.now.plus(20 * DAY), ..present(&world, share) };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
    let renewed = since(&world);
    world.advance(DAY);
    assert_eq!(since(&world), renewed);
    world.advance(13 * DAY);
    assert_eq!(since(&world), (renewed.0 + 1, renewed.1 + 1));
    assert_eq!(world["guwahati"].count(Table::ERASURES), 0);
}

#[test]
fn word_that_a_value_is_old_may_come_before_the_value_that_a_revision_brings() {
    let (mut world, case, share) = SHARED.clone();
    lower(&mut world, share);
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Abdul"), text(GIRL, "person", "mother", "Maya")]);
    world.settle();
    world.offline("guwahati");
    let her = present(&world, share);
    let both = Share { persons: drafts::request(case, her.to, &[GIRL, MAN], her.expires).persons, ..her };
    world.act("guwahati", |txn| revise(txn, share, both)).unwrap();
    // Replaced twice at once: what came in between is shown to nobody.
    let seen = standing(&world, case, "person", MAN, "father");
    let twice = |txn: &mut Txn<'_>| {
        let first = append(txn, case, &[instead(seen, text(MAN, "person", "father", "Karim"))], &author())?;
        append(txn, case, &[instead(first.commitments, text(MAN, "person", "father", "Rahim"))], &author())
    };
    world.act("guwahati", twice).unwrap();
    let sealed: Vec<Vec<u8>> = world.sealed("guwahati", "shillong").into_iter().map(|(_, bytes)| bytes).collect();
    for order in orders(sealed.len()) {
        let mut world = world.clone();
        deliver(&mut world, "guwahati", "shillong", &sealed, &order);
        let (_, stale) = terms(&world["shillong"].view, share).unwrap().unwrap();
        let folded = folded(&world, "shillong", case);
        let field = folded.entity("person", MAN).unwrap().field("father").unwrap();
        let current = field.versions.iter().filter(|version| !stale.contains(&version.commitment));
        assert_eq!(current.filter_map(|version| version.value.as_text()).collect::<Vec<_>>(), ["Rahim"], "{order:?}");
    }
}
