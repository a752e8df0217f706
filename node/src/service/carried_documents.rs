//! Documents carried by hand: making a file of them for another unit, taking one from it; both piece by piece.
//! Not where the files are: pages and commands read and write them.

use super::audit::audited;
use super::model::TakenDocuments;
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::runtime::{CarryError, DocumentsIn, DocumentsOut, TakenParts, Wrong};
use icmc_protocol::carried::CarriedError;
use icmc_protocol::carried::documents::{Unpacked, Unpacking};
use icmc_protocol::documents;
use icmc_protocol::ids::UnitId;

impl From<CarryError> for ServiceError {
    fn from(error: CarryError) -> Self {
        match error {
            CarryError::Carried(error) => error.into(),
            CarryError::Blob(error) => error.into(),
            CarryError::Store(error) => error.into(),
        }
    }
}

/// A file of documents on its way in: [`Self::push`] its bytes, then [`Self::finish`]. Given up before, what came stays, and is not
/// carried again.
#[derive(Debug)]
pub struct Bringing {
    service: Service,
    actor: Actor,
    unpacking: Unpacking,
    maker: Option<(UnitId, DocumentsIn)>,
}

impl Service {
    /// Begins a file of at most `most` bytes with documents that a unit may have and did not say that it has. Only that unit can open
    /// it. The audit has it before the first byte is given.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if nothing is there to carry or nothing can be sealed.
    pub async fn export_documents(&self, actor: &Actor, unit: UnitId, most: u64) -> Result<DocumentsOut, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::DOCUMENTS_EXPORTED, unit, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            Ok(audited(txn, &by, actions::DOCUMENTS_EXPORTED, unit)?)
        })
        .await?;
        Ok(self.node.carry_documents(unit, most).await?)
    }

    /// Begins to take a file of documents that another unit made for this one.
    ///
    /// # Errors
    /// [`ServiceError`] if this actor may not: nothing of the file is opened then.
    pub async fn import_documents(&self, actor: &Actor) -> Result<Bringing, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::DOCUMENTS_IMPORTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            Ok(())
        })
        .await?;
        Ok(Bringing { service: self.clone(), actor: actor.clone(), unpacking: Unpacking::default(), maker: None })
    }
}

impl Bringing {
    /// The next bytes of the file.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] with what is wrong with it; nothing behind that is taken, and the rest is not to be pushed.
    pub async fn push(&mut self, mut bytes: &[u8]) -> Result<(), ServiceError> {
        loop {
            match self.unpacking.feed(&mut bytes) {
                Ok(Some(item)) => self.item(&item).await?,
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.refused(error)),
            }
        }
    }

    /// There are no more bytes.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if the file is not whole; what came of it stays.
    pub async fn finish(self) -> Result<TakenDocuments, ServiceError> {
        self.unpacking.finish().map_err(|error| self.refused(error))?;
        let Some((from, parts)) = &self.maker else { return Err(CarriedError::NotDocuments.into()) };
        let from = Units::load(&self.service.node.snapshot()?)?.of(*from);
        Ok(TakenDocuments { from, parts: parts.taken() })
    }

    async fn item(&mut self, item: &[u8]) -> Result<(), ServiceError> {
        let number = self.unpacking.parts() + 1;
        let unpacked = {
            let view = self.service.node.snapshot()?;
            self.unpacking.open(&view, item)
        };
        match (unpacked.map_err(|error| self.refused(error))?, &mut self.maker) {
            (Unpacked::Header { from, created, have }, _) => {
                let by = self.actor.clone();
                let told = self.service.step(&self.actor, actions::DOCUMENTS_IMPORTED, "", move |txn| {
                    let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
                    documents::told(txn, from, created, &have)?;
                    Ok(audited(txn, &by, actions::DOCUMENTS_IMPORTED, from)?)
                });
                told.await?;
                self.maker = Some((from, self.service.node.take_documents(from)));
            }
            (Unpacked::Part(part), Some((_, parts))) => {
                if let Err(Wrong) = parts.take(part).await? {
                    return Err(self.refused(CarriedError::Part(number)));
                }
            }
            (Unpacked::Part(_) | Unpacked::End, _) => {}
        }
        Ok(())
    }

    /// What was kept before is said: it need not come again.
    fn refused(&self, error: CarriedError) -> ServiceError {
        let kept = self.maker.as_ref().map_or(0, |(_, parts)| {
            let TakenParts { new, known, .. } = parts.taken();
            new + known
        });
        match ServiceError::from(error) {
            ServiceError::Refused(why) if kept > 0 => {
                ServiceError::Refused(format!("{why}; the {kept} parts before it are kept"))
            }
            other => other,
        }
    }
}
