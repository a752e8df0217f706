//! Values and entities as text for people.
//! In English for now; dates and codes only, no markup.

use super::dates;
use super::display::{Displays, full};
use icmc_protocol::caselog::Entity;
use icmc_protocol::dictionary::{Dictionary, Field, FieldType, Value};
use icmc_protocol::documents::File;
use icmc_protocol::ids::EntityId;

/// Most characters of a title.
const TITLE: usize = 80;

/// A value as people read it.
#[must_use]
pub fn shown(field: Option<&Field>, value: &Value, displays: &Displays) -> String {
    let label = |code: &String| field.and_then(|field| field.label_of(code)).unwrap_or(code).to_owned();
    match value {
        Value::Text(text) => match field.map(|field| &field.ty) {
            Some(FieldType::Date | FieldType::PartialDate) => dates::shown(text),
            Some(FieldType::Code) => label(text),
            _ if field.is_some_and(|field| field.place.is_some()) => label(text),
            _ => text.clone(),
        },
        Value::Codes(codes) => codes.iter().map(label).collect::<Vec<_>>().join(", "),
        Value::Int(number) => number.to_string(),
        Value::Bool(yes) => if *yes { "Yes" } else { "No" }.to_owned(),
        Value::Bytes(_) if field.is_some_and(|field| field.ty == FieldType::Bytes) => {
            File::of_value(value).map_or_else(|| "a file that cannot be read".to_owned(), |file| file_words(&file))
        }
        Value::Bytes(bytes) => EntityId::from_slice(bytes)
            .and_then(|id| displays.get(id))
            .map_or_else(|| "a person who is not shown here".to_owned(), str::to_owned),
    }
}

/// Name and size of a file. The name may be another unit's: nothing in it may break the line or turn the reading direction.
fn file_words(file: &File) -> String {
    let name = file_name(file);
    let name = if name.is_empty() { "without a name" } else { &name };
    let kib = file.size.div_ceil(1024);
    if kib < 1024 { format!("{name}, {kib} KiB") } else { format!("{name}, {}.{} MiB", kib / 1024, kib % 1024 * 10 / 1024) }
}

/// The name of a file as it may be shown.
#[must_use]
pub fn file_name(file: &File) -> String {
    plain(&file.name)
}

/// Text of another unit on one line, without marks that turn the reading direction.
#[must_use]
pub fn plain(text: &str) -> String {
    let turns = |ch: char| matches!(ch, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|ch| !ch.is_control() && !turns(*ch)).collect::<String>().trim().to_owned()
}

/// A short line that tells an entity from its neighbours.
#[must_use]
pub fn title(kind: &str, id: EntityId, entity: &Entity, displays: &Displays) -> String {
    let word = |field: &str| {
        let known = Dictionary::builtin().field(kind, field);
        standing(entity, field).map_or_else(String::new, |value| shown(known, value, displays))
    };
    let place = |side: &str| {
        let parts = ["village", "district", "state", "country"].map(|part| word(&format!("{side}_{part}")));
        parts.into_iter().find(|part| !part.is_empty()).unwrap_or_else(|| "?".to_owned())
    };
    let line = match kind {
        "case" => join(&[word("case_no"), word("title")], " "),
        "person" => displays.get(id).unwrap_or_default().to_owned(),
        "person_name" => full(entity).unwrap_or_default(),
        "person_phone" => word("number"),
        "person_identifier" => join(&[word("kind"), word("number")], " "),
        "case_person" => word("role"),
        "route_leg" => format!("{} {} → {}", word("seq"), place("from"), place("to")),
        "stage_entry" => join(&[word("stage"), word("state")], ": "),
        "note" => word("text"),
        "document" | "restricted_document" => word("title"),
        _ => String::new(),
    };
    cut(line.trim())
}

/// The value that counts, or the newest proposal where nothing counts yet.
fn standing<'a>(entity: &'a Entity, field: &str) -> Option<&'a Value> {
    entity.value(field).or_else(|| {
        let field = entity.field(field).filter(|field| field.versions.is_empty())?;
        field.pending.last().map(|version| &version.value)
    })
}

fn join(parts: &[String], between: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(between)
}

fn cut(line: &str) -> String {
    let line = line.split('\n').next().unwrap_or_default();
    match line.char_indices().nth(TITLE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::Order;
    use crate::casework::fixture::Sketch;

    #[test]
    fn codes_places_dates_and_persons_are_words() {
        let mut sketch = Sketch::new();
        let sita = sketch.person("victim", &[("home_state", "IN-AS"), ("birth", "2009-04")]);
        sketch.member("person_name", sita, &[("given", "Sita")]);
        let leg = sketch.about(
            "route_leg",
            sita,
            &[("seq", "1"), ("kind", "source"), ("from_district", "IN-AS-barpeta"), ("to_country", "NP")],
        );
        let note = sketch.about("note", sita, &[("text", "First line\nsecond")]);
        let folded = sketch.fold();
        let displays = Displays::of(&folded, &Order::of(&folded));
        let person = folded.entity("person", sita).unwrap();
        let text = |field: &str| shown(Dictionary::builtin().field("person", field), person.value(field).unwrap(), &displays);
        assert_eq!((text("home_state"), text("birth")), ("Assam".to_owned(), "Apr 2009".to_owned()));
        let titled = |kind: &str, id| title(kind, id, folded.entity(kind, id).unwrap(), &displays);
        assert_eq!(titled("route_leg", leg), "1 Barpeta → Nepal");
        assert_eq!(titled("note", note), "First line");
        let about = folded.entity("note", note).unwrap().value("person").unwrap();
        assert_eq!(shown(None, about, &displays), "Sita");
    }
}
