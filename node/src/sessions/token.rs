//! The secret that a browser or program shows with each request: 256 random bits. The store has only its BLAKE3 hash.
//! The token against forged forms is made from it, and says nothing of it.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use icmc_protocol::crypto;
use rand_core::CryptoRng;
use secrecy::SecretString;
use zeroize::Zeroizing;

const LABEL_ROW: &str = "icmc/v1/session-row";
const LABEL_CSRF: &str = "icmc/v1/session-csrf";

/// A session's secret; prints nothing of itself.
pub struct Token(Zeroizing<[u8; 32]>);

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// A fresh one.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        Self(bytes)
    }

    /// From its 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// As 64 hexadecimal digits, for the one who signs in.
    #[must_use]
    pub fn reveal(&self) -> SecretString {
        SecretString::from(HEXLOWER.encode(&*self.0))
    }

    /// The key of the session's row.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        crypto::derive(LABEL_ROW, &*self.0)
    }

    /// What a form of this session carries, as 64 hexadecimal digits.
    #[must_use]
    pub fn csrf(&self) -> String {
        HEXLOWER.encode(&crypto::derive(LABEL_CSRF, &*self.0))
    }
}
