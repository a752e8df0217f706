//! Node keys that change and units that go, in the middle of shares: what was signed stays evidence, and nothing new is taken.
//! Not how the charter comes to it: see `federation`.

use super::super::{ContributionRow, ContributionState, Onward, ShareRefusal, accept, admit, contributions};
use super::{GIRL, SHARED, author, folded, given, held, key, last_incident, share, write};
use crate::bounded::BoundedVec;
use crate::caselog::{self, Draft, Entry, ForeignError, LogRefusal};
use crate::crypto::Signed;
use crate::envelope::{Answer, Body, Kind, Sealed, outbox};
use crate::federation::joining::{self, JoinError};
use crate::federation::{charter, peering, prekey};
use crate::ids::{CaseId, Commitment, EntityId, EntryHash};
use crate::machine::{Scope, ViewError};
use crate::sharing::{InState, OutState};
use crate::testing::World;
use crate::testing::drafts::{id, instead, leg, text};
use crate::testing::rng::SeededRng;
use crate::wire;

const UNITS: [&str; 3] = ["guwahati", "shillong", "kathmandu"];

/// `unit` proposes something; everybody else who is there says yes.
fn change(world: &mut World, unit: &str, propose: impl FnOnce(&mut crate::machine::Txn<'_>) -> Result<(), JoinError>) {
    world.act(unit, propose).unwrap();
    world.settle();
    for other in UNITS {
        for open in joining::proposals(&world[other].view).unwrap().iter().filter(|open| !open.approved_here) {
            match world.act(other, |txn| joining::approve(txn, open.hash)) {
                Ok(_) | Err(JoinError::NoProposal) => {}
                Err(error) => panic!("{other}: {error}"),
            }
        }
        world.settle();
    }
}

fn confirm_again(world: &mut World, one: &str, other: &str) {
    world.confirm(one, other);
    world.confirm(other, one);
    world.settle();
}

fn contribute(world: &mut World, case: CaseId, entity: EntityId, words: &str) {
    write(world, "shillong", case, &leg(entity, GIRL, words));
    world.settle();
}

fn pending(world: &World, case: CaseId) -> Vec<EntryHash> {
    let all = contributions(&world["guwahati"].view, case).unwrap();
    all.into_iter().filter(|(_, row)| row.state == ContributionState::Pending).map(|(hash, _)| hash).collect()
}

fn admit_all(world: &mut World, case: CaseId) {
    // As if its author let it be passed on.
    let rows = world.act("guwahati", |txn| {
        for (key, row) in txn.list::<ContributionRow>(case.as_bytes(), None, 100)? {
            txn.put(&key, Scope::Master, &ContributionRow { onward: Onward::Allowed, ..row });
        }
        Ok::<_, ViewError>(())
    });
    rows.unwrap();
    for hash in pending(world, case) {
        world.act("guwahati", |txn| admit(txn, case, hash, &author())).unwrap();
    }
    world.settle();
}

fn shows(world: &World, unit: &str, case: CaseId, entity: EntityId) -> Option<String> {
    folded(world, unit, case).entity("route_leg", entity).map(|leg| leg.text("to_village").to_owned())
}

#[test]
fn entries_of_past_keys_verify_for_whoever_sees_them_later() {
    let (mut world, case, _) = SHARED.clone();
    contribute(&mut world, case, id(60), "before both keys changed");
    admit_all(&mut world, case);
    let old = [key(&world, "guwahati").public(), key(&world, "shillong").public()];
    change(&mut world, "shillong", joining::propose_key);
    change(&mut world, "guwahati", joining::propose_key);
    assert_ne!([key(&world, "guwahati").public(), key(&world, "shillong").public()], old);
    assert!(!peering::is_confirmed(&world["guwahati"].view, world["shillong"].id).unwrap(), "the words again");
    confirm_again(&mut world, "guwahati", "shillong");
    confirm_again(&mut world, "guwahati", "kathmandu");
    contribute(&mut world, case, id(61), "after");
    admit_all(&mut world, case);
    // Kathmandu sees the case for the first time: both units' chains, under two keys each.
    let later = share(&mut world, case, "kathmandu");
    assert_eq!(held(&world, "kathmandu", later).unwrap().state, InState::Offered);
    world.act("kathmandu", |txn| accept(txn, later)).unwrap();
    world.settle();
    for unit in UNITS {
        assert_eq!(shows(&world, unit, case, id(60)).as_deref(), Some("before both keys changed"), "{unit}");
        assert_eq!(shows(&world, unit, case, id(61)).as_deref(), Some("after"), "{unit}");
    }
    let log = caselog::load(&world["kathmandu"].view, case).unwrap().unwrap();
    let signers = log.chains.values().flatten().map(|entry| entry.entry.signer()).collect::<std::collections::BTreeSet<_>>();
    assert!(old.iter().all(|old| signers.contains(old)) && signers.len() == 4);
}

#[test]
fn what_waited_while_the_key_changed_arrives_once() {
    let (mut world, case, first) = SHARED.clone();
    world.offline("shillong");
    let seen = folded(&world, "guwahati", case).entity("person", GIRL).unwrap().field("mother").unwrap().seen();
    write(&mut world, "guwahati", case, &[instead(seen, text(GIRL, "person", "mother", "Maloti Boro"))]);
    let second = share(&mut world, case, "shillong");
    contribute(&mut world, case, id(62), "written while away");
    change(&mut world, "guwahati", joining::propose_key);
    world.online("shillong");
    assert_eq!(held(&world, "shillong", second).map(|row| row.state), None, "not before the words are compared again");
    confirm_again(&mut world, "guwahati", "shillong");
    assert_eq!(held(&world, "shillong", second).unwrap().state, InState::Offered);
    assert_eq!(folded(&world, "shillong", case).entity("person", GIRL).unwrap().text("mother"), "Maloti Boro");
    assert_eq!(pending(&world, case).len(), 1, "the contribution came, too");
    assert_eq!(given(&world, first).state, OutState::Active);
    assert_eq!(outbox::waiting(&world["guwahati"].view, world["shillong"].id), Ok(0));
}

#[test]
fn a_past_key_says_nothing_new() {
    let (mut world, case, _) = SHARED.clone();
    let thief = key(&world, "shillong");
    change(&mut world, "shillong", joining::propose_key);
    confirm_again(&mut world, "guwahati", "shillong");
    // An envelope.
    let charter = charter::current(&world["guwahati"].view).unwrap().unwrap();
    let body = Body {
        federation: charter.federation,
        charter_epoch: charter.epoch,
        from: world["shillong"].id,
        to: world["guwahati"].id,
        pair_seq: 900,
        created: world.now,
        not_after: None,
        kind: Kind::Void,
        payload: Vec::new(),
    };
    let newest = prekey::newest(&world["guwahati"].view, world["guwahati"].id).unwrap().unwrap();
    let seal =
        |key| Sealed::seal(Signed::sign(&body, key).as_bytes(), newest.number, &newest.key, &mut SeededRng::new(3)).unwrap();
    let before = world["guwahati"].state();
    let stolen = world.deliver("shillong", "guwahati", seal(&thief));
    assert_eq!(stolen, wire::encode(&Answer::Failed));
    assert_eq!(last_incident(&world, "guwahati"), "sent an envelope signed by no member of this federation");
    assert!(world["guwahati"].state() == before);
    let present = key(&world, "shillong");
    assert_ne!(world.deliver("shillong", "guwahati", seal(&present)), stolen);
    // An entry, after one that the later key signed.
    contribute(&mut world, case, id(63), "under the new key");
    let log = caselog::load(&world["guwahati"].view, case).unwrap().unwrap();
    let last = log.chains[&world["shillong"].id].last().unwrap();
    let next = Entry { seq: last.entry.seq + 1, prev: Some(last.hash), ..(*last.entry).clone() };
    let unique = (0..4).map(|number| Commitment([number; 32])).collect();
    let next = Entry { commitments: BoundedVec::new(unique).unwrap(), ..next };
    let check = |key| {
        let entry = Signed::sign(&next, key);
        caselog::check(&world["guwahati"].view, case, world["guwahati"].id, &[entry], &[]).map(|_| ())
    };
    assert!(check(&present).is_ok());
    let refused = check(&thief);
    assert!(
        matches!(&refused, Err(ForeignError::Invalid("an entry signed with a past key after one with a later key"))),
        "{refused:?}"
    );
}

#[test]
fn a_revoked_unit_is_refused_at_the_next_contact_and_its_old_evidence_stays() {
    let (mut world, case, first) = SHARED.clone();
    contribute(&mut world, case, id(64), "admitted in time");
    admit_all(&mut world, case);
    contribute(&mut world, case, id(65), "still waiting");
    let (shillong, hash) = (world["shillong"].id, pending(&world, case)[0]);
    // Its laptop is gone. The two others leave it out; it is not there to hear of it.
    world.offline("shillong");
    let thief: Vec<Draft> = leg(id(66), GIRL, "written by a thief");
    change(&mut world, "kathmandu", |txn| joining::propose_removal(txn, shillong));
    for unit in ["guwahati", "kathmandu"] {
        assert!(charter::member(&world[unit].view, shillong).unwrap().is_none(), "{unit}");
        assert_eq!(outbox::held_back(&world[unit].view, shillong, world.now), Ok(Some(outbox::HeldBack::NotAMember)));
    }
    let before = world["guwahati"].state();
    write(&mut world, "shillong", case, &thief);
    world.online("shillong");
    assert!(
        world["guwahati"].incidents.iter().any(|incident| incident.what.contains("no member")),
        "{:?}",
        world["guwahati"].incidents
    );
    assert!(world["guwahati"].state() == before, "nothing of it was taken");
    assert_eq!(pending(&world, case), [hash]);
    let late = world.act("guwahati", |txn| admit(txn, case, hash, &author()));
    assert!(matches!(late, Err(ShareRefusal::Log(LogRefusal::FormerMember))), "{late:?}");
    // What it contributed in time is shown to Kathmandu, and verifies there.
    let later = share(&mut world, case, "kathmandu");
    world.act("kathmandu", |txn| accept(txn, later)).unwrap();
    world.settle();
    assert_eq!(shows(&world, "kathmandu", case, id(64)).as_deref(), Some("admitted in time"));
    assert_eq!(shows(&world, "kathmandu", case, id(65)), None);
    // Its share can be ended here; nobody waits for its receipt.
    world.act("guwahati", |txn| crate::sharing::recall(txn, first)).unwrap();
    assert_eq!(given(&world, first).state, OutState::Recalled);
}
