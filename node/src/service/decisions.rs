//! What takes two persons: a ground in place of consent, a hold that keeps a case
//! here and undeleted, and the end of a hold.
//! One asks, another agrees. What a ground in place of consent allows is asked by `protocol::sharing`.

use super::audit::audited;
use super::fields::{Refs, Values, check, drafts, fault, read};
use super::held::held;
use super::model::{DecisionRequest, DecisionView, Fields};
use super::{Service, ServiceError};
use crate::access::{Action, Actor, authorize};
use crate::accounts::AccountId;
use crate::audit::{Event, actions, append as audit};
use crate::casework::today;
use crate::rows::{row, rows};
use icmc_protocol::caselog::{Author, append};
use icmc_protocol::dictionary::{Dictionary, FieldError, Value};
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use icmc_protocol::time::{DAY, Timestamp};
use icmc_protocol::transfer::{self, TransferRefusal};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The kind of the dictionary.
const CONSENT: &str = "consent";
/// What no form writes.
const BY_TWO: &str = "override_";
/// What the person who asks for a ground in place of consent says.
const ASKED: [&str; 8] = [
    "person",
    "purposes",
    "recipients",
    "recipient_units",
    "classes_allowed",
    "valid_to",
    "override_ground",
    "override_authority",
];
/// Of these, what must be there.
const REQUIRED: [&str; 6] = ["person", "purposes", "classes_allowed", "valid_to", "override_ground", "override_authority"];
/// Most decisions of one case.
const MOST: usize = 200;
const REASON_MAX: usize = 500;
const DAYS_MAX: u32 = 20 * 365;

/// Key: CaseId ‖ its id.
#[derive(Clone, Serialize, Deserialize)]
struct Decision {
    what: What,
    by: Person,
    second: Option<Person>,
}

#[derive(Clone, Serialize, Deserialize)]
enum What {
    Override { values: Values },
    Hold { reason: String, until: Timestamp },
    Release { hold: EntityId },
}

#[derive(Clone, Serialize, Deserialize)]
struct Person {
    account: AccountId,
    /// Name and sign-in name: two people of one name are told apart.
    name: String,
    at: Timestamp,
}

impl Record for Decision {
    const TABLE: Table = Table::DECISIONS;
}

impl What {
    const fn word(&self) -> &'static str {
        match self {
            Self::Override { .. } => "override",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
        }
    }

    const fn action(&self) -> Action {
        match self {
            Self::Override { .. } => Action::ShareCase,
            Self::Hold { .. } | Self::Release { .. } => Action::DeleteCase,
        }
    }
}

impl Service {
    /// Asks for something that a second person has to agree to; gives its id.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault.
    pub async fn ask_second(&self, actor: &Actor, case: CaseId, request: DecisionRequest) -> Result<EntityId, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::DECISION_ASKED, case, move |txn| ask(txn, &by, case, &request)).await
    }

    /// Agrees to what another person asked for; then it holds.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for whoever asked.
    pub async fn agree(&self, actor: &Actor, case: CaseId, id: EntityId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::DECISION_AGREED, format!("{case}/{id}"), move |txn| agree(txn, &by, case, id)).await
    }

    /// Takes what waits for a second person off the list, as who asked or as who does not agree.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if nothing of that id waits.
    pub async fn disagree(&self, actor: &Actor, case: CaseId, id: EntityId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::DECISION_REFUSED, format!("{case}/{id}"), move |txn| {
            let decision = open(txn, &by, case, id)?;
            txn.delete(Table::DECISIONS, &key(case, id));
            let event = Event::new(actions::DECISION_REFUSED).by(by.account).on(format!("{case}/{id}"));
            audit(txn, event.because(decision.what.word()))?;
            Ok(())
        })
        .await
    }

    /// What two persons have decided about a case, or one has asked for.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the case is not there for this person.
    pub async fn decisions(&self, actor: &Actor, case: CaseId) -> Result<Vec<DecisionView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_VIEWED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ViewCase, case)?;
            audited(txn, &by, actions::CASE_VIEWED, case)?;
            Ok(decisions(txn, grant.object())?)
        })
        .await
    }
}

