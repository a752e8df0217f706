//! Documents carried by hand: a file of parts, made and read piece by piece, since documents are larger than envelopes.
//! Which parts, and what becomes of them, is `crate::documents`' business; the chunks themselves are the node's.

mod items;
mod pack;
mod unpack;

#[cfg(test)]
mod tests;

use crate::envelope::SEALED_MAX;

pub use items::BEGINNING;
pub(crate) use items::Item;
pub use items::{HAVE_MAX, Header, PARTS_MAX, Part};
pub use pack::Packing;
pub use unpack::{Unpacked, Unpacking};

/// Most bytes of a file. Sticks are often formatted so that they hold no file of 4 GiB.
pub const FILE_MAX: u64 = 4 * 1024 * 1024 * 1024 - 1;

/// Most bytes of one part in a file.
pub const PART_ROOM: u64 = 263_500;

/// How many parts go into a file of at most so many bytes, whatever else is in it.
#[must_use]
pub fn parts_in(bytes: u64) -> u32 {
    let around = 2 * (SEALED_MAX as u64 + 1024);
    let parts = bytes.min(FILE_MAX).saturating_sub(around) / PART_ROOM;
    u32::try_from(parts).unwrap_or(PARTS_MAX).min(PARTS_MAX)
}

/// Whether these are the first bytes of such a file.
#[must_use]
pub fn begins(file: &[u8]) -> bool {
    file.starts_with(BEGINNING)
}
