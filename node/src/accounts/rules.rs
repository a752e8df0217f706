//! What a sign-in name, a shown name and a password have to be. Length decides, not signs and capitals (NIST SP 800-63B, 5.1.1.2).
//! Not the hash: see `hash`.

use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeSet;

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 15;
/// Most characters of a password.
pub const PASSWORD_MAX: usize = 128;
/// Fewest different characters of a password.
const DIFFERENT_MIN: usize = 5;
const SIGN_IN_MIN: usize = 2;
const SIGN_IN_MAX: usize = 40;
const NAME_MAX: usize = 80;

/// The commonest passwords of 15 characters and more, in lower case, one a line.
const COMMON: &str = include_str!("common.txt");

/// Why a password is refused; to follow the word "expected".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than 15 characters.
    #[error("at least 15 characters; four or five words do well")]
    Short,
    /// More than 128 characters.
    #[error("at most 128 characters")]
    Long,
    /// The sign-in name, with nothing but digits and signs beside it.
    #[error("something else than the sign-in name")]
    SignIn,
    /// On the list, or next to nothing but repetition.
    #[error("something that is harder to guess: this is among the first that are tried")]
    Common,
}

/// Why a name is refused; to follow the word "expected".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Of the sign-in name.
    #[error("2 to 40 letters a-z, digits, dots, dashes or underscores")]
    SignIn,
    /// Of the shown name.
    #[error("1 to 80 characters on one line")]
    Shown,
}

/// As it is stored and compared: without spaces around it, in lower case.
#[must_use]
pub fn normal_sign_in(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// Whether a normalised sign-in name can be used.
///
/// # Errors
/// [`NameFault::SignIn`].
pub fn check_sign_in(normal: &str) -> Result<(), NameFault> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if (SIGN_IN_MIN..=SIGN_IN_MAX).contains(&normal.len()) && normal.chars().all(plain) { Ok(()) } else { Err(NameFault::SignIn) }
}

/// Whether a person can be shown under this name.
///
/// # Errors
/// [`NameFault::Shown`].
pub fn check_name(name: &str) -> Result<(), NameFault> {
    let length = name.chars().count();
    if (1..=NAME_MAX).contains(&length) && !name.trim().is_empty() && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(NameFault::Shown)
    }
}

/// Whether this person can have this password.
///
/// # Errors
/// [`PasswordFault`].
pub fn check_password(password: &SecretString, sign_in: &str) -> Result<(), PasswordFault> {
    let password = password.expose_secret();
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(PasswordFault::Short);
    }
    if length > PASSWORD_MAX {
        return Err(PasswordFault::Long);
    }
    let lower = zeroize::Zeroizing::new(password.trim().to_lowercase());
    if !sign_in.is_empty() && lower.contains(sign_in) && !lower.replace(sign_in, "").chars().any(char::is_alphabetic) {
        return Err(PasswordFault::SignIn);
    }
    let different: BTreeSet<char> = lower.chars().collect();
    if different.len() < DIFFERENT_MIN || COMMON.lines().any(|common| common == lower.as_str()) {
        return Err(PasswordFault::Common);
    }
    Ok(())
}
