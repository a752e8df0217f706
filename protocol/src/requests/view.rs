//! Reading requests, made and received.
//! Changes nothing.

use super::rows::{IN, OUT, RequestIn, RequestOut, WorkRow, handle, in_key, out_key, work_key};
use super::{VerificationAnswer, VerificationRequest};
use crate::crypto::Signed;
use crate::ids::ShareId;
use crate::machine::{Record, Table, View, ViewError, filtered, read_row};

fn one<R: Record>(view: &dyn View, key: &[u8]) -> Result<Option<R>, ViewError> {
    view.get(Table::REQUESTS, key)?.map(|bytes| read_row(&bytes)).transpose()
}

/// A request made.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn asked(view: &dyn View, id: ShareId) -> Result<Option<RequestOut>, ViewError> {
    one(view, &out_key(id))
}

/// All requests made.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn asked_list(view: &dyn View) -> Result<Vec<RequestOut>, ViewError> {
    Ok(filtered::<RequestOut>(view, OUT, |_| true)?.into_iter().map(|(_, row)| row).collect())
}

/// All requests received, those that are over too.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn received_list(view: &dyn View) -> Result<Vec<(ShareId, RequestIn)>, ViewError> {
    let rows = filtered::<RequestIn>(view, IN, |_| true)?.into_iter();
    Ok(rows.filter_map(|(key, row)| Some((handle(&key)?, row))).collect())
}

/// What a received request says and what was answered.
pub type Work = (VerificationRequest, Option<Signed<VerificationAnswer>>);

/// A request received, and what it says; that is none once its key is destroyed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn work_of(view: &dyn View, id: ShareId) -> Result<Option<(RequestIn, Option<Work>)>, ViewError> {
    let Some(row) = one::<RequestIn>(view, &in_key(id))? else { return Ok(None) };
    let work = one::<WorkRow>(view, &work_key(id))?.map(|work| (work.request, work.answer));
    Ok(Some((row, work)))
}
