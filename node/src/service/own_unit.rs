//! This unit as the federation has it, and the two charters of a freeze, for people to see; ending every session.
//! Proposing a change is in `charter`.

use super::audit::audited;
use super::model::{FreezeView, FrozenView, OwnView};
use super::units::class_word;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::accounts;
use crate::audit::actions;
use crate::sessions;
use icmc_protocol::federation::{charter, joining, own};
use icmc_protocol::ids::CharterHash;
use icmc_protocol::machine::{View, ViewError};

impl Service {
    /// What this unit says of itself; public, and not audited.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub fn own_unit(&self, actor: &Actor) -> Result<OwnView, ServiceError> {
        let view = self.node.snapshot()?;
        let _: Grant<Unit> = authorize(&view, actor, Action::ViewPeers, Unit)?;
        let own = own::load(&view)?;
        let charter = charter::current(&view)?;
        let proposals = joining::proposals(&view)?;
        Ok(OwnView {
            unit: own.unit,
            name: own.name.to_string(),
            class: class_word(own.class),
            jurisdiction: own.jurisdiction.to_string(),
            duty_contact: own.duty_contact.to_string(),
            addresses: own.addresses.iter().map(ToString::to_string).collect(),
            member: charter.is_some_and(|charter| charter.member(own.unit).is_some()),
            proposes: proposals.iter().any(|proposal| proposal.proposer == own.unit),
            waits: joining::is_wish_waiting(&view)?,
        })
    }

    /// The two charters of a freeze; none without one.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub fn freeze_view(&self, actor: &Actor) -> Result<Option<FreezeView>, ServiceError> {
        let view = self.node.snapshot()?;
        let _: Grant<Unit> = authorize(&view, actor, Action::ViewPeers, Unit)?;
        Ok(freeze(&view)?)
    }

    /// Ends every session of every account here, the own one too: everybody signs in again.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub async fn end_sessions(&self, actor: &Actor) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SESSIONS_ENDED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            for (account, _) in accounts::all(txn)? {
                sessions::end_all(txn, account)?;
            }
            audited(txn, &by, actions::SESSIONS_ENDED, "")?;
            Ok(())
        })
        .await
    }
}

pub(super) fn freeze(view: &dyn View) -> Result<Option<FreezeView>, ViewError> {
    let Some(frozen) = charter::frozen(view)? else { return Ok(None) };
    let told = |hash: CharterHash, held: bool, charter: &charter::Charter| FrozenView {
        hash,
        held,
        made: charter.made,
        units: charter.members.iter().map(|member| format!("{} ({})", member.name, member.duty_contact)).collect(),
    };
    // Both passed, so both decode.
    let held = charter::stored(view, frozen.epoch)?.and_then(|epoch| epoch.charter().ok());
    let other = frozen.other.charter().ok();
    let charters = held.map(|charter| told(frozen.held, true, &charter)).into_iter();
    let charters = charters.chain(other.map(|charter| told(frozen.other.hash(), false, &charter)));
    Ok(Some(FreezeView { number: frozen.epoch, charters: charters.collect() }))
}
