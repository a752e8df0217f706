//! The course of a transfer, quiet and disturbed: offered, answered, taken back, cut off in between.
//! What the units do with the case afterwards is in `afterwards`.

use super::super::{GivenState, TakenState, decline, given, received, withdraw};
use super::{GIRL, HANDED, MAN, SHARED, SISTER, folded, offer, owner, say_yes, states, write};
use crate::caselog::custody;
use crate::core::Input;
use crate::envelope::Answer;
use crate::federation::joining::{self, JoinError};
use crate::machine::Scope;
use crate::matching::{self, Status};
use crate::sharing::{OutState, outgoing_of};
use crate::testing::drafts::{self, SUSPECT, Sketch, id, name_of, note, text};
use crate::wire;

#[test]
fn after_both_yeses_the_case_is_whole_at_its_new_owner() {
    let (world, case) = HANDED.clone();
    let shillong = world["shillong"].id;
    assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner));
    assert_eq!((owner(&world, "guwahati", case), owner(&world, "shillong", case)), (shillong, shillong));
    let there = folded(&world, "shillong", case);
    assert_eq!(there.entity("person", GIRL).unwrap().text("health_alert"), "canary-health");
    assert_eq!(there.entity("person_name", name_of(SISTER)).unwrap().text("given"), "Binita");
    assert_eq!(there.entities, folded(&world, "guwahati", case).entities, "both show the same case");
    // It hangs on the case's own key: what came under the share is gone with its key.
    let under_a_share = world["shillong"].view.rows().filter(|(_, _, scope, _)| matches!(scope, Scope::Share(_))).count();
    assert_eq!(under_a_share, 0);
    assert_eq!(given(&world["guwahati"].view, case).unwrap().unwrap().kept, 0);
    assert!(!world.crossed("canary-health"));
}

#[test]
fn the_chain_of_custody_is_the_same_at_both_and_names_the_entries() {
    let (world, case) = HANDED.clone();
    let line = |unit: &str| custody(&world[unit].view, case).unwrap().unwrap();
    let (here, there) = (line("guwahati"), line("shillong"));
    let hashes = |line: &[crate::caselog::Tenure]| {
        line.iter().map(|one| (one.unit, one.from.map(|at| at.0), one.until.map(|at| at.0))).collect::<Vec<_>>()
    };
    assert_eq!(hashes(&here), hashes(&there));
    assert_eq!(there.iter().map(|one| one.unit).collect::<Vec<_>>(), [world["guwahati"].id, world["shillong"].id]);
    assert!(there[0].until.unwrap().1.is_some() && there[1].from.unwrap().1 == Some(world.now) && there[1].until.is_none());
}

#[test]
fn shares_of_the_old_owner_end_and_both_are_told_which() {
    let (world, case) = HANDED.clone();
    let kathmandu = world["kathmandu"].id;
    let shares = outgoing_of(&world["guwahati"].view, case).unwrap();
    let state = |unit| shares.iter().find(|(_, row)| row.to == unit).map(|(_, row)| (row.state, row.receipt.is_some()));
    assert_eq!(state(kathmandu), Some((OutState::Recalled, true)));
    assert_eq!(state(world["shillong"].id), Some((OutState::Transferred, true)));
    assert!(!world["kathmandu"].holds("Rofiqul"));
    assert_eq!(given(&world["guwahati"].view, case).unwrap().unwrap().receivers, [kathmandu]);
    let handing = received(&world["shillong"].view, case).unwrap().unwrap().row.handing.unwrap();
    assert_eq!(handing.receivers, [kathmandu]);
}

#[test]
fn the_new_owner_announces_the_people_and_the_old_one_no_more() {
    let (world, case) = HANDED.clone();
    let status = |unit: &str| matching::status(&world[unit].view, case, MAN).unwrap();
    let (before, ..) = SHARED.clone();
    assert_eq!(matching::status(&before["guwahati"].view, case, MAN).unwrap(), Status::Announced);
    assert_eq!((status("guwahati"), status("shillong")), (Status::Quiet, Status::Announced));
}