pub(super) fn ask(txn: &mut Txn<'_>, by: &Actor, case: CaseId, request: &DecisionRequest) -> Result<EntityId, ServiceError> {
    // Who may not see the case learns nothing of what was wrong with the wish.
    let _ = authorize(txn, by, Action::ViewCase, case)?;
    if !held(txn, case, txn.now)?.is_some_and(|held| held.own) {
        return Err(ServiceError::Refused("only the unit that owns a case can do this".to_owned()));
    }
    let what = match request {
        DecisionRequest::Override { fields } => {
            What::Override { values: asked(txn, case, fields).map_err(ServiceError::Fields)? }
        }
        DecisionRequest::Hold { reason, days } => {
            let reason = reason.trim();
            if reason.is_empty() || reason.len() > REASON_MAX {
                return Err(ServiceError::request("reason", format!("why, in at most {REASON_MAX} bytes")));
            }
            if !(1..=DAYS_MAX).contains(days) {
                return Err(ServiceError::request("days", format!("from 1 to {DAYS_MAX}")));
            }
            What::Hold { reason: reason.to_owned(), until: txn.now.plus(u64::from(*days) * DAY) }
        }
        DecisionRequest::Release { hold } => {
            let found = row::<Decision>(txn, &key(case, *hold))?;
            if !found.is_some_and(|one| one.second.is_some() && matches!(one.what, What::Hold { .. })) {
                return Err(ServiceError::NotFound);
            }
            What::Release { hold: *hold }
        }
    };
    let _ = authorize(txn, by, what.action(), case)?;
    if rows::<Decision>(txn, case.as_bytes(), None, MOST)?.len() >= MOST {
        return Err(ServiceError::Refused("too many decisions wait or stand in this case".to_owned()));
    }
    let id = EntityId::random(txn.rng);
    let event = Event::new(actions::DECISION_ASKED).by(by.account).on(format!("{case}/{id}")).because(what.word());
    let decision = Decision { what, by: person(by, txn.now), second: None };
    txn.put(&key(case, id), Scope::Case(case), &decision);
    audit(txn, event)?;
    Ok(id)
}

pub(super) fn agree(txn: &mut Txn<'_>, by: &Actor, case: CaseId, id: EntityId) -> Result<(), ServiceError> {
    let mut decision = open(txn, by, case, id)?;
    if decision.by.account == by.account {
        return Err(ServiceError::Refused("somebody else has to agree to what you asked for".to_owned()));
    }
    let second = person(by, txn.now);
    let event = Event::new(actions::DECISION_AGREED).by(by.account).on(format!("{case}/{id}")).because(decision.what.word());
    match &decision.what {
        What::Override { values } => {
            let mut values = values.clone();
            values.insert("valid_from".to_owned(), Value::Text(today(txn.now)));
            values.insert("override_by".to_owned(), Value::Text(decision.by.name.clone()));
            values.insert("override_second".to_owned(), Value::Text(second.name.clone()));
            values.insert("override_at".to_owned(), Value::Int(i64::try_from(txn.now.0).unwrap_or(i64::MAX)));
            let kind = Dictionary::builtin().kind(CONSENT).expect("a kind of the compiled-in dictionary");
            append(txn, case, &drafts(kind, id, values), &Author { name: by.name.clone() })?;
        }
        // An offer that is open would hand the case over with the other unit's yes alone.
        What::Hold { .. } => match transfer::withdraw(txn, case) {
            Ok(()) | Err(TransferRefusal::NoOffer) => {}
            Err(refusal) => return Err(refusal.into()),
        },
        What::Release { hold } => txn.delete(Table::DECISIONS, &key(case, *hold)),
    }
    if matches!(decision.what, What::Release { .. }) {
        txn.delete(Table::DECISIONS, &key(case, id));
    } else {
        decision.second = Some(second);
        txn.put(&key(case, id), Scope::Case(case), &decision);
    }
    audit(txn, event)?;
    Ok(())
}

