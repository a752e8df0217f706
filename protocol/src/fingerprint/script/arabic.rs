//! Arabic script (Arabic, Persian, Urdu, Sindhi, Pashto) to Latin letters whose sound keys meet those of the usual spelling.
//! Not a readable romanisation of every word: short vowels are not written, and an `a` stands where one may be.
//!
//! Letters follow the ALA-LC romanisation tables for Arabic, Persian, Urdu, Sindhi and Pashto without marks and in the South
//! Asian reading (ث ص are s, ذ ض ظ are z), which is also what ICAO Doc 9303 part 3 gives them for passports but for ث and ذ.
//! Simplified: harakat are read as if not written, since most writers leave them out; a w or y is a vowel unless it begins a
//! word or stands before one; the article is joined as passports of South Asia do (Nizamuddin, Abdullah, Ziaur Rahman, Abdul
//! Karim). Names too common or too far from their letters are in `arabic_names`.

use std::{collections::BTreeMap, sync::LazyLock};

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use super::{arabic_names::WORDS, is_space};

/// Letters that are always consonants, by the word that they give.
const CONSONANTS: [(&str, &str); 38] = [
    ("b", "بٻ"),
    ("bh", "ڀ"),
    ("p", "پ"),
    ("ph", "ڦ"),
    ("t", "تطٹټٽ"),
    ("th", "ٿٺ"),
    ("s", "ثسصڅ"),
    ("j", "جڄ"),
    ("jh", "ڃ"),
    ("ch", "چ"),
    ("chh", "ڇ"),
    ("h", "حھ"),
    ("kh", "خ"),
    ("d", "دڈډڊڏ"),
    ("dh", "ڌڍ"),
    ("z", "ذزضظځژ"),
    ("r", "رڑړڙ"),
    ("sh", "ش"),
    ("x", "ښ"),
    ("gh", "غ"),
    ("f", "ف"),
    ("q", "ق"),
    ("k", "کڪ"),
    ("g", "گګڳږ"),
    ("ng", "ڱ"),
    ("l", "لڵ"),
    ("m", "م"),
    ("n", "نںڻڼ"),
    ("w", "ۋ"),
    ("y", "ۑ"),
    ("v", "ڤ"),
    ("o", "ۆۅ"),
    ("u", "ۇۈؤ"),
    ("e", "ےېۓ"),
    ("i", "ۍئ"),
    ("a", "آەى"),
    ("", "ء"),
    ("d", "ڎ"),
];

const ALIF: char = 'ا';
const MADDA: char = 'آ';
const WAW: char = 'و';
const YE: char = 'ی';
const BARI_YE: char = 'ے';
const AIN: char = 'ع';
const HE: char = 'ہ';
const HAMZA_YE: char = 'ئ';
/// Alef maksura, and ye with the small alef above: a long a at the end.
const MAKSURA: char = 'ى';
/// Letters before which the l of the article is not heard.
const SUN: &str = "تثدذرزسشصضطظلن";

