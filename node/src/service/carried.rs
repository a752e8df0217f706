//! Envelopes carried by hand: making a file for another unit, taking one from it.
//! Not where the files are: pages and commands read and write them.

use super::audit::audited;
use super::model::{CarriedFile, CarryView, TakenView};
use super::peer_view::count;
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::clock::SystemRng;
use icmc_protocol::carried::documents::{FILE_MAX, parts_in};
use icmc_protocol::carried::{self, CarriedError, Waiting};
use icmc_protocol::documents;
use icmc_protocol::envelope::outbox;
use icmc_protocol::ids::UnitId;

const MIB: u64 = 1024 * 1024;

impl From<CarriedError> for ServiceError {
    fn from(error: CarriedError) -> Self {
        match error {
            CarriedError::View(error) => error.into(),
            CarriedError::NotAMember => Self::NotFound,
            other => Self::Refused(other.to_string()),
        }
    }
}

impl Service {
    /// All that waits for a unit in one file that only that unit can open. It stays in the outbox as well.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if nothing waits or nothing can be sealed.
    pub async fn export_envelopes(&self, actor: &Actor, unit: UnitId) -> Result<CarriedFile, ServiceError> {
        let by = actor.clone();
        let to = self
            .step(actor, actions::ENVELOPES_EXPORTED, unit, move |txn| {
                let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
                audited(txn, &by, actions::ENVELOPES_EXPORTED, unit)?;
                Ok(Units::load(txn)?.of(unit))
            })
            .await?;
        let (view, now) = (self.node.snapshot()?, self.node.now());
        // Sealing thousands of envelopes takes seconds: not on the driver's thread.
        let made = tokio::task::spawn_blocking(move || {
            let made = carried::export(&view, unit, now, &mut SystemRng);
            let parts = documents::plan(&view, now, unit, 0)?.left;
            Ok::<_, ServiceError>((made, parts))
        });
        let (made, parts) = made.await.map_err(|_| ServiceError::Internal)??;
        if made == Err(CarriedError::Nothing) && parts > 0 {
            let said = format!("no envelopes wait for that unit, but {parts} parts of documents do: make a file of documents");
            return Err(ServiceError::Refused(said));
        }
        let made = made?;
        Ok(CarriedFile { to, file: made.file, envelopes: made.envelopes, answers: made.answers, left: made.left, parts })
    }

    /// What files for a unit would hold, made now. Nothing is sealed.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a unit that is not another member.
    pub async fn carry_view(&self, actor: &Actor, unit: UnitId) -> Result<CarryView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PEERS_LISTED, unit, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            let (waiting, keyless) = match carried::waiting(txn, unit, txn.now) {
                Ok(waiting) => (waiting, false),
                Err(CarriedError::Nothing) => (Waiting { left: outbox::waiting(txn, unit)?, ..Waiting::default() }, false),
                Err(CarriedError::NoPrekey) => (Waiting { left: outbox::waiting(txn, unit)?, ..Waiting::default() }, true),
                Err(other) => return Err(other.into()),
            };
            let plan = documents::plan(txn, txn.now, unit, parts_in(FILE_MAX))?;
            audited(txn, &by, actions::PEERS_LISTED, unit)?;
            Ok(CarryView {
                to: Units::load(txn)?.of(unit),
                envelopes: count(waiting.envelopes),
                answers: count(waiting.answers),
                left: count(waiting.left),
                keyless,
                documents: count(plan.documents.len()),
                parts: plan.parts,
                mebibytes: (u64::from(plan.parts) * documents::CHUNK as u64).div_ceil(MIB),
                parts_left: plan.left,
            })
        })
        .await
    }

    /// Takes a file that another unit made for this one.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] with what is wrong with it; then nothing of it was taken.
    pub async fn import_envelopes(&self, actor: &Actor, file: Vec<u8>) -> Result<TakenView, ServiceError> {
        let by = actor.clone();
        let opened = self.step(actor, actions::ENVELOPES_IMPORTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            let opened = carried::open(txn, &file)?;
            audited(txn, &by, actions::ENVELOPES_IMPORTED, opened.from)?;
            Ok((Units::load(txn)?.of(opened.from), opened))
        });
        let (from, opened) = opened.await?;
        let taken = self.node.take_carried(opened.from, opened.items).await?;
        Ok(TakenView {
            from,
            envelopes: taken.envelopes,
            known: taken.known,
            refused: taken.refused,
            later: taken.later,
            answers: taken.answers,
        })
    }
}
