//! The rows of pairs of persons: what somebody decided about a pair, and pairs of which only the nodal officer is to know.
//! Ids, names of our own people and their reasons only; nothing of either case, so that no share's key has to seal it.

use crate::access::{Actor, sees};
use crate::rows::{row, rows};
use crate::search::SummaryRow;
use crate::service::model::PersonLinkView;
use crate::service::units::Units;
use crate::store::tables;
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most decisions about one person, undone ones included.
pub(super) const DECISIONS_MAX: usize = 100;
/// Most decisions about all persons of one case that are read.
const OF_CASE_MAX: usize = 2_000;

/// A person of a case. Ids alone do not name it: another unit's case may bring any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) case: CaseId,
    pub(super) person: EntityId,
}

impl Place {
    pub(super) const LEN: usize = CaseId::LEN + EntityId::LEN;

    pub(super) fn bytes(self) -> Vec<u8> {
        [self.case.as_bytes().as_slice(), self.person.as_bytes()].concat()
    }

    fn from_slice(bytes: &[u8]) -> Option<Self> {
        let (case, person) = bytes.split_at_checked(CaseId::LEN)?;
        Some(Self { case: CaseId::from_slice(case)?, person: EntityId::from_slice(person)? })
    }

    /// Both places of a key.
    pub(super) fn pair(key: &[u8]) -> Option<(Self, Self)> {
        let (one, other) = key.split_at_checked(Self::LEN)?;
        Some((Self::from_slice(one)?, Self::from_slice(other)?))
    }
}

fn key(one: Place, other: Place) -> Vec<u8> {
    [one.bytes(), other.bytes()].concat()
}

/// Key: place ‖ the other place; each decision stands at both.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Decision {
    pub(super) what: What,
    pub(super) by: String,
    pub(super) at: Timestamp,
    pub(super) reason: String,
    /// Set when it was taken back: then the pair is as if nobody had decided.
    pub(super) undone: Option<Undone>,
}

/// Numbered as stored: only to be appended to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum What {
    Same,
    NotSame,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Undone {
    pub(super) by: String,
    pub(super) at: Timestamp,
    pub(super) reason: String,
}

impl Record for Decision {
    const TABLE: Table = tables::SAME_PERSON;
}

impl Decision {
    pub(super) fn put(&self, txn: &mut Txn<'_>, one: Place, other: Place) {
        for key in [key(one, other), key(other, one)] {
            txn.put(&key, Scope::Master, self);
        }
    }
}

/// What was decided about a pair and stands.
pub(super) fn decision(view: &dyn View, one: Place, other: Place) -> Result<Option<Decision>, ViewError> {
    Ok(row::<Decision>(view, &key(one, other))?.filter(|decision| decision.undone.is_none()))
}

/// How many decisions there are about a person, undone ones included.
pub(super) fn count(view: &dyn View, place: Place) -> Result<usize, ViewError> {
    Ok(rows::<Decision>(view, &place.bytes(), None, DECISIONS_MAX)?.len())
}

/// What was decided about a person and stands, with the other person.
pub(super) fn decisions(view: &dyn View, place: Place) -> Result<Vec<(Place, Decision)>, ViewError> {
    let found = rows::<Decision>(view, &place.bytes(), None, DECISIONS_MAX)?.into_iter();
    Ok(standing(found).map(|(_, other, decision)| (other, decision)).collect())
}

fn standing(found: impl Iterator<Item = (Vec<u8>, Decision)>) -> impl Iterator<Item = (Place, Place, Decision)> {
    found.filter(|(_, decision)| decision.undone.is_none()).filter_map(|(key, decision)| {
        let (one, other) = Place::pair(&key)?;
        Some((one, other, decision))
    })
}

/// Key: the smaller place ‖ the greater one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Noted {
    pub(super) at: Timestamp,
}

impl Record for Noted {
    const TABLE: Table = tables::NOTED_PAIRS;
}

/// Notes a pair once.
pub(super) fn note(txn: &mut Txn<'_>, one: Place, other: Place) -> Result<(), ViewError> {
    let key = key(one.min(other), one.max(other));
    if row::<Noted>(txn, &key)?.is_none() {
        let noted = Noted { at: txn.now };
        txn.put(&key, Scope::Master, &noted);
    }
    Ok(())
}

/// "Same person" links of a case, by person, as far as this person may see the other case.
pub(in crate::service) fn links_of(
    view: &dyn View,
    by: &Actor,
    units: &Units,
    case: CaseId,
) -> Result<BTreeMap<EntityId, Vec<PersonLinkView>>, ViewError> {
    let mut links: BTreeMap<EntityId, Vec<PersonLinkView>> = BTreeMap::new();
    let found = rows::<Decision>(view, case.as_bytes(), None, OF_CASE_MAX)?.into_iter();
    for (one, other, decision) in standing(found).filter(|(_, _, decision)| decision.what == What::Same) {
        if !sees(view, by, other.case)? {
            continue;
        }
        // A case that ended has no row of its own any more: nothing of it can be told.
        let Some(row) = row::<SummaryRow>(view, other.case.as_bytes())? else { continue };
        let Some(person) = row.people.iter().find(|person| person.person == other.person) else { continue };
        links.entry(one.person).or_default().push(PersonLinkView {
            case: other.case,
            number: super::views::number(&row),
            owner: units.of(row.owner),
            person: other.person,
            display: person.display.clone(),
            by: decision.by,
            at: decision.at,
        });
    }
    Ok(links)
}
