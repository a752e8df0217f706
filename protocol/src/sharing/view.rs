//! Reading shares: of a case, of the inbox, and the case as one share shows it.
//! Changes nothing.

use super::contribute::writable;
use super::incoming::terms_of;
use super::rows::{InState, OfCase, ShareIn, ShareOut, scope};
use super::share::Share;
use crate::caselog::{FoldedCase, fold, load};
use crate::ids::{CaseId, Commitment, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, View, ViewError, filtered, read_row};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Parts counted before the counting is given up.
const COUNTED: usize = 10_000;

fn of_case(view: &dyn View, case: CaseId, given: bool) -> Result<Vec<ShareId>, ViewError> {
    let mut found = Vec::new();
    for (key, bytes) in view.scan(Table::SHARES_BY_CASE, case.as_bytes(), None, 1000)? {
        if read_row::<OfCase>(&bytes)?.given == given {
            found.extend(ShareId::from_slice(&key[CaseId::LEN..]));
        }
    }
    Ok(found)
}

/// The shares given of a case.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn outgoing_of(view: &dyn View, case: CaseId) -> Result<Vec<(ShareId, ShareOut)>, ViewError> {
    let mut found = Vec::new();
    for id in of_case(view, case, true)? {
        if let Some(bytes) = view.get(Table::SHARES_OUT, id.as_bytes())? {
            found.push((id, read_row(&bytes)?));
        }
    }
    Ok(found)
}

/// The shares received of a case.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn incoming_of(view: &dyn View, case: CaseId) -> Result<Vec<(ShareId, ShareIn)>, ViewError> {
    let mut found = Vec::new();
    for id in of_case(view, case, false)? {
        if let Some(bytes) = view.get(Table::SHARES_IN, id.as_bytes())? {
            found.push((id, read_row(&bytes)?));
        }
    }
    Ok(found)
}

/// The shares given that `keep` wants, by handle.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn outgoing_list(view: &dyn View, keep: impl Fn(&ShareOut) -> bool) -> Result<Vec<(ShareId, ShareOut)>, ViewError> {
    rows(view, keep)
}

/// The shares received that `keep` wants, by handle.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn incoming_list(view: &dyn View, keep: impl Fn(&ShareIn) -> bool) -> Result<Vec<(ShareId, ShareIn)>, ViewError> {
    rows(view, keep)
}

fn rows<R: Record>(view: &dyn View, keep: impl Fn(&R) -> bool) -> Result<Vec<(ShareId, R)>, ViewError> {
    let found = filtered(view, &[], keep)?.into_iter();
    Ok(found.filter_map(|(key, row)| ShareId::from_slice(&key).map(|id| (id, row))).collect())
}

/// What a received share says and which of its values are no longer current; none once its key is destroyed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn terms(view: &dyn View, id: ShareId) -> Result<Option<(Share, BTreeSet<Commitment>)>, ViewError> {
    terms_of(view, id)
}

/// The case as this one share shows it: the preview of the inbox.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn received_view(view: &dyn View, id: ShareId) -> Result<Option<FoldedCase>, ViewError> {
    let Some((share, _)) = terms_of(view, id)? else { return Ok(None) };
    let Some(mut log) = load(view, share.case)? else { return Ok(None) };
    let mut under: BTreeSet<Commitment> = BTreeSet::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = view.scan(Table::CHANGES, share.case.as_bytes(), after.as_deref(), 512)?;
        under.extend(
            page.iter()
                .filter(|(key, _)| key.ends_with(id.as_bytes()))
                .filter_map(|(key, _)| Commitment::from_slice(&key[CaseId::LEN..CaseId::LEN + Commitment::LEN])),
        );
        match page.into_iter().last() {
            Some((key, _)) => after = Some(key),
            None => break,
        }
    }
    log.changes.retain(|commitment, _| under.contains(commitment));
    log.chains.retain(|unit, _| *unit != share.to);
    Ok(Some(fold(&log)))
}

/// Under which key everything stands that came, or is made, under a received share; none if it has ended. It changes when the owner
/// lowers the share: whoever keeps something under it asks at each write.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn sealing(view: &dyn View, id: ShareId) -> Result<Option<Scope>, ViewError> {
    let Some(bytes) = view.get(Table::SHARES_IN, id.as_bytes())? else { return Ok(None) };
    let row: ShareIn = read_row(&bytes)?;
    Ok((!matches!(row.state, InState::Ended(_))).then(|| scope(id, &row)))
}

/// Whether people here may write in a case of another unit now.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn may_contribute(view: &dyn View, case: CaseId, now: Timestamp) -> Result<bool, ViewError> {
    Ok(writable(view, case, now)?.is_some())
}

/// How many parts of shares and contributions wait here for what they build on, by the unit that sent them. Counted up to a bound.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn waiting_parts(view: &dyn View) -> Result<BTreeMap<UnitId, u32>, ViewError> {
    let mut shares: BTreeMap<ShareId, u32> = BTreeMap::new();
    for (key, _) in view.scan(Table::WAITING, &[], None, COUNTED)? {
        if let Some(id) = key.get(..ShareId::LEN).and_then(ShareId::from_slice) {
            *shares.entry(id).or_default() += 1;
        }
    }
    let mut units = BTreeMap::new();
    for (id, parts) in shares {
        let unit = match view.get(Table::SHARES_IN, id.as_bytes())? {
            Some(bytes) => Some(read_row::<ShareIn>(&bytes)?.from),
            None => view
                .get(Table::SHARES_OUT, id.as_bytes())?
                .map(|bytes| read_row::<ShareOut>(&bytes))
                .transpose()?
                .map(|row| row.to),
        };
        if let Some(unit) = unit {
            *units.entry(unit).or_default() += parts;
        }
    }
    Ok(units)
}
