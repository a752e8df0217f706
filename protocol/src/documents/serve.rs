//! Whether a peer may have chunks of a document now: asked anew for every chunk, so that a recall holds at once.
//! Every no is the same no, and says nothing of what is here.

use super::file::File;
use super::request::Request;
use super::rows::{DocumentKey, Holding};
use super::work::{file_at, row_at};
use crate::federation::peering;
use crate::ids::{CaseId, Commitment, PlaceId, UnitId};
use crate::machine::{Table, View, ViewError, read_row};
use crate::sharing::{InState, OutState, ShareIn, ShareOut};
use crate::time::Timestamp;

/// What is served, if the chunk is one of this file.
#[derive(Debug, Clone)]
pub struct Served {
    /// Where the chunks are.
    pub place: PlaceId,
    /// The file.
    pub file: File,
}

/// The document that a request is for, if it is there for this peer.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn serve(view: &dyn View, now: Timestamp, peer: UnitId, request: &Request) -> Result<Option<Served>, ViewError> {
    if !peering::is_confirmed(view, peer)? || peering::is_paused(view, peer)? {
        return Ok(None);
    }
    let case = match given(view, now, peer, request)? {
        Some(case) => case,
        None => match contributed(view, now, peer, request)? {
            Some(case) => case,
            None => return Ok(None),
        },
    };
    let key = DocumentKey { case, change: request.document, way: None };
    let Some(row) = row_at(view, &key)?.filter(|row| row.holding == Holding::Held) else { return Ok(None) };
    Ok(file_at(view, &key)?.map(|file| Served { place: row.place, file }))
}

/// A share of ours, in force, to this peer, under which the change was sent and still stands; or the one that ended as the peer became
/// the owner of the case, which keeps what went along.
fn given(view: &dyn View, now: Timestamp, peer: UnitId, request: &Request) -> Result<Option<CaseId>, ViewError> {
    let Some(bytes) = view.get(Table::SHARES_OUT, request.share.as_bytes())? else { return Ok(None) };
    let row: ShareOut = read_row(&bytes)?;
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?;
    let in_force = match row.state {
        OutState::Active => now < share.expires,
        OutState::Transferred => true,
        _ => false,
    };
    Ok((row.to == peer && in_force && is_given(&row, request.document)).then_some(row.case))
}

/// Whether a change was sent under a share and still stands.
pub(super) fn is_given(row: &ShareOut, change: Commitment) -> bool {
    row.sent.contains(&change) && !row.stale.contains(&change)
}

/// A share of the peer's, in force, under which it can know of the change: only what was written here stands under no share.
fn contributed(view: &dyn View, now: Timestamp, peer: UnitId, request: &Request) -> Result<Option<CaseId>, ViewError> {
    let Some(bytes) = view.get(Table::SHARES_IN, request.share.as_bytes())? else { return Ok(None) };
    let row: ShareIn = read_row(&bytes)?;
    let in_force = row.from == peer && row.state == InState::Active && now < row.expires;
    Ok(row.case.filter(|_| in_force))
}
