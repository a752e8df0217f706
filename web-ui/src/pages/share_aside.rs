//! Beside the share form: recording a person's consent, or a ground in its place that two persons stand for.
//! Whether either covers the share is the service's to say, when the form goes on.

use super::fields::{Choice, Fields, Input, attach, fields_of, inputs};
use super::form::Posted;
use super::reply::refusal;
use super::share_form::ASIDE;
use super::shell::Fault;
use crate::format;
use icmc_node::service::model::{CaseView, ChangeRequest, DecisionRequest, PeerView, ShareRequest};
use icmc_node::service::{Service, ServiceError};
use icmc_protocol::ids::{CaseId, EntityId, UnitId};
use icmc_protocol::time::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

/// The kind of the dictionary.
const KIND: &str = "consent";
/// What the form of a consent asks, in this order.
const CONSENT: &[&str] =
    &["given_by", "method", "purposes", "recipients", "classes_allowed", "valid_from", "valid_to", "withheld"];
/// What the form of a ground in its place asks.
const OVERRIDE: &[&str] = &["override_ground", "override_authority", "purposes", "recipients", "classes_allowed", "valid_to"];

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Consent,
    Override,
}

impl Kind {
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Consent => CONSENT,
            Self::Override => OVERRIDE,
        }
    }
}

/// The page beside the form.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) kind: Kind,
    pub(super) person: EntityId,
    pub(super) display: String,
    pub(super) inputs: Vec<Input>,
    pub(super) units: Vec<Choice>,
    pub(super) second: String,
}

/// Which of the two a step is about, and whom: `consent:PERSON`, `override:PERSON`.
pub(super) fn opened(step: &str) -> Option<(Kind, EntityId)> {
    let (kind, person) = step.split_once(':')?;
    let kind = match kind {
        "consent" => Kind::Consent,
        "override" => Kind::Override,
        _ => return None,
    };
    Some((kind, person.parse().ok()?))
}

/// The form as it begins: what this share needs and no more.
pub(super) fn begin(form: &mut Posted, person: EntityId, request: &ShareRequest, also: &[UnitId], now: Timestamp) {
    let name = |field: &str| format!("{ASIDE}{field}");
    let india = format::zone(format::DEFAULT_ZONE);
    form.set(&name("person"), person.to_string());
    form.set(&name("purposes"), &request.purpose);
    form.set(&name("valid_from"), format::iso_day(now, &india));
    let end = request.expires.or_else(|| request.days.map(|days| now.plus(u64::from(days) * icmc_protocol::time::DAY)));
    form.set(&name("valid_to"), end.map(|end| format::iso_day(end, &india)).unwrap_or_default());
    form.clear(&name("recipient_units"));
    [request.to].iter().chain(also).for_each(|unit| form.push(name("recipient_units"), unit.to_string()));
    form.clear(&name("classes_allowed"));
    let restricted = (!request.items.is_empty()).then_some("X");
    let classes = request.classes.iter().map(String::as_str).chain(restricted);
    classes.for_each(|class| form.push(name("classes_allowed"), class));
}

/// The page, with what stands in the form.
pub(super) fn page(kind: Kind, form: &Posted, view: &CaseView, peers: &[PeerView]) -> Result<Aside, ServiceError> {
    let person: EntityId = form.one(&format!("{ASIDE}person")).parse().map_err(|_| ServiceError::NotFound)?;
    let found = view.person(person).ok_or(ServiceError::NotFound)?;
    let mut all = inputs(KIND, ASIDE, form, &[]);
    let mut picked = Vec::new();
    for name in kind.fields() {
        if let Some(at) = all.iter().position(|input| input.field == *name) {
            let mut input = all.swap_remove(at);
            // A consent that nobody gave in any way counts for nothing; a ground is always for a time.
            let may_be_empty = matches!(*name, "recipients" | "withheld") || kind == Kind::Consent && *name == "valid_to";
            input.required |= !may_be_empty;
            if kind == Kind::Override && *name == "valid_to" {
                input.help = Some("The last day.".to_owned());
            }
            picked.push(input);
        }
    }
    let chosen = form.all(&format!("{ASIDE}recipient_units"));
    let units = peers.iter().filter(|peer| peer.confirmed).map(|peer| {
        let code = peer.unit.to_string();
        Choice { chosen: chosen.contains(&code.as_str()), label: peer.name.clone(), code }
    });
    Ok(Aside {
        kind,
        person,
        display: found.display.clone(),
        inputs: picked,
        units: units.collect(),
        second: form.one(&format!("{ASIDE}second")).to_owned(),
    })
}

/// Writes the consent, or has two persons decide; the faults of the form otherwise.
pub(super) async fn save(
    service: &Service,
    actor: &icmc_node::access::Actor,
    case: CaseId,
    form: &Posted,
    aside: &mut Aside,
    address: &str,
) -> Result<Result<(), Vec<Fault>>, ServiceError> {
    let mut fields: Fields = fields_of(form, ASIDE, KIND);
    fields.retain(|name, _| aside.kind.fields().contains(&name.as_str()));
    fields.insert("person".to_owned(), Value::from(aside.person.to_string()));
    let units = form.all(&format!("{ASIDE}recipient_units"));
    if !units.is_empty() {
        fields.insert("recipient_units".to_owned(), Value::from(units.join(" ")));
    }
    let missing: Vec<Fault> = aside
        .inputs
        .iter_mut()
        .filter(|input| input.required && !fields.contains_key(&input.field))
        .map(|input| {
            input.error = Some("this has to be said".to_owned());
            Fault { field: Some(input.id.clone()), text: format!("{}: this has to be said", input.label) }
        })
        .collect();
    if !missing.is_empty() {
        return Ok(Err(missing));
    }
    let outcome = match aside.kind {
        Kind::Consent => {
            let request = ChangeRequest { kind: KIND.to_owned(), fields, ..ChangeRequest::default() };
            service.change(actor, case, vec![request]).await.map(|_| ())
        }
        Kind::Override => {
            let password = SecretString::from(form.raw(&format!("{ASIDE}password")).to_owned());
            let request = DecisionRequest::Override { fields };
            service.decide_together(actor, case, request, (&aside.second, password), address).await.map(|_| ())
        }
    };
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(ServiceError::Fields(faults)) => Ok(Err(attach(&faults, aside.inputs.iter_mut()))),
        Err(error) => Ok(Err(refusal(error)?)),
    }
}
