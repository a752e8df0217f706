//! Time and the network of a simulation: latency, loss, copies, reordering, partitions, and work that a restart drops.
//! Not what people do: see `act`.

use super::Sim;
use super::dice::Dice;
use crate::core::Input;
use crate::envelope::outbox;
use crate::federation::charter_sync;
use crate::machine::Gossip;
use crate::matching;
use crate::testing::network::Job;
use crate::time::{HOUR, MINUTE, SECOND, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How bad the network is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weather {
    /// Lost, of a hundred.
    pub(super) loss: u8,
    /// Delivered twice, of a hundred.
    pub(super) twice: u8,
    /// Much later than those sent after it, of a hundred.
    pub(super) late: u8,
    /// Longest usual latency in milliseconds.
    pub(super) latency: u64,
}

impl Weather {
    /// Nothing goes wrong.
    pub(super) const FAIR: Self = Self { loss: 0, twice: 0, late: 0, latency: 50 };

    /// Somewhere between fair and very bad.
    pub(super) fn of(dice: &mut Dice) -> Self {
        let mut up_to = |end| u8::try_from(dice.below(end)).unwrap_or(0);
        let (loss, twice, late) = (up_to(30), up_to(15), up_to(20));
        Self { loss, twice, late, latency: 20 + dice.span(3 * SECOND) }
    }
}

/// How often a unit looks at its clock.
const TICK: u64 = 6 * HOUR;
const FIRST_PAUSE: u64 = 20 * SECOND;
const LONGEST_PAUSE: u64 = 30 * MINUTE;
/// Envelopes remembered for playing again.
const REMEMBERED: usize = 48;

#[derive(Debug, Clone)]
enum Event {
    Job(Job),
    Attempt(usize, usize),
    Packet(usize, usize, Packet),
    Tick(usize),
}

#[derive(Debug, Clone)]
enum Packet {
    Envelope(u64, Vec<u8>),
    Answer(u64, Vec<u8>),
    Gossip(Gossip),
    CharterRequest(Vec<u8>),
    CharterReply(Vec<u8>),
    BeaconRequest(Vec<u8>),
    BeaconReply(Vec<u8>),
}

/// An envelope that was delivered, with the final answer it got.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) bytes: Vec<u8>,
    pub(super) answer: Vec<u8>,
}

/// What is on its way.
#[derive(Debug, Clone)]
pub(super) struct Wires {
    pub(super) weather: Weather,
    /// Units of different numbers do not reach each other.
    pub(super) island: Vec<u8>,
    queue: BTreeMap<(Timestamp, u64), (Event, [u32; 2])>,
    count: u64,
    /// How often each unit was started: what was on its way then is gone.
    boots: Vec<u32>,
    tries: BTreeMap<(usize, usize, u64), (Timestamp, u64)>,
    planned: BTreeMap<(usize, usize), Timestamp>,
    connected: BTreeSet<(usize, usize)>,
    pub(super) recorded: Vec<Recorded>,
    /// How many of the rounds about the charter are carried out, of a hundred: most bring nothing new and only cost time.
    pub(super) syncs: u8,
    /// Who loses its power at the next packet.
    pub(super) cut: Option<usize>,
    pub(super) delivered: u64,
    pub(super) lost: u64,
    pub(super) copies: u64,
}

impl Wires {
    pub(super) fn new(units: usize) -> Self {
        let pairs = (0..units).flat_map(|one| (0..units).map(move |other| (one, other)));
        Self {
            weather: Weather::FAIR,
            island: vec![0; units],
            queue: BTreeMap::new(),
            count: 0,
            boots: vec![0; units],
            tries: BTreeMap::new(),
            planned: BTreeMap::new(),
            connected: pairs.filter(|(one, other)| one < other).collect(),
            recorded: Vec::new(),
            syncs: 15,
            cut: None,
            delivered: 0,
            lost: 0,
            copies: 0,
        }
    }

    fn schedule(&mut self, at: Timestamp, event: Event) {
        let boots = match &event {
            Event::Job(Job::Erase(unit, _) | Job::Blind(unit, _)) => [self.boots[*unit]; 2],
            Event::Packet(from, to, _) => [self.boots[*from], self.boots[*to]],
            _ => [0; 2],
        };
        self.count += 1;
        self.queue.insert((at, self.count), (event, boots));
    }

    /// Nobody is connected.
    pub(super) fn disconnect(&mut self) {
        self.connected.clear();
    }

    fn is_stale(&self, event: &Event, boots: [u32; 2]) -> bool {
        match event {
            Event::Job(Job::Erase(unit, _) | Job::Blind(unit, _)) => self.boots[*unit] != boots[0],
            Event::Packet(from, to, _) => [self.boots[*from], self.boots[*to]] != boots,
            _ => false,
        }
    }
}

