//! What goes along with a case beside its values: contributions on their authors' terms, files, and shares that had been revised.
//! All units and people are invented.

use super::super::messages::{FromOwner, Handing, Named, Part, Passed};
use super::super::{GivenState, TakenState, decline, given, received, withdraw};
use super::{MAN, SHARED, folded, give, offer, owner, say_yes, states, write};
use crate::bounded::BoundedVec;
use crate::caselog::{append, load};
use crate::documents::{self, Holding};
use crate::envelope::{Kind, Received};
use crate::ids::{CaseId, ChunkHash, Commitment, EntryHash, ShareId};
use crate::machine::{Scope, Table};
use crate::sharing::{
    self, ContributionState, ContributionTerms, Ended, Handling, InState, Onward, OutState, Share, admit, contributed,
    contribution_terms, contributions, incoming_of, outgoing_of, revise, sealing, take_back, terms,
};
use crate::testing::World;
use crate::testing::drafts::{self, draft, id, note, text};
use crate::time::DAY;
use crate::wire;

const ALLOWED: ContributionTerms = ContributionTerms { handling: Handling::H1, onward: Onward::Allowed, expires: None };

/// Kathmandu contributes a note on these terms; Guwahati lets it count. Gives its entry.
fn contribute(world: &mut World, case: CaseId, on: ContributionTerms, words: &str) -> EntryHash {
    world.act("kathmandu", |txn| contribution_terms(txn, case, on)).unwrap();
    write(world, "kathmandu", case, &note(id(53), words));
    let entry = contributions(&world["guwahati"].view, case).unwrap().last().unwrap().0;
    world.act("guwahati", |txn| admit(txn, case, entry, &drafts::author("Officer Das"))).unwrap();
    world.settle();
    entry
}

/// Takes the man out of Shillong's share.
fn lower(world: &mut World, share: ShareId) {
    let (present, _) = terms(&world["shillong"].view, share).unwrap().unwrap();
    let persons = present.persons.iter().filter(|person| person.entity != MAN).cloned().collect();
    let request = Share { persons: BoundedVec::new(persons).unwrap(), ..present };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
}

fn handed(world: &mut World, case: CaseId) {
    offer(world, case, "shillong").unwrap();
    say_yes(world, case, "shillong");
    assert_eq!(states(world, case), (GivenState::Taken, TakenState::Owner));
}

fn under(world: &World, unit: &str, wanted: impl Fn(Scope) -> bool) -> usize {
    world[unit].view.rows().filter(|(_, _, scope, _)| wanted(*scope)).count()
}

fn state_of(world: &World, unit: &str, case: CaseId, entry: EntryHash) -> ContributionState {
    contributions(&world[unit].view, case).unwrap().into_iter().find(|(at, _)| *at == entry).unwrap().1.state
}

