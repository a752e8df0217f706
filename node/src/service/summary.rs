//! The summary row of a case: made anew in every step that touched the case, under the key that the case came with.
//! Lists, filters and searches read nothing else.

use super::folds::Folds;
use super::held::{Held, held_with};
use super::model::CaseSummary;
use super::reader::Reader;
use super::units::Units;
use crate::casework::{Known, Order, members, now_in, persons, role_codes, stepper, year};
use crate::search::{PersonRow, SummaryRow, names, paper, phone};
use crate::store::tables;
use icmc_protocol::caselog::{Entity, FoldedCase};
use icmc_protocol::dictionary::Value;
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::machine::{Scope, Txn, View, ViewError};
use icmc_protocol::sharing::{ContributionState, contributions, sealing};
use icmc_protocol::time::Timestamp;
use std::collections::BTreeSet;

/// Writes the summary of a case as it stands now and gives it, or takes it away.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(super) fn refresh(txn: &mut Txn<'_>, folds: &Folds, case: CaseId) -> Result<Option<SummaryRow>, ViewError> {
    let Some(found) = held_with(folds, None, txn, case, txn.now)?.filter(|held| !held.is_deleted()) else {
        txn.delete(tables::SUMMARIES, case.as_bytes());
        return Ok(None);
    };
    match scope(txn, &found, case)? {
        Some(scope) => {
            let units = Units::load(txn)?;
            let row = row_in(txn, &Reader::new(&found.folded, &units, BTreeSet::new()), &found)?;
            txn.put(case.as_bytes(), scope, &row);
            Ok(Some(row))
        }
        None => {
            txn.delete(tables::SUMMARIES, case.as_bytes());
            Ok(None)
        }
    }
}

/// What seals the row: our own key for our own words, the share's for what came under it; none if nothing is open.
fn scope(view: &dyn View, found: &Held, case: CaseId) -> Result<Option<Scope>, ViewError> {
    let wrote_here = found.folded.steps.iter().any(|step| step.unit == found.unit && !step.changed.is_empty());
    Ok(match found.active().first() {
        _ if found.own => Some(Scope::Case(case)),
        // The key of a share changes when its owner lowers it.
        Some((share, _)) => return sealing(view, *share),
        None => wrote_here.then_some(Scope::Case(case)),
    })
}

/// The row of a case that is here. What was refused waits for nobody.
pub(super) fn row_in(view: &dyn View, reader: &Reader<'_>, held: &Held) -> Result<SummaryRow, ViewError> {
    let mut row = row_of(reader, !held.own);
    if held.own && row.pending > 0 {
        let waiting = contributions(view, row.case)?.into_iter().filter(|(_, one)| one.state == ContributionState::Pending);
        row.pending = u32::try_from(waiting.count()).unwrap_or(u32::MAX);
    }
    Ok(row)
}

/// The row of a case as it is read.
pub(super) fn row_of(reader: &Reader<'_>, received: bool) -> SummaryRow {
    let (folded, order) = (reader.folded, &reader.order);
    let empty = Entity::default();
    let head = folded.head().map_or(&empty, |(_, head)| head);
    let text = |field: &str| head.text(field).to_owned();
    let persons = persons(folded, order);
    let mut stages = BTreeSet::new();
    let mut roles = BTreeSet::new();
    for person in &persons {
        stages.extend(now_in(&stepper(folded, order, *person)).map(str::to_owned));
        roles.extend(role_codes(folded, order, *person));
    }
    let pending = folded.steps.iter().filter(|step| !step.admitted && !step.changed.is_empty()).count();
    SummaryRow {
        case: folded.case,
        owner: folded.owner,
        received,
        number: text("case_no"),
        title: text("title"),
        kind: text("kind"),
        status: text("status"),
        priority: text("priority"),
        opened_on: text("opened_on"),
        stages: stages.into_iter().collect(),
        roles: roles.into_iter().collect(),
        pending: u32::try_from(pending).unwrap_or(u32::MAX),
        updated: folded.steps.iter().filter_map(|step| step.at).max().unwrap_or(Timestamp(0)),
        people: persons.into_iter().map(|person| person_row(reader, order, person)).collect(),
    }
}

fn person_row(reader: &Reader<'_>, order: &Order, person: EntityId) -> PersonRow {
    let folded = reader.folded;
    let texts = |kind: &str, fields: &[&str]| -> Vec<String> {
        let entities = members(folded, order, person, kind);
        entities.iter().flat_map(|(_, entity)| fields.iter().flat_map(|field| every_text(entity, field))).collect()
    };
    let spoken = texts("person_name", &["given", "middle", "family", "full_native"]);
    let (words, native) = names(spoken.iter().map(String::as_str));
    PersonRow {
        person,
        display: reader.display(person),
        words,
        native,
        phones: texts("person_phone", &["number"]).iter().filter_map(|text| phone(text)).collect(),
        papers: texts("person_identifier", &["number"]).iter().filter_map(|text| paper(text)).collect(),
        year: birth_year(folded, person),
        known: Known::of(folded, person).unwrap_or_default(),
    }
}

/// Every value of a field that stands or is proposed: a search finds both sides of a conflict.
fn every_text(entity: &Entity, field: &str) -> Vec<String> {
    let versions = entity.field(field).into_iter().flat_map(|field| field.versions.iter().chain(&field.pending));
    versions.filter_map(|version| version.value.as_text()).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn birth_year(folded: &FoldedCase, person: EntityId) -> Option<i32> {
    let entity = folded.entity("person", person)?;
    year(entity.text("birth")).or_else(|| match entity.value("age_stated") {
        Some(Value::Int(age)) => Some(year(entity.text("age_on"))? - i32::try_from(*age).ok()?),
        _ => None,
    })
}

/// A row as a line of a list.
pub(super) fn line(row: &SummaryRow, units: &Units, shared_with: u32) -> CaseSummary {
    CaseSummary {
        id: row.case,
        number: if row.number.is_empty() { format!("#{}", row.case.short()) } else { row.number.clone() },
        title: row.title.clone(),
        kind: row.kind.clone(),
        status: row.status.clone(),
        priority: row.priority.clone(),
        opened_on: row.opened_on.clone(),
        owner: units.of(row.owner),
        stages: row.stages.clone(),
        people: u32::try_from(row.people.len()).unwrap_or(u32::MAX),
        shared_with,
        received: row.received,
        pending: row.pending,
        updated: row.updated,
    }
}

/// With how many units a case is shared now.
pub(super) fn shared_with(view: &dyn View, case: CaseId) -> Result<u32, ViewError> {
    let open = icmc_protocol::sharing::outgoing_of(view, case)?;
    let units: BTreeSet<_> = open.into_iter().filter(|(_, share)| share.state.is_open()).map(|(_, share)| share.to).collect();
    Ok(u32::try_from(units.len()).unwrap_or(u32::MAX))
}
