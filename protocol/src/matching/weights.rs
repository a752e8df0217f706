//! Which weights this node scores with: those shipped, or a file that somebody put in their place.
//! Not what they mean: that is `fingerprint`. Two units get the same score only under the same weights.

use super::rows::read;
use crate::fingerprint::{Weights, WeightsError};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

const ROW: &[u8] = b"matching-weights";

/// A file of weights, as read.
#[derive(Serialize, Deserialize)]
struct File {
    text: String,
}

impl Record for File {
    const TABLE: Table = Table::OWN;
}

/// Scores with these weights from the next step on: for trying other weights, on every unit of a trial alike.
///
/// # Errors
/// [`WeightsError`] if it is not a usable file of weights; then nothing changes.
pub fn use_weights(txn: &mut Txn<'_>, text: &str) -> Result<(), WeightsError> {
    Weights::from_json(text)?;
    txn.put(ROW, Scope::Master, &File { text: text.to_owned() });
    Ok(())
}

pub(super) fn load(view: &dyn View) -> Result<Cow<'static, Weights>, ViewError> {
    let Some(file) = read::<File>(view, ROW)? else {
        return Ok(Cow::Borrowed(Weights::shipped()));
    };
    Weights::from_json(&file.text).map(Cow::Owned).map_err(|error| ViewError(format!("stored weights: {error}")))
}
