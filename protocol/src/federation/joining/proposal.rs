//! A proposed epoch: what is to change, who has signed, and when it passes.
//! Not what a change does to the charter: see `amendment`.
//!
//! A unit signs one continuation of each epoch only, so two of a number can both pass only if somebody cheats. Its proposer
//! gathers the signatures and keeps its own to itself until the end; so it alone can let a proposal go, and says so by a signed
//! withdrawal, which frees those who had signed (`docs/decisions/0005-one-proposal-gives-way.md`).

use super::super::charter::{self, Accepted, CharterApproval, CharterEpoch, MEMBERS_MAX};
use super::super::rows::{key, row, rows};
use super::super::{own, peering, prekey};
use super::JoinError;
use super::amendment::{self, Amendment, Base, Proposed};
use super::withdrawal;
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::{CharterHash, NodeKey, UnitId};
use crate::machine::{Gossip, Notice, Record, Scope, Table, Txn, View, ViewError};
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::{Deserialize, Serialize};

const PROPOSAL: &[u8] = b"p";
const VOTE: &[u8] = b"v";
/// How long another's open proposal holds back one of our own with the same number.
const PATIENCE: u64 = 3 * DAY;

/// What a proposer shows the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::federation) struct Offer {
    pub(super) epoch: u64,
    pub(super) hash: CharterHash,
    pub(super) amendment: Amendment,
    /// When it was made: enters the epoch.
    pub(super) made: Timestamp,
}

/// A proposal as stored: one for each proposer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proposal {
    pub(super) proposer: UnitId,
    pub(super) offer: Offer,
    pub(super) seen: Timestamp,
    /// At the proposer all signatures; elsewhere this unit's own, if a person gave it.
    pub(super) approvals: BoundedVec<Signed<CharterApproval>, MEMBERS_MAX>,
}

impl Record for Proposal {
    const TABLE: Table = Table::JOINING;
}

/// What this unit signed as the continuation of one epoch, and for which proposer. Key: the hash of that epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Vote {
    hash: CharterHash,
    proposer: UnitId,
}

impl Record for Vote {
    const TABLE: Table = Table::JOINING;
}

/// An open proposal, for a person to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalSummary {
    /// Names it in [`approve`].
    pub hash: CharterHash,
    /// The number it would have.
    pub epoch: u64,
    /// What changes.
    pub proposed: Proposed,
    /// Which member proposes.
    pub proposer: UnitId,
    /// Whether this unit has signed.
    pub approved_here: bool,
    /// How many have signed, as far as is known here: all of them at the proposer.
    pub approvals: usize,
    /// How many must.
    pub needed: usize,
}

pub(super) fn at(proposer: UnitId) -> Vec<u8> {
    key(PROPOSAL, proposer.as_bytes())
}

/// Proposals that can be signed now: each continues what it may continue, and its proposer is a present member.
pub(super) fn open(view: &dyn View) -> Result<Vec<Proposal>, ViewError> {
    let Some(charter) = charter::current(view)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (_, row) in rows::<Proposal>(view, PROPOSAL, MEMBERS_MAX)? {
        let of_member = charter.member(row.proposer).is_some();
        if of_member && amendment::continues(view, &row.offer.amendment, row.offer.epoch)? {
            found.push(row);
        }
    }
    Ok(found)
}

/// This unit's own open proposal.
pub(super) fn own_open(view: &dyn View) -> Result<Option<Proposal>, ViewError> {
    let Some(own) = own::find(view)? else { return Ok(None) };
    Ok(open(view)?.into_iter().find(|row| row.proposer == own.unit))
}

/// Signs, if this unit has not signed another continuation of the same epoch.
fn vote(
    txn: &mut Txn<'_>,
    own: &own::Own,
    base: &Base,
    hash: CharterHash,
    proposer: UnitId,
) -> Result<Signed<CharterApproval>, JoinError> {
    let at = key(VOTE, base.hash.as_bytes());
    if txn.get::<Vote>(&at)?.is_some_and(|vote| vote.hash != hash) {
        return Err(JoinError::AlreadyVoted);
    }
    txn.put(&at, Scope::Master, &Vote { hash, proposer });
    let (federation, epoch) = (base.charter.federation, base.charter.epoch + 1);
    Ok(Signed::sign(&CharterApproval { federation, epoch, hash, unit: own.unit }, &own.key()))
}

/// Whether this unit has signed a continuation of the newest epoch.
pub(in crate::federation) fn has_voted(view: &dyn View) -> Result<bool, ViewError> {
    let Some(head) = charter::head(view)? else { return Ok(false) };
    Ok(row::<Vote>(view, &key(VOTE, head.hash.as_bytes()))?.is_some())
}

/// `proposer` will not pass this one any more: whoever signed it here may sign another.
pub(super) fn release(txn: &mut Txn<'_>, proposer: UnitId, hash: CharterHash) -> Result<(), ViewError> {
    if txn.get::<Proposal>(&at(proposer))?.is_some_and(|row| row.offer.hash == hash) {
        txn.delete(Table::JOINING, &at(proposer));
        txn.notify(Notice::Peers);
    }
    for (at, vote) in rows::<Vote>(txn, VOTE, usize::MAX)? {
        if vote.hash == hash && vote.proposer == proposer {
            txn.delete(Table::JOINING, &at);
        }
    }
    Ok(())
}

