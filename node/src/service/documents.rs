//! Adding a document to a case and reading it. What may be asked is decided before the first byte of a file is taken or given.
//! The chunks are `blobs`'s; fields and changes are as everywhere.

use super::audit::audited;
use super::cases::check_writable;
use super::document_view::{files, version};
use super::fields::{Refs, check, drafts, fault, ids, points_inside, read};
use super::held::held;
use super::model::Fields;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, authorize};
use crate::audit::actions;
use crate::blobs::{BlobError, Reader, Sealed, Writer};
use crate::clock::SystemRng;
use icmc_protocol::caselog::{Author, append};
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::documents::{self, FIELD_FILE, File, Holding, KINDS};
use icmc_protocol::ids::{CaseId, EntityId, PlaceId};
use icmc_protocol::machine::Txn;

impl From<BlobError> for ServiceError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Failed(source) => {
                tracing::error!(error = %source, "the folder of documents failed");
                Self::Internal
            }
            other => Self::Refused(other.to_string()),
        }
    }
}

impl Service {
    /// Opens an upload into a case; [`Service::add_document`] ends it. Dropped before, nothing of it is left.
    ///
    /// # Errors
    /// [`ServiceError`] as for a change of the case.
    pub async fn begin_document(&self, actor: &Actor, case: CaseId) -> Result<Writer, ServiceError> {
        let (by, folds) = (actor.clone(), self.folds.clone());
        let place = PlaceId::random(&mut SystemRng);
        // Before the mark: what is marked and not under way is removed at any moment.
        let writer = Writer::new(self.node.blobs(), place);
        self.step(actor, actions::DOCUMENT_ADDED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ChangeCase, case)?;
            check_writable(txn, &folds, &grant)?;
            documents::abandon(txn, place);
            Ok(())
        })
        .await?;
        Ok(writer)
    }

    /// Writes a document whose file is here into the case; gives its id.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault; then nothing of the file is kept.
    pub async fn add_document(
        &self,
        actor: &Actor,
        case: CaseId,
        restricted: bool,
        fields: Fields,
        sealed: Sealed,
    ) -> Result<EntityId, ServiceError> {
        let (by, folds) = (actor.clone(), self.folds.clone());
        let Sealed { file, uploading } = sealed;
        let place = uploading.place();
        let added = self
            .step(actor, actions::DOCUMENT_ADDED, case, move |txn| {
                let grant = authorize(txn, &by, Action::ChangeCase, case)?;
                let held = check_writable(txn, &folds, &grant)?;
                let kind = Dictionary::builtin().kind(KINDS[usize::from(restricted)]).ok_or(ServiceError::Internal)?;
                let mut faults = Vec::new();
                let mut values = read(kind, &fields, &Refs::new(), &mut faults);
                values.retain(|_, value| !value.is_cleared());
                values.insert(FIELD_FILE.to_owned(), file.to_value());
                check(kind, &values, &mut faults, |_| true);
                if !points_inside(&held.folded, kind, &values) {
                    faults.push(fault(&kind.name, "person", "the id of a person of this case"));
                }
                if !faults.is_empty() {
                    return Err(ServiceError::Fields(faults));
                }
                let id = ids(1, txn.rng)[0];
                let drafts = drafts(kind, id, values);
                let at = drafts.iter().position(|draft| &*draft.field == FIELD_FILE).ok_or(ServiceError::Internal)?;
                let appended = append(txn, case, &drafts, &Author { name: by.name.clone() })?;
                documents::finish(txn, case, appended.commitments[at], place);
                audited(txn, &by, actions::DOCUMENT_ADDED, format!("{case}/{id}"))?;
                Ok(id)
            })
            .await;
        // Only now: until the case holds them the chunks are to be removed.
        drop(uploading);
        added
    }

    /// A document's file, to be read to its end. The audit has it before the first byte is given.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if it is not there, or not there for this person; [`ServiceError::Refused`] while it is on its way.
    pub async fn read_document(&self, actor: &Actor, case: CaseId, document: EntityId) -> Result<(File, Reader), ServiceError> {
        let by = actor.clone();
        let (file, place) = self
            .step(actor, actions::DOCUMENT_READ, format!("{case}/{document}"), move |txn| {
                let grant = authorize(txn, &by, Action::ViewCase, case)?;
                audited(txn, &by, actions::DOCUMENT_READ, format!("{case}/{document}"))?;
                open_file(txn, grant.object(), document)
            })
            .await?;
        let reader = Reader::open(self.node.blobs(), place, file.clone()).await?;
        Ok((file, reader))
    }
}

fn open_file(txn: &Txn<'_>, case: CaseId, document: EntityId) -> Result<(File, PlaceId), ServiceError> {
    let held = held(txn, case, txn.now)?.ok_or(ServiceError::NotFound)?;
    let entity = KINDS.iter().find_map(|kind| held.folded.entity(kind, document)).filter(|entity| !entity.removed);
    let version = entity.and_then(version).ok_or(ServiceError::NotFound)?;
    let file = File::of_value(&version.value).ok_or(ServiceError::NotFound)?;
    match files(txn, &held, case)?.get(&version.commitment) {
        Some((_, place, Holding::Held)) => Ok((file, *place)),
        Some((.., Holding::Wanted)) => {
            Err(ServiceError::Refused("this document is still on its way: try again when all of it is here".to_owned()))
        }
        Some((.., Holding::TooLarge)) => Err(ServiceError::Refused("this document is larger than this unit takes".to_owned())),
        Some((.., Holding::Damaged)) => Err(BlobError::Damaged.into()),
        None => Err(ServiceError::NotFound),
    }
}
