//! One step of the machines: reads through to the snapshot, keeps its own writes on top, gathers effects.
//! Dropping it undoes the step; nothing here touches a disk or a network.

use super::{
    Announcer, Effects, Evaluate, Gossip, Heard, Incident, Notice, Overlay, Record, Row, Scope, Table, ToBlind, Verdict, View,
    ViewError,
};
use crate::ids::{CaseId, SubjectId, Token, UnitId};
use crate::time::Timestamp;
use crate::wire;
use rand_core::CryptoRng;

/// Most bytes of a stored row.
pub(crate) const ROW_MAX: usize = 4 * 1024 * 1024;

/// Rows that [`filtered`] reads at once.
const PAGE: usize = 512;

/// A step in progress.
pub struct Txn<'a> {
    rows: Overlay<'a>,
    effects: Effects,
    /// The time of this step.
    pub now: Timestamp,
    /// The randomness of this step.
    pub rng: &'a mut dyn CryptoRng,
}

impl core::fmt::Debug for Txn<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Txn({} rows)", self.rows.len())
    }
}

impl<'a> Txn<'a> {
    /// A step over a snapshot.
    pub fn new(view: &'a dyn View, now: Timestamp, rng: &'a mut dyn CryptoRng) -> Self {
        Self { rows: Overlay::new(view), effects: Effects::default(), now, rng }
    }

    /// A typed row.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails or the row is damaged.
    pub fn get<R: Record>(&self, key: &[u8]) -> Result<Option<R>, ViewError> {
        View::get(self, R::TABLE, key)?.map(|bytes| read_row(&bytes)).transpose()
    }

    /// Typed rows under a prefix, with their keys.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails or a row is damaged.
    pub fn list<R: Record>(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, R)>, ViewError> {
        View::scan(self, R::TABLE, prefix, after, limit)?.into_iter().map(|(key, bytes)| Ok((key, read_row(&bytes)?))).collect()
    }

    /// All typed rows under a prefix that `keep` wants, read page by page: what is rare in a table that grows for years.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails or a row is damaged.
    pub fn filtered<R: Record>(&self, prefix: &[u8], keep: impl Fn(&R) -> bool) -> Result<Vec<(Vec<u8>, R)>, ViewError> {
        filtered(self, prefix, keep)
    }

    /// Writes a typed row.
    pub fn put<R: Record>(&mut self, key: &[u8], scope: Scope, record: &R) {
        self.rows.set(R::TABLE, key, Some((scope, wire::encode(record))));
    }

    /// Deletes a row.
    pub fn delete(&mut self, table: Table, key: &[u8]) {
        self.rows.set(table, key, None);
    }

    /// Destroys a key after the commit.
    pub fn erase(&mut self, scope: Scope) {
        self.effects.erase.push(scope);
    }

    /// There is something to send to this unit.
    pub fn wake(&mut self, unit: UnitId) {
        self.effects.wake.insert(unit);
    }

    /// To everybody.
    pub fn gossip(&mut self, message: Gossip) {
        self.effects.gossip.push(message);
    }

    /// To be blinded.
    pub fn blind(&mut self, request: ToBlind) {
        self.effects.blind.push(request);
    }

    /// Answers the request that this step handles.
    pub fn reply(&mut self, bytes: Vec<u8>) {
        self.effects.reply = Some(bytes);
    }

    /// The answer to the request that this step handles is computed after the commit.
    pub fn evaluate(&mut self, asked: Evaluate) {
        self.effects.evaluate = Some(asked);
    }

    /// What is to become of the gossiped message that this step handles.
    pub fn verdict(&mut self, verdict: Verdict) {
        self.effects.verdict = Some(verdict);
    }

    /// For live pages.
    pub fn notify(&mut self, notice: Notice) {
        self.effects.notices.insert(notice);
    }

    /// For the audit and the log.
    pub fn incident(&mut self, peer: Option<UnitId>, what: &'static str) {
        self.effects.incidents.push(Incident { peer, what });
    }

    /// For the audit: what was said or given in a disclosure room.
    pub fn heard(&mut self, heard: Heard) {
        self.effects.heard.push(heard);
    }

