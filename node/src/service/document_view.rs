//! From a folded case to its documents: plain functions, the rows of files come in.
//! How much of a file has come is asked of the chunks afterwards, outside the step.

use super::held::Held;
use super::model::{DocumentView, FileView};
use super::reader::Reader;
use super::{Service, model::CaseView};
use crate::casework::{file_name, plain};
use data_encoding::HEXLOWER;
use icmc_protocol::caselog::{Entity, Version};
use icmc_protocol::documents::{CHUNK, DocumentKey, FIELD_FILE, File, Holding, KINDS, of_case};
use icmc_protocol::ids::{CaseId, Commitment, PlaceId};
use icmc_protocol::machine::{View, ViewError};
use std::collections::BTreeMap;

/// Files of a case by the change that holds them.
pub(super) type Files = BTreeMap<Commitment, (DocumentKey, PlaceId, Holding)>;

/// The files that are open here: written or contributed here, or under a share in force.
pub(super) fn files(view: &dyn View, held: &Held, case: CaseId) -> Result<Files, ViewError> {
    let open = |key: &DocumentKey| key.way.is_none_or(|way| held.active().iter().any(|(share, _)| *share == way));
    let rows = of_case(view, case)?.into_iter().filter(|(key, _)| open(key));
    let mut files = Files::new();
    for (key, row) in rows {
        // The same change may have come under two shares: what is here counts.
        if row.holding == Holding::Held || !files.contains_key(&key.change) {
            files.insert(key.change, (key, row.place, row.holding));
        }
    }
    Ok(files)
}

/// All documents of a case in the order of entry.
pub(super) fn documents(reader: &Reader<'_>, files: &Files) -> Vec<DocumentView> {
    let views = KINDS.iter().flat_map(|kind| reader.all(kind));
    views
        .map(|entity| {
            let folded = reader.folded.entity(&entity.kind, entity.id);
            let file = folded.and_then(version).and_then(|version| file_view(version, files));
            DocumentView { restricted: entity.kind != KINDS[0], file, entity }
        })
        .collect()
}

/// The version of the file that counts, or the newest proposal where nothing counts yet.
pub(super) fn version(entity: &Entity) -> Option<&Version> {
    let field = entity.field(FIELD_FILE)?;
    field.versions.first().or(field.pending.last())
}

fn file_view(version: &Version, files: &Files) -> Option<FileView> {
    let file = File::of_value(&version.value)?;
    let row = files.get(&version.commitment);
    let state = match row.map(|(.., holding)| holding) {
        Some(Holding::Held) => "here",
        Some(Holding::Wanted) => "coming",
        Some(Holding::Damaged) => "damaged",
        Some(Holding::TooLarge) => "too_large",
        None => "not_here",
    };
    Some(FileView {
        name: file_name(&file),
        media: plain(&file.media),
        size: file.size,
        sha256: HEXLOWER.encode(&file.sha256),
        blake3: HEXLOWER.encode(&file.blake3),
        state,
        arrived: if state == "here" { file.size } else { 0 },
        place: row.map(|(_, place, _)| *place),
    })
}

impl Service {
    /// Says of each document that is on its way how much of it has come.
    pub(super) async fn with_progress(&self, mut view: CaseView) -> CaseView {
        let blobs = self.node.blobs();
        for file in view.documents.iter_mut().filter_map(|document| document.file.as_mut()).filter(|file| file.state == "coming")
        {
            let Some(place) = file.place else { continue };
            file.arrived = match blobs.arrived(place) {
                Some(bytes) => bytes,
                // Nothing is on its way just now: what is there is counted, the list of chunks left out.
                None => {
                    let chunks = blobs.held(place).await.map_or(0, |held| held.len().saturating_sub(1));
                    (chunks as u64).saturating_mul(CHUNK as u64)
                }
            }
            .min(file.size);
        }
        view
    }
}
