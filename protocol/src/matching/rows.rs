//! How beacons, tokens and counters stand in the store.
//! Not subjects and alerts: those speak of a person and are sealed with the case.

use super::beacon::{Beacon, BeaconHead};
use super::ranges::Ranges;
use crate::crypto::{Signed, keyed, labels};
use crate::ids::{SubjectId, Token, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A typed row of any view.
pub(super) fn read<R: Record>(view: &dyn View, key: &[u8]) -> Result<Option<R>, ViewError> {
    view.get(R::TABLE, key)?.map(|bytes| read_row(&bytes)).transpose()
}

/// One number of one unit.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct BeaconRow {
    /// As received or made; none while only its withdrawal has come.
    pub(super) signed: Option<Signed<Beacon>>,
    /// The beacon that withdrew it.
    pub(super) withdrawn_by: Option<u64>,
}

impl Record for BeaconRow {
    const TABLE: Table = Table::BEACONS;
}

impl BeaconRow {
    /// The beacon itself.
    pub(super) fn beacon(&self) -> Result<Option<Beacon>, ViewError> {
        let stored = self.signed.as_ref().map(Signed::stored).transpose();
        let stored = stored.map_err(|error| ViewError(format!("a stored beacon: {error}")))?;
        Ok(stored.map(crate::crypto::Verified::into_value))
    }
}

/// The row key of one number of one unit.
pub(super) fn beacon_key(unit: UnitId, number: u64) -> Vec<u8> {
    [unit.as_bytes().as_slice(), &number.to_be_bytes()].concat()
}

/// A token heard, and the number of the beacon it came in.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeardToken {
    pub(super) number: u64,
}

impl Record for HeardToken {
    const TABLE: Table = Table::HEARD_TOKENS;
}

/// The prefix under which one unit's subjects with one token stand; the row key adds the subject.
pub(super) fn heard_prefix(token: Token, unit: UnitId) -> Vec<u8> {
    [token.as_bytes().as_slice(), unit.as_bytes()].concat()
}

/// A token of ours as another unit would have announced it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OwnToken {
    /// Which of the subject's features.
    pub(super) place: u8,
}

impl Record for OwnToken {
    const TABLE: Table = Table::OWN_TOKENS;
}

/// The prefix under which our subjects with one token stand, keyed so that a stolen disk shows no token of ours.
pub(super) fn own_prefix(index_secret: &[u8; 32], unit: UnitId, token: Token) -> Vec<u8> {
    let input = [unit.as_bytes().as_slice(), token.as_bytes()].concat();
    keyed(labels::TOKEN_ROW, index_secret, &input)[..16].to_vec()
}

/// A prefix with the subject behind it.
pub(super) fn with_subject(mut prefix: Vec<u8>, subject: SubjectId) -> Vec<u8> {
    prefix.extend_from_slice(subject.as_bytes());
    prefix
}

/// The subject at the end of a row key.
pub(super) fn subject_of(key: &[u8]) -> Option<SubjectId> {
    SubjectId::from_slice(key.get(key.len().checked_sub(SubjectId::LEN)?..)?)
}

/// What is held of one unit's numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct UnitRow {
    /// Its newest head.
    pub(super) head: Option<Signed<BeaconHead>>,
    /// Nothing below counts any more.
    pub(super) floor: u64,
    /// Numbers held, and all below the floor.
    pub(super) held: Ranges,
}

impl Record for UnitRow {
    const TABLE: Table = Table::BEACON_HEADS;
}

impl UnitRow {
    pub(super) fn of(view: &dyn View, unit: UnitId) -> Result<Self, ViewError> {
        Ok(read(view, unit.as_bytes())?.unwrap_or_default())
    }

    pub(super) fn put(&self, txn: &mut Txn<'_>, unit: UnitId) {
        txn.put(unit.as_bytes(), Scope::Master, self);
    }
}

/// Counts kept, so that nothing has to be scanned for them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Counters {
    /// The last number we gave to a beacon.
    pub(super) last_number: u64,
    /// Our live subjects.
    pub(super) own: u64,
    /// Live subjects of other units.
    pub(super) heard: u64,
    /// The last number we gave to a request to the keepers.
    pub(super) asked: u64,
}

impl Record for Counters {
    const TABLE: Table = Table::OWN;
}

impl Counters {
    const ROW: &'static [u8] = b"matching-counters";

    pub(super) fn load(view: &dyn View) -> Result<Self, ViewError> {
        Ok(read(view, Self::ROW)?.unwrap_or_default())
    }

    pub(super) fn change(txn: &mut Txn<'_>, change: impl FnOnce(&mut Self)) -> Result<(), ViewError> {
        let mut counters = Self::load(txn)?;
        change(&mut counters);
        txn.put(Self::ROW, Scope::Master, &counters);
        Ok(())
    }

    /// Size of the index, in persons.
    pub(super) fn persons(&self) -> u64 {
        self.own.saturating_add(self.heard)
    }
}

/// The other members, as of the charter for which the rows of `OWN_TOKENS` were written.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Indexed {
    pub(super) units: BTreeSet<UnitId>,
}

impl Record for Indexed {
    const TABLE: Table = Table::OWN;
}

impl Indexed {
    const ROW: &'static [u8] = b"matching-members";

    pub(super) fn load(view: &dyn View) -> Result<Self, ViewError> {
        Ok(read(view, Self::ROW)?.unwrap_or_default())
    }

    pub(super) fn put(&self, txn: &mut Txn<'_>) {
        txn.put(Self::ROW, Scope::Master, self);
    }
}
