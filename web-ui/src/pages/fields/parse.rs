//! From what a form sent to the values of changes, and from values to what a form shows.
//! It converts and never refuses: what does not fit is passed on for the service to name.

use super::lists::{code_of, is_typed, place_of};
use crate::pages::form::Posted;
use icmc_protocol::dictionary::{Dictionary, Field, FieldType};
use serde_json::Value;
use std::collections::BTreeMap;

/// Fields by name, as the service takes them.
pub(crate) type Fields = BTreeMap<String, Value>;

/// The value of one field; none if nothing was typed. `beside` holds the fields parsed before it.
pub(crate) fn parse(field: &Field, typed: &[&str], beside: &Fields) -> Option<Value> {
    let typed: Vec<&str> = typed.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    let first = *typed.first()?;
    Some(match &field.ty {
        FieldType::Int | FieldType::Timestamp => first.parse::<u64>().map_or_else(|_| Value::from(first), Value::from),
        FieldType::Bool => match first {
            "yes" => Value::Bool(true),
            "no" => Value::Bool(false),
            other => Value::from(other),
        },
        FieldType::Codes if is_typed(field) => {
            first.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).map(|part| code_of(field, part)).collect()
        }
        FieldType::Codes => typed.into_iter().map(str::to_owned).collect(),
        FieldType::Code if is_typed(field) => Value::from(code_of(field, first)),
        FieldType::Long => Value::from(first.replace("\r\n", "\n")),
        _ => match field.place {
            Some(kind) => {
                let around = field.depends_on.as_ref().and_then(|name| beside.get(name)).and_then(Value::as_str);
                Value::from(place_of(kind, first, around))
            }
            None => Value::from(first),
        },
    })
}

/// All fields of a kind that were filled in under a prefix: `p0.person.` + name.
pub(crate) fn fields_of(posted: &Posted, prefix: &str, kind: &str) -> Fields {
    let mut fields = Fields::new();
    let Some(kind) = Dictionary::builtin().kind(kind) else {
        return fields;
    };
    for field in &kind.fields {
        let typed = posted.all(&format!("{prefix}{}", field.name));
        if let Some(value) = parse(field, &typed, &fields) {
            fields.insert(field.name.clone(), value);
        }
    }
    fields
}

/// What a form shows for a stored value: one text, or the codes ticked.
pub(crate) fn shown(field: &Field, value: &Value) -> Vec<String> {
    let label = |code: &str| match field.ty {
        FieldType::Code | FieldType::Codes if !is_typed(field) => code.to_owned(),
        FieldType::Code | FieldType::Codes => field.label_of(code).unwrap_or(code).to_owned(),
        _ if field.place.is_some() => field.label_of(code).unwrap_or(code).to_owned(),
        _ => code.to_owned(),
    };
    match value {
        Value::Null => Vec::new(),
        Value::Bool(yes) => vec![if *yes { "yes" } else { "no" }.to_owned()],
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![label(text)],
        Value::Array(codes) => {
            let labels: Vec<String> = codes.iter().filter_map(Value::as_str).map(label).collect();
            if is_typed(field) && !labels.is_empty() { vec![labels.join(", ")] } else { labels }
        }
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: &str, name: &str) -> &'static Field {
        Dictionary::builtin().field(kind, name).unwrap()
    }

    #[test]
    fn names_of_places_become_codes_inside_the_place_beside_them() {
        let posted =
            Posted::from_pairs(&[("p.home_country", "India"), ("p.home_state", "assam"), ("p.home_district", "Barpeta")]);
        let fields = fields_of(&posted, "p.", "person");
        assert_eq!(fields["home_country"], "IN");
        assert_eq!(fields["home_state"], "IN-AS");
        assert_eq!(fields["home_district"], "IN-AS-barpeta");
        assert_eq!(fields.len(), 3, "nothing typed is nothing sent");
    }

    #[test]
    fn what_a_form_shows_is_read_back_as_it_was() {
        let values = [
            ("person", "citizenship", serde_json::json!(["IN", "NP"])),
            ("person", "age_stated", serde_json::json!(40)),
            ("person", "deceased", serde_json::json!(false)),
            ("person", "sex", serde_json::json!("male")),
            ("person", "home_country", serde_json::json!("NP")),
            ("case_person", "role", serde_json::json!(["victim", "witness"])),
            ("case", "summary", serde_json::json!("two\nlines")),
        ];
        for (kind, name, value) in values {
            let shown = shown(field(kind, name), &value);
            let typed: Vec<&str> = shown.iter().map(String::as_str).collect();
            assert_eq!(parse(field(kind, name), &typed, &Fields::new()), Some(value), "{name}");
        }
    }

    #[test]
    fn what_does_not_fit_is_passed_on_to_be_refused() {
        assert_eq!(parse(field("person", "age_stated"), &["forty"], &Fields::new()), Some(Value::from("forty")));
        assert_eq!(parse(field("person", "home_country"), &["Atlantis"], &Fields::new()), Some(Value::from("Atlantis")));
        assert_eq!(parse(field("person", "father"), &["  "], &Fields::new()), None);
    }
}
