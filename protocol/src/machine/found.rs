//! Which rows are to be found by a token: exact, for rows in memory that are few.
//! Not for the rows of a node: `node::store::tokens` does that for a million of them.

use super::Table;
use super::beacon_row::{beacon_place, heard_in};
use super::own_row::{Announcer, Y, own_in};
use crate::ids::{SubjectId, Token, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that are found by tokens, and what is to be found of them.
#[derive(Default, Clone)]
pub(super) struct Found {
    /// Every beacon row that was set, also those that are deleted or hold nothing to be found.
    beacons: BTreeMap<(UnitId, u64), Vec<Token>>,
    heard: BTreeSet<(UnitId, Token, u64)>,
    /// The same of our subjects.
    subjects: BTreeMap<SubjectId, Vec<(u64, Y)>>,
}

impl core::fmt::Debug for Found {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Found({} beacons, {} subjects)", self.beacons.len(), self.subjects.len())
    }
}

impl Found {
    /// Follows a write. What is no row of its table is left to whoever reads it.
    pub(super) fn set(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) {
        match table {
            Table::BEACONS => {
                let Some(place) = beacon_place(key) else { return };
                self.set_beacon(place, value.and_then(|value| heard_in(value).ok()).unwrap_or_default());
            }
            Table::OWN_TOKENS => {
                let Some(subject) = SubjectId::from_slice(key) else { return };
                self.subjects.insert(subject, value.and_then(|value| own_in(value).ok()).unwrap_or_default());
            }
            _ => {}
        }
    }

    fn set_beacon(&mut self, place: (UnitId, u64), tokens: Vec<Token>) {
        let (unit, number) = place;
        for token in self.beacons.remove(&place).iter().flatten() {
            self.heard.remove(&(unit, *token, number));
        }
        self.heard.extend(tokens.iter().map(|token| (unit, *token, number)));
        self.beacons.insert(place, tokens);
    }

    /// Whether a beacon row was set.
    pub(super) fn has_beacon(&self, unit: UnitId, number: u64) -> bool {
        self.beacons.contains_key(&(unit, number))
    }

    /// Whether a row of a subject of ours was set.
    pub(super) fn has_subject(&self, subject: &SubjectId) -> bool {
        self.subjects.contains_key(subject)
    }

    /// Numbers of a unit's beacons with a token, ascending.
    pub(super) fn beacons_with(&self, unit: UnitId, token: Token) -> impl Iterator<Item = u64> + '_ {
        self.heard.range((unit, token, 0)..=(unit, token, u64::MAX)).map(|(_, _, number)| *number)
    }

    /// For each token, our subjects that have it as `by` would announce them, ascending.
    pub(super) fn subjects_with(&self, by: &Announcer, tokens: &[Token]) -> Vec<Vec<SubjectId>> {
        let mut found = vec![Vec::new(); tokens.len()];
        let maker = by.maker();
        for (subject, ys) in &self.subjects {
            for (_, y) in ys.iter().filter(|(epoch, _)| *epoch == by.epoch) {
                let token = maker.token(y);
                let having = tokens.iter().zip(&mut found).filter(|(asked, _)| **asked == token);
                for (_, subjects) in having.filter(|(_, subjects)| subjects.last() != Some(subject)) {
                    subjects.push(*subject);
                }
            }
        }
        found
    }

    /// Whether nothing was set.
    pub(super) fn is_empty(&self) -> bool {
        self.beacons.is_empty() && self.subjects.is_empty()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
