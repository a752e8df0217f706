//! A new owner whose node was put back to before it took the case is given it again by its former owner, and goes on in it.
//! All units and people are invented.

use super::super::again::{give_again, given_again};
use super::super::give::offer_of;
use super::super::hand::hand_over;
use super::{GIRL, MAN, SHARED, folded, give, last_incident, offer, owner, say_yes, states, write};
use crate::caselog::{FoldedCase, case_row, load};
use crate::crypto::Signed;
use crate::federation::{own, restored};
use crate::ids::{CaseId, EntryHash, ShareId};
use crate::machine::{MemoryView, Table, Txn, ViewError};
use crate::sharing::{
    self, ContributionTerms, Ended, Handling, InState, Onward, OutState, admit, contribution_terms, contributions,
};
use crate::standing;
use crate::testing::World;
use crate::testing::drafts::{self, id, leg, note};
use crate::time::DAY;
use crate::transfer::rows::{GIVEN, key};
use crate::transfer::{self, GivenState, Request, TakenState, TransferAnswer, TransferOut, TransferRefusal, propose};
use std::collections::BTreeSet;

const OTHERS: [&str; 3] = ["guwahati", "kathmandu", "imphal"];

/// The case of Guwahati, Shillong's rows before it worked on it, and as it does so.
fn before() -> (World, CaseId, [MemoryView; 2]) {
    let (world, case, _) = SHARED.clone();
    let bare = World::federation(&["guwahati", "shillong", "kathmandu", "imphal"])["shillong"].view.clone();
    let shared = world["shillong"].view.clone();
    (world, case, [bare, shared])
}

fn taken(world: &mut World, case: CaseId) {
    offer(world, case, "shillong").unwrap();
    say_yes(world, case, "shillong");
    assert_eq!(owner(world, "shillong", case), world["shillong"].id);
}

/// Guwahati hears the yes, and nothing after it.
fn taken_unheard(world: &mut World, case: CaseId) {
    offer(world, case, "shillong").unwrap();
    world.act("shillong", |txn| transfer::accept(txn, case, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.offline("guwahati");
    for (from, to) in [("shillong", "guwahati"), ("guwahati", "shillong")] {
        for (_, sealed) in world.sealed(from, to) {
            world.deliver(from, to, sealed);
        }
        world.settle();
    }
    assert_eq!(owner(world, "shillong", case), world["shillong"].id);
}

fn share_with(world: &mut World, case: CaseId, to: &str) -> ShareId {
    let share = give(world, "shillong", case, to);
    assert_eq!(
        sharing::incoming_list(&world[to].view, |_| true).unwrap().iter().find(|one| one.0 == share).unwrap().1.state,
        InState::Active
    );
    share
}

/// Shillong is put back, and meets the others in this order.
fn put_back(world: &mut World, old: &MemoryView, order: &[&str]) {
    world.restore("shillong", old.clone());
    meet(world, order);
}

fn meet(world: &mut World, order: &[&str]) {
    for other in order {
        world.connect("shillong", other);
        world.settle();
    }
    // Whoever had shown all before the case came back is asked once more.
    for other in OTHERS {
        world.connect("shillong", other);
        world.settle();
    }
    let waits = restored::locked(&world["shillong"].view).unwrap();
    assert_eq!(waits, [], "{:?}", world["shillong"].incidents);
}

/// What the case says, without how often it was read.
fn same(one: &FoldedCase, other: &FoldedCase) -> bool {
    one.entities == other.entities
}

fn nobody_is_accused(world: &World) {
    for unit in ["guwahati", "shillong", "kathmandu", "imphal"] {
        assert!(world[unit].incidents.is_empty(), "{unit}: {:?}", world[unit].incidents);
    }
}

#[test]
fn a_case_that_was_taken_after_the_backup_comes_back_with_all_that_others_hold_of_it() {
    let (mut world, case, backups) = before();
    taken(&mut world, case);
    let share = share_with(&mut world, case, "imphal");
    write(&mut world, "shillong", case, &leg(id(51), GIRL, "canary-of-shillong"));
    write(&mut world, "imphal", case, &leg(id(52), GIRL, "canary-of-imphal"));
    let was = folded(&world, "shillong", case);
    assert!(world["imphal"].holds("canary-of-shillong"));
    for old in &backups {
        for order in [["guwahati", "kathmandu", "imphal"], ["imphal", "kathmandu", "guwahati"]] {
            let mut world = world.clone();
            put_back(&mut world, old, &order);
            assert_eq!(owner(&world, "shillong", case), world["shillong"].id, "{order:?}");
            assert!(same(&folded(&world, "shillong", case), &was), "{order:?}: it says what it said");
            assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner));
            let given = sharing::outgoing_list(&world["shillong"].view, |row| row.case == case).unwrap();
            assert_eq!(given.iter().map(|(id, row)| (*id, row.state)).collect::<Vec<_>>(), [(share, OutState::Active)]);
            assert_eq!(contributions(&world["shillong"].view, case).unwrap().len(), 1, "what Imphal wrote waits here again");
            // It goes on where it was.
            write(&mut world, "shillong", case, &leg(id(53), GIRL, "canary-afterwards"));
            assert!(world["imphal"].holds("canary-afterwards"));
            nobody_is_accused(&world);
            let row = case_row(&world["shillong"].view, case).unwrap().unwrap();
            assert_eq!(row.handovers, case_row(&world["imphal"].view, case).unwrap().unwrap().handovers);
        }
    }
}

