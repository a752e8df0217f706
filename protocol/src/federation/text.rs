//! Signed bytes and secrets as text that people send, print and type: a prefix, base32, a checksum.
//! Not a protection: the checksum is against mistyping, the signature inside against everything else.

use crate::crypto::{derive, labels};
use data_encoding::BASE32_NOPAD;
use zeroize::Zeroizing;

/// Begins the text form of a genesis.
pub(super) const UNIT: &str = "icmc-unit-1:";
/// Begins the text form of an invitation.
pub(super) const INVITE: &str = "icmc-invite-1:";
/// Begins the text form of a recovery key.
pub(super) const RECOVERY: &str = "icmc-recovery-1:";
/// Begins the text form of a recovery key's word that a unit has a new node key.
pub(super) const REPLACE: &str = "icmc-replace-1:";

/// Most characters that are looked at.
const LONGEST: usize = 16 * 1024;
const CHECKSUM: usize = 4;

/// Why a text was not taken. The sentences are for the person who pasted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Something else was pasted.
    #[error("this is another kind of text: it must start with {0}")]
    Prefix(&'static str),
    /// Longer than any such text.
    #[error("this text is too long to be what was expected")]
    TooLong,
    /// Letters that cannot occur.
    #[error("this text holds characters that do not belong there; only A to Z and 2 to 7 do")]
    Characters,
    /// A typing error, or a part is missing.
    #[error("part of this text is missing or mistyped")]
    Checksum,
}

/// The text form of `bytes`.
pub(super) fn write(prefix: &'static str, bytes: &[u8]) -> Zeroizing<String> {
    let mut whole = Zeroizing::new(Vec::with_capacity(bytes.len() + CHECKSUM));
    whole.extend_from_slice(bytes);
    whole.extend_from_slice(&checksum(prefix, bytes));
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + BASE32_NOPAD.encode_len(whole.len())));
    text.push_str(prefix);
    BASE32_NOPAD.encode_append(&whole, &mut text);
    text
}

/// The text form in groups of four, for paper.
pub(super) fn write_grouped(prefix: &'static str, bytes: &[u8]) -> Zeroizing<String> {
    let text = write(prefix, bytes);
    let mut grouped = Zeroizing::new(String::with_capacity(text.len() * 5 / 4 + 1));
    grouped.push_str(prefix);
    for (at, letter) in text[prefix.len()..].chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push('-');
        }
        grouped.push(letter);
    }
    grouped
}

/// The bytes of a text form. Line breaks, spaces, hyphens and small letters do no harm.
pub(super) fn parse(prefix: &'static str, text: &str) -> Result<Zeroizing<Vec<u8>>, TextError> {
    if text.len() > LONGEST {
        return Err(TextError::TooLong);
    }
    let body = text.trim().strip_prefix(prefix).ok_or(TextError::Prefix(prefix))?;
    let letters = Zeroizing::new(
        body.chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .map(|letter| letter.to_ascii_uppercase())
            .collect::<String>(),
    );
    let whole = Zeroizing::new(BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| TextError::Characters)?);
    let (bytes, sum) = whole.split_last_chunk::<CHECKSUM>().ok_or(TextError::Checksum)?;
    if *sum != checksum(prefix, bytes) {
        return Err(TextError::Checksum);
    }
    Ok(Zeroizing::new(bytes.to_vec()))
}

fn checksum(prefix: &'static str, bytes: &[u8]) -> [u8; CHECKSUM] {
    let hash = derive(labels::TEXT, &Zeroizing::new([prefix.as_bytes(), bytes].concat()));
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Whether a name or an address is one line of visible text: no control characters, none that turn the direction of writing.
pub(super) fn is_plain(text: &str) -> bool {
    !text.chars().any(|letter| {
        letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_ways_of_people_and_no_typing_error() {
        let bytes = [7u8, 0, 255, 31, 9];
        let text = write(UNIT, &bytes);
        assert_eq!(*parse(UNIT, &text).unwrap(), bytes);
        assert_eq!(*parse(UNIT, &write_grouped(UNIT, &bytes)).unwrap(), bytes);
        let body = text.strip_prefix(UNIT).unwrap();
        assert_eq!(*parse(UNIT, &format!("  {UNIT}{}\n {}\n", &body[..5].to_lowercase(), &body[5..])).unwrap(), bytes);

        assert_eq!(parse(INVITE, &text), Err(TextError::Prefix(INVITE)));
        assert_eq!(parse(UNIT, &format!("{UNIT}A1B0")), Err(TextError::Characters));
        assert_eq!(parse(UNIT, &format!("{UNIT}{}", "A".repeat(LONGEST))), Err(TextError::TooLong));
        assert_eq!(parse(UNIT, UNIT), Err(TextError::Checksum));
        for at in UNIT.len()..text.len() {
            let other = if &text[at..=at] == "A" { "B" } else { "A" };
            let typed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert!(parse(UNIT, &typed).is_err(), "mistyped at {at}");
        }
    }

    #[test]
    fn names_that_would_deceive_a_reader_are_not_plain() {
        assert!(is_plain("AHTU গুৱাহাটী"));
        for bad in ["two\nlines", "bell\u{7}", "AHTU \u{202e}drawkcab"] {
            assert!(!is_plain(bad));
        }
    }
}
