//! Units that leave a federation in a simulation, are left out of it, or change their node key; and who lets whom in.
//! Not what becomes of cases and shares: a unit that is out is out for all of these.

use super::Sim;
use crate::caselog::{LogEntry, load};
use crate::core::Core;
use crate::envelope::{Answer, Kind, outbox};
use crate::federation::joining::{self, JoinError};
use crate::federation::{charter, leaving, own, peering, recovery};
use crate::ids::{NodeKey, UnitId};
use crate::machine::{Effects, Table, ViewError};
use crate::sharing;
use crate::testing::world::Unit;
use crate::time::{HOUR, MINUTE};
use crate::wire;
use std::collections::BTreeSet;

/// Units that are out at the end of a run, at most.
const MOST_OUT: usize = 1;
/// Changes of node keys of one run.
const MOST_KEYS: usize = 2;
/// Entries of a unit that are verified anew at each other one.
const MOST_VERIFIED: usize = 4;

/// Who lets whom in: as the transport reads it from each unit's charter.
#[derive(Debug, Clone, Default)]
pub(super) struct Doors {
    /// The key that each unit speaks with.
    own: Vec<Option<NodeKey>>,
    /// Whom each unit lets in, under which keys.
    open: Vec<BTreeSet<(UnitId, NodeKey)>>,
    /// Somebody's changed: connections are to follow.
    pub(super) moved: bool,
}

/// What is known of members beyond the charter that all began with.
#[derive(Debug, Clone, Default)]
pub(super) struct Membership {
    /// Whom people want out.
    pub(super) unwanted: Option<usize>,
    /// A unit as it was before it left: it could still write to everybody.
    before: Option<(usize, Box<Unit>)>,
}

impl Sim {
    /// Reads from a unit's rows whom it lets in now.
    pub(super) fn read_doors(&mut self, at: usize) {
        let view = &self.world.units[at].view;
        let members = charter::current(view).ok().flatten().map(|charter| charter.members.to_vec()).unwrap_or_default();
        let present = members.iter().filter_map(|member| Some((member.unit, member.present_key()?)));
        let to_come = joining::keys_to_come(view).unwrap_or_default();
        let open: BTreeSet<(UnitId, NodeKey)> = present.chain(to_come).collect();
        let key = own::find(view).ok().flatten().map(|own| own.public());
        let units = self.world.units.len();
        self.doors.own.resize(units, None);
        self.doors.open.resize(units, BTreeSet::new());
        if self.doors.own[at] != key && self.doors.own[at].is_some() {
            self.count("node keys that came into use", 1);
        }
        self.doors.moved |= self.doors.own[at] != key || self.doors.open[at] != open;
        (self.doors.own[at], self.doors.open[at]) = (key, open);
        let named = |unit: &UnitId| members.iter().any(|member| member.unit == *unit);
        let missing = self.truth.units.iter().position(|unit| !named(unit));
        if let Some(missing) = missing.filter(|missing| !self.truth.out.contains(missing)) {
            self.left_out(at, missing);
        }
    }

    fn left_out(&mut self, at: usize, missing: usize) {
        if self.members.unwanted != Some(missing) {
            self.failed
                .get_or_insert_with(|| format!("unit {missing} is no member any more at unit {at}, and nobody wanted that"));
            return;
        }
        self.truth.left(missing);
        self.members.before.get_or_insert_with(|| (missing, Box::new(self.world.units[missing].clone())));
        self.count("units left out by the others", 1);
    }

    /// Looks at what a step may have changed of the doors.
    pub(super) fn follow_doors(&mut self, at: usize, effects: &Effects) {
        let said = |table| matches!(table, Table::CHARTER | Table::CHARTER_NOTES | Table::JOINING | Table::NODE_KEYS);
        if effects.charter_changed || effects.writes.iter().any(|write| said(write.table)) {
            self.read_doors(at);
        }
    }

    /// Both let each other in under the keys that they speak with.
    pub(super) fn let_in(&self, one: usize, other: usize) -> bool {
        let lets = |here: usize, there: usize| {
            self.doors.own[there].is_some_and(|key| self.doors.open[here].contains(&(self.truth.units[there], key)))
        };
        lets(one, other) && lets(other, one)
    }

    /// What is refused because the other unit is out, or its words are to be compared again.
    pub(super) fn is_of_members(&self, why: &str) -> bool {
        let out = !self.truth.out.is_empty() && (why.contains("member of the federation") || why.contains("no member"));
        out || !self.truth.rekeyed.is_empty() && why.contains("not confirmed")
    }

    pub(super) fn has_new_key(&self, at: usize) -> bool {
        self.truth.rekeyed.contains(&at)
    }

    /// Whether somebody is out, or somebody's words have to be compared again.
    pub(super) fn members_moved(&self) -> bool {
        !self.truth.out.is_empty() || !self.truth.rekeyed.is_empty()
    }

