//! Values of the dictionary from and to JSON, by the type of their field.
//! Text is taken for every type, read as from a form: what a value must be is the dictionary's business.

use data_encoding::HEXLOWER;
use icmc_protocol::dictionary::{Field, FieldError, FieldType, Value};
use serde_json::Value as Json;

/// Most codes of one value that are looked at.
const CODES_MAX: usize = 300;

/// Reads and checks a value. Null and empty text clear the field.
///
/// # Errors
/// Names the kind, the field and what is expected there.
pub fn from_json(field: &Field, json: &Json) -> Result<Value, FieldError> {
    match (json, &field.ty) {
        (Json::Null, _) => field.parse(""),
        (Json::String(text), FieldType::Bool | FieldType::Int | FieldType::Timestamp | FieldType::Ref(_) | FieldType::Bytes)
            if text.trim().is_empty() =>
        {
            checked(field, Value::cleared())
        }
        (Json::String(text), _) => field.parse(text),
        (Json::Bool(yes), FieldType::Bool) => checked(field, Value::Bool(*yes)),
        (Json::Number(number), FieldType::Int | FieldType::Timestamp) => {
            number.as_i64().map_or_else(|| Err(refused(field)), |number| checked(field, Value::Int(number)))
        }
        (Json::Array(codes), FieldType::Codes) if codes.len() <= CODES_MAX => {
            let codes: Option<Vec<&str>> = codes.iter().map(Json::as_str).collect();
            codes.map_or_else(|| Err(refused(field)), |codes| field.parse(&codes.join(",")))
        }
        _ => Err(refused(field)),
    }
}

fn checked(field: &Field, value: Value) -> Result<Value, FieldError> {
    field.check(&value).map(|()| value)
}

/// What the field says of a value that fits no type: no field takes empty bytes.
fn refused(field: &Field) -> FieldError {
    field.check(&Value::Bytes(Vec::new())).err().unwrap_or_else(|| FieldError {
        kind: field.kind.clone(),
        field: field.name.clone(),
        expected: "another type of value".to_owned(),
    })
}

/// A value as JSON; ids and bytes as hexadecimal.
#[must_use]
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Int(number) => Json::from(*number),
        Value::Bool(yes) => Json::from(*yes),
        Value::Codes(codes) => Json::from(codes.as_slice()),
        Value::Bytes(bytes) => Json::from(HEXLOWER.encode(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use icmc_protocol::dictionary::Dictionary;
    use serde_json::json;

    fn read(kind: &str, field: &str, json: &Json) -> Result<Value, FieldError> {
        from_json(Dictionary::builtin().field(kind, field).unwrap(), json)
    }

    #[test]
    fn every_type_goes_there_and_back() {
        let id = "00112233445566778899aabbccddeeff";
        for (kind, field, json) in [
            ("case", "title", json!("Two girls, one train")),
            ("case", "kind", json!("missing_person")),
            ("case", "opened_on", json!("2026-11-23")),
            ("person", "birth", json!("1984-02")),
            ("person", "age_stated", json!(16)),
            ("person", "deceased", json!(false)),
            ("person", "citizenship", json!(["IN", "NP"])),
            ("note", "person", json!(id)),
        ] {
            let value = read(kind, field, &json).unwrap();
            assert_eq!(to_json(&value), json, "{kind}.{field}");
        }
    }

    #[test]
    fn forms_send_text_for_every_type() {
        assert_eq!(read("person", "age_stated", &json!("१६")), Ok(Value::Int(16)));
        assert_eq!(read("person", "deceased", &json!("yes")), Ok(Value::Bool(true)));
        assert_eq!(read("person", "citizenship", &json!("NP,IN")), Ok(Value::Codes(vec!["IN".into(), "NP".into()])));
        for (kind, field) in [("person", "age_stated"), ("person", "deceased"), ("note", "person"), ("person", "father")] {
            for nothing in [json!(""), json!(null)] {
                assert_eq!(read(kind, field, &nothing).map(|value| value.is_cleared()), Ok(true), "{kind}.{field}");
            }
        }
    }

    #[test]
    fn a_wrong_type_names_field_and_expectation_and_never_the_value() {
        for (kind, field, json) in [
            ("person", "age_stated", json!(-1)),
            ("person", "age_stated", json!(1.5)),
            ("person", "father", json!(["Abdul Karim"])),
            ("person", "citizenship", json!([1])),
            ("person", "citizenship", json!(["Abdul Karim"])),
            ("person", "deceased", json!("Abdul Karim")),
            ("case", "case_no", json!("")),
            ("note", "person", json!("Abdul Karim")),
        ] {
            let fault = read(kind, field, &json).unwrap_err();
            assert_eq!((fault.kind.as_str(), fault.field.as_str()), (kind, field));
            assert!(!fault.expected.is_empty() && !fault.expected.contains("Karim"), "{fault}");
        }
    }
}
