//! Randomness that is the same in every run: the output of BLAKE3 over a seed.
//! Not for a node: whoever knows the seed knows every key made from it.

use core::convert::Infallible;
use rand_core::{TryCryptoRng, TryRng};

/// A reproducible stream of bytes.
#[derive(Clone)]
pub struct SeededRng(blake3::OutputReader);

impl core::fmt::Debug for SeededRng {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SeededRng")
    }
}

impl SeededRng {
    /// The stream of one seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(blake3::Hasher::new_derive_key("icmc/v1/test-rng").update(&seed.to_le_bytes()).finalize_xof())
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}
