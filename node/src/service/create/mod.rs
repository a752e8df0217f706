//! A new case with its people, in one step: everything is checked first, all faults are told at once, nothing is half-saved.
//! Searching before entering is the page's business; the alert about the same person elsewhere follows by itself.

use super::audit::audited;
use super::fields::{Refs, Values, check, date_the_age, drafts, fault, ids, parent, read};
use super::model::{Fields, NewCase};
use super::{Service, ServiceError, settings};
use crate::access::{Action, Actor, CaseAccess, Grant, Unit, authorize};
use crate::audit::actions;
use crate::casework::{case_number, today};
use crate::rows::row;
use crate::search::Index;
use crate::store::tables;
use icmc_protocol::caselog::{Author, Draft, open_case};
use icmc_protocol::dictionary::{Dictionary, FieldError, Kind, Value};
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::machine::{Record, Scope, Table, Txn, ViewError};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

const CASE_NO: &str = "case_no";
/// Most entities of one new case.
const ENTITIES_MAX: usize = 500;

/// The last serial number given in a year. Key: "serial/" and the year.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Serial {
    last: u32,
}

impl Record for Serial {
    const TABLE: Table = tables::SETTINGS;
}

impl Service {
    /// Enters a case. Without `case.case_no` the next number of the unit is given.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault.
    pub async fn create_case(&self, actor: &Actor, new: NewCase) -> Result<CaseId, ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::CASE_CREATED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::CreateCase, Unit)?;
            let today = today(txn.now);
            let number = if is_absent(&new.case, CASE_NO) { next_number(txn, &index, &today)? } else { String::new() };
            let drafts = plan(&new, &number, &today, txn.rng).map_err(ServiceError::Fields)?;
            let given = drafts.iter().find(|draft| &*draft.field == CASE_NO).and_then(|draft| draft.value.as_text());
            if given.is_some_and(|given| index.has_number(given)) {
                return Err(ServiceError::Fields(vec![fault("case", CASE_NO, "a number that no other case of this unit has")]));
            }
            let (case, _) = open_case(txn, &drafts, &Author { name: by.name.clone() })?;
            CaseAccess::of(by.account).put(txn, case);
            audited(txn, &by, actions::CASE_CREATED, case)?;
            Ok(case)
        })
        .await
    }
}

fn serial_key(today: &str) -> Vec<u8> {
    [b"serial/".as_slice(), today.get(..4).unwrap_or_default().as_bytes()].concat()
}

/// The next number of the year that no case has.
fn next_number(txn: &mut Txn<'_>, index: &Index, today: &str) -> Result<String, ViewError> {
    let prefix = settings::load(txn)?.case_prefix;
    let key = serial_key(today);
    let mut serial = row::<Serial>(txn, &key)?.unwrap_or_default();
    loop {
        serial.last += 1;
        let number = case_number(&prefix, today, serial.last);
        if !index.has_number(&number) {
            txn.put(&key, Scope::Master, &serial);
            return Ok(number);
        }
    }
}

/// Whether nothing was entered.
fn is_absent(fields: &Fields, name: &str) -> bool {
    fields.get(name).is_none_or(|json| json.is_null() || json.as_str().is_some_and(|text| text.trim().is_empty()))
}

/// Everything that a new case writes, or everything that is wrong with it.
pub(super) fn plan(new: &NewCase, number: &str, today: &str, rng: &mut dyn CryptoRng) -> Result<Vec<Draft>, Vec<FieldError>> {
    let lists = [&new.legs, &new.stages, &new.notes].map(|list| list.len()).iter().sum::<usize>();
    let persons: usize =
        new.persons.iter().map(|one| 1 + one.names.len() + one.phones.len() + one.identifiers.len() + one.roles.len()).sum();
    if 1 + lists + persons > ENTITIES_MAX {
        return Err(vec![fault("request", "persons", "at most 500 entries in a new case")]);
    }
    let mut made = Made { ids: ids(1 + lists + persons, rng).into_iter(), ..Made::default() };
    let mut case = new.case.clone();
    for (field, default) in [(CASE_NO, number), ("opened_on", today), ("status", "open")] {
        if is_absent(&case, field) {
            case.insert(field.to_owned(), default.into());
        }
    }
    let id = made.id();
    made.entity("case", id, &case, |_| {});
    for one in &new.persons {
        let person = made.id();
        if !one.reference.is_empty() && made.refs.insert(one.reference.clone(), ("person".to_owned(), person)).is_some() {
            made.faults.push(fault("request", "ref", "another word for each person"));
        }
        made.entity("person", person, &one.person, |values| date_the_age(values, today));
        for (kind, list) in [("person_name", &one.names), ("person_phone", &one.phones), ("person_identifier", &one.identifiers)]
        {
            for fields in list {
                let id = made.id();
                if made.entity(kind, id, fields, |_| {}) {
                    made.drafts.push(parent(kind, id, person));
                }
            }
        }
        for fields in &one.roles {
            let id = made.id();
            let about = Value::Bytes(person.0.to_vec());
            made.entity("case_person", id, fields, |values| {
                values.insert("person".to_owned(), about);
            });
        }
    }
    for (kind, list) in [("route_leg", &new.legs), ("stage_entry", &new.stages), ("note", &new.notes)] {
        for fields in list {
            let id = made.id();
            made.entity(kind, id, fields, |_| {});
        }
    }
    if made.faults.is_empty() { Ok(made.drafts) } else { Err(made.faults) }
}

#[derive(Default)]
struct Made {
    ids: std::vec::IntoIter<EntityId>,
    refs: Refs,
    drafts: Vec<Draft>,
    faults: Vec<FieldError>,
}

impl Made {
    fn id(&mut self) -> EntityId {
        self.ids.next().expect("one id was made for each entity of the request")
    }

    /// Says whether anything is to be written: an empty row of a form is nothing, a person of whom nothing is known is a person.
    fn entity(&mut self, kind: &str, id: EntityId, fields: &Fields, complete: impl FnOnce(&mut Values)) -> bool {
        let kind = Dictionary::builtin().kind(kind).expect("a kind of the compiled-in dictionary");
        let mut faults = Vec::new();
        let mut values = read(kind, fields, &self.refs, &mut faults);
        complete(&mut values);
        self.points_inside(kind, &values, &mut faults);
        values.retain(|_, value| !value.is_cleared());
        check(kind, &values, &mut faults, |_| true);
        self.faults.append(&mut faults);
        let is_there = kind.is_person || !values.is_empty();
        if is_there {
            self.drafts.extend(drafts(kind, id, values));
        }
        is_there
    }

    /// A reference must name a person of this request.
    fn points_inside(&self, kind: &Kind, values: &Values, faults: &mut Vec<FieldError>) {
        let Some(name) = &kind.person_ref else { return };
        let Some(Value::Bytes(id)) = values.get(name) else { return };
        let own_role = kind.name == "case_person";
        if !own_role && !self.refs.values().any(|(_, person)| person.as_bytes().as_slice() == id.as_slice()) {
            faults.push(fault(&kind.name, name, "the `ref` of a person of this request"));
        }
    }
}

#[cfg(test)]
mod tests;