    /// A unit whose new key not all who stay have taken up: it reaches nobody for certain.
    pub(super) fn is_cut_off(&self, at: usize) -> bool {
        let staying = (0..self.world.units.len()).filter(|other| *other != at && !self.is_out(*other));
        self.has_new_key(at) && !self.is_out(at) && !staying.into_iter().all(|other| self.let_in(at, other))
    }

    pub(super) fn is_anybody_cut_off(&self) -> bool {
        (0..self.world.units.len()).any(|at| self.is_cut_off(at))
    }

    /// Of whom nothing is certain at the end.
    pub(super) fn is_away(&self, at: usize) -> bool {
        self.is_out(at) || self.is_cut_off(at)
    }

    pub(super) fn is_out(&self, at: usize) -> bool {
        self.truth.out.contains(&at)
    }

    /// Somebody who may go: not the one whose cheating is followed, nor one that others wait for.
    fn may_go(&mut self) -> Option<usize> {
        let free = |at: &usize| *at != self.eve && !self.truth.cases.iter().any(|case| case.is_busy(*at));
        let fits: Vec<usize> = (0..self.world.units.len()).filter(free).collect();
        let idle = self.truth.out.len() < MOST_OUT && self.members.unwanted.is_none() && self.truth.restoring.is_empty();
        self.dice.pick(&fits).copied().filter(|_| idle)
    }

    /// A unit ends what it gave, and leaves.
    pub(super) fn leave(&mut self) -> Option<String> {
        let at = self.may_go()?;
        let given = sharing::outgoing_list(&self.world.units[at].view, |_| true).ok()?;
        for (id, _) in given.into_iter().filter(|(_, row)| row.state.is_open()) {
            let recalled = self.act(at, |txn| sharing::recall(txn, id));
            self.must(recalled)?;
            self.observe();
        }
        self.pass(HOUR);
        if !self.truth.restoring.is_empty() || self.truth.cases.iter().any(|case| case.is_busy(at)) {
            return None;
        }
        self.members.before = Some((at, Box::new(self.world.units[at].clone())));
        self.members.unwanted = Some(at);
        self.truth.left(at);
        let left = self.act(at, leaving::leave);
        self.must(left)?;
        Some(format!("{} leaves the federation", self.name(at)))
    }

    /// The others leave a unit out.
    pub(super) fn expel(&mut self) -> Option<String> {
        let (at, by) = (self.may_go()?, self.any_unit());
        if at == by {
            return None;
        }
        let unit = self.world.units[at].id;
        match self.act(by, |txn| joining::propose_removal(txn, unit)) {
            Err(JoinError::WantsAlready) => return None,
            proposed => self.must(proposed)?,
        }
        self.members.unwanted = Some(at);
        self.carry_through(by);
        Some(format!("{} wants {} left out", self.name(by), self.name(at)))
    }

    fn may_change_key(&mut self) -> Option<usize> {
        let at = self.any_unit();
        let fits = at != self.eve && self.truth.rekeyed.len() < MOST_KEYS && !self.truth.rekeyed.contains(&at);
        (fits && self.truth.restoring.is_empty() && self.members.unwanted != Some(at)).then_some(at)
    }

    /// A unit wants a new node key. Its backup is made with it: one without would come back as nobody's.
    pub(super) fn new_key(&mut self) -> Option<String> {
        let at = self.may_change_key()?;
        match self.act(at, joining::propose_key) {
            Err(JoinError::WantsAlready) => return None,
            proposed => self.must(proposed)?,
        }
        self.truth.rekeyed.insert(at);
        self.backups.insert(at, self.world.units[at].view.clone());
        self.carry_through(at);
        Some(format!("{} wants a new node key", self.name(at)))
    }

    /// A unit has lost its node key, and takes the one on paper; another one proposes the new key for it. Often the laptop went with it.
    pub(super) fn lose_key(&mut self) -> Option<String> {
        let (at, by) = (self.may_change_key()?, self.any_unit());
        let wants = joining::is_wish_waiting(&self.world.units[by].view).ok()?;
        let proposes =
            joining::proposals(&self.world.units[by].view).ok()?.iter().any(|one| one.proposer == self.truth.units[by]);
        if at == by || wants || proposes || self.truth.cases.iter().any(|case| case.is_busy(at)) {
            return None;
        }
        if self.dice.percent(50) && self.may_be_put_back(at) {
            self.restore(at);
            self.count("lost with the laptop", 1);
        }
        let paper = self.world.units[at].recovery.clone();
        let recovered = self.act(at, |txn| recovery::recover(txn, &paper));
        let text = self.must(recovered)?;
        self.truth.rekeyed.insert(at);
        self.backups.insert(at, self.world.units[at].view.clone());
        self.read_doors(at);
        self.observe();
        let proposed = self.act(by, |txn| joining::propose_replacement(txn, &text));
        self.must(proposed)?;
        self.carry_through(by);
        Some(format!("{} lost its node key, and {} proposes the new one", self.name(at), self.name(by)))
    }

