//! The nine Indic scripts of the parallel Unicode blocks (ISCII order) to Latin letters, one table for all of them.
//! Not a scholarly romanisation: ISO 15919 and the Hunterian spelling of the Survey of India without marks of length or place.

use super::{is_letter, is_space};

// The Unicode blocks of nine Indic scripts are parallel: one table by offset in the block serves all of them.
const BLOCKS: [u32; 9] = [0x900, 0x980, 0xA00, 0xA80, 0xB00, TAMIL, 0xC00, 0xC80, 0xD00];
const BENGALI: u32 = 0x980;
const TAMIL: u32 = 0xB80;
const CONSONANTS: [&str; 37] = [
    "k", "kh", "g", "gh", "n", "ch", "chh", "j", "jh", "n", "t", "th", "d", "dh", "n", "t", "th", "d", "dh", "n", "n", "p", "ph",
    "b", "bh", "m", "y", "r", "r", "l", "l", "l", "v", "sh", "sh", "s", "h",
];
const LATE_CONSONANTS: [&str; 8] = ["k", "kh", "g", "z", "r", "rh", "f", "y"];
const VOWELS: [&str; 16] = ["a", "a", "i", "i", "u", "u", "ri", "li", "e", "e", "e", "ai", "o", "o", "o", "au"];
const SIGNS: [&str; 15] = ["a", "i", "i", "u", "u", "ri", "ri", "e", "e", "e", "ai", "o", "o", "o", "au"];
const NUKTA: u32 = 0x3C;
const VIRAMA: u32 = 0x4D;
const ADDAK: char = '\u{0a71}';
const TIPPI: char = '\u{0a70}';
const TAMIL_NASALS: [u32; 6] = [0x19, 0x1E, 0x23, 0x28, 0x29, 0x2E];

/// Writes the letter at `i` if it is of one of these scripts. The inherent `a` is written only before another letter or a
/// nasal: not before a vowel sign or virama, not at the end of a word.
pub(super) fn push(text: &[char], i: usize, out: &mut String) -> bool {
    if let Some(latin) = single(text[i]) {
        out.push_str(latin);
        return true;
    }
    let block = block_of(text[i]);
    if let Some((base, offset)) = block {
        indic(text, i, base, offset, out);
    }
    block.is_some()
}

/// Letters outside the parallel order: khanda ta, Assamese, Gurmukhi tippi and addak, Malayalam chillus.
fn single(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{09ce}' => "t",
        '\u{09f0}' | '\u{0d7c}' => "r",
        '\u{09f1}' => "v",
        TIPPI | '\u{0d7a}' | '\u{0d7b}' => "n",
        ADDAK => "",
        '\u{0d7d}' | '\u{0d7e}' => "l",
        '\u{0d7f}' => "k",
        _ => return None,
    })
}

fn block_of(c: char) -> Option<(u32, u32)> {
    let base = c as u32 & !0x7F;
    BLOCKS.contains(&base).then(|| (base, c as u32 - base))
}

fn at(table: &[&'static str], first: u32, offset: u32) -> Option<&'static str> {
    let place = usize::try_from(offset.checked_sub(first)?).ok()?;
    table.get(place).copied()
}

fn consonant(offset: u32) -> Option<&'static str> {
    at(&CONSONANTS, 0x15, offset).or_else(|| at(&LATE_CONSONANTS, 0x58, offset))
}

fn nasal(offset: u32) -> Option<&'static str> {
    at(&["n", "n", "h"], 0x01, offset)
}

fn indic(text: &[char], i: usize, base: u32, offset: u32, out: &mut String) {
    if let Some(letter) = consonant(offset) {
        let mut next = i + 1;
        let dotted = text.get(next).is_some_and(|c| *c as u32 == base + NUKTA);
        if base == TAMIL {
            out.push_str(tamil(text, i, offset, letter));
        } else {
            out.push_str(match offset {
                0x1C if dotted => "z",
                0x21 if dotted => "r",
                0x22 if dotted => "rh",
                _ => letter,
            });
        }
        next += usize::from(dotted);
        if text.get(next) == Some(&ADDAK) {
            next += 1; // it doubles the letter after it
        }
        let sounded = |c: char| c == TIPPI || is_letter(c) || (c as u32).checked_sub(base).and_then(nasal).is_some();
        if text.get(next).copied().is_some_and(sounded) {
            out.push('a');
        }
    } else if let Some(vowel) = at(&VOWELS, 0x05, offset).or_else(|| at(&SIGNS, 0x3E, offset)) {
        out.push_str(vowel);
    } else if let Some(latin) = nasal(offset) {
        let last = text.get(i + 1).copied().is_none_or(is_space);
        let bengali_end = base == BENGALI && offset == 0x02 && last;
        out.push_str(if bengali_end { "ng" } else { latin });
    }
}

/// Tamil writes one letter for voiced and unvoiced: what the neighbours decide, is decided here.
fn tamil(text: &[char], i: usize, offset: u32, latin: &'static str) -> &'static str {
    let virama = char::from_u32(TAMIL + VIRAMA);
    let previous = (i > 1 && text.get(i - 1).copied() == virama).then(|| (text[i - 2] as u32).checked_sub(TAMIL)).flatten();
    let after_nasal = previous.is_some_and(|p| TAMIL_NASALS.contains(&p));
    let before_s = text.get(i + 1..i + 3) == Some(&['\u{0bcd}', '\u{0b9a}'][..]);
    match offset {
        0x1F if before_s => "k", // tt + s is how Tamil writes ksh
        0x1A if previous == Some(0x1A) => "ch",
        0x1A if before_s => "",
        0x1A if !after_nasal && previous == Some(0x1F) => "sh",
        0x1A if !after_nasal => "s",
        0x15 if after_nasal => "g",
        0x1A => "j",
        0x1F | 0x24 if after_nasal => "d",
        0x2A if after_nasal => "b",
        _ => latin,
    }
}
