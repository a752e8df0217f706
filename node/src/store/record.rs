//! One row as it stands on disk: `version ‖ scope tag ‖ nonce ‖ ciphertext ‖ tag`, padded so that sizes say little.
//! Which key fits is the caller's business.

use crate::vault::{NONCE_LEN, ScopeTag, SecretKey, TAG_LEN, open, seal};
use icmc_protocol::machine::Table;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Layout of the row and of its associated data.
const VERSION: u8 = 1;
const LABEL: &[u8] = b"icmc/v1/record";
/// Every member was sent the beacons, and their lists are padded before they are signed: rounding is only there so that the row says
/// no more than the beacon does.
const BEACON_STEP: usize = 32;
/// Length prefix of the value inside the padding.
const PREFIX: usize = 4;
/// Above the last, multiples of it.
const SIZES: [usize; 4] = [256, 1024, 4 * 1024, 16 * 1024];

/// A row taken apart, not yet opened.
pub(super) struct Sealed<'a> {
    pub(super) tag: ScopeTag,
    body: &'a [u8],
}

/// Takes a row apart; nothing if it cannot be one.
pub(super) fn parse(row: &[u8]) -> Option<Sealed<'_>> {
    let (version, rest) = row.split_first()?;
    let (tag, body) = rest.split_first_chunk::<{ ScopeTag::LEN }>()?;
    (*version == VERSION && body.len() >= NONCE_LEN + PREFIX + TAG_LEN).then_some(Sealed { tag: ScopeTag(*tag), body })
}

/// Seals a value for one place.
pub(super) fn seal_row(
    table: Table,
    key: &[u8],
    tag: ScopeTag,
    secret: &SecretKey,
    value: &[u8],
    rng: &mut dyn CryptoRng,
) -> Vec<u8> {
    let length = u32::try_from(value.len()).expect("the store refuses values above 4 MiB before sealing");
    let padded = padded(table, value.len());
    let mut plain = Zeroizing::new(Vec::with_capacity(padded));
    plain.extend_from_slice(&length.to_be_bytes());
    plain.extend_from_slice(value);
    plain.resize(padded, 0);
    let body = seal(secret, &associated(table, key), &plain, rng);
    [&[VERSION], tag.0.as_slice(), &body].concat()
}

/// The value; nothing if the row was not sealed with this key for this place.
pub(super) fn open_row(table: Table, key: &[u8], sealed: &Sealed<'_>, secret: &SecretKey) -> Option<Vec<u8>> {
    let plain = open(secret, &associated(table, key), sealed.body)?;
    let (length, rest) = plain.split_first_chunk::<PREFIX>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?).map(<[u8]>::to_vec)
}

fn padded(table: Table, value: usize) -> usize {
    let length = value + PREFIX;
    if table == Table::BEACONS {
        return length.next_multiple_of(BEACON_STEP);
    }
    let last = SIZES[SIZES.len() - 1];
    SIZES.into_iter().find(|size| *size >= length).unwrap_or_else(|| length.div_ceil(last) * last)
}

/// Binds a row to its place: the same bytes in another table or under another key do not open.
fn associated(table: Table, key: &[u8]) -> Vec<u8> {
    let mut aad = LABEL.to_vec();
    for part in [table.0.as_bytes(), key] {
        aad.extend_from_slice(&(part.len() as u64).to_be_bytes());
        aad.extend_from_slice(part);
    }
    aad.push(VERSION);
    aad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_up_in_steps() {
        for (value, expected) in [(0, 256), (252, 256), (253, 1024), (1021, 4096), (4093, 16384), (16381, 32768), (40000, 49152)]
        {
            assert_eq!(padded(Table::CASES, value), expected, "{value}");
        }
        assert_eq!((padded(Table::BEACONS, 28), padded(Table::BEACONS, 29)), (32, 64));
    }

    #[test]
    fn the_frame_tells_table_from_key() {
        assert_ne!(associated(Table("p01-1"), b"1x"), associated(Table("p01-11"), b"x"));
    }
}
