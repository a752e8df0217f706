//! The inviter's side: invitations given, and the requests that use them.
//! Not the signatures of other members: see `proposal`.

use super::super::charter::{self, CharterEpoch, MEMBERS_MAX};
use super::super::genesis;
use super::super::invitation::{self, Invitation};
use super::super::rows::{key, rows};
use super::super::{own, prekey};
use super::amendment::Amendment;
use super::messages::{self, JOIN_REPLY_MAX, JOIN_REQUEST_MAX, JoinReply, JoinRequest, RefusalCode, Welcome};
use super::{JoinError, proposal};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::{InvitationId, NodeKey, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::{Deserialize, Serialize};

const INVITED: &[u8] = b"i";
/// Most invitations that wait at one time.
const OPEN_MAX: usize = 64;
/// How long a request waits for the signatures of others before its invitation is forgotten.
const PATIENCE: u64 = 30 * DAY;

/// An invitation that this unit gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Invited {
    id: InvitationId,
    unit: UnitId,
    key: NodeKey,
    expires: Timestamp,
    /// The request that used it; there is one at most, though it may be asked again.
    asked: Option<Signed<JoinRequest>>,
}

impl Record for Invited {
    const TABLE: Table = Table::JOINING;
}

impl Invited {
    /// Whether its unit may still come to `/icmc/join/1` with it.
    fn is_open(&self, now: Timestamp) -> bool {
        let patience = if self.asked.is_some() { PATIENCE } else { 0 };
        now <= self.expires.plus(patience)
    }
}

/// Invites the unit of a genesis text. Gives the text to send to it.
///
/// # Errors
/// [`JoinError`] if the text is wrong, the unit is a member or this one, the charter is frozen or full, or too many wait.
pub fn invite(txn: &mut Txn<'_>, genesis_text: &str) -> Result<String, JoinError> {
    let own = own::load(txn)?;
    let head = charter::head(txn)?.ok_or(JoinError::NotAMember)?;
    if charter::is_frozen(txn)? {
        return Err(JoinError::Frozen);
    }
    let (signed, invited) = genesis::parse_text(genesis_text)?;
    if invited.unit == own.unit {
        return Err(JoinError::OwnGenesis);
    }
    let charter = charter::current(txn)?.ok_or(JoinError::NotAMember)?;
    if charter.member(invited.unit).is_some() {
        return Err(JoinError::MemberAlready);
    }
    if charter.members.len() >= MEMBERS_MAX {
        return Err(JoinError::Full);
    }
    let mut open = 0;
    for (at, row) in rows::<Invited>(txn, INVITED, OPEN_MAX)? {
        // A unit that lost its invitation gets a new one, and the lost one is of no use any more.
        let lost = row.unit == invited.unit && row.asked.is_none();
        let settled = charter.member(row.unit).is_some() && txn.now > row.expires;
        if lost || settled || !row.is_open(txn.now) {
            txn.delete(Table::JOINING, &at);
        } else {
            open += 1;
        }
    }
    if open >= OPEN_MAX {
        return Err(JoinError::TooMany);
    }
    let id = InvitationId::random(&mut *txn.rng);
    let (created, expires) = (txn.now, txn.now.plus(invitation::LIFE));
    let key_of_invited = invited.genesis.key;
    let node_key = own.key();
    let statement = Invitation {
        federation: head.federation,
        id,
        genesis: signed,
        inviter: own.genesis,
        inviter_key: node_key.public(),
        addresses: own.addresses,
        epoch: head.epoch,
        charter: head.hash,
        created,
        expires,
    };
    let row = Invited { id, unit: invited.unit, key: key_of_invited, expires, asked: None };
    txn.put(&key(INVITED, id.as_bytes()), Scope::Master, &row);
    Ok(invitation::text_of(&Signed::sign(&statement, &node_key)))
}

