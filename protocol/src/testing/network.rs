//! Carries what the steps of units leave behind to other units: deterministic, in order, every byte on record.
//! Not a model of loss or delay: a test that wants those drops or keeps frames by hand.

use super::world::World;
use crate::core::Input;
use crate::envelope::{outbox, outbox::OutboxRow};
use crate::federation::{charter_sync, joining, own};
use crate::ids::UnitId;
use crate::keepers::{self, Asking, Told};
use crate::machine::{Effects, Gossip, Scope, ToBlind};
use crate::matching;

/// Bytes that crossed from one unit to another.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Who sent.
    pub from: UnitId,
    /// Who received.
    pub to: UnitId,
    /// On which protocol, and whether asked or answered.
    pub what: &'static str,
    /// As they would stand on a socket, before Noise.
    pub bytes: Vec<u8>,
}

/// Something to carry out, by the places of units.
#[derive(Debug, Clone)]
pub(super) enum Job {
    Erase(usize, Scope),
    Blind(usize, ToBlind),
    Gossip(usize, Gossip),
    Send(usize, usize),
    Sync(usize, usize),
}

impl World {
    /// Two units connect.
    ///
    /// # Panics
    /// If there is no such unit.
    pub fn connect(&mut self, one: &str, other: &str) {
        self.connect_at(self.at(one), self.at(other));
    }

    pub(super) fn connect_at(&mut self, one: usize, other: usize) {
        for (here, there) in [(one, other), (other, one)] {
            let unit = self.units[there].id;
            self.handle_at(here, Input::Connected(unit));
        }
    }

    /// What waits at `from` for `to` now, sealed as one attempt would send it, with its number.
    ///
    /// # Panics
    /// If nothing can be sealed: the prekey is not known.
    pub fn sealed(&mut self, from: &str, to: &str) -> Vec<(u64, Vec<u8>)> {
        let (from, to) = (self.at(from), self.units[self.at(to)].id);
        let due = outbox::due(&self.units[from].view, to, usize::MAX).expect("rows in memory");
        due.into_iter().map(|(number, row)| (number, self.seal(from, to, &row).expect("a known prekey"))).collect()
    }

    /// One envelope reaches a unit, brought by `transport`; gives the answer and records both.
    ///
    /// # Panics
    /// If there is no answer: every envelope gets one.
    pub fn deliver(&mut self, transport: &str, to: &str, bytes: Vec<u8>) -> Vec<u8> {
        self.deliver_at(self.at(transport), self.at(to), bytes)
    }

    fn deliver_at(&mut self, from: usize, to: usize, bytes: Vec<u8>) -> Vec<u8> {
        let (from, id) = (self.units[from].id, self.units[to].id);
        self.record(from, id, "envelope", &bytes);
        let answer =
            self.handle_at(to, Input::Envelope { transport: Some(from), bytes }).reply.expect("every envelope gets an answer");
        self.record(id, from, "envelope answer", &answer);
        answer
    }

    pub(super) fn take(&mut self, at: usize, effects: &Effects) {
        if let Some(tape) = &mut self.tape {
            tape.push((at, effects.clone()));
        }
        let unit = &mut self.units[at];
        unit.view.apply(&effects.writes);
        unit.incidents.extend(&effects.incidents);
        unit.notices.extend(&effects.notices);
        self.jobs.extend(effects.erase.iter().map(|scope| Job::Erase(at, *scope)));
        self.jobs.extend(effects.blind.iter().map(|request| Job::Blind(at, request.clone())));
        self.jobs.extend(effects.gossip.iter().map(|message| Job::Gossip(at, message.clone())));
        let sync: Vec<usize> = effects.sync.iter().filter_map(|unit| self.place(*unit)).collect();
        let wake: Vec<usize> = effects.wake.iter().filter_map(|unit| self.place(*unit)).collect();
        self.jobs.extend(sync.into_iter().map(|to| Job::Sync(at, to)));
        self.jobs.extend(wake.into_iter().map(|to| Job::Send(at, to)));
    }

    pub(super) fn wake_all(&mut self, at: usize) {
        let others = (0..self.units.len()).filter(|other| *other != at);
        self.jobs.extend(others.map(|to| Job::Send(at, to)));
    }

    pub(super) fn carry(&mut self, job: Job) {
        match job {
            Job::Erase(at, scope) => {
                self.units[at].view.erase(scope);
                self.handle_at(at, Input::Erased(scope));
            }
            Job::Blind(at, wanted) => {
                let reach = (0..self.units.len()).map(|to| self.linked(at, to)).collect::<Vec<_>>();
                self.blind(at, &wanted, &reach);
            }
            Job::Gossip(from, message) => self.spread(from, &message),
            Job::Send(from, to) => self.send(from, to),
            Job::Sync(from, to) => self.sync(from, to),
        }
    }

    /// The inviter is asked once; the newcomer takes the reply.
    pub(super) fn ask_to_join(&mut self, inviter: &str, newcomer: &str) {
        let (at, to) = (self.at(newcomer), self.at(inviter));
        let view = &self.units[at].view;
        let (request, key) = (joining::join_request(view).expect("an invitation"), own::load(view).expect("set up").public());
        let reply = self.ask(at, to, "join", request, |bytes| Input::JoinRequest { key, bytes });
        self.handle_at(at, Input::JoinReply { bytes: reply.expect("a request to join is answered") });
        self.settle();
    }

