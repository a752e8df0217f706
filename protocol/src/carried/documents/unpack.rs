//! Reads a file of documents as its bytes come; never more than one item in memory.
//! What a part says is not believed here: whether it is wanted, and whether its bytes are those that the document names, is asked after.

use super::FILE_MAX;
use super::items::{BEGINNING, Header, Item, PARTS_MAX, Part};
use crate::carried::CarriedError;
use crate::carried::open::{is_of_maker, unseal};
use crate::crypto::Signed;
use crate::documents::{self, Have};
use crate::envelope::SEALED_MAX;
use crate::federation::own;
use crate::ids::UnitId;
use crate::machine::View;
use crate::time::Timestamp;
use crate::wire;
use serde_bytes::ByteArray;

/// Bytes of an item's length.
const LENGTH: usize = 4;

/// A file on its way in: beginning, then header, then parts, then the end; each only after the one before.
#[derive(Debug)]
pub struct Unpacking {
    /// What came of the beginning, of a length, or of an item.
    came: Vec<u8>,
    expects: Expects,
    stage: Stage,
    /// How much of the file was taken.
    bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expects {
    Beginning,
    Length,
    Item(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    Part { file: ByteArray<16>, number: u32 },
    Over,
}

/// What an item turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpacked {
    /// The file is for this unit and from a member.
    Header {
        /// Who made it.
        from: UnitId,
        /// When.
        created: Timestamp,
        /// What the maker says that it has.
        have: Vec<Have>,
    },
    /// A part.
    Part(Part),
    /// The end: the file is whole.
    End,
}

impl Default for Unpacking {
    fn default() -> Self {
        Self { came: Vec::new(), expects: Expects::Beginning, stage: Stage::Header, bytes: 0 }
    }
}

impl Unpacking {
    /// Takes bytes from the front of `bytes` until an item is complete; gives it sealed. None if more bytes are needed.
    ///
    /// # Errors
    /// [`CarriedError`] if this is no such file, or goes on behind its end.
    pub fn feed(&mut self, bytes: &mut &[u8]) -> Result<Option<Vec<u8>>, CarriedError> {
        while !bytes.is_empty() {
            if self.stage == Stage::Over {
                return Err(CarriedError::Cut);
            }
            let wanted = match self.expects {
                Expects::Beginning => BEGINNING.len(),
                Expects::Length => LENGTH,
                Expects::Item(length) => length,
            };
            let (now, later) = bytes.split_at(bytes.len().min(wanted - self.came.len()));
            self.came.extend_from_slice(now);
            *bytes = later;
            self.bytes += now.len() as u64;
            if self.bytes > FILE_MAX {
                return Err(CarriedError::DocumentsTooLarge);
            }
            if self.came.len() < wanted {
                break;
            }
            let came = core::mem::take(&mut self.came);
            match self.expects {
                Expects::Beginning if came != *BEGINNING => return Err(CarriedError::NotDocuments),
                Expects::Beginning => self.expects = Expects::Length,
                Expects::Length => {
                    let length = came.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                    if length == 0 || length > SEALED_MAX {
                        return Err(CarriedError::Cut);
                    }
                    self.expects = Expects::Item(length);
                }
                Expects::Item(_) => {
                    self.expects = Expects::Length;
                    return Ok(Some(came));
                }
            }
        }
        Ok(None)
    }

    /// Opens the item that [`Self::feed`] gave.
    ///
    /// # Errors
    /// [`CarriedError`] if it is not what the maker put there.
    pub fn open(&mut self, view: &dyn View, item: &[u8]) -> Result<Unpacked, CarriedError> {
        match self.stage {
            Stage::Header => {
                let header = header(view, unseal(view, item)?.ok_or(CarriedError::NotOpened)?)?;
                self.stage = Stage::Part { file: header.file, number: 0 };
                Ok(Unpacked::Header { from: header.from, created: header.created, have: header.have.into_inner() })
            }
            Stage::Part { file, number } => {
                let changed = CarriedError::Part(u64::from(number) + 1);
                let Some(inside) = unseal(view, item)? else { return Err(changed) };
                let Ok(item) = wire::decode::<Item>(&inside, SEALED_MAX) else { return Err(changed) };
                // A chunk is as large here as over the network, and no larger.
                let fits = |part: &Part| number < PARTS_MAX && part.sealed.len() <= documents::SEALED_MAX;
                if item.file != file || item.number != number || !item.part.as_ref().is_none_or(fits) {
                    return Err(changed);
                }
                let (stage, unpacked) = match item.part {
                    Some(part) => (Stage::Part { file, number: number + 1 }, Unpacked::Part(part)),
                    None => (Stage::Over, Unpacked::End),
                };
                self.stage = stage;
                Ok(unpacked)
            }
            Stage::Over => Err(CarriedError::Cut),
        }
    }

    /// How many parts were opened.
    #[must_use]
    pub const fn parts(&self) -> u64 {
        match self.stage {
            Stage::Part { number, .. } => number as u64,
            Stage::Header | Stage::Over => 0,
        }
    }

    /// No more bytes come.
    ///
    /// # Errors
    /// [`CarriedError`] if the end was not reached.
    pub fn finish(&self) -> Result<(), CarriedError> {
        match (self.stage, self.expects) {
            (Stage::Over, _) => Ok(()),
            (_, Expects::Beginning) => Err(CarriedError::NotDocuments),
            _ => Err(CarriedError::Cut),
        }
    }
}

fn header(view: &dyn View, inside: Vec<u8>) -> Result<Header, CarriedError> {
    let signed = Signed::<Header>::from_bytes(inside);
    let signer = signed.claimed_signer().map_err(|_| CarriedError::List)?;
    let header = signed.verify(&signer).map_err(|_| CarriedError::List)?.into_value();
    if !is_of_maker(view, header.federation, header.from, &signer)? {
        return Err(CarriedError::Stranger);
    }
    if header.to != own::load(view)?.unit {
        return Err(CarriedError::NotForUs);
    }
    Ok(header)
}
