//! How this node is doing, and who one is.
//! Numbers and the unit's own public words only.

use super::alerts::alerts_new;
use super::audit::audited;
use super::inbox::inbox_waiting;
use super::requests::requests_waiting;
use super::{Service, ServiceError, settings};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::accounts::{AccountId, Role};
use crate::audit::actions;
use icmc_protocol::envelope::outbox;
use icmc_protocol::federation::{charter, own};
use icmc_protocol::ids::{FederationId, UnitId};
use icmc_protocol::machine::{View, ViewError};
use icmc_protocol::matching;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs;

/// Counted up to here.
const PENDING_MAX: usize = 10_000;
/// The files of the data folder that grow.
const FILES: [&str; 2] = ["store.redb", "keys.redb"];

/// The state of this node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// This unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// Of this program.
    pub version: &'static str,
    /// The federation, once there is one.
    pub federation: Option<FederationId>,
    /// The number of its charter.
    pub epoch: Option<u64>,
    /// How many units it has, this one included.
    pub members: usize,
    /// How many of the others are connected now.
    pub connected: usize,
    /// Where this node listens.
    pub listen: Vec<String>,
    /// Envelopes that wait for other units.
    pub waiting: usize,
    /// New alerts that this person sees.
    pub alerts_new: usize,
    /// Shares that wait for this person's yes or no.
    pub inbox_waiting: usize,
    /// Persons who do not take part in matching yet.
    pub matching_pending: usize,
    /// Bytes on disk.
    pub store_bytes: u64,
}

/// What the frame of each page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// New alerts that this person sees.
    pub alerts_new: usize,
    /// Shares and requests of other units that wait for this person's yes or no.
    pub inbox_waiting: usize,
    /// Two lists of members have passed: nothing new is shared until that is settled.
    pub frozen: bool,
}

/// Who one is, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Me {
    /// The account.
    pub account: AccountId,
    /// What one types.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Until then nothing else is allowed.
    pub must_change_password: bool,
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// Its colour.
    pub colour: String,
    /// All people here are invented.
    pub demo: bool,
}

impl Service {
    /// The state of this node.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] before the first password is chosen.
    pub async fn status(&self, actor: &Actor) -> Result<Status, ServiceError> {
        let network = self.node.network().await;
        let store_bytes = FILES.iter().filter_map(|file| fs::metadata(self.folder.join(file)).ok()).map(|file| file.len()).sum();
        let by = actor.clone();
        self.step(actor, actions::STATUS_VIEWED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ViewStatus, Unit)?;
            audited(txn, &by, actions::STATUS_VIEWED, "")?;
            let status = status(txn, &by, &network.connected)?;
            Ok(Status { listen: network.listen, store_bytes, ..status })
        })
        .await
    }

    /// Two numbers for the frame of a page; they are no view of anything, and not audited.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] before the first password is chosen.
    pub fn counters(&self, actor: &Actor) -> Result<Counters, ServiceError> {
        let view = self.node.snapshot()?;
        let _: Grant<Unit> = authorize(&view, actor, Action::ViewStatus, Unit)?;
        Ok(Counters {
            alerts_new: alerts_new(&view, actor)?,
            inbox_waiting: inbox_waiting(&view, actor)? + requests_waiting(&view, actor)?,
            frozen: charter::is_frozen(&view)?,
        })
    }

    /// Who one is; allowed before the first password is chosen, and not audited.
    ///
    /// # Errors
    /// Only if the store fails.
    pub fn me(&self, actor: &Actor) -> Result<Me, ServiceError> {
        me(&self.node.snapshot()?, actor)
    }
}

fn status(view: &dyn View, actor: &Actor, connected: &BTreeSet<UnitId>) -> Result<Status, ViewError> {
    let own = own::load(view)?;
    let charter = charter::current(view)?;
    let members = charter.as_ref().map_or(&[][..], |charter| &*charter.members);
    let mut waiting = 0;
    for member in members.iter().filter(|member| member.unit != own.unit) {
        waiting += outbox::waiting(view, member.unit)?;
    }
    Ok(Status {
        unit: own.unit,
        name: own.name.to_string(),
        version: env!("CARGO_PKG_VERSION"),
        federation: charter.as_ref().map(|charter| charter.federation),
        epoch: charter.as_ref().map(|charter| charter.epoch),
        members: members.len(),
        connected: connected.iter().filter(|unit| **unit != own.unit).count(),
        listen: Vec::new(),
        waiting,
        alerts_new: alerts_new(view, actor)?,
        inbox_waiting: inbox_waiting(view, actor)?,
        matching_pending: matching::pending(view, PENDING_MAX)?.len(),
        store_bytes: 0,
    })
}

fn me(view: &dyn View, actor: &Actor) -> Result<Me, ServiceError> {
    let own = own::load(view)?;
    let settings = settings::load(view)?;
    Ok(Me {
        account: actor.account,
        sign_in: actor.sign_in.clone(),
        name: actor.name.clone(),
        role: actor.role,
        must_change_password: actor.must_change_password,
        unit: own.unit,
        unit_name: own.name.to_string(),
        colour: settings.colour,
        demo: settings.demo,
    })
}
