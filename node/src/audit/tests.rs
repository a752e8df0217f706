//! Whatever is done to the stored rows, the walk finds it; as long as nobody makes the whole chain anew.

use super::entry::HEAD;
use super::*;
use crate::accounts::AccountId;
use crate::store::tables;
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::{Incident, MemoryView, Scope, Txn, View as _, Write};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::time::Timestamp;
use proptest::prelude::*;

const ALICE: AccountId = AccountId([1; 16]);
const BOB: AccountId = AccountId([2; 16]);

fn chain(entries: u64) -> MemoryView {
    let mut view = MemoryView::default();
    for at in 0..entries {
        let mut rng = SeededRng::new(at);
        let before = view.clone();
        let mut txn = Txn::new(&before, Timestamp(1_000 + at), &mut rng);
        let (actor, action) = if at % 2 == 0 { (ALICE, actions::CASE_VIEWED) } else { (BOB, actions::CASE_CHANGED) };
        let seq = append(&mut txn, Event::new(action).by(actor).on(format!("{at:064x}"))).unwrap();
        assert_eq!(seq, at + 1);
        view.apply(&txn.finish().writes);
    }
    view
}

fn value(view: &MemoryView, key: &[u8]) -> Vec<u8> {
    view.get(tables::AUDIT, key).unwrap().unwrap()
}

fn put(view: &mut MemoryView, key: &[u8], value: Option<Vec<u8>>) {
    view.apply(&[Write { table: tables::AUDIT, key: key.to_vec(), value: value.map(|value| (Scope::Master, value)) }]);
}

fn broken(view: &MemoryView) -> bool {
    matches!(verify(view), Verified::Broken { .. })
}

#[test]
fn a_chain_as_written_is_whole() {
    for entries in [0, 1, 2, 40] {
        assert_eq!(verify(&chain(entries)), Verified::Whole { entries });
    }
}

#[test]
fn the_break_is_named() {
    let mut view = chain(9);
    put(&mut view, &4u64.to_be_bytes(), None);
    assert_eq!(verify(&view), Verified::Broken { at: 4 });
    let mut view = chain(9);
    let mut forged = value(&view, &9u64.to_be_bytes());
    let at = forged.windows(3).position(|window| window == b"cas").unwrap();
    forged[at] = b'd';
    put(&mut view, &9u64.to_be_bytes(), Some(forged));
    assert_eq!(verify(&view), Verified::Broken { at: 9 });
}

#[test]
fn an_added_entry_is_found() {
    let mut view = chain(3);
    let copy = value(&view, &3u64.to_be_bytes());
    put(&mut view, &4u64.to_be_bytes(), Some(copy));
    assert_eq!(verify(&view), Verified::Broken { at: 4 });
}

#[test]
fn pages_are_newest_first_and_filters_hold() {
    let view = chain(25);
    let seqs = |filter: &Filter, page| {
        let found = list(&view, filter, page, 10).unwrap();
        (found.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), found.total)
    };
    assert_eq!(seqs(&Filter::default(), 1), ((16..=25).rev().collect(), 25));
    assert_eq!(seqs(&Filter::default(), 3), ((1..=5).rev().collect(), 25));
    assert_eq!(seqs(&Filter::default(), 4), (vec![], 25));
    let bob = Filter { actor: Some(BOB), ..Filter::default() };
    assert_eq!(seqs(&bob, 2), (vec![4, 2], 12));
    let one = Filter { object: Some(format!("{:064x}", 6)), action: Some(actions::CASE_VIEWED.to_owned()), actor: None };
    assert_eq!(seqs(&one, 1), (vec![7], 1));
    let other = Filter { action: Some(actions::CASE_CLOSED.to_owned()), ..Filter::default() };
    assert_eq!(seqs(&other, 1), (vec![], 0));
}

#[test]
fn incidents_carry_unit_and_sentence() {
    let (view, mut rng) = (MemoryView::default(), SeededRng::new(1));
    let mut txn = Txn::new(&view, Timestamp(5), &mut rng);
    let eve = UnitId([9; 32]);
    incidents(
        &mut txn,
        &[Incident { peer: Some(eve), what: "an envelope did not open" }, Incident { peer: None, what: "a stranger" }],
    )
    .unwrap();
    let found = list(&txn, &Filter::default(), 1, 10).unwrap();
    let shown: Vec<_> = found.entries.iter().map(|entry| (entry.object.clone(), entry.reason.as_str())).collect();
    assert_eq!(shown, [(String::new(), "a stranger"), (eve.to_string(), "an envelope did not open")]);
}

