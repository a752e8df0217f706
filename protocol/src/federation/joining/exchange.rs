//! Offers and signatures as they go between proposer and signers.
//! Not the messages that carry them: see `charter_sync`.

use super::super::charter::{self, CharterApproval};
use super::super::member::Member;
use super::super::own;
use super::super::rows::row;
use super::JoinError;
use super::messages;
use super::proposal::{Offer, Proposal, VOTE, added, at, base, build, open, try_to_pass};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::UnitId;
use crate::machine::{Notice, Scope, Table, Txn, View, ViewError};

/// What this unit proposes, for the others.
pub(in crate::federation) fn own_offer(view: &dyn View) -> Result<Option<Offer>, ViewError> {
    let (Some(charter), Some(own)) = (charter::current(view)?, own::find(view)?) else { return Ok(None) };
    Ok(row::<Proposal>(view, &at(own.unit))?.map(|row| row.offer).filter(|offer| offer.epoch == charter.epoch + 1))
}

/// This unit's signature under what `proposer` proposes.
pub(in crate::federation) fn own_approval_for(
    view: &dyn View,
    proposer: UnitId,
) -> Result<Option<Signed<CharterApproval>>, ViewError> {
    let (Some(charter), Some(own)) = (charter::current(view)?, own::find(view)?) else { return Ok(None) };
    let row =
        row::<Proposal>(view, &at(proposer))?.filter(|row| row.proposer != own.unit && row.offer.epoch == charter.epoch + 1);
    Ok(row.and_then(|row| row.approvals.first().cloned()))
}

/// Takes what `from` proposes, if it is exactly the held charter and one newcomer who asked for it.
pub(in crate::federation) fn accept_offer(txn: &mut Txn<'_>, from: UnitId, offer: Offer) -> Result<(), JoinError> {
    let own = own::load(txn)?;
    let (charter, hash) = base(txn)?;
    if offer.epoch != charter.epoch + 1 || from == own.unit {
        // One that has passed meanwhile, or one of a charter that is still to be fetched; it will be offered again.
        return Ok(());
    }
    let proposals = open(txn, &charter)?;
    if proposals.iter().any(|row| row.proposer == from && row.offer == offer) {
        return Ok(());
    }
    let newcomer = messages::check(&offer.request, charter.federation, txn.now)?;
    let payload = build(&charter, hash, added(&newcomer, offer.since))?;
    if charter::hash_of(&payload) != offer.hash {
        return Err(JoinError::Request);
    }
    if let Some(mine) = proposals.iter().find(|row| row.proposer == own.unit) {
        let only_mine = mine.approvals.len() == 1;
        if only_mine && offer.hash < mine.offer.hash {
            // Our signature has not left this node, so it can be taken back.
            txn.delete(Table::JOINING, &at(own.unit));
            txn.delete(Table::JOINING, VOTE);
        }
    }
    // A proposer that keeps changing its mind holds nobody back for longer.
    let seen = proposals.iter().find(|row| row.proposer == from).map_or(txn.now, |row| row.seen);
    txn.put(&at(from), Scope::Master, &Proposal { proposer: from, offer, seen, approvals: BoundedVec::default() });
    txn.notify(Notice::Peers);
    Ok(())
}

/// Takes the signature of `from` under this unit's proposal.
pub(in crate::federation) fn accept_approval(
    txn: &mut Txn<'_>,
    from: UnitId,
    signed: &Signed<CharterApproval>,
) -> Result<(), JoinError> {
    let own = own::load(txn)?;
    let (charter, _) = base(txn)?;
    let Some(proposal) = open(txn, &charter)?.into_iter().find(|row| row.proposer == own.unit) else { return Ok(()) };
    let signer = charter.member(from).and_then(Member::present_key).ok_or(JoinError::NotAMember)?;
    let approval = signed.verify(&signer)?;
    if approval.unit != from || approval.federation != charter.federation {
        return Err(JoinError::Request);
    }
    if approval.epoch != proposal.offer.epoch || approval.hash != proposal.offer.hash {
        // Under a proposal that was let go or has passed.
        return Ok(());
    }
    let mut approvals = proposal.approvals.to_vec();
    if approvals.iter().any(|known| known.stored().is_ok_and(|known| known.unit == from)) {
        return Ok(());
    }
    approvals.push(signed.clone());
    let approvals = BoundedVec::new(approvals).map_err(|_| JoinError::Request)?;
    txn.put(&at(own.unit), Scope::Master, &Proposal { approvals, ..proposal });
    txn.notify(Notice::Peers);
    try_to_pass(txn)
}
