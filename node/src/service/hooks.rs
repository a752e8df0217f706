//! What the service adds to each step of the node: the audit of incidents, the summaries of touched cases, pairs that the nodal
//! officer is to know of, the search index.
//! The index moves after the commit only, so that memory and disk agree.

use super::Service;
use super::folds::Folds;
use super::same::Watch;
use super::summary::refresh;
use crate::audit::{heard, incidents};
use crate::runtime::{Hooks, Node};
use crate::search::Index;
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Effects, Txn, View, ViewError};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// To be handed to the node when it starts; makes the service of that node.
#[derive(Debug, Clone, Default)]
pub struct ServiceHooks {
    index: Arc<Index>,
    folds: Arc<Folds>,
    watch: Arc<Watch>,
}

impl ServiceHooks {
    /// The people's side of a node that was started with these hooks: with another's, it would find no case.
    #[must_use]
    pub fn service(&self, node: Node, folder: &Path) -> Service {
        Service { index: self.index.clone(), folds: self.folds.clone(), ..Service::new(node, folder) }
    }
}

impl Hooks for ServiceHooks {
    fn after(&self, txn: &mut Txn<'_>, effects: &Effects) -> Result<(), ViewError> {
        incidents(txn, &effects.incidents)?;
        heard(txn, &effects.heard)?;
        for case in &effects.touched {
            if let Some(row) = refresh(txn, &self.folds, *case)? {
                self.watch.look(txn, &self.index, row)?;
            }
        }
        Ok(())
    }

    /// The first call, which a node makes while it starts, reads all summaries.
    fn committed(&self, view: &dyn View, touched: &BTreeSet<CaseId>) {
        let moved = if self.index.is_built() {
            touched.iter().try_for_each(|case| self.index.reload(view, *case))
        } else {
            self.index.build(view)
        };
        self.watch.moved();
        if let Err(error) = moved {
            tracing::error!(%error, "the search index could not be moved; it is built anew at the next start");
        }
    }

    fn erasing(&self) {
        self.folds.clear();
    }
}
