//! What must hold after each step: looks at every row as it is written.
//! What takes a look at whole units is in `settled`.

use super::Sim;
use super::truth::{ShareTruth, tags_in};
use crate::caselog::CaseRow;
use crate::envelope::{Kind, outbox::OutboxRow};
use crate::ids::{CaseId, EntryHash, ShareId, UnitId};
use crate::machine::{Effects, Incident, Scope, Table, View, Write, read_row};
use crate::requests::RequestIn;
use crate::sharing::{Contributed, ContributionRow, ContributionState, InState, OutState, ShareIn, ShareOut};
use std::collections::{BTreeMap, BTreeSet};

/// What was seen so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// Envelopes written, by sender and row key: the bytes and whether the number was given up.
    pub(super) numbers: BTreeMap<(usize, Vec<u8>), (Vec<u8>, bool)>,
    /// Envelopes marked as seen, by receiver and row key.
    pub(super) applied: BTreeSet<(usize, Vec<u8>)>,
    /// How far each chain reached, by holder and case.
    pub(super) heads: BTreeMap<(usize, CaseId), BTreeMap<UnitId, u64>>,
    /// Every incident between honest units that is part of a bad network.
    pub(super) incidents: BTreeMap<&'static str, u64>,
}

/// What honest units note of each other when a time is over, or a share ends, while something is on its way.
const EXCUSED: [&str; 3] =
    ["sent an envelope past its time", "contributed what its share does not allow", "refused an envelope of ours for good"];
/// What a receiver notes of an owner who does not know yet that a share has ended: only if one has.
const OF_AN_ENDED_SHARE: [&str; 2] = ["sent entries under a share that has ended", "sent a share past its time"];

impl Sim {
    /// Judges one step of one unit.
    pub(super) fn judge(&mut self, at: usize, effects: &Effects) -> Result<(), String> {
        self.follow(at, effects)?;
        for write in &effects.writes {
            self.values(at, write)?;
            if write.table == Table::OUTBOX {
                self.number(at, write)?;
            } else if write.table == Table::SEEN {
                self.once(at, write)?;
            } else if write.table == Table::CASES {
                self.rising(at, write)?;
            }
        }
        effects.incidents.iter().try_for_each(|incident| self.accusation(at, incident))
    }

    /// Takes from the rows how shares stand: an owner's active share shows what stands, a receipt closes a share.
    fn follow(&mut self, at: usize, effects: &Effects) -> Result<(), String> {
        let mut shows = false;
        for write in &effects.writes {
            let Some((_, value)) = &write.value else { continue };
            if write.table == Table::REQUESTS {
                self.question(&write.key, value)?;
                continue;
            }
            if matches!(write.table, Table::CONTRIBUTIONS | Table::CONTRIBUTED) {
                self.contribution(at, write.table, &write.key, value)?;
                shows = true;
                continue;
            }
            let Some(id) = ShareId::from_slice(&write.key).filter(|id| self.truth.shares.contains_key(id)) else {
                shows |= write.table == Table::CHANGES;
                continue;
            };
            if write.table == Table::SHARES_OUT {
                let row: ShareOut = read_row(value).map_err(|error| error.to_string())?;
                self.given(id, &row)?;
                shows = true;
            } else if write.table == Table::SHARES_IN {
                let row: ShareIn = read_row(value).map_err(|error| error.to_string())?;
                self.held_under(at, id, &row)?;
            }
        }
        if shows {
            self.truth.grant_all(at, self.now_at(at));
        }
        Ok(())
    }

    /// What a receiver signed of a question is so.
    fn question(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        let Some(id) = key.strip_prefix(b"i").and_then(ShareId::from_slice) else { return Ok(()) };
        let row: RequestIn = read_row(value).map_err(|error| error.to_string())?;
        let Some(question) = self.truth.questions.values_mut().find(|question| question.id == id) else { return Ok(()) };
        question.receipted |= row.receipted;
        let under = |scope| matches!(scope, Scope::Request(of, _) if of == id);
        match self.world.units[question.to].view.rows().find(|(.., scope, _)| row.receipted && under(*scope)) {
            Some((table, ..)) => Err(format!("{id:?} is said to be destroyed, and a row of it is in {table:?}")),
            None => Ok(()),
        }
    }

    fn given(&mut self, id: ShareId, row: &ShareOut) -> Result<(), String> {
        let Some(share) = self.truth.shares.get_mut(&id) else { return Ok(()) };
        share.active = row.state == OutState::Active;
        if share.active && !share.accepted {
            return Err(format!("{id:?} is active and nobody accepted it"));
        }
        if row.receipt.is_some() && !share.receipted {
            return Err(format!("{id:?} has a receipt that its receiver never signed"));
        }
        Ok(())
    }

    /// What a receiver signed is so: nothing is left of a share that is over, or under the keys before a lower revision.
    fn held_under(&mut self, at: usize, id: ShareId, row: &ShareIn) -> Result<(), String> {
        if row.receipted {
            self.gone(at, id, u64::MAX)?;
            self.truth.shares.entry(id).and_modify(|share| share.receipted = true);
        } else if row.lowered > 0 {
            self.gone(at, id, row.lowered)?;
            self.truth.lowered(id, at, row.lowered);
        }
        Ok(())
    }

