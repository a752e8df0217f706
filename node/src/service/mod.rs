//! What the pages, the API and the command line call: each method asks `access`, writes the audit and does its work in one step.
//! No HTTP words and no HTML; no rule of the protocol either.

mod accounts;
mod alerts;
mod audit;
mod carried;
mod carried_documents;
mod case_view;
mod cases;
mod change;
mod charter;
mod comparisons;
mod contributing;
mod contributions;
mod create;
mod decisions;
mod document_view;
mod documents;
mod error;
mod fields;
mod finding;
pub mod first_run;
mod folds;
mod hashing;
mod held;
mod hooks;
mod inbox;
mod keepers;
mod lifecycle;
mod links;
mod messages;
pub mod model;
mod open;
mod own_unit;
mod peer_end;
mod peer_view;
mod peers;
mod persons;
mod previews;
mod publication_text;
mod publications;
mod reader;
mod request_view;
mod request_words;
mod request_work;
mod requests;
mod revisions;
mod room_view;
mod rooms;
mod same;
mod second;
mod sessions;
pub mod settings;
pub mod setup;
mod share_request;
mod share_words;
mod shares;
mod status;
mod summary;
mod transfers;
mod units;
mod who;

#[cfg(test)]
mod tests;

pub use accounts::{AccountView, Colleague};
pub use audit::{AuditCheck, AuditView};
pub use carried_documents::Bringing;
pub use charter::{OwnWords, Wish};
pub use error::ServiceError;
pub use finding::SearchId;
pub use hooks::ServiceHooks;
pub use sessions::SignedIn;
pub use status::{Counters, Me, Status};

use crate::access::Actor;
use crate::audit::{Event, actions, append};
use crate::runtime::Node;
use crate::sessions::Delays;
use core::fmt::Display;
use hashing::Hashing;
use icmc_protocol::machine::Txn;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// The people's side of a running node. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    /// The node behind it.
    pub node: Node,
    folder: Arc<PathBuf>,
    delays: Arc<Mutex<Delays>>,
    hashing: Arc<Hashing>,
    index: Arc<crate::search::Index>,
    folds: Arc<folds::Folds>,
}

impl Service {
    /// For a node that runs on this data folder.
    #[must_use]
    pub fn new(node: Node, folder: &Path) -> Self {
        Self {
            node,
            folder: Arc::new(folder.to_owned()),
            delays: Arc::default(),
            hashing: Arc::default(),
            index: Arc::default(),
            folds: Arc::default(),
        }
    }

    /// One step for a person. What was refused leaves nothing behind but an audit entry, with the name of the action as the reason.
    /// `work` itself audits what succeeded, with [`audit::audited`].
    async fn step<T: Send + 'static>(
        &self,
        actor: &Actor,
        action: &'static str,
        object: impl Display,
        work: impl FnOnce(&mut Txn<'_>) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let refused = Event::new(actions::REFUSED).by(actor.account).on(object).because(action);
        let outcome = self.node.act(work).await;
        if let Err(ServiceError::Forbidden(_) | ServiceError::NotFound) = &outcome {
            self.node.act(|txn| append(txn, refused).map_err(ServiceError::from)).await?;
        }
        outcome
    }
}
