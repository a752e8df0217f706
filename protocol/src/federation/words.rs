//! Safety words: what two people read to each other over the telephone to know that nobody stands between their nodes.
//! Not who has confirmed: see `peering`.

use crate::crypto::labels;
use crate::ids::{FederationId, InvitationId, NodeKey, UnitId};
use crate::wire;
use argon2::{Algorithm, Argon2, Params, Version};
use bip39::Language;

const MEMORY_KIB: u32 = 256 * 1024;
const PASSES: u32 = 3;
const WORDS: usize = 8;
const BITS_OF_A_WORD: usize = 11;

/// 88 bits, as eight English words (BIP 39 list) or as 27 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyWords {
    /// To read aloud.
    pub words: [&'static str; WORDS],
    /// The same for those who would rather read digits.
    pub digits: String,
}

/// The words of two units. Takes about a second and 256 MiB: an attacker who wants a key with the same words has to pay that
/// for each try. Never called inside a step.
#[must_use]
pub fn safety_words(
    federation: FederationId,
    invitation: Option<InvitationId>,
    a: (UnitId, NodeKey),
    b: (UnitId, NodeKey),
) -> SafetyWords {
    let both = if a < b { [a, b] } else { [b, a] };
    let input = wire::encode(&(federation, invitation, both));
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).expect("fixed parameters within the limits of Argon2 (RFC 9106)");
    let mut hash = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(&input, labels::SAFETY_WORDS, &mut hash)
        .expect("salt and output have allowed lengths");
    from_hash(&hash)
}

fn from_hash(hash: &[u8; 32]) -> SafetyWords {
    // The first 88 bits, as one number.
    let number = hash[..WORDS * BITS_OF_A_WORD / 8].iter().fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    let list = Language::English.word_list();
    let words = core::array::from_fn(|at| list[(number >> ((WORDS - 1 - at) * BITS_OF_A_WORD)) as usize % list.len()]);
    SafetyWords { words, digits: format!("{number:027}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_88_bits_become_words_and_digits() {
        let lowest = from_hash(&[0; 32]);
        assert_eq!(lowest.words, ["abandon"; 8]);
        assert_eq!(lowest.digits, "0".repeat(27));
        let highest = from_hash(&[0xff; 32]);
        assert_eq!(highest.words, ["zoo"; 8]);
        assert_eq!(highest.digits, ((1u128 << 88) - 1).to_string());
        assert_eq!(highest.digits.len(), 27);
        let mut hash = [0; 32];
        hash[10] = 1; // bit 88, the last that counts
        hash[11] = 0xff;
        assert_eq!(from_hash(&hash).words[7], "ability");
        assert_eq!(from_hash(&hash).digits, format!("{:027}", 1));
    }

    /// The only test that pays for Argon2id.
    #[test]
    fn both_ends_hear_the_same_words_and_another_key_gives_others() {
        let federation = FederationId([1; 32]);
        let (alice, bob) = ((UnitId([2; 32]), NodeKey([3; 32])), (UnitId([4; 32]), NodeKey([5; 32])));
        let at_alice = safety_words(federation, None, alice, bob);
        assert_eq!(at_alice, safety_words(federation, None, bob, alice));
        crate::testing::vectors::compare_text("safety-words", &format!("{}\n{}", at_alice.words.join(" "), at_alice.digits));
        let eve = (bob.0, NodeKey([6; 32]));
        assert_ne!(at_alice.words, safety_words(federation, None, alice, eve).words);
    }
}
