//! Whether a person's consent covers a share, and what becomes of shares that it does not cover any more.
//! Other grounds than consent are a person's word here: they are not looked at.

use super::end::recall;
use super::refusal::ShareRefusal;
use super::revise::revise;
use super::rows::ShareOut;
use super::share::{Basis, Purpose, Share, SharePerson};
use super::view::outgoing_of;
use crate::bounded::BoundedVec;
use crate::caselog::{Entity, EntityKey, FoldedCase, Hangs, fold, load, person_of};
use crate::dictionary::{ShareClass, Value};
use crate::federation::member::UnitClass;
use crate::federation::{charter, own};
use crate::ids::{CaseId, EntityId, ShareId};
use crate::machine::{Txn, View, ViewError};
use crate::time::{DAY, HOUR, MINUTE, Timestamp};
use data_encoding::HEXLOWER;
use std::collections::BTreeSet;

/// The kind of the dictionary.
const KIND: &str = "consent";
/// Days begin at midnight in India, half past six in the evening UTC.
const INDIA: u64 = 5 * HOUR + 30 * MINUTE;

/// What a consent lacks for a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum ConsentGap {
    /// There is none.
    #[error("none is entered")]
    None,
    /// Neither given by somebody in some way nor overridden by two persons with a ground.
    #[error("it does not say who gave it and how")]
    Incomplete,
    /// It was withdrawn.
    #[error("it was withdrawn")]
    Withdrawn,
    /// It is not valid yet.
    #[error("it is not valid yet")]
    NotYet,
    /// The share would outlive it.
    #[error("the share would last longer")]
    Expiry,
    /// Not for this receiver.
    #[error("it does not name this unit or its kind")]
    Recipient,
    /// Not for this purpose.
    #[error("it does not name this purpose")]
    Purpose,
    /// Not for one of these classes.
    #[error("it does not allow one of the classes")]
    Classes,
}

/// The consent that comes closest to what a share needs.
struct Weighed {
    gaps: Vec<ConsentGap>,
    end: Option<Timestamp>,
}

/// What keeps a person from being named in a share on the ground of consent; nothing on another ground.
pub(crate) fn gaps(
    view: &dyn View,
    folded: &FoldedCase,
    share: &Share,
    person: &SharePerson,
    now: Timestamp,
) -> Result<Vec<ConsentGap>, ViewError> {
    Ok(weigh(view, folded, share, person, now)?.gaps)
}

/// Everybody named in a share whose consent does not cover it, with what it lacks. Empty for a case that is not here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn missing_consents(view: &dyn View, now: Timestamp, share: &Share) -> Result<Vec<(EntityId, Vec<ConsentGap>)>, ViewError> {
    let Some(log) = load(view, share.case)? else { return Ok(Vec::new()) };
    let folded = fold(&log);
    let mut missing = Vec::new();
    for person in share.persons.iter() {
        let gaps = gaps(view, &folded, share, person, now)?;
        if !gaps.is_empty() {
            missing.push((person.entity, gaps));
        }
    }
    Ok(missing)
}

fn weigh(
    view: &dyn View,
    folded: &FoldedCase,
    share: &Share,
    person: &SharePerson,
    now: Timestamp,
) -> Result<Weighed, ViewError> {
    if person.basis != Basis::Consent {
        return Ok(Weighed { gaps: Vec::new(), end: None });
    }
    let class = charter::member(view, share.to)?.map(|member| member.class);
    let needed = Needed { share, class, restricted: restricted_of(folded, share, person.entity), now };
    let about = |entity: &Entity| {
        let field = entity.field("person");
        let versions = field.into_iter().flat_map(|field| &field.versions);
        let mut named = versions.map(|version| matches!(&version.value, Value::Bytes(id) if id == person.entity.as_bytes()));
        named.next() == Some(true) && named.all(|is| is)
    };
    let weighed = folded.of_kind(KIND).filter(|(_, entity)| about(entity)).map(|(_, entity)| needed.weigh(entity));
    // Fewest gaps first; of those the one that lasts longest, none being without end.
    let closest = weighed.min_by_key(|one| (one.gaps.len(), core::cmp::Reverse(one.end.unwrap_or(Timestamp(u64::MAX)))));
    Ok(closest.unwrap_or(Weighed { gaps: vec![ConsentGap::None], end: None }))
}

/// Whether the share names a restricted value of this person.
fn restricted_of(folded: &FoldedCase, share: &Share, person: EntityId) -> bool {
    let of_person = |key: &EntityKey| match person_of(folded, key) {
        Hangs::On(other) => other == person,
        Hangs::OnNobody => false,
        Hangs::Unknown => true,
    };
    let chosen = |entity: &Entity| {
        entity.fields.values().flat_map(|field| &field.versions).any(|version| share.items.contains(&version.commitment))
    };
    folded.entities.iter().any(|(key, entity)| chosen(entity) && of_person(key))
}

/// What a share needs of a consent.
struct Needed<'a> {
    share: &'a Share,
    class: Option<UnitClass>,
    restricted: bool,
    now: Timestamp,
}