#[test]
fn what_it_wrote_first_before_it_owned_the_case_accuses_nobody_who_shows_it() {
    let (mut world, case, [bare, _]) = before();
    write(&mut world, "shillong", case, &leg(id(51), GIRL, "canary-contributed"));
    taken(&mut world, case);
    share_with(&mut world, case, "imphal");
    assert!(world["imphal"].holds("canary-contributed"));
    put_back(&mut world, &bare, &["imphal", "kathmandu", "guwahati"]);
    assert_eq!(owner(&world, "shillong", case), world["shillong"].id);
    assert!(world["shillong"].holds("canary-contributed"));
    nobody_is_accused(&world);
}

#[test]
fn its_former_owner_has_the_receipt_again_and_no_share_is_left_open_between_the_two() {
    let (mut world, case, backups) = before();
    taken(&mut world, case);
    for old in &backups {
        let mut world = world.clone();
        put_back(&mut world, old, &OTHERS);
        let open = sharing::incoming_list(&world["shillong"].view, |row| !matches!(row.state, InState::Ended(_))).unwrap();
        assert!(open.is_empty(), "{open:?}");
        let receipts = sharing::outgoing_list(&world["guwahati"].view, |row| row.state == OutState::Transferred).unwrap();
        assert!(receipts.len() == 1 && receipts[0].1.receipt.is_some());
        // Put back once more, to a backup that knows all this, it is given nothing.
        let (now, state) = (world["shillong"].view.clone(), world["shillong"].state());
        put_back(&mut world, &now, &OTHERS);
        assert_eq!(state.keys().filter(|(table, _)| *table == Table::ENTRIES).count(), world["shillong"].count(Table::ENTRIES));
        nobody_is_accused(&world);
    }
}

#[test]
fn it_is_taken_once_though_only_a_third_unit_heard_that_it_was() {
    let (mut world, case, backups) = before();
    taken_unheard(&mut world, case);
    let share = share_with(&mut world, case, "imphal");
    for old in &backups {
        for order in [["guwahati", "kathmandu", "imphal"], ["imphal", "kathmandu", "guwahati"]] {
            let mut world = world.clone();
            world.restore("shillong", old.clone());
            world.online("guwahati");
            meet(&mut world, &order);
            let (here, there) =
                (load(&world["shillong"].view, case).unwrap().unwrap(), load(&world["imphal"].view, case).unwrap().unwrap());
            assert_eq!(here.handovers, there.handovers, "{order:?}: by the entry that Imphal holds");
            assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner), "Guwahati hears of it now");
            assert!(
                sharing::outgoing_list(&world["shillong"].view, |row| row.case == case)
                    .unwrap()
                    .iter()
                    .any(|(id, _)| *id == share)
            );
            nobody_is_accused(&world);
        }
    }
}

