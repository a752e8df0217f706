//! Faults planted into a federation at work: each invariant notices its own, and nothing before the fault.
//! That real machines keep them is `tests/simulation.rs`.

use super::settled::{AT_REST, OF_A_MOMENT};
use super::truth::ShareTruth;
use super::{Base, Plan, Sim};
use crate::core::Core;
use crate::envelope::{Kind, outbox};
use crate::ids::ShareId;
use crate::machine::{Effects, Incident, Scope, Table, ViewError, Write};
use crate::testing::drafts;
use std::sync::LazyLock;

static BASE: LazyLock<Base> = LazyLock::new(Base::prepare);

/// At work, and fine so far.
fn sim() -> Sim {
    let sim = Sim::new(&BASE, Plan { seed: 1, steps: 0 });
    assert_eq!((complaint(&sim), sim.failed.clone()), (None, None));
    sim
}

/// What an invariant of whole units says.
fn complaint(sim: &Sim) -> Option<String> {
    OF_A_MOMENT.iter().chain(&AT_REST).find_map(|(name, invariant)| invariant(sim).err().map(|why| format!("{name}: {why}")))
}

fn complains(sim: &Sim, words: &str) {
    let complaint = complaint(sim).unwrap_or_default();
    assert!(complaint.contains(words), "expected {words:?}, got {complaint:?}");
}

/// What the judge of steps says of one write.
fn judged(sim: &mut Sim, at: usize, write: Write) -> Result<(), String> {
    sim.judge(at, &Effects { writes: vec![write], ..Effects::default() })
}

/// A row of a unit, in a table, under a scope, as it could be written again.
fn row(sim: &Sim, at: usize, table: Table, under: impl Fn(Scope) -> bool) -> Write {
    let mut rows = sim.world.units[at].view.rows().filter(|(of, _, scope, _)| *of == table && under(*scope));
    let (table, key, scope, value) = rows.find(|(.., value)| table != Table::CHANGES || tagged(value)).unwrap();
    Write { table, key: key.to_vec(), value: Some((scope, value.to_vec())) }
}

fn tagged(value: &[u8]) -> bool {
    !super::truth::tags_in(value).is_empty()
}

/// A share in force.
fn share(sim: &Sim) -> (ShareId, ShareTruth) {
    let active = |share: &ShareTruth, id: ShareId| {
        let rows = |(table, _, scope, value): (Table, &[u8], Scope, &[u8])| {
            table == Table::CHANGES && scope == Scope::Share(id) && tagged(value)
        };
        share.active && share.from != sim.eve && sim.world.units[share.to].view.rows().any(rows)
    };
    sim.truth.shares.iter().find(|(id, share)| active(share, **id)).map(|(id, share)| (*id, share.clone())).unwrap()
}

