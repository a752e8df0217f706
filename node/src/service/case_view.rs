//! From a folded case to the view that a page shows: plain functions, everything that has to be read comes in.
//! Not who may see it, and not the audit: see `cases`.

use super::document_view::{Files, documents};
use super::model::{
    CaseRights, CaseSummary, CaseView, ContributionView, CustodyView, LinkView, Matching, OnwardView, PersonLinkView, PersonView,
    ReceivedView, ShareView, StepView, UnitRef,
};
use super::reader::{Reader, value_text};
use super::share_words::{handling_word, onward_word};
use super::units::Units;
use crate::casework::{members, persons, role_codes, role_words, stepper};
use icmc_protocol::caselog::{Entity, EntityKey, FIELD_PARENT, FIELD_REMOVED, Name};
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::ids::{EntityId, EntryHash, UnitId};
use icmc_protocol::requests::Passing;
use icmc_protocol::sharing::{ContributionRow, ContributionState, Onward};
use icmc_protocol::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What stands around a case, read before.
#[derive(Default)]
pub(super) struct Around {
    pub(super) shares: Vec<ShareView>,
    pub(super) received: Option<ReceivedView>,
    pub(super) files: Files,
    pub(super) contributions: Vec<(EntryHash, ContributionRow)>,
    /// What was asked of their authors, and why some were refused.
    pub(super) passings: Vec<Passing>,
    pub(super) refusals: Vec<(EntryHash, String)>,
    pub(super) links: Vec<LinkView>,
    pub(super) custody: CustodyView,
    pub(super) rights: CaseRights,
    pub(super) not_shared: Vec<String>,
    pub(super) deleted_until: Option<Timestamp>,
    pub(super) matching: BTreeMap<EntityId, Matching>,
    /// What of them is too common to count.
    pub(super) muted: BTreeMap<EntityId, Vec<String>>,
    pub(super) alerted: BTreeSet<EntityId>,
    pub(super) same: BTreeMap<EntityId, Vec<PersonLinkView>>,
    /// What entries do to the log itself.
    pub(super) steering: BTreeMap<EntryHash, Vec<String>>,
}

/// A case as a page shows it.
pub(super) fn case_view(reader: &Reader<'_>, summary: CaseSummary, around: Around) -> CaseView {
    let mut legs = reader.all("route_leg");
    legs.sort_by_key(|leg| leg.field("seq").and_then(|seq| seq.value.as_ref()?.as_i64()).unwrap_or(i64::MAX));
    let mut stages = reader.all("stage_entry");
    stages.sort_by(|a, b| a.text("stage").cmp(b.text("stage")));
    CaseView {
        summary,
        head: reader.head(),
        people: persons(reader.folded, &reader.order).into_iter().filter_map(|id| person(reader, id, &around)).collect(),
        legs,
        stages,
        inquiries: reader.all("home_investigation"),
        notes: reader.all("note"),
        consents: reader.all("consent"),
        documents: documents(reader, &around.files),
        timeline: timeline(reader, &around.steering),
        contributions: contributions(reader, &around),
        shares: around.shares,
        received: around.received,
        links: around.links,
        custody: around.custody,
        rights: around.rights,
        not_shared: around.not_shared,
        deleted_until: around.deleted_until,
    }
}

fn person(reader: &Reader<'_>, id: EntityId, around: &Around) -> Option<PersonView> {
    let all = |kind: &str| {
        let known = Dictionary::builtin().kind(kind)?;
        let found = members(reader.folded, &reader.order, id, kind).into_iter();
        Some(found.map(|(id, entity)| reader.entity(known, &(name(kind), id), entity)).collect::<Vec<_>>())
    };
    let empty = Entity::default();
    let entity = reader.folded.entity("person", id).unwrap_or(&empty);
    Some(PersonView {
        id,
        display: reader.display(id),
        role_words: role_words(&role_codes(reader.folded, &reader.order, id)),
        entity: reader.entity(Dictionary::builtin().kind("person")?, &(name("person"), id), entity),
        names: all("person_name")?,
        phones: all("person_phone")?,
        identifiers: all("person_identifier")?,
        roles: all("case_person")?,
        stages: stepper(reader.folded, &reader.order, id),
        matching: around.matching.get(&id).copied().unwrap_or_default(),
        muted: around.muted.get(&id).cloned().unwrap_or_default(),
        in_alert: around.alerted.contains(&id),
        same: around.same.get(&id).cloned().unwrap_or_default(),
    })
}

fn name(kind: &str) -> Name {
    Name::new(kind).unwrap_or_default()
}