/// The keys of invited units: nothing but `/icmc/join/1` is open to them.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn expected_keys(view: &dyn View, now: Timestamp) -> Result<Vec<NodeKey>, ViewError> {
    let rows = rows::<Invited>(view, INVITED, OPEN_MAX)?;
    Ok(rows.into_iter().filter(|(_, row)| row.is_open(now)).map(|(_, row)| row.key).collect())
}

/// Answers a request that came from the transport key `from`. Asking again is harmless; it is how a newcomer learns that it
/// has become a member.
///
/// # Errors
/// [`ViewError`] if the store fails; what is wrong with the request stands in the reply.
pub fn handle_request(txn: &mut Txn<'_>, from: NodeKey, bytes: &[u8]) -> Result<Vec<u8>, ViewError> {
    let reply = match answer(txn, from, bytes) {
        Ok(reply) => reply,
        Err(JoinError::Store(error)) => return Err(error),
        Err(JoinError::Frozen | JoinError::Full) => JoinReply::Refused(RefusalCode::Closed),
        Err(_) => {
            txn.incident(None, "a request to join was not in order");
            JoinReply::Refused(RefusalCode::Malformed)
        }
    };
    let bytes = wire::encode(&reply);
    if bytes.len() > JOIN_REPLY_MAX {
        txn.incident(None, "the charter is too long for a reply to a newcomer");
        return Ok(wire::encode(&JoinReply::Refused(RefusalCode::Closed)));
    }
    Ok(bytes)
}

fn answer(txn: &mut Txn<'_>, from: NodeKey, bytes: &[u8]) -> Result<JoinReply, JoinError> {
    if bytes.len() > JOIN_REQUEST_MAX {
        return Err(JoinError::Request);
    }
    let head = charter::head(txn)?.ok_or(JoinError::NotAMember)?;
    let signed = Signed::<JoinRequest>::from_bytes(bytes.to_vec());
    let newcomer = messages::check(&signed, head.federation, txn.now)?;
    let unit = newcomer.unit.unit;
    if newcomer.unit.genesis.key != from {
        return Err(JoinError::Request);
    }
    let at = key(INVITED, newcomer.request.invitation.as_bytes());
    let row = txn.get::<Invited>(&at)?.filter(|row| row.unit == unit);
    let unused = row.as_ref().is_some_and(|row| row.asked.as_ref().is_none_or(|asked| *asked == signed));
    let Some(row) = row.filter(|_| unused) else {
        txn.incident(None, "a request to join used no invitation of its own");
        return Ok(JoinReply::Refused(RefusalCode::Unknown));
    };
    if charter::unit_of_key(txn, from)? == Some(unit) {
        return Ok(JoinReply::Joined(welcome(txn)?));
    }
    if !row.is_open(txn.now) {
        return Ok(JoinReply::Refused(RefusalCode::Expired));
    }
    if charter::is_frozen(txn)? {
        return Err(JoinError::Frozen);
    }
    if row.asked.is_none() {
        txn.put(&at, Scope::Master, &Invited { asked: Some(signed.clone()), ..row });
    }
    proposal::propose(txn, Amendment::Admit(signed))?;
    if charter::unit_of_key(txn, from)? == Some(unit) {
        return Ok(JoinReply::Joined(welcome(txn)?));
    }
    Ok(JoinReply::Pending)
}

fn welcome(view: &dyn View) -> Result<Welcome, JoinError> {
    let mut epochs: Vec<CharterEpoch> = Vec::new();
    let mut size = 0;
    while let Some(epoch) = charter::stored(view, epochs.len() as u64)? {
        size += epoch.size();
        if size > JOIN_REPLY_MAX {
            return Err(JoinError::Full);
        }
        epochs.push(epoch);
    }
    Ok(Welcome {
        epochs: BoundedVec::new(epochs).map_err(|_| JoinError::Full)?,
        prekeys: BoundedVec::new(prekey::all(view)?).map_err(|_| JoinError::Full)?,
    })
}