#[test]
fn a_run_is_the_same_each_time_and_another_with_another_seed() {
    let run = |seed| format!("{:?}", Sim::new(&BASE, Plan { seed, steps: 40 }).run());
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn a_value_that_no_share_gave_is_seen_as_it_is_written_and_in_the_rows() {
    let mut sim = sim();
    let (id, share) = share(&sim);
    let stranger = (0..sim.eve).find(|at| ![share.from, share.to].contains(at)).unwrap();
    let theirs = row(&sim, share.to, Table::CHANGES, |scope| scope == Scope::Share(id));
    assert!(judged(&mut sim, stranger, theirs.clone()).unwrap_err().contains("did not give value"));
    // The receiver may hold it under the share's key, and under no other.
    assert_eq!(judged(&mut sim, share.to, theirs.clone()), Ok(()));
    let loose = Write { value: theirs.value.clone().map(|(_, value)| (Scope::Master, value)), ..theirs.clone() };
    assert!(judged(&mut sim, share.to, loose).unwrap_err().contains("under Master"));
    sim.world.units[stranger].view.apply(&[theirs]);
    complains(&sim, "nobody holds a value that no share gave it");
}

#[test]
fn rows_left_behind_a_receipt_are_seen() {
    let mut sim = sim();
    let (id, share) = share(&sim);
    assert!(sim.gone(share.to, id, u64::MAX).is_err());
    sim.truth.shares.entry(id).and_modify(|share| share.receipted = true);
    complains(&sim, "whose key it said was destroyed");
    let left = Write { table: Table::WAITING, key: vec![1], value: Some((Scope::Share(id), Vec::new())) };
    sim.world.units[share.to].view.erase(Scope::Share(id));
    assert_eq!(sim.gone(share.to, id, u64::MAX), Ok(()));
    sim.world.units[share.to].view.apply(&[left]);
    complains(&sim, "what a receipt says is gone is gone");
}

#[test]
fn a_lost_save_is_seen_at_who_saved_it() {
    let mut sim = sim();
    let (_, share) = share(&sim);
    let own = row(&sim, share.from, Table::CHANGES, |scope| matches!(scope, Scope::Case(_)));
    sim.world.units[share.from].view.apply(&[Write { value: None, ..own }]);
    complains(&sim, "no saved change is lost");
}

#[test]
fn a_save_that_nobody_made_is_seen() {
    let mut sim = sim();
    let (_, share) = share(&sim);
    let (case, name) = (share.share.case, sim.name(share.from));
    let draft = drafts::text(drafts::id(1), "case", "title", "not known to the simulator");
    sim.world.act(&name, |txn| crate::caselog::append(txn, case, &[draft], &drafts::author("Officer Das"))).unwrap();
    complains(&sim, "shows something else than was saved in it");
}

#[test]
fn two_histories_are_seen() {
    let mut sim = sim();
    let (_, share) = share(&sim);
    let (case, name) = (share.share.case, sim.name(share.from));
    let newest = |world: &crate::testing::World| {
        let prefix = [case.as_bytes().as_slice(), world.units[share.from].id.as_bytes()].concat();
        let rows = world.units[share.from].view.rows();
        let (table, key, scope, value) =
            rows.filter(|(table, key, ..)| *table == Table::ENTRIES && key.starts_with(&prefix)).last().unwrap();
        Write { table, key: key.to_vec(), value: Some((scope, value.to_vec())) }
    };
    let mut other = sim.world.clone();
    for (world, words) in [(&mut sim.world, "one"), (&mut other, "other")] {
        let draft = drafts::text(drafts::id(1), "case", "title", words);
        world.act(&name, |txn| crate::caselog::append(txn, case, &[draft], &drafts::author("Officer Das"))).unwrap();
    }
    let alike = |sim: &Sim| OF_A_MOMENT.last().unwrap().1(sim);
    assert_eq!(alike(&sim), Ok(()));
    sim.world.units[share.to].view.apply(&[newest(&other)]);
    assert!(alike(&sim).unwrap_err().contains("two histories"));
}

#[test]
fn a_number_used_twice_and_an_envelope_applied_twice_are_seen() {
    let mut sim = sim();
    let (peer, now) = (sim.world.units[1].id, sim.world.now);
    let queue = |kind, payload: &[u8]| {
        let mut copy = sim.world.units[0].clone();
        let work = |txn: &mut crate::machine::Txn<'_>| {
            outbox::queue(txn, peer, kind, payload.to_vec(), None).map_err(|error| ViewError(error.to_string()))
        };
        let (_, effects) = Core.act(&copy.view, now, &mut copy.rng, work).unwrap();
        effects.writes.into_iter().find(|write| write.table == Table::OUTBOX).unwrap()
    };
    let (one, other, void) = (queue(Kind::Contact, b"one"), queue(Kind::Contact, b"other"), queue(Kind::Void, b""));
    assert_eq!(judged(&mut sim, 0, one.clone()), Ok(()));
    assert_eq!(judged(&mut sim, 0, one.clone()), Ok(()));
    assert!(judged(&mut sim.clone(), 0, other).unwrap_err().contains("two different envelopes"));
    assert_eq!(judged(&mut sim, 0, void), Ok(()), "a number may be given up");
    assert!(judged(&mut sim, 0, one).is_err(), "and not taken up again");

    let seen = Write { table: Table::SEEN, key: vec![9; 40], value: Some((Scope::Master, vec![0])) };
    assert_eq!(judged(&mut sim, 0, seen.clone()), Ok(()));
    assert!(judged(&mut sim, 0, seen).unwrap_err().contains("twice"));
}