/// Proposes, and signs: that is the proposer's yes. Says whether it could: a number taken by another proposal has to pass or
/// to grow old first.
pub(super) fn propose(txn: &mut Txn<'_>, amendment: Amendment) -> Result<bool, JoinError> {
    let own = own::load(txn)?;
    let base = amendment::base(txn, &amendment)?;
    let mine_or_recent = |row: &Proposal| row.proposer == own.unit || txn.now.since(row.seen) < PATIENCE;
    if open(txn)?.iter().any(mine_or_recent) || charter::member(txn, own.unit)?.is_none() {
        return Ok(false);
    }
    let made = txn.now;
    let built = amendment::build(txn, &base, own.unit, &amendment, made, txn.now)?;
    let hash = charter::hash_of(&built.payload);
    if withdrawal::is_withdrawn(txn, hash)? {
        // Within one instant of letting the same go.
        return Ok(false);
    }
    let approval = match vote(txn, &own, &base, hash, own.unit) {
        Err(JoinError::AlreadyVoted) => return Ok(false),
        other => other?,
    };
    let offer = Offer { epoch: base.charter.epoch + 1, hash, amendment, made };
    let approvals = BoundedVec::new(vec![approval]).expect("one signature is within the limit");
    txn.put(&at(own.unit), Scope::Master, &Proposal { proposer: own.unit, offer, seen: txn.now, approvals });
    for member in base.charter.members.iter().filter(|member| member.unit != own.unit) {
        txn.sync(member.unit);
    }
    txn.notify(Notice::Peers);
    try_to_pass(txn)?;
    Ok(true)
}

/// If enough members have signed this unit's proposal it becomes the next epoch.
pub(super) fn try_to_pass(txn: &mut Txn<'_>) -> Result<(), JoinError> {
    let own = own::load(txn)?;
    let Some(proposal) = own_open(txn)? else { return Ok(()) };
    let amendment = &proposal.offer.amendment;
    let base = amendment::base(txn, amendment)?;
    let built = amendment::build(txn, &base, own.unit, amendment, proposal.offer.made, txn.now)?;
    let left: Vec<_> = built.grounds.leaves.iter().filter_map(|left| Some(left.stored().ok()?.unit)).collect();
    let staying = |signed: &&Signed<CharterApproval>| signed.stored().is_ok_and(|approval| !left.contains(&approval.unit));
    if proposal.approvals.iter().filter(staying).count() < built.needed {
        return Ok(());
    }
    let epoch = CharterEpoch::new(built.payload, proposal.approvals.clone()).on(built.grounds);
    txn.delete(Table::JOINING, &at(own.unit));
    if charter::accept(txn, &[epoch])? != Accepted::Advanced {
        return Err(JoinError::Frozen);
    }
    withdrawal::passed(txn, amendment)?;
    if let Some(newcomer) = built.newcomer {
        prekey::accept(txn, &newcomer.request.prekey)?;
        peering::invited(txn, newcomer.unit.unit, newcomer.request.invitation)?;
    }
    let head = charter::head(txn)?.ok_or(JoinError::NotAMember)?;
    txn.gossip(Gossip::Charter(wire::encode(&head)));
    Ok(())
}

/// The proposals that wait, for a person to see what is to change and by whom.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn proposals(view: &dyn View) -> Result<Vec<ProposalSummary>, ViewError> {
    let Some(own) = own::find(view)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for row in open(view)? {
        // Checked when it came; the time of a prekey does not matter for showing it.
        let built = amendment::base(view, &row.offer.amendment)
            .and_then(|base| amendment::build(view, &base, row.proposer, &row.offer.amendment, row.offer.made, row.seen));
        let built = match built {
            Ok(built) => built,
            Err(JoinError::Store(error)) => return Err(error),
            Err(_) => continue,
        };
        found.push(ProposalSummary {
            hash: row.offer.hash,
            epoch: row.offer.epoch,
            proposed: built.proposed,
            proposer: row.proposer,
            approved_here: row.proposer == own.unit || !row.approvals.is_empty(),
            approvals: row.approvals.len(),
            needed: built.needed,
        });
    }
    Ok(found)
}

/// Node keys that members will have once a proposal passes that this unit signed: it may be the only one who can tell them.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn keys_to_come(view: &dyn View) -> Result<Vec<(UnitId, NodeKey)>, ViewError> {
    let signed = open(view)?.into_iter().filter(|row| !row.approvals.is_empty());
    let key_of = |row: Proposal| match row.offer.amendment {
        Amendment::Key(key) => Some((row.proposer, key)),
        Amendment::Replace(recovery) => recovery.check().ok().map(|word| (word.unit, word.key)),
        _ => None,
    };
    Ok(signed.filter_map(key_of).collect())
}

/// A person of this unit says yes. Gives the proposer, to whom the signature goes with the next exchange.
///
/// # Errors
/// [`JoinError`] if the proposal is not open, the charter is frozen, or this unit signed another continuation of the same epoch.
pub fn approve(txn: &mut Txn<'_>, hash: CharterHash) -> Result<UnitId, JoinError> {
    let own = own::load(txn)?;
    let proposal = open(txn)?.into_iter().find(|row| row.offer.hash == hash).ok_or(JoinError::NoProposal)?;
    let proposer = proposal.proposer;
    if proposer != own.unit {
        let base = amendment::base(txn, &proposal.offer.amendment)?;
        let approval = vote(txn, &own, &base, hash, proposer)?;
        let approvals = BoundedVec::new(vec![approval]).expect("one signature is within the limit");
        txn.put(&at(proposer), Scope::Master, &Proposal { approvals, ..proposal });
        txn.sync(proposer);
        txn.notify(Notice::Peers);
    }
    Ok(proposer)
}
