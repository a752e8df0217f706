//! Beacons as the first format of the store had them, and what becomes of them.
//! Not their rows now: `rows`.

use super::beacon::{self, Action, BEACON_MAX};
use super::rows::{BeaconRow, row_of};
use crate::bounded::BoundedVec;
use crate::crypto::{Message, Signed};
use crate::ids::{FederationId, SubjectId, Token, UnitId};
use crate::machine::ViewError;
use crate::time::Timestamp;
use crate::wire::{self, MessageKind};
use serde::{Deserialize, Serialize};

/// One number of one unit, as a whole signed beacon.
#[derive(Serialize, Deserialize)]
struct Row {
    signed: Option<Signed<Beacon>>,
    withdrawn_by: Option<u64>,
}

/// It named its unit, and each token stood for itself.
#[derive(Serialize, Deserialize)]
struct Beacon {
    federation: FederationId,
    epoch: u64,
    unit: UnitId,
    number: u64,
    subject: SubjectId,
    action: Action,
    tokens: BoundedVec<Token, 24>,
    expires: Timestamp,
}

impl Message for Beacon {
    const KIND: MessageKind = MessageKind::Beacon;
    const MAX: usize = BEACON_MAX - 256;
}

/// A row of the table `p17-1` as it is to stand in [`crate::machine::Table::BEACONS`]. It has ended: nobody reads its signature any
/// more, so each unit makes its own announcements anew with its next daily head.
///
/// # Errors
/// [`ViewError`] if it is damaged.
pub fn beacon_row_of_first_format(row: &[u8]) -> Result<Vec<u8>, ViewError> {
    let damaged = |error: &dyn core::fmt::Display| ViewError(format!("a beacon of the first format: {error}"));
    let old: Row = wire::decode(row, BEACON_MAX + 64).map_err(|error| damaged(&error))?;
    let Some(signed) = old.signed else {
        return Ok(wire::encode(&BeaconRow { kept: None, withdrawn_by: old.withdrawn_by }));
    };
    let Beacon { federation, epoch, number, subject, action, tokens, .. } =
        signed.stored().map_err(|error| damaged(&error))?.into_value();
    let now = beacon::Beacon { federation, epoch, number, subject, action, tokens, expires: Timestamp(0) };
    // The frame is the same; what is in it is not read.
    let signed = Signed::<beacon::Beacon>::from_bytes(signed.as_bytes().to_vec());
    Ok(wire::encode(&row_of(&signed, &now, old.withdrawn_by)?))
}

/// A row of the table `p17-1` as that format had it: an announcement by `unit`, or only the number of what withdrew it.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn row_of_first_format(unit: UnitId, number: u64, announced: bool, withdrawn_by: Option<u64>) -> Vec<u8> {
    let beacon = || Beacon {
        federation: FederationId([1; 32]),
        epoch: 0,
        unit,
        number,
        subject: SubjectId([5; 16]),
        action: Action::Announce,
        tokens: BoundedVec::new((0..8).map(|byte| Token([byte; 16])).collect()).expect("eight are few"),
        expires: Timestamp(1_000),
    };
    let signed = announced.then(|| Signed::sign(&beacon(), &crate::crypto::NodeSecret::from_seed(&[6; 32])));
    wire::encode(&Row { signed, withdrawn_by })
}

#[cfg(test)]
mod tests {
    use super::super::rows::{beacon_in, signed_in};
    use super::*;
    use crate::crypto::NodeSecret;
    use crate::machine::read_row;
    use crate::testing::vectors::read;

    #[test]
    fn a_beacon_of_the_first_format_says_the_same_and_has_ended() {
        let (federation, unit) = (FederationId([7; 32]), UnitId([2; 32]));
        let whole = Row { signed: Some(Signed::from_bytes(read("beacon-announce-first-format"))), withdrawn_by: None };
        let bytes = beacon_row_of_first_format(&wire::encode(&whole)).unwrap();
        let row: BeaconRow = read_row(&bytes).unwrap();
        let beacon = beacon_in(&row, federation, unit, 41).unwrap().unwrap();
        assert_eq!((beacon.number, beacon.subject, beacon.tokens.len()), (41, SubjectId([3; 16]), 8));
        assert_eq!(beacon.expires, Timestamp(0));
        let again = signed_in(&row, federation, unit, 41).unwrap().unwrap();
        assert!(again.verify(&NodeSecret::from_seed(&[6; 32]).public()).is_err(), "so it must not be shown to anybody");
    }
}
