//! A name as normalised words: honorifics and relation marks gone, one spelling for the commonest variants, aliases split off.
//! Not for sounds: that two words are the same to the ear is decided in `keys`.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::script::{is_letter, is_space, plain};

const HONORIFICS: [&str; 40] = [
    "mohammad", "smt", "shri", "sri", "shree", "shrimati", "srimati", "mr", "mrs", "ms", "miss", "dr", "late", "kumari", "km",
    "ku", "kum", "mst", "mosammat", "mosa", "ko", "u", "daw", "ma", "maung", "sheikh", "shaikh", "haji", "hajji", "maulana",
    "so", "do", "wo", "urf", "alias", "ji", "jee", "begum", "bibi", "bano",
];

/// Words that too many people carry to stand alone as a name.
pub(super) const WEAK_WORDS: [&str; 14] = [
    "devi", "kumari", "kumar", "bibi", "khatun", "begum", "bano", "lal", "prasad", "bahadur", "kaur", "singh", "ali", "mohammad",
];

/// The words of a name; if only honorifics are there, they are the name. A script without a table gives no words.
pub fn words(text: &str) -> Vec<String> {
    let text = without_relation_marks(&plain(text));
    let found: Vec<&str> = text.split(|c: char| !c.is_ascii_lowercase()).filter(|word| !word.is_empty()).map(canonical).collect();
    let named: Vec<&str> = found.iter().copied().filter(|word| !HONORIFICS.contains(word)).collect();
    let kept = if named.is_empty() { found } else { named };
    kept.into_iter().map(str::to_owned).collect()
}

/// "X @ Y", "X urf Y" and "X alias Y" become X and Y; without a first half everything is the name.
pub(super) fn split_alias(text: &str) -> (String, String) {
    let text: Vec<char> = plain(text).chars().collect();
    let mark = (0..text.len()).find_map(|i| alias_mark(&text, i).map(|length| (i, i + length)));
    let string = |part: &[char]| part.iter().collect::<String>();
    match mark {
        None => (string(&text), String::new()),
        Some((end, start)) if text[..end].iter().any(|c| !is_space(*c)) => (string(&text[..end]), string(&text[start..])),
        Some((end, start)) => (format!("{} {}", string(&text[..end]), string(&text[start..])), String::new()),
    }
}

fn canonical(word: &str) -> &str {
    match word {
        "kr" => "kumar",
        "abd" => "abdul",
        "sk" => "sheikh",
        "laxmi" | "lachmi" => "lakshmi",
        "laxman" => "lakshman",
        "sinh" | "sing" => "singh",
        "md" | "mohd" | "mohammed" | "muhammad" | "mohamed" | "mohamad" | "muhammed" | "mohammod" | "mohmmd" | "mohamd" => {
            "mohammad"
        }
        _ => word,
    }
}

fn alias_mark(text: &[char], i: usize) -> Option<usize> {
    if text[i] == '@' {
        return Some(1);
    }
    ["urf", "alias"].into_iter().find(|mark| stands_at(text, i, mark)).map(str::len)
}

fn without_relation_marks(text: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let mark = ["s/o", "d/o", "w/o", "c/o"].into_iter().find(|mark| stands_at(&text, i, mark));
        if let Some(mark) = mark {
            out.push(' ');
            i += mark.len();
        } else {
            out.push(text[i]);
            i += 1;
        }
    }
    out
}

/// Whether the ASCII `word` stands at `i` with no letter or digit on either side.
fn stands_at(text: &[char], i: usize, word: &str) -> bool {
    let end = i + word.len();
    text.get(i..end).is_some_and(|part| part.iter().copied().eq(word.chars()))
        && !(i > 0 && is_word_char(text[i - 1]))
        && !text.get(end).copied().is_some_and(is_word_char)
}

fn is_word_char(c: char) -> bool {
    c == '_' || is_letter(c) || c.general_category_group() == GeneralCategoryGroup::Number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_split_off_only_behind_a_name() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(split_alias("Raju @ Guddu"), pair("raju ", " guddu"));
        assert_eq!(split_alias("Raju urf Guddu"), pair("raju ", " guddu"));
        assert_eq!(split_alias("@ Guddu"), pair("  guddu", ""));
        assert_eq!(split_alias("Surfan"), pair("surfan", ""));
    }

    #[test]
    fn relation_marks_need_to_stand_alone() {
        assert_eq!(words("Rani d/o Late Hari"), ["rani", "hari"]);
        assert_eq!(words("Rani C/O Hari"), ["rani", "hari"]);
        assert_eq!(words("Bands/others"), ["bands", "others"]);
    }
}
