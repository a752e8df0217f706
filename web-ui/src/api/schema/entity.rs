//! One entity with its fields and their versions, as the document describes it.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A unit by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitRef {
    /// Its id.
    pub id: String,
    /// Its name in the charter.
    pub name: String,
    /// Whether it is this one.
    pub own: bool,
}

/// One answer of a list.
#[derive(Debug, Serialize, ToSchema)]
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
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// To show.
    pub text: String,
    /// As a form sends it back.
    pub value: Value,
    /// What to name when replacing it.
    pub commitment: String,
    /// Whose.
    pub unit: UnitRef,
    /// When, by its author's word.
    pub at: Option<u64>,
    /// By whom, if that may be known here.
    pub by: Option<String>,
}

/// One field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldView {
    /// As the dictionary names it.
    pub name: String,
    /// For people.
    pub label: String,
    /// How far it may travel.
    pub class: String,
    /// text, long, code, codes, date, pdate, bool, int, ref, timestamp.
    pub kind_of: String,
    /// The value as JSON; none if nothing is entered.
    pub value: Option<Value>,
    /// The value to show, empty if nothing is entered.
    pub text: String,
    /// What a form rendered from this view replaces.
    pub seen: Vec<String>,
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
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityView {
    /// As the dictionary names it.
    pub kind: String,
    /// For people.
    pub label: String,
    /// Its id.
    pub id: String,
    /// A short line that tells it from its neighbours.
    pub title: String,
    /// All fields of the kind, in the order to show, empty ones too.
    pub fields: Vec<FieldView>,
    /// Removed, which can be undone.
    pub removed: bool,
    /// Nothing but proposals stand here.
    pub pending: bool,
    /// The person it hangs on.
    pub person: Option<String>,
    /// The contribution that proposes it.
    pub entry: Option<String>,
}
