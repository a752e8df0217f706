//! What must hold after each step: looks at every row as it is written.
//! What takes a look at whole units is in `settled`.

use super::Sim;
use super::truth::{CaseTruth, ShareTruth, Written, tags_in};
use crate::caselog::CaseRow;
use crate::envelope::{Kind, outbox::OutboxRow};
use crate::federation::restored;
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{Effects, Incident, Scope, Table, View, Write, read_row};
use crate::requests::RequestIn;
use crate::sharing::{Contributed, ContributionRow, ContributionState, InState, OutState, ShareIn, ShareOut};
use crate::testing::world::Unit;
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
const EXCUSED: [&str; 5] = [
    "sent an envelope past its time",
    "contributed what its share does not allow",
    "refused an envelope of ours for good",
    "refused a later revision of a share; it may hold the one before",
    // Who goes away in the middle of one, or is cut off, does not; it is marked once it is finished.
    "began a comparison and did not finish it",
];
/// What a receiver notes of an owner who does not know yet that a share has ended: only if one has.
const OF_AN_ENDED_SHARE: [&str; 4] = [
    "sent entries under a share that has ended",
    "sent a share past its time",
    "offered a case under a share that ended",
    "offered a case that is not worked on here under a share of its own",
];
/// What a node cannot say yet that was put back, or whose words have to be compared again: the exchange of states does it.
const WHILE_LOCKED: [&str; 2] = [
    "cannot be sent the receipt of a destroyed key",
    "an update could not be queued; it is tried again when the peer is connected",
];
/// What is noted while not everybody has heard of a new node key, or has compared its words.
const OF_A_NEW_KEY: [&str; 5] = [
    "answered with an acknowledgement that does not verify",
    "sent an envelope signed by no member of this federation",
    "sent an envelope that only a confirmed peer may send",
    "words were confirmed for keys that are not in use",
    "confirmed safety words of other keys",
];
const TWO_OF_A_NUMBER: &str = "sent two different envelopes of one number";
/// What is noted if one of the two has forgotten something with its backup.
const OF_A_BACKUP: [&str; 10] = [
    "contributed to a case that this node lost with its backup",
    "holds a share that was signed with a past key after the backup was made: it is recalled",
    "does not show what it holds before the safety words are compared again",
    "sent a receipt for a share it was not given",
    "replied to a request it was not sent",
    "was asked something after the backup was made: the request is taken back",
    "took back another unit's contribution",
    "answered an offer that it was not made",
    "offered a case that is not worked on here under a share of its own",
    "handed us a case after the backup was made, and does not give it again",
];

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
            if write.table == Table::TRANSFERS {
                self.offered(at, &write.key, value)?;
                continue;
            }
            if matches!(write.table, Table::CONTRIBUTIONS | Table::CONTRIBUTED) {
                self.contribution(at, write.table, &write.key, value)?;
                shows = true;
                continue;
            }
            let Some(id) = ShareId::from_slice(&write.key).filter(|id| self.truth.shares.contains_key(id)) else {
                if write.table == Table::CHANGES {
                    self.own_value(at, &write.key);
                    shows = true;
                }
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
            self.grant_all(at, self.now_at(at));
        }
        Ok(())
    }

    /// What a node that was put back had forgotten may come again, under the key of its case.
    fn own_value(&mut self, at: usize, key: &[u8]) {
        let own = key.get(CaseId::LEN..).and_then(|rest| rest.strip_suffix(&[0; ShareId::LEN]));
        if let Some(commitment) = own.and_then(Commitment::from_slice) {
            self.truth.came_back(at, commitment);
        }
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
        // Sent once more to a receiver that had forgotten it, with what stands now.
        let again = row.state == OutState::Sent && row.history.len() > 1;
        if again {
            share.promised = None;
            self.grant(id);
        }
        let Some(share) = self.truth.shares.get(&id) else { return Ok(()) };
        let terms = row.share.stored().map_err(|error| error.to_string())?.into_value();
        // Of a case that it opened since it was put back a node has forgotten nothing.
        let whole = |unit: &Unit| matches!(restored::may_continue(&unit.view, self.truth.cases[share.case].id), Ok(true));
        let certain = !share.doubtful && whole(&self.world.units[share.from]);
        let revision = share.share.revision;
        if certain && terms.revision > revision { self.lowered_by_itself(id, terms) } else { Ok(()) }
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
            // Not with the case, from a former owner, but from its author itself.
            if self.truth.shares.get(&row.share).is_some_and(|share| share.from == at) {
                self.truth.of_entry(entry).for_each(|written| {
                    written.contributed.insert(at);
                });
            }
            if row.state == ContributionState::Admitted {
                return self.admitted_before(at, entry);
            }
            let of_its_own = |written: &Written, cases: &[CaseTruth]| cases[written.case].owner == at;
            let truth = &mut self.truth;
            let ended = truth.written.iter_mut().filter(|one| one.entry == entry && row.state == ContributionState::TakenBack);
            for written in ended {
                if !written.taken_back {
                    return Err(format!("unit {at} ended a contribution that nobody took back"));
                }
                written.counts &= !of_its_own(written, &truth.cases);
            }
            return Ok(());
        }
        let row: Contributed = read_row(value).map_err(read)?;
        if let Some(receipt) = row.receipt {
            let signer = receipt.stored().map_err(|error| error.to_string())?.unit;
            let signer = self.truth.units.iter().position(|unit| *unit == signer).ok_or("a receipt of nobody")?;
            let mut rows = self.world.units[signer].view.rows();
            if rows.any(|(.., scope, _)| matches!(scope, Scope::Contributed(_, of) if of == entry)) {
                return Err("a contribution is there of which its author has a receipt".to_owned());
            }
            self.truth.of_entry(entry).for_each(|written| {
                written.destroyed.insert(signer);
            });
        }
        Ok(())
    }

    /// An owner that was put back may hear what it let count before that comes again itself.
    fn admitted_before(&mut self, at: usize, entry: EntryHash) -> Result<(), String> {
        let put_back = self.truth.put_back.contains(&at);
        let owned: Vec<bool> = self.truth.cases.iter().map(|case| case.owner == at).collect();
        for written in self.truth.of_entry(entry).filter(|written| put_back && owned[written.case]) {
            if !written.admitted {
                return Err(format!("unit {at} lets count what no person let count"));
            }
            written.counts = !written.is_proposal();
        }
        Ok(())
    }

    /// Nobody holds a value that no share gave it.
    fn values(&self, at: usize, write: &Write) -> Result<(), String> {
        let Some((scope, value)) = &write.value else { return Ok(()) };
        self.may_hold(at, (write.table, &write.key), *scope, value)
    }

    /// Whether a unit may have a row with these values.
    pub(super) fn may_hold(&self, at: usize, (table, key): (Table, &[u8]), scope: Scope, value: &[u8]) -> Result<(), String> {
        let tags = tags_in(value);
        let to = key.get(..UnitId::LEN).and_then(UnitId::from_slice).filter(|_| !tags.is_empty() && table == Table::OUTBOX);
        let shown = to.filter(|_| read_row::<OutboxRow>(value).is_ok_and(|row| row.kind == Kind::Standing));
        let may_show = |tag| {
            shown.is_some_and(|to| self.truth.may_show(at, tag, to))
                || table == Table::SUBJECTS && self.truth.may_index(at, tag, scope)
        };
        let mut others = tags.into_iter().filter(|tag| !may_show(*tag));
        others.try_for_each(|tag| self.truth.may_hold(at, tag, scope).map_err(|why| format!("{why} [{table:?}]")))
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
        self.custody(at, case, &row)?;
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
        let was_put_back = |unit: usize| self.truth.put_back.contains(&unit);
        let peer = incident.peer.and_then(|peer| self.truth.units.iter().position(|unit| *unit == peer));
        let waits = (self.truth.restoring.contains(&at) || self.members_moved()) && WHILE_LOCKED.contains(&incident.what);
        let of_a_backup = OF_A_BACKUP.contains(&incident.what) && (was_put_back(at) || peer.is_some_and(was_put_back));
        let is_excused = EXCUSED.contains(&incident.what)
            || of_a_backup
            || waits
            || OF_AN_ENDED_SHARE.contains(&incident.what) && self.has_ended_shares(at, incident.peer);
        // An earlier attempt came after the void of its number.
        let given_up = incident.what == TWO_OF_A_NUMBER && peer.is_some_and(|peer| self.gave_up(peer, at));
        let is_out = given_up || self.is_out(at) || peer.is_some_and(|peer| self.is_out(peer));
        let new_key = |unit: usize| self.has_new_key(unit);
        let of_a_key = OF_A_NEW_KEY.contains(&incident.what) && (new_key(at) || peer.is_some_and(new_key));
        if self.hostile || is_out || of_a_key || at == self.eve || incident.peer == Some(eve) || is_excused {
            return Ok(());
        }
        Err(format!("unit {at} notes of {:?}: {}", incident.peer, incident.what))
    }

    /// Whether a unit gave up a number of an envelope to another.
    fn gave_up(&self, from: usize, to: usize) -> bool {
        let of = |key: &[u8]| key.starts_with(self.truth.units[to].as_bytes());
        self.seen.numbers.iter().any(|((unit, key), (_, void))| *unit == from && *void && of(key))
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
