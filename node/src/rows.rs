//! Typed reading for queries that have only a `View`.
//! Not for writing: that is `Txn::put`.

use icmc_protocol::machine::{Record, View, ViewError};
use icmc_protocol::wire;

/// Most bytes of a row of this node's own tables.
pub(crate) const ROW_MAX: usize = 4 * 1024 * 1024;

/// One typed row.
pub(crate) fn row<R: Record>(view: &dyn View, key: &[u8]) -> Result<Option<R>, ViewError> {
    view.get(R::TABLE, key)?.map(|bytes| read(&bytes)).transpose()
}

/// At most `limit` typed rows under a prefix, with their keys.
pub(crate) fn rows<R: Record>(
    view: &dyn View,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Vec<u8>, R)>, ViewError> {
    view.scan(R::TABLE, prefix, after, limit)?.into_iter().map(|(key, bytes)| Ok((key, read(&bytes)?))).collect()
}

/// A typed row from plain bytes.
pub(crate) fn read<R: Record>(bytes: &[u8]) -> Result<R, ViewError> {
    wire::decode(bytes, ROW_MAX).map_err(|_| ViewError(format!("a row of table {} is damaged", R::TABLE.0)))
}
