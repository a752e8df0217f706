//! One entity of a case with its fields, as a page shows it and as a form is rendered from it.
//! No rule of its own: which fields there are is the dictionary's.

use super::quiet;
use icmc_protocol::dictionary::ShareClass;
use icmc_protocol::ids::{Commitment, EntityId, EntryHash, UnitId};
use icmc_protocol::time::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;

/// A unit by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UnitRef {
    /// Its id.
    pub id: UnitId,
    /// Its name in the charter.
    pub name: String,
    /// Whether it is this one.
    pub own: bool,
}

/// One answer of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OptionView {
    /// What is sent back.
    pub code: String,
    /// What is shown.
    pub label: String,
    /// The codes of the field it depends on under which it may be chosen; empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<String>,
}

/// One value of a field and where it came from.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct VersionView {
    /// To show.
    pub text: String,
    /// As a form sends it back.
    pub value: Json,
    /// What to name when replacing it.
    pub commitment: Commitment,
    /// Whose.
    pub unit: UnitRef,
    /// When, by its author's word.
    pub at: Option<Timestamp>,
    /// By whom, if that may be known here.
    pub by: Option<String>,
}

/// One field.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// As the dictionary names it.
    pub name: String,
    /// For people.
    pub label: String,
    /// How far it may travel.
    pub class: ShareClass,
    /// text, long, code, codes, date, pdate, bool, int, ref, timestamp.
    pub kind_of: &'static str,
    /// The value as JSON; none if nothing is entered.
    pub value: Option<Json>,
    /// The value to show, empty if nothing is entered.
    pub text: String,
    /// What a form rendered from this view replaces.
    pub seen: Vec<Commitment>,
    /// All values that stand beside each other; empty without a conflict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflict: Vec<VersionView>,
    /// Proposals that do not count yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<VersionView>,
    /// The owner says that this is no longer current, and may not say what is.
    pub stale: bool,
    /// Only the owner of the case writes it; from others it is a proposal.
    pub owner_only: bool,
    /// An entity cannot be saved without it.
    pub required: bool,
    /// The field of the same entity that decides which values fit here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<String>,
    /// For whoever fills it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The answers, in views made for editing only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionView>,
}

/// A person, a note, a leg, the case itself.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct EntityView {
    /// As the dictionary names it.
    pub kind: String,
    /// For people.
    pub label: String,
    /// Its id.
    pub id: EntityId,
    /// A short line that tells it from its neighbours.
    pub title: String,
    /// All fields of the kind, in the order to show, empty ones too.
    pub fields: Vec<FieldView>,
    /// Removed, which can be undone.
    pub removed: bool,
    /// Nothing but proposals stand here.
    pub pending: bool,
    /// The person it hangs on.
    pub person: Option<EntityId>,
    /// The contribution that proposes it.
    pub entry: Option<EntryHash>,
}

impl EntityView {
    /// A field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldView> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The shown text of a field, empty if there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.field(name).map_or("", |field| &field.text)
    }
}

quiet!(VersionView, FieldView, EntityView);
