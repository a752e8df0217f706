//! Text of any script as lower-case Latin letters without marks, and native digits as ASCII.
//! Not for words or sounds; each script's own table is in a file of its own, and a letter of a script without a table stays.

mod arabic;
mod arabic_names;
mod burmese;
mod burmese_names;
mod indic;

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Lower-case Latin without marks; letters of a script without a table stay.
pub fn plain(text: &str) -> String {
    let unmarked: String = to_latin(text).nfkd().filter(|c| canonical_combining_class(*c) == 0).collect();
    unmarked.to_lowercase()
}

/// The value of a decimal digit of any script.
pub(super) fn decimal(c: char) -> Option<u32> {
    if c.is_ascii() || !is_decimal(c) {
        return c.to_digit(10);
    }
    // Unicode keeps the digits 0 to 9 of a script next to each other, so the place in the run gives the value.
    let before = (0..c as u32).rev().take_while(|n| char::from_u32(*n).is_some_and(is_decimal));
    u32::try_from(before.count() % 10).ok()
}

/// What counts as a letter (general category L): marks and digits do not.
pub(super) fn is_letter(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Letter
}

/// White space, with the four ASCII separators that the reference strips too.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn is_decimal(c: char) -> bool {
    c.general_category() == GeneralCategory::DecimalNumber
}

fn to_latin(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let text: Vec<char> = text.nfc().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        if let Some(digit) = decimal(text[i]) {
            out.extend(char::from_digit(digit, 10));
            i += 1;
        } else if burmese::is_letter(text[i]) {
            i = run(&text, i, burmese::is_letter, burmese::latin, &mut out);
        } else if arabic::is_letter(text[i]) {
            i = run(&text, i, arabic::is_letter, arabic::latin, &mut out);
        } else {
            if !indic::push(&text, i, &mut out) {
                out.push(text[i]);
            }
            i += 1;
        }
    }
    out
}

/// Writes the stretch of one script that begins at `start`, with the spaces inside it because rules look at neighbouring
/// words, and gives the place behind it.
fn run(
    text: &[char],
    start: usize,
    belongs: impl Fn(char) -> bool,
    latin: impl Fn(&[char]) -> String,
    out: &mut String,
) -> usize {
    let length = text[start..].iter().take_while(|c| belongs(**c) || is_space(**c) || is_joiner(**c)).count();
    let behind = text[start..start + length].iter().rev().take_while(|c| !belongs(**c)).count();
    let end = start + length - behind;
    let letters: Vec<char> = text[start..end].iter().copied().filter(|c| !is_joiner(*c)).collect();
    out.push_str(&latin(&letters));
    end
}

/// Marks without a width that say how letters connect, and nothing about the sound.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_script_become_ascii() {
        assert_eq!(plain("१२३ ৪৫ ௬ ၇ ٨ ۹ 𝟗"), "123 45 6 7 8 9 9");
        assert_eq!(decimal('²'), None);
    }

    #[test]
    fn latin_marks_go_and_scripts_without_a_table_stay() {
        assert_eq!(plain("JOSÉ Müller"), "jose muller");
        assert_eq!(plain("Иван"), "иван");
    }

    #[test]
    fn scripts_may_stand_side_by_side() {
        assert_eq!(plain("Ravi राम အောင် خان (२)"), "ravi ram aung khan (2)");
    }
}