#[test]
fn it_is_taken_anew_if_nobody_heard_that_it_was() {
    let (mut world, case, backups) = before();
    offer(&mut world, case, "shillong").unwrap();
    world.act("shillong", |txn| transfer::accept(txn, case, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.offline("shillong");
    for (_, sealed) in world.sealed("shillong", "guwahati") {
        world.deliver("shillong", "guwahati", sealed);
    }
    for old in &backups {
        let mut world = world.clone();
        world.restore("shillong", old.clone());
        world.online("shillong");
        meet(&mut world, &OTHERS);
        assert_eq!(owner(&world, "shillong", case), world["shillong"].id);
        assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner));
        write(&mut world, "shillong", case, &leg(id(53), GIRL, "canary-afterwards"));
        nobody_is_accused(&world);
    }
}

#[test]
fn who_only_knows_whose_it_was_follows_an_owner_that_took_it_anew() {
    let (mut world, case, [_, shared]) = before();
    taken_unheard(&mut world, case);
    let request = drafts::request(case, world["imphal"].id, &[GIRL], world.now.plus(DAY));
    world.act("shillong", |txn| sharing::create(txn, request)).unwrap();
    // Of the share only the first envelope comes, and none of the entries.
    let (_, first) = world.sealed("shillong", "imphal").remove(0);
    world.offline("imphal");
    world.deliver("shillong", "imphal", first);
    let line = |world: &World, unit: &str| case_row(&world[unit].view, case).unwrap().unwrap().handovers;
    let before = line(&world, "imphal");
    assert_eq!(before, line(&world, "shillong"));
    world.restore("shillong", shared);
    world.online("guwahati");
    world.online("imphal");
    meet(&mut world, &OTHERS);
    assert_ne!(line(&world, "shillong"), before, "nobody could show the entry that took it");
    share_with(&mut world, case, "imphal");
    assert_eq!(line(&world, "imphal"), line(&world, "shillong"));
    nobody_is_accused(&world);
}

#[test]
fn what_has_gone_on_to_a_third_unit_does_not_come_back() {
    let (mut world, case, backups) = before();
    taken(&mut world, case);
    share_with(&mut world, case, "imphal");
    let persons = super::everybody(&[GIRL, MAN, super::SISTER]);
    let request = Request { case, to: world["imphal"].id, persons };
    world.act("shillong", |txn| propose(txn, request, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    world.act("imphal", |txn| transfer::accept(txn, case, &drafts::author("Officer Singh"))).unwrap();
    world.settle();
    assert_eq!(owner(&world, "imphal", case), world["imphal"].id);
    for old in &backups {
        for order in [["guwahati", "kathmandu", "imphal"], ["imphal", "kathmandu", "guwahati"]] {
            let mut world = world.clone();
            put_back(&mut world, old, &order);
            assert_eq!(owner(&world, "shillong", case), world["imphal"].id, "{order:?}");
            assert_eq!(owner(&world, "imphal", case), world["imphal"].id);
            assert!(world["imphal"].incidents.is_empty() && world["guwahati"].incidents.is_empty());
        }
    }
}

#[test]
fn what_a_third_unit_took_back_meanwhile_is_not_given_again() {
    let (mut world, case, backups) = before();
    let terms = ContributionTerms { handling: Handling::H1, onward: Onward::Allowed, expires: None };
    world.act("kathmandu", |txn| contribution_terms(txn, case, terms)).unwrap();
    let listed = |world: &World| -> BTreeSet<EntryHash> {
        contributions(&world["guwahati"].view, case).unwrap().into_iter().map(|(entry, _)| entry).collect()
    };
    write(&mut world, "kathmandu", case, &note(id(53), "canary-kathmandu"));
    let back = *listed(&world).first().unwrap();
    write(&mut world, "kathmandu", case, &note(id(54), "canary-that-stays"));
    let entries = listed(&world);
    for entry in &entries {
        world.act("guwahati", |txn| admit(txn, case, *entry, &drafts::author("Officer Das"))).unwrap();
    }
    world.settle();
    taken(&mut world, case);
    world.act("kathmandu", |txn| sharing::take_back(txn, case, back)).unwrap();
    world.settle();
    for old in &backups {
        let mut world = world.clone();
        put_back(&mut world, old, &OTHERS);
        assert_eq!(owner(&world, "shillong", case), world["shillong"].id);
        assert!(!world["shillong"].holds("canary-kathmandu") && world["shillong"].holds("canary-that-stays"));
        nobody_is_accused(&world);
    }
}

#[test]
fn who_has_forgotten_it_too_says_so_and_is_asked_once() {
    let (mut world, case, [bare, _]) = before();
    taken(&mut world, case);
    let forget = |txn: &mut Txn<'_>| -> Result<(), ViewError> {
        txn.delete(Table::TRANSFERS, &key(GIVEN, case));
        Ok(())
    };
    world.act("guwahati", forget).unwrap();
    put_back(&mut world, &bare, &OTHERS);
    assert!(case_row(&world["shillong"].view, case).unwrap().is_none());
    assert_eq!(last_incident(&world, "shillong"), transfer::FORGOTTEN);
    assert_eq!(world["shillong"].incidents.len(), 1);
}

#[test]
fn what_is_given_again_only_in_part_ends_the_share_that_led_to_it() {
    let (mut world, case, [_, shared]) = before();
    taken(&mut world, case);
    let (from, to) = (world["guwahati"].id, world["shillong"].id);
    let (again, parts) = world.act("guwahati", |txn| give_again(txn, to, case)).unwrap().unwrap();
    assert!(!parts.is_empty());
    let share = again.shares[0];
    world.restore("shillong", shared);
    ["kathmandu", "imphal"].into_iter().for_each(|other| world.connect("shillong", other));
    world.settle();
    let state = |world: &World| sharing::incoming_list(&world["shillong"].view, |_| true).unwrap().pop().unwrap().1.state;
    assert_eq!(state(&world), InState::Active);
    let give = |txn: &mut Txn<'_>| -> Result<(), ViewError> {
        restored::want(txn, from, share)?;
        given_again(txn, from, again)
    };
    world.act("shillong", give).unwrap();
    // Nobody waits for the rest.
    world.act("shillong", |txn| standing::release(txn, from)).unwrap();
    assert_eq!(state(&world), InState::Ended(Ended::Transferred));
    assert_eq!(last_incident(&world, "shillong"), transfer::FORGOTTEN);
    world.settle();
    assert!(!world["shillong"].holds("Rofiqul"));
}

