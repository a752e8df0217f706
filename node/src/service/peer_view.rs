//! How other units stand, present and former, as pages show them.
//! Changes nothing.

use super::audit::audited;
use super::model::{CutOffView, FormerView, PeerView, ProofView};
use super::units::class_word;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::runtime;
use data_encoding::HEXLOWER;
use icmc_protocol::envelope::outbox::{self, HeldBack};
use icmc_protocol::federation::member::Member;
use icmc_protocol::federation::{charter, peering, proof, restored};
use icmc_protocol::ids::{NodeKey, UnitId};
use icmc_protocol::machine::{Txn, View, ViewError};
use icmc_protocol::sharing::{self, InState};
use icmc_protocol::wire;
use std::collections::{BTreeMap, BTreeSet};

/// Counts of all units, read once for a step.
pub(super) struct Around {
    given: BTreeMap<UnitId, u32>,
    received: BTreeMap<UnitId, u32>,
    parts: BTreeMap<UnitId, u32>,
}

impl Around {
    pub(super) fn load(view: &dyn View) -> Result<Self, ViewError> {
        let (mut given, mut received): (BTreeMap<_, u32>, BTreeMap<_, u32>) = Default::default();
        for (_, row) in sharing::outgoing_list(view, |row| row.state.is_open())? {
            *given.entry(row.to).or_default() += 1;
        }
        for (_, row) in sharing::incoming_list(view, |row| !matches!(row.state, InState::Ended(_)))? {
            *received.entry(row.from).or_default() += 1;
        }
        Ok(Self { given, received, parts: sharing::waiting_parts(view)? })
    }

    pub(super) fn given(&self, unit: UnitId) -> u32 {
        self.given.get(&unit).copied().unwrap_or_default()
    }

    pub(super) fn received(&self, unit: UnitId) -> u32 {
        self.received.get(&unit).copied().unwrap_or_default()
    }
}

pub(super) fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

pub(super) fn peer(txn: &Txn<'_>, member: &Member, connected: &BTreeSet<UnitId>, around: &Around) -> Result<PeerView, ViewError> {
    let row = peering::load(txn, member.unit)?;
    let present = member.present_key();
    let names_present = |keys: &Option<[NodeKey; 2]>| keys.is_some_and(|keys| present.is_some_and(|key| keys.contains(&key)));
    let heard = row.heard.as_ref();
    Ok(PeerView {
        unit: member.unit,
        name: member.name.to_string(),
        class: class_word(member.class),
        jurisdiction: member.jurisdiction.to_string(),
        duty_contact: member.duty_contact.to_string(),
        confirmed: peering::is_confirmed(txn, member.unit)?,
        words_here: names_present(&row.words_here),
        words_there: names_present(&row.words_there),
        connected: connected.contains(&member.unit),
        last_contact: row.last_contact,
        waiting_out: count(outbox::waiting(txn, member.unit)?),
        oldest_out: outbox::oldest(txn, member.unit)?,
        waiting_in: around.parts.get(&member.unit).copied().unwrap_or_default(),
        paused: row.paused,
        clock_ahead: heard.map(icmc_protocol::federation::hello::Heard::ahead),
        version: heard.map(|heard| heard.version.to_string()).filter(|version| !version.is_empty()),
        met: if row.invitation.is_some() { "invitation" } else { "charter" },
        shares_out: around.given(member.unit),
        shares_in: around.received(member.unit),
        locked: restored::is_locked(txn, member.unit)?,
        kept_off: restored::keeps_off(txn)?,
        prekey_expired: outbox::held_back(txn, member.unit, txn.now)? == Some(HeldBack::PrekeyExpired),
        cut_off: runtime::mark(txn, member.unit)?.map(|mark| CutOffView {
            at: mark.at,
            until: mark.until,
            out: txn.now < mark.until,
            why: mark.why,
            refused: mark.refused,
            times: mark.times,
        }),
        proofs: proof::against(txn, member.unit)?
            .into_iter()
            .map(|(hash, proof)| ProofView { kind: proof.kind, hash: HEXLOWER.encode(&hash) })
            .collect(),
    })
}

impl Service {
    /// One proof against a unit, as it is kept: CBOR of the kind and the two signed messages. There is no value of a case in it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers, [`ServiceError::NotFound`] if there is none.
    pub async fn proof(&self, actor: &Actor, unit: UnitId, hash: String) -> Result<Vec<u8>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEERS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ViewPeers, Unit)?;
            audited(txn, &by, actions::PEERS_LISTED, "")?;
            let found = proof::against(txn, unit)?.into_iter().find(|(known, _)| HEXLOWER.encode(known) == hash);
            found.map(|(_, proof)| wire::encode(&proof)).ok_or(ServiceError::NotFound)
        })
        .await
    }

    /// Units that were members and are none any more, by name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub async fn former_peers(&self, actor: &Actor) -> Result<Vec<FormerView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEERS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ViewPeers, Unit)?;
            audited(txn, &by, actions::PEERS_LISTED, "")?;
            let around = Around::load(txn)?;
            let view = |former: charter::Former| FormerView {
                unit: former.unit,
                name: former.name.to_string(),
                since: former.since,
                left: former.left,
                shares_out: around.given(former.unit),
                shares_in: around.received(former.unit),
            };
            let mut views: Vec<FormerView> = charter::former(txn)?.into_iter().map(view).collect();
            views.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(views)
        })
        .await
    }
}
