//! From the dictionary's TOML files to kinds, fields, sections and stages; each name that is used must be declared.
//! It opens no file: the texts are handed in.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::codes::{self, RawList};
use super::{Code, Field, FieldType, Format, Kind, LoadError, PlaceKind, Places, Section, ShareClass, Stage};

/// What all files together declare.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) kinds: Vec<Kind>,
    pub(super) sections: Vec<Section>,
    pub(super) stages: Vec<Stage>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    kind: BTreeMap<String, RawKind>,
    #[serde(default)]
    list: BTreeMap<String, RawList>,
    #[serde(default)]
    answers: BTreeMap<String, String>,
    #[serde(default)]
    section: Vec<Section>,
    #[serde(default)]
    stage: Vec<Stage>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKind {
    label: String,
    section: Option<String>,
    parent: Option<String>,
    person_ref: Option<String>,
    #[serde(default)]
    is_person: bool,
    #[serde(default)]
    structural: bool,
    field: Vec<RawField>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    name: String,
    label: String,
    #[serde(rename = "type")]
    ty: String,
    class: ShareClass,
    #[serde(default)]
    codes: Vec<Code>,
    codes_from: Option<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    owner_only: bool,
    max: Option<u64>,
    help: Option<String>,
    depends_on: Option<String>,
    place: Option<PlaceKind>,
    format: Option<Format>,
}

/// Reads files of (name, text). The order of the files is the order of the kinds.
pub(super) fn load(files: &[(&str, &str)], places: &Places) -> Result<Loaded, LoadError> {
    let mut raw_kinds: Vec<(String, RawKind)> = Vec::new();
    let mut raw_lists: BTreeMap<String, RawList> = BTreeMap::new();
    let mut answers = BTreeMap::new();
    let mut loaded = Loaded { kinds: Vec::new(), sections: Vec::new(), stages: Vec::new() };
    for (name, text) in files {
        let file: File = toml::from_str(text).map_err(|source| LoadError::Toml { file: (*name).to_owned(), source })?;
        for (name, list) in file.list {
            if raw_lists.insert(name.clone(), list).is_some() {
                return Err(LoadError::Twice(name));
            }
        }
        raw_kinds.extend(file.kind);
        answers.extend(file.answers);
        loaded.sections.extend(file.section);
        loaded.stages.extend(file.stage);
    }
    let mut lists = BTreeMap::new();
    for (name, raw) in raw_lists {
        let codes = codes::resolve(&name, raw, &answers, places)?;
        lists.insert(name, codes);
    }
    for (name, raw) in raw_kinds {
        if loaded.kinds.iter().any(|kind| kind.name == name) {
            return Err(LoadError::Twice(name));
        }
        loaded.kinds.push(kind(name, raw, &lists)?);
    }
    link(&mut loaded)?;
    Ok(loaded)
}

fn kind(name: String, raw: RawKind, lists: &BTreeMap<String, Vec<Code>>) -> Result<Kind, LoadError> {
    let mut fields: Vec<Field> = Vec::new();
    for raw_field in raw.field {
        let field = field(&name, raw.structural, raw_field, lists)?;
        if fields.iter().any(|known| known.name == field.name) {
            return Err(LoadError::Twice(format!("{name}.{}", field.name)));
        }
        fields.push(field);
    }
    if raw.parent.is_some() {
        let ty = FieldType::Ref(raw.parent.clone().unwrap_or_default());
        fields.push(structural(&name, "parent", "Belongs to", ty, 16));
    }
    if !raw.structural {
        fields.push(structural(&name, "removed", "Removed", FieldType::Bool, 1));
    }
    Ok(Kind {
        name,
        label: raw.label,
        section: raw.section,
        parent: raw.parent,
        person_ref: raw.person_ref,
        is_person: raw.is_person,
        structural: raw.structural,
        fields,
    })
}

/// The fields that kinds have without declaring them.
fn structural(kind: &str, name: &str, label: &str, ty: FieldType, max: u64) -> Field {
    Field {
        kind: kind.to_owned(),
        name: name.to_owned(),
        label: label.to_owned(),
        ty,
        class: ShareClass::B,
        required: false,
        owner_only: false,
        structural: true,
        max,
        help: None,
        codes: Vec::new(),
        depends_on: None,
        place: None,
        format: None,
    }
}

fn field(kind: &str, structural: bool, raw: RawField, lists: &BTreeMap<String, Vec<Code>>) -> Result<Field, LoadError> {
    let user = format!("{kind}.{}", raw.name);
    let missing = |missing: &str| LoadError::Missing { user: user.clone(), missing: missing.to_owned() };
    let (ty, usual_max) = match raw.ty.split_once(':') {
        Some(("ref", target)) => (FieldType::Ref(target.to_owned()), 16),
        Some(_) => return Err(missing(&raw.ty)),
        None => match raw.ty.as_str() {
            "text" => (FieldType::Text, 200),
            "long" => (FieldType::Long, 10_000),
            "bool" => (FieldType::Bool, 1),
            "int" => (FieldType::Int, 1_000_000),
            "date" => (FieldType::Date, 10),
            "pdate" => (FieldType::PartialDate, 10),
            // The last millisecond of the year 9999.
            "timestamp" => (FieldType::Timestamp, 253_402_300_799_999),
            "code" => (FieldType::Code, 1),
            "codes" => (FieldType::Codes, 32),
            "bytes" => (FieldType::Bytes, 1024),
            other => return Err(missing(other)),
        },
    };
    let codes = match &raw.codes_from {
        Some(list) => lists.get(list).cloned().ok_or_else(|| missing(list))?,
        None => raw.codes,
    };
    if codes.is_empty() == matches!(ty, FieldType::Code | FieldType::Codes) {
        return Err(missing("a list of codes for a coded field, and only for one"));
    }
    Ok(Field {
        kind: kind.to_owned(),
        name: raw.name,
        label: raw.label,
        ty,
        class: raw.class,
        required: raw.required,
        owner_only: raw.owner_only,
        structural,
        max: raw.max.unwrap_or(usual_max),
        help: raw.help,
        codes,
        depends_on: raw.depends_on,
        place: raw.place,
        format: raw.format,
    })
}

/// Checks every name that points elsewhere, and lets the members of a person's lists hang on that person.
fn link(loaded: &mut Loaded) -> Result<(), LoadError> {
    let persons: Vec<String> = loaded.kinds.iter().filter(|kind| kind.is_person).map(|kind| kind.name.clone()).collect();
    for kind in &mut loaded.kinds {
        if kind.parent.as_ref().is_some_and(|parent| persons.contains(parent)) && kind.person_ref.is_none() {
            kind.person_ref = Some("parent".to_owned());
        }
    }
    let names: Vec<&str> = loaded.kinds.iter().map(|kind| kind.name.as_str()).collect();
    for kind in &loaded.kinds {
        let missing = |missing: &str| Err(LoadError::Missing { user: kind.name.clone(), missing: missing.to_owned() });
        match &kind.section {
            Some(section) if !loaded.sections.iter().any(|known| known.id == *section) => {
                return missing(section);
            }
            None if !kind.structural => return missing("a section"),
            _ => {}
        }
        for name in kind.person_ref.iter().chain(kind.fields.iter().filter_map(|field| field.depends_on.as_ref())) {
            if kind.field(name).is_none() {
                return missing(name);
            }
        }
        for field in &kind.fields {
            if let FieldType::Ref(target) = &field.ty
                && !names.contains(&target.as_str())
            {
                return missing(target);
            }
        }
    }
    Ok(())
}
