//! A keeper's side of `/icmc/blind/1`: whether a request is answered; and the answer, which is computed after the commit.
//! Not the counting: see `quota`.

use super::quota::{self, Charged};
use super::request::{BlindAnswer, BlindRefusal, BlindReply, BlindRequest, REQUEST_MAX};
use super::upkeep::key_of;
use crate::crypto::Signed;
use crate::federation::member::Member;
use crate::federation::{charter, own, peering};
use crate::ids::{NodeKey, UnitId};
use crate::machine::{Evaluate, Txn, View, ViewError};
use crate::oprf;
use crate::wire;
use rand_core::CryptoRng;

/// Judges a request of a member, this unit itself included. What is to be answered is counted in this step and evaluated after
/// its commit by [`evaluate`]; a refusal is the reply.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn handle_request(txn: &mut Txn<'_>, from: UnitId, bytes: &[u8]) -> Result<(), ViewError> {
    match judge(txn, from, bytes)? {
        Ok(evaluate) => txn.evaluate(evaluate),
        Err(refusal) => {
            if refusal == BlindRefusal::Malformed {
                txn.incident(Some(from), "asked a keeper for evaluations out of form");
            }
            txn.reply(wire::encode(&BlindAnswer::Refused(refusal)));
        }
    }
    Ok(())
}

fn judge(txn: &mut Txn<'_>, from: UnitId, bytes: &[u8]) -> Result<Result<Evaluate, BlindRefusal>, ViewError> {
    let (Some(charter), own) = (charter::current(txn)?, own::load(txn)?) else {
        return Ok(Err(BlindRefusal::NotAKeeper));
    };
    let Some(key) = charter.member(from).and_then(Member::present_key) else {
        return Ok(Err(BlindRefusal::NotServed));
    };
    if from != own.unit && peering::is_paused(txn, from)? {
        return Ok(Err(BlindRefusal::NotServed));
    }
    let signed =
        Some(bytes).filter(|bytes| bytes.len() <= REQUEST_MAX).map(|bytes| Signed::<BlindRequest>::from_bytes(bytes.to_vec()));
    // A node key that changed is not known everywhere at once.
    let is_known = |signer: &NodeKey| charter.members.iter().any(|member| member.present_key().as_ref() == Some(signer));
    if signed.as_ref().and_then(|signed| signed.claimed_signer().ok()).is_some_and(|signer| !is_known(&signer)) {
        return Ok(Err(BlindRefusal::NotServed));
    }
    let request = signed.and_then(|signed| signed.verify(&key).ok());
    let ours = |request: &BlindRequest| request.federation == charter.federation && request.keeper == own.unit;
    let Some(request) = request.filter(|request| ours(request) && !request.points.is_empty()) else {
        return Ok(Err(BlindRefusal::Malformed));
    };
    let Some(blinding) = key_of(&charter, request.epoch, txn.now) else {
        return Ok(Err(BlindRefusal::UnknownEpoch));
    };
    if charter::own_share(txn, blinding)?.is_none() {
        return Ok(Err(BlindRefusal::NotAKeeper));
    }
    if let Charged::OverQuota { resets_at } = quota::charge(txn, &charter, blinding, from, &request)? {
        return Ok(Err(BlindRefusal::OverQuota { resets_at }));
    }
    let request = request.into_value();
    Ok(Ok(Evaluate { epoch: request.epoch, number: request.number, points: request.points.into_inner() }))
}

/// Computes the answer to a request that was counted: some tenths of a millisecond for each ten points, so beside the steps. None
/// if the share was destroyed meanwhile.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn evaluate(view: &dyn View, asked: &Evaluate, rng: &mut dyn CryptoRng) -> Result<Option<Vec<u8>>, ViewError> {
    let Some(charter) = charter::current(view)? else { return Ok(None) };
    let keys = charter.blinding.iter().chain(charter.former.iter().map(|former| &former.blinding));
    let Some(blinding) = keys.into_iter().find(|key| key.epoch() == asked.epoch) else { return Ok(None) };
    let (own, Some(share)) = (own::load(view)?, charter::own_share(view, blinding)?) else { return Ok(None) };
    let Ok(evaluation) = oprf::evaluate(&share, &asked.points, rng) else { return Ok(None) };
    let reply =
        BlindReply { federation: charter.federation, epoch: asked.epoch, keeper: own.unit, number: asked.number, evaluation };
    Ok(Some(wire::encode(&BlindAnswer::Evaluated(Signed::sign(&reply, &own.key())))))
}
