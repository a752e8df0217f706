//! The outside of an envelope: `Sealed { format, prekey, enc, ciphertext }` around a padded `Signed<Body>`.
//! Sizes are 1, 4, 16, 64, 256 KiB or 1 MiB, so that a length says little.

use crate::crypto::{PrekeyPublic, PrekeySecret, SealError, open, seal};
use crate::wire::{self, WireError};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// The one format; the lowest accepted never falls.
const FORMAT: u8 = 1;
/// Sizes to which the inside is padded, in bytes.
const SIZES: [usize; 6] = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];
/// Bytes of what X-Wing encapsulates, and of the tag of ChaCha20-Poly1305.
const ENC: usize = 1120;
const TAG: usize = 16;
/// Most bytes of an envelope: the largest inside, tag, encapsulated key and frame.
pub const SEALED_MAX: usize = (1 << 20) + 2048;

/// An envelope as it travels.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    format: u8,
    prekey: u64,
    #[serde(with = "serde_bytes")]
    enc: Vec<u8>,
    #[serde(with = "serde_bytes")]
    ciphertext: Vec<u8>,
}

impl core::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Sealed({} bytes)", self.ciphertext.len())
    }
}

impl Sealed {
    /// Seals to prekey `number` of the receiver.
    ///
    /// # Errors
    /// [`SealError`] if the inside is too long or the prekey unusable.
    pub fn seal(inside: &[u8], number: u64, to: &PrekeyPublic, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
        let padded = pad(inside).ok_or(SealError)?;
        let (enc, ciphertext) = seal(to, &padded, &aad(FORMAT, number), rng)?;
        Ok(wire::encode(&Self { format: FORMAT, prekey: number, enc, ciphertext }))
    }

    /// How many bytes [`Sealed::seal`] makes of an inside of this length; none if it is too long.
    #[must_use]
    pub(crate) fn size(inside: usize, number: u64) -> Option<usize> {
        let padded = SIZES.into_iter().find(|size| inside < *size)?;
        let sealed = Self { format: FORMAT, prekey: number, enc: vec![0; ENC], ciphertext: vec![0; padded + TAG] };
        Some(wire::encode(&sealed).len())
    }

    /// Reads the frame.
    ///
    /// # Errors
    /// [`WireError`] for another size, format or encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let sealed: Self = wire::decode(bytes, SEALED_MAX)?;
        if sealed.format == FORMAT { Ok(sealed) } else { Err(WireError::Malformed) }
    }

    /// The number of the prekey it was sealed to.
    #[must_use]
    pub fn prekey(&self) -> u64 {
        self.prekey
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`SealError`] whatever was wrong.
    pub fn open(&self, with: &PrekeySecret) -> Result<Vec<u8>, SealError> {
        let padded = open(with, &self.enc, &self.ciphertext, &aad(self.format, self.prekey))?;
        unpad(padded).ok_or(SealError)
    }
}

fn aad(format: u8, prekey: u64) -> Vec<u8> {
    wire::encode(&(format, prekey))
}

pub(super) fn pad(inside: &[u8]) -> Option<Vec<u8>> {
    let size = SIZES.into_iter().find(|size| inside.len() < *size)?;
    let mut padded = Vec::with_capacity(size);
    padded.extend_from_slice(inside);
    padded.push(0x80);
    padded.resize(size, 0);
    Some(padded)
}

pub(super) fn unpad(mut padded: Vec<u8>) -> Option<Vec<u8>> {
    let mark = padded.iter().rposition(|byte| *byte != 0)?;
    if padded[mark] != 0x80 || SIZES.into_iter().find(|size| mark < *size) != Some(padded.len()) {
        return None;
    }
    padded.truncate(mark);
    Some(padded)
}
