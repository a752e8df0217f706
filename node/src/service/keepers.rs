//! Keepers of the blinding key: who they are, wanting others, saying yes, and more evaluations on one day by two persons.
//! How a key is generated and what is counted is in the protocol.

use super::audit::audited;
use super::model::{CountView, GenerationView, KeeperView, KeepersView, UnitRef};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::sessions::SessionKind;
use icmc_protocol::federation::{charter, own};
use icmc_protocol::ids::{GenerationId, UnitId};
use icmc_protocol::keepers::generation::{self, Ended, RunSummary, State};
use icmc_protocol::keepers::{self, BURST_MAX, Fault, Mark};
use icmc_protocol::machine::{Txn, ViewError};
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::{BTreeMap, BTreeSet};

impl Service {
    /// Who keeps the blinding key, and what goes on around it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub async fn keepers(&self, actor: &Actor) -> Result<KeepersView, ServiceError> {
        let by = actor.clone();
        let connected = self.node.network().await.connected;
        self.step(actor, actions::PEERS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ViewPeers, Unit)?;
            audited(txn, &by, actions::PEERS_LISTED, "")?;
            Ok(view(txn, &connected)?)
        })
        .await
    }

    /// Wants another blinding key, kept by these units. Each is asked; with the yes of all it is generated, and then proposed.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] with why there can be no such key.
    pub async fn want_keepers(&self, actor: &Actor, threshold: u16, units: Vec<UnitId>) -> Result<GenerationId, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::KEEPERS_WANTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            let id = generation::start(txn, threshold, units)?;
            audited(txn, &by, actions::KEEPERS_WANTED, id)?;
            Ok(id)
        })
        .await
    }

    /// Says that this unit takes part in generating a key, or that it does not.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it does not wait for this unit.
    pub async fn keep(&self, actor: &Actor, id: GenerationId, yes: bool) -> Result<(), ServiceError> {
        let by = actor.clone();
        let action = if yes { actions::KEEPER_AGREED } else { actions::KEEPER_REFUSED };
        self.step(actor, action, id, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            audited(txn, &by, action, id)?;
            if yes {
                generation::say_yes(txn, id)?
            } else {
                generation::say_no(txn, id)?
            }
            Ok(())
        })
        .await
    }

    /// Asks the keepers for as many evaluations today as they give, for an import. It takes two: the second person gives name and
    /// password here and is signed out again. `address` is where the request came from, as for signing in.
    ///
    /// # Errors
    /// [`ServiceError::WrongCredentials`] for the second person, [`ServiceError::Refused`] if it is the same one.
    pub async fn ask_burst(&self, actor: &Actor, second: (&str, SecretString), address: &str) -> Result<(), ServiceError> {
        let beside = self.sign_in_from(second.0, second.1, SessionKind::Browser, address).await?;
        let (by, other) = (actor.clone(), beside.actor.clone());
        let asked = self.step(actor, actions::BURST_ASKED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            if by.account == other.account {
                return Err(ServiceError::Refused("somebody else has to agree".to_owned()));
            }
            audited(txn, &by, actions::BURST_ASKED, "")?;
            audited(txn, &other, actions::BURST_AGREED, "")?;
            keepers::ask_burst(txn, BURST_MAX)?;
            Ok(())
        });
        let asked = asked.await;
        self.sign_out(beside.token.expose_secret()).await?;
        asked
    }
}

