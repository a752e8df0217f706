//! The way out of a freeze: an epoch that continues one of the two charters, names the other as given up, and is signed by two
//! thirds of the members of the one it continues. Not the ordinary next epoch: see `accept`.

use super::super::rows::key;
use super::accept::{advance, held};
use super::{Charter, CharterEpoch, CharterError, FROZEN, Frozen, check, head, keys, stored};
use crate::ids::CharterHash;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const GIVEN_UP: &[u8] = b"g";

/// A charter that once passed and counts no more, and the epoch that gave it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct GivenUp {
    epoch: u64,
}

impl Record for GivenUp {
    const TABLE: Table = Table::CHARTER_NOTES;
}

/// Whether this charter was given up.
pub(super) fn is_given_up(view: &dyn View, hash: CharterHash) -> Result<bool, ViewError> {
    Ok(view.get(Table::CHARTER_NOTES, &key(GIVEN_UP, hash.as_bytes()))?.is_some())
}

/// Whether a freeze was ever settled here: then a peer may hold more epochs than we, of the charter that was given up.
pub(in crate::federation) fn has_given_up(view: &dyn View) -> Result<bool, ViewError> {
    Ok(!view.scan(Table::CHARTER_NOTES, GIVEN_UP, None, 1)?.is_empty())
}

/// A charter was given up by an epoch that was accepted, whether or not this node ever saw the two of them.
pub(super) fn give_up(txn: &mut Txn<'_>, charter: &Charter) {
    if let Some(given_up) = charter.settles {
        txn.put(&key(GIVEN_UP, given_up.as_bytes()), Scope::Master, &GivenUp { epoch: charter.epoch });
    }
}

/// Looks for the way out among epochs in their order. Says whether it was found and taken.
pub(super) fn settle(txn: &mut Txn<'_>, frozen: &Frozen, epochs: &[CharterEpoch]) -> Result<bool, CharterError> {
    let mut fresh: BTreeMap<CharterHash, CharterEpoch> = BTreeMap::from([(frozen.other.hash(), frozen.other.clone())]);
    for epoch in epochs {
        // What does not decode was refused when it came, or will be when the charter moves again.
        let Ok(charter) = epoch.charter() else { continue };
        let (Some(previous), true) = (charter.previous, charter.epoch > frozen.epoch) else { continue };
        let before = match fresh.get(&previous) {
            Some(before) => before.clone(),
            None => match stored(txn, charter.epoch - 1)?.filter(|before| before.hash() == previous) {
                Some(before) => before,
                None => continue,
            },
        };
        check::next(&before.charter()?, previous, &charter, epoch)?;
        fresh.insert(epoch.hash(), epoch.clone());
        if let Some(given_up) = charter.settles {
            let way = way(txn, frozen, &fresh, epoch.hash())?;
            let continues_other = way.first().is_some_and(|(_, first)| first.epoch == frozen.epoch);
            if given_up == if continues_other { frozen.held } else { frozen.other.hash() } {
                take(txn, &way)?;
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The epochs from the first that is not held here to `tip`.
fn way(
    txn: &Txn<'_>,
    frozen: &Frozen,
    fresh: &BTreeMap<CharterHash, CharterEpoch>,
    tip: CharterHash,
) -> Result<Vec<(CharterEpoch, Charter)>, CharterError> {
    let mut way = Vec::new();
    let mut next = Some(tip);
    while let Some(epoch) = next.and_then(|hash| fresh.get(&hash)) {
        let charter = epoch.charter()?;
        let here = stored(txn, charter.epoch)?.is_some_and(|held| held.hash() == epoch.hash());
        if here || charter.epoch < frozen.epoch {
            break;
        }
        next = charter.previous;
        way.push((epoch.clone(), charter));
    }
    way.reverse();
    Ok(way)
}

/// Puts the way in place of whatever was held from its beginning on.
fn take(txn: &mut Txn<'_>, way: &[(CharterEpoch, Charter)]) -> Result<(), CharterError> {
    for (_, charter) in way {
        if keys::takes_foreign_key(txn, charter)? {
            return Err(CharterError::Member);
        }
    }
    let newest = head(txn)?.map_or(0, |head| head.epoch);
    let (mut before, _) = held(txn, newest)?;
    let first = way.first().map_or(newest, |(_, charter)| charter.epoch);
    for number in first..=newest {
        txn.delete(Table::CHARTER, &number.to_be_bytes());
    }
    txn.delete(Table::JOINING, FROZEN);
    for (epoch, charter) in way {
        advance(txn, Some(&before), charter, epoch)?;
        before = charter.clone();
    }
    Ok(())
}
