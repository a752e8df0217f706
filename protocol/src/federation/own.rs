//! What this node is: its unit, its keys, its secrets.
//! Not how they are kept at rest: the store seals these rows under the node master.

use super::genesis::Genesis;
use super::member::{Addresses, DutyContact, Jurisdiction, MemberData, Name, UnitClass};
use super::rows::row;
use super::secret::Secret32;
use super::{charter::Charter, prekey};
use crate::crypto::{NodeSecret, Signed};
use crate::ids::{NodeKey, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};

const OWN: &[u8] = b"own";
const NEXT_KEY: &[u8] = b"next-key";

/// The one row about this node itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
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
    /// Where this node can be reached.
    pub addresses: Addresses,
    /// Seed of the node key.
    pub seed: Secret32,
    /// Its first statement.
    pub genesis: Signed<Genesis>,
    /// Under which row keys of own tokens are hashed, so that a stolen disk shows none; and what inputs are blinded with is made from.
    pub index_secret: Secret32,
}

impl Record for Own {
    const TABLE: Table = Table::OWN;
}

impl Own {
    /// The node key.
    #[must_use]
    pub fn key(&self) -> NodeSecret {
        NodeSecret::from_seed(&self.seed)
    }

    /// The public half of the node key.
    #[must_use]
    pub fn public(&self) -> NodeKey {
        self.key().public()
    }

    /// What it says of itself in the charter.
    #[must_use]
    pub fn data(&self) -> MemberData {
        MemberData {
            class: self.class,
            jurisdiction: self.jurisdiction.clone(),
            duty_contact: self.duty_contact.clone(),
            addresses: self.addresses.clone(),
        }
    }
}

/// Seed of the node key that this unit proposes for itself, until the charter names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct NextKey {
    seed: Secret32,
}

impl Record for NextKey {
    const TABLE: Table = Table::OWN;
}

/// This node's own row.
///
/// # Errors
/// [`ViewError`] if the store fails or the node was never set up.
pub fn load(view: &dyn View) -> Result<Own, ViewError> {
    find(view)?.ok_or_else(|| ViewError("this node has not been set up".to_owned()))
}

/// This node's own row, if it was set up.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn find(view: &dyn View) -> Result<Option<Own>, ViewError> {
    row(view, OWN)
}

pub(super) fn keep(txn: &mut Txn<'_>, own: &Own) {
    txn.put(OWN, Scope::Master, own);
}

/// The key that this unit proposes for itself; the same until it is in use.
pub(super) fn next_key(txn: &mut Txn<'_>) -> Result<NodeKey, ViewError> {
    if let Some(next) = row::<NextKey>(txn, NEXT_KEY)? {
        return Ok(NodeSecret::from_seed(&next.seed).public());
    }
    let key = NodeSecret::generate(&mut *txn.rng);
    txn.put(NEXT_KEY, Scope::Master, &NextKey { seed: Secret32::new(&key.seed()) });
    Ok(key.public())
}

/// From now on this is the node key.
pub(super) fn use_key(txn: &mut Txn<'_>, seed: Secret32) -> Result<(), ViewError> {
    let own = Own { seed, ..load(txn)? };
    keep(txn, &own);
    txn.delete(Table::OWN, NEXT_KEY);
    Ok(())
}

/// Follows an accepted charter: the new node key that it names is in use from now on, and what it says of this unit holds.
pub(super) fn follow(txn: &mut Txn<'_>, charter: &Charter) -> Result<(), ViewError> {
    let Some(own) = find(txn)? else { return Ok(()) };
    let Some(member) = charter.member(own.unit) else { return Ok(()) };
    let named = member.present_key();
    if let Some(next) = row::<NextKey>(txn, NEXT_KEY)?
        && named == Some(NodeSecret::from_seed(&next.seed).public())
    {
        use_key(txn, next.seed)?;
        prekey::keep_fresh(txn)?;
    }
    let own = load(txn)?;
    // The key on paper is taken up: what was made with the key before is received with no more.
    let signer = prekey::newest_signed(txn, own.unit)?.and_then(|(_, signed)| signed.claimed_signer().ok());
    if named == Some(own.public()) && signer.is_some_and(|signer| signer != own.public()) {
        prekey::keep_fresh(txn)?;
    }
    if own.name != member.name || own.data() != member.data() {
        let MemberData { class, jurisdiction, duty_contact, addresses } = member.data();
        keep(txn, &Own { name: member.name.clone(), class, jurisdiction, duty_contact, addresses, ..own });
    }
    Ok(())
}
