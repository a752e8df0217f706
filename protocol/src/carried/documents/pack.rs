//! Makes a file of documents, one item at a time.
//! What goes into it was decided before each part.

use super::items::{BEGINNING, HAVE_MAX, Header, Item, Part};
use crate::bounded::BoundedVec;
use crate::carried::CarriedError;
use crate::crypto::{PrekeyPublic, Signed};
use crate::documents::Have;
use crate::envelope::Sealed;
use crate::federation::{charter, own, prekey};
use crate::ids::UnitId;
use crate::machine::View;
use crate::time::Timestamp;
use crate::wire;
use rand_core::CryptoRng;
use serde_bytes::ByteArray;

/// A file in the making: the beginning, then parts, then the end, each as the next bytes of the file.
pub struct Packing {
    number: u64,
    key: PrekeyPublic,
    file: ByteArray<16>,
    next: u32,
}

impl core::fmt::Debug for Packing {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Packing({} parts)", self.next)
    }
}

impl Packing {
    /// Begins a file for `to`; gives its first bytes, too. Of what this unit has, as many documents as there is room are told.
    ///
    /// # Errors
    /// [`CarriedError`] if nothing can be sealed for that unit.
    pub fn begin(
        view: &dyn View,
        to: UnitId,
        now: Timestamp,
        mut have: Vec<Have>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, Vec<u8>), CarriedError> {
        let own = own::load(view)?;
        let charter = charter::current(view)?.ok_or(CarriedError::NotAMember)?;
        if to == own.unit || charter.member(to).is_none() {
            return Err(CarriedError::NotAMember);
        }
        let newest = prekey::newest(view, to)?.filter(|prekey| prekey.is_usable(now)).ok_or(CarriedError::NoPrekey)?;
        have.truncate(HAVE_MAX);
        let mut file = [0; 16];
        rng.fill_bytes(&mut file);
        let packing = Self { number: newest.number, key: newest.key, file: ByteArray::new(file), next: 0 };
        let header = Header {
            federation: charter.federation,
            from: own.unit,
            to,
            created: now,
            file: packing.file,
            have: BoundedVec::new(have).expect("as many as there is room"),
        };
        let first = packing.seal(Signed::sign(&header, &own.key()).as_bytes(), rng).ok_or(CarriedError::NoPrekey)?;
        Ok((packing, [BEGINNING.as_slice(), &first].concat()))
    }

    /// The next part. None if it is too large for one, as none of ours is.
    pub fn part(&mut self, part: Part, rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        let bytes = self.seal(&wire::encode(&Item { file: self.file, number: self.next, part: Some(part) }), rng)?;
        self.next += 1;
        Some(bytes)
    }

    /// The last bytes. Without them it shows that something is missing.
    pub fn end(&self, rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        self.seal(&wire::encode(&Item { file: self.file, number: self.next, part: None }), rng)
    }

    fn seal(&self, inside: &[u8], rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        let sealed = Sealed::seal(inside, self.number, &self.key, rng).ok()?;
        let length = u32::try_from(sealed.len()).ok()?;
        Some([length.to_be_bytes().as_slice(), &sealed].concat())
    }
}