#[test]
fn a_case_with_a_revised_share_and_contributions_is_handed_over() {
    let (mut world, case, share) = SHARED.clone();
    let entry = contribute(&mut world, case, ALLOWED, "canary-kathmandu");
    write(&mut world, "shillong", case, &note(id(52), "Ours, and admitted."));
    let ours = contributions(&world["guwahati"].view, case).unwrap().into_iter().find(|(at, _)| *at != entry).unwrap().0;
    world.act("guwahati", |txn| admit(txn, case, ours, &drafts::author("Officer Das"))).unwrap();
    world.settle();
    lower(&mut world, share);
    assert!(!world["shillong"].holds("Rofiqul"));
    assert_eq!(sealing(&world["shillong"].view, share), Ok(Some(Scope::ShareRevision(share, 1))));

    handed(&mut world, case);
    let there = folded(&world, "shillong", case);
    assert_eq!(there.entities, folded(&world, "guwahati", case).entities, "both show the same case, the man included");
    assert!(!there.entity("note", id(52)).unwrap().is_pending() && world["shillong"].holds("Rofiqul"));
    // The share and all its keys are gone, each with its receipt.
    assert_eq!(under(&world, "shillong", |scope| matches!(scope, Scope::Share(_) | Scope::ShareRevision(..))), 0);
    assert_eq!(world["shillong"].count(Table::ERASURES), 0);
    let row = outgoing_of(&world["guwahati"].view, case).unwrap().into_iter().find(|(at, _)| *at == share).unwrap().1;
    assert!(row.state == OutState::Transferred && row.receipt.is_some() && row.revisions[0].receipt.is_some());
    // Kathmandu's share was recalled; what it had contributed lies under a key of its own, on its own terms.
    assert!(!world["kathmandu"].holds("Rofiqul"));
    let rows = contributions(&world["shillong"].view, case).unwrap();
    assert_eq!(rows.iter().map(|(at, row)| (*at, row.from)).collect::<Vec<_>>(), [(entry, world["kathmandu"].id)]);
    assert!(rows[0].1.state == ContributionState::Admitted && rows[0].1.handling == Handling::H1);
    assert!(under(&world, "shillong", |scope| scope == Scope::Contributed(case, entry)) > 0);

    // From here on everything goes on with the new owner: shares, revisions, contributions.
    let back = give(&mut world, "shillong", case, "kathmandu");
    let present = terms(&world["kathmandu"].view, back).unwrap().unwrap().0;
    let request = Share { expires: world.now.plus(40 * DAY), ..present };
    assert_eq!(world.act("shillong", |txn| revise(txn, back, request)).unwrap(), 1);
    world.settle();
    write(&mut world, "kathmandu", case, &note(id(54), "for the new owner"));
    assert!(world["shillong"].holds("for the new owner") && !world["guwahati"].holds("for the new owner"));
    assert_eq!(contributions(&world["shillong"].view, case).unwrap().len(), 2);
    for unit in ["guwahati", "shillong", "kathmandu"] {
        assert_eq!(world[unit].count(Table::PROOFS), 0, "{unit}");
    }
}

#[test]
fn an_author_takes_back_what_went_along_and_the_next_owner_destroys_it_too() {
    let (mut world, case, _) = SHARED.clone();
    let entry = contribute(&mut world, case, ALLOWED, "canary-kathmandu");
    handed(&mut world, case);
    let request = Share {
        sections: drafts::sections(&["identity", "notes"]),
        ..drafts::request(case, world["imphal"].id, &[MAN], world.now.plus(30 * DAY))
    };
    let share = world.act("shillong", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    world.act("imphal", |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    for unit in ["guwahati", "shillong", "imphal"] {
        assert!(world[unit].holds("canary-kathmandu"), "{unit}");
    }
    // Kathmandu does not know yet whose the case is.
    assert_eq!(owner(&world, "kathmandu", case), world["guwahati"].id);
    world.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    for unit in ["guwahati", "shillong", "imphal"] {
        assert!(!world[unit].holds("canary-kathmandu"), "{unit}");
        assert_eq!(world[unit].count(Table::ERASURES), 0, "{unit}");
    }
    assert_eq!(state_of(&world, "shillong", case, entry), ContributionState::TakenBack);
    assert!(contributed(&world["kathmandu"].view, case).unwrap()[0].1.receipt.is_some());
    assert!(world["kathmandu"].holds("canary-kathmandu"), "what its own people wrote stays its own");
    assert!(world["imphal"].holds("Rofiqul"), "the share goes on without it");
}

#[test]
fn an_author_that_knows_the_new_owner_has_its_receipt() {
    let (mut world, case, _) = SHARED.clone();
    let entry = contribute(&mut world, case, ALLOWED, "canary-kathmandu");
    handed(&mut world, case);
    give(&mut world, "shillong", case, "kathmandu");
    world.offline("guwahati");
    world.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    assert!(!world["shillong"].holds("canary-kathmandu") && world["guwahati"].holds("canary-kathmandu"));
    let receipt = |world: &World| {
        let row = contributed(&world["kathmandu"].view, case).unwrap().into_iter().find(|(at, _)| *at == entry).unwrap().1;
        row.receipt.unwrap().stored().unwrap().unit
    };
    assert_eq!(receipt(&world), world["shillong"].id);
    world.offline("shillong");
    world.online("guwahati");
    assert!(!world["guwahati"].holds("canary-kathmandu"));
    assert_eq!(receipt(&world), world["shillong"].id, "the word of whoever owns the case stands");
}

#[test]
fn what_was_taken_back_while_the_case_was_on_its_way_does_not_arrive() {
    for recall_first in [false, true] {
        let (mut world, case, share) = SHARED.clone();
        let present = terms(&world["shillong"].view, share).unwrap().unwrap().0;
        let request = Share { sections: drafts::sections(&["identity", "notes"]), ..present };
        world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
        let entry = contribute(&mut world, case, ALLOWED, "canary-kathmandu");
        offer(&mut world, case, "shillong").unwrap();
        // The yes reaches Guwahati; the case does not reach Shillong yet.
        world.offline("shillong");
        world.act("shillong", |txn| super::accept(txn, case, &drafts::author("Officer Lyngdoh"))).unwrap();
        for (_, bytes) in world.sealed("shillong", "guwahati") {
            world.deliver("shillong", "guwahati", bytes);
        }
        world.settle();
        assert_eq!(given(&world["guwahati"].view, case).unwrap().unwrap().state, GivenState::HandedOver);
        world.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
        world.settle();
        if recall_first {
            let last = world.sealed("guwahati", "shillong").pop().unwrap();
            world.deliver("guwahati", "shillong", last.1);
            assert_eq!(state_of(&world, "shillong", case, entry), ContributionState::TakenBack);
            assert_eq!(owner(&world, "shillong", case), world["guwahati"].id);
        }
        world.online("shillong");
        assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner));
        assert!(!world["shillong"].holds("canary-kathmandu") && !world["guwahati"].holds("canary-kathmandu"));
        assert_eq!(state_of(&world, "shillong", case, entry), ContributionState::TakenBack);
        assert_eq!(world["shillong"].count(Table::ERASURES), 0);
    }
}

