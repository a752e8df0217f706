//! What a part of a document that a person brought in a file meets here, and what this unit tells its maker that it has.
//! Keeping the bytes is the node's, by the same way as for what came over the network.

use super::file::File;
use super::rows::{DocumentKey, DocumentRow, Holding, fetch_key};
use super::work::{Wanted, file_at};
use crate::federation::peering;
use crate::ids::{CaseId, Commitment, ShareId, UnitId};
use crate::machine::{Table, View, ViewError, read_row};

/// Rows read at a time; more ways than this by which one document came are not looked at.
const PAGE: usize = 512;

/// How a document stands here that a unit serves.
#[derive(Debug, Clone)]
pub enum Standing {
    /// Its parts are wanted.
    Wanted(Box<Wanted>),
    /// All of it is here.
    Held,
    /// A person here has to accept the share first, or to go on with the unit.
    Later,
    /// Larger than this node takes, or not what was announced.
    Never,
    /// No share in force brings it from that unit.
    Unknown,
}

/// How a document of a case stands that `unit` brings.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn standing(view: &dyn View, unit: UnitId, case: CaseId, document: Commitment) -> Result<Standing, ViewError> {
    let mut found = Standing::Unknown;
    let prefix = [case.as_bytes().as_slice(), document.as_bytes()].concat();
    for (bytes, row) in view.scan(Table::DOCUMENTS, &prefix, None, PAGE)? {
        let (Some(key), row) = (DocumentKey::from_bytes(&bytes), read_row::<DocumentRow>(&row)?) else { continue };
        let Some((_, share)) = row.from.filter(|(from, _)| *from == unit) else { continue };
        match row.holding {
            Holding::Wanted => {}
            Holding::Held => return Ok(Standing::Held),
            Holding::Damaged | Holding::TooLarge => {
                found = Standing::Never;
                continue;
            }
        }
        let due = view.get(Table::DOCUMENT_WORK, &fetch_key(unit, &key))?.is_some() && !peering::is_paused(view, unit)?;
        match file_at(view, &key)? {
            Some(file) if due => return Ok(Standing::Wanted(Box::new(Wanted { key, share, place: row.place, file }))),
            _ => found = Standing::Later,
        }
    }
    Ok(found)
}

/// A document that a unit serves.
#[derive(Debug, Clone)]
pub struct Coming {
    /// Under which share.
    pub share: ShareId,
    /// Which.
    pub key: DocumentKey,
    /// How far it is here.
    pub row: DocumentRow,
    /// What it must become.
    pub file: File,
}

/// At most `limit` documents that `unit` serves, here or not.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn coming(view: &dyn View, unit: UnitId, limit: usize) -> Result<Vec<Coming>, ViewError> {
    let (mut found, mut after): (Vec<Coming>, Option<Vec<u8>>) = (Vec::new(), None);
    loop {
        let page = view.scan(Table::DOCUMENTS, &[], after.as_deref(), PAGE)?;
        for (bytes, row) in &page {
            let (Some(key), row) = (DocumentKey::from_bytes(bytes), read_row::<DocumentRow>(row)?) else { continue };
            let Some((_, share)) = row.from.filter(|(from, _)| *from == unit) else { continue };
            if let Some(file) = file_at(view, &key)? {
                found.push(Coming { share, key, row, file });
            }
            if found.len() == limit {
                return Ok(found);
            }
        }
        match page.into_iter().last() {
            Some((key, _)) => after = Some(key),
            None => return Ok(found),
        }
    }
}
