//! Every signed thing in every message that reaches a unit: spoilt bits and every shorter length, through the whole receive path.
//! Not what a well-formed message may say: that is with each machine.

mod arrived;
mod stories;

use super::fuzz::kinds;
use super::{World, say};
use crate::envelope::Kind;
use crate::machine::Table;
use crate::wire::MessageKind;
use arrived::{Arrived, answer};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

/// Messages of one kind that are looked at.
const ENOUGH: usize = 2;
/// Longest thing of which one bit of each byte is spoilt. With `ICMC_LONG` set it is every bit of everything, and every length; each
/// machine's own tests spoil every bit of what it takes in any case.
const SHORT: usize = 128;
/// Of a longer one, one bit of every so many bytes; of a longer message, every so many lengths.
const EACH: usize = 9;

/// Whether this place is looked at in something of this length.
fn is_looked_at(place: usize, bit: usize, length: usize) -> bool {
    std::env::var_os("ICMC_LONG").is_some() || bit == place % 8 && (length <= SHORT || place < 16 || place.is_multiple_of(EACH))
}

static STORIES: LazyLock<[World; 5]> = LazyLock::new(stories::all);

/// The first few messages of each kind.
fn arrived(world: &World) -> Vec<Arrived> {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let all = world.inputs.iter().flatten().filter_map(|handled| Arrived::of(world, handled.clone()));
    let enough = |arrived: &Arrived| {
        let count = kinds.entry(format!("{} {:?}", arrived.what, names(&arrived.inside(world)))).or_default();
        *count += 1;
        *count <= ENOUGH
    };
    all.filter(enough).collect()
}

fn names(inside: &[(String, Range<usize>)]) -> BTreeSet<String> {
    inside.iter().map(|(name, _)| name.clone()).collect()
}

/// Whether these rows may be left of a message in which something signed is spoilt.
fn may_leave(arrived: &Arrived, alone: bool, good: &BTreeSet<(Table, Vec<u8>)>, taken: &BTreeSet<(Table, Vec<u8>)>) -> bool {
    match arrived.body.as_ref().map(|body| body.kind) {
        // Each fact speaks for itself, and the others are taken.
        Some(Kind::Standing) => taken.is_subset(good),
        // A part waits for the others unread; what it lacks shows when the last one has come.
        Some(Kind::Transfer) => taken.iter().all(|(table, _)| *table == Table::TRANSFERS),
        Some(_) => taken.is_empty(),
        // One statement alone: nothing of the message may be taken. Of many, the others stand for themselves.
        // Whether a node was put back to a backup is asked beside what is signed, and heard all the same.
        None if alone && arrived.what == "CharterRequest" => taken.is_subset(good) && taken != good,
        None if alone => taken.is_empty(),
        None => taken.is_subset(good),
    }
}

#[test]
fn whatever_is_signed_is_refused_with_any_bit_of_it_spoilt() {
    let (mut seen, mut cases) = (BTreeSet::new(), 0_u64);
    for (world, arrived) in STORIES.iter().flat_map(|world| arrived(world).into_iter().map(move |arrived| (world, arrived))) {
        let good = arrived.left(&arrived.hand(world, arrived.bytes.clone()));
        let inside = arrived.inside(world);
        let alone = match arrived.body.as_ref().map(|body| body.kind) {
            Some(kind) => !matches!(kind, Kind::Standing | Kind::Transfer),
            None => inside.len() == 1,
        };
        for (name, range) in inside {
            let mut answers = BTreeSet::new();
            for (place, bit) in range.clone().flat_map(|place| (0..8).map(move |bit| (place, bit))) {
                if !is_looked_at(place - range.start, bit, range.len()) {
                    continue;
                }
                let mut bytes = arrived.bytes.clone();
                bytes[place] ^= 1 << bit;
                let effects = arrived.hand(world, bytes);
                let taken = arrived.left(&effects);
                let fine = may_leave(&arrived, alone, &good, &taken);
                assert!(fine, "{}: {name}, byte {place} of {range:?}, bit {bit}: {taken:?}", arrived.what);
                assert!(effects.erase.is_empty() || !alone, "{}: {name}: destroys a key", arrived.what);
                answers.insert(answer(&effects));
                cases += 1;
            }
            assert!(!alone || answers.len() == 1, "{}: {name}: told apart: {answers:?}", arrived.what);
            seen.insert(name);
        }
    }
    say(&format!("{cases} spoilt messages refused, of {seen:?}"));
    // A text, the inside of an envelope, the list of a file, the answer of a keeper: each is spoilt where it is taken.
    let files = [MessageKind::Carried, MessageKind::CarriedDocuments];
    let elsewhere = [&files[..], &[MessageKind::Invitation, MessageKind::Body, MessageKind::BlindReply]].concat();
    let signed = MessageKind::ALL.into_iter().filter(|kind| !elsewhere.contains(kind)).map(MessageKind::name);
    assert_eq!(seen, signed.chain(["change", "change of a file"]).map(str::to_owned).collect());
}

#[test]
fn every_message_is_refused_at_every_shorter_length() {
    let (mut seen, mut cases) = (BTreeSet::new(), 0_u64);
    for (world, arrived) in STORIES.iter().flat_map(|world| arrived(world).into_iter().map(move |arrived| (world, arrived))) {
        let mut answers = BTreeSet::new();
        let whole = arrived.bytes.len();
        for length in (0..whole).filter(|length| is_looked_at(*length, length % 8, whole)) {
            let effects = arrived.hand(world, arrived.bytes[..length].to_vec());
            let taken = arrived.left(&effects);
            assert!(taken.is_empty() && effects.erase.is_empty(), "{} of {length} bytes: {taken:?}", arrived.what);
            answers.insert(answer(&effects));
            cases += 1;
        }
        assert_eq!(answers.len(), 1, "{}: told apart: {answers:?}", arrived.what);
        seen.insert(arrived.what);
    }
    say(&format!("{cases} messages cut short refused, of {seen:?}"));
    // Of a void nothing is left but its number, of words confirmed only a mark at the peer, which is not looked at here; statistics are
    // not taken by this version.
    let without = [Kind::Void, Kind::WordsConfirmed, Kind::Statistics];
    for kind in kinds().filter(|kind| !without.contains(kind)) {
        assert!(seen.contains(&format!("{kind:?}")), "{kind:?} is not in {seen:?}");
    }
}
