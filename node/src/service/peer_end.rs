//! Ending with a unit: what that would end, and doing it.
//! Each end is the protocol's own; whoever does it must be allowed each of them.

use super::audit::audited;
use super::model::EndView;
use super::peer_view::{Around, count};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use icmc_protocol::envelope::outbox;
use icmc_protocol::federation::{charter, joining, own, peering};
use icmc_protocol::ids::{CaseId, ShareId, UnitId};
use icmc_protocol::machine::{Txn, View, ViewError};
use icmc_protocol::requests::{self, AskState};
use icmc_protocol::sharing;

type Open = Vec<(ShareId, CaseId)>;

impl Service {
    /// What ending with a unit would end. Nothing is changed.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a unit that never was another member; [`ServiceError::Forbidden`] for whoever may not end all of it.
    pub async fn end_plan(&self, actor: &Actor, unit: UnitId) -> Result<EndView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEERS_LISTED, unit, move |txn| {
            let (shares, requests) = may_end(txn, &by, unit)?;
            audited(txn, &by, actions::PEERS_LISTED, unit)?;
            Ok(EndView {
                unit: Units::load(txn)?.of(unit),
                member: charter::member(txn, unit)?.is_some(),
                shares: count(shares.len()),
                requests: count(requests.len()),
                received: Around::load(txn)?.received(unit),
                waiting_out: count(outbox::waiting(txn, unit)?),
            })
        })
        .await
    }

    /// Ends with a unit: every share given to it is recalled, every request to it withdrawn, and it is paused. With `leave_out` the
    /// other members are asked to leave it out of the federation.
    ///
    /// # Errors
    /// As [`Service::end_plan`]; [`ServiceError::Refused`] with what stands in the way, and then nothing is changed.
    pub async fn end_with(&self, actor: &Actor, unit: UnitId, leave_out: bool) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEER_ENDED, unit, move |txn| end(txn, &by, unit, leave_out)).await
    }
}

pub(super) fn end(txn: &mut Txn<'_>, by: &Actor, unit: UnitId, leave_out: bool) -> Result<(), ServiceError> {
    let (shares, requests) = may_end(txn, by, unit)?;
    for (share, case) in shares {
        sharing::recall(txn, share)?;
        audited(txn, by, actions::SHARE_RECALLED, format!("{case}/{share}"))?;
    }
    for (request, case) in requests {
        requests::close(txn, request)?;
        audited(txn, by, actions::REQUEST_CLOSED, format!("{case}/{request}"))?;
    }
    if charter::member(txn, unit)?.is_some() {
        peering::pause(txn, unit, true)?;
    }
    if leave_out {
        joining::propose_removal(txn, unit)?;
        audited(txn, by, actions::CHANGE_PROPOSED, unit)?;
    }
    audited(txn, by, actions::PEER_ENDED, unit)?;
    Ok(())
}

/// The open shares and requests to a unit, if this person may end each of them.
fn may_end(txn: &Txn<'_>, by: &Actor, unit: UnitId) -> Result<(Open, Open), ServiceError> {
    let _: Grant<Unit> = authorize(txn, by, Action::ManagePeers, Unit)?;
    let known = charter::member(txn, unit)?.is_some() || charter::former(txn)?.iter().any(|former| former.unit == unit);
    if !known || own::load(txn)?.unit == unit {
        return Err(ServiceError::NotFound);
    }
    let (shares, requests) = open(txn, unit)?;
    for (_, case) in shares.iter().chain(&requests) {
        // Whoever looks after units sees how many shares there are, and may be told why that is not enough.
        let grant: Result<Grant<CaseId>, ServiceError> = authorize(txn, by, Action::ShareCase, *case).map_err(Into::into);
        match grant {
            Ok(_) => {}
            Err(ServiceError::NotFound | ServiceError::Forbidden(_)) => {
                return Err(ServiceError::Forbidden(
                    "ending with a unit recalls what it was given: the nodal officer can do that",
                ));
            }
            Err(other) => return Err(other),
        }
    }
    Ok((shares, requests))
}

fn open(view: &dyn View, unit: UnitId) -> Result<(Open, Open), ViewError> {
    let shares = sharing::outgoing_list(view, |row| row.to == unit && row.state.is_open())?;
    let shares = shares.into_iter().map(|(id, row)| (id, row.case));
    let asked = requests::asked_list(view)?.into_iter();
    let asked = asked.filter(|row| row.to == unit && (row.state.is_waiting() || row.state == AskState::Answered));
    Ok((shares.collect(), asked.map(|row| (row.request.id, row.case)).collect()))
}