    /// A unit asks as many keepers as are needed, one after the other, of those that `reach` says it reaches.
    pub(super) fn blind(&mut self, at: usize, wanted: &ToBlind, reach: &[bool]) {
        let now = self.now.plus(self.units[at].ahead);
        let reachable = |unit| self.place(unit).is_some_and(|to| reach[to]);
        let Some(mut asking) = Asking::begin(&self.units[at].view, wanted, now, reachable).expect("rows in memory") else {
            return;
        };
        while asking.missing() > 0 {
            let Some((keeper, request)) = asking.next_keeper() else { return };
            let Some(to) = self.place(keeper) else { continue };
            let Some(reply) = self.ask_keeper(at, to, request) else { continue };
            match asking.take(keeper, &reply) {
                Told::Good => {}
                told => {
                    self.handle_at(at, Input::KeeperTold { keeper, told });
                }
            }
        }
        let ys = asking.finish().expect("enough good answers");
        self.handle_at(at, Input::Blinded { person_ref: wanted.person_ref, epoch: asking.epoch(), ys });
    }

    /// What a keeper answers to one request.
    pub(crate) fn ask_keeper(&mut self, from: usize, to: usize, request: Vec<u8>) -> Option<Vec<u8>> {
        let (here, there) = (self.units[from].id, self.units[to].id);
        if from != to {
            self.record(here, there, "blind", &request);
        }
        let effects = self.handle_at(to, Input::BlindRequest { from: here, bytes: request });
        let reply = match (effects.reply, effects.evaluate) {
            (Some(reply), _) => reply,
            (None, Some(asked)) => {
                let unit = &mut self.units[to];
                keepers::evaluate(&unit.view, &asked, &mut unit.rng).expect("rows in memory")?
            }
            (None, None) => return None,
        };
        if from != to {
            self.record(there, here, "blind answer", &reply);
        }
        Some(reply)
    }

    fn spread(&mut self, from: usize, message: &Gossip) {
        let sender = self.units[from].id;
        for to in (0..self.units.len()).filter(|to| *to != from) {
            if !self.linked(from, to) {
                continue;
            }
            let (what, bytes, input) = match message {
                Gossip::Beacon(bytes) => ("beacon", bytes, Input::BeaconGossip { bytes: bytes.clone() }),
                Gossip::Charter(bytes) => ("charter news", bytes, Input::CharterGossip { from: sender, bytes: bytes.clone() }),
            };
            self.record(sender, self.units[to].id, what, bytes);
            self.handle_at(to, input);
        }
    }

    /// One attempt for each envelope that waits.
    fn send(&mut self, from: usize, to: usize) {
        if !self.linked(from, to) {
            return;
        }
        let unit = self.units[to].id;
        for (number, row) in outbox::due(&self.units[from].view, unit, usize::MAX).expect("rows in memory") {
            let Some(bytes) = self.seal(from, unit, &row) else { return };
            let bytes = self.deliver_at(from, to, bytes);
            self.handle_at(from, Input::Answer { to: unit, pair_seq: number, bytes });
        }
    }

    fn sync(&mut self, from: usize, to: usize) {
        if !self.linked(from, to) {
            return;
        }
        let (here, there) = (self.units[from].id, self.units[to].id);
        if let Some(request) = charter_sync::request(&self.units[from].view, there).expect("rows in memory")
            && let Some(bytes) = self.ask(from, to, "charter", request, |bytes| Input::CharterRequest { from: here, bytes })
        {
            self.handle_at(from, Input::CharterReply { from: there, bytes });
        }
        if let Some(request) = matching::request(&self.units[from].view).expect("rows in memory")
            && let Some(bytes) = self.ask(from, to, "beacons", request, |bytes| Input::BeaconRequest { from: here, bytes })
        {
            self.handle_at(from, Input::BeaconReply { from: there, bytes });
        }
    }

    fn ask(
        &mut self,
        from: usize,
        to: usize,
        what: &'static str,
        request: Vec<u8>,
        input: impl FnOnce(Vec<u8>) -> Input,
    ) -> Option<Vec<u8>> {
        let (here, there) = (self.units[from].id, self.units[to].id);
        self.record(here, there, what, &request);
        let reply = self.handle_at(to, input(request)).reply?;
        self.record(there, here, what, &reply);
        Some(reply)
    }

    pub(super) fn seal(&mut self, from: usize, to: UnitId, row: &OutboxRow) -> Option<Vec<u8>> {
        let unit = &mut self.units[from];
        outbox::seal_row(&unit.view, to, row, self.now.plus(unit.ahead), &mut unit.rng).expect("rows in memory")
    }

    fn linked(&self, one: usize, other: usize) -> bool {
        one != other && self.units[one].online && self.units[other].online
    }

    fn place(&self, unit: UnitId) -> Option<usize> {
        self.units.iter().position(|known| known.id == unit)
    }

    fn record(&mut self, from: UnitId, to: UnitId, what: &'static str, bytes: &[u8]) {
        self.wire.push(Frame { from, to, what, bytes: bytes.to_vec() });
    }
}
