//! What somebody typed, read in all the ways it can be meant.
//! A name, a number and a phone look alike until something is found.

use super::terms;
use crate::casework::plain_number;

/// Most characters of a search that are read.
const TEXT_MAX: usize = 200;
/// Most words of a search.
const WORDS_MAX: usize = 8;
/// Fewest characters of a case number.
const NUMBER_MIN: usize = 3;

/// A search.
#[derive(Clone, Default)]
pub struct Query {
    /// As a case number, if it can be one.
    pub(super) number: Option<String>,
    /// As a phone.
    pub(super) phone: Option<String>,
    /// As the number of a paper.
    pub(super) paper: Option<String>,
    /// As a name.
    pub(super) words: Vec<Word>,
    /// As a name in a script without words.
    pub(super) native: Option<String>,
    /// Year of birth, give or take two.
    pub(super) year: Option<i32>,
}

/// One word of a name, with its sounds.
#[derive(Clone)]
pub(super) struct Word {
    pub(super) plain: String,
    pub(super) close: String,
    pub(super) far: String,
}

impl core::fmt::Debug for Query {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Query")
    }
}

impl Query {
    /// Reads what was typed.
    #[must_use]
    pub fn new(text: &str, year: Option<i32>) -> Self {
        let text: String = text.trim().chars().take(TEXT_MAX).collect();
        let number = plain_number(&text);
        let has_digit = number.chars().any(|c| c.is_ascii_digit());
        let (words, native) = terms::names([text.as_str()]);
        Self {
            phone: terms::phone(&text).filter(|_| !number.chars().any(|c| c.is_ascii_alphabetic())),
            paper: terms::paper(&text).filter(|_| has_digit),
            number: Some(number).filter(|number| has_digit && number.len() >= NUMBER_MIN),
            words: if has_digit { Vec::new() } else { words.into_iter().take(WORDS_MAX).map(Word::new).collect() },
            native: native.into_iter().next().filter(|_| !has_digit),
            year,
        }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.number.is_none() && self.phone.is_none() && self.paper.is_none() && self.words.is_empty() && self.native.is_none()
    }
}

impl Word {
    fn new(plain: String) -> Self {
        let (close, far) = terms::sounds(&plain);
        Self { plain, close, far }
    }
}