    /// Nothing of a share is left here under a key older than this revision's.
    pub(super) fn gone(&self, at: usize, id: ShareId, before: u64) -> Result<(), String> {
        let old = |scope| {
            scope == Scope::Share(id) || matches!(scope, Scope::ShareRevision(of, revision) if of == id && revision < before)
        };
        // A row of a document stands under the node's own key, and names the share at its end.
        let file = |table, key: &[u8]| before == u64::MAX && table == Table::DOCUMENTS && key.ends_with(id.as_bytes());
        let left = self.world.units[at].view.rows().find(|(table, key, scope, _)| old(*scope) || file(*table, key));
        left.map_or(Ok(()), |(table, ..)| Err(format!("unit {at} signed that {id:?} is gone and keeps a row of it in {table:?}")))
    }

    /// A contribution ends only if its author takes it back; what the owner signed then is so.
    fn contribution(&mut self, at: usize, table: Table, key: &[u8], value: &[u8]) -> Result<(), String> {
        let Some(entry) = key.get(CaseId::LEN..).and_then(EntryHash::from_slice) else { return Ok(()) };
        let read = |error: crate::machine::ViewError| error.to_string();
        if table == Table::CONTRIBUTIONS {
            let row: ContributionRow = read_row(value).map_err(read)?;
            for written in self.truth.of_entry(entry).filter(|_| row.state == ContributionState::TakenBack) {
                if !written.taken_back {
                    return Err(format!("unit {at} ended a contribution that nobody took back"));
                }
                written.counts = false;
            }
            return Ok(());
        }
        let row: Contributed = read_row(value).map_err(read)?;
        if row.receipt.is_some() {
            let owner = CaseId::from_slice(&key[..CaseId::LEN]).and_then(|id| self.truth.cases.iter().find(|case| case.id == id));
            let mut rows = owner.into_iter().flat_map(|case| self.world.units[case.owner].view.rows());
            if rows.any(|(.., scope, _)| matches!(scope, Scope::Contributed(_, of) if of == entry)) {
                return Err("a contribution is there of which its author has a receipt".to_owned());
            }
            self.truth.of_entry(entry).for_each(|written| written.destroyed = true);
        }
        Ok(())
    }

    /// Nobody holds a value that no share gave it.
    fn values(&self, at: usize, write: &Write) -> Result<(), String> {
        let Some((scope, value)) = &write.value else { return Ok(()) };
        tags_in(value)
            .into_iter()
            .try_for_each(|tag| self.truth.may_hold(at, tag, *scope).map_err(|why| format!("{why} [{:?}]", write.table)))
    }

    /// A number between two units stands for one envelope; it may only be given up.
    fn number(&mut self, at: usize, write: &Write) -> Result<(), String> {
        let Some((_, value)) = &write.value else { return Ok(()) };
        let row: OutboxRow = read_row(value).map_err(|error| error.to_string())?;
        let void = row.kind == Kind::Void;
        match self.seen.numbers.insert((at, write.key.clone()), (value.clone(), void)) {
            Some((before, was_void)) if before != *value && (was_void || !void) => {
                Err(format!("unit {at} signed two different envelopes of one number: {:?}", write.key))
            }
            _ => Ok(()),
        }
    }

    /// An envelope is applied once.
    fn once(&mut self, at: usize, write: &Write) -> Result<(), String> {
        if write.value.is_none() || self.seen.applied.insert((at, write.key.clone())) {
            return Ok(());
        }
        Err(format!("unit {at} applied one envelope twice: {:?}", write.key))
    }

    /// Chains only grow.
    fn rising(&mut self, at: usize, write: &Write) -> Result<(), String> {
        let (Some((_, value)), Some(case)) = (&write.value, CaseId::from_slice(&write.key)) else {
            return Err(format!("unit {at} forgot a case"));
        };
        let row: CaseRow = read_row(value).map_err(|error| error.to_string())?;
        let heads: BTreeMap<UnitId, u64> = row.heads.iter().map(|(unit, (seq, _))| (*unit, *seq)).collect();
        let before = self.seen.heads.insert((at, case), heads.clone()).unwrap_or_default();
        match before.iter().find(|(unit, seq)| heads.get(unit).is_none_or(|now| now < seq)) {
            Some((unit, seq)) => Err(format!("unit {at} lost entry {seq} of {unit:?} in {case:?}")),
            None => Ok(()),
        }
    }

    /// Honest units have no reason to accuse each other.
    fn accusation(&mut self, at: usize, incident: &Incident) -> Result<(), String> {
        *self.seen.incidents.entry(incident.what).or_default() += 1;
        let eve = self.world.units[self.eve].id;
        let is_excused = EXCUSED.contains(&incident.what)
            || OF_AN_ENDED_SHARE.contains(&incident.what) && self.has_ended_shares(at, incident.peer);
        if self.hostile || at == self.eve || incident.peer == Some(eve) || is_excused {
            return Ok(());
        }
        Err(format!("unit {at} notes of {:?}: {}", incident.peer, incident.what))
    }

    /// Whether a share of this owner has ended at this receiver, or its time is over.
    fn has_ended_shares(&self, at: usize, owner: Option<UnitId>) -> bool {
        let view = &self.world.units[at].view;
        let ended = |id: &ShareId| {
            let row = view.get(Table::SHARES_IN, id.as_bytes()).ok().flatten().and_then(|bytes| read_row::<ShareIn>(&bytes).ok());
            row.is_some_and(|row| matches!(row.state, InState::Ended(_)) || self.now_at(at) >= row.expires)
        };
        let between = |share: &ShareTruth| share.to == at && Some(self.truth.units[share.from]) == owner;
        let mut shares = self.truth.shares.iter().filter(|(_, share)| between(share));
        shares.any(|(id, share)| self.now_at(at) >= share.share.expires || ended(id))
    }
}
