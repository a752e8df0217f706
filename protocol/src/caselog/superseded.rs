//! What an owner says stands no more as it hands a case over, without showing what came in its place.
//! A value that is held somewhere stands until something that is open there replaces it; earlier values do not go along, so the chain
//! of replacements may have a gap, behind which an old value would stand again at whoever wrote it or was once given it.

use super::custody::steers;
use super::fold::{counts, same_field};
use super::{Change, FoldedCase, Log};
use crate::bounded::BoundedVec;
use crate::dictionary::Value;
use crate::ids::{Commitment, EntryHash};
use crate::wire;
use std::collections::BTreeSet;

/// Field of the change by which an owner says what stands no more.
pub(crate) const FIELD_SUPERSEDED: &str = "superseded";
/// Most commitments that one change names; so many fit one entry.
const MOST: usize = 4096;
/// Most bytes of the value: each commitment is 32 bytes and two of framing.
const VALUE_MAX: usize = MOST * 34 + 16;

/// What one change says.
type Named = BoundedVec<Commitment, MOST>;

/// What a change says stands no more, if it is such a change. It counts from an owner alone.
pub(crate) fn superseded_by(change: &Change) -> Option<Vec<Commitment>> {
    match &change.value {
        Value::Bytes(bytes) if steers(change, FIELD_SUPERSEDED) => {
            wire::decode::<Named>(bytes, VALUE_MAX).ok().map(|named| named.to_vec())
        }
        _ => None,
    }
}

/// The values of the changes that say what stands no more, as far as what goes along does not show it: `goes` is what the next owner
/// will hold, `withheld` are contributions that it is not to have, which replace nothing there.
pub(crate) fn superseded(
    log: &Log,
    folded: &FoldedCase,
    goes: impl Fn(&Commitment) -> bool,
    withheld: &BTreeSet<EntryHash>,
) -> Vec<Value> {
    let (mut over, mut told): (BTreeSet<Commitment>, BTreeSet<Commitment>) = (BTreeSet::new(), BTreeSet::new());
    let counting = folded.steps.iter().filter(|step| step.admitted && !withheld.contains(&step.hash));
    for entry in counting.filter_map(|step| log.by_hash(step.hash)) {
        for (commitment, change) in log.changes_of(entry).filter(|(_, change)| counts(log, entry, change)) {
            let fits = |one: &&Commitment| log.changes.get(one).is_none_or(|other| same_field(other, change));
            let replaces = change.replaces.iter().filter(fits).copied();
            if goes(&commitment) {
                told.extend(replaces)
            } else {
                over.extend(replaces)
            }
            told.extend(superseded_by(change).into_iter().flatten().filter(|_| log.is_owners(entry.entry.unit, entry.entry.seq)));
        }
    }
    let missing: Vec<Commitment> = over.difference(&told).copied().collect();
    let value = |named: &[Commitment]| BoundedVec::<Commitment, MOST>::new(named.to_vec()).expect("cut to as many as fit");
    missing.chunks(MOST).map(|named| Value::Bytes(wire::encode(&value(named)))).collect()
}