#[test]
fn its_former_owner_is_told_once_the_words_of_its_new_key_are_compared() {
    let (mut world, case, [_, shared]) = before();
    taken_unheard(&mut world, case);
    world.restore("shillong", shared);
    world.online("guwahati");
    world.connect("shillong", "kathmandu");
    world.settle();
    world.new_key("guwahati", "kathmandu", &["imphal", "shillong"]);
    assert_eq!(restored::locked(&world["shillong"].view).unwrap(), [world["imphal"].id]);
    world.connect("shillong", "imphal");
    world.settle();
    assert_eq!(states(&world, case), (GivenState::HandedOver, TakenState::Owner));
    world.confirm("guwahati", "shillong");
    world.confirm("shillong", "guwahati");
    world.settle();
    assert_eq!(states(&world, case), (GivenState::Taken, TakenState::Owner));
}

#[test]
fn nobody_makes_a_restored_unit_own_a_case_to_which_it_never_said_yes() {
    let (mut world, case, [_, shared]) = before();
    offer(&mut world, case, "shillong").unwrap();
    // Guwahati writes down a yes of its own.
    let forge = |txn: &mut Txn<'_>| -> Result<(), TransferRefusal> {
        let own = own::load(txn)?;
        let row = transfer::given(txn, case)?.expect("an offer");
        let offer = offer_of(&row)?;
        let yes = TransferAnswer { id: offer.id, case, from: own.unit, to: offer.to, accepted: true, at: txn.now };
        let row = TransferOut { answer: Some(Signed::sign(&yes, &own.key())), ..row };
        let log = load(txn, case)?.expect("its case");
        hand_over(txn, row, &offer, &log)
    };
    world.act("guwahati", forge).unwrap();
    world.settle();
    put_back(&mut world, &shared, &OTHERS);
    assert_ne!(owner(&world, "shillong", case), world["shillong"].id);
    assert_eq!(last_incident(&world, "shillong"), "gives a case again by signatures that do not hold");
}
