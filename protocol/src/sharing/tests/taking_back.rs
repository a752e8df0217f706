//! Contributions with terms of their own: passed on only as these allow, taken back by their author, over at their time.
//! Contributing itself is in `contributing`.

use super::super::take_back::TakeBackPayload;
use super::super::{
    ContributionState, ContributionTerms, Handling, Onward, ShareRefusal, accept, admit, contributed, contribution_terms,
    contributions, take_back,
};
use super::{SHARED, author, deliver, folded, last_incident, orders, send, write};
use crate::dictionary::Value;
use crate::envelope::Kind;
use crate::ids::{CaseId, EntryHash, ShareId};
use crate::machine::{Scope, Table};
use crate::testing::World;
use crate::testing::drafts::{self, id, note};
use crate::time::DAY;
use crate::wire;

const ALLOWED: ContributionTerms = ContributionTerms { handling: Handling::H1, onward: Onward::Allowed, expires: None };

/// Shillong and Kathmandu both hold the case of Guwahati, notes included.
fn three() -> (World, CaseId, [ShareId; 2]) {
    let (mut world, case, _) = SHARED.clone();
    let shares = ["shillong", "kathmandu"].map(|to| {
        let mut request = drafts::request(case, world[to].id, &[], world.now.plus(30 * DAY));
        request.sections = drafts::sections(&["notes"]);
        let share = world.act("guwahati", |txn| super::super::create(txn, request)).unwrap();
        world.settle();
        world.act(to, |txn| accept(txn, share)).unwrap();
        world.settle();
        share
    });
    (world, case, shares)
}

fn terms(world: &mut World, case: CaseId, terms: ContributionTerms) {
    world.act("shillong", |txn| contribution_terms(txn, case, terms)).unwrap();
}

/// Shillong writes a note; gives its entry once Guwahati has it.
fn wrote(world: &mut World, case: CaseId, at: u8, words: &str) -> EntryHash {
    let appended = write(world, "shillong", case, &note(id(at), words));
    world.settle();
    appended.head
}

fn admitted(world: &mut World, case: CaseId, entry: EntryHash) {
    world.act("guwahati", |txn| admit(txn, case, entry, &author())).unwrap();
    world.settle();
}

#[test]
fn a_contribution_is_passed_on_only_if_its_author_allows() {
    let (mut world, case, _) = three();
    for (at, onward, words) in
        [(50, Onward::None, "canary-none"), (51, Onward::Ask, "canary-ask"), (52, Onward::Allowed, "canary-yes")]
    {
        terms(&mut world, case, ContributionTerms { onward, ..ALLOWED });
        let entry = wrote(&mut world, case, at, words);
        assert_eq!(
            contributions(&world["guwahati"].view, case).unwrap().iter().find(|one| one.0 == entry).unwrap().1.onward,
            onward
        );
        admitted(&mut world, case, entry);
        assert!(world["guwahati"].holds(words));
        assert_eq!(world["kathmandu"].holds(words), onward == Onward::Allowed, "{words}");
    }
}

#[test]
fn its_author_takes_it_back_from_the_owner_and_from_those_it_was_passed_to() {
    let (mut world, case, _) = three();
    terms(&mut world, case, ALLOWED);
    let kept = wrote(&mut world, case, 50, "canary-kept");
    let gone = wrote(&mut world, case, 51, "canary-gone");
    admitted(&mut world, case, kept);
    admitted(&mut world, case, gone);
    assert!(world["kathmandu"].holds("canary-gone"));
    world.act("shillong", |txn| take_back(txn, case, gone)).unwrap();
    world.settle();
    for unit in ["guwahati", "kathmandu"] {
        assert!(!world[unit].holds("canary-gone"), "{unit}");
        assert!(world[unit].holds("canary-kept"), "{unit}");
        assert!(folded(&world, unit, case).entity("note", id(51)).is_none());
    }
    assert!(world["shillong"].holds("canary-gone"), "what its own people wrote stays theirs");
    let row = contributed(&world["shillong"].view, case).unwrap().into_iter().find(|(entry, _)| *entry == gone).unwrap().1;
    let receipt = row.receipt.unwrap().stored().unwrap().into_value();
    assert_eq!((receipt.entry, receipt.unit), (Some(gone), world["guwahati"].id));
    assert!(matches!(world.act("shillong", |txn| take_back(txn, case, gone)), Err(ShareRefusal::State(_))), "once");
    // The log goes on, and nothing brings it back.
    let next = wrote(&mut world, case, 52, "canary-next");
    admitted(&mut world, case, next);
    for unit in ["guwahati", "shillong"] {
        let other = if unit == "guwahati" { "shillong" } else { "guwahati" };
        world.connect(unit, other);
        world.settle();
    }
    assert!(!world["guwahati"].holds("canary-gone") && world["kathmandu"].holds("canary-next"));
    assert!(world.act("guwahati", |txn| admit(txn, case, gone, &author())).is_err());
}

