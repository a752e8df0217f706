//! Beacons as the first format of the store had them, and what becomes of them.
//! Not their rows now: `rows`.

use super::beacon::{Action, BEACON_MAX};
use super::rows::BeaconRow;
use crate::bounded::BoundedVec;
use crate::crypto::{Message, Signed};
use crate::ids::{FederationId, SubjectId, Token, UnitId};
use crate::machine::{KeptBeacon, ViewError};
use crate::time::Timestamp;
use crate::wire::{self, MessageKind};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

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
    let kept = |signed: &Signed<Beacon>| {
        let beacon = signed.stored().map_err(|error| damaged(&error))?;
        Ok(KeptBeacon {
            signer: beacon.signer(),
            signature: ByteArray::new(signed.signature().map_err(|error| damaged(&error))?),
            epoch: beacon.epoch,
            subject: beacon.subject,
            withdraws: match beacon.action {
                Action::Announce => None,
                Action::Withdraw(number) => Some(number),
            },
            tokens: ByteBuf::from(beacon.tokens.iter().flat_map(|token| token.0).collect::<Vec<u8>>()),
            expires: Timestamp(0),
        })
    };
    let kept = old.signed.as_ref().map(kept).transpose()?;
    Ok(wire::encode(&BeaconRow { kept, withdrawn_by: old.withdrawn_by }))
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
