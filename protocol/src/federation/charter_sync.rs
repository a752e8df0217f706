//! What two members tell each other over `/icmc/charter/1` on connect and after gossip: epochs, prekeys, proposals, signatures.
//! Not joining: a newcomer asks over `/icmc/join/1`.

use super::charter::{self, CharterApproval, CharterEpoch, CharterError, Head, LEAVES_MAX, MEMBERS_MAX};
use super::hello::Hello;
use super::joining::{self, JoinError, Offer, WITHDRAWN_MAX, Withdrawal};
use super::leaving::{self, Leave};
use super::news;
use super::peering;
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
pub const REQUEST_MAX: usize = 32 * 1024;
/// Most bytes of a reply.
pub const REPLY_MAX: usize = 4 * 1024 * 1024;
/// Most bytes of an announcement of an epoch.
pub const GOSSIP_MAX: usize = 256;
/// From how many epochs back a peer with another charter of the same number is sent ours.
const BACK: u64 = 32;
/// Epochs of a reply: so many, and so many bytes beyond the first.
const PAGE: usize = 64;
const PAGE_BYTES: usize = 1024 * 1024;
/// Bytes of epochs that are carried in a file, beyond the newest.
const CARRIED_BYTES: usize = 256 * 1024;

/// "I have this; I propose this; I sign this." To one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Request {
    have: Head,
    /// The sender's newest one.
    prekey: Option<Signed<Prekey>>,
    /// Members that have left by their own word.
    leaves: BoundedVec<Signed<Leave>, LEAVES_MAX>,
    /// Proposals that the sender has let go.
    withdrawn: BoundedVec<Signed<Withdrawal>, WITHDRAWN_MAX>,
    /// What the sender proposes.
    offer: Option<Offer>,
    /// The sender's signature under what the receiver proposes.
    approval: Option<Signed<CharterApproval>>,
    /// The sender was put back from a backup and asks for what it signed for the receiver.
    restored: Option<Ask>,
}

/// What the other lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reply {
    have: Head,
    epochs: BoundedVec<CharterEpoch, PAGE>,
    /// The newest ones known, of everybody.
    prekeys: BoundedVec<Signed<Prekey>, MEMBERS_MAX>,
    leaves: BoundedVec<Signed<Leave>, LEAVES_MAX>,
    withdrawn: BoundedVec<Signed<Withdrawal>, WITHDRAWN_MAX>,
    offer: Option<Offer>,
    approval: Option<Signed<CharterApproval>>,
    /// Time and version there; none in a file.
    pub(super) hello: Option<Hello>,
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
    let request = Request {
        have,
        prekey: prekey::own_newest(view)?,
        leaves: leaves(view)?,
        withdrawn: joining::own_withdrawn(view)?,
        offer: joining::own_offer(view)?,
        approval: joining::own_approval_for(view, to)?,
        restored: restored::ask(view, to)?,
    };
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
    let Ok(request) = request else {
        txn.garbage(Some(from), "sent a charter request that is not well-formed");
        return Ok(None);
    };
    let (Some(head), Some(_)) = (charter::head(txn)?, charter::member(txn, from)?) else {
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
    leaving::accept_all(txn, from, &request.leaves)?;
    prekey::accept_all(txn, Some(from), request.prekey.as_slice())?;
    joining::accept_withdrawn(txn, from, &request.withdrawn)?;
    take(txn, from, request.offer, request.approval)?;
    let reply = Reply {
        have: charter::head(txn)?.unwrap_or(head),
        epochs: epochs_for(txn, request.have)?,
        prekeys: BoundedVec::new(prekey::all(txn)?).unwrap_or_default(),
        leaves: leaves(txn)?,
        withdrawn: joining::own_withdrawn(txn)?,
        offer: joining::own_offer(txn)?,
        approval: joining::own_approval_for(txn, from)?,
        hello: Some(Hello::new(txn.now)),
    };
    Ok(Some(wire::encode(&reply)))
}

