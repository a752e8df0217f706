//! A password that an administrator reads to a person once, and that has to be changed at the first sign-in.
//! Not chosen by anybody: 100 random bits.

use data_encoding::BASE32_NOPAD;
use icmc_protocol::time::DAY;
use rand_core::CryptoRng;
use secrecy::SecretString;
use zeroize::Zeroizing;

/// How long it can be used, in milliseconds.
pub const ONE_TIME_LIFE: u64 = 7 * DAY;

const GROUPS: usize = 5;
const GROUP: usize = 4;

/// Five groups of four letters or digits, none of which look alike. Prints nothing of itself.
#[derive(Debug, Clone)]
pub struct OneTimePassword(pub SecretString);

impl OneTimePassword {
    /// A fresh one.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 13]);
        rng.fill_bytes(&mut *bytes);
        let letters = Zeroizing::new(BASE32_NOPAD.encode(&*bytes).to_ascii_lowercase());
        let groups: Vec<&str> = (0..GROUPS).map(|at| &letters[at * GROUP..(at + 1) * GROUP]).collect();
        Self(SecretString::from(groups.join("-")))
    }
}
