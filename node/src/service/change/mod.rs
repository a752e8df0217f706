//! Changes to entities of a case: what a form or the API sends becomes drafts, all faults at once.
//! An owner's change counts; on a received case the same call makes a contribution, which counts once the owner admits it.

use super::decisions::takes_two;
use super::fields::{Refs, Values, check, date_the_age, draft, drafts, fault, ids, parent, read, removed};
use super::model::ChangeRequest;
use icmc_protocol::caselog::{Draft, Entity, FIELD_REMOVED, Field, FoldedCase, Log, Name};
use icmc_protocol::dictionary::{Dictionary, FieldError, FieldType, Kind, Value};
use icmc_protocol::ids::{Commitment, EntityId, UnitId};
use rand_core::CryptoRng;
use std::collections::BTreeSet;

/// Most changes of one call.
const REQUESTS_MAX: usize = 500;
/// Most values that one change can replace.
const REPLACES_MAX: usize = 16;

/// The case as it stands for whoever writes.
pub(super) struct Standing<'a> {
    pub(super) folded: &'a FoldedCase,
    pub(super) log: &'a Log,
    /// This unit.
    pub(super) unit: UnitId,
    /// YYYY-MM-DD.
    pub(super) today: &'a str,
}

/// What is to be written, and which entity each request was about.
pub(super) struct Planned {
    pub(super) drafts: Vec<Draft>,
    pub(super) entities: Vec<EntityId>,
}

/// Everything that these requests write, or everything that is wrong with them.
pub(super) fn plan(
    standing: &Standing<'_>,
    requests: &[ChangeRequest],
    rng: &mut dyn CryptoRng,
) -> Result<Planned, Vec<FieldError>> {
    if requests.is_empty() || requests.len() > REQUESTS_MAX {
        return Err(vec![fault("request", "changes", "1 to 500 changes")]);
    }
    let mut ids = ids(requests.len(), rng).into_iter();
    let mut planner = Planner { standing, refs: Refs::new(), new: BTreeSet::new(), drafts: Vec::new(), faults: Vec::new() };
    let mut entities = Vec::new();
    for request in requests {
        let fresh = ids.next().expect("one id was made for each request");
        entities.push(planner.one(request, fresh));
    }
    if planner.faults.is_empty() { Ok(Planned { drafts: planner.drafts, entities }) } else { Err(planner.faults) }
}

struct Planner<'a> {
    standing: &'a Standing<'a>,
    refs: Refs,
    /// Entities made by this call, by kind.
    new: BTreeSet<(String, EntityId)>,
    drafts: Vec<Draft>,
    faults: Vec<FieldError>,
}

impl<'a> Planner<'a> {
    fn one(&mut self, request: &ChangeRequest, fresh: EntityId) -> EntityId {
        let Some(kind) = Dictionary::builtin().kind(&request.kind).filter(|kind| !kind.structural) else {
            self.faults.push(fault("request", "kind", "a kind of the dictionary"));
            return fresh;
        };
        let head = self.standing.folded.head().map(|(id, _)| id);
        let there = request.entity.and_then(|id| self.standing.folded.entity(&kind.name, id));
        let decided = there.is_some_and(|entity| entity.field("override_by").is_some());
        for (field, value) in &request.fields {
            let ends = field == "withdrawn_on" && value.as_str().is_some_and(|day| !day.trim().is_empty());
            if takes_two(&kind.name, field) || (decided && !ends) {
                self.faults.push(fault(&kind.name, field, "nothing here: two persons decide this together"));
            }
        }
        if decided && request.removed == Some(false) {
            self.faults.push(fault("request", "removed", "a new decision of two persons"));
        }
        match request.entity.or(head.filter(|_| kind.name == "case")) {
            Some(id) => {
                self.existing(kind, id, request);
                id
            }
            None => {
                self.made(kind, fresh, request);
                fresh
            }
        }
    }

    fn made(&mut self, kind: &Kind, id: EntityId, request: &ChangeRequest) {
        if kind.name == "case" {
            self.faults.push(fault("request", "entity", "the id of an entity of this case"));
            return;
        }
        let mut faults = Vec::new();
        let mut values = read(kind, &request.fields, &self.refs, &mut faults);
        if kind.is_person {
            date_the_age(&mut values, self.standing.today);
        }
        values.retain(|_, value| !value.is_cleared());
        check(kind, &values, &mut faults, |_| true);
        self.points_somewhere(kind, &values, &mut faults);
        if values.is_empty() && !kind.is_person && faults.is_empty() {
            faults.push(fault("request", "fields", "at least one value"));
        }
        if let Some(of) = &kind.parent {
            match self.parent(of, request) {
                Some(above) => self.drafts.push(parent(&kind.name, id, above)),
                None => faults.push(fault("request", "parent", &format!("the id of a {of} of this case"))),
            }
        }
        self.faults.append(&mut faults);
        self.drafts.extend(drafts(kind, id, values));
        if let Some(word) = &request.reference {
            self.refs.insert(word.clone(), (kind.name.clone(), id));
        }
        self.new.insert((kind.name.clone(), id));
    }

    fn parent(&self, of: &str, request: &ChangeRequest) -> Option<EntityId> {
        let by_ref = request.parent_ref.as_ref().and_then(|word| self.refs.get(word)).filter(|(kind, _)| kind == of);
        by_ref.map(|(_, id)| *id).or(request.parent).filter(|id| self.is_there(of, *id))
    }