    /// People telephone each other until enough have signed what one unit proposes, or nobody can be reached.
    fn carry_through(&mut self, by: usize) {
        let usual = core::mem::replace(&mut self.wires.syncs, 100);
        for _ in 0..3 {
            self.observe();
            self.ask_all(by);
            self.approve();
            self.ask_all(by);
        }
        self.wires.syncs = usual;
    }

    /// Everybody asks this unit for the charter, and it everybody.
    pub(super) fn ask_all(&mut self, by: usize) {
        for at in (0..self.world.units.len()).filter(|at| *at != by) {
            self.ask(by, at);
            self.ask(at, by);
        }
        self.pass(3 * MINUTE);
    }

    /// People of two units read the words of the keys in use to each other, wherever they have not.
    pub(super) fn compare_words(&mut self) -> Option<String> {
        let mut compared = 0;
        for one in 0..self.world.units.len() {
            for other in one + 1..self.world.units.len() {
                compared += u64::from(self.compare(one, other));
                self.observe();
            }
        }
        self.count("pairs that compared words again", compared);
        (compared > 0).then(|| format!("{compared} pairs compare words"))
    }

    fn compare(&mut self, one: usize, other: usize) -> bool {
        let unit = |at: usize| self.world.units[at].id;
        let confirmed =
            |here: usize, there: usize| peering::is_confirmed(&self.world.units[here].view, unit(there)).unwrap_or(true);
        let input = |here: usize, there: usize| peering::words_input(&self.world.units[here].view, unit(there)).ok().flatten();
        let same = input(one, other).is_some_and(|words| input(other, one) == Some(words));
        let done = confirmed(one, other) && confirmed(other, one);
        if done || !same || self.is_out(one) || self.is_out(other) {
            return false;
        }
        for (here, there) in [(one, other), (other, one)] {
            let peer = self.truth.units[there];
            let told = self.act(here, |txn| {
                let words = peering::confirm_here(txn, peer).map_err(|error| ViewError(error.to_string()))?;
                outbox::queue(txn, peer, Kind::WordsConfirmed, wire::encode(&words), None)
                    .map_err(|error| ViewError(error.to_string()))
            });
            self.must(told);
        }
        true
    }

    /// Whoever is out is refused by everybody who may have heard so, whatever it writes.
    pub(super) fn knock(&mut self) {
        let Some((at, ghost)) = self.members.before.clone().filter(|(at, _)| self.is_out(*at)) else { return };
        let reached: Vec<usize> = (0..self.world.units.len()).filter(|to| *to != at && !self.is_cut_off(*to)).collect();
        for to in reached {
            let (mut ghost, peer, now) = (ghost.clone(), self.world.units[to].id, self.world.now);
            let write = |txn: &mut crate::machine::Txn<'_>| {
                outbox::queue(txn, peer, Kind::Void, Vec::new(), None).map_err(|error| ViewError(error.to_string()))
            };
            let Ok((number, effects)) = Core.act(&ghost.view, now, &mut ghost.rng, write) else { continue };
            ghost.view.apply(&effects.writes);
            let due = outbox::due(&ghost.view, peer, usize::MAX).expect("rows in memory");
            let Some((_, row)) = due.into_iter().find(|(one, _)| *one == number) else { continue };
            let Ok(Some(bytes)) = outbox::seal_row(&ghost.view, peer, &row, now, &mut ghost.rng) else { continue };
            let effects = self.hostile(to, at, bytes);
            let answer = effects.reply.and_then(|reply| wire::decode::<Answer>(&reply, 16 * 1024).ok());
            if matches!(answer, Some(Answer::Ack(_))) || !effects.writes.is_empty() {
                self.failed.get_or_insert_with(|| format!("unit {to} takes an envelope of unit {at}, which is out"));
            }
            self.count("envelopes refused to who is out", 1);
        }
    }
}

/// What was signed once verifies for good: with a past key, and of a unit that is out.
pub(super) fn evidence(sim: &Sim) -> Result<(), String> {
    for (at, unit) in sim.world.units.iter().enumerate().filter(|(at, _)| !sim.is_out(*at)) {
        for of in sim.truth.out.union(&sim.truth.rekeyed).filter(|of| **of != at) {
            let id = sim.truth.units[*of];
            let logs = sim.truth.cases.iter().filter_map(|case| load(&unit.view, case.id).ok().flatten());
            let chains: Vec<LogEntry> = logs.filter_map(|mut log| log.chains.remove(&id)).flatten().collect();
            for entry in chains.iter().take(MOST_VERIFIED) {
                let holds = charter::verify_of(&unit.view, id, &entry.signed).map_err(|error| error.to_string())?;
                if holds.is_none() {
                    return Err(format!("{} cannot verify an entry of unit {of} any more", unit.name));
                }
            }
        }
    }
    Ok(())
}
