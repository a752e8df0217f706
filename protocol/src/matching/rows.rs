//! How beacons and counters stand in the store.
//! Not subjects and alerts: those speak of a person and are sealed with the case.

use super::beacon::{Action, Beacon, BeaconHead, UnitBeacon};
use super::ranges::Ranges;
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::{FederationId, UnitId};
pub(super) use crate::machine::{BeaconRow, beacon_key, beacon_place};
use crate::machine::{KeptBeacon, Record, Scope, Table, Txn, View, ViewError, read_row};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use std::collections::BTreeSet;

/// A typed row of any view.
pub(super) fn read<R: Record>(view: &dyn View, key: &[u8]) -> Result<Option<R>, ViewError> {
    view.get(R::TABLE, key)?.map(|bytes| read_row(&bytes)).transpose()
}

/// The row of a signed beacon that nobody withdrew yet.
///
/// # Errors
/// [`ViewError`] if its frame is not the expected one: then it was not verified.
pub(super) fn row_of(signed: &Signed<Beacon>, beacon: &Beacon, withdrawn_by: Option<u64>) -> Result<BeaconRow, ViewError> {
    let damaged = |error| ViewError(format!("a beacon to be stored: {error}"));
    let kept = KeptBeacon {
        signer: signed.claimed_signer().map_err(damaged)?,
        signature: ByteArray::new(signed.signature().map_err(damaged)?),
        epoch: beacon.epoch,
        subject: beacon.subject,
        withdraws: match beacon.action {
            Action::Announce => None,
            Action::Withdraw(number) => Some(number),
        },
        tokens: ByteBuf::from(beacon.tokens.iter().flat_map(|token| token.0).collect::<Vec<u8>>()),
        expires: beacon.expires,
    };
    Ok(BeaconRow { kept: Some(kept), withdrawn_by })
}

/// The beacon that stands in a row.
///
/// # Errors
/// [`ViewError`] if it holds more tokens than a beacon may.
pub(super) fn beacon_in(
    row: &BeaconRow,
    federation: FederationId,
    unit: UnitId,
    number: u64,
) -> Result<Option<UnitBeacon>, ViewError> {
    let Some(kept) = &row.kept else { return Ok(None) };
    let tokens = BoundedVec::new(kept.tokens().collect()).map_err(|error| ViewError(format!("a stored beacon: {error}")))?;
    let beacon = Beacon {
        federation,
        epoch: kept.epoch,
        number,
        subject: kept.subject,
        action: kept.withdraws.map_or(Action::Announce, Action::Withdraw),
        tokens,
        expires: kept.expires,
    };
    Ok(Some(UnitBeacon { unit, beacon }))
}

/// The beacon that stands in a row, as it was signed.
///
/// # Errors
/// As [`beacon_in`].
pub(super) fn signed_in(
    row: &BeaconRow,
    federation: FederationId,
    unit: UnitId,
    number: u64,
) -> Result<Option<Signed<Beacon>>, ViewError> {
    let beacon = beacon_in(row, federation, unit, number)?;
    Ok(beacon.zip(row.kept.as_ref()).map(|(beacon, kept)| Signed::from_parts(&*beacon, kept.signer, &kept.signature)))
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

/// The other members, as of the charter that was last followed.
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