    /// As [`Self::incident`], for bytes that no honest node sends, in whatever state it is: enough of them cut the peer off.
    pub fn garbage(&mut self, peer: Option<UnitId>, what: &'static str) {
        self.effects.garbage = true;
        self.incident(peer, what);
    }

    /// The log of this case grew.
    pub fn touch(&mut self, case: CaseId) {
        self.effects.touched.insert(case);
        self.notify(Notice::Case(case));
    }

    /// The cases touched so far in this step.
    #[must_use]
    pub fn touched(&self) -> Vec<CaseId> {
        self.effects.touched.iter().copied().collect()
    }

    /// Charter, prekeys and beacons are to be exchanged with this member.
    pub fn sync(&mut self, unit: UnitId) {
        self.effects.sync.insert(unit);
    }

    /// The charter changed.
    pub fn charter_changed(&mut self) {
        self.effects.charter_changed = true;
    }

    /// Drops the writes of a refused input, keeping reply and incidents.
    pub fn rollback(&mut self) {
        self.rows.clear();
        let Effects { reply, incidents, garbage, .. } = core::mem::take(&mut self.effects);
        self.effects = Effects { reply, incidents, garbage, ..Effects::default() };
    }

    /// Whether this step changed the charter.
    #[must_use]
    pub fn is_charter_changed(&self) -> bool {
        self.effects.charter_changed
    }

    /// The step's outcome.
    #[must_use]
    pub fn finish(mut self) -> Effects {
        self.effects.writes = self.rows.into_writes();
        self.effects
    }
}

/// All typed rows under a prefix that `keep` wants, read page by page, as [`Txn::filtered`] gives them.
pub(crate) fn filtered<R: Record>(
    view: &dyn View,
    prefix: &[u8],
    keep: impl Fn(&R) -> bool,
) -> Result<Vec<(Vec<u8>, R)>, ViewError> {
    let (mut found, mut after): (Vec<_>, Option<Vec<u8>>) = (Vec::new(), None);
    loop {
        let page = view.scan(R::TABLE, prefix, after.as_deref(), PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(found) };
        after = Some(last.clone());
        for (key, bytes) in page {
            let row = read_row(&bytes)?;
            if keep(&row) {
                found.push((key, row));
            }
        }
    }
}

/// A typed row from plain bytes.
pub(crate) fn read_row<R: Record>(bytes: &[u8]) -> Result<R, ViewError> {
    wire::decode(bytes, ROW_MAX).map_err(|error| ViewError(format!("row of {}: {error}", R::TABLE.0)))
}

impl View for Txn<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        self.rows.get(table, key)
    }

    fn scan(&self, table: Table, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, ViewError> {
        self.rows.scan(table, prefix, after, limit)
    }

    fn heard(&self, asked: &[(UnitId, Token)]) -> Result<Vec<Vec<u64>>, ViewError> {
        self.rows.heard(asked)
    }

    fn own(&self, by: &Announcer, tokens: &[Token]) -> Result<Vec<Vec<SubjectId>>, ViewError> {
        self.rows.own(by, tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::MemoryView;
    use crate::testing::rng::SeededRng;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Plain(usize);

    impl Record for Plain {
        const TABLE: Table = Table::OWN;
    }

    #[test]
    fn what_stands_far_behind_in_a_table_is_found_in_the_store_and_in_the_step() {
        let (mut view, mut rng) = (MemoryView::default(), SeededRng::new(1));
        let key = |number: usize| number.to_be_bytes();
        let mut before = Txn::new(&view, Timestamp(0), &mut rng);
        let last = 3 * PAGE;
        for number in 0..=last {
            before.put(&key(number), Scope::Master, &Plain(number));
        }
        let effects = before.finish();
        view.apply(&effects.writes);
        let mut txn = Txn::new(&view, Timestamp(0), &mut rng);
        txn.put(&key(last + 1), Scope::Master, &Plain(last + 1));
        let found = txn.filtered::<Plain>(&[], |row| row.0 == 0 || row.0 >= last).unwrap();
        let expected = [0, last, last + 1].map(|number| (key(number).to_vec(), Plain(number)));
        assert_eq!(found, expected);
        assert_eq!(filtered::<Plain>(&view, &[], |row| row.0 >= last).unwrap(), expected[1..2]);
    }
}
