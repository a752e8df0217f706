//! Documents carried by hand: a file of parts, made and read piece by piece, since documents are larger than envelopes.
//! Which parts, and what becomes of them, is `crate::documents`' business; the chunks themselves are the node's.

mod items;
mod pack;
mod unpack;

#[cfg(test)]
mod tests;

pub(crate) use items::{BEGINNING, Item};
pub use items::{HAVE_MAX, Header, PARTS_MAX, Part};
pub use pack::Packing;
pub use unpack::{Unpacked, Unpacking};

/// Most bytes of a file. Sticks are often formatted so that they hold no file of 4 GiB.
pub const FILE_MAX: u64 = 4 * 1024 * 1024 * 1024 - 1;

/// Whether these are the first bytes of such a file.
#[must_use]
pub fn begins(file: &[u8]) -> bool {
    file.starts_with(BEGINNING)
}
