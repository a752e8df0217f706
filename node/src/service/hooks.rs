//! What the service adds to each step of the node: the audit of incidents, the summaries of touched cases, the search index.
//! The index moves after the commit only, so that memory and disk agree.

use super::summary::refresh;
use crate::audit::incidents;
use crate::runtime::Hooks;
use crate::search::Index;
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Effects, Txn, View, ViewError};
use std::collections::BTreeSet;
use std::sync::Arc;

/// To be handed to the node when it starts, and then to [`super::Service`].
#[derive(Debug, Clone, Default)]
pub struct ServiceHooks {
    pub(super) index: Arc<Index>,
}

impl Hooks for ServiceHooks {
    fn after(&self, txn: &mut Txn<'_>, effects: &Effects) -> Result<(), ViewError> {
        incidents(txn, &effects.incidents)?;
        effects.touched.iter().try_for_each(|case| refresh(txn, *case))
    }

    fn committed(&self, view: &dyn View, touched: &BTreeSet<CaseId>) {
        for case in touched {
            if let Err(error) = self.index.reload(view, *case) {
                tracing::error!(%error, case = case.short(), "the search index could not be moved; it is built anew at the next start");
            }
        }
    }
}
