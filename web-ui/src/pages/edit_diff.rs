//! What a form of an entity changed, against what it showed and what stands now.
//! Not the form: that is `edit`.

use super::case::id;
use super::fields::fields_of;
use super::form::Posted;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseView, EntityView, FieldView};
use icmc_protocol::ids::{Commitment, EntityId};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the boxes of the form begin with.
pub(super) const PREFIX: &str = "f.";
/// What a form says it showed where two versions stand: anything typed differs from it, so that saving settles the two.
pub(super) const TWO: &str = "\u{2016}";

/// An entity of a case by kind and id, wherever it hangs.
pub(super) fn find<'a>(view: &'a CaseView, kind: &str, entity: &str) -> Result<&'a EntityView, ServiceError> {
    let entity: EntityId = id(entity)?;
    let of_people = view.people.iter().flat_map(|person| {
        std::iter::once(&person.entity).chain(&person.names).chain(&person.phones).chain(&person.identifiers).chain(&person.roles)
    });
    let mut all = std::iter::once(&view.head)
        .chain(of_people)
        .chain(&view.legs)
        .chain(&view.stages)
        .chain(&view.inquiries)
        .chain(&view.notes)
        .chain(&view.consents)
        .chain(view.documents.iter().map(|document| &document.entity));
    all.find(|known| known.id == entity && known.kind == kind).ok_or(ServiceError::NotFound)
}

/// The values of an entity by field.
pub(super) fn values(entity: &EntityView) -> BTreeMap<String, Value> {
    entity.fields.iter().filter_map(|field| Some((field.name.clone(), field.value.clone()?))).collect()
}

/// Commitments as a hidden box carries them.
pub(super) fn seen(commitments: &[Commitment]) -> String {
    commitments.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// A field that a person changed.
pub(super) struct Changed<'a> {
    pub(super) field: &'a FieldView,
    pub(super) value: Value,
    pub(super) stale: bool,
}

/// What differs from what the form showed, and whether something else stands there by now.
pub(super) fn changed<'a>(entity: &'a EntityView, posted: &Posted) -> Vec<Changed<'a>> {
    let parsed = fields_of(posted, PREFIX, &entity.kind);
    let same = |a: &str, b: &str| a.replace("\r\n", "\n").trim() == b.replace("\r\n", "\n").trim();
    let sent = entity.fields.iter().filter(|field| posted.knows(&format!("was.{PREFIX}{}", field.name)));
    sent.filter_map(|field| {
        let name = format!("{PREFIX}{}", field.name);
        if same(&posted.all(&name).join(","), posted.raw(&format!("was.{name}"))) {
            return None;
        }
        let stale = posted.one(&format!("seen.{name}")) != seen(&field.seen);
        Some(Changed { field, value: parsed.get(&field.name).cloned().unwrap_or(Value::Null), stale })
    })
    .collect()
}
