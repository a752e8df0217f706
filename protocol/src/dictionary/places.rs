//! The gazetteer: countries, states and districts with their codes and names.
//! Names in English only, nothing below the district, no boundaries, no opinion on any of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::LoadError;

/// The level of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// ISO 3166-1 alpha-2.
    Country,
    /// ISO 3166-2, first level.
    State,
    /// State code and a slug of the name.
    District,
}

/// A place of the gazetteer.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its code, unique in the gazetteer.
    pub code: String,
    /// Its level.
    pub kind: PlaceKind,
    /// The code of the place that it lies in; none for a country.
    pub parent: Option<String>,
    /// Its name in English.
    pub name: String,
    /// Former names, other spellings, and often its seat.
    pub alt_names: Vec<String>,
    /// All names as `find` compares them.
    folded: Vec<String>,
}

/// The gazetteer.
#[derive(Debug)]
pub struct Places {
    by_code: BTreeMap<String, Place>,
    /// Codes by parent (empty for countries), in the order of names.
    children: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    kind: PlaceKind,
    parent: String,
    country: String,
    name_en: String,
    alt_names: String,
}

impl Places {
    /// The gazetteer compiled in, read once.
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Places> = LazyLock::new(|| {
            Places::load(include_str!("../../data/places/places.csv")).expect("the list is compiled in and a test loads it")
        });
        &BUILTIN
    }

    fn load(text: &str) -> Result<Self, LoadError> {
        let mut places = Self { by_code: BTreeMap::new(), children: BTreeMap::new() };
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let row: Row = row.map_err(LoadError::Places)?;
            let alt_names: Vec<String> = row.alt_names.split('|').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            let parent = match row.kind {
                PlaceKind::Country => None,
                PlaceKind::State => Some(row.country),
                PlaceKind::District => Some(row.parent),
            };
            let folded = std::iter::once(&row.name_en).chain(&alt_names).map(|name| fold(name)).collect();
            let place = Place { code: row.code.clone(), kind: row.kind, parent, name: row.name_en, alt_names, folded };
            places.children.entry(place.parent.clone().unwrap_or_default()).or_default().push(place.code.clone());
            if places.by_code.insert(row.code.clone(), place).is_some() {
                return Err(LoadError::Twice(row.code));
            }
        }
        let by_code = &places.by_code;
        for (parent, codes) in &mut places.children {
            if !parent.is_empty() && !by_code.contains_key(parent) {
                return Err(LoadError::Missing { user: "a place".to_owned(), missing: parent.clone() });
            }
            codes.sort_by_key(|code| by_code.get(code).map(|place| place.name.clone()));
        }
        Ok(places)
    }

    /// The place with this code.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.by_code.get(code)
    }

    /// The name to show for a code.
    #[must_use]
    pub fn label(&self, code: &str) -> Option<&str> {
        self.place(code).map(|place| place.name.as_str())
    }

    /// All places, by code.
    pub fn all(&self) -> impl Iterator<Item = &Place> {
        self.by_code.values()
    }

    /// All countries, by name.
    pub fn countries(&self) -> impl Iterator<Item = &Place> {
        self.children("")
    }

    /// The states of a country or the districts of a state, by name.
    pub fn children(&self, code: &str) -> impl Iterator<Item = &Place> {
        self.children.get(code).into_iter().flatten().filter_map(|child| self.by_code.get(child))
    }

    /// The place with this name or other name directly in `parent` (none: among the countries), whatever the case,
    /// spaces and hyphens. The English name wins over another place's other name.
    #[must_use]
    pub fn find(&self, name: &str, parent: Option<&str>) -> Option<&Place> {
        let wanted = fold(name);
        if wanted.is_empty() {
            return None;
        }
        let here = || self.children(parent.unwrap_or_default());
        here().find(|place| place.folded.first() == Some(&wanted)).or_else(|| here().find(|place| place.folded.contains(&wanted)))
    }
}

/// A name as `find` compares it: lower case, letters and digits only.
fn fold(name: &str) -> String {
    name.chars().filter(|ch| ch.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_its_codes_are_linked() {
        let places = Places::load(include_str!("../../data/places/places.csv")).unwrap();
        let count = |kind| places.all().filter(|place| place.kind == kind).count();
        assert_eq!((count(PlaceKind::Country), count(PlaceKind::State), count(PlaceKind::District)), (250, 163, 1001));
        assert_eq!(places.children("IN").count(), 36);
        assert_eq!(places.children("IN-ML").count(), 12);
        assert_eq!(places.children("NP-P3").count(), 13);
        assert_eq!(places.children("nowhere").count(), 0);
        assert_eq!(places.countries().count(), 250);
    }

    #[test]
    fn names_are_found_in_their_parent_only() {
        let places = Places::builtin();
        let code = |name, parent| places.find(name, parent).map(|place| place.code.as_str());
        assert_eq!(code("barpeta", Some("IN-AS")), Some("IN-AS-barpeta"));
        assert_eq!(code(" RI BHOI ", Some("IN-ML")), Some("IN-ML-ri-bhoi"));
        assert_eq!(code("Karimganj", Some("IN-AS")), Some("IN-AS-sribhumi"));
        assert_eq!(code("Kavre", Some("NP-P3")), Some("NP-P3-kavrepalanchok"));
        assert_eq!(code("nepal", None), Some("NP"));
        assert_eq!(code("Barpeta", Some("IN-ML")), None);
        assert_eq!(code("Barpeta", None), None);
        assert_eq!(code("--", Some("IN-AS")), None);
        assert_eq!(places.label("IN-AS-kamrup-metropolitan"), Some("Kamrup Metropolitan"));
        assert_eq!(places.label("IN-AS-"), None);
    }
}
