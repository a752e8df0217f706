//! Burmese script to the Latin spelling that people of Myanmar use for their names, one word for each syllable.
//! Not for other languages of the block beyond the letters they share with Burmese, and not for the Zawgyi encoding.
//!
//! The tables follow the BGN/PCGN 1970 agreement on the romanisation of Burmese (the conventional transcription by sound,
//! not the MLC transliteration by letter), simplified: no tone marks, no voicing between syllables, and where passports
//! write otherwise the passport spelling: `kh`, `ph`, `s` for hk, hp, hs; `ar` for an open long a; `oe` for a falling o; a
//! nasal in creaky tone ends in `t` (Myint, Thant, Nyunt). Storage order is that of Unicode Technical Note 11.

use std::{collections::BTreeMap, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

use super::{burmese_names::WORDS, is_space};

const ASAT: char = '\u{103a}';
const VIRAMA: char = '\u{1039}';
const DOT: char = '\u{1037}';
const VISARGA: char = '\u{1038}';
const NGA: char = 'င';
const A: char = 'အ';

/// U+1000 to U+1021 in order; the last is the carrier of a vowel.
const INITIALS: [&str; 34] = [
    "k", "kh", "g", "g", "ng", "s", "s", "z", "z", "ny", "ny", "t", "ht", "d", "d", "n", "t", "ht", "d", "d", "n", "p", "ph",
    "b", "b", "m", "y", "y", "l", "w", "th", "h", "l", "",
];

/// What a medial y or r makes of an initial, where it is not the initial and `y`.
const PALATAL: [(&str, &str); 5] = [("kh", "ch"), ("ng", "ny"), ("y", "y"), ("ny", "ny"), ("", "y")];

/// Vowel signs of a syllable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vowel {
    Inherent,
    Aa,
    I,
    U,
    E,
    Ai,
    Aw,
    O,
}

/// What closes a syllable: consonants that sound alike at the end are one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Final {
    Open,
    K,
    Ng,
    S,
    Ny,
    T,
    N,
    Y,
}

/// A closed rhyme; an open one is in [`open`]. Pairs that are not here sound as with the inherent vowel.
const RHYMES: [(Vowel, Final, &str); 20] = [
    (Vowel::Inherent, Final::K, "et"),
    (Vowel::Aw, Final::K, "auk"),
    (Vowel::O, Final::K, "aik"),
    (Vowel::I, Final::K, "eik"),
    (Vowel::U, Final::K, "ok"),
    (Vowel::Inherent, Final::Ng, "in"),
    (Vowel::Aw, Final::Ng, "aung"),
    (Vowel::O, Final::Ng, "aing"),
    (Vowel::Inherent, Final::S, "it"),
    (Vowel::Inherent, Final::Ny, "i"),
    (Vowel::Inherent, Final::T, "at"),
    (Vowel::I, Final::T, "eit"),
    (Vowel::U, Final::T, "ok"),
    (Vowel::Inherent, Final::N, "an"),
    (Vowel::Aa, Final::N, "an"),
    (Vowel::I, Final::N, "ein"),
    (Vowel::U, Final::N, "on"),
    (Vowel::Inherent, Final::Y, "e"),
    (Vowel::Aa, Final::T, "at"),
    (Vowel::E, Final::T, "it"),
];

/// Whether the character belongs to a Myanmar block and is neither digit nor punctuation.
pub(super) fn is_letter(c: char) -> bool {
    matches!(c, '\u{1000}'..='\u{103f}' | '\u{104c}'..='\u{108f}' | '\u{109a}'..='\u{109f}')
        || matches!(c, '\u{aa60}'..='\u{aa7f}')
}

/// The words of a stretch of Burmese text; a space inside it ends a word too.
pub(super) fn latin(text: &[char]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut joined = false; // the next syllable belongs to the last word
    let mut i = 0;
    while i < text.len() {
        if is_space(text[i]) {
            joined = false;
            i += 1;
            continue;
        }
        if let Some((length, word)) = whole_word(&text[i..]).filter(|_| !joined) {
            words.push(word.to_owned());
            i += length;
            continue;
        }
        let Some(syllable) = Syllable::read(&text[i..]) else {
            i += 1; // a sign without a letter
            continue;
        };
        let latin = if syllable.is_u() && words.is_empty() { "u".to_owned() } else { syllable.latin() };
        match words.last_mut().filter(|_| joined) {
            Some(word) => word.push_str(&latin),
            None => words.push(latin),
        }
        let doubled = i > 0 && text[i - 1] == text[i];
        joined = syllable.stacked || !doubled && syllable.leans_on(text.get(i + syllable.length).copied());
        i += syllable.length;
    }
    words.join(" ")
}