/// What a member that no network connects is to know, to be carried to it in a file and taken as a reply: the last
/// epochs, everybody's prekeys, what this unit proposes and signs.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn carried(view: &dyn View, to: UnitId) -> Result<Option<Vec<u8>>, ViewError> {
    let Some(have) = charter::head(view)? else { return Ok(None) };
    let (mut epochs, mut size) = (Vec::new(), 0);
    for number in (0..=have.epoch).rev().take(PAGE) {
        let Some(epoch) = charter::stored(view, number)? else { break };
        size += epoch.size();
        if size > CARRIED_BYTES && !epochs.is_empty() {
            break;
        }
        epochs.push(epoch);
    }
    epochs.reverse();
    Ok(Some(wire::encode(&Reply {
        have,
        epochs: BoundedVec::new(epochs).expect("a page is within the limit"),
        prekeys: BoundedVec::new(prekey::all(view)?).unwrap_or_default(),
        leaves: leaves(view)?,
        withdrawn: joining::own_withdrawn(view)?,
        offer: joining::own_offer(view)?,
        approval: joining::own_approval_for(view, to)?,
        hello: None,
    })))
}

/// Takes a member's reply.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn handle_reply(txn: &mut Txn<'_>, from: UnitId, bytes: &[u8]) -> Result<Synced, ViewError> {
    let (Ok(reply), Some(before)) = (wire::decode::<Reply>(bytes, REPLY_MAX), charter::head(txn)?) else {
        txn.garbage(Some(from), "a charter reply was not well-formed");
        return Ok(Synced::Refused);
    };
    match charter::accept(txn, &reply.epochs) {
        // Frozen or not: prekeys go on, and so do proposals how to settle it.
        Ok(_) => {}
        Err(CharterError::Store(error)) => return Err(error),
        Err(_) => {
            txn.incident(Some(from), "a charter epoch was refused");
            return Ok(Synced::Refused);
        }
    }
    leaving::accept_all(txn, from, &reply.leaves)?;
    prekey::accept_all(txn, Some(from), &reply.prekeys)?;
    joining::accept_withdrawn(txn, from, &reply.withdrawn)?;
    take(txn, from, reply.offer, reply.approval)?;
    if let Some(hello) = reply.hello {
        peering::hello(txn, from, hello)?;
    }
    let after = charter::head(txn)?.unwrap_or(before);
    Ok(if after.epoch > before.epoch && after.epoch < reply.have.epoch { Synced::More } else { Synced::Done })
}

/// Judges an announcement before it is passed on, and remembers who passed on news.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn handle_gossip(txn: &mut Txn<'_>, from: UnitId, bytes: &[u8]) -> Result<News, ViewError> {
    let (Ok(told), Some(head)) = (wire::decode::<Head>(bytes, GOSSIP_MAX), charter::head(txn)?) else {
        return Ok(News::Refused);
    };
    if told.federation != head.federation {
        return Ok(News::Refused);
    }
    if news::is_known(txn, told)? {
        return Ok(News::Known);
    }
    news::heard(txn, from, told);
    Ok(News::Fetch)
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

fn leaves(view: &dyn View) -> Result<BoundedVec<Signed<Leave>, LEAVES_MAX>, ViewError> {
    let known = leaving::all(view)?.into_iter().map(|(_, signed)| signed).collect();
    Ok(BoundedVec::new(known).expect("no more are read"))
}

/// Our epochs after the one that the peer has; or from before it, if it has another one of that number than we.
fn epochs_for(view: &dyn View, have: Head) -> Result<BoundedVec<CharterEpoch, PAGE>, ViewError> {
    let ours = charter::stored(view, have.epoch)?.map(|epoch| epoch.hash());
    let mut next = match ours {
        Some(hash) if hash == have.hash => have.epoch.saturating_add(1),
        Some(_) => have.epoch.saturating_sub(BACK),
        // It may have gone further along one of two charters of a number, or along one that was given up.
        None if charter::is_frozen(view)? || charter::has_given_up(view)? => {
            charter::head(view)?.map_or(0, |head| head.epoch).saturating_sub(BACK)
        }
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
