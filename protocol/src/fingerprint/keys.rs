//! Sound keys of normalised words: L1, one spelling for one sound in South Asia, and L2, an L1 without inner vowels.
//! Not for raw text: a word here is lower-case ASCII letters, as `words` makes them.

/// What is replaced by what, in this order; a capital C stands for the sound ch.
const DIGRAPHS: [(&str, &str); 14] = [
    ("x", "ks"),
    ("ksh", "ks"),
    ("chh", "C"),
    ("ch", "C"),
    ("sh", "s"),
    ("ph", "f"),
    ("bh", "b"),
    ("dh", "d"),
    ("gh", "g"),
    ("kh", "k"),
    ("th", "t"),
    ("jh", "j"),
    ("gy", "g"),
    ("jn", "g"),
];
const LETTERS: [(char, char); 6] = [('z', 'j'), ('q', 'k'), ('c', 'k'), ('w', 'v'), ('v', 'b'), ('C', 'c')];
const FRONT_VOWELS: [&str; 12] = ["ee", "ii", "ie", "ey", "ay", "ai", "ei", "iya", "iy", "ya", "y", "e"];
const BACK_VOWELS: [&str; 7] = ["oo", "uu", "ou", "ow", "au", "ao", "o"];

/// L1 of one word. The order of the steps is part of the rule: another order is another key.
pub fn key1(word: &str) -> String {
    let mut word = word.to_owned();
    for (pattern, sound) in DIGRAPHS {
        word = word.replace(pattern, sound);
    }
    word = closing_w(&word); // chowdhury, before w becomes v
    for (letter, sound) in LETTERS {
        word = word.replace(letter, sound.encode_utf8(&mut [0; 4]));
    }
    if word.starts_with("ya") || word.starts_with("yo") || word.starts_with("yu") {
        word.replace_range(..1, "j"); // yadav = jadav
    }
    word = first_that_fits(&word, &FRONT_VOWELS, 'i');
    word = first_that_fits(&word, &BACK_VOWELS, 'u');
    word = behind_first(&word, |rest| rest.replace(['h', 'a'], ""));
    word = single_letters(&word);
    word = word.replace("mb", "nb").replace("mp", "np");
    behind_first(&word, first_of_vowel_runs)
}

/// L2 of one word: its L1 with any first vowel as A and no inner vowels.
pub fn key2(word: &str) -> String {
    coarse(&key1(word))
}

/// L2 of an L1.
pub(super) fn coarse(key: &str) -> String {
    let is_vowel = |c: char| matches!(c, 'a' | 'i' | 'u');
    let mut letters = key.chars();
    let first = letters.next().map(|c| if is_vowel(c) { 'A' } else { c });
    first.into_iter().chain(letters.filter(|c| !is_vowel(*c))).collect()
}

/// `aw` and `ow` before a consonant or the end are u.
fn closing_w(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let after = rest.strip_prefix("aw").or_else(|| rest.strip_prefix("ow"));
        match after {
            Some(after) if !after.starts_with(['a', 'e', 'i', 'o', 'u']) => {
                out.push('u');
                rest = after;
            }
            _ => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// From the left, the first pattern of the list that fits becomes `sound`.
fn first_that_fits(word: &str, patterns: &[&str], sound: char) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = patterns.iter().find_map(|p| rest.strip_prefix(p)) {
            out.push(sound);
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn behind_first(word: &str, change: impl Fn(&str) -> String) -> String {
    let first = word.chars().next().map_or(0, char::len_utf8);
    let (head, rest) = word.split_at(first);
    format!("{head}{}", change(rest))
}

fn single_letters(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

fn first_of_vowel_runs(word: &str) -> String {
    let mut in_run = false;
    let kept = word.chars().filter(|c| {
        let vowel = matches!(c, 'i' | 'u');
        let drop = vowel && in_run;
        in_run = vowel;
        !drop
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_sound_alike_share_a_key() {
        assert_eq!(key1("vikash"), key1("bikas"));
        assert_eq!(key1("choudhury"), key1("chowdhury"));
        assert_ne!(key1("choudhury"), key1("chaudhari"));
        assert_eq!(key2("choudhury"), key2("chaudhari"));
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!((key1(""), key2("")), (String::new(), String::new()));
    }
}
