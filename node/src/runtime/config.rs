//! What a node is started with, and why it may not start.
//! Not settings that people change while it runs: those are rows.

use crate::blobs::BlobError;
use crate::clock::Clock;
use crate::net::NetError;
use crate::store::StoreError;
use crate::vault::KeySource;
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Effects, Txn, View, ViewError};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What the service adds to each step.
pub trait Hooks: core::fmt::Debug + Send + Sync {
    /// Rows of the node that belong to the step: audit of incidents, summaries of touched cases.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails; then the whole step is dropped.
    fn after(&self, txn: &mut Txn<'_>, effects: &Effects) -> Result<(), ViewError>;

    /// The step is durable: caches may move.
    fn committed(&self, view: &dyn View, touched: &BTreeSet<CaseId>);
}

/// Most bytes of one document, unless the unit chooses otherwise.
pub const DOCUMENT_MAX: u64 = 512 * 1024 * 1024;

/// How to start a node.
#[derive(Debug, Clone)]
pub struct NodeConfig {
    /// The data folder.
    pub dir: PathBuf,
    /// What opens the keys.
    pub key: KeySource,
    /// Where to listen, as multiaddresses; nothing means no network.
    pub listen: Vec<String>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The service's part.
    pub hooks: Arc<dyn Hooks>,
    /// Most bytes of one document.
    pub document_max: u64,
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading it.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The folder of documents.
    #[error(transparent)]
    Documents(#[from] BlobError),
    /// An address to listen on.
    #[error("listen: expected an address like /ip4/0.0.0.0/tcp/7701")]
    Address,
    /// The network.
    #[error("the network could not be started: {0}")]
    Net(#[from] NetError),
    /// The driver thread.
    #[error("the node's thread could not be started")]
    Thread(#[source] std::io::Error),
}

/// Why a step did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuntimeError {
    /// The node is stopping, or the step itself broke.
    #[error("the node is stopping; nothing was saved")]
    Stopped,
    /// The commit failed; memory and disk are as before.
    #[error("nothing was saved: {0}")]
    Commit(String),
}

impl From<RuntimeError> for ViewError {
    fn from(error: RuntimeError) -> Self {
        Self(error.to_string())
    }
}
