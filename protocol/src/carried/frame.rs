//! The outside of the file: a fixed beginning, sections with their lengths, a checksum at the end.
//! The checksum finds accidents; against a person stands the signed list of contents.

use super::CarriedError;
use super::manifest::ITEMS_MAX;
use crate::crypto::{derive, labels};
use crate::envelope::SEALED_MAX;

/// Most bytes of a file.
pub const FILE_MAX: usize = 64 * 1024 * 1024;
/// The format is part of it.
const BEGINNING: &[u8; 16] = b"ICMC envelopes 1";
const CHECKSUM: usize = 32;
/// Bytes of a section's length.
const LENGTH: usize = 4;

/// A file taken apart.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// The sealed list of contents.
    pub(super) list: &'a [u8],
    /// Sealed items, in their order.
    pub(super) items: Vec<&'a [u8]>,
    /// Whether the checksum fits.
    pub(super) whole: bool,
}

/// What is taken of the room in a file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Room {
    items: usize,
    bytes: usize,
}

impl Room {
    /// Takes room for one more item of this size, if there is some beside the largest possible list of contents.
    pub(super) fn take(&mut self, item: usize) -> bool {
        let fixed = BEGINNING.len() + LENGTH + SEALED_MAX + LENGTH + CHECKSUM;
        let fits = self.items < ITEMS_MAX && fixed + self.bytes + LENGTH + item <= FILE_MAX;
        if fits {
            self.items += 1;
            self.bytes += LENGTH + item;
        }
        fits
    }
}

/// Puts a file together, item by item.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    items: Vec<Vec<u8>>,
    room: Room,
}

impl Sections {
    /// False if there is no room; then it is not in the file.
    pub(crate) fn push(&mut self, item: Vec<u8>) -> bool {
        let fits = self.room.take(item.len());
        if fits {
            self.items.push(item);
        }
        fits
    }

    pub(crate) fn file(self, list: &[u8]) -> Vec<u8> {
        let mut file = Vec::with_capacity(BEGINNING.len() + list.len() + self.room.bytes + 2 * LENGTH + CHECKSUM);
        file.extend_from_slice(BEGINNING);
        for section in [list].into_iter().chain(self.items.iter().map(Vec::as_slice)) {
            file.extend_from_slice(&length(section).to_be_bytes());
            file.extend_from_slice(section);
        }
        file.extend_from_slice(&[0; LENGTH]);
        let checksum = derive(labels::CARRIED_FILE, &file);
        file.extend_from_slice(&checksum);
        file
    }
}

/// Takes a file apart. Nothing in it is trusted yet.
pub(super) fn take_apart(file: &[u8]) -> Result<Frame<'_>, CarriedError> {
    if file.len() > FILE_MAX {
        return Err(CarriedError::TooLarge);
    }
    let mut rest = file.strip_prefix(BEGINNING.as_slice()).ok_or(CarriedError::OtherFile)?;
    let mut sections = Vec::new();
    loop {
        let (prefix, behind) = rest.split_first_chunk::<LENGTH>().ok_or(CarriedError::Cut)?;
        let length = u32::from_be_bytes(*prefix) as usize;
        rest = behind;
        if length == 0 {
            break;
        }
        if length > SEALED_MAX || sections.len() > ITEMS_MAX {
            return Err(CarriedError::Cut);
        }
        let (section, behind) = rest.split_at_checked(length).ok_or(CarriedError::Cut)?;
        sections.push(section);
        rest = behind;
    }
    if rest.len() != CHECKSUM || sections.is_empty() {
        return Err(CarriedError::Cut);
    }
    let whole = derive(labels::CARRIED_FILE, &file[..file.len() - CHECKSUM]) == rest;
    let items = sections.split_off(1);
    Ok(Frame { list: sections[0], items, whole })
}

fn length(section: &[u8]) -> u32 {
    u32::try_from(section.len()).expect("a sealed section is at most a megabyte")
}