#[test]
fn a_no_with_its_reason_changes_nothing() {
    let (mut world, case, _) = SHARED.clone();
    let before = folded(&world, "guwahati", case);
    offer(&mut world, case, "shillong").unwrap();
    world.act("shillong", |txn| decline(txn, case, "not our district")).unwrap();
    world.settle();
    assert_eq!(states(&world, case), (GivenState::Declined, TakenState::Declined));
    assert_eq!(&*given(&world["guwahati"].view, case).unwrap().unwrap().reason, "not our district");
    assert_eq!(folded(&world, "guwahati", case), before);
    // It can be offered again.
    offer(&mut world, case, "shillong").unwrap();
    say_yes(&mut world, case, "shillong");
    assert_eq!(owner(&world, "guwahati", case), world["shillong"].id);
}

#[test]
fn an_offer_taken_back_cannot_be_accepted_even_if_the_yes_is_on_its_way() {
    let (mut world, case, _) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    world.offline("shillong");
    world.act("guwahati", |txn| withdraw(txn, case)).unwrap();
    say_yes(&mut world, case, "shillong");
    world.online("shillong");
    assert_eq!(states(&world, case), (GivenState::Withdrawn, TakenState::Withdrawn));
    assert_eq!(owner(&world, "shillong", case), world["guwahati"].id);
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    assert_eq!(folded(&world, "shillong", case).entity("person", MAN).unwrap().text("father"), "Karim");
}

#[test]
fn an_answer_that_crosses_with_the_next_offer_is_held_against_nobody() {
    let (mut world, case, _) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    world.offline("guwahati");
    say_yes(&mut world, case, "shillong");
    world.act("guwahati", |txn| withdraw(txn, case)).unwrap();
    let before = world["guwahati"].incidents.len();
    let second = offer(&mut world, case, "shillong").unwrap();
    world.online("guwahati");
    assert_eq!(world["guwahati"].incidents.len(), before);
    assert_eq!(owner(&world, "guwahati", case), world["guwahati"].id, "the yes was to the first one");
    let (to, row) = (world["shillong"].id, given(&world["guwahati"].view, case).unwrap().unwrap());
    assert_eq!((row.state, row.to), (GivenState::Proposed, to));
    assert_eq!(received(&world["shillong"].view, case).unwrap().unwrap().row.id, second);
    say_yes(&mut world, case, "shillong");
    assert_eq!(owner(&world, "guwahati", case), to);
}

#[test]
fn a_newer_offer_stands_though_the_older_ones_withdrawal_comes_after_it() {
    let (mut world, case, _) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    world.offline("shillong");
    say_yes(&mut world, case, "shillong");
    world.advance(1_000);
    world.act("guwahati", |txn| withdraw(txn, case)).unwrap();
    let newer = offer(&mut world, case, "shillong").unwrap();
    let mut sealed: Vec<Vec<u8>> = world.sealed("guwahati", "shillong").into_iter().map(|(_, sealed)| sealed).collect();
    sealed.reverse();
    for bytes in sealed {
        world.deliver("guwahati", "shillong", bytes);
    }
    let standing = received(&world["shillong"].view, case).unwrap().unwrap().row;
    assert_eq!((standing.id, standing.state), (newer, TakenState::Offered));
    // The yes to the older one reaches nobody; the yes to this one does.
    say_yes(&mut world, case, "shillong");
    world.online("shillong");
    assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner));
}

#[test]
fn what_was_added_after_the_offer_stops_it() {
    let (mut world, case, _) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    write(&mut world, "guwahati", case, &drafts::person(id(40), &Sketch { given: "Late", basis: "", ..SUSPECT }));
    say_yes(&mut world, case, "shillong");
    assert_eq!(states(&world, case), (GivenState::Stopped, TakenState::Withdrawn));
    assert_eq!(owner(&world, "guwahati", case), world["guwahati"].id);
    assert!(!world["shillong"].holds("canary-health") && !world["shillong"].holds("Binita"));
}

