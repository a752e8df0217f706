//! Typed reading for queries that have only a `View`.
//! Not for writing: that is `Txn::put`.

use crate::machine::{Record, View, ViewError, read_row};

/// One typed row.
pub(super) fn row<R: Record>(view: &dyn View, key: &[u8]) -> Result<Option<R>, ViewError> {
    view.get(R::TABLE, key)?.map(|bytes| read_row(&bytes)).transpose()
}

/// At most `limit` typed rows under a prefix, with their keys.
pub(super) fn rows<R: Record>(view: &dyn View, prefix: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, R)>, ViewError> {
    view.scan(R::TABLE, prefix, None, limit)?.into_iter().map(|(key, bytes)| Ok((key, read_row(&bytes)?))).collect()
}

/// A key of a letter or word and an id or number.
pub(super) fn key(prefix: &[u8], rest: &[u8]) -> Vec<u8> {
    [prefix, rest].concat()
}