    fn is_there(&self, kind: &str, id: EntityId) -> bool {
        self.new.contains(&(kind.to_owned(), id)) || self.standing.folded.entity(kind, id).is_some_and(|entity| !entity.removed)
    }

    fn existing(&mut self, kind: &Kind, id: EntityId, request: &ChangeRequest) {
        let Some(entity) = self.standing.folded.entity(&kind.name, id) else {
            self.faults.push(fault("request", "entity", &format!("the id of a {} of this case", kind.name)));
            return;
        };
        if entity.removed && request.removed != Some(false) {
            self.faults.push(fault("request", "entity", "an entity that is not removed"));
            return;
        }
        let mut faults = Vec::new();
        let mut values = read(kind, &request.fields, &self.refs, &mut faults);
        values.retain(|name, value| self.is_changed(entity, kind, id, name, value, request, &mut faults));
        if kind.is_person && values.contains_key("age_stated") {
            date_the_age(&mut values, self.standing.today);
        }
        self.points_somewhere(kind, &values, &mut faults);
        let mut merged = self.standing_values(entity);
        merged.extend(values.clone());
        let concerned = |name: &str| {
            let beside = kind.field(name).and_then(|field| field.depends_on.as_ref());
            values.contains_key(name) || beside.is_some_and(|beside| values.contains_key(beside))
        };
        check(kind, &merged, &mut faults, concerned);
        self.faults.append(&mut faults);
        for (name, value) in values {
            let replaces = self.replaces(entity, &name, request);
            self.drafts.push(draft(&kind.name, id, &name, value, replaces));
        }
        if let Some(to) = request.removed.filter(|to| *to != entity.removed) {
            let replaces = entity.field(FIELD_REMOVED).map(|field| self.stands(field)).unwrap_or_default();
            self.drafts.push(removed(&kind.name, id, to, replaces));
        }
    }

    /// Whether whoever sent this value meant to change the field: it is not what the form showed, nor what stands now.
    #[expect(clippy::too_many_arguments, reason = "one field of one request, seen from all sides")]
    fn is_changed(
        &self,
        entity: &Entity,
        kind: &Kind,
        id: EntityId,
        name: &str,
        value: &Value,
        request: &ChangeRequest,
        faults: &mut Vec<FieldError>,
    ) -> bool {
        let seen = self.replaces(entity, name, request);
        let of_field = |commitment: &Commitment| {
            self.standing
                .log
                .changes
                .get(commitment)
                .filter(|change| change.entity == id && *change.kind == *kind.name && &*change.field == name)
        };
        let known: Vec<&Value> = seen.iter().filter_map(of_field).map(|change| &change.value).collect();
        if known.len() < seen.len() || seen.len() > REPLACES_MAX {
            faults.push(fault(&kind.name, name, "in `replaces` the values that the form showed"));
            return false;
        }
        let same = |other: &Value| other == value || (other.is_cleared() && value.is_cleared());
        let as_shown = match known.as_slice() {
            [] => value.is_cleared(),
            [one] => same(one),
            _ => false,
        };
        let stands = entity.field(name).is_some_and(|field| matches!(field.versions.as_slice(), [one] if same(&one.value)));
        !as_shown && !stands
    }

    fn replaces(&self, entity: &Entity, name: &str, request: &ChangeRequest) -> Vec<Commitment> {
        match &request.replaces {
            Some(seen) => seen.get(name).cloned().unwrap_or_default(),
            None => entity.field(name).map(|field| self.stands(field)).unwrap_or_default(),
        }
    }

    /// What a new value takes the place of: what stands, and on another unit's case also our own proposals.
    fn stands(&self, field: &Field) -> Vec<Commitment> {
        field.seen().into_iter().chain(self.own_proposals(field).map(|(commitment, _)| commitment)).collect()
    }

    fn own_proposals<'f>(&self, field: &'f Field) -> impl Iterator<Item = (Commitment, &'f Value)> {
        let (unit, folded) = (self.standing.unit, self.standing.folded);
        let ours = move |step: usize| unit != folded.owner && folded.steps.get(step).is_some_and(|step| step.unit == unit);
        field.pending.iter().filter(move |version| ours(version.step)).map(|version| (version.commitment, &version.value))
    }

    fn standing_values(&self, entity: &Entity) -> Values {
        let value = |field: &Field| field.current().or_else(|| self.own_proposals(field).last().map(|(_, value)| value)).cloned();
        entity.fields.iter().filter_map(|(name, field): (&Name, _)| Some((name.to_string(), value(field)?))).collect()
    }

    /// A reference must name an entity that is in the case, or made by this call.
    fn points_somewhere(&self, kind: &Kind, values: &Values, faults: &mut Vec<FieldError>) {
        for (name, value) in values {
            let (Some(FieldType::Ref(target)), Value::Bytes(bytes)) = (kind.field(name).map(|field| &field.ty), value) else {
                continue;
            };
            if !EntityId::from_slice(bytes).is_some_and(|id| self.is_there(target, id)) {
                faults.push(fault(&kind.name, name, &format!("the id of a {target} of this case")));
            }
        }
    }
}

#[cfg(test)]
mod tests;