fn is_sign(c: char) -> bool {
    matches!(c, '\u{102b}'..='\u{103e}')
}

/// The longest word of the table that begins the text and ends where a syllable ends.
fn whole_word(text: &[char]) -> Option<(usize, &'static str)> {
    static TABLE: LazyLock<BTreeMap<Vec<char>, &'static str>> =
        LazyLock::new(|| WORDS.iter().map(|(native, latin)| (native.nfc().collect(), *latin)).collect());
    static LONGEST: LazyLock<usize> = LazyLock::new(|| TABLE.keys().map(Vec::len).max().unwrap_or_default());
    let longest = text.len().min(*LONGEST);
    (1..=longest).rev().find_map(|length| {
        let word = TABLE.get(&text[..length])?;
        (!text.get(length).copied().is_some_and(is_sign) && closing(&text[length..]).is_none()).then_some((length, *word))
    })
}

/// A consonant that closes the syllable before it: how many characters, which, in creaky tone or not, with a stack below.
fn closing(text: &[char]) -> Option<(usize, char, bool, bool)> {
    let consonant = *text.first().filter(|c| matches!(c, '\u{1000}'..='\u{1021}' | 'ဥ' | 'ဿ'))?;
    let dot = usize::from(text.get(1) == Some(&DOT));
    match text.get(1 + dot) {
        Some(&ASAT) => {
            let kinzi = text.get(2 + dot) == Some(&VIRAMA);
            Some((2 + dot + usize::from(kinzi), consonant, dot == 1, kinzi))
        }
        Some(&VIRAMA) if text.get(2).is_some() => Some((2, consonant, false, true)),
        _ => None,
    }
}

struct Syllable {
    initial: char,
    palatal: bool,
    wa: bool,
    ha: bool,
    vowel: Vowel,
    closed: Final,
    creaky: bool,
    falling: bool,
    /// Its last consonant stands on the first of the next syllable: one word.
    stacked: bool,
    length: usize,
    bare: bool,
}

impl Syllable {
    fn read(text: &[char]) -> Option<Self> {
        let (initial, mut vowel) = match *text.first()? {
            'ဥ' if matches!(text.get(1), Some('\u{102b}' | '\u{102c}' | &ASAT)) => ('ဉ', Vowel::Inherent), // a common slip
            'ဣ' | 'ဤ' => (A, Vowel::I),
            'ဥ' | 'ဦ' => (A, Vowel::U),
            'ဧ' => (A, Vowel::E),
            'ဩ' | 'ဪ' => (A, Vowel::Aw),
            'ဿ' => ('သ', Vowel::Inherent),
            c @ '\u{1000}'..='\u{1021}' => (c, Vowel::Inherent),
            _ => return None,
        };
        let [mut palatal, mut wa, mut ha, mut nasal, mut creaky, mut falling] = [false; 6];
        let (mut i, mut over, mut below) = (1, false, false);
        while let Some(c) = text.get(i).copied() {
            match c {
                '\u{103b}' | '\u{103c}' => palatal = true,
                '\u{103d}' => wa = true,
                '\u{103e}' => ha = true,
                '\u{1031}' => vowel = Vowel::E,
                '\u{102b}' | '\u{102c}' => vowel = if vowel == Vowel::E { Vowel::Aw } else { Vowel::Aa },
                '\u{102d}' | '\u{102e}' | '\u{1033}' => over = true,
                '\u{102f}' | '\u{1030}' | '\u{1034}' => below = true,
                '\u{1032}' | '\u{1035}' => vowel = Vowel::Ai,
                '\u{1036}' => nasal = true,
                DOT => creaky = true,
                VISARGA => falling = true,
                ASAT => {}
                _ => break,
            }
            i += 1;
        }
        vowel = match (over, below) {
            (true, true) => Vowel::O,
            (true, false) => Vowel::I,
            (false, true) => Vowel::U,
            (false, false) => vowel,
        };
        let bare = i == 1;
        let mut closed = if nasal { Final::N } else { Final::Open };
        let mut stacked = false;
        if let Some((length, consonant, creaky_end, stack)) = closing(&text[i..]).filter(|_| !nasal) {
            closed = sound(consonant);
            creaky |= creaky_end;
            stacked = stack;
            i += length;
            while let Some(tone @ (DOT | VISARGA)) = text.get(i).copied() {
                creaky |= tone == DOT;
                falling |= tone == VISARGA;
                i += 1;
            }
        }
        let bare = bare && closed == Final::Open && matches!(initial, '\u{1000}'..='\u{1020}') && text[0] == initial;
        Some(Self { initial, palatal, wa, ha, vowel, closed, creaky, falling, stacked, length: i, bare })
    }

    /// The honorific of grown men, which is written as the word for uncle.
    fn is_u(&self) -> bool {
        self.initial == A && self.vowel == Vowel::U && self.closed == Final::Open
    }