#[test]
fn the_time_of_a_contribution_ends_at_the_next_owner_too() {
    let (mut world, case, _) = SHARED.clone();
    let expires = Some(world.now.plus(5 * DAY));
    contribute(&mut world, case, ContributionTerms { expires, ..ALLOWED }, "canary-short");
    handed(&mut world, case);
    assert!(world["shillong"].holds("canary-short"));
    world.advance(6 * DAY);
    world.settle();
    assert!(!world["shillong"].holds("canary-short") && !world["guwahati"].holds("canary-short"));
}

#[test]
fn an_owner_cannot_keep_a_hold_on_what_it_wrote_as_the_owner() {
    let (mut world, case, share) = SHARED.clone();
    let transfer = offer(&mut world, case, "shillong").unwrap();
    world.offline("shillong");
    world.act("shillong", |txn| super::accept(txn, case, &drafts::author("Officer Lyngdoh"))).unwrap();
    for (_, bytes) in world.sealed("shillong", "guwahati") {
        world.deliver("shillong", "guwahati", bytes);
    }
    // Guwahati hands over what it should, and names all its own entries as contributions besides.
    let log = load(&world["guwahati"].view, case).unwrap().unwrap();
    let chain = &log.chains[&world["guwahati"].id];
    let named = Named { id: transfer, case };
    let part = Part {
        named: Some(named),
        entries: chain.iter().map(|entry| entry.signed.clone()).collect(),
        changes: log.changes.values().cloned().collect(),
        contributed: chain.iter().map(|entry| Passed { entry: entry.hash, share, terms: ALLOWED, at: world.now }).collect(),
        ..Part::default()
    };
    let handing = Handing { named, parts: 1, last: chain.last().unwrap().hash, receivers: Vec::new(), kept: 0 };
    let from = world["guwahati"].id;
    for (at, message) in [FromOwner::Part(part), FromOwner::Handing(handing)].into_iter().enumerate() {
        let received = Received::by_hand(from, 900 + at as u64, Kind::Transfer, wire::encode(&message));
        world.act("shillong", |txn| super::super::offered(txn, &received)).map(drop).unwrap();
    }
    assert_eq!(received(&world["shillong"].view, case).unwrap().unwrap().row.state, TakenState::Owner);
    assert!(world["shillong"].holds("canary-health"));
    assert!(contributions(&world["shillong"].view, case).unwrap().is_empty());
    assert_eq!(under(&world, "shillong", |scope| matches!(scope, Scope::Contributed(..))), 0);
}

