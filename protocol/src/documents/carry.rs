//! Which parts of documents may be carried to a unit in a file, and what it said that it has. Part 0 is the list of chunks, part n chunk n - 1.
//! Not the file: see `carried`. Unlike over the network nobody asks for a part here, so only what went to the unit is looked at.

use super::file::File;
use super::rows::{DocumentKey, DocumentRow, Holding, told_key, told_prefix};
use super::serve::is_given;
use super::work::{file_at, row_at};
use crate::caselog::load;
use crate::federation::peering;
use crate::ids::{CaseId, Commitment, EntryHash, PlaceId, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::sharing::{InState, OutState, ShareIn, ShareOut, contributed_of, incoming_list, outgoing_list};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows read at a time.
const PAGE: usize = 512;

/// What a unit has of a document: parts 0 to `parts` - 1, or it wants none of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Have {
    /// The share that it came under.
    pub share: ShareId,
    /// The change that holds its [`File`].
    pub document: Commitment,
    /// How many of its parts need not be carried.
    pub parts: u32,
}

/// The newest such word of a unit.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct ToldRow {
    parts: u32,
}

impl Record for ToldRow {
    const TABLE: Table = Table::DOCUMENT_WORK;
}

/// When the file was made that said so.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct NewestRow {
    made: Timestamp,
}

impl Record for NewestRow {
    const TABLE: Table = Table::DOCUMENT_WORK;
}

/// Parts of one document that go into a file: from `from` to `until` - 1.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Which document.
    pub key: DocumentKey,
    /// Where its chunks are.
    pub place: PlaceId,
    /// Its file.
    pub file: File,
    /// The first part.
    pub from: u32,
    /// The one after the last.
    pub until: u32,
    under: Under,
}

/// Why a unit may have a document.
#[derive(Debug, Clone, Copy)]
enum Under {
    /// This unit gave it a share, and the change went with it.
    Given(ShareId),
    /// It gave this unit a share, and the change went to it in this entry.
    Contributed(ShareId, EntryHash),
}

/// What goes into the next file for a unit.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Documents with something that the unit did not say it has.
    pub documents: Vec<Carried>,
    /// Their parts.
    pub parts: u32,
    /// Parts that found no room.
    pub left: u64,
}

/// A document of which the unit lacks something.
struct Lacking {
    key: DocumentKey,
    place: PlaceId,
    under: Under,
    from: u32,
}

/// What of documents may be carried to `peer` now, at most `room` parts of it. A share that was sent is enough: the file may travel
/// beside the one that brings the share, and what is in it opens with what the share brings.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn plan(view: &dyn View, now: Timestamp, peer: UnitId, room: u32) -> Result<Plan, ViewError> {
    let mut plan = Plan::default();
    if !is_open(view, peer)? {
        return Ok(plan);
    }
    let mut lacking = BTreeMap::new();
    for (share, row) in outgoing_list(view, |row| row.to == peer)? {
        if is_offered(&row, now)? {
            given(view, peer, share, &row, &mut lacking)?;
        }
    }
    for (share, row) in incoming_list(view, |row| is_worked_on(row, now, peer))? {
        if let Some(case) = row.case {
            written_here(view, now, peer, share, case, &mut lacking)?;
        }
    }
    for Lacking { key, place, under, from } in lacking.into_values() {
        let Some(file) = file_at(view, &key)? else { continue };
        let parts = file.parts();
        if from >= parts {
            continue;
        }
        let until = from.saturating_add(room - plan.parts).min(parts);
        plan.parts += until - from;
        plan.left += u64::from(parts - until);
        if from < until {
            plan.documents.push(Carried { key, place, file, from, until, under });
        }
    }
    Ok(plan)
}

/// Whether it may still be carried: asked anew for every part, so that a recall holds at once.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn may_be_carried(view: &dyn View, now: Timestamp, peer: UnitId, carried: &Carried) -> Result<bool, ViewError> {
    let Carried { key, under, .. } = carried;
    let here = row_at(view, key)?.is_some_and(|row| row.holding == Holding::Held && row.place == carried.place);
    if !here || !is_open(view, peer)? {
        return Ok(false);
    }
    match *under {
        Under::Given(share) => {
            let Some(bytes) = view.get(Table::SHARES_OUT, share.as_bytes())? else { return Ok(false) };
            let row: ShareOut = read_row(&bytes)?;
            Ok(row.to == peer && is_offered(&row, now)? && is_given(&row, key.change))
        }
        Under::Contributed(share, entry) => {
            let Some(bytes) = view.get(Table::SHARES_IN, share.as_bytes())? else { return Ok(false) };
            let row: ShareIn = read_row(&bytes)?;
            Ok(is_worked_on(&row, now, peer) && stands(view, now, key.case, share, entry)?)
        }
    }
}