fn view(txn: &Txn<'_>, connected: &BTreeSet<UnitId>) -> Result<KeepersView, ViewError> {
    let units = Units::load(txn)?;
    let own = own::load(txn)?.unit;
    let charter = charter::current(txn)?;
    let marks: BTreeMap<UnitId, Mark> = keepers::marks(txn)?.into_iter().collect();
    let members: Vec<UnitId> = charter.iter().flat_map(|charter| charter.members.iter().map(|member| member.unit)).collect();
    let keeper = |unit: UnitId| {
        let mark = marks.get(&unit).copied().unwrap_or_default();
        KeeperView {
            unit: units.of(unit),
            member: members.contains(&unit),
            connected: unit == own || connected.contains(&unit),
            fault: mark.fault.map(|(fault, _)| sentence(fault)),
            fault_at: mark.fault.map(|(_, at)| at),
            faults: mark.faults,
            over_quota: mark.over_quota.filter(|until| txn.now < *until),
        }
    };
    let present = charter.as_ref().and_then(|charter| charter.blinding.as_ref());
    let former = charter.as_ref().and_then(|charter| charter.former.as_ref()).filter(|former| txn.now < former.until);
    let keeping: Vec<UnitId> = present.iter().flat_map(|key| key.terms.keepers.iter().copied()).collect();
    let named =
        marks.iter().filter(|(unit, mark)| mark.fault.is_some() && !keeping.contains(unit)).map(|(unit, _)| keeper(*unit));
    let count = |(unit, counts): (UnitId, keepers::Counts)| CountView {
        unit: units.of(unit),
        today: counts.today,
        quota: counts.quota,
        burst: counts.burst,
        week: counts.week,
        persons: counts.persons,
        unannounced: counts.unannounced,
        refused: counts.refused,
    };
    let mut view = KeepersView {
        keepers: keeping.iter().map(|unit| keeper(*unit)).collect(),
        threshold: present.map_or(0, |key| u32::from(key.terms.threshold)),
        since: present.map(|key| key.from),
        alone: present.is_some_and(|key| key.terms.threshold == 1),
        own: keeping.contains(&own),
        former_until: former.map(|former| former.until),
        former: former.iter().flat_map(|former| former.blinding.terms.keepers.iter().map(|unit| units.of(*unit))).collect(),
        generations: generation::runs(txn)?.iter().map(|run| generation_view(&units, own, run)).collect(),
        counts: keepers::counts(txn, txn.now)?.into_iter().map(count).collect(),
        members: members.iter().map(|unit| units.of(*unit)).collect(),
        named: named.collect(),
    };
    let by_name = |one: &UnitRef, other: &UnitRef| one.name.cmp(&other.name);
    view.members.sort_by(by_name);
    view.counts.sort_by(|one, other| by_name(&one.unit, &other.unit));
    Ok(view)
}

fn generation_view(units: &Units, own: UnitId, run: &RunSummary) -> GenerationView {
    let running = run.state == State::Running;
    GenerationView {
        id: run.id,
        by: units.of(run.terms.by),
        keepers: run.terms.keepers.iter().map(|unit| units.of(*unit)).collect(),
        yes: run.yes.clone(),
        threshold: u32::from(run.terms.threshold),
        seen: run.seen,
        state: match run.state {
            State::Running => "running",
            State::Done(_) => "done",
            State::Over(_) => "over",
        },
        says: how_far(units, run),
        asks_here: run.asks_here,
        can_end: running && (run.terms.by == own || run.terms.index(own).is_some()),
    }
}

fn how_far(units: &Units, run: &RunSummary) -> String {
    let name = |unit: &UnitId| units.of(*unit).name;
    match &run.state {
        State::Running => {
            let missing: Vec<String> = run.terms.keepers.iter().filter(|unit| !run.yes.contains(unit)).map(name).collect();
            if missing.is_empty() {
                "All have said yes; the key is being made. It needs every keeper to be reached a few times.".to_owned()
            } else {
                format!("It waits until a person has said yes at: {}.", missing.join(", "))
            }
        }
        State::Done(_) => "The key is made. It holds once enough members have approved it.".to_owned(),
        State::Over(Ended::Declined(unit)) => format!("It is over: {} said no.", name(unit)),
        State::Over(Ended::Failed(unit, fault)) => {
            format!("It is over: {} {} The proof is kept. A new one can be wanted.", name(unit), sentence(*fault))
        }
        State::Over(Ended::TooLong) => "It is over: it took longer than fourteen days.".to_owned(),
        State::Over(Ended::Replaced) => "It is over: another key took its place.".to_owned(),
        State::Over(Ended::Unsent) => "It is over: a message could not be sent. A new one can be wanted.".to_owned(),
    }
}

/// What a keeper did, after its name.
const fn sentence(fault: Fault) -> &'static str {
    match fault {
        Fault::WrongAnswer => "answered with a wrong share.",
        Fault::WrongShare => "dealt a share that does not fit what it committed to.",
        Fault::TwoCommitments => "committed to two different secrets, or to one that it does not know.",
        Fault::OtherTranscript => "signed another key than was generated.",
        Fault::FalseComplaint => "accused another keeper of what that one did not do.",
    }
}