/// The entries of which something is open here, in the order in which they count, pending ones last.
pub(super) fn timeline(reader: &Reader<'_>, steering: &BTreeMap<EntryHash, Vec<String>>) -> Vec<StepView> {
    let steps = reader.folded.steps.iter().map(|step| StepView {
        at: step.at,
        by: step.by.clone(),
        unit: reader.units.of(step.unit),
        seq: step.seq,
        admitted: step.admitted,
        lines: steering.get(&step.hash).cloned().unwrap_or_default().into_iter().chain(lines(&step.changed)).collect(),
        entry: step.hash,
    });
    steps.filter(|step| !step.lines.is_empty()).collect()
}

/// "Person: Sex", each once, in the order of the dictionary.
fn lines(changed: &[(EntityKey, Name)]) -> Vec<String> {
    let dictionary = Dictionary::builtin();
    let mut found = BTreeSet::new();
    for ((kind, _), field) in changed {
        let Some(at) = dictionary.kinds().iter().position(|known| known.name == **kind) else { continue };
        let known = &dictionary.kinds()[at];
        match &**field {
            FIELD_PARENT => {}
            FIELD_REMOVED => {
                found.insert((at, usize::MAX, format!("{}: removed or brought back", known.label)));
            }
            name => {
                let place = known.fields.iter().position(|field| field.name == name);
                let label = place.map_or(name, |place| &known.fields[place].label);
                found.insert((at, place.unwrap_or(usize::MAX), format!("{}: {label}", known.label)));
            }
        }
    }
    found.into_iter().map(|(_, _, line)| line).collect()
}

/// Pending ones first, then the newest; what they say is spelt out while somebody has to decide on it.
fn contributions(reader: &Reader<'_>, around: &Around) -> Vec<ContributionView> {
    let mut views: Vec<ContributionView> = around
        .contributions
        .iter()
        .map(|(entry, row)| ContributionView {
            entry: *entry,
            from: reader.units.of(row.from),
            at: row.at,
            state: match row.state {
                ContributionState::Pending => "pending",
                ContributionState::Admitted => "admitted",
                ContributionState::TakenBack => "taken_back",
                ContributionState::Refused => "refused",
            },
            handling: handling_word(row.handling),
            onward: onward_word(row.onward),
            expires: row.expires,
            refused: match row.state {
                ContributionState::Refused => refusal(&around.refusals, *entry),
                _ => None,
            },
            asked: onward(reader.units, &around.passings, *entry),
            may_ask: may_ask(*entry, row, around),
            changes: proposed(reader, *entry),
        })
        .collect();
    views.sort_by_key(|view| (view.state != "pending", core::cmp::Reverse(view.at)));
    views
}

/// The newest reason that was given for refusing one.
pub(super) fn refusal(refusals: &[(EntryHash, String)], entry: EntryHash) -> Option<String> {
    refusals.iter().rfind(|(of, _)| *of == entry).map(|(_, reason)| reason.clone())
}

/// For which units the author of one was asked.
pub(super) fn onward(units: &Units, passings: &[Passing], entry: EntryHash) -> Vec<OnwardView> {
    let view = |one: &Passing| OnwardView {
        to: units.of(one.to),
        at: one.at,
        why: one.why.clone(),
        yes: one.answer.as_ref().map(|(yes, _)| *yes),
        words: one.answer.as_ref().map(|(_, words)| words.clone()).unwrap_or_default(),
    };
    passings.iter().filter(|one| one.entry == entry).map(view).collect()
}

/// Whoever works on the case and lacks it for want of a word of its author.
fn may_ask(entry: EntryHash, row: &ContributionRow, around: &Around) -> Vec<UnitRef> {
    if row.state != ContributionState::Admitted || row.onward != Onward::Ask {
        return Vec::new();
    }
    let asked = |unit: UnitId| around.passings.iter().any(|one| one.entry == entry && one.to == unit);
    let working = around.shares.iter().filter(|share| share.state == "active").map(|share| share.to.clone());
    let lacking = working.filter(|unit| unit.id != row.from && !row.passes_to(unit.id) && !asked(unit.id));
    lacking.collect::<BTreeSet<_>>().into_iter().collect()
}

fn proposed(reader: &Reader<'_>, entry: EntryHash) -> Vec<String> {
    let Some(at) = reader.folded.steps.iter().position(|step| step.hash == entry) else { return Vec::new() };
    let mut found = Vec::new();
    for kind in Dictionary::builtin().kinds() {
        for ((_, _), entity) in reader.folded.entities.iter().filter(|((name, _), _)| **name == *kind.name) {
            for field in kind.fields.iter().filter(|field| !field.structural) {
                let versions = entity.field(&field.name).into_iter().flat_map(|folded| &folded.pending);
                for version in versions.filter(|version| version.step == at) {
                    let text = value_text(&kind.name, &field.name, &version.value, &reader.displays);
                    found.push(format!("{}: {}: {text}", kind.label, field.label));
                }
            }
        }
    }
    if found.is_empty() { lines(&reader.folded.steps[at].changed) } else { found }
}
