//! The shape of the dictionary: kinds, their fields, codes and classes, and the look-ups on them.
//! No reading of files and no checking of values.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{PlaceKind, Value};

/// How far a field may travel. The order is from the least to the most guarded; what is not known is `X`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ShareClass {
    /// Statistical.
    S,
    /// Basic coordination.
    B,
    /// Identity.
    I,
    /// Restricted: leaves a unit only item by item.
    X,
}

impl fmt::Display for ShareClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::S => "S",
            Self::B => "B",
            Self::I => "I",
            Self::X => "X",
        })
    }
}

/// What a field holds, and by which variant of [`Value`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// One line: `Text`.
    Text,
    /// Several lines: `Text`.
    Long,
    /// `Bool`.
    Bool,
    /// A whole number from 0: `Int`.
    Int,
    /// A day: `Text`, YYYY-MM-DD.
    Date,
    /// As much of a date as is known: `Text`, YYYY or YYYY-MM or YYYY-MM-DD.
    PartialDate,
    /// Milliseconds UTC: `Int`.
    Timestamp,
    /// One code: `Text`.
    Code,
    /// Several codes: `Codes`.
    Codes,
    /// The id of an entity of this kind: 16 `Bytes`.
    Ref(String),
    /// `Bytes`.
    Bytes,
}

/// A rule beyond the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A phone number.
    Phone,
    /// The number of a paper; never a full Aadhaar number.
    Document,
}

/// One answer of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// What is stored. Never renamed.
    pub code: String,
    /// What is shown.
    pub label: String,
    /// The codes of the field's `depends_on` under which this one may be chosen; empty: under all.
    #[serde(default)]
    pub when: Vec<String>,
}

/// A field of a kind.
#[derive(Clone, Debug)]
pub struct Field {
    /// The kind that has it.
    pub kind: String,
    /// Its name in changes and in the API.
    pub name: String,
    /// Its name on pages.
    pub label: String,
    /// What it holds.
    pub ty: FieldType,
    /// How far it may travel.
    pub class: ShareClass,
    /// An entity cannot be saved without it.
    pub required: bool,
    /// Only the owner of the case writes it; from others it is a proposal.
    pub owner_only: bool,
    /// Written by the log itself, shown in no form.
    pub structural: bool,
    /// The most characters, bytes or codes, or the greatest number.
    pub max: u64,
    /// One short sentence for whoever fills it in.
    pub help: Option<String>,
    /// The answers, in the order to show; empty unless the type is `Code` or `Codes`.
    pub codes: Vec<Code>,
    /// The field of the same entity that decides which values fit here.
    pub depends_on: Option<String>,
    /// A place of this kind by the gazetteer, or free text where that has none.
    pub place: Option<PlaceKind>,
    /// A rule beyond the type.
    pub format: Option<Format>,
}

impl Field {
    /// The answer with this code.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|known| known.code == code)
    }

    /// What to show for a code, of the field's own list or of the gazetteer.
    #[must_use]
    pub fn label_of(&self, code: &str) -> Option<&str> {
        match self.place {
            Some(_) => super::Places::builtin().label(code),
            None => self.code(code).map(|known| known.label.as_str()),
        }
    }

    /// The class of one value: that of the field, but `X` if it has a code that this dictionary does not know.
    #[must_use]
    pub fn class_of(&self, value: &Value) -> ShareClass {
        let coded = matches!(self.ty, FieldType::Code | FieldType::Codes);
        let unknown = coded && value.codes().iter().any(|code| self.code(code).is_none());
        if unknown { ShareClass::X } else { self.class }
    }
}

/// How an entity hangs on a person, which decides whether it may leave with that person only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonLink<'a> {
    /// It is the person.
    Own,
    /// By the reference in this field; if that is empty it belongs to the case as a whole.
    By(&'a str),
    /// On nobody.
    None,
}

/// A kind of entity.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its name in changes and in the API.
    pub name: String,
    /// Its name on pages.
    pub label: String,
    /// The section that a share names to let it travel; none for what the log writes itself.
    pub section: Option<String>,
    /// The kind of the entity that `parent` names, for the members of a list.
    pub parent: Option<String>,
    /// The field that names the person it hangs on.
    pub person_ref: Option<String>,
    /// It is a person.
    pub is_person: bool,
    /// Written by the log itself, shown in no form.
    pub structural: bool,
    /// Its fields, in the order to show.
    pub fields: Vec<Field>,
}

impl Kind {
    /// The field with this name, structural ones too.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// How its entities hang on a person.
    #[must_use]
    pub fn person_link(&self) -> PersonLink<'_> {
        match (&self.person_ref, self.is_person) {
            (_, true) => PersonLink::Own,
            (Some(field), false) => PersonLink::By(field),
            (None, false) => PersonLink::None,
        }
    }
}

/// A part of a case that a share names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its name in shares.
    pub id: String,
    /// Its name on pages.
    pub label: String,
}

/// One of the six stages, R1 to R6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its code in a stage entry.
    pub code: String,
    /// Its name on pages.
    pub label: String,
}