    /// A bare letter is the short first part of a longer word (Thazin), save those that are names and honorifics of their own
    /// and doubled names (Pa Pa).
    fn leans_on(&self, next: Option<char>) -> bool {
        self.bare && !matches!(self.initial, 'မ' | 'ဘ' | 'က') && next.is_some_and(|c| c != self.initial && !is_space(c))
    }

    fn latin(&self) -> String {
        // ွန် and ွတ် are one sound, in which the w is no longer heard.
        let round = self.vowel == Vowel::Inherent && matches!(self.closed, Final::N | Final::T);
        let merged = round && self.wa;
        let mut out = self.onset();
        if self.wa && !merged {
            out.push('w');
        }
        if merged || round && self.initial == 'ဝ' {
            out.push_str(if self.closed == Final::N { "un" } else { "ut" });
        } else if self.closed == Final::Open {
            out.push_str(self.open());
        } else {
            let of = |vowel| RHYMES.iter().find(|(v, f, _)| (*v, *f) == (vowel, self.closed));
            out.push_str(of(self.vowel).or_else(|| of(Vowel::Inherent)).map_or("a", |(_, _, latin)| latin));
        }
        if self.creaky && matches!(self.closed, Final::N | Final::Ng) {
            out.push('t');
        }
        out
    }

    fn onset(&self) -> String {
        let place = self.initial as usize - 0x1000;
        let plain = INITIALS.get(place).copied().unwrap_or_default();
        if self.ha && matches!(self.initial, 'ရ' | 'ယ') || self.ha && self.palatal && matches!(self.initial, 'လ' | 'သ') {
            return "sh".to_owned();
        }
        let mut out = String::from(if self.ha && matches!(plain, "m" | "n" | "l" | "ng" | "ny" | "w") { "h" } else { "" });
        if self.palatal {
            let special = PALATAL.iter().find(|(from, _)| *from == plain);
            match special {
                Some((_, to)) => out.push_str(to),
                None => out.extend([plain, "y"]),
            }
        } else {
            out.push_str(plain);
        }
        out
    }

    fn open(&self) -> &'static str {
        let alone = self.initial == A && !self.palatal && !self.wa;
        match self.vowel {
            Vowel::Inherent => "a",
            Vowel::Aa if self.initial == 'ဝ' => "ah",
            Vowel::Aa => "ar",
            Vowel::I if alone => "ei",
            Vowel::I => "i",
            Vowel::U if alone && self.falling => "oo",
            Vowel::U => "u",
            Vowel::E if alone => "aye",
            Vowel::E if self.wa => "e",
            Vowel::E => "ay",
            Vowel::Ai => "e",
            Vowel::Aw => "aw",
            Vowel::O if self.falling => "oe",
            Vowel::O => "o",
        }
    }
}

fn sound(consonant: char) -> Final {
    match consonant {
        'က' | 'ခ' | 'ဂ' | 'ဃ' => Final::K,
        NGA => Final::Ng,
        'စ' | 'ဆ' | 'ဇ' | 'ဈ' => Final::S,
        'ည' => Final::Ny,
        'ဉ' | 'ဥ' => Final::Ng,
        'ဏ' | 'န' | 'မ' => Final::N,
        'ယ' => Final::Y,
        'ရ' | 'လ' | 'ဝ' | 'ဟ' | 'ဠ' | 'အ' => Final::Open, // written in loans, not heard
        _ => Final::T,
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain;

    #[test]
    fn names_come_out_as_they_are_usually_written() {
        for (native, latin) in [
            ("အောင်ဆန်း", "aung san"),
            ("ဦးကျော်ဇော်", "u kyaw zaw"),
            ("ကျော်ဦး", "kyaw oo"),
            ("ဒေါ်ခင်နွယ်", "daw khin nwe"),
            ("မလှ", "ma hla"),
            ("သန်းဝင်း", "than win"),
            ("တင်စိုး", "tin soe"),
            ("ခိုင်ခိုင်", "khaing khaing"),
            ("ထွန်းမြင့်", "htun myint"),
            ("ရွှေဝါ", "shwe wah"),
            ("ချစ်ငြိမ်း", "chit nyein"),
            ("သန့်ညွန့်", "thant nyunt"),
        ] {
            assert_eq!(plain(native), latin);
        }
    }

    #[test]
    fn a_stack_or_a_short_first_part_makes_one_word() {
        assert_eq!(plain("စန္ဒာ"), "sandar");
        assert_eq!(plain("သဇင်"), "thazin");
        assert_eq!(plain("ပပ"), "pa pa");
        assert_eq!(plain("အင်္ဂလန်"), "ingalan");
    }
}
