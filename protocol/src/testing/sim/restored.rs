//! Nodes put back from a backup in a simulation: what is in doubt until everybody has shown them what it holds, and what stands then.
//! What was saved before the backup, and what anybody else has, is not in doubt: it has to be there again.

use super::Sim;
use super::settled::standing;
use super::wires::Recorded;
use crate::caselog::{case_row, fold, load};
use crate::crypto::Verified;
use crate::envelope::Answer;
use crate::federation::restored;
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{MemoryView, Record, Table, View, read_row};
use crate::requests::{RequestIn, RequestOut};
use crate::sharing::{self, OutState, ShareIn, ShareOut};
use crate::time::Timestamp;
use crate::wire;
use std::collections::{BTreeMap, BTreeSet};

impl Sim {
    /// Backups are made by themselves.
    pub(super) fn back_up(&mut self) {
        let at = self.any_unit();
        if at != self.eve && !self.truth.restoring.contains(&at) {
            self.backups.insert(at, self.world.units[at].view.clone());
            self.count("backups made", 1);
        }
    }

    /// Eve's two histories would be those of her backups. Two nodes put back at the same time show each other nothing, and a case that
    /// is being given or taken would have to be given again by hand.
    pub(super) fn may_be_put_back(&self, at: usize) -> bool {
        at != self.eve
            && !self.is_out(at)
            && self.truth.restoring.is_empty()
            && !self.truth.cases.iter().any(|case| case.is_busy(at))
    }

    /// The rows of an earlier time come back.
    pub(super) fn restore(&mut self, at: usize) -> Option<String> {
        let name = self.name(at);
        // One from before its key changed would come back as nobody's.
        let first = || self.first.get(at).filter(|_| !self.truth.rekeyed.contains(&at)).cloned();
        let view = self.backups.remove(&at).or_else(first)?;
        self.doubt(at, &view);
        self.world.restore(&name, view);
        self.read_doors(at);
        self.restart(at);
        Some(format!("{name} is put back to its backup"))
    }

    /// What was done since is forgotten at this node, and stands only if somebody else has it.
    fn doubt(&mut self, at: usize, backup: &MemoryView) {
        let unit = self.world.units[at].id;
        let held = |table, key: &[u8]| backup.get(table, key).ok().flatten().is_some();
        self.truth.restoring.insert(at);
        self.truth.put_back.insert(at);
        self.truth.unshown.extend(self.truth.out.iter().map(|out| (at, *out)));
        for case in self.truth.cases.iter_mut().filter(|case| case.owner == at && !case.custody.former.is_empty()) {
            let row = case_row(backup, case.id).ok().flatten();
            case.custody.adrift |= row.is_none_or(|row| row.owner != unit);
        }
        for written in self.truth.written.iter_mut().filter(|written| written.writer == at) {
            written.doubtful |= !held(Table::CHANGES, &own_key(self.truth.cases[written.case].id, written.commitment));
        }
        for share in self.truth.shares.values_mut().filter(|share| share.from == at) {
            share.doubtful = true;
        }
        self.unsigned(at, backup);
        // Numbers that reached nobody are given again.
        let units: BTreeMap<UnitId, usize> = self.truth.units.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
        let applied = &self.seen.applied;
        let arrived = |key: &[u8]| {
            let (to, number) = key.split_at(UnitId::LEN.min(key.len()));
            let to = UnitId::from_slice(to).and_then(|to| units.get(&to));
            to.is_some_and(|to| applied.contains(&(*to, [unit.as_bytes().as_slice(), number].concat())))
        };
        self.seen.numbers.retain(|(one, key), _| *one != at || arrived(key));
        self.seen.applied.retain(|(one, key)| *one != at || held(Table::SEEN, key));
        self.seen.heads.retain(|(one, _), _| *one != at);
        // Nobody keeps an envelope away from its receiver for so long, and brings it after the node was put back.
        let is_final = |answer: &[u8]| matches!(wire::decode::<Answer>(answer, 16 * 1024), Ok(Answer::Ack(_)));
        self.wires.recorded.retain(|Recorded { from, to, answer, .. }| *to != at && (*from != at || is_final(answer)));
    }

    /// What the node signed as destroyed after its backup, and its owner never had, nobody ever heard: what the backup brings back goes
    /// on as it was.
    fn unsigned(&mut self, at: usize, backup: &MemoryView) {
        let truth = &mut self.truth;
        for (id, share) in truth.shares.iter_mut().filter(|(_, share)| share.to == at && share.receipted) {
            let arrived =
                of::<ShareOut>(&self.world.units[share.from].view, id.as_bytes()).is_some_and(|row| row.receipt.is_some());
            share.receipted = arrived || of::<ShareIn>(backup, id.as_bytes()).is_some_and(|row| row.receipted);
        }
        for question in truth.questions.values_mut().filter(|question| question.to == at && question.receipted) {
            let key = |letter: &[u8]| [letter, question.id.as_bytes()].concat();
            let arrived =
                of::<RequestOut>(&self.world.units[question.from].view, &key(b"o")).is_some_and(|row| row.receipt.is_some());
            question.receipted = arrived || of::<RequestIn>(backup, &key(b"i")).is_some_and(|row| row.receipted);
        }
    }

