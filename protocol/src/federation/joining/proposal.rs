//! A proposed epoch: who is to be added, who has signed, and when it passes.
//! Not a general change of the charter: for now a proposal adds one unit.
//!
//! A unit signs one proposal of each number only, so two of a number can both pass only if somebody cheats. Its proposer
//! gathers the signatures and keeps its own to itself until the end; if it meets another's proposal of the same number with a
//! lower hash while nobody has signed its own, it lets its own go and proposes again afterwards.

use super::super::charter::{self, Accepted, Charter, CharterApproval, CharterEpoch, MEMBERS_MAX};
use super::super::member::Member;
use super::super::rows::{key, rows};
use super::super::{own, peering, prekey};
use super::JoinError;
use super::messages::{self, JoinRequest, Newcomer};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::{CharterHash, UnitId};
use crate::machine::{Gossip, Notice, Record, Scope, Table, Txn, View, ViewError};
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::{Deserialize, Serialize};

const PROPOSAL: &[u8] = b"p";
pub(super) const VOTE: &[u8] = b"v";
/// How long another's open proposal holds back one of our own with the same number.
const PATIENCE: u64 = 3 * DAY;

/// What a proposer shows the others: small, since everybody can build the epoch from it and compare the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::federation) struct Offer {
    pub(super) epoch: u64,
    pub(super) hash: CharterHash,
    /// The newcomer's own word; what is added is exactly this.
    pub(super) request: Signed<JoinRequest>,
    /// From when its key counts.
    pub(super) since: Timestamp,
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

/// The newest number for which this unit signed a proposal, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Vote {
    epoch: u64,
    hash: CharterHash,
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
    /// Who is to be added.
    pub added: Member,
    /// Which member proposes.
    pub proposer: UnitId,
    /// Whether this unit has signed.
    pub approved_here: bool,
    /// How many have signed, as far as is known here: all of them at the proposer.
    pub approvals: usize,
    /// How many must.
    pub threshold: u16,
}

/// The newcomer as the charter will describe it.
pub(super) fn added(newcomer: &Newcomer, since: Timestamp) -> Member {
    let genesis = &newcomer.unit.genesis;
    Member::new(newcomer.unit.unit, genesis.name.clone(), newcomer.request.data.clone(), genesis.key, since)
}

/// The payload of the epoch that would follow `charter`, with one member more.
pub(super) fn build(charter: &Charter, hash: CharterHash, added: Member) -> Result<Vec<u8>, JoinError> {
    let mut members = charter.members.to_vec();
    match members.binary_search_by_key(&added.unit, |member| member.unit) {
        Ok(_) => return Err(JoinError::MemberAlready),
        Err(at) => members.insert(at, added),
    }
    let next = Charter {
        federation: charter.federation,
        epoch: charter.epoch + 1,
        previous: Some(hash),
        threshold: charter::least_threshold(members.len()),
        members: BoundedVec::new(members).map_err(|_| JoinError::Full)?,
        blinding: charter.blinding,
    };
    Ok(wire::encode(&next))
}

/// The held charter and its hash, if it may be continued.
pub(super) fn base(view: &dyn View) -> Result<(Charter, CharterHash), JoinError> {
    let head = charter::head(view)?.ok_or(JoinError::NotAMember)?;
    if charter::is_frozen(view)? {
        return Err(JoinError::Frozen);
    }
    Ok((charter::current(view)?.ok_or(JoinError::NotAMember)?, head.hash))
}

pub(super) fn at(proposer: UnitId) -> Vec<u8> {
    key(PROPOSAL, proposer.as_bytes())
}

/// Open proposals: those of the number after the held one, made by present members.
pub(super) fn open(view: &dyn View, charter: &Charter) -> Result<Vec<Proposal>, ViewError> {
    let rows = rows::<Proposal>(view, PROPOSAL, MEMBERS_MAX)?;
    let next = charter.epoch + 1;
    Ok(rows
        .into_iter()
        .map(|(_, row)| row)
        .filter(|row| row.offer.epoch == next && charter.member(row.proposer).is_some())
        .collect())
}

/// Signs, if this unit has not signed another proposal of this number.
fn vote(txn: &mut Txn<'_>, own: &own::Own, charter: &Charter, hash: CharterHash) -> Result<Signed<CharterApproval>, JoinError> {
    let epoch = charter.epoch + 1;
    if txn.get::<Vote>(VOTE)?.is_some_and(|vote| vote.epoch >= epoch && vote.hash != hash) {
        return Err(JoinError::AlreadyVoted);
    }
    txn.put(VOTE, Scope::Master, &Vote { epoch, hash });
    Ok(Signed::sign(&CharterApproval { federation: charter.federation, epoch, hash, unit: own.unit }, &own.key()))
}

