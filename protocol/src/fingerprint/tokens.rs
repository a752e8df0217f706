//! The recipe: which combinations of facts of a person become inputs of the blinding step, and in which order they are kept.
//! Not for tokens on the wire: an input says who somebody is and never leaves the unit unblinded.
//!
//! Recipe m2 is m1 with two changes, each of which raised F1 on persons that were not looked at while choosing: names are
//! compared without inner vowels (L2) wherever two other facts or a second name stand beside them, and beside a village or a guardian a
//! short name is also read as one word. Words and keys are those of m1.

use std::{collections::BTreeSet, fmt, sync::LazyLock};

use super::{
    keys::{coarse, key1, key2},
    person::Person,
    token_type::TokenType,
    words::WEAK_WORDS,
};

/// Version of the recipe, part of every input: a changed rule is a new version.
pub const RECIPE: &str = "m2";
/// Most inputs of one person.
pub const MAX_TOKENS: usize = 24;
/// Most different words of one field that are combined; names of living people are far shorter.
const MAX_WORDS: usize = 32;
/// Most words of a name that are also read as one: more would give more tokens of a type than a confirm admits.
const MAX_JOINED: usize = 3;

/// One combination of facts, or a unique number; never a single name. Ordered as kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Feature {
    /// Which combination.
    pub kind: TokenType,
    /// Its parts, none empty, in the order of the recipe.
    pub parts: Vec<String>,
}

impl Feature {
    /// The input of the blinding step: CBOR `[recipe, type, part, …]`.
    pub fn input(&self) -> Vec<u8> {
        let parts = self.parts.iter().map(String::as_str);
        let list: Vec<&str> = [RECIPE, self.kind.name()].into_iter().chain(parts).collect();
        serde_cbor::to_vec(&list).expect("a list of texts always encodes into memory")
    }
}

// The parts are facts about a person and must not reach a log or an error.
impl fmt::Debug for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feature").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The features of a person in keeping order, at most [`MAX_TOKENS`].
pub fn features(p: &Person) -> Vec<Feature> {
    let (given, family) = (keys(&p.given), keys(&p.family));
    let (aliases, guardians) = (keys(&p.alias), keys(&p.guardian));
    let full = unique(given.into_iter().chain(family));
    let mut strong: Vec<String> = full.iter().filter(|k| !WEAK_KEYS.contains(*k)).cloned().collect();
    if strong.is_empty() {
        strong.extend(full.first().cloned());
    }
    let strong2 = unique(strong.iter().map(|key| coarse(key)));
    let mut names2 = strong2.clone();
    names2.extend(joined(p).filter(|name| !strong2.contains(name)));
    if p.given.len() > 1 {
        strong.push(key1(&p.given.concat())); // raj kumari = rajkumari
    }
    let guardian = guardians.first().map_or("", String::as_str);
    let guardian2 = &coarse(guardian);
    let village2 = &key2(&p.village);
    let district = &p.district;
    let windows = p.year.map(year_windows);

    let mut out = Found::default();
    for phone in &p.phones {
        out.add(TokenType::Ph, [phone]);
        strong2.iter().for_each(|n| out.add(TokenType::Pn, [phone, n]));
    }
    for document in &p.documents {
        out.add(TokenType::Id, [&document.number]);
        strong2.iter().for_each(|n| out.add(TokenType::I4, [&document.last4, n]));
    }
    out.add(TokenType::Dd, [&p.birth, district]);
    out.add(TokenType::Dg, [&p.birth, guardian2]);
    for n in &names2 {
        out.add(TokenType::Nv, [n, village2]);
        out.add(TokenType::Ng, [n, guardian2, district]);
    }
    let stated_year = p.year.filter(|_| !p.year_estimated).map(|year| year.to_string());
    for n in &strong2 {
        aliases.iter().for_each(|a| out.add(TokenType::An, [a, n]));
        out.add(TokenType::Nd, [n, &p.birth]);
        out.add(TokenType::Nm, [n, &p.birth_month]);
        if let Some(year) = &stated_year {
            out.add(TokenType::Ny, [n, year, district]);
        }
    }
    for (i, one) in full.iter().enumerate() {
        for two in &full[i + 1..] {
            let (one, two) = (coarse(one), coarse(two));
            let (one, two) = (one.as_str().min(&two), one.as_str().max(&two));
            out.add(TokenType::Fd, [one, two, district]);
            out.add(TokenType::Fg, [one, two, guardian2]);
        }
    }
    for w in windows.iter().flatten() {
        out.add(TokenType::Hv, [guardian2, village2, w]);
    }
    for n in strong.iter().chain(&aliases) {
        // One side's alias may be the other's name.
        out.add(TokenType::Ag, [n, guardian2]);
        for w in windows.iter().flatten() {
            out.add(TokenType::Ad, [&coarse(n), district, w]);
        }
    }
    out.0.into_iter().take(MAX_TOKENS).collect()
}

/// L2 of a short name in one word: Sukhdev Sahni is also written Sukhdevsahni.
fn joined(p: &Person) -> Option<String> {
    let words: Vec<&str> = p.given.iter().chain(&p.family).map(String::as_str).filter(|word| word.len() > 1).collect();
    (words.len() <= MAX_JOINED && !words.is_empty()).then(|| key2(&words.concat()))
}

/// Two overlapping windows of four years: years at most two apart share at least one.
pub(super) fn year_windows(year: i64) -> [String; 2] {
    [year.div_euclid(4).to_string(), format!("x{}", (year + 2).div_euclid(4))]
}

static WEAK_KEYS: LazyLock<BTreeSet<String>> = LazyLock::new(|| WEAK_WORDS.into_iter().map(key1).collect());

#[derive(Default)]
struct Found(BTreeSet<Feature>);

impl Found {
    /// A combination with an unknown part is no combination.
    fn add<const N: usize>(&mut self, kind: TokenType, parts: [&str; N]) {
        if parts.iter().all(|part| !part.is_empty()) {
            let parts = parts.map(str::to_owned).to_vec();
            self.0.insert(Feature { kind, parts });
        }
    }
}

/// The different L1 keys of some words; an initial is no word.
fn keys(names: &[String]) -> Vec<String> {
    unique(names.iter().filter(|w| w.len() > 1).take(MAX_WORDS).map(|w| key1(w)))
}

/// Each item once, in the order of first appearance.
fn unique(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut out = Vec::new();
    for item in items {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    out
}