impl Sim {
    /// Every unit looks at its clock from now on.
    pub(super) fn start_clocks(&mut self) {
        for at in 0..self.world.units.len() {
            let first = self.world.now.plus(self.dice.span(TICK));
            self.wires.schedule(first, Event::Tick(at));
        }
    }

    pub(super) fn reach(&self, one: usize, other: usize) -> bool {
        let online = |at: usize| self.world.units[at].online;
        let linked = one != other && online(one) && online(other) && self.wires.island[one] == self.wires.island[other];
        linked && self.let_in(one, other)
    }

    /// Connections follow what can be reached: new ones are told to both sides.
    pub(super) fn reconnect(&mut self) {
        for one in 0..self.world.units.len() {
            for other in one + 1..self.world.units.len() {
                if !self.reach(one, other) {
                    self.wires.connected.remove(&(one, other));
                } else if self.wires.connected.insert((one, other)) {
                    self.connect(one, other);
                }
            }
        }
    }

    /// Two units connect: what waits is tried at once.
    pub(super) fn connect(&mut self, one: usize, other: usize) {
        self.wires.tries.retain(|(from, to, _), _| (*from, *to) != (one, other) && (*from, *to) != (other, one));
        for (here, there) in [(one, other), (other, one)] {
            let unit = self.world.units[there].id;
            self.world.handle_at(here, Input::Connected(unit));
            self.observe();
        }
    }

    /// A unit's process ends and begins again: rows stay, what it was doing is gone.
    pub(super) fn restart(&mut self, at: usize) {
        self.wires.boots[at] += 1;
        self.wires.tries.retain(|(from, ..), _| *from != at);
        self.wires.planned.retain(|(from, _), _| *from != at);
        self.wires.connected.retain(|(one, other)| *one != at && *other != at);
        let unfinished = crate::sharing::pending_erasures(&self.world.units[at].view).expect("rows in memory");
        for scope in unfinished {
            self.world.carry(Job::Erase(at, scope));
            self.observe();
        }
        self.reconnect();
    }

    /// Time passes, and what is due happens.
    pub(super) fn pass(&mut self, millis: u64) {
        let until = self.world.now.plus(millis);
        while self.failed.is_none() {
            let Some((&(at, number), _)) = self.wires.queue.first_key_value().filter(|((at, _), _)| *at <= until) else { break };
            let Some((event, boots)) = self.wires.queue.remove(&(at, number)) else { break };
            self.world.now = at;
            if !self.wires.is_stale(&event, boots) {
                self.happen(event);
                self.observe();
            }
        }
        self.world.now = until;
    }

    /// Takes over what the last step left to be done.
    pub(super) fn plan_jobs(&mut self) {
        while let Some(job) = self.world.jobs.pop_front() {
            let now = self.world.now;
            match job {
                Job::Erase(..) | Job::Blind(..) => {
                    let soon = now.plus(1 + self.dice.span(200));
                    self.wires.schedule(soon, Event::Job(job));
                }
                Job::Send(from, to) => self.plan_attempt(from, to, now),
                Job::Sync(from, to) => self.ask(from, to),
                Job::Gossip(from, message) => {
                    for to in (0..self.world.units.len()).filter(|to| *to != from) {
                        self.packet(from, to, Packet::Gossip(message.clone()));
                    }
                }
            }
        }
    }

    fn plan_attempt(&mut self, from: usize, to: usize, at: Timestamp) {
        let sooner = self.wires.planned.get(&(from, to)).is_none_or(|planned| *planned > at || *planned < self.world.now);
        if sooner {
            self.wires.planned.insert((from, to), at);
            self.wires.schedule(at, Event::Attempt(from, to));
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Job(Job::Blind(at, wanted)) => {
                let reach = (0..self.world.units.len()).map(|to| self.reach(at, to)).collect::<Vec<_>>();
                self.world.blind(at, &wanted, &reach);
            }
            Event::Job(job) => self.world.carry(job),
            Event::Attempt(from, to) => self.attempt(from, to),
            Event::Packet(from, to, packet) => {
                if self.wires.cut == Some(to) {
                    self.wires.cut = None;
                    let (view, recorded) = (self.world.units[to].view.clone(), self.wires.recorded.clone());
                    self.arrive(from, to, packet);
                    // What the step wrote and left to be done never came to be; its answer is dropped by the restart.
                    self.world.units[to].view = view;
                    self.wires.recorded = recorded;
                    self.world.tape = Some(Vec::new());
                    self.world.jobs.clear();
                    self.read_doors(to);
                    self.restart(to);
                } else if self.reach(from, to) {
                    self.arrive(from, to, packet);
                }
            }
            Event::Tick(at) => {
                self.world.handle_at(at, Input::Tick);
                let next = self.world.now.plus(TICK);
                self.wires.schedule(next, Event::Tick(at));
            }
        }
    }

