//! The word that shows that whoever sets a node up in a browser sees its terminal: 128 random bits.
//! What it is good for, and for how long, is decided where it is asked for.

use data_encoding::BASE32_NOPAD;
use icmc_protocol::crypto;
use rand_core::CryptoRng;
use secrecy::SecretString;
use zeroize::Zeroizing;

const LABEL: &str = "icmc/v1/set-up-token";
const LENGTH: usize = 16;
const GROUP: usize = 5;

/// What the word is known by; the word itself is kept nowhere.
pub struct FirstToken([u8; 32]);

impl core::fmt::Debug for FirstToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("FirstToken")
    }
}

impl FirstToken {
    /// A fresh one, and the word to show at the terminal: 26 letters and digits in groups.
    pub fn generate(rng: &mut dyn CryptoRng) -> (Self, SecretString) {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        rng.fill_bytes(&mut *bytes);
        let letters = Zeroizing::new(BASE32_NOPAD.encode(&*bytes));
        let mut word = String::with_capacity(letters.len() + letters.len() / GROUP);
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                word.push('-');
            }
            word.push(letter);
        }
        (Self(crypto::derive(LABEL, &*bytes)), SecretString::from(word))
    }

    /// Whether this is the word. Spaces, hyphens and small letters do no harm. Only hashes are compared.
    #[must_use]
    pub fn matches(&self, typed: &str) -> bool {
        let letters: Zeroizing<String> =
            Zeroizing::new(typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect());
        let bytes = BASE32_NOPAD.decode(letters.as_bytes()).map(Zeroizing::new);
        bytes.is_ok_and(|bytes| bytes.len() == LENGTH && crypto::derive(LABEL, &bytes) == self.0)
    }
}
