//! What the sides of a room give each other: a yes that binds, and what it is bound to.
//! Not when it may go: that is `course`.

use super::course::Step;
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::crypto::{Message, derive, labels};
use crate::dictionary::{Dictionary, FieldType, Value};
use crate::ids::{FederationId, GivenHash, RoomId, Salt, UnitId};
use crate::sharing::{Basis, Handling, Purpose};
use crate::time::Timestamp;
use crate::wire::{self, MessageKind};
use serde::{Deserialize, Serialize};

/// Most values given in one room by one side.
pub(super) const FIELDS_MAX: usize = 64;
/// Most bytes of what one step gives.
pub(super) const GIVEN_MAX: usize = 48 * 1024;
/// Most bytes of one value.
const VALUE_MAX: usize = 8 * 1024;

/// The yes of a person of one unit to one step: signed, and bound to what that unit gives in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepYes {
    /// The federation.
    pub federation: FederationId,
    /// Who says it.
    pub from: UnitId,
    /// To whom.
    pub to: UnitId,
    /// In which room.
    pub room: RoomId,
    /// To which step.
    pub step: Step,
    /// When.
    pub at: Timestamp,
    /// Hash of what is given in this step.
    pub gives: GivenHash,
}

impl Message for StepYes {
    const KIND: MessageKind = MessageKind::StepYes;
    const MAX: usize = 512;
}

/// What a unit gives in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Keeps the hash in a yes from being guessed.
    pub salt: Salt,
    /// What it is.
    pub what: What,
}

/// By step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// Who works on it.
    Officer(Officer),
    /// When and how far.
    Case(CaseStage),
    /// Values of the person.
    Fields(Fields),
}

/// Who works on an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// Name.
    pub name: BoundedText<120>,
    /// Rank or office.
    pub role: BoundedText<120>,
    /// Where to be called.
    pub telephone: BoundedText<40>,
}

/// When a case was opened, and in which stage the person is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseStage {
    /// The year; 0 if it is not entered.
    pub year: u16,
    /// R1 to R6; empty if the person is in none.
    pub stage: BoundedText<16>,
}

/// Values of a person, on one ground, for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    /// On what ground they are told.
    pub basis: Basis,
    /// What for.
    pub purpose: Purpose,
    /// What the receiver may do with them.
    pub handling: Handling,
    /// The values; may be none.
    pub fields: BoundedVec<GivenField, 64>,
}

/// One value of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenField {
    /// Values of one number belong together, as the parts of one name; it says nothing else.
    pub group: u8,
    /// The kind in the dictionary.
    pub kind: Name,
    /// The field in the dictionary.
    pub field: Name,
    /// The value.
    pub value: Value,
}

impl Given {
    /// What a yes binds.
    #[must_use]
    pub fn hash(&self) -> GivenHash {
        GivenHash(derive(labels::GIVEN, &wire::encode(self)))
    }

    /// The step that it is for.
    #[must_use]
    pub const fn step(&self) -> Step {
        match self.what {
            What::Officer(_) => Step::Officer,
            What::Case(_) => Step::Case,
            What::Fields(_) => Step::Fields,
        }
    }

    /// The first thing wrong with it, and what is expected there; the same here as from a peer.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        match &self.what {
            What::Officer(officer) => {
                let telephone = !officer.telephone.is_empty() && !is_phone(&officer.telephone);
                let wrong = |text: &str| text.trim().is_empty() || !is_line(text);
                if wrong(&officer.name) {
                    Some(("name", "a name of one line, at most 120 bytes"))
                } else if wrong(&officer.role) {
                    Some(("role", "a rank or office of one line, at most 120 bytes"))
                } else if telephone {
                    Some(("telephone", "5 to 15 digits, with + - ( ) . and spaces between them"))
                } else {
                    None
                }
            }
            What::Case(case) => {
                let year = case.year == 0 || (1850..2200).contains(&case.year);
                (!year || !is_line(&case.stage)).then_some(("case", "a year and a stage"))
            }
            What::Fields(fields) => {
                let bad = fields.fields.iter().any(|one| !one.is_fit());
                (bad || wire::encode(self).len() > GIVEN_MAX)
                    .then_some(("fields", "at most 64 values of the person, 48 KiB together"))
            }
        }
    }
}

impl GivenField {
    /// A value of its field; of a field that this dictionary does not know, anything short but bytes.
    fn is_fit(&self) -> bool {
        if matches!(self.value, Value::Bytes(_)) || self.value.is_cleared() {
            return false;
        }
        match Dictionary::builtin().field(&self.kind, &self.field) {
            Some(field) => can_be_given(field) && (field.check(&self.value).is_ok() || is_short(&self.value)),
            None => is_line(&self.kind) && is_line(&self.field) && is_short(&self.value),
        }
    }
}

/// Whether a field can be told at all: what refers to something else in the case cannot.
pub(super) fn can_be_given(field: &crate::dictionary::Field) -> bool {
    !field.structural && !matches!(field.ty, FieldType::Ref(_) | FieldType::Bytes)
}

fn is_short(value: &Value) -> bool {
    wire::encode(value).len() <= VALUE_MAX
}

/// No control characters, and nothing that turns the reading direction of what follows.
pub(super) fn is_line(text: &str) -> bool {
    !text.chars().any(|ch| ch.is_control() || matches!(ch, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (5..=15).contains(&digits) && text.chars().all(|ch| ch.is_ascii_digit() || "+-() ./".contains(ch))
}