/// Whether the character is a letter or mark of an Arabic block: no digit, no punctuation.
pub(super) fn is_letter(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61a}' | '\u{620}'..='\u{65f}' | '\u{66e}'..='\u{6d3}' | '\u{6d5}'..='\u{6dc}')
        || matches!(c, '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ef}' | '\u{6fa}'..='\u{6ff}' | '\u{750}'..='\u{77f}')
        || matches!(c, '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The words of a stretch of text in Arabic script.
pub(super) fn latin(text: &[char]) -> String {
    let letters = normalised(text);
    let native: Vec<&[char]> = letters.split(|c| is_space(*c)).filter(|word| !word.is_empty()).collect();
    let mut words: Vec<String> = Vec::new();
    let mut i = 0;
    while i < native.len() {
        let pair = native.get(i + 1).and_then(|next| whole(&[native[i], &[' '], next].concat()));
        if let Some(known) = pair {
            words.push(known.to_owned());
            i += 2;
            continue;
        }
        match native[i].strip_prefix(&[ALIF, 'ل']).filter(|rest| i > 0 && rest.len() > 1 && whole(native[i]).is_none()) {
            Some(rest) => with_article(&mut words, rest),
            None if native[i] == ALLAH && i > 0 => join(&mut words, "ullah"),
            None => words.push(name(native[i])),
        }
        i += 1;
    }
    words.join(" ")
}

const ALLAH: &[char] = &['ا', 'ل', 'ل', 'ہ'];
const DIN: &[char] = &['د', 'ی', 'ن'];
const ABD: &[char] = &['ع', 'ب', 'د'];

/// One spelling of each letter: compatibility forms resolved, Arabic and Persian letters of one sound made one, marks gone.
fn normalised(text: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    // The ligatures U+FDFA and U+FDFB are a whole blessing behind a name, not a part of it.
    let kept = text.iter().copied().filter(|c| !matches!(c, '\u{fdfa}' | '\u{fdfb}'));
    for c in kept.nfkc() {
        let letter = match c {
            '\u{670}' if matches!(out.last(), Some(&YE)) => {
                out.pop();
                MAKSURA
            }
            'ك' | 'ڪ' => 'ک',
            'ي' => YE,
            'ه' | 'ة' | 'ۃ' | 'ۀ' | 'ۂ' | 'ۿ' | 'ۄ' => HE,
            'أ' | 'إ' | 'ٱ' => ALIF,
            'ـ' => continue,
            c if canonical_combining_class(c) != 0 => continue,
            c => c,
        };
        out.push(letter);
    }
    out
}

/// The usual Latin spelling of a common word.
fn whole(word: &[char]) -> Option<&'static str> {
    static TABLE: LazyLock<BTreeMap<Vec<char>, &'static str>> = LazyLock::new(|| {
        let key = |native: &str| normalised(&native.chars().collect::<Vec<char>>());
        WORDS.iter().flat_map(|(latin, natives)| natives.split('،').map(move |native| (key(native.trim()), *latin))).collect()
    });
    TABLE.get(word).copied()
}

/// One written word as a name: known, or with an article inside it, or by its letters.
fn name(word: &[char]) -> String {
    if let Some(known) = whole(word) {
        return known.to_owned();
    }
    if let Some(front) = word.strip_suffix(ALLAH).filter(|front| front.len() > 1) {
        return format!("{}ullah", stem(front));
    }
    for article in [&[ALIF, 'ل'][..], &['ل'][..], &[][..]] {
        let behind = word.strip_suffix(DIN).and_then(|front| front.strip_suffix(article));
        if let Some(front) = behind.filter(|front| front.len() > 2 && !article.is_empty()) {
            return format!("{}uddin", stem(front));
        }
    }
    match word.strip_prefix(ABD).and_then(|rest| rest.strip_prefix(&[ALIF, 'ل'])) {
        Some(rest) if rest.len() > 1 => format!("abdul {}", by_letters_or_known(rest)),
        _ => by_letters(word),
    }
}

fn by_letters_or_known(word: &[char]) -> String {
    whole(word).map_or_else(|| by_letters(word), str::to_owned)
}

/// The first part of a name whose second part begins with a vowel.
fn stem(word: &[char]) -> String {
    let word = by_letters_or_known(word);
    word.strip_suffix("ah").or_else(|| word.strip_suffix('a')).map_or(word.clone(), str::to_owned)
}

/// A word behind the article: `al-din` joins the name before it, others leave `ul` (or `ur` before rahman) to it.
fn with_article(words: &mut Vec<String>, rest: &[char]) {
    let name = by_letters_or_known(rest);
    let Some(last) = words.last_mut() else {
        return words.push(name);
    };
    if rest == DIN {
        last.push_str("uddin");
        return;
    }
    if last == "abd" || last == "abdul" {
        *last = "abdul".to_owned();
    } else {
        let heard = if rest.first().is_some_and(|c| SUN.contains(*c)) { name.chars().next() } else { Some('l') };
        last.push('u');
        last.extend(heard);
    }
    words.push(name);
}

fn join(words: &mut Vec<String>, part: &str) {
    match words.last_mut() {
        Some(last) if last == "abd" || last == "abdul" => *last = "abdullah".to_owned(),
        Some(last) => last.push_str(part),
        None => words.push(part.to_owned()),
    }
}