#[test]
fn a_chain_that_falls_and_a_case_that_vanishes_are_seen() {
    let mut sim = sim();
    let (_, share) = share(&sim);
    let (case, name) = (share.share.case, sim.name(share.from));
    let of_case = |sim: &Sim| {
        let rows = sim.world.units[share.from].view.rows();
        let (table, key, scope, value) =
            rows.filter(|(table, key, ..)| *table == Table::CASES && *key == case.as_bytes()).last().unwrap();
        Write { table, key: key.to_vec(), value: Some((scope, value.to_vec())) }
    };
    let before = of_case(&sim);
    let draft = drafts::text(drafts::id(1), "case", "title", "a title");
    sim.world.act(&name, |txn| crate::caselog::append(txn, case, &[draft], &drafts::author("Officer Das"))).unwrap();
    let after = of_case(&sim);
    assert_eq!(judged(&mut sim, share.from, after), Ok(()));
    assert!(judged(&mut sim, share.from, before.clone()).unwrap_err().contains("lost entry"));
    assert!(judged(&mut sim, share.from, Write { value: None, ..before }).is_err());
}

#[test]
fn an_accusation_among_honest_units_is_seen() {
    let mut sim = sim();
    let mut noted = |peer: usize, what| {
        let incident = Incident { peer: Some(sim.world.units[peer].id), what };
        sim.judge(0, &Effects { incidents: vec![incident], ..Effects::default() })
    };
    assert!(noted(1, "sent something out of form").is_err());
    assert_eq!(noted(9, "sent something out of form"), Ok(()), "Eve does as she likes");
}

#[test]
fn a_share_in_force_that_nobody_accepted_is_seen() {
    let mut sim = sim();
    let (id, share) = share(&sim);
    let given = Write { key: id.as_bytes().to_vec(), ..row(&sim, share.from, Table::SHARES_OUT, |_| true) };
    let value = sim.world.units[share.from].view.rows().find(|(table, key, ..)| *table == Table::SHARES_OUT && *key == given.key);
    let given = Write { value: value.map(|(_, _, scope, value)| (scope, value.to_vec())), ..given };
    assert_eq!(judged(&mut sim, share.from, given.clone()), Ok(()));
    sim.truth.shares.entry(id).and_modify(|share| share.accepted = false);
    assert!(judged(&mut sim, share.from, given).unwrap_err().contains("nobody accepted it"));
}

#[test]
fn what_still_waits_and_what_is_missing_at_a_receiver_are_seen_at_rest() {
    let mut waiting = sim();
    let peer = waiting.world.units[1].id;
    waiting.world.act("shillong", |txn| outbox::queue(txn, peer, Kind::Void, Vec::new(), None)).unwrap();
    complains(&waiting, "still waits for");

    let mut behind = sim();
    let (id, share) = share(&behind);
    let theirs = row(&behind, share.to, Table::CHANGES, |scope| scope == Scope::Share(id));
    behind.world.units[share.to].view.apply(&[Write { value: None, ..theirs }]);
    complains(&behind, "active shares are up to date at their receivers");

    let mut ended = sim();
    ended.world.units[share.to].view.apply(&[Write { table: Table::SHARES_IN, key: id.as_bytes().to_vec(), value: None }]);
    complains(&ended, "at the receiver, receipt false");
}

#[test]
fn a_contribution_that_the_owner_lacks_is_seen_at_rest() {
    let mut sim = sim();
    let may = |sim: &Sim, share: &ShareTruth| {
        let view = &sim.world.units[share.to].view;
        share.from != sim.eve && crate::sharing::may_contribute(view, share.share.case, sim.world.now).unwrap()
    };
    let share = sim.truth.shares.values().find(|share| may(&sim, share)).unwrap().clone();
    let note = drafts::note(drafts::id(180), &sim.truth.tag());
    sim.save(share.to, share.case, note, "adds").unwrap();
    sim.observe();
    complains(&sim, "still waits for");
    sim.pass(crate::time::HOUR);
    assert_eq!(complaint(&sim), None);
    let entry = sim.truth.written.last().unwrap().entry;
    sim.world.units[share.from].view.erase(Scope::Contributed(share.share.case, entry));
    complains(&sim, "the owner lacks what");
}

#[test]
fn an_offer_that_shows_something_else_than_was_promised_is_seen() {
    let mut sim = sim();
    let (_, share) = share(&sim);
    sim.share_with(share.case, (share.to + 1) % sim.eve).unwrap();
    sim.observe();
    sim.pass(crate::time::HOUR);
    let mut lied = sim.clone();
    assert!(sim.perform(super::Action::Accept).is_some() && sim.failed.is_none());
    lied.truth.shares.values_mut().for_each(|share| share.promised = Some(Default::default()));
    lied.perform(super::Action::Accept);
    assert!(lied.failed.unwrap().contains("shows something else"));
}
