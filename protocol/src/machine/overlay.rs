//! Rows written and not committed yet, on top of a snapshot: one step over the store, or several steps of one commit.
//! Not durable: `node::store` commits what it holds.

use super::found::Found;
use super::{Announcer, HEARD_MAX, Row, Scope, Table, View, ViewError, Write};
use crate::ids::{SubjectId, Token, UnitId};
use std::collections::BTreeMap;

type Place = (Table, Vec<u8>);
type Sealed = (Scope, Vec<u8>);

/// A snapshot with changes on top.
pub struct Overlay<'a> {
    below: &'a dyn View,
    rows: BTreeMap<Place, Option<Sealed>>,
    found: Found,
}

impl core::fmt::Debug for Overlay<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Overlay({} rows)", self.rows.len())
    }
}

impl<'a> Overlay<'a> {
    /// Nothing written yet.
    #[must_use]
    pub fn new(below: &'a dyn View) -> Self {
        Self { below, rows: BTreeMap::new(), found: Found::default() }
    }

    /// Writes a row, or deletes it.
    pub fn set(&mut self, table: Table, key: &[u8], value: Option<(Scope, Vec<u8>)>) {
        self.found.set(table, key, value.as_ref().map(|(_, value)| value.as_slice()));
        self.rows.insert((table, key.to_vec()), value);
    }

    /// Takes the writes of a finished step.
    pub fn apply(&mut self, writes: Vec<Write>) {
        for write in writes {
            self.set(write.table, &write.key, write.value);
        }
    }

    /// How many rows were written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Forgets what was written.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.found.clear();
    }

    /// What is to be committed.
    #[must_use]
    pub fn into_writes(self) -> Vec<Write> {
        self.rows.into_iter().map(|((table, key), value)| Write { table, key, value }).collect()
    }
}

impl View for Overlay<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        match self.rows.get(&(table, key.to_vec())) {
            Some(row) => Ok(row.as_ref().map(|(_, value)| value.clone())),
            None => self.below.get(table, key),
        }
    }

    fn scan(&self, table: Table, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, ViewError> {
        let mine: BTreeMap<&[u8], Option<&(Scope, Vec<u8>)>> = self
            .rows
            .range((table, after.unwrap_or(prefix).to_vec())..)
            .take_while(|((at, key), _)| *at == table && key.starts_with(prefix))
            .filter(|((_, key), _)| after.is_none_or(|after| key.as_slice() > after))
            .map(|((_, key), value)| (key.as_slice(), value.as_ref()))
            .collect();
        // Rows deleted here are asked for in addition, so that `limit` still fills.
        let below = self.below.scan(table, prefix, after, limit.saturating_add(mine.len()))?;
        let mut merged: BTreeMap<Vec<u8>, Vec<u8>> =
            below.into_iter().filter(|(key, _)| !mine.contains_key(key.as_slice())).collect();
        merged.extend(mine.into_iter().filter_map(|(key, value)| value.map(|(_, value)| (key.to_vec(), value.clone()))));
        Ok(merged.into_iter().take(limit).collect())
    }

    fn heard(&self, asked: &[(UnitId, Token)]) -> Result<Vec<Vec<u64>>, ViewError> {
        let mut found = self.below.heard(asked)?;
        if self.found.is_empty() {
            return Ok(found);
        }
        for ((unit, token), numbers) in asked.iter().zip(&mut found) {
            numbers.retain(|number| !self.found.has_beacon(*unit, *number));
            numbers.extend(self.found.beacons_with(*unit, *token));
            numbers.sort_unstable();
            numbers.truncate(HEARD_MAX);
        }
        Ok(found)
    }

    fn own(&self, by: &Announcer, tokens: &[Token]) -> Result<Vec<Vec<SubjectId>>, ViewError> {
        let mut found = self.below.own(by, tokens)?;
        if self.found.is_empty() {
            return Ok(found);
        }
        for (subjects, mine) in found.iter_mut().zip(self.found.subjects_with(by, tokens)) {
            subjects.retain(|subject| !self.found.has_subject(subject));
            subjects.extend(mine);
            subjects.sort_unstable();
        }
        Ok(found)
    }
}
