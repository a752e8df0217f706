//! One unit as the charter describes it.
//! Not what this node knows of it beyond that: see `peering`.

use super::text::is_plain;
use crate::bounded::{BoundedText, BoundedVec};
use crate::ids::{NodeKey, UnitId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Name of a unit.
pub type Name = BoundedText<120>;
/// State, district or country that a unit works for.
pub type Jurisdiction = BoundedText<120>;
/// The public contact of a unit: a telephone, a mailbox, hours. Never an officer's name.
pub type DutyContact = BoundedText<200>;
/// Where a node listens, as the transport writes it.
pub type Address = BoundedText<200>;
/// All addresses of a node.
pub type Addresses = BoundedVec<Address, 8>;

/// What kind of agency a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitClass {
    /// An Indian police unit.
    Police,
    /// A non-governmental organisation.
    Ngo,
    /// A partner agency of another country.
    Foreign,
}

/// A node key and when it was in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberKey {
    /// The key.
    pub key: NodeKey,
    /// In use since.
    pub from: Timestamp,
    /// Until when; none for the present one.
    pub until: Option<Timestamp>,
}

/// What a unit says of itself when it joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberData {
    /// Kind of agency.
    pub class: UnitClass,
    /// What it works for.
    pub jurisdiction: Jurisdiction,
    /// Its public contact.
    pub duty_contact: DutyContact,
    /// Where its node listens.
    pub addresses: Addresses,
}

impl MemberData {
    /// Whether every text is one visible line.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        is_plain(&self.jurisdiction) && is_plain(&self.duty_contact) && self.addresses.iter().all(|address| is_plain(address))
    }
}

/// One unit of a federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its id.
    pub unit: UnitId,
    /// Its name.
    pub name: Name,
    /// Kind of agency.
    pub class: UnitClass,
    /// What it works for.
    pub jurisdiction: Jurisdiction,
    /// Its public contact.
    pub duty_contact: DutyContact,
    /// Past node keys, then the present one.
    pub keys: BoundedVec<MemberKey, 16>,
    /// Where its node listens.
    pub addresses: Addresses,
}

impl Member {
    /// A member with its first key.
    #[must_use]
    pub fn new(unit: UnitId, name: Name, data: MemberData, key: NodeKey, from: Timestamp) -> Self {
        let keys = BoundedVec::new(vec![MemberKey { key, from, until: None }]).expect("one key is within the limit");
        let MemberData { class, jurisdiction, duty_contact, addresses } = data;
        Self { unit, name, class, jurisdiction, duty_contact, keys, addresses }
    }

    /// The node key in use. The checks of the charter see to it that there is one.
    #[must_use]
    pub fn present_key(&self) -> Option<NodeKey> {
        self.keys.last().filter(|key| key.until.is_none()).map(|key| key.key)
    }

    /// What it says of itself.
    #[must_use]
    pub fn data(&self) -> MemberData {
        MemberData {
            class: self.class,
            jurisdiction: self.jurisdiction.clone(),
            duty_contact: self.duty_contact.clone(),
            addresses: self.addresses.clone(),
        }
    }

    /// Everything but its keys.
    pub(super) fn says(&self) -> (&Name, MemberData) {
        (&self.name, self.data())
    }

    /// The one key that it has more than `before`, which was in use until then; none for any other change.
    pub(super) fn key_after(&self, before: &Self) -> Option<NodeKey> {
        let (new, kept) = self.keys.split_last()?;
        let (ended, past) = before.keys.split_last()?;
        let ended = MemberKey { until: Some(new.from), ..*ended };
        let follows = kept.split_last() == Some((&ended, past)) && new.from >= ended.from;
        follows.then_some(new.key)
    }

    /// The same with a new key. None after sixteen.
    #[must_use]
    pub(super) fn with_key(&self, key: NodeKey, from: Timestamp) -> Option<Self> {
        let mut keys = self.keys.to_vec();
        let present = keys.last_mut()?;
        let from = from.max(present.from);
        present.until = Some(from);
        keys.push(MemberKey { key, from, until: None });
        Some(Self { keys: BoundedVec::new(keys).ok()?, ..self.clone() })
    }

    /// Whether name and data are usable, and only the last key is in use and none is weak.
    pub(super) fn is_usable(&self) -> bool {
        let Some((present, past)) = self.keys.split_last() else { return false };
        present.until.is_none()
            && past.iter().all(|key| key.until.is_some())
            && self.keys.iter().all(|key| key.key.check().is_ok())
            && !self.name.trim().is_empty()
            && is_plain(&self.name)
            && self.data().is_plain()
    }
}