#[test]
fn no_two_actions_have_one_name() {
    let names: std::collections::BTreeSet<_> = actions::ALL.iter().collect();
    assert_eq!(names.len(), actions::ALL.len());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_changed_byte_is_found(entries in 1u64..12, which in any::<proptest::sample::Index>(), at in any::<proptest::sample::Index>(), flip in 1u8..) {
        let mut view = chain(entries);
        let seq = which.index(usize::try_from(entries).unwrap() + 1) as u64;
        let key = if seq == 0 { HEAD.to_vec() } else { seq.to_be_bytes().to_vec() };
        let mut row = value(&view, &key);
        let at = at.index(row.len());
        row[at] ^= flip;
        put(&mut view, &key, Some(row));
        prop_assert!(broken(&view));
    }

    #[test]
    fn any_removed_entry_is_found(entries in 1u64..12, which in any::<proptest::sample::Index>(), closed_up in any::<bool>()) {
        let mut view = chain(entries);
        let gone = which.index(usize::try_from(entries).unwrap()) as u64 + 1;
        // Left as a hole, or closed up by moving the later ones down.
        if closed_up {
            for seq in gone..entries {
                let next = value(&view, &(seq + 1).to_be_bytes());
                put(&mut view, &seq.to_be_bytes(), Some(next));
            }
        }
        put(&mut view, &(if closed_up { entries } else { gone }).to_be_bytes(), None);
        prop_assert!(broken(&view));
    }

    #[test]
    fn any_swap_is_found(entries in 2u64..12, a in any::<proptest::sample::Index>(), b in any::<proptest::sample::Index>()) {
        let mut view = chain(entries);
        let count = usize::try_from(entries).unwrap();
        let (a, b) = (a.index(count) as u64 + 1, b.index(count) as u64 + 1);
        prop_assume!(a != b);
        let (first, second) = (value(&view, &a.to_be_bytes()), value(&view, &b.to_be_bytes()));
        put(&mut view, &a.to_be_bytes(), Some(second));
        put(&mut view, &b.to_be_bytes(), Some(first));
        prop_assert!(broken(&view));
    }

    #[test]
    fn a_cut_end_is_found_while_the_head_stands(entries in 1u64..12, left in any::<proptest::sample::Index>()) {
        let mut view = chain(entries);
        for seq in left.index(usize::try_from(entries).unwrap()) as u64 + 1..=entries {
            put(&mut view, &seq.to_be_bytes(), None);
        }
        prop_assert!(broken(&view));
    }

    #[test]
    fn a_head_of_an_earlier_day_is_found(entries in 2u64..12, earlier in any::<proptest::sample::Index>()) {
        let mut view = chain(entries);
        let old = chain(earlier.index(usize::try_from(entries).unwrap() - 1) as u64 + 1);
        put(&mut view, HEAD, Some(value(&old, HEAD)));
        prop_assert!(broken(&view));
    }
}

#[test]
fn ten_thousand_incidents_are_five_entries_an_hour() {
    let mut view = MemoryView::default();
    let eve = UnitId([3; 32]);
    let incident = |what| Incident { peer: Some(eve), what };
    let at = |view: &mut MemoryView, now: u64, what, times: usize| {
        let before = view.clone();
        let mut rng = SeededRng::new(now);
        let mut txn = Txn::new(&before, Timestamp(now), &mut rng);
        incidents(&mut txn, &vec![incident(what); times]).unwrap();
        view.apply(&txn.finish().writes);
    };
    let reasons = |view: &MemoryView| {
        let rows = view.scan(tables::AUDIT, &[0], None, 99).unwrap();
        let read = |(_, bytes): &(Vec<u8>, Vec<u8>)| icmc_protocol::wire::decode::<Entry>(bytes, 4096).unwrap().reason;
        rows.iter().map(read).collect::<Vec<_>>()
    };
    at(&mut view, 1_000, "sent noise", 9_999);
    at(&mut view, 1_000, "sent silence", 1);
    at(&mut view, 3_599_999, "sent noise", 1);
    let hour =
        ["", " (10 times this hour)", " (100 times this hour)", " (1000 times this hour)"].map(|of| format!("sent noise{of}"));
    let last = "sent noise (10000 times this hour)".to_owned();
    assert_eq!(reasons(&view), [&hour[..], &["sent silence".to_owned(), last]].concat());
    at(&mut view, 3_600_000, "sent noise", 1);
    assert_eq!(reasons(&view).len(), 7);
    assert_eq!(verify(&view), Verified::Whole { entries: 7 });
}
