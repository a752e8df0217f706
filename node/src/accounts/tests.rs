//! Names, passwords and one-time passwords. The people are invented.

use super::*;
use icmc_protocol::testing::rng::SeededRng;
use secrecy::{ExposeSecret as _, SecretString};

fn fault(password: &str) -> Option<PasswordFault> {
    check_password(&SecretString::from(password), "meera.lyngdoh").err()
}

#[test]
fn a_password_needs_length_and_has_no_other_form() {
    assert_eq!(fault("fourteen chars"), Some(PasswordFault::Short));
    assert_eq!(fault("fifteen letters"), None);
    assert_eq!(fault("नदी किनारे पुराना घाट है"), None);
    assert_eq!(fault(&"ab cd ef".repeat(16)), None);
    assert_eq!(fault(&format!("{}x", "ab cd ef".repeat(16))), Some(PasswordFault::Long));
}

#[test]
fn the_first_guesses_are_refused() {
    for common in ["passwordpassword", "PasswordPassword", "Correct Horse Battery Staple", "1Q2W3E4R5T6Y7U8I"] {
        assert_eq!(fault(common), Some(PasswordFault::Common), "{common}");
    }
    assert_eq!(fault("abababababababababab"), Some(PasswordFault::Common));
    for name in ["Meera.Lyngdoh.1990", "meera.lyngdohmeera.lyngdoh", "meera.lyngdoh!!!!"] {
        assert_eq!(fault(name), Some(PasswordFault::SignIn), "{name}");
    }
    assert_eq!(fault("meera.lyngdoh rides to Jowai"), None);
}

#[test]
fn the_list_holds_only_what_length_lets_through() {
    for line in include_str!("common.txt").lines() {
        assert!(line.chars().count() >= PASSWORD_MIN && *line == line.to_lowercase(), "{line}");
    }
}

#[test]
fn names() {
    assert_eq!(normal_sign_in("  Meera.Lyngdoh "), "meera.lyngdoh");
    for good in ["meera.lyngdoh", "a1", "x_y-z"] {
        assert_eq!(check_sign_in(good), Ok(()), "{good}");
    }
    for bad in ["", "a", "Meera", "मीरा", "a b", "a/b", &"a".repeat(41)] {
        assert_eq!(check_sign_in(bad), Err(NameFault::SignIn), "{bad}");
    }
    assert_eq!(check_name("Meera Lyngdoh"), Ok(()));
    for bad in ["", "   ", "two\nlines", &"m".repeat(81)] {
        assert_eq!(check_name(bad), Err(NameFault::Shown), "{bad:?}");
    }
}

#[test]
fn a_one_time_password_can_be_read_aloud_and_passes_the_rules() {
    let mut rng = SeededRng::new(7);
    let (first, second) = (OneTimePassword::random(&mut rng), OneTimePassword::random(&mut rng));
    let text = first.0.expose_secret();
    assert_eq!(text.len(), 24);
    assert!(
        text.split('-')
            .all(|group| group.len() == 4 && group.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b)))
    );
    assert_ne!(text, second.0.expose_secret());
    assert_eq!(check_password(&first.0, "meera.lyngdoh"), Ok(()));
    assert!(!format!("{first:?}").contains(text));
}