#[test]
fn months_offline_in_between_lose_nothing() {
    let (mut world, case, _) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    world.offline("guwahati");
    say_yes(&mut world, case, "shillong");
    world.advance(20 * crate::time::DAY);
    assert_eq!(states(&world, case), (GivenState::Proposed, TakenState::Accepted));
    // The owner hears the yes, hands over, and is gone again before anything leaves.
    let yes = world.sealed("shillong", "guwahati");
    world.offline("shillong");
    for (number, sealed) in yes {
        let bytes = world.deliver("shillong", "guwahati", sealed);
        let to = world["guwahati"].id;
        world.handle("shillong", Input::Answer { to, pair_seq: number, bytes });
    }
    world.settle();
    assert_eq!(states(&world, case), (GivenState::HandedOver, TakenState::Accepted));
    // The share under which Shillong works on the case ends meanwhile; the case comes all the same.
    world.advance(90 * crate::time::DAY);
    world.online("shillong");
    world.online("guwahati");
    assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner));
    assert_eq!(folded(&world, "shillong", case).entity("person", GIRL).unwrap().text("health_alert"), "canary-health");
}

#[test]
fn parts_in_any_order_and_twice_make_one_takeover() {
    let (mut world, case, _) = SHARED.clone();
    // Several parts: 12 notes of 40 KB.
    for number in 0..12 {
        write(&mut world, "guwahati", case, &note(id(60 + number), &"x".repeat(9_000)));
    }
    for number in 0..40 {
        write(&mut world, "guwahati", case, &note(id(100 + number), &"y".repeat(9_000)));
    }
    offer(&mut world, case, "shillong").unwrap();
    world.offline("shillong");
    world.act("shillong", |txn| super::accept(txn, case, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    for (_, sealed) in world.sealed("shillong", "guwahati") {
        world.deliver("shillong", "guwahati", sealed);
    }
    let mut sealed: Vec<Vec<u8>> = world.sealed("guwahati", "shillong").into_iter().map(|(_, sealed)| sealed).collect();
    assert!(sealed.len() > 3, "{} envelopes", sealed.len());
    sealed.reverse();
    for bytes in sealed.iter().chain(&sealed) {
        assert_ne!(world.deliver("guwahati", "shillong", bytes.clone()), wire::encode(&Answer::Failed));
    }
    world.online("shillong");
    assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner));
    assert_eq!(folded(&world, "shillong", case).of_kind("note").count(), 52);
    assert_eq!(custody(&world["shillong"].view, case).unwrap().unwrap().len(), 2);
}

#[test]
fn an_offer_that_was_signed_before_the_owners_key_changed_can_be_accepted() {
    let (mut world, case, _) = SHARED.clone();
    world.offline("shillong");
    offer(&mut world, case, "shillong").unwrap();
    world.act("guwahati", joining::propose_key).unwrap();
    world.settle();
    for other in ["kathmandu", "imphal", "shillong"] {
        world.online(other);
        world.settle();
        for open in joining::proposals(&world[other].view).unwrap().iter().filter(|open| !open.approved_here) {
            match world.act(other, |txn| joining::approve(txn, open.hash)) {
                Ok(_) | Err(JoinError::NoProposal) => {}
                Err(error) => panic!("{other}: {error}"),
            }
        }
        world.settle();
    }
    for other in ["kathmandu", "imphal", "shillong"] {
        world.connect("guwahati", other);
        world.confirm("guwahati", other);
        world.confirm(other, "guwahati");
        world.settle();
    }
    assert!(world["shillong"].incidents.is_empty(), "{:?}", world["shillong"].incidents);
    say_yes(&mut world, case, "shillong");
    assert_eq!(owner(&world, "shillong", case), world["shillong"].id);
}
