//! What a run did, in counts: that it did enough to mean something.

use std::collections::BTreeMap;

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// What was done how often.
    pub actions: BTreeMap<&'static str, u64>,
    /// Messages that arrived, were lost, and were sent twice.
    pub delivered: u64,
    /// Messages that the network lost.
    pub lost: u64,
    /// Messages that the network doubled.
    pub copies: u64,
    /// Values that were followed.
    pub values: u64,
    /// Shares that were given.
    pub shares: u64,
    /// Shares of which the receiver signed that their key is destroyed.
    pub receipts: u64,
    /// Of these, shares that were recalled and whose owner holds the receipt.
    pub recalled: u64,
    /// Changes of the charter that passed.
    pub epochs: u64,
    /// Virtual time in milliseconds.
    pub time: u64,
    /// What units noted, by sentence.
    pub incidents: BTreeMap<&'static str, u64>,
}

impl Figures {
    /// Adds another run.
    pub fn add(&mut self, other: &Self) {
        for (name, count) in &other.actions {
            *self.actions.entry(name).or_default() += count;
        }
        for (what, count) in &other.incidents {
            *self.incidents.entry(what).or_default() += count;
        }
        self.delivered += other.delivered;
        self.lost += other.lost;
        self.copies += other.copies;
        self.values += other.values;
        self.shares += other.shares;
        self.receipts += other.receipts;
        self.recalled += other.recalled;
        self.epochs += other.epochs;
        self.time += other.time;
    }
}