/// What one letter is in its place.
enum Sound {
    Consonant(&'static str),
    Vowel(&'static str),
    Silent,
}

/// The letters one by one, with an `a` between consonants: sound keys drop it, and it keeps s h apart from sh. Between two
/// equal consonants stands an `i`, because a doubled consonant would have been written once.
fn by_letters(word: &[char]) -> String {
    let mut out = String::new();
    let mut consonant: Option<&str> = None; // what the last letter was, if no vowel
    for i in 0..word.len() {
        match sound(word, i, out.is_empty()) {
            Sound::Silent => {}
            Sound::Vowel(vowel) => {
                if !(vowel == "a" && out.ends_with('a')) {
                    out.push_str(vowel);
                }
                consonant = None;
            }
            Sound::Consonant(latin) => {
                if let Some(last) = consonant {
                    out.push(if last == latin { 'i' } else { 'a' });
                }
                out.push_str(latin);
                consonant = Some(latin);
            }
        }
    }
    out
}

fn sound(word: &[char], i: usize, first: bool) -> Sound {
    let before = i.checked_sub(1).map(|place| word[place]);
    let next = word.get(i + 1).copied();
    let after = word.get(i + 2).copied();
    match word[i] {
        ALIF | AIN if first => match next {
            Some(WAW) if !opens(after) => Sound::Silent, // o, u
            Some(YE) if !opens(after) => Sound::Silent,  // i, e
            Some(ALIF | MADDA) => Sound::Silent,
            _ => Sound::Vowel("a"),
        },
        ALIF | MADDA | MAKSURA => Sound::Vowel("a"),
        AIN if next.is_none() || opens(next) => Sound::Silent,
        AIN => Sound::Vowel("a"),
        WAW if i == 0 || opens(next) => Sound::Consonant("w"),
        WAW if matches!(next, Some(YE | BARI_YE)) && before != Some(ALIF) || glides(before, next) => Sound::Consonant("w"),
        WAW => Sound::Vowel("u"),
        YE if i == 0 || opens(next) => Sound::Consonant("y"),
        YE if matches!(next, Some(WAW)) => Sound::Consonant("y"),
        YE if before == Some(HAMZA_YE) => Sound::Silent,
        YE => Sound::Vowel("i"),
        HE if next.is_none() && !matches!(before, Some(ALIF | MADDA | WAW)) => Sound::Vowel("a"),
        HE => Sound::Consonant("h"),
        letter => by_table(letter),
    }
}

/// A letter that is always a long a, before which w and y are consonants; also he at the end, which is sounded a.
fn opens(c: Option<char>) -> bool {
    matches!(c, Some(ALIF | MADDA | MAKSURA))
}

/// w between a long a and ye: Javed.
fn glides(before: Option<char>, next: Option<char>) -> bool {
    matches!(before, Some(ALIF | MADDA)) && matches!(next, Some(YE | BARI_YE | HAMZA_YE))
}

fn by_table(letter: char) -> Sound {
    match CONSONANTS.iter().find(|(_, letters)| letters.contains(letter)) {
        None | Some(("", _)) => Sound::Silent,
        Some((latin @ ("a" | "e" | "i" | "o" | "u"), _)) => Sound::Vowel(latin),
        Some((latin, _)) => Sound::Consonant(latin),
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain;

    #[test]
    fn forms_and_marks_of_a_letter_are_one() {
        for name in ["فاطمہ", "فاطمة", "فَاطِمَة", "ﻓﺎﻃﻤﺔ", "فـاطـمـه"] {
            assert_eq!(plain(name), "fatima", "{name}");
        }
        assert_eq!(plain("علي"), plain("علی"));
        assert_eq!(plain("محمدﷺ"), "mohammad");
    }

    #[test]
    fn the_article_joins_as_in_passports() {
        for (native, latin) in [
            ("عبدالرحمن", "abdul rahman"),
            ("عبد الرحمان", "abdul rahman"),
            ("عبداللہ", "abdullah"),
            ("عبد الله", "abdullah"),
            ("نظام الدین", "nizamuddin"),
            ("سیف اللہ", "saifullah"),
            ("شمس الحق", "shamsul haq"),
            ("ضیاء الرحمن", "ziaur rahman"),
        ] {
            assert_eq!(plain(native), latin);
        }
    }

    #[test]
    fn letters_without_a_table_entry_keep_the_consonants() {
        assert_eq!(plain("گلزار"), "galazar");
        assert_eq!(plain("ساوید"), "sawid");
        assert_eq!(plain("یاسر"), "yasar");
    }
}
