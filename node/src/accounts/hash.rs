//! Argon2id over a sign-in password, kept as a PHC string (RFC 9106; 64 MiB, three passes).
//! Takes a good part of a second: never inside a step, see `service::hashing`.

use argon2::password_hash::{CustomizedPasswordHasher as _, PasswordVerifier as _, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

/// 64 MiB, in KiB.
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
const SALT: usize = 16;

/// A hash that no password has (its output was never computed), with the same cost as a real one.
const NOBODY: &str = "$argon2id$v=19$m=65536,t=3,p=1$bm9ib2R5IGF0IGFsbCEhIQ$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A stored password; prints nothing of itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl core::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// Hashing failed: the computer has not enough memory for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is not enough memory to check a password now")]
pub struct HashError;

impl PasswordHash {
    /// The hash of a password under a fresh salt.
    ///
    /// # Errors
    /// [`HashError`] without memory.
    pub fn new(password: &SecretString, rng: &mut dyn CryptoRng) -> Result<Self, HashError> {
        let mut salt = [0; SALT];
        rng.fill_bytes(&mut salt);
        let params = Params::new(MEMORY, PASSES, LANES, None).expect("fixed parameters within the limits of Argon2");
        let hash: phc::PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
            .hash_password_with_params(password.expose_secret().as_bytes(), &salt, params)
            .map_err(|_| HashError)?;
        Ok(Self(hash.to_string()))
    }

    /// Stands in where there is no account, so that an unknown name costs as much as a wrong password.
    #[must_use]
    pub fn nobody() -> Self {
        Self(NOBODY.to_owned())
    }

    /// Whether this is the password. Same cost either way; compared in constant time.
    #[must_use]
    pub fn matches(&self, password: &SecretString) -> bool {
        phc::PasswordHash::new(&self.0)
            .is_ok_and(|hash| Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use icmc_protocol::testing::rng::SeededRng;

    #[test]
    fn the_right_password_matches_and_no_other() {
        let password = SecretString::from("a lantern over the ferry ghat");
        let hash = PasswordHash::new(&password, &mut SeededRng::new(1)).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{}", hash.0);
        assert!(hash.matches(&password));
        assert!(!hash.matches(&SecretString::from("a lantern over the ferry ghat ")));
        assert!(!PasswordHash::nobody().matches(&password));
        assert_eq!(format!("{hash:?}"), "PasswordHash");
        assert_ne!(hash, PasswordHash::new(&password, &mut SeededRng::new(2)).unwrap());
    }

    #[test]
    fn nobody_costs_what_everybody_costs() {
        let nobody = phc::PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (MEMORY, PASSES, LANES));
        assert_eq!((nobody.algorithm.as_str(), nobody.version), ("argon2id", Some(0x13)));
        assert_eq!(nobody.salt.unwrap().len(), SALT);
        assert_eq!(nobody.hash.unwrap().len(), 32);
    }
}
