//! One field of a form as a template shows it: label, help, answers, what was typed, what is wrong.
//! Not the layout: that is `parts/field.html`.

use super::lists::is_typed;
use super::parse::shown;
use crate::pages::form::Posted;
use crate::pages::shell::Fault;
use icmc_protocol::dictionary::{Dictionary, Field, FieldError, FieldType, PlaceKind};
use serde_json::Value;
use std::collections::BTreeMap;

/// One answer of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// A field to fill in.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) kind: String,
    pub(crate) field: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    pub(crate) required: bool,
    pub(crate) shape: &'static str,
    pub(crate) value: String,
    pub(crate) options: Vec<Choice>,
    pub(crate) list: Option<&'static str>,
    pub(crate) max: u64,
    pub(crate) error: Option<String>,
    /// Commitments the form saw, for an edit.
    pub(crate) seen: Option<String>,
    /// What the form showed, for an edit.
    pub(crate) was: String,
}

impl Input {
    /// The ids of hint and error, for assistive technology.
    pub(crate) fn described(&self) -> String {
        let hint = self.help.as_ref().map(|_| format!("{}-hint", self.id));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }

    /// The type of the box; partial dates and numbers are text, so that what was typed comes back whole.
    pub(crate) fn kind_of_box(&self) -> &'static str {
        if self.shape == "date" { "date" } else { "text" }
    }

    /// What the field holds, for comparing with what a form sends back.
    pub(crate) fn held(&self) -> String {
        let chosen: Vec<&str> = self.options.iter().filter(|option| option.chosen).map(|option| option.code.as_str()).collect();
        if matches!(self.shape, "select" | "ticks") { chosen.join(",") } else { self.value.clone() }
    }
}

/// Which fields of a kind stand first; the others are folded away under "More".
pub(crate) struct Lead(&'static [&'static str]);

/// The leading fields of a kind.
pub(crate) fn leading(kind: &str) -> Lead {
    Lead(match kind {
        "case" => &["kind", "title", "priority", "opened_on", "source_channel", "legal_basis", "summary"],
        "person" => &[
            "sex",
            "birth",
            "age_stated",
            "age_on",
            "father",
            "mother",
            "home_country",
            "home_state",
            "home_district",
            "home_village",
        ],
        "person_name" => &["given", "middle", "family", "full_native"],
        "case_person" => &["role", "matching_basis", "matching_reason", "trafficking_status", "part", "suspect_status"],
        "route_leg" => &["kind", "from_country", "from_state", "from_district", "to_country", "to_state", "to_district", "mode"],
        _ => &[],
    })
}

impl Lead {
    /// Whether the field stands first. A kind without a list shows all its fields.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.is_empty() || self.0.contains(&field)
    }
}

/// The fields of a kind under a prefix, with what was typed. `people` are the answers of references to persons.
pub(crate) fn inputs(kind: &str, prefix: &str, typed: &Posted, people: &[Choice]) -> Vec<Input> {
    let fields = Dictionary::builtin().kind(kind).map(|kind| kind.fields.as_slice()).unwrap_or_default();
    let shown = fields.iter().filter(|field| !field.structural && field.ty != FieldType::Bytes && !is_picked(field));
    shown.map(|field| input(field, prefix, typed, people)).collect()
}

/// Units are picked by name, on the page that records a consent for a share.
fn is_picked(field: &Field) -> bool {
    field.kind == "consent" && field.name == "recipient_units"
}

fn input(field: &Field, prefix: &str, typed: &Posted, people: &[Choice]) -> Input {
    let name = format!("{prefix}{}", field.name);
    let given = typed.all(&name);
    let choice =
        |code: &str, label: &str| Choice { code: code.to_owned(), label: label.to_owned(), chosen: given.contains(&code) };
    let known: Vec<Choice> = field.codes.iter().map(|code| choice(&code.code, &code.label)).collect();
    let (shape, options) = match &field.ty {
        FieldType::Code | FieldType::Codes if is_typed(field) => ("text", Vec::new()),
        FieldType::Code => ("select", known),
        FieldType::Codes => ("ticks", known),
        FieldType::Bool => ("select", vec![choice("yes", "Yes"), choice("no", "No")]),
        FieldType::Ref(_) => ("select", people.iter().map(|person| choice(&person.code, &person.label)).collect()),
        FieldType::Long => ("long", Vec::new()),
        FieldType::Int | FieldType::Timestamp => ("int", Vec::new()),
        FieldType::Date => ("date", Vec::new()),
        FieldType::PartialDate => ("pdate", Vec::new()),
        FieldType::Text | FieldType::Bytes => ("text", Vec::new()),
    };
    let list = match field.place {
        Some(PlaceKind::State) => Some("states"),
        _ if is_typed(field) => Some("countries"),
        _ => None,
    };
    let several = is_typed(field) && field.ty == FieldType::Codes;
    let help = match (&field.help, &field.ty) {
        (Some(help), _) => Some(help.clone()),
        (None, FieldType::PartialDate) => Some("As much as is known: 1984, 1984-06 or 1984-06-30.".to_owned()),
        (None, _) if several => Some("Several with commas between them.".to_owned()),
        _ => None,
    };
    Input {
        kind: field.kind.clone(),
        field: field.name.clone(),
        id: format!("f-{}", name.replace('.', "-")),
        label: field.label.clone(),
        help,
        required: field.required,
        shape,
        value: given.first().map(|text| (*text).to_owned()).unwrap_or_default(),
        options,
        list,
        max: field.max,
        error: None,
        seen: None,
        was: String::new(),
        name,
    }
}

/// What a form starts with for stored values: pairs of name and text.
pub(crate) fn stored(kind: &str, prefix: &str, values: &BTreeMap<String, Value>) -> Posted {
    let fields = Dictionary::builtin().kind(kind).map(|kind| kind.fields.as_slice()).unwrap_or_default();
    let mut posted = Posted::default();
    for field in fields {
        for text in values.get(&field.name).map(|value| shown(field, value)).unwrap_or_default() {
            posted.push(format!("{prefix}{}", field.name), text);
        }
    }
    posted
}

/// Puts each error at its field (the first of that name that it can concern) and makes the summary's lines.
pub(crate) fn attach<'a>(errors: &[FieldError], inputs: impl Iterator<Item = &'a mut Input>) -> Vec<Fault> {
    let mut inputs: Vec<&mut Input> = inputs.collect();
    let mut faults = Vec::new();
    for error in errors {
        let text = format!("expected {}", error.expected);
        let mut hits = inputs.iter_mut().filter(|input| input.kind == error.kind && input.field == error.field);
        let Some(first) = hits.next() else {
            faults.push(Fault { field: None, text: format!("{}: {text}", error.field) });
            continue;
        };
        // Of several persons the one at fault is the one whose box is empty, if emptiness is the fault.
        let hit = if first.held().is_empty() || first.error.is_some() {
            first
        } else {
            hits.find(|input| input.held().is_empty() && input.required).unwrap_or(first)
        };
        faults.push(Fault { field: Some(hit.id.clone()), text: format!("{}: {text}", hit.label) });
        hit.error = Some(text);
    }
    faults
}