#[test]
fn what_never_went_along_and_is_taken_back_keeps_nobody_waiting() {
    let (mut world, case, _) = SHARED.clone();
    write(&mut world, "kathmandu", case, &note(id(53), "Never admitted."));
    let entry = contributions(&world["guwahati"].view, case).unwrap().last().unwrap().0;
    handed(&mut world, case);
    world.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    assert_eq!(state_of(&world, "guwahati", case, entry), ContributionState::TakenBack);
    assert_eq!(world.sealed("guwahati", "shillong").len(), 0, "the new owner was told, and has nothing of it");
}

#[test]
fn an_offer_falls_with_a_revision_that_lowers_its_share_and_can_be_made_anew() {
    let (mut world, case, share) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    world.advance(1_000);
    lower(&mut world, share);
    assert_eq!(states(&world, case), (GivenState::Stopped, TakenState::Withdrawn));
    assert!(received(&world["shillong"].view, case).unwrap().unwrap().offer.is_none());
    assert!(world.act("shillong", |txn| decline(txn, case, "too late")).is_err());
    world.advance(1_000);
    handed(&mut world, case);
    assert!(world["shillong"].holds("Rofiqul"));
    // So does one whose share is recalled; a renewed share leaves it as it is.
    let (mut world, case, share) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    world.advance(1_000);
    let present = terms(&world["shillong"].view, share).unwrap().unwrap().0;
    let request = Share { expires: world.now.plus(60 * DAY), ..present };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
    assert_eq!(states(&world, case), (GivenState::Proposed, TakenState::Offered));
    assert!(received(&world["shillong"].view, case).unwrap().unwrap().offer.is_some());
    world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    world.settle();
    assert_eq!(states(&world, case), (GivenState::Stopped, TakenState::Withdrawn));
    assert!(world.act("guwahati", |txn| withdraw(txn, case)).is_err());
}

fn add_file(world: &mut World, unit: &str, case: CaseId, at: u8, kind: &str) -> Commitment {
    let file = drafts::file(u64::from(at));
    let drafts = [text(id(at), kind, "title", "Invented paper"), draft(id(at), kind, documents::FIELD_FILE, file.to_value())];
    let added = world.act(unit, |txn| {
        let place = crate::ids::PlaceId::random(txn.rng);
        let appended = append(txn, case, &drafts, &drafts::author("Officer Das"))?;
        documents::finish(txn, case, appended.commitments[1], place);
        Ok::<_, crate::caselog::LogRefusal>(appended.commitments[1])
    });
    world.settle();
    added.unwrap()
}

#[test]
fn the_files_of_a_case_are_fetched_from_the_former_owner_and_what_is_here_stays() {
    let (mut world, case, share) = SHARED.clone();
    let open = add_file(&mut world, "guwahati", case, 60, "document");
    let restricted = add_file(&mut world, "guwahati", case, 61, "restricted_document");
    let present = terms(&world["shillong"].view, share).unwrap().unwrap().0;
    let request = Share { sections: drafts::sections(&["identity", "documents"]), ..present };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
    let wanted = |world: &World| {
        let found = documents::wanted(&world["shillong"].view, world["guwahati"].id, None, 9).unwrap();
        found.into_iter().map(|one| (one.key, one.share)).collect::<Vec<_>>()
    };
    let first = wanted(&world);
    assert_eq!((first.len(), first[0].0.change), (1, open));
    world.act("shillong", |txn| documents::finished(txn, &first[0].0, Holding::Held)).unwrap();

    handed(&mut world, case);
    let rest = wanted(&world);
    assert_eq!(rest.iter().map(|(key, under)| (key.change, key.way, *under)).collect::<Vec<_>>(), [(restricted, None, share)]);
    assert!(documents::discards(&world["shillong"].view, None, 9).unwrap().is_empty(), "what is here is not fetched again");
    let later = add_file(&mut world, "guwahati", case, 62, "document");
    let serves = |world: &World, peer: &str, document: Commitment| {
        let request = documents::Request { share, document, chunk: ChunkHash([1; 32]) };
        documents::serve(&world["guwahati"].view, world.now, world[peer].id, &request).unwrap().is_some()
    };
    world.now = world.now.plus(60 * DAY);
    assert!(serves(&world, "shillong", open) && serves(&world, "shillong", restricted), "however long it takes");
    assert!(!serves(&world, "kathmandu", open) && !serves(&world, "shillong", later));
    assert_eq!(incoming_of(&world["shillong"].view, case).unwrap()[0].1.state, InState::Ended(Ended::Transferred));
}
