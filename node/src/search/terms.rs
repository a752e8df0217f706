//! Names, phones and papers in the form in which they are looked up, the same for what is entered and for what is typed.
//! The rules for names are those of the fingerprint, so that a search hears what matching hears.

use icmc_protocol::fingerprint::{key1, key2, plain, words};

/// Most words kept of one person.
const WORDS_MAX: usize = 64;
/// Digits that a phone is compared by.
const PHONE: usize = 9;

/// Normalised words of all these names, each once, and the names that have no words here.
#[must_use]
pub fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> (Vec<String>, Vec<String>) {
    let (mut found, mut native) = (Vec::new(), Vec::new());
    for name in names {
        let of_name = words(name);
        let lower = name.trim().to_lowercase();
        if of_name.is_empty() && lower.chars().any(char::is_alphabetic) && native.len() < WORDS_MAX {
            native.push(lower);
        }
        for word in of_name {
            if !found.contains(&word) && found.len() < WORDS_MAX {
                found.push(word);
            }
        }
    }
    (found, native)
}

/// How a word sounds, closely and from afar. A search hears one thing more than matching: Tamang and तामाङ, n for ng.
pub(super) fn sounds(word: &str) -> (String, String) {
    let word = word.replace("ng", "n");
    (key1(&word), key2(&word))
}

/// The last nine digits of a phone; none if there are fewer than seven.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let digits: String = plain(text).chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 7).then(|| digits[digits.len().saturating_sub(PHONE)..].to_owned())
}

/// The number of a paper: letters and digits in upper case; none if there are fewer than four.
#[must_use]
pub fn paper(text: &str) -> Option<String> {
    let number = crate::casework::plain_number(text);
    (number.len() >= 4).then_some(number)
}
