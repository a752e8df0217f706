//! The signed answer to a request: a form of the data dictionary, so that a new question is a line of TOML.
//! It verifies by itself, without the envelope that brought it.

use crate::bounded::BoundedVec;
use crate::caselog::Name;
use crate::crypto::Message;
use crate::dictionary::{Dictionary, Field, FieldError, PersonLink, Value};
use crate::ids::{ShareId, UnitId};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The kind of the dictionary that an answer fills in.
pub const ANSWER_KIND: &str = "home_investigation";
/// Whose name the asker writes there itself.
const FOUND_BY: &str = "answered_by";

/// What a unit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationAnswer {
    /// The request.
    pub request: ShareId,
    /// Who answers.
    pub from: UnitId,
    /// Who asked.
    pub to: UnitId,
    /// When it was signed.
    pub at: Timestamp,
    /// Fields of [`ANSWER_KIND`], each once, in the order of their names.
    pub fields: BoundedVec<(Name, Value), 32>,
}

impl Message for VerificationAnswer {
    const KIND: MessageKind = MessageKind::VerificationAnswer;
    const MAX: usize = 64 * 1024;
}

impl VerificationAnswer {
    /// The questions, in the order of the form: the dictionary's, but for those that the asker fills in.
    pub fn questions() -> impl Iterator<Item = &'static Field> {
        let kind = Dictionary::builtin().kind(ANSWER_KIND);
        let person = kind.map(|kind| kind.person_link());
        let asked = move |field: &&Field| {
            !field.structural && field.name != FOUND_BY && !matches!(person, Some(PersonLink::By(name)) if field.name == name)
        };
        kind.into_iter().flat_map(|kind| &kind.fields).filter(asked)
    }

    /// The values to be written in a case: those that this dictionary has a question for.
    #[must_use]
    pub fn known(&self) -> BTreeMap<&'static str, Value> {
        let of = |field: &'static Field| {
            self.fields.iter().find(|(name, _)| **name == *field.name).map(|(_, value)| (field.name.as_str(), value.clone()))
        };
        Self::questions().filter_map(of).collect()
    }

    /// What is wrong with the values. A field that this dictionary does not know, as of a newer one, is left as it is.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let missing = Self::questions().filter(|field| field.required).filter_map(|field| {
            let there = self.fields.iter().any(|(name, _)| **name == *field.name);
            (!there).then(|| field.check(&Value::cleared()).err()).flatten()
        });
        let known = |name: &str| Self::questions().find(|field| field.name == name);
        let wrong = self.fields.iter().filter_map(|(name, value)| known(name)?.check(value).err());
        missing.chain(wrong).collect()
    }

    /// Whether its fields are in order, each once.
    #[must_use]
    pub(super) fn in_order(&self) -> bool {
        self.fields.windows(2).all(|pair| pair[0].0 < pair[1].0)
    }
}
