//! An upload's course in the rows: its place is marked for removal first, and the mark goes in the step that writes the change.
//! So whatever is cut off in between leaves nothing behind.

use super::rows::{DocumentKey, DocumentRow, Holding, WorkRow, discard_key};
use crate::ids::{CaseId, Commitment, PlaceId};
use crate::machine::{Scope, Table, Txn};

/// Chunks that belong to nothing, or to nothing yet: to be removed unless [`finish`] follows.
pub fn abandon(txn: &mut Txn<'_>, place: PlaceId) {
    txn.put(&discard_key(place), Scope::Master, &WorkRow { due: true });
}

/// The chunks at this place are those of this change, in the step that wrote it.
pub fn finish(txn: &mut Txn<'_>, case: CaseId, change: Commitment, place: PlaceId) {
    txn.delete(Table::DOCUMENT_WORK, &discard_key(place));
    let row = DocumentRow { place, from: None, holding: Holding::Held };
    txn.put(&DocumentKey { case, change, way: None }.bytes(), Scope::Master, &row);
}