/// One that waits, for a person who might have asked for it.
fn open(txn: &Txn<'_>, by: &Actor, case: CaseId, id: EntityId) -> Result<Decision, ServiceError> {
    let _ = authorize(txn, by, Action::ViewCase, case)?;
    let decision = row::<Decision>(txn, &key(case, id))?.filter(|one| one.second.is_none()).ok_or(ServiceError::NotFound)?;
    let _ = authorize(txn, by, decision.what.action(), case)?;
    Ok(decision)
}

/// The values of a ground in place of consent, or all that is wrong with them.
fn asked(txn: &Txn<'_>, case: CaseId, fields: &Fields) -> Result<Values, Vec<FieldError>> {
    let kind = Dictionary::builtin().kind(CONSENT).expect("a kind of the compiled-in dictionary");
    let mut faults = Vec::new();
    for name in fields.keys().filter(|name| !ASKED.contains(&name.as_str())) {
        faults.push(fault(CONSENT, name, "one of the fields that are asked for here"));
    }
    let mut fields = fields.clone();
    fields.insert("valid_from".to_owned(), json!(today(txn.now)));
    let mut values = read(kind, &fields, &Refs::new(), &mut faults);
    values.retain(|_, value| !value.is_cleared());
    check(kind, &values, &mut faults, |_| true);
    for name in REQUIRED.into_iter().filter(|name| !values.contains_key(*name)) {
        if !faults.iter().any(|fault| fault.field == name) {
            faults.push(fault(CONSENT, name, "this has to be said"));
        }
    }
    let named = values.get("person").and_then(|value| match value {
        Value::Bytes(id) => EntityId::from_slice(id),
        _ => None,
    });
    let held = held(txn, case, txn.now).ok().flatten();
    let is_there = |id| held.as_ref().and_then(|held| held.folded.entity("person", id)).is_some_and(|person| !person.removed);
    if named.is_some_and(|id| !is_there(id)) {
        faults.push(fault(CONSENT, "person", "the id of a person of this case"));
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

fn person(by: &Actor, at: Timestamp) -> Person {
    let name: String = format!("{} ({})", by.name, by.sign_in).chars().take(120).collect();
    Person { account: by.account, name, at }
}

fn key(case: CaseId, id: EntityId) -> Vec<u8> {
    [case.as_bytes().as_slice(), id.as_bytes()].concat()
}

/// What two persons have decided about a case, or one has asked for; the newest first.
pub(super) fn decisions(view: &dyn View, case: CaseId) -> Result<Vec<DecisionView>, ViewError> {
    let mut views = Vec::new();
    for (key, decision) in rows::<Decision>(view, case.as_bytes(), None, MOST)? {
        let Some(id) = key.get(CaseId::LEN..).and_then(EntityId::from_slice) else { continue };
        let (person, reason, until) = match &decision.what {
            What::Override { values } => {
                let person = match values.get("person") {
                    Some(Value::Bytes(id)) => EntityId::from_slice(id),
                    _ => None,
                };
                let authority = values.get("override_authority").and_then(Value::as_text);
                (person, authority.unwrap_or_default().to_owned(), None)
            }
            What::Hold { reason, until } => (None, reason.clone(), Some(*until)),
            What::Release { .. } => (None, String::new(), None),
        };
        views.push(DecisionView {
            id,
            what: decision.what.word(),
            person,
            reason,
            until,
            by: decision.by.name,
            at: decision.by.at,
            second_at: decision.second.as_ref().map(|second| second.at),
            second: decision.second.map(|second| second.name),
        });
    }
    views.sort_by_key(|view| core::cmp::Reverse(view.at));
    Ok(views)
}

/// Whether two persons decided that this case must not be deleted now.
pub(super) fn is_on_hold(view: &dyn View, case: CaseId, now: Timestamp) -> Result<bool, ViewError> {
    let standing = |one: &Decision| one.second.is_some() && matches!(one.what, What::Hold { until, .. } if now < until);
    Ok(rows::<Decision>(view, case.as_bytes(), None, MOST)?.iter().any(|(_, one)| standing(one)))
}

/// Whether no form writes this field: it takes two persons.
pub(super) fn takes_two(kind: &str, field: &str) -> bool {
    kind == CONSENT && field.starts_with(BY_TWO)
}
