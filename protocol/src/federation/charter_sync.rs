//! What two members tell each other over `/icmc/charter/1` on connect and after gossip: epochs, prekeys, proposals, signatures.
//! Not joining: a newcomer asks over `/icmc/join/1`.

use super::charter::{self, Accepted, CharterApproval, CharterEpoch, CharterError, Head, MEMBERS_MAX};
use super::joining::{self, JoinError, Offer};
use super::prekey::{self, Prekey};
use super::restored;
pub(crate) use super::restored::Ask;
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::UnitId;
use crate::machine::{Txn, View, ViewError};
use crate::wire;
use serde::{Deserialize, Serialize};

/// Most bytes of a request.
pub const REQUEST_MAX: usize = 16 * 1024;
/// Most bytes of a reply.
pub const REPLY_MAX: usize = 4 * 1024 * 1024;
/// Most bytes of an announcement of an epoch.
pub const GOSSIP_MAX: usize = 256;
/// From how many epochs back a peer with another charter of the same number is sent ours.
const BACK: u64 = 32;
/// Epochs of a reply: so many, and so many bytes beyond the first.
const PAGE: usize = 64;
const PAGE_BYTES: usize = 1024 * 1024;

/// "I have this; I propose this; I sign this." To one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Request {
    have: Head,
    /// What the sender proposes.
    offer: Option<Offer>,
    /// The sender's signature under what the receiver proposes.
    approval: Option<Signed<CharterApproval>>,
    /// The sender was put back from a backup and asks for what it signed for the receiver.
    restored: Option<Ask>,
}

/// What the other lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reply {
    have: Head,
    epochs: BoundedVec<CharterEpoch, PAGE>,
    /// The newest ones known, of everybody.
    prekeys: BoundedVec<Signed<Prekey>, MEMBERS_MAX>,
    offer: Option<Offer>,
    approval: Option<Signed<CharterApproval>>,
}

/// What to do after a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synced {
    /// Both are level as far as this side can tell.
    Done,
    /// The peer has more: ask again.
    More,
    /// The peer's reply was not taken.
    Refused,
}

/// What an announcement of an epoch asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Not well-formed, or of another federation: not to be passed on.
    Refused,
    /// Known already.
    Known,
    /// The charter is to be fetched from whoever passed it on.
    Fetch,
}

/// What to send to a member: on connect (both sides do), after news, and after a person here signed or proposed.
/// None if this unit belongs to no federation.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn request(view: &dyn View, to: UnitId) -> Result<Option<Vec<u8>>, ViewError> {
    let Some(have) = charter::head(view)? else { return Ok(None) };
    let (offer, approval) = (joining::own_offer(view)?, joining::own_approval_for(view, to)?);
    let request = Request { have, offer, approval, restored: restored::ask(view, to)? };
    Ok(Some(wire::encode(&request)))
}

/// What a restored member asks for, if it does.
pub(crate) fn asked(bytes: &[u8]) -> Option<Ask> {
    wire::decode::<Request>(bytes, REQUEST_MAX).ok()?.restored
}

/// Answers a member. None if the request was not taken; then the stream is closed without an answer.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn handle_request(txn: &mut Txn<'_>, from: UnitId, bytes: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
    let request = wire::decode::<Request>(bytes, REQUEST_MAX);
    let (Some(head), Ok(request), Some(_)) = (charter::head(txn)?, request, charter::member(txn, from)?) else {
        txn.incident(Some(from), "a charter request was refused");
        return Ok(None);
    };
    if request.have.federation != head.federation {
        txn.incident(Some(from), "a charter request of another federation");
        return Ok(None);
    }
    if request.have.epoch > head.epoch {
        txn.sync(from);
    }
    take(txn, from, request.offer, request.approval)?;
    let reply = Reply {
        have: charter::head(txn)?.unwrap_or(head),
        epochs: epochs_for(txn, request.have)?,
        prekeys: BoundedVec::new(prekey::all(txn)?).unwrap_or_default(),
        offer: joining::own_offer(txn)?,
        approval: joining::own_approval_for(txn, from)?,
    };
    Ok(Some(wire::encode(&reply)))
}

/// Takes a member's reply.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn handle_reply(txn: &mut Txn<'_>, from: UnitId, bytes: &[u8]) -> Result<Synced, ViewError> {
    let (Ok(reply), Some(before)) = (wire::decode::<Reply>(bytes, REPLY_MAX), charter::head(txn)?) else {
        txn.incident(Some(from), "a charter reply was not well-formed");
        return Ok(Synced::Refused);
    };
    match charter::accept(txn, &reply.epochs) {
        Ok(Accepted::Frozen) => return Ok(Synced::Done),
        Ok(Accepted::Nothing | Accepted::Advanced) => {}
        Err(CharterError::Store(error)) => return Err(error),
        Err(_) => {
            txn.incident(Some(from), "a charter epoch was refused");
            return Ok(Synced::Refused);
        }
    }
    prekey::accept_all(txn, Some(from), &reply.prekeys)?;
    take(txn, from, reply.offer, reply.approval)?;
    let after = charter::head(txn)?.unwrap_or(before);
    Ok(if after.epoch > before.epoch && after.epoch < reply.have.epoch { Synced::More } else { Synced::Done })
}

/// Judges an announcement before it is passed on.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn handle_gossip(view: &dyn View, bytes: &[u8]) -> Result<News, ViewError> {
    let (Ok(news), Some(head)) = (wire::decode::<Head>(bytes, GOSSIP_MAX), charter::head(view)?) else {
        return Ok(News::Refused);
    };
    if news.federation != head.federation {
        return Ok(News::Refused);
    }
    let known = charter::stored(view, news.epoch)?.is_some_and(|epoch| epoch.hash() == news.hash);
    Ok(if known { News::Known } else { News::Fetch })
}

fn take(
    txn: &mut Txn<'_>,
    from: UnitId,
    offer: Option<Offer>,
    approval: Option<Signed<CharterApproval>>,
) -> Result<(), ViewError> {
    let approved = approval.map_or(Ok(()), |approval| joining::accept_approval(txn, from, &approval));
    let offered = offer.map_or(Ok(()), |offer| joining::accept_offer(txn, from, offer));
    for outcome in [approved, offered] {
        match outcome {
            Ok(()) | Err(JoinError::Frozen) => {}
            Err(JoinError::Store(error)) => return Err(error),
            Err(_) => txn.incident(Some(from), "a proposal or a signature under one was refused"),
        }
    }
    Ok(())
}

/// Our epochs after the one that the peer has; or from before it, if it has another one of that number than we.
fn epochs_for(view: &dyn View, have: Head) -> Result<BoundedVec<CharterEpoch, PAGE>, ViewError> {
    let ours = charter::stored(view, have.epoch)?.map(|epoch| epoch.hash());
    let mut next = match ours {
        Some(hash) if hash == have.hash => have.epoch.saturating_add(1),
        Some(_) => have.epoch.saturating_sub(BACK),
        None => return Ok(BoundedVec::default()),
    };
    let (mut found, mut size) = (Vec::new(), 0);
    while let Some(epoch) = charter::stored(view, next)? {
        size += epoch.size();
        if found.len() == PAGE || (size > PAGE_BYTES && !found.is_empty()) {
            break;
        }
        found.push(epoch);
        next += 1;
    }
    Ok(BoundedVec::new(found).expect("a page is within the limit"))
}