    /// One attempt for each envelope that waits and whose pause is over.
    fn attempt(&mut self, from: usize, to: usize) {
        self.wires.planned.remove(&(from, to));
        if !self.reach(from, to) {
            return;
        }
        let (unit, now) = (self.world.units[to].id, self.world.now);
        let mut next: Option<Timestamp> = None;
        for (number, row) in outbox::due(&self.world.units[from].view, unit, usize::MAX).expect("rows in memory") {
            let (at, pause) = self.wires.tries.get(&(from, to, number)).copied().unwrap_or((now, FIRST_PAUSE));
            let again = if at > now {
                at
            } else if let Some(bytes) = self.world.seal(from, unit, &row) {
                self.packet(from, to, Packet::Envelope(number, bytes));
                let again = now.plus(pause);
                self.wires.tries.insert((from, to, number), (again, (pause * 2).min(LONGEST_PAUSE)));
                again
            } else {
                continue;
            };
            next = Some(next.map_or(again, |next| next.min(again)));
        }
        if let Some(next) = next {
            self.plan_attempt(from, to, next);
        }
    }

    pub(super) fn ask(&mut self, from: usize, to: usize) {
        if !self.reach(from, to) {
            return;
        }
        let there = self.world.units[to].id;
        // What a node that was put back asks is never left out: everything waits for it.
        let syncs = if self.truth.restoring.contains(&from) { 100 } else { self.wires.syncs };
        let view = &self.world.units[from].view;
        let charter = if self.dice.percent(syncs) { charter_sync::request(view, there).expect("rows in memory") } else { None };
        let beacons = if self.dice.percent(20) { matching::request(view).expect("rows in memory") } else { None };
        if let Some(bytes) = charter {
            self.packet(from, to, Packet::CharterRequest(bytes));
        }
        if let Some(bytes) = beacons {
            self.packet(from, to, Packet::BeaconRequest(bytes));
        }
    }

    fn packet(&mut self, from: usize, to: usize, packet: Packet) {
        if !self.reach(from, to) {
            return;
        }
        let weather = self.wires.weather;
        let copies = if self.dice.percent(weather.loss) {
            self.wires.lost += 1;
            0
        } else if self.dice.percent(weather.twice) {
            self.wires.copies += 1;
            2
        } else {
            1
        };
        for _ in 0..copies {
            let far = if self.dice.percent(weather.late) { 40 * weather.latency } else { weather.latency };
            let at = self.world.now.plus(1 + self.dice.span(far));
            self.wires.schedule(at, Event::Packet(from, to, packet.clone()));
        }
    }

    fn arrive(&mut self, from: usize, to: usize, packet: Packet) {
        let sender = self.world.units[from].id;
        self.wires.delivered += 1;
        let reply = |sim: &mut Self, input: Input, wrap: fn(Vec<u8>) -> Packet| {
            if let Some(bytes) = sim.world.handle_at(to, input).reply {
                sim.packet(to, from, wrap(bytes));
            }
        };
        match packet {
            Packet::Envelope(number, bytes) => {
                let input = Input::Envelope { transport: Some(sender), bytes: bytes.clone() };
                let Some(answer) = self.world.handle_at(to, input).reply else { return };
                self.remember(Recorded { from, to, bytes, answer: answer.clone() });
                self.packet(to, from, Packet::Answer(number, answer));
            }
            Packet::Answer(pair_seq, bytes) => {
                self.world.handle_at(to, Input::Answer { to: sender, pair_seq, bytes });
                if outbox::is_gone(&self.world.units[to].view, sender, pair_seq).expect("rows in memory") {
                    self.wires.tries.remove(&(to, from, pair_seq));
                }
            }
            Packet::Gossip(Gossip::Beacon(bytes)) => {
                self.world.handle_at(to, Input::BeaconGossip { bytes });
            }
            Packet::Gossip(Gossip::Charter(bytes)) => {
                self.world.handle_at(to, Input::CharterGossip { from: sender, bytes });
            }
            Packet::CharterRequest(bytes) => reply(self, Input::CharterRequest { from: sender, bytes }, Packet::CharterReply),
            Packet::BeaconRequest(bytes) => reply(self, Input::BeaconRequest { from: sender, bytes }, Packet::BeaconReply),
            Packet::CharterReply(bytes) => {
                self.world.handle_at(to, Input::CharterReply { from: sender, bytes });
            }
            Packet::BeaconReply(bytes) => {
                self.world.handle_at(to, Input::BeaconReply { from: sender, bytes });
            }
        }
    }

    fn remember(&mut self, recorded: Recorded) {
        if self.wires.recorded.len() < REMEMBERED {
            self.wires.recorded.push(recorded);
        } else {
            let at = self.dice.below(REMEMBERED);
            self.wires.recorded[at] = recorded;
        }
    }
}
