//! Offers and signatures as they go between proposer and signers.
//! Not the messages that carry them: see `charter_sync`.

use super::super::charter::{self, CharterApproval};
use super::super::member::Member;
use super::super::own;
use super::JoinError;
use super::amendment;
use super::proposal::{Offer, Proposal, at, open, own_open, try_to_pass};
use super::withdrawal;
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::UnitId;
use crate::machine::{Notice, Scope, Txn, View, ViewError};

/// What this unit proposes, for the others.
pub(in crate::federation) fn own_offer(view: &dyn View) -> Result<Option<Offer>, ViewError> {
    Ok(own_open(view)?.map(|row| row.offer))
}

/// This unit's signature under what `proposer` proposes.
pub(in crate::federation) fn own_approval_for(
    view: &dyn View,
    proposer: UnitId,
) -> Result<Option<Signed<CharterApproval>>, ViewError> {
    let Some(own) = own::find(view)?.filter(|own| own.unit != proposer) else { return Ok(None) };
    let row = open(view)?.into_iter().find(|row| row.proposer == proposer);
    // One that an earlier key of this unit gave is worth nothing any more.
    let usable = |approval: &Signed<CharterApproval>| approval.claimed_signer() == Ok(own.public());
    Ok(row.and_then(|row| row.approvals.first().cloned()).filter(usable))
}

/// Takes what `from` proposes, if it is exactly the charter it continues and one change that may be made.
pub(in crate::federation) fn accept_offer(txn: &mut Txn<'_>, from: UnitId, offer: Offer) -> Result<(), JoinError> {
    let own = own::load(txn)?;
    let base = match amendment::base(txn, &offer.amendment) {
        // Of a freeze that is over here, or of charters not known here.
        Err(JoinError::NotFrozen | JoinError::NoProposal) => return Ok(()),
        other => other?,
    };
    if offer.epoch != base.charter.epoch + 1 || from == own.unit {
        // One that has passed meanwhile, or one of a charter that is still to be fetched; it will be offered again.
        return Ok(());
    }
    let proposals = open(txn)?;
    if proposals.iter().any(|row| row.proposer == from && row.offer == offer) {
        return Ok(());
    }
    let built = amendment::build(txn, &base, from, &offer.amendment, offer.made, txn.now)?;
    if charter::hash_of(&built.payload) != offer.hash {
        return Err(JoinError::Request);
    }
    if proposals.iter().any(|row| row.proposer == own.unit && offer.hash < row.offer.hash) {
        // The lowest one goes on; ours is proposed again afterwards.
        withdrawal::let_go(txn)?;
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
    let Some(proposal) = own_open(txn)? else { return Ok(()) };
    let charter = amendment::base(txn, &proposal.offer.amendment)?.charter;
    let signer = charter.member(from).and_then(Member::present_key).ok_or(JoinError::NotAMember)?;
    let approval = match signed.verify(&signer) {
        // Of the other charter's key of that unit, in a freeze.
        Err(crate::crypto::SignedError::OtherKey) => return Ok(()),
        other => other?,
    };
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
    txn.put(&at(proposal.proposer), Scope::Master, &Proposal { approvals, ..proposal });
    txn.notify(Notice::Peers);
    try_to_pass(txn)
}
