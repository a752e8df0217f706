//! The names of all districts, ready to be looked up in a state, a country or anywhere.
//! Not the order in which these are tried.

use std::collections::BTreeMap;

use super::super::{
    keys::{key1, key2},
    script::plain,
};
use super::spellings::{MORE_NAMES, RECIPE_NAMES, WORDS};
use crate::dictionary::{PlaceKind, Places};

/// Where a name is looked up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Among the districts of a state, by its number here.
    State(usize),
    /// Among those of a country.
    Country(usize),
    /// Among all.
    Anywhere,
}

struct District {
    present: String,
    state: usize,
    country: usize,
}

/// Numbers of places by some form of their names.
type Names = BTreeMap<String, Vec<usize>>;

/// All districts with their names.
pub(super) struct Index {
    districts: Vec<District>,
    /// Present names, then all others, without spaces and marks.
    present: Names,
    other: Names,
    /// By L1 and by L2 of all names.
    close: Names,
    far: Names,
    states: Names,
    states_far: Names,
    countries: Names,
    more: BTreeMap<String, &'static str>,
}

impl Index {
    pub(super) fn builtin() -> Self {
        let places = Places::builtin();
        let mut index = Self {
            districts: Vec::new(),
            present: Names::new(),
            other: Names::new(),
            close: Names::new(),
            far: Names::new(),
            states: Names::new(),
            states_far: Names::new(),
            countries: Names::new(),
            more: MORE_NAMES.iter().map(|(other, present)| (letters(other), *present)).collect(),
        };
        let native = native_names();
        for (country_number, country) in places.countries().enumerate() {
            add(&mut index.countries, country.code.to_lowercase(), country_number);
            for name in [&country.name].into_iter().chain(&country.alt_names) {
                add(&mut index.countries, letters(&plain(name)), country_number);
            }
        }
        let states = places.all().filter(|place| place.kind == PlaceKind::State);
        let numbers: BTreeMap<&str, usize> = states.enumerate().map(|(number, place)| (place.code.as_str(), number)).collect();
        for place in places.all() {
            let names: Vec<String> = [&place.name].into_iter().chain(&place.alt_names).map(|name| plain(name)).collect();
            match place.kind {
                PlaceKind::Country => {}
                PlaceKind::State => {
                    let Some(number) = numbers.get(place.code.as_str()) else { continue };
                    add(&mut index.states, letters(&place.code.to_lowercase()), *number);
                    for name in &names {
                        add(&mut index.states, letters(name), *number);
                        for form in sounded(name) {
                            add(&mut index.states_far, key2(&form), *number);
                        }
                    }
                    for (_, name) in native.iter().filter(|(code, _)| *code == place.code) {
                        add(&mut index.states, letters(&plain(name)), *number);
                    }
                }
                PlaceKind::District => {
                    let parent = place.parent.as_deref().unwrap_or_default();
                    let country = places.place(parent).and_then(|state| state.parent.as_deref()).unwrap_or_default();
                    let Some(country) = index.countries.get(&country.to_lowercase()).and_then(|found| found.first()) else {
                        continue;
                    };
                    let Some(state) = numbers.get(parent) else { continue };
                    let district = District { present: in_recipe(&names[0]), state: *state, country: *country };
                    let native = native.iter().filter(|(code, _)| *code == place.code).map(|(_, name)| plain(name));
                    index.add(district, names.iter().cloned().chain(native));
                }
            }
        }
        index
    }

    fn add(&mut self, district: District, names: impl Iterator<Item = String>) {
        let number = self.districts.len();
        self.districts.push(district);
        for (place, name) in names.enumerate() {
            let exact = if place == 0 { &mut self.present } else { &mut self.other };
            add(exact, letters(&name), number);
            for form in sounded(&name) {
                add(&mut self.close, key1(&form), number);
                add(&mut self.far, key2(&form), number);
            }
        }
    }

    /// The state with this plain name, other name or code.
    pub(super) fn state(&self, name: &str) -> Option<Scope> {
        let exact = only(self.states.get(&letters(name)));
        let far = || sounded(name).iter().find_map(|form| only(self.states_far.get(&key2(form)).filter(|_| name.len() > 3)));
        exact.or_else(far).map(Scope::State)
    }

    /// The country with this plain name, other name or code.
    pub(super) fn country(&self, name: &str) -> Option<Scope> {
        only(self.countries.get(&letters(name))).map(Scope::Country)
    }

    /// The present name of the district: by its present name or another name that only one has; inside a state or country
    /// also by a sound that only one has, where what is written in another script may differ in its vowels.
    pub(super) fn find(&self, name: &str, scope: Scope, native: bool) -> Option<&str> {
        let letters = letters(name);
        let inside = |names: &Names, key: &str| -> Vec<usize> {
            let found = names.get(key).into_iter().flatten();
            found.copied().filter(|number| self.is_in(*number, scope)).collect()
        };
        if !matches!(scope, Scope::State(_))
            && let Some(present) = self.more.get(&letters)
        {
            return Some(present);
        }
        if let Some(number) = inside(&self.present, &letters).first() {
            return self.districts.get(*number).map(|district| district.present.as_str());
        }
        let forms = sounded(name);
        let by_sound = |names: &Names, key: fn(&str) -> String, least: usize| {
            // Among a thousand names sounds meet by chance: Rangpur, Rampur.
            let keys = forms.iter().map(|form| key(form)).filter(|key| scope != Scope::Anywhere && key.len() >= least);
            keys.map(|key| inside(names, &key)).find(|found| !found.is_empty())
        };
        let other = Some(inside(&self.other, &letters)).filter(|found| !found.is_empty());
        let close = || by_sound(&self.close, key1, 3);
        let far = || if native { by_sound(&self.far, key2, 3) } else { None };
        let [number] = other.or_else(close).or_else(far)?[..] else { return None };
        self.districts.get(number).map(|district| district.present.as_str())
    }

    fn is_in(&self, number: usize, scope: Scope) -> bool {
        self.districts.get(number).is_some_and(|district| match scope {
            Scope::State(state) => district.state == state,
            Scope::Country(country) => district.country == country,
            Scope::Anywhere => true,
        })
    }
}

/// Native names that neither the letters nor the sound of the English one give: code, name.
fn native_names() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../../../data/places/native.csv").lines().skip(1);
    let cells = lines.filter_map(|line| line.split_once(','));
    cells.flat_map(|(code, names)| names.split('|').map(move |name| (code, name))).collect()
}

fn in_recipe(name: &str) -> String {
    let known = RECIPE_NAMES.iter().find(|(gazetteer, _)| *gazetteer == name);
    known.map_or(name, |(_, recipe)| recipe).to_owned()
}

/// Letters and digits only.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The name in one word, with words of local languages for points of the compass as in English; and once more with n for
/// ng, which Devanagari and Bengali may write with one mark.
fn sounded(name: &str) -> [String; 2] {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let english = |word| WORDS.iter().find(|(local, _)| *local == word).map_or(word, |(_, english)| *english);
    let joined: String = words.map(english).collect();
    let nasal = joined.replace("ng", "n");
    [joined, nasal]
}

fn add(names: &mut Names, key: String, number: usize) {
    let numbers = names.entry(key).or_default();
    if !numbers.contains(&number) {
        numbers.push(number);
    }
}

fn only(found: Option<&Vec<usize>>) -> Option<usize> {
    match found?[..] {
        [number] => Some(number),
        _ => None,
    }
}