/// Whether anything at all may be carried to a unit.
fn is_open(view: &dyn View, peer: UnitId) -> Result<bool, ViewError> {
    Ok(peering::is_confirmed(view, peer)? && !peering::is_paused(view, peer)?)
}

/// Whether a share was sent and has not ended; or ended as the peer became the owner, who keeps what went along.
fn is_offered(row: &ShareOut, now: Timestamp) -> Result<bool, ViewError> {
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?;
    Ok(row.state == OutState::Transferred || row.state.is_open() && now < share.expires)
}

fn is_worked_on(row: &ShareIn, now: Timestamp, peer: UnitId) -> bool {
    row.from == peer && row.state == InState::Active && now < row.expires
}

/// Whether an entry of this unit went to the owner under this share, and was not taken back.
fn stands(view: &dyn View, now: Timestamp, case: CaseId, share: ShareId, entry: EntryHash) -> Result<bool, ViewError> {
    Ok(contributed_of(view, case, entry)?.is_some_and(|made| {
        made.share == Some(share) && made.taken_back.is_none() && made.terms.expires.is_none_or(|expires| now < expires)
    }))
}

type Found = BTreeMap<Commitment, Lacking>;

fn given(view: &dyn View, peer: UnitId, share: ShareId, row: &ShareOut, found: &mut Found) -> Result<(), ViewError> {
    for (key, document) in held(view, row.case)?.filter(|(key, _)| is_given(row, key.change)) {
        add(view, peer, share, (key, document.place, Under::Given(share)), found)?;
    }
    Ok(())
}

fn written_here(
    view: &dyn View,
    now: Timestamp,
    peer: UnitId,
    share: ShareId,
    case: CaseId,
    found: &mut Found,
) -> Result<(), ViewError> {
    let own: BTreeMap<_, _> = held(view, case)?.filter(|(_, document)| document.from.is_none()).collect();
    if own.is_empty() {
        return Ok(());
    }
    let Some(log) = load(view, case)? else { return Ok(()) };
    for (entry, change) in
        log.chains.values().flatten().flat_map(|one| one.entry.commitments.iter().map(move |change| (one, change)))
    {
        let key = DocumentKey { case, change: *change, way: None };
        let Some(document) = own.get(&key) else { continue };
        if stands(view, now, case, share, entry.hash)? {
            add(view, peer, share, (key, document.place, Under::Contributed(share, entry.hash)), found)?;
        }
    }
    Ok(())
}

/// The documents of a case that are here in full as what this unit's own people have of it.
fn held(view: &dyn View, case: CaseId) -> Result<impl Iterator<Item = (DocumentKey, DocumentRow)>, ViewError> {
    let rows = super::work::of_case(view, case)?;
    Ok(rows.into_iter().filter(|(key, row)| key.way.is_none() && row.holding == Holding::Held))
}

/// A document that several shares bring is carried once, from where any of them left off.
fn add(
    view: &dyn View,
    peer: UnitId,
    share: ShareId,
    (key, place, under): (DocumentKey, PlaceId, Under),
    found: &mut Found,
) -> Result<(), ViewError> {
    let told = view.get(Table::DOCUMENT_WORK, &told_key(peer, share, key.change))?;
    let from = told.map(|bytes| read_row::<ToldRow>(&bytes)).transpose()?.map_or(0, |told| told.parts);
    let known = found.entry(key.change).or_insert(Lacking { key, place, under, from });
    known.from = known.from.max(from);
    Ok(())
}

/// Remembers what a unit says in a file that it made at `made`, in place of all that it said before. An older file says nothing any more.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn told(txn: &mut Txn<'_>, peer: UnitId, made: Timestamp, have: &[Have]) -> Result<(), ViewError> {
    let prefix = told_prefix(peer);
    if txn.get::<NewestRow>(&prefix)?.is_some_and(|newest| made < newest.made) {
        return Ok(());
    }
    loop {
        let page = txn.scan(Table::DOCUMENT_WORK, &prefix, None, PAGE)?;
        if page.is_empty() {
            break;
        }
        for (key, _) in page {
            txn.delete(Table::DOCUMENT_WORK, &key);
        }
    }
    // A clock that was wrong once must not silence its unit until that time comes.
    txn.put(&prefix, Scope::Master, &NewestRow { made: made.min(txn.now) });
    for Have { share, document, parts } in have {
        txn.put(&told_key(peer, *share, *document), Scope::Master, &ToldRow { parts: *parts });
    }
    Ok(())
}
