//! Other units: how they stand, safety words, inviting, joining, approving.
//! What may be sent to whom is decided in the protocol; the words are computed beside the driver.

use super::audit::audited;
use super::charter::told;
use super::model::{IdentityView, JoinView, PeerView, ProposalView, WordsView};
use super::peer_view::{Around, peer};
use super::units::{Units, class_word};
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::runtime;
use icmc_protocol::envelope::{Kind, outbox};
use icmc_protocol::federation::member::Member;
use icmc_protocol::federation::{charter, genesis, joining, own, peering, restored};
use icmc_protocol::ids::{CharterHash, UnitId};
use icmc_protocol::machine::ViewError;
use icmc_protocol::sharing::{self, ShareRefusal};
use icmc_protocol::{standing, wire};

impl Service {
    /// The other members, by name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub async fn peers(&self, actor: &Actor) -> Result<Vec<PeerView>, ServiceError> {
        let by = actor.clone();
        let connected = self.node.network().await.connected;
        self.step(actor, actions::PEERS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ViewPeers, Unit)?;
            audited(txn, &by, actions::PEERS_LISTED, "")?;
            let own = own::load(txn)?.unit;
            let members = charter::current(txn)?.map(|charter| charter.members.to_vec()).unwrap_or_default();
            let others = members.into_iter().filter(|member| member.unit != own);
            let around = Around::load(txn)?;
            let views = others.map(|member| peer(txn, &member, &connected, &around));
            let mut views = views.collect::<Result<Vec<_>, _>>()?;
            views.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(views)
        })
        .await
    }

    /// The words that two people compare. Takes about a second.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a unit that is not another member.
    pub async fn safety_words(&self, actor: &Actor, unit: UnitId) -> Result<WordsView, ServiceError> {
        let by = actor.clone();
        let (of, input) = self
            .step(actor, actions::PEERS_LISTED, unit, move |txn| {
                let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
                audited(txn, &by, actions::PEERS_LISTED, unit)?;
                let input = peering::words_input(txn, unit)?.ok_or(ServiceError::NotFound)?;
                Ok((Units::load(txn)?.of(unit), input))
            })
            .await?;
        let words = tokio::task::spawn_blocking(move || input.words()).await.map_err(|_| ServiceError::Internal)?;
        Ok(WordsView { unit: of, words: words.words.map(str::to_owned).to_vec(), digits: words.digits })
    }

    /// A person here has compared the words with somebody of that unit, by voice.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a unit that is not another member.
    pub async fn confirm(&self, actor: &Actor, unit: UnitId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEER_CONFIRMED, unit, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            audited(txn, &by, actions::PEER_CONFIRMED, unit)?;
            let confirmed = peering::confirm_here(txn, unit)?;
            outbox::queue(txn, unit, Kind::WordsConfirmed, wire::encode(&confirmed), None)?;
            Ok(())
        })
        .await
    }

    /// Pauses a unit, or goes on with it. It is not told; what it sends meanwhile stays with it and is tried again.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a unit that is not another member.
    pub async fn pause(&self, actor: &Actor, unit: UnitId, paused: bool) -> Result<(), ServiceError> {
        let by = actor.clone();
        let action = if paused { actions::PEER_PAUSED } else { actions::PEER_RESUMED };
        self.step(actor, action, unit, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            audited(txn, &by, action, unit)?;
            peering::pause(txn, unit, paused)?;
            if !paused {
                // As after any time apart: what each side lacks is found out and sent.
                match sharing::update_peer(txn, unit) {
                    Err(ShareRefusal::View(error)) => return Err(error.into()),
                    // What cannot be sent now is tried again at the next contact.
                    Ok(()) | Err(_) => sharing::announce_state(txn, unit)?,
                }
                txn.sync(unit);
            }
            Ok(())
        })
        .await
    }

    /// Lets a unit in again that was cut off for what it sent, at once, and forgets that it was.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it was not cut off.
    pub async fn let_in(&self, actor: &Actor, unit: UnitId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEER_LET_IN, unit, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            if !runtime::clear(txn, unit)? {
                return Err(ServiceError::Refused("that unit was not cut off".to_owned()));
            }
            audited(txn, &by, actions::PEER_LET_IN, unit)?;
            Ok(())
        })
        .await?;
        self.node.let_in(unit).await;
        Ok(())
    }

    /// A restored node does not wait for this unit: what it may hold beyond the backup is given up.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if nothing is waited for from it.
    pub async fn release(&self, actor: &Actor, unit: UnitId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEER_RELEASED, unit, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            if !restored::is_locked(txn, unit)? {
                return Err(ServiceError::Refused("this node waits for nothing from that unit".to_owned()));
            }
            audited(txn, &by, actions::PEER_RELEASED, unit)?;
            standing::release(txn, unit)?.into_iter().for_each(|case| txn.touch(case));
            Ok(())
        })
        .await
    }

    /// Invites the unit of an identity text; gives the invitation to send to it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] with what is wrong with the text.
    pub async fn invite(&self, actor: &Actor, genesis_text: &str) -> Result<String, ServiceError> {
        let (by, text) = (actor.clone(), genesis_text.to_owned());
        let invited = self.step(actor, actions::PEER_INVITED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            let invitation = joining::invite(txn, &text)?;
            let invited = genesis::parse_text(&text).map_err(joining::JoinError::from)?.1.unit;
            audited(txn, &by, actions::PEER_INVITED, invited)?;
            Ok(invitation)
        });
        let invitation = invited.await?;
        // The network lets the newcomer in for joining, and for nothing else.
        self.node.refresh_members().await;
        Ok(invitation)
    }

    /// Takes an invitation; the node asks the inviter from now on.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] with what is wrong with it.
    pub async fn join(&self, actor: &Actor, invitation: &str) -> Result<JoinView, ServiceError> {
        let (by, text) = (actor.clone(), invitation.to_owned());
        self.step(actor, actions::PEER_JOINED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            let plan = joining::accept_invitation(txn, &text)?;
            audited(txn, &by, actions::PEER_JOINED, plan.inviter)?;
            Ok(join_view(txn)?)
        })
        .await
    }

    /// How far joining has come; polled by a page, and not audited.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub fn join_state(&self, actor: &Actor) -> Result<JoinView, ServiceError> {
        let view = self.node.snapshot()?;
        let _: Grant<Unit> = authorize(&view, actor, Action::ViewPeers, Unit)?;
        Ok(join_view(&view)?)
    }

    /// Changes of the charter that wait for a yes.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub async fn proposals(&self, actor: &Actor) -> Result<Vec<ProposalView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEERS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ViewPeers, Unit)?;
            audited(txn, &by, actions::PEERS_LISTED, "")?;
            let units = Units::load(txn)?;
            Ok(joining::proposals(txn)?.iter().map(|proposal| shown(&units, proposal)).collect())
        })
        .await
    }

    /// Says yes to a change of the charter.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if the proposal is not open.
    pub async fn approve(&self, actor: &Actor, hash: CharterHash) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PROPOSAL_APPROVED, hash, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            audited(txn, &by, actions::PROPOSAL_APPROVED, hash)?;
            joining::approve(txn, hash)?;
            Ok(())
        })
        .await?;
        // A member whose new key was approved here may come under it before this node hears that it passed.
        self.node.refresh_members().await;
        Ok(())
    }

    /// This unit's own identity, to be handed to a member that is to invite it; public, and not audited.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub fn identity(&self, actor: &Actor) -> Result<IdentityView, ServiceError> {
        let view = self.node.snapshot()?;
        let _: Grant<Unit> = authorize(&view, actor, Action::ViewPeers, Unit)?;
        let own = own::load(&view)?;
        Ok(IdentityView { unit: own.unit, name: own.name.to_string(), genesis_text: genesis::genesis_text(&own.genesis) })
    }
}

