//! A case changes its owner: offering, taking back, yes and no, and deciding whose a disputed case is.
//! Both yeses are people's; what follows from them is the protocol's.

use super::audit::audited;
use super::decisions::is_on_hold;
use super::model::{CustodyView, TenureView, TransferRequest, TransferView};
use super::share_request::persons;
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, authorize};
use crate::audit::actions;
use icmc_protocol::caselog::{Author, custody, rival};
use icmc_protocol::ids::{CaseId, UnitId};
use icmc_protocol::machine::{View, ViewError};
use icmc_protocol::transfer::{self, GivenState, Request, TakenState, TransferIn, TransferOut, TransferRefusal};

impl Service {
    /// Offers a case to a unit that works on it under an active share.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if somebody of the case is not named, or the unit does not work on it.
    pub async fn offer_case(&self, actor: &Actor, request: TransferRequest) -> Result<(), ServiceError> {
        let (by, case) = (actor.clone(), request.case);
        self.step(actor, actions::CASE_OFFERED, format!("{case}/{}", request.to), move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            if is_on_hold(txn, case, txn.now)? {
                let why = "two persons decided to hold this case: it stays with this unit until the hold ends";
                return Err(ServiceError::Refused(why.to_owned()));
            }
            let persons = persons(&request.persons).map_err(ServiceError::Fields)?;
            let wanted = Request { case: grant.object(), to: request.to, persons };
            transfer::propose(txn, wanted, &Author { name: by.name.clone() })?;
            audited(txn, &by, actions::CASE_OFFERED, format!("{case}/{}", request.to))?;
            Ok(())
        })
        .await
    }

    /// Takes an offer back before the other unit has said yes.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if there is none open.
    pub async fn withdraw_offer(&self, actor: &Actor, case: CaseId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_OFFER_WITHDRAWN, case, move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            transfer::withdraw(txn, grant.object())?;
            audited(txn, &by, actions::CASE_OFFER_WITHDRAWN, case)?;
            Ok(())
        })
        .await
    }

    /// Answers an offer. After a yes the case is ours as soon as all of it has arrived.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if there is none open, or a no has no reason.
    pub async fn answer_offer(&self, actor: &Actor, case: CaseId, yes: bool, reason: &str) -> Result<(), ServiceError> {
        let (by, reason) = (actor.clone(), reason.to_owned());
        self.step(actor, actions::CASE_OFFER_ANSWERED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            if yes {
                transfer::accept(txn, grant.object(), &Author { name: by.name.clone() })?;
            } else {
                transfer::decline(txn, grant.object(), &reason)?;
            }
            audited(txn, &by, actions::CASE_OFFER_ANSWERED, case)?;
            Ok(())
        })
        .await
    }

    /// Decides whose a case is that its owner handed to two units.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if nobody disputes it, or the unit is none of the two.
    pub async fn decide_custody(&self, actor: &Actor, case: CaseId, owner: UnitId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CUSTODY_DECIDED, format!("{case}/{owner}"), move |txn| {
            let grant: Grant<CaseId> = authorize(txn, &by, Action::ShareCase, case)?;
            transfer::decide(txn, grant.object(), owner)?;
            audited(txn, &by, actions::CUSTODY_DECIDED, format!("{case}/{owner}"))?;
            Ok(())
        })
        .await
    }
}

/// Who owned a case from when to when, and what is being offered.
pub(super) fn custody_of(view: &dyn View, units: &Units, case: CaseId) -> Result<CustodyView, ViewError> {
    let tenure = |one: icmc_protocol::caselog::Tenure| TenureView {
        unit: units.of(one.unit),
        from: one.from.and_then(|(_, at)| at),
        from_entry: one.from.map(|(entry, _)| entry),
        until: one.until.and_then(|(_, at)| at),
        until_entry: one.until.map(|(entry, _)| entry),
    };
    let given = transfer::given(view, case)?.map(|row| given_view(units, &row)).transpose()?;
    let received = transfer::received(view, case)?.map(|held| received_view(units, &held));
    // Of one that was given and one that was received the newer one stands.
    let transfer = given.into_iter().chain(received).max_by_key(|one| one.at);
    Ok(CustodyView {
        tenures: custody(view, case)?.unwrap_or_default().into_iter().map(tenure).collect(),
        transfer,
        rival: rival(view, case)?.map(|unit| units.of(unit)),
    })
}

fn given_view(units: &Units, row: &TransferOut) -> Result<TransferView, ViewError> {
    let offer = row.offer.stored().map_err(|error| ViewError(error.to_string()))?;
    Ok(TransferView {
        given: true,
        unit: units.of(row.to),
        state: match row.state {
            GivenState::Proposed => "proposed",
            GivenState::HandedOver => "handed_over",
            GivenState::Taken => "taken",
            GivenState::Declined => "declined",
            GivenState::Withdrawn => "withdrawn",
            GivenState::Stopped => "stopped",
        },
        at: row.history.last().map_or(offer.at, |(_, at)| *at),
        persons: count(offer.persons.len()),
        items: count(offer.items.len()),
        kept: row.kept,
        receivers: row.receivers.iter().map(|unit| units.of(*unit)).collect(),
        reason: row.reason.to_string(),
    })
}

fn received_view(units: &Units, held: &transfer::Received) -> TransferView {
    let TransferIn { from, state, history, handing, .. } = &held.row;
    let handing = handing.as_ref();
    TransferView {
        given: false,
        unit: units.of(*from),
        state: match state {
            // The share it lay under has ended, and the offer with it.
            TakenState::Offered if held.offer.is_none() => "withdrawn",
            TakenState::Offered => "offered",
            TakenState::Accepted => "accepted",
            TakenState::Owner => "owner",
            TakenState::Declined => "declined",
            TakenState::Withdrawn => "withdrawn",
        },
        at: history.last().map_or(icmc_protocol::time::Timestamp(0), |(_, at)| *at),
        persons: held.offer.as_ref().map_or(0, |offer| count(offer.persons.len())),
        items: held.offer.as_ref().map_or(0, |offer| count(offer.items.len())),
        kept: handing.map_or(0, |handing| handing.kept),
        receivers: handing.map(|handing| handing.receivers.iter().map(|unit| units.of(*unit)).collect()).unwrap_or_default(),
        reason: String::new(),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl From<TransferRefusal> for ServiceError {
    fn from(refusal: TransferRefusal) -> Self {
        match refusal {
            TransferRefusal::Share(refusal) => refusal.into(),
            TransferRefusal::View(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}