    /// A node that has heard all goes on: what came back stands, and the rest is lost.
    pub(super) fn recognise(&mut self) {
        let waiting = self.truth.restoring.iter().copied();
        let done = waiting.filter(|at| matches!(restored::since(&self.world.units[*at].view), Ok(None)));
        for at in done.collect::<Vec<usize>>() {
            self.truth.restoring.remove(&at);
            self.settle_doubts(at);
        }
    }

    /// What this share shows now may be held by its receiver. A node that waits for what others have to show shows what stands by its own
    /// rows: what it has forgotten replaces nothing there until it comes back.
    pub(super) fn grant(&mut self, id: ShareId) {
        self.truth.grant(id);
        let Some(share) = self.truth.shares.get(&id).filter(|share| self.truth.restoring.contains(&share.from)) else { return };
        let case = self.truth.cases[share.case].id;
        if let Ok(Some(log)) = load(&self.world.units[share.from].view, case) {
            self.truth.grant_of(id, &standing(&fold(&log)).into_values().flatten().collect());
        }
    }

    /// All active shares of a unit show what stands now.
    pub(super) fn grant_all(&mut self, owner: usize, now: Timestamp) {
        self.truth.active(owner, now).into_iter().for_each(|id| self.grant(id));
    }

    fn settle_doubts(&mut self, at: usize) {
        let view = self.world.units[at].view.clone();
        let held = |table, key: &[u8]| view.get(table, key).ok().flatten().is_some();
        for written in self.truth.written.iter_mut().filter(|written| written.writer == at && written.doubtful) {
            written.lost = !held(Table::CHANGES, &own_key(self.truth.cases[written.case].id, written.commitment));
            written.doubtful = false;
        }
        for number in 0..self.truth.cases.len() {
            if self.truth.cases[number].owner == at {
                self.given_again(number, at, &view);
                self.own_case_again(number, &view);
            }
        }
        let ids: Vec<ShareId> =
            self.truth.shares.iter().filter(|(_, share)| share.from == at && share.doubtful).map(|(id, _)| *id).collect();
        let given = sharing::outgoing_list(&view, |_| true).unwrap_or_default();
        self.lowered_meanwhile(at, &given);
        for id in ids {
            let row = given.iter().find(|(one, _)| *one == id).map(|(_, row)| row);
            let Some(share) = self.truth.shares.get_mut(&id) else { continue };
            (share.lost, share.doubtful) = (row.is_none(), false);
            share.active = row.is_some_and(|row| row.state == OutState::Active);
            if let Some(terms) = row.and_then(|row| row.share.stored().ok()) {
                share.share = terms.into_value();
            }
            self.truth.grant(id);
        }
    }

    /// Consents that were withdrawn while a node heard what it had forgotten lowered shares that it had made since.
    fn lowered_meanwhile(&mut self, at: usize, given: &[(ShareId, ShareOut)]) {
        for (id, row) in given {
            let sure = self.truth.shares.get(id).filter(|share| share.from == at && !share.doubtful);
            let terms = row.share.stored().ok().map(Verified::into_value);
            let (Some(share), Some(terms)) = (sure, terms) else { continue };
            if terms.revision > share.share.revision
                && let Err(why) = self.lowered_by_itself(*id, terms)
            {
                self.failed.get_or_insert(why);
            }
        }
    }

    /// A case that it had taken since the backup is its own again, if its former owner could give it once more.
    fn given_again(&mut self, number: usize, at: usize, view: &MemoryView) {
        let case = &mut self.truth.cases[number];
        let unit = self.world.units[at].id;
        if case.custody.adrift && case_row(view, case.id).ok().flatten().is_some_and(|row| row.owner == unit) {
            case.custody.adrift = false;
            self.count("cases given again to an owner who had forgotten them", 1);
        }
    }

    /// What its owner admitted and removed since the backup, as far as it came back.
    fn own_case_again(&mut self, number: usize, view: &MemoryView) {
        let Ok(Some(log)) = load(view, self.truth.cases[number].id) else {
            self.truth.cases[number].lost = true;
            return;
        };
        let folded = fold(&log);
        let admitted: BTreeSet<EntryHash> = folded.steps.iter().filter(|step| step.admitted).map(|step| step.hash).collect();
        let case = &mut self.truth.cases[number];
        case.removed.clear();
        for ((_, id), entity) in &folded.entities {
            if entity.removed {
                case.removed.insert(*id);
            }
        }
        let owner = case.owner;
        for written in self.truth.written.iter_mut().filter(|written| written.case == number && written.writer != owner) {
            written.counts &= admitted.contains(&written.entry);
        }
    }
}

fn of<R: Record>(view: &MemoryView, key: &[u8]) -> Option<R> {
    view.get(R::TABLE, key).ok().flatten().and_then(|bytes| read_row(&bytes).ok())
}

fn own_key(case: CaseId, commitment: Commitment) -> Vec<u8> {
    [case.as_bytes().as_slice(), commitment.as_bytes(), &[0; ShareId::LEN]].concat()
}
