//! The newcomer's side: the invitation it holds, what it asks, and the welcome.
//! Not the dialling: the plan says whom and where.

use super::super::charter::{self, Accepted};
use super::super::invitation::{self, Invitation};
use super::super::member::{Addresses, Name};
use super::super::own;
use super::super::rows::row;
use super::super::{peering, prekey};
use super::JoinError;
use super::messages::{JOIN_REPLY_MAX, JoinReply, JoinRequest, RefusalCode, Welcome};
use crate::crypto::Signed;
use crate::ids::{FederationId, InvitationId, NodeKey, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError};
use crate::wire;
use serde::{Deserialize, Serialize};

const JOINING: &[u8] = b"j";

/// The invitation that this unit holds, and the one request that it makes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Joining {
    inviter: UnitId,
    inviter_name: Name,
    invitation: Signed<Invitation>,
    request: Signed<JoinRequest>,
}

impl Record for Joining {
    const TABLE: Table = Table::JOINING;
}

/// Whom to ask, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinPlan {
    /// Which federation.
    pub federation: FederationId,
    /// The invitation.
    pub invitation: InvitationId,
    /// Who invited.
    pub inviter: UnitId,
    /// What it calls itself.
    pub inviter_name: Name,
    /// The only key to talk to.
    pub inviter_key: NodeKey,
    /// Where it listens.
    pub addresses: Addresses,
}

/// What a reply meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinOutcome {
    /// Ask again later.
    Pending,
    /// The inviter refused; the invitation is of no use any more unless it is only closed for now.
    Refused(RefusalCode),
    /// This unit is a member.
    Joined,
}

/// Takes an invitation. Another one replaces it.
///
/// # Errors
/// [`JoinError`] if it is wrong, expired, or for another unit, or this unit is a member already.
pub fn accept_invitation(txn: &mut Txn<'_>, text: &str) -> Result<JoinPlan, JoinError> {
    let own = own::load(txn)?;
    if charter::head(txn)?.is_some() {
        return Err(JoinError::AlreadyMember);
    }
    let (signed, checked) = invitation::parse_text(text, txn.now)?;
    if checked.invited.unit != own.unit {
        return Err(JoinError::OtherUnit);
    }
    if checked.inviter.unit == own.unit {
        return Err(JoinError::OwnGenesis);
    }
    let statement = prekey::issue(txn, &own, checked.invitation.federation)?;
    let request =
        JoinRequest { invitation: checked.invitation.id, genesis: own.genesis.clone(), data: own.data(), prekey: statement };
    let row = Joining {
        inviter: checked.inviter.unit,
        inviter_name: checked.inviter.genesis.name,
        invitation: signed,
        request: Signed::sign(&request, &own.key()),
    };
    txn.put(JOINING, Scope::Master, &row);
    plan(&row).map_err(JoinError::Store)
}

/// The plan that is being followed, if any: it survives a restart.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn pending(view: &dyn View) -> Result<Option<JoinPlan>, ViewError> {
    row::<Joining>(view, JOINING)?.map(|row| plan(&row)).transpose()
}

fn plan(row: &Joining) -> Result<JoinPlan, ViewError> {
    let invitation = stored(row)?;
    Ok(JoinPlan {
        federation: invitation.federation,
        invitation: invitation.id,
        inviter: row.inviter,
        inviter_name: row.inviter_name.clone(),
        inviter_key: invitation.inviter_key,
        addresses: invitation.addresses,
    })
}

fn stored(row: &Joining) -> Result<Invitation, ViewError> {
    Ok(row.invitation.stored().map_err(|error| ViewError(format!("a stored invitation: {error}")))?.into_value())
}

/// What to send to the inviter; the same bytes each time.
///
/// # Errors
/// [`JoinError::NothingPending`] without an invitation.
pub fn join_request(view: &dyn View) -> Result<Vec<u8>, JoinError> {
    Ok(row::<Joining>(view, JOINING)?.ok_or(JoinError::NothingPending)?.request.as_bytes().to_vec())
}

/// Takes the inviter's reply. What is wrong with a reply leaves nothing of it behind.
///
/// # Errors
/// [`JoinError`] if nothing was asked or the reply does not fit the invitation.
pub fn handle_reply(txn: &mut Txn<'_>, bytes: &[u8]) -> Result<JoinOutcome, JoinError> {
    let row = txn.get::<Joining>(JOINING)?.ok_or(JoinError::NothingPending)?;
    let reply = wire::decode::<JoinReply>(bytes, JOIN_REPLY_MAX).map_err(|_| JoinError::Reply);
    let outcome = reply.and_then(|reply| match reply {
        JoinReply::Pending => Ok(JoinOutcome::Pending),
        JoinReply::Refused(code) => Ok(JoinOutcome::Refused(code)),
        JoinReply::Joined(welcome) => settle_in(txn, &row, &welcome).map(|()| JoinOutcome::Joined),
    });
    if outcome.is_err() {
        txn.rollback();
        txn.incident(Some(row.inviter), "the answer to a request to join was refused");
    }
    outcome
}

fn settle_in(txn: &mut Txn<'_>, row: &Joining, welcome: &Welcome) -> Result<(), JoinError> {
    let own = own::load(txn)?;
    let invitation = stored(row)?;
    if charter::accept(txn, &welcome.epochs)? != Accepted::Advanced {
        return Err(JoinError::Reply);
    }
    let charter = charter::current(txn)?.ok_or(JoinError::Reply)?;
    let named = charter::stored(txn, invitation.epoch)?.map(|epoch| epoch.hash());
    let key_of = |unit| charter.member(unit).and_then(|member| member.present_key());
    let fits = charter.federation == invitation.federation
        && named == Some(invitation.charter)
        && key_of(row.inviter) == Some(invitation.inviter_key)
        && key_of(own.unit) == Some(own.public());
    if !fits {
        return Err(JoinError::Reply);
    }
    let mine = row.request.stored()?.into_value().prekey;
    prekey::accept(txn, &mine)?;
    prekey::accept_all(txn, Some(row.inviter), &welcome.prekeys)?;
    peering::invited(txn, row.inviter, invitation.id)?;
    txn.delete(Table::JOINING, JOINING);
    txn.notify(Notice::Peers);
    Ok(())
}
