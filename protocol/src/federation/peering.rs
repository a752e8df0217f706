//! What this node knows of each other member beyond the charter: whose words were compared, when it was last heard.
//! Not membership, and not what may be sent: `envelope` and `sharing` ask here.

use super::hello::{Heard, Hello};
use super::rows::row;
use super::words::{SafetyWords, safety_words};
use super::{charter, own};
use crate::ids::{FederationId, InvitationId, NodeKey, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError};
use crate::time::{MINUTE, Timestamp};
use serde::{Deserialize, Serialize};

/// Both node keys that words were compared for, in order.
type Keys = [NodeKey; 2];

/// The payload of the envelope kind `words-confirmed`: a person at the sender compared the words of these two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordsConfirmed {
    /// Both node keys, in order.
    pub keys: [NodeKey; 2],
}

/// One other member. *Confirmed* while both sides have compared the words of the two keys in use; a new key undoes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Which unit.
    pub unit: UnitId,
    /// The keys for which a person here compared the words.
    pub words_here: Option<Keys>,
    /// The keys for which a person there did.
    pub words_there: Option<Keys>,
    /// The invitation that connects the two; none if they met through the charter. It enters the words.
    pub invitation: Option<InvitationId>,
    /// When it was last heard.
    pub last_contact: Option<Timestamp>,
    /// What it last told of its node.
    pub heard: Option<Heard>,
    /// Since when people here have it paused; none if it is not.
    pub paused: Option<Timestamp>,
}

impl Record for Peer {
    const TABLE: Table = Table::PEERS;
}

/// Why a person's confirmation was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeeringError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] ViewError),
    /// Not another member.
    #[error("this unit is not another member of the federation")]
    NotAMember,
}

/// What the words of two units are made from, to be computed outside a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordsInput {
    federation: FederationId,
    invitation: Option<InvitationId>,
    both: [(UnitId, NodeKey); 2],
}

impl WordsInput {
    /// The words. Takes about a second and 256 MiB.
    #[must_use]
    pub fn words(&self) -> SafetyWords {
        safety_words(self.federation, self.invitation, self.both[0], self.both[1])
    }
}

/// The row of a unit; an empty one if there is none yet.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn load(view: &dyn View, unit: UnitId) -> Result<Peer, ViewError> {
    Ok(row(view, unit.as_bytes())?.unwrap_or(Peer {
        unit,
        words_here: None,
        words_there: None,
        invitation: None,
        last_contact: None,
        heard: None,
        paused: None,
    }))
}

/// Whether both sides have compared the words of the two keys in use, and the unit is a member.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn is_confirmed(view: &dyn View, unit: UnitId) -> Result<bool, ViewError> {
    let Some(present) = present_keys(view, unit)? else { return Ok(false) };
    let peer = load(view, unit)?;
    Ok(peer.words_here == Some(present) && peer.words_there == Some(present))
}

/// Whether both sides ever compared words, of whatever keys.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn was_confirmed(view: &dyn View, unit: UnitId) -> Result<bool, ViewError> {
    let peer = load(view, unit)?;
    Ok(peer.words_here.is_some() && peer.words_there.is_some())
}

/// What to show two people who are about to compare words; none if the unit is not another member.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn words_input(view: &dyn View, unit: UnitId) -> Result<Option<WordsInput>, ViewError> {
    let (Some(charter), Some(own)) = (charter::current(view)?, own::find(view)?) else { return Ok(None) };
    if unit == own.unit {
        return Ok(None);
    }
    let Some(key) = charter.member(unit).and_then(|member| member.present_key()) else { return Ok(None) };
    let invitation = load(view, unit)?.invitation;
    let mut both = [(own.unit, own.public()), (unit, key)];
    both.sort_unstable();
    Ok(Some(WordsInput { federation: charter.federation, invitation, both }))
}

/// A person here compared the words. Gives what is to be sent to the unit as `words-confirmed`.
///
/// # Errors
/// [`PeeringError`] if the unit is not another member.
pub fn confirm_here(txn: &mut Txn<'_>, unit: UnitId) -> Result<WordsConfirmed, PeeringError> {
    let keys = present_keys(txn, unit)?.ok_or(PeeringError::NotAMember)?;
    let peer = Peer { words_here: Some(keys), ..load(txn, unit)? };
    keep(txn, &peer);
    Ok(WordsConfirmed { keys })
}

/// A verified `words-confirmed` of `from`. Says whether it counts: it must name the two keys in use.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn confirmed_there(txn: &mut Txn<'_>, from: UnitId, confirmed: WordsConfirmed) -> Result<bool, ViewError> {
    if present_keys(txn, from)? != Some(confirmed.keys) {
        txn.incident(Some(from), "words were confirmed for keys that are not in use");
        return Ok(false);
    }
    let peer = Peer { words_there: Some(confirmed.keys), ..load(txn, from)? };
    keep(txn, &peer);
    Ok(true)
}

/// The unit was heard. Written at most once a minute.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn contact(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    let peer = load(txn, unit)?;
    if peer.last_contact.is_none_or(|last| txn.now.since(last) >= MINUTE) {
        let peer = Peer { last_contact: Some(txn.now), ..peer };
        keep(txn, &peer);
    }
    Ok(())
}

/// What a member told of its node. Written at most once a minute, unless the version changed.
pub(super) fn hello(txn: &mut Txn<'_>, unit: UnitId, hello: Hello) -> Result<(), ViewError> {
    let (peer, heard) = (load(txn, unit)?, Heard::new(hello, txn.now));
    if peer.heard.as_ref().is_none_or(|last| txn.now.since(last.at) >= MINUTE || last.version != heard.version) {
        keep(txn, &Peer { heard: Some(heard), ..peer });
    }
    Ok(())
}

/// People here pause a member, or go on with it: while it is paused only what ends something goes to it and is taken from it.
///
/// # Errors
/// [`PeeringError`] if the unit is not another member.
pub fn pause(txn: &mut Txn<'_>, unit: UnitId, paused: bool) -> Result<(), PeeringError> {
    present_keys(txn, unit)?.ok_or(PeeringError::NotAMember)?;
    let peer = load(txn, unit)?;
    if peer.paused.is_some() != paused {
        keep(txn, &Peer { paused: paused.then_some(txn.now), ..peer });
        txn.wake(unit);
    }
    Ok(())
}

/// Whether people here have paused a unit.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn is_paused(view: &dyn View, unit: UnitId) -> Result<bool, ViewError> {
    Ok(load(view, unit)?.paused.is_some())
}

/// The two units met through an invitation.
pub(super) fn invited(txn: &mut Txn<'_>, unit: UnitId, invitation: InvitationId) -> Result<(), ViewError> {
    let peer = Peer { invitation: Some(invitation), ..load(txn, unit)? };
    keep(txn, &peer);
    Ok(())
}

fn keep(txn: &mut Txn<'_>, peer: &Peer) {
    txn.put(peer.unit.as_bytes(), Scope::Master, peer);
    txn.notify(Notice::Peers);
}

/// Both keys in use, in order; none unless `unit` is another member.
fn present_keys(view: &dyn View, unit: UnitId) -> Result<Option<Keys>, ViewError> {
    let Some(own) = own::find(view)? else { return Ok(None) };
    let key = charter::member(view, unit)?.and_then(|member| member.present_key());
    Ok(key.filter(|_| unit != own.unit).map(|key| {
        let mine = own.public();
        if mine < key { [mine, key] } else { [key, mine] }
    }))
}
