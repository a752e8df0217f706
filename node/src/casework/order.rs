//! In which order entities came into a case: stable whatever is changed in them later.
//! Not an order of importance.

use icmc_protocol::caselog::{EntityKey, FoldedCase};
use icmc_protocol::ids::EntityId;
use std::collections::BTreeMap;

/// The step in which each entity first stands. Entities of one step are told apart by their ids, which were given in order.
#[derive(Debug, Default)]
pub struct Order {
    first: BTreeMap<EntityKey, usize>,
}

impl Order {
    /// The order of a case.
    #[must_use]
    pub fn of(folded: &FoldedCase) -> Self {
        let mut first = BTreeMap::new();
        for (at, step) in folded.steps.iter().enumerate() {
            for (key, _) in &step.changed {
                first.entry(key.clone()).or_insert(at);
            }
        }
        Self { first }
    }

    /// Where an entity stands.
    #[must_use]
    pub fn rank(&self, key: &EntityKey) -> (usize, EntityId) {
        (self.first.get(key).copied().unwrap_or(usize::MAX), key.1)
    }

    /// The ids of one kind in order, removed ones left out.
    #[must_use]
    pub fn ids(&self, folded: &FoldedCase, kind: &str) -> Vec<EntityId> {
        let mut keys: Vec<&EntityKey> =
            folded.entities.iter().filter(|((name, _), entity)| &**name == kind && !entity.removed).map(|(key, _)| key).collect();
        keys.sort_by_key(|key| self.rank(key));
        keys.into_iter().map(|key| key.1).collect()
    }
}
