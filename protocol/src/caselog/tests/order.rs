//! All who hold the same entries and changes see the same case, in whatever order they came; who holds fewer can check them all the same.
//! Random histories of an owner and two contributors.

use super::{author, seen};
use crate::caselog::{
    Change, Draft, Entry, FIELD_SUPERSEDED, FoldedCase, Folding, ForeignError, Handover, Log, LogEntry, admit, append, check,
    fold, load, open_case, steer,
};
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::federation::own;
use crate::ids::{CaseId, Commitment, ShareId, UnitId};
use crate::machine::Scope;
use crate::testing::World;
use crate::testing::drafts::{case, draft, id, text};
use crate::wire;
use proptest::prelude::*;
use std::sync::LazyLock;

const WRITERS: [&str; 3] = ["guwahati", "shillong", "imphal"];
static MEMBERS: LazyLock<World> = LazyLock::new(|| World::members(&["guwahati", "shillong", "imphal", "kathmandu"]));

#[derive(Debug, Clone)]
enum Op {
    /// Somebody writes a field, having looked at what stands there or not.
    Write { by: usize, field: usize, looked: bool },
    /// One unit shows another all that it holds.
    Pass { from: usize, to: usize },
    /// The owner admits one of the entries it holds.
    Admit(usize),
    /// Somebody says that some of the open values stand no more: it counts from the owner alone.
    Say { by: usize, every: usize },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (0..3usize, 0..5usize, any::<bool>()).prop_map(|(by, field, looked)| Op::Write { by, field, looked }),
        2 => (0..3usize, 0..3usize).prop_map(|(from, to)| Op::Pass { from, to }),
        2 => (0..9usize).prop_map(Op::Admit),
        1 => (0..3usize, 2..9usize).prop_map(|(by, every)| Op::Say { by, every }),
    ]
}

fn value(field: usize, number: usize) -> Draft {
    let basis = ["consent", "court_order", "vital_interest"][number % 3];
    match field {
        0 => text(id(1), "case", "title", &format!("title {number}")),
        1 => text(id(1), "case", "legal_basis", basis),
        2 => text(id(2), "note", "text", &format!("note {number}")),
        3 => draft(id(2), "note", "removed", Value::Bool(number.is_multiple_of(2))),
        _ => text(id(3), "note", "text", &format!("another {number}")),
    }
}

type Held = (UnitId, Vec<Signed<Entry>>, Vec<Change>);

fn held(world: &World, unit: &str, case: CaseId) -> Held {
    let log = load(&world[unit].view, case).unwrap().unwrap();
    (
        log.owner,
        log.chains.values().flatten().map(|entry| entry.signed.clone()).collect(),
        log.changes.values().cloned().collect(),
    )
}

fn take(world: &mut World, unit: &str, case: CaseId, (owner, entries, changes): &Held) -> Result<(), ForeignError> {
    world.act(unit, |txn| {
        check(txn, case, *owner, entries, changes)?.write(txn, Scope::Share(ShareId([0; 16])));
        Ok(())
    })
}

fn pass(world: &mut World, from: &str, to: &str, case: CaseId) {
    if from != to {
        let held = held(world, from, case);
        take(world, to, case, &held).unwrap();
    }
}

fn folded(world: &World, unit: &str, case: CaseId) -> FoldedCase {
    fold(&load(&world[unit].view, case).unwrap().unwrap())
}

fn play(world: &mut World, ops: &[Op]) -> CaseId {
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &case("GHY-1"), &author())).unwrap();
    for to in &WRITERS[1..] {
        pass(world, "guwahati", to, case);
    }
    for (number, op) in ops.iter().enumerate() {
        match *op {
            Op::Pass { from, to } => pass(world, WRITERS[from], WRITERS[to], case),
            Op::Write { by, field, looked } => {
                let mut draft = value(field, number);
                if looked {
                    draft.replaces = seen(&folded(world, WRITERS[by], case), &draft);
                    draft.replaces.truncate(16);
                }
                world.act(WRITERS[by], |txn| append(txn, case, &[draft], &author())).unwrap();
            }
            Op::Say { by, every } => {
                let log = load(&world[WRITERS[by]].view, case).unwrap().unwrap();
                let named: Vec<Commitment> = log.changes.keys().step_by(every).copied().collect();
                let value = Value::Bytes(wire::encode(&named));
                world.act(WRITERS[by], |txn| steer(txn, case, vec![(FIELD_SUPERSEDED, value)], &author())).unwrap();
            }
            Op::Admit(which) => {
                let log = load(&world["guwahati"].view, case).unwrap().unwrap();
                let entry = log
                    .chains
                    .values()
                    .flatten()
                    .filter(|entry| entry.entry.unit != log.owner)
                    .nth(which)
                    .map(|entry| entry.hash);
                if let Some(hash) = entry {
                    world.act("guwahati", |txn| admit(txn, case, hash, &author())).unwrap();
                }
            }
        }
    }
    for (from, to) in [(1, 0), (2, 0), (0, 1), (0, 2)] {
        pass(world, WRITERS[from], WRITERS[to], case);
    }
    case
}

/// One entry with its changes, for each entry, in an order drawn by the keys.
fn pieces(world: &World, case: CaseId, keys: &[u64]) -> Vec<Held> {
    let log = load(&world["guwahati"].view, case).unwrap().unwrap();
    let one = |entry: &LogEntry| {
        (log.owner, vec![entry.signed.clone()], log.changes_of(entry).map(|(_, change)| change.clone()).collect())
    };
    let mut pieces: Vec<(u64, Held)> =
        log.chains.values().flatten().zip(keys.iter().cycle()).map(|(entry, key)| (*key, one(entry))).collect();
    pieces.sort_by_key(|(key, _)| *key);
    pieces.into_iter().map(|(_, piece)| piece).collect()
}

