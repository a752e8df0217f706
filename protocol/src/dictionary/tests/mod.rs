//! Tests of the built-in dictionary as a whole; dates, digits and the gazetteer are tested beside their code.
//! Only what several of them use is here.

mod declared;
mod values;

use std::collections::BTreeMap;

use super::{Dictionary, Field, Value};

fn field(kind: &str, name: &str) -> &'static Field {
    Dictionary::builtin().field(kind, name).unwrap()
}

fn entity(fields: &[(&str, &str, &str)]) -> BTreeMap<String, Value> {
    fields.iter().map(|(kind, name, text)| ((*name).to_owned(), field(kind, name).parse(text).unwrap())).collect()
}

fn wrong(kind: &str, values: &BTreeMap<String, Value>) -> Vec<String> {
    Dictionary::builtin().kind(kind).unwrap().check_entity(values).into_iter().map(|error| error.field).collect()
}