/// A proposed change of the charter, as people read it.
fn shown(units: &Units, proposal: &joining::ProposalSummary) -> ProposalView {
    let (what, member, says) = told(units, &proposal.proposed);
    let proposer = units.of(proposal.proposer);
    let text = |of: fn(&Member) -> String| member.map(of).unwrap_or_default();
    ProposalView {
        hash: proposal.hash,
        what,
        says,
        unit: member.map_or(proposal.proposer, |member| member.unit),
        name: member.map_or_else(|| proposer.name.clone(), |member| member.name.to_string()),
        class: member.map_or("", |member| class_word(member.class)),
        jurisdiction: text(|member| member.jurisdiction.to_string()),
        duty_contact: text(|member| member.duty_contact.to_string()),
        proposer,
        approved_here: proposal.approved_here,
        approvals: u32::try_from(proposal.approvals).unwrap_or(u32::MAX),
        threshold: u32::try_from(proposal.needed).unwrap_or(u32::MAX),
    }
}

fn join_view(view: &dyn icmc_protocol::machine::View) -> Result<JoinView, ViewError> {
    if let Some(charter) = charter::current(view)? {
        let members = u32::try_from(charter.members.len()).unwrap_or(u32::MAX);
        return Ok(JoinView { state: "member", inviter: None, members });
    }
    Ok(match joining::pending(view)? {
        Some(plan) => JoinView { state: "asking", inviter: Some(plan.inviter_name.to_string()), members: 0 },
        None => JoinView { state: "none", inviter: None, members: 0 },
    })
}
