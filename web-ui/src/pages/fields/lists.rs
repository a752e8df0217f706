//! The names that a long list offers while a person types, and the way back from a name to its code.
//! Not the lists themselves: those are the dictionary's and the gazetteer's.

use icmc_protocol::dictionary::{Field, Place, PlaceKind, Places};
use std::sync::LazyLock;

/// A list with more answers than this is typed, not picked.
const PICKED: usize = 40;

/// Whether the field is typed with suggestions.
pub(super) fn is_typed(field: &Field) -> bool {
    field.codes.len() > PICKED
}

/// Names of countries, neighbours first.
pub(crate) fn countries() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let dictionary = icmc_protocol::dictionary::Dictionary::builtin();
        let field = dictionary.field("person", "home_country");
        field.map(|field| field.codes.iter().map(|code| code.label.clone()).collect()).unwrap_or_default()
    });
    &NAMES
}

/// Names of the states and provinces of the countries whose units work together most.
pub(crate) fn states() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let places = Places::builtin();
        ["IN", "NP", "BD", "BT", "MM"].iter().flat_map(|code| places.children(code)).map(|place| place.name.clone()).collect()
    });
    &NAMES
}

/// The code of what was typed: the label, or the code itself. What is not known stays, for the service to refuse.
pub(super) fn code_of(field: &Field, typed: &str) -> String {
    let same = |label: &str| label.to_lowercase() == typed.to_lowercase();
    let known = field.codes.iter().find(|code| code.code == typed || same(&code.label));
    known.map_or_else(|| typed.to_owned(), |code| code.code.clone())
}

/// The code of a place by its name, inside the place beside it if that is known; free text where the gazetteer has nothing.
pub(super) fn place_of(kind: PlaceKind, typed: &str, around: Option<&str>) -> String {
    let places = Places::builtin();
    let parents: Vec<&str> = match (kind, around) {
        (_, Some(code)) if places.place(code).is_some() => vec![code],
        (PlaceKind::State, None) => vec!["IN", "NP", "BD", "BT", "MM"],
        _ => Vec::new(),
    };
    let known: Option<&Place> = parents.iter().find_map(|parent| places.find(typed, Some(parent)));
    known.map_or_else(|| typed.to_owned(), |place| place.code.clone())
}
