//! Holds what is sent against the document: types, required members, nothing undescribed.
//! As much of JSON Schema as the document uses, and a panic for what it does not know.

use serde_json::Value;

/// Panics with the place if `value` is not as `schema` says.
pub(crate) fn check(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Err(fault) = fits(document, schema, value, at) {
        panic!("{fault}");
    }
}

/// The schema of this name.
pub(crate) fn named<'a>(document: &'a Value, name: &str) -> &'a Value {
    let schema = &document["components"]["schemas"][name];
    assert!(schema.is_object(), "{name} is not described");
    schema
}

fn fits(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        return fits(document, named(document, name.rsplit('/').next().unwrap()), value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let faults: Vec<_> = choices.iter().filter_map(|choice| fits(document, choice, value, at).err()).collect();
        return if faults.len() < choices.len() { Ok(()) } else { Err(faults.join("; ")) };
    }
    if let Some(all) = schema["allOf"].as_array() {
        return all.iter().try_for_each(|one| fits(document, one, value, at));
    }
    if let Some(codes) = schema["enum"].as_array() {
        return if codes.contains(value) { Ok(()) } else { Err(format!("{at}: {value} is not one of {codes:?}")) };
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        // Any value.
        Value::Null => return Ok(()),
        other => panic!("{at}: unknown type {other}"),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !types.contains(&is) {
        return Err(format!("{at}: is {is}, described as {types:?}"));
    }
    match value {
        Value::Array(items) => {
            let each = schema["prefixItems"].as_array();
            for (number, item) in items.iter().enumerate() {
                let of = each.and_then(|each| each.get(number)).unwrap_or(&schema["items"]);
                fits(document, of, item, &format!("{at}[{number}]"))?;
            }
            Ok(())
        }
        Value::Object(members) => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            for name in required.iter().filter_map(Value::as_str) {
                if !members.contains_key(name) {
                    return Err(format!("{at}.{name}: required and not sent"));
                }
            }
            for (name, member) in members {
                let described = &schema["properties"][name];
                if !described.is_null() {
                    fits(document, described, member, &format!("{at}.{name}"))?;
                } else if schema["additionalProperties"].is_null() || schema["additionalProperties"] == false {
                    return Err(format!("{at}.{name}: sent and not described"));
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

#[test]
fn it_finds_what_is_wrong() {
    let document = serde_json::json!({"components": {"schemas": {"A": {
        "type": "object", "required": ["x"], "properties": {"x": {"type": ["string", "null"]}}
    }}}});
    let schema = serde_json::json!({"type": "array", "items": {"$ref": "#/components/schemas/A"}});
    let of = |value: Value| fits(&document, &schema, &value, "reply");
    assert!(of(serde_json::json!([{"x": "a"}, {"x": null}])).is_ok());
    assert!(of(serde_json::json!([{"x": 1}])).unwrap_err().contains("reply[0].x"));
    assert!(of(serde_json::json!([{}])).unwrap_err().contains("required"));
    assert!(of(serde_json::json!([{"x": "a", "y": 1}])).unwrap_err().contains("not described"));
}