#[test]
fn what_the_owner_added_stays_here_when_it_is_no_longer_said_whom_it_concerns() {
    for admits in [false, true] {
        let (mut world, case, _) = SHARED.clone();
        let request = drafts::request(case, world["kathmandu"].id, &[], world.now.plus(30 * DAY));
        let share = world.act("guwahati", |txn| super::super::create(txn, request)).unwrap();
        world.settle();
        world.act("kathmandu", |txn| accept(txn, share)).unwrap();
        world.settle();
        let leg = write(&mut world, "shillong", case, &drafts::leg(id(50), super::GIRL, "Kalgachia")).head;
        world.settle();
        if admits {
            admitted(&mut world, case, leg);
        }
        write(&mut world, "guwahati", case, &[drafts::text(id(50), "route_leg", "from_village", "canary-hers")]);
        world.settle();
        assert!(!world["kathmandu"].holds("canary-hers"), "she is not named in this share");
        world.act("shillong", |txn| take_back(txn, case, leg)).unwrap();
        world.settle();
        write(&mut world, "guwahati", case, &[drafts::text(id(50), "route_leg", "to_village", "canary-later")]);
        world.settle();
        assert!(!world["kathmandu"].holds("canary-hers") && !world["kathmandu"].holds("canary-later"), "{admits}");
        // A person of the owner says that it concerns nobody.
        write(&mut world, "guwahati", case, &[drafts::draft(id(50), "route_leg", "person", Value::cleared())]);
        world.settle();
        assert!(world["kathmandu"].holds("canary-hers") && world["kathmandu"].holds("canary-later"), "{admits}");
    }
}

#[test]
fn nobody_takes_back_what_another_wrote() {
    let (mut world, case, [_, kathmandus]) = three();
    let entry = wrote(&mut world, case, 50, "canary-ours");
    let before = world["guwahati"].state();
    let share = SHARED.2;
    for of in [kathmandus, share, ShareId([9; 16])] {
        let payload = wire::encode(&TakeBackPayload { share: of, case, entry });
        send(&mut world, "kathmandu", "guwahati", Kind::ContributionRecall, payload);
        assert_eq!(last_incident(&world, "guwahati"), "took back another unit's contribution");
        assert!(world["guwahati"].state() == before);
    }
    // Nor does the owner's own entry go.
    let own = crate::caselog::case_row(&world["guwahati"].view, case).unwrap().unwrap().heads[&world["guwahati"].id].1;
    send(
        &mut world,
        "shillong",
        "guwahati",
        Kind::ContributionRecall,
        wire::encode(&TakeBackPayload { share, case, entry: own }),
    );
    assert!(folded(&world, "guwahati", case).entity("person", super::GIRL).is_some());
    assert!(world.act("kathmandu", |txn| take_back(txn, case, entry)).is_err());
    send(&mut world, "shillong", "guwahati", Kind::ContributionRecall, vec![0xff]);
    assert_eq!(last_incident(&world, "guwahati"), "took back a contribution out of form");
}

#[test]
fn in_whatever_order_they_come_it_is_gone() {
    let (mut world, case, _) = SHARED.clone();
    world.offline("guwahati");
    write(&mut world, "shillong", case, &note(id(50), "canary-first"));
    let gone = write(&mut world, "shillong", case, &note(id(51), "canary-gone")).head;
    let before: Vec<_> = world.sealed("shillong", "guwahati");
    world.act("shillong", |txn| take_back(txn, case, gone)).unwrap();
    let after: Vec<_> = world.sealed("shillong", "guwahati");
    // What was on its way when it was taken back, what went again without it, and the word itself.
    let last = after.last().unwrap().1.clone();
    let again = after.iter().find(|(number, _)| before.iter().all(|(other, _)| other != number)).unwrap().1.clone();
    let envelopes: Vec<Vec<u8>> = before.into_iter().map(|(_, bytes)| bytes).chain([again, last]).collect();
    for order in orders(envelopes.len()) {
        let mut world = world.clone();
        deliver(&mut world, "shillong", "guwahati", &envelopes, &order);
        world.online("guwahati");
        assert!(!world["guwahati"].holds("canary-gone"), "{order:?}");
        assert!(world["guwahati"].holds("canary-first"), "{order:?}");
        let rows = contributions(&world["guwahati"].view, case).unwrap();
        assert_eq!(rows.iter().find(|(entry, _)| *entry == gone).unwrap().1.state, ContributionState::TakenBack, "{order:?}");
        let mine = contributed(&world["shillong"].view, case).unwrap();
        assert!(mine.iter().find(|(entry, _)| *entry == gone).unwrap().1.receipt.is_some(), "{order:?}");
        assert!(!world["guwahati"].view.rows().any(|(_, _, scope, _)| scope == Scope::Contributed(case, gone)));
    }
}

#[test]
fn at_its_time_it_is_over_everywhere() {
    let (mut world, case, _) = three();
    let expires = Some(world.now.plus(5 * DAY));
    terms(&mut world, case, ContributionTerms { expires, ..ALLOWED });
    let entry = wrote(&mut world, case, 50, "canary-short");
    admitted(&mut world, case, entry);
    assert!(world["kathmandu"].holds("canary-short"));
    world.advance(5 * DAY - 1);
    assert!(world["guwahati"].holds("canary-short"));
    world.advance(1);
    assert!(!world["guwahati"].holds("canary-short") && !world["kathmandu"].holds("canary-short"));
    assert!(contributed(&world["shillong"].view, case).unwrap()[0].1.receipt.is_some());
    assert_eq!(world["guwahati"].count(Table::ERASURES), 0);
    assert!(world.act("shillong", |txn| contribution_terms(txn, case, ContributionTerms { expires, ..ALLOWED })).is_err());
}

#[test]
fn what_was_given_on_some_terms_is_not_given_again_on_others() {
    let (mut world, case, _) = three();
    let old = world["guwahati"].view.clone();
    terms(&mut world, case, ContributionTerms { onward: Onward::None, ..ALLOWED });
    let entry = wrote(&mut world, case, 50, "canary-none");
    terms(&mut world, case, ALLOWED);
    // Guwahati loses it and gets it again.
    world.restore("guwahati", old);
    world.connect("guwahati", "shillong");
    world.connect("guwahati", "kathmandu");
    world.settle();
    admitted(&mut world, case, entry);
    assert!(world["guwahati"].holds("canary-none") && !world["kathmandu"].holds("canary-none"));
}
