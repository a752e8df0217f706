//! How people of a case are called on a page: by name, or "V-1, F, 16" where no name is open.
//! Not for comparing names: that is `search` and the fingerprint.

use super::{Order, members, persons, role_codes};
use icmc_protocol::caselog::{Entity, FoldedCase};
use icmc_protocol::dictionary::Value;
use icmc_protocol::ids::EntityId;
use std::collections::BTreeMap;

/// What every person of a case is called.
#[derive(Default)]
pub struct Displays {
    by_id: BTreeMap<EntityId, String>,
}

impl core::fmt::Debug for Displays {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Displays({})", self.by_id.len())
    }
}

impl Displays {
    /// The people of a case, numbered by the part they play.
    #[must_use]
    pub fn of(folded: &FoldedCase, order: &Order) -> Self {
        let mut counts: BTreeMap<char, u32> = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for id in persons(folded, order) {
            let letter = letter(&role_codes(folded, order, id));
            let count = counts.entry(letter).or_default();
            *count += 1;
            let name = main_name(folded, order, id);
            let code = || code(letter, *count, folded.entity("person", id));
            by_id.insert(id, name.unwrap_or_else(code));
        }
        Self { by_id }
    }

    /// What a person is called; none if there is no such person.
    #[must_use]
    pub fn get(&self, person: EntityId) -> Option<&str> {
        self.by_id.get(&person).map(String::as_str)
    }
}

/// The name a person goes by: the first that is no alias, else the first alias.
fn main_name(folded: &FoldedCase, order: &Order, person: EntityId) -> Option<String> {
    let names = members(folded, order, person, "person_name");
    let is_alias = |name: &Entity| matches!(name.text("kind"), "alias" | "nickname" | "assumed");
    let shown = |alias: bool| names.iter().filter(|(_, name)| is_alias(name) == alias).find_map(|(_, name)| full(name));
    shown(false).or_else(|| shown(true))
}

/// One name in full: in Latin letters if entered so, else in its own script.
pub(super) fn full(name: &Entity) -> Option<String> {
    let parts: Vec<&str> =
        ["given", "middle", "family"].into_iter().map(|part| text(name, part)).filter(|part| !part.is_empty()).collect();
    let native = text(name, "full_native");
    match (parts.is_empty(), native.is_empty()) {
        (false, _) => Some(parts.join(" ")),
        (true, false) => Some(native.to_owned()),
        (true, true) => None,
    }
}

/// The text that counts, or the newest proposal where nothing counts yet.
fn text<'a>(entity: &'a Entity, field: &str) -> &'a str {
    match entity.text(field) {
        "" => match entity.field(field).filter(|field| field.versions.is_empty()).and_then(|field| field.pending.last()) {
            Some(version) => version.value.as_text().unwrap_or(""),
            None => "",
        },
        text => text,
    }
}

fn letter(roles: &[String]) -> char {
    let has = |codes: &[&str]| roles.iter().any(|role| codes.contains(&role.as_str()));
    if has(&["victim", "possible_victim"]) {
        'V'
    } else if has(&["suspect", "accused", "convicted"]) {
        'S'
    } else if has(&["witness"]) {
        'W'
    } else {
        'P'
    }
}

fn code(letter: char, count: u32, person: Option<&Entity>) -> String {
    let sex = match person.map_or("", |person| person.text("sex")) {
        "female" => ", F",
        "male" => ", M",
        "intersex" => ", X",
        _ => "",
    };
    let age = match person.and_then(|person| person.value("age_stated")) {
        Some(Value::Int(age)) => format!(", {age}"),
        _ => String::new(),
    };
    format!("{letter}-{count}{sex}{age}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::fixture::Sketch;

    #[test]
    fn a_person_of_whom_only_the_role_is_open_has_a_place() {
        let mut sketch = Sketch::new();
        let kept_back = EntityId([99; 16]);
        sketch.about("case_person", kept_back, &[("role", "victim")]);
        let folded = sketch.fold();
        assert_eq!(Displays::of(&folded, &Order::of(&folded)).get(kept_back), Some("V-1"));
    }

    #[test]
    fn names_come_before_codes_and_aliases_last() {
        let mut sketch = Sketch::new();
        let anjali = sketch.person("victim", &[("sex", "female")]);
        sketch.member("person_name", anjali, &[("kind", "alias"), ("given", "Guria")]);
        sketch.member("person_name", anjali, &[("given", "Anjali"), ("family", "Tamang")]);
        let nepali = sketch.person("victim", &[]);
        sketch.member("person_name", nepali, &[("full_native", "सीता तामाङ")]);
        let nameless = sketch.person("victim", &[("sex", "female"), ("age_stated", "16")]);
        let other = sketch.person("suspect", &[("sex", "male")]);
        let folded = sketch.fold();
        let displays = Displays::of(&folded, &Order::of(&folded));
        assert_eq!(displays.get(anjali), Some("Anjali Tamang"));
        assert_eq!(displays.get(nepali), Some("सीता तामाङ"));
        assert_eq!(displays.get(nameless), Some("V-3, F, 16"));
        assert_eq!(displays.get(other), Some("S-1, M"));
        assert_eq!(displays.get(EntityId([0; 16])), None);
    }
}