fn unit_of(world: &World, name: &str) -> UnitId {
    own::load(&world[name].view).unwrap().unit
}

/// Hands the case of a log over, at about these numbers of the two chains; not at all if they are shorter than that.
fn hand(log: &mut Log, from: UnitId, to: UnitId, (last, first): (usize, usize)) {
    if log.owner != from {
        return;
    }
    let since = log.handovers.last().and_then(|before| before.first).map_or(0, |(seq, _)| usize::try_from(seq).unwrap());
    let at = |unit: UnitId, place: usize| {
        log.chains.get(&unit).and_then(|chain| chain.get(place)).map(|entry| (entry.entry.seq, entry.hash))
    };
    let of_new_owner =
        log.tenures().filter(|(owner, ..)| *owner == to).map(|(_, _, until)| usize::try_from(until).unwrap()).max();
    let first = first + of_new_owner.map_or(0, |until| until + 1);
    if let (Some(last), Some(first)) = (at(from, since + last), at(to, first)) {
        log.owner = to;
        log.handovers.push(Handover { from, last, to, first: Some(first) });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn all_holders_see_the_same_case(ops in proptest::collection::vec(op(), 4..20), keys in proptest::collection::vec(any::<u64>(), 32)) {
        let mut world = MEMBERS.clone();
        let case = play(&mut world, &ops);
        let expected = folded(&world, "guwahati", case);
        prop_assert_eq!(&folded(&world, "shillong", case), &expected);
        prop_assert_eq!(&folded(&world, "imphal", case), &expected);

        let mut waiting = pieces(&world, case, &keys);
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|piece| match take(&mut world, "kathmandu", case, piece) {
                Ok(()) => false,
                Err(ForeignError::Gap) => true,
                Err(error) => panic!("{error}"),
            });
            prop_assert!(waiting.len() < before, "nothing fits any more");
        }
        prop_assert_eq!(&folded(&world, "kathmandu", case), &expected);
    }

    #[test]
    fn going_on_gives_what_folding_anew_gives(ops in proptest::collection::vec(op(), 4..20), keys in proptest::collection::vec(any::<u64>(), 32)) {
        let mut world = MEMBERS.clone();
        let case = play(&mut world, &ops);
        let mut folding: Option<Folding> = None;
        let mut waiting = pieces(&world, case, &keys);
        while !waiting.is_empty() {
            waiting.retain(|piece| {
                if take(&mut world, "kathmandu", case, piece).is_err() {
                    return true;
                }
                let log = load(&world["kathmandu"].view, case).unwrap().unwrap();
                match &mut folding {
                    Some(folding) => drop(folding.go_on(&log)),
                    None => folding = Some(Folding::of(&log)),
                }
                assert_eq!(**folding.as_ref().unwrap(), fold(&log));
                false
            });
        }
    }

    #[test]
    fn going_on_gives_the_same_across_changes_of_the_owner(
        ops in proptest::collection::vec(op(), 6..24),
        turns in proptest::collection::vec(0..3usize, 40),
        ends in proptest::collection::vec(0..6usize, 3),
        on_its_way in any::<bool>(),
    ) {
        let mut world = MEMBERS.clone();
        let case = play(&mut world, &ops);
        let mut whole = load(&world["guwahati"].view, case).unwrap().unwrap();
        let units = [whole.owner, unit_of(&world, "shillong"), unit_of(&world, "imphal")];
        // To the second unit, back to the first, to the third; some of it perhaps not known here yet.
        for (pair, ends) in [[0, 1], [1, 0], [0, 2]].iter().zip(ends.windows(2)) {
            hand(&mut whole, units[pair[0]], units[pair[1]], (ends[0], ends[1]));
        }
        if on_its_way && let Some(last) = whole.handovers.last_mut() {
            last.first = None;
        }
        let mut log = Log { handovers: whole.handovers.clone(), ..Log::new(case, whole.owner) };
        let mut folding = Folding::of(&log);
        for unit in turns.iter().map(|turn| units[*turn]).chain(units.iter().flat_map(|unit| [*unit; 64])) {
            let chain = log.chains.entry(unit).or_default();
            let Some(next) = whole.chains.get(&unit).and_then(|all| all.get(chain.len())) else { continue };
            chain.push(next.clone());
            log.changes.extend(whole.changes_of(next).map(|(commitment, change)| (commitment, change.clone())));
            folding.go_on(&log);
            prop_assert_eq!(&*folding, &fold(&log));
        }
    }

    #[test]
    fn a_redacted_copy_verifies_and_can_be_filled_later(ops in proptest::collection::vec(op(), 4..14), mask in any::<u64>()) {
        let mut world = MEMBERS.clone();
        let case = play(&mut world, &ops);
        let (owner, entries, changes) = held(&world, "guwahati", case);
        let (shown, withheld): (Vec<_>, Vec<_>) = changes.iter().cloned().enumerate().partition(|(at, _)| mask >> (at % 64) & 1 == 0);
        let values = |part: Vec<(usize, Change)>| part.into_iter().map(|(_, change)| change).collect::<Vec<_>>();
        let (shown, withheld) = (values(shown), values(withheld));
        take(&mut world, "kathmandu", case, &(owner, entries.clone(), shown)).unwrap();
        let log = load(&world["kathmandu"].view, case).unwrap().unwrap();
        prop_assert_eq!(log.chains.values().flatten().count(), entries.len());
        prop_assert!(withheld.iter().all(|change| !log.changes.contains_key(&change.commitment())));
        take(&mut world, "kathmandu", case, &(owner, Vec::new(), withheld)).unwrap();
        prop_assert_eq!(folded(&world, "kathmandu", case), folded(&world, "guwahati", case));
    }
}