/// Proposes a newcomer that this unit invited, and signs: inviting that genesis was this unit's yes. If the number is taken by
/// another proposal this does nothing, and the newcomer's next request tries again.
pub(super) fn propose(txn: &mut Txn<'_>, signed: Signed<JoinRequest>, newcomer: &Newcomer) -> Result<(), JoinError> {
    let own = own::load(txn)?;
    let (charter, hash) = base(txn)?;
    let mine_or_recent = |row: &Proposal| row.proposer == own.unit || txn.now.since(row.seen) < PATIENCE;
    if open(txn, &charter)?.iter().any(mine_or_recent) {
        return Ok(());
    }
    let since = txn.now;
    let payload = build(&charter, hash, added(newcomer, since))?;
    let hash = charter::hash_of(&payload);
    let approval = match vote(txn, &own, &charter, hash) {
        Err(JoinError::AlreadyVoted) => return Ok(()),
        other => other?,
    };
    let offer = Offer { epoch: charter.epoch + 1, hash, request: signed, since };
    let approvals = BoundedVec::new(vec![approval]).expect("one signature is within the limit");
    txn.put(&at(own.unit), Scope::Master, &Proposal { proposer: own.unit, offer, seen: txn.now, approvals });
    for member in charter.members.iter().filter(|member| member.unit != own.unit) {
        txn.sync(member.unit);
    }
    txn.notify(Notice::Peers);
    try_to_pass(txn)
}

/// If enough members have signed this unit's proposal it becomes the next epoch.
pub(super) fn try_to_pass(txn: &mut Txn<'_>) -> Result<(), JoinError> {
    let own = own::load(txn)?;
    let (charter, hash) = base(txn)?;
    let Some(proposal) = open(txn, &charter)?.into_iter().find(|row| row.proposer == own.unit) else { return Ok(()) };
    if proposal.approvals.len() < usize::from(charter.threshold) {
        return Ok(());
    }
    let newcomer = messages::check(&proposal.offer.request, charter.federation, txn.now)?;
    let payload = build(&charter, hash, added(&newcomer, proposal.offer.since))?;
    let epoch = CharterEpoch::new(payload, proposal.approvals);
    if charter::accept(txn, &[epoch])? != Accepted::Advanced {
        return Err(JoinError::Frozen);
    }
    txn.delete(Table::JOINING, &at(own.unit));
    prekey::accept(txn, &newcomer.request.prekey)?;
    peering::invited(txn, newcomer.unit.unit, newcomer.request.invitation)?;
    let head = charter::head(txn)?.ok_or(JoinError::NotAMember)?;
    txn.gossip(Gossip::Charter(wire::encode(&head)));
    Ok(())
}

/// The proposals that wait, for a person to see who is to be added and by whom.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn proposals(view: &dyn View) -> Result<Vec<ProposalSummary>, ViewError> {
    let (Some(charter), Some(own)) = (charter::current(view)?, own::find(view)?) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for row in open(view, &charter)? {
        // Checked when it came; the time of a prekey does not matter for showing it.
        let Ok(newcomer) = messages::check(&row.offer.request, charter.federation, row.seen) else { continue };
        found.push(ProposalSummary {
            hash: row.offer.hash,
            epoch: row.offer.epoch,
            added: added(&newcomer, row.offer.since),
            proposer: row.proposer,
            approved_here: row.proposer == own.unit || !row.approvals.is_empty(),
            approvals: row.approvals.len(),
            threshold: charter.threshold,
        });
    }
    Ok(found)
}

/// A person of this unit says yes. Gives the proposer, to whom the signature goes with the next exchange.
///
/// # Errors
/// [`JoinError`] if the proposal is not open, the charter is frozen, or this unit signed another one of its number.
pub fn approve(txn: &mut Txn<'_>, hash: CharterHash) -> Result<UnitId, JoinError> {
    let own = own::load(txn)?;
    let (charter, _) = base(txn)?;
    let proposal = open(txn, &charter)?.into_iter().find(|row| row.offer.hash == hash).ok_or(JoinError::NoProposal)?;
    let proposer = proposal.proposer;
    if proposer != own.unit {
        let approval = vote(txn, &own, &charter, hash)?;
        let approvals = BoundedVec::new(vec![approval]).expect("one signature is within the limit");
        txn.put(&at(proposer), Scope::Master, &Proposal { approvals, ..proposal });
        txn.sync(proposer);
        txn.notify(Notice::Peers);
    }
    Ok(proposer)
}
