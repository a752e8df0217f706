//! A QR code as a path that a template draws: for a text that is shown once and has no address of its own.
//! What has an address is served as a picture: see `crate::qr`.

use crate::qr;

/// The dark squares of a code, in a square of this side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) side: u32,
    pub(crate) path: String,
}

impl Drawn {
    /// None if the text is longer than any code can hold.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let svg = qr::svg(text)?;
        let of = |name: &str| svg.split(&format!(" {name}=\"")).nth(1)?.split('"').next().map(str::to_owned);
        Some(Self { side: of("width")?.parse().ok()?, path: of("d")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_drawn_and_nothing_but_a_path_comes_of_it() {
        let drawn = Drawn::of(&format!("icmc-invite-1:{}", "ABCDEFGH".repeat(200))).unwrap();
        assert!(drawn.side >= 320 && drawn.path.len() > 1000);
        assert!(drawn.path.chars().all(|letter| letter.is_ascii_digit() || "MmHhVvLlZz -,".contains(letter)), "{}", drawn.path);
        assert_eq!(Drawn::of(&"A".repeat(5_000)), None);
    }
}