impl Needed<'_> {
    fn weigh(&self, consent: &Entity) -> Weighed {
        let mut gaps = BTreeSet::new();
        let end = dates(consent, "valid_to").into_iter().min().map(|day| day.plus(DAY));
        let is_given = stands(consent, "given_by") && stands(consent, "method");
        if !is_given && !is_overridden(consent) {
            gaps.insert(ConsentGap::Incomplete);
        }
        if !texts(consent, "withdrawn_on").is_empty() || end.is_some_and(|end| end <= self.now) {
            gaps.insert(ConsentGap::Withdrawn);
        }
        if dates(consent, "valid_from").into_iter().max().is_none_or(|from| from > self.now) {
            gaps.insert(ConsentGap::NotYet);
        }
        if end.is_some_and(|end| end < self.share.expires) {
            gaps.insert(ConsentGap::Expiry);
        }
        let kind = self.class.map(|class| match class {
            UnitClass::Police => "police",
            UnitClass::Ngo => "ngo",
            UnitClass::Foreign => "foreign",
        });
        let unit = HEXLOWER.encode(self.share.to.as_bytes());
        let units = texts(consent, "recipient_units");
        let by_name = !units.is_empty() && units.iter().all(|text| text.split_whitespace().any(|one| one == unit));
        if !by_name && !kind.is_some_and(|kind| every_codes(consent, "recipients").contains(kind)) {
            gaps.insert(ConsentGap::Recipient);
        }
        let purpose = match self.share.purpose {
            Purpose::Verification => "verification",
            Purpose::Referral => "referral",
            Purpose::Repatriation => "repatriation",
            Purpose::Investigation => "investigation",
        };
        if !every_codes(consent, "purposes").contains(purpose) {
            gaps.insert(ConsentGap::Purpose);
        }
        let allowed = every_codes(consent, "classes_allowed");
        let restricted = self.restricted.then_some(ShareClass::X);
        if self.share.classes.iter().copied().chain(restricted).any(|class| !allowed.contains(class.to_string().as_str())) {
            gaps.insert(ConsentGap::Classes);
        }
        Weighed { gaps: gaps.into_iter().collect(), end }
    }
}

/// A ground in place of consent, which two different persons stand for.
fn is_overridden(consent: &Entity) -> bool {
    let named = ["override_ground", "override_authority", "override_by", "override_second", "override_at"];
    named.into_iter().all(|field| stands(consent, field)) && consent.text("override_by") != consent.text("override_second")
}

/// A field without conflict that is not cleared.
fn stands(entity: &Entity, field: &str) -> bool {
    entity.field(field).is_some_and(|field| !field.in_conflict() && field.current().is_some())
}

/// All texts that stand in a field beside each other.
fn texts<'a>(entity: &'a Entity, field: &str) -> Vec<&'a str> {
    let versions = entity.field(field).into_iter().flat_map(|field| &field.versions);
    versions.filter_map(|version| version.value.as_text()).filter(|text| !text.is_empty()).collect()
}

fn dates(entity: &Entity, field: &str) -> Vec<Timestamp> {
    texts(entity, field).into_iter().map(|text| midnight(text).unwrap_or(Timestamp(0))).collect()
}

/// The codes that every version of a field names: a conflict allows what both sides allow.
fn every_codes<'a>(entity: &'a Entity, field: &str) -> BTreeSet<&'a str> {
    let versions = entity.field(field).into_iter().flat_map(|field| &field.versions);
    let sets = versions.map(|version| version.value.codes().iter().map(String::as_str).collect::<BTreeSet<_>>());
    sets.reduce(|one, other| one.intersection(&other).copied().collect()).unwrap_or_default()
}

/// The instant at which a day YYYY-MM-DD begins in India.
fn midnight(day: &str) -> Option<Timestamp> {
    let mut parts = day.split('-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Days from the civil calendar, counted in years that begin in March.
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day.checked_sub(1)?;
    Some(Timestamp(days.checked_sub(719_468)? * DAY).minus(INDIA))
}

/// Ends, for one own case, what rests on a consent that does not cover it any more: the person is taken out of the share, the share
/// is shortened, or recalled if nobody is left in it.
///
/// # Errors
/// [`ShareRefusal`] if a share could not be ended; the others are all the same.
pub fn uphold_consents(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ShareRefusal> {
    let mut resting: Vec<(ShareId, Share)> = Vec::new();
    for (id, row) in outgoing_of(txn, case)?.into_iter().filter(|(_, row)| row.state.is_open()) {
        let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
        if share.persons.iter().any(|person| person.basis == Basis::Consent) {
            resting.push((id, share));
        }
    }
    if resting.is_empty() {
        return Ok(());
    }
    let own = own::load(txn)?.unit;
    let Some(log) = load(txn, case)?.filter(|log| log.owner == own) else { return Ok(()) };
    let folded = fold(&log);
    let mut outcome = Ok(());
    for (id, share) in resting {
        match uphold(txn, &folded, id, share) {
            Err(ShareRefusal::View(error)) => return Err(error.into()),
            Err(refusal) => outcome = Err(refusal),
            Ok(()) => {}
        }
    }
    outcome
}

fn uphold(txn: &mut Txn<'_>, folded: &FoldedCase, id: ShareId, share: Share) -> Result<(), ShareRefusal> {
    let mut expires = share.expires;
    let mut stay = Vec::new();
    for person in share.persons.iter() {
        let weighed = weigh(txn, folded, &share, person, txn.now)?;
        match (weighed.gaps.as_slice(), weighed.end) {
            ([], _) => {}
            ([ConsentGap::Expiry], Some(end)) => expires = expires.min(end),
            _ => continue,
        }
        stay.push(person.clone());
    }
    if stay.len() == share.persons.len() && expires == share.expires {
        return Ok(());
    }
    if !stay.is_empty() {
        let persons = BoundedVec::new(stay).unwrap_or_default();
        match revise(txn, id, Share { persons, expires, ..share }) {
            Ok(_) => return Ok(()),
            Err(ShareRefusal::View(error)) => return Err(error.into()),
            // Less cannot be given now: then nothing is.
            Err(_) => {}
        }
    }
    if txn.get::<ShareOut>(id.as_bytes())?.is_some_and(|row| row.state.is_open()) { recall(txn, id) } else { Ok(()) }
}
