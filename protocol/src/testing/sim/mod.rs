//! A simulator of a whole federation: virtual time, a bad network, people who do anything, and what must hold all the same.
//! Not the units: they are the real machines of [`super::World`]. A run is the same whenever its seed is.
//!
//! `action` is what may happen; `act`, `give`, `ask`, `consents`, `hands`, `members`, `nodes`, `restored` and `hostile` do it; `wires` is time and
//! network, `truth`, `custody` and `holding` are what the simulator itself knows, `watch` judges each step and `settled` whole units; `figures` is what a run tells of itself.

mod act;
mod action;
mod ask;
mod consents;
mod custody;
mod dice;
mod figures;
mod give;
mod hands;
mod holding;
mod hostile;
mod members;
mod nodes;
mod restored;
mod settled;
#[cfg(test)]
mod tests;
mod truth;
mod watch;
mod wires;

use super::World;
use crate::core::Input;
use crate::federation::charter;
use crate::ids::UnitId;
use crate::machine::MemoryView;
use crate::sharing::{self, OutState};
use crate::testing::rng::SeededRng;
use crate::time::{HOUR, MINUTE, SECOND};
use action::Action;
use dice::Dice;
pub use figures::Figures;
use std::collections::BTreeMap;
use std::sync::Arc;
use truth::Truth;
use watch::Seen;
use wires::{Weather, Wires};

/// The units of [`federation`], invented; the last one cheats.
pub const UNITS: [&str; 10] =
    ["shillong", "guwahati", "kolkata", "patna", "siliguri", "kathmandu", "dhaka", "mumbai", "delhi", "eve"];

/// Last actions that a failure shows; with `{:#}` it shows all.
const SHOWN: usize = 25;
/// Steps between two looks at whole units.
const LOOK: usize = 7;
/// Cases that are being offered at the beginning.
const OFFERED: usize = 2;
/// In so many of a hundred steps some node makes its backup.
const BACKED_UP: u8 = 30;

/// Ten units who are all confirmed with each other and have some cases and shares: made once, cloned for each run.
#[derive(Debug, Clone)]
pub struct Base(Sim);

impl Base {
    /// Makes it. Half of the units open a case each, Eve too, and share it.
    ///
    /// # Panics
    /// If an invariant does not hold even now.
    #[must_use]
    pub fn prepare() -> Self {
        let mut sim = Sim::over(World::federation(&UNITS));
        for owner in (0..UNITS.len()).filter(|at| at % 2 == 1) {
            sim.open_at(owner);
            sim.observe();
            for away in [1, 3, 4] {
                sim.share_with(sim.truth.cases.len() - 1, (owner + away) % UNITS.len());
                sim.observe();
            }
        }
        sim.pass(HOUR);
        while sim.perform(Action::Accept).is_some() {
            sim.observe();
        }
        // A unit that works on a case is to own it, and has not answered yet.
        for _ in 0..OFFERED {
            sim.perform(Action::Offer);
            sim.observe();
        }
        sim.pass(HOUR);
        sim.look();
        assert!(sim.failed.is_none(), "{}", sim.failure());
        sim.first = Arc::new(sim.world.units.iter().map(|unit| unit.view.clone()).collect());
        sim.actions.clear();
        Self(sim)
    }
}

/// How long a run is.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// How many times somebody does something.
    pub steps: usize,
}

/// An invariant did not hold.
#[derive(Debug, Clone)]
pub struct Failure {
    /// How to see it again.
    pub plan: Plan,
    /// What did not hold.
    pub what: String,
    /// What happened before, the last at the end.
    pub last: Vec<String>,
}

impl core::fmt::Display for Failure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { plan: Plan { seed, steps }, what, last } = self;
        writeln!(f, "seed {seed}: {what}")?;
        writeln!(f, "{} actions:", if f.alternate() { "all" } else { "last" })?;
        for line in last.iter().skip(if f.alternate() { 0 } else { last.len().saturating_sub(SHOWN) }) {
            writeln!(f, "  {line}")?;
        }
        write!(
            f,
            "again: ICMC_SIM_SEED={seed} ICMC_SIM_STEPS={steps} cargo test -p icmc-protocol --test simulation -- --nocapture"
        )
    }
}

/// A federation, its network, and what is known about both.
#[derive(Debug, Clone)]
pub struct Sim {
    pub(super) world: World,
    plan: Plan,
    dice: Dice,
    wires: Wires,
    truth: Truth,
    seen: Seen,
    forms: Vec<act::Form>,
    backups: BTreeMap<usize, MemoryView>,
    /// The rows of the beginning: the first backup of everybody.
    first: Arc<Vec<MemoryView>>,
    doors: members::Doors,
    members: members::Membership,
    /// Where somebody did something last.
    acted: usize,
    /// The charter's epoch at the beginning.
    founded: u64,
    /// Which unit cheats.
    eve: usize,
    /// A cheat is being tried: what is noted of it is right.
    hostile: bool,
    failed: Option<String>,
    last: Vec<String>,
    actions: BTreeMap<&'static str, u64>,
}

impl Sim {
    fn over(mut world: World) -> Self {
        world.tape = Some(Vec::new());
        world.wire.clear();
        let units = world.units.len();
        let founded = charter::head(&world.units[0].view).ok().flatten().map_or(0, |head| head.epoch);
        let truth = Truth::new(world.units.iter().map(|unit| unit.id).collect());
        let mut sim = Self {
            world,
            plan: Plan { seed: 0, steps: 0 },
            dice: Dice::new(0),
            wires: Wires::new(units),
            truth,
            seen: Seen::default(),
            forms: Vec::new(),
            backups: BTreeMap::new(),
            first: Arc::default(),
            doors: members::Doors::default(),
            members: members::Membership::default(),
            acted: 0,
            founded,
            eve: units - 1,
            hostile: false,
            failed: None,
            last: Vec::new(),
            actions: BTreeMap::new(),
        };
        (0..units).for_each(|at| sim.read_doors(at));
        sim.start_clocks();
        sim
    }

    /// A run that has not begun.
    #[must_use]
    pub fn new(base: &Base, plan: Plan) -> Self {
        let mut sim = Self { plan, dice: Dice::new(plan.seed), ..base.0.clone() };
        for (at, unit) in (1..).zip(&mut sim.world.units) {
            unit.rng = SeededRng::new(plan.seed.wrapping_mul(1000).wrapping_add(at));
        }
        sim.wires.weather = Weather::of(&mut sim.dice);
        sim.wires.syncs = if sim.dice.percent(20) { 100 } else { 10 };
        sim
    }

    /// Does all steps, then heals the network and waits until nothing moves.
    ///
    /// # Errors
    /// The first invariant that did not hold.
    pub fn run(mut self) -> Result<Figures, Failure> {
        for step in 0..self.plan.steps {
            self.step();
            if step % LOOK == LOOK - 1 {
                self.look();
            }
            if self.failed.is_some() {
                return Err(self.failure());
            }
        }
        self.rest();
        match self.failed {
            Some(_) => Err(self.failure()),
            None => Ok(self.figures()),
        }
    }

    /// Some time passes, then somebody does something.
    fn step(&mut self) {
        let wait = match self.dice.below(10) {
            0..=4 => self.dice.span(20 * SECOND),
            5..=8 => self.dice.span(30 * MINUTE),
            _ => self.dice.span(5 * HOUR),
        };
        self.pass(wait);
        if self.failed.is_some() {
            return;
        }
        if self.dice.percent(BACKED_UP) {
            self.back_up();
        }
        let action = Action::choose(&mut self.dice);
        let Some(what) = self.perform(action) else { return };
        self.count(action.name(), 1);
        self.note(what);
        self.observe();
    }

    /// All units reach each other again, and everything comes to rest.
    fn rest(&mut self) {
        self.wires.weather = Weather::FAIR;
        self.wires.island.fill(0);
        self.world.units.iter_mut().for_each(|unit| unit.online = true);
        self.note("the network is whole again".to_owned());
        self.unpause_all();
        self.wires.syncs = 100;
        self.wires.cut = None;
        // Everybody meets everybody anew.
        self.wires.disconnect();
        self.reconnect();
        for _ in 0..2 {
            let first = self.any_unit();
            self.ask_all(first);
            if self.is_anybody_cut_off() {
                self.approve();
            }
            self.pass(HOUR);
        }
        // Words are compared once everybody has heard of the keys, and what waited for that goes.
        for _ in 0..2 {
            if self.compare_words().is_some() {
                self.pass(HOUR);
                self.wires.disconnect();
                self.reconnect();
                self.pass(HOUR);
            }
        }
        for at in 0..self.world.units.len() {
            self.world.handle_at(at, Input::Tick);
            self.observe();
        }
        self.pass(HOUR);
        self.look();
        self.check(&settled::AT_REST);
        self.knock();
        let cut_off = (0..self.world.units.len()).filter(|at| self.is_cut_off(*at)).count();
        self.count("new node keys not taken up at the end", u64::try_from(cut_off).unwrap_or_default());
    }

    fn look(&mut self) {
        self.check(&settled::OF_A_MOMENT);
    }

    fn check(&mut self, invariants: &[settled::Invariant]) {
        for (name, invariant) in invariants {
            if self.failed.is_none() {
                self.failed = invariant(self).err().map(|why| format!("{name}: {why}"));
            }
        }
    }

    /// Judges every step since the last call, and sends what they left to be sent.
    fn observe(&mut self) {
        let steps = self.world.tape.replace(Vec::new()).unwrap_or_default();
        for (at, effects) in steps {
            let judged = self.judge(at, &effects);
            self.follow_doors(at, &effects);
            if self.failed.is_none() {
                self.failed = judged.err();
            }
        }
        self.recognise();
        self.plan_jobs();
        if core::mem::take(&mut self.doors.moved) {
            self.reconnect();
        }
    }

    /// Counts what took effect.
    fn count(&mut self, what: &'static str, times: u64) {
        *self.actions.entry(what).or_default() += times;
    }

    fn note(&mut self, what: String) {
        let minutes = self.world.now.since(super::world::NOON) / MINUTE;
        self.last.push(format!("{}d {:02}:{:02} {what}", minutes / 1440, minutes / 60 % 24, minutes % 60));
    }

    fn eve_id(&self) -> UnitId {
        self.world.units[self.eve].id
    }

    fn failure(self) -> Failure {
        Failure { plan: self.plan, what: self.failed.unwrap_or_default(), last: self.last }
    }

    fn figures(&self) -> Figures {
        let staying = (0..self.world.units.len()).find(|at| !self.is_out(*at)).unwrap_or_default();
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let receipts = self.truth.shares.values().filter(|share| share.receipted).count();
        let given = self.world.units.iter().filter_map(|unit| sharing::outgoing_list(&unit.view, |_| true).ok()).flatten();
        let recalled = given.filter(|(_, row)| row.state == OutState::Recalled && row.receipt.is_some()).count();
        let epoch = charter::head(&self.world.units[staying].view).ok().flatten().map_or(0, |head| head.epoch);
        Figures {
            recalled: count(recalled),
            epochs: epoch - self.founded,
            actions: self.actions.clone(),
            delivered: self.wires.delivered,
            lost: self.wires.lost,
            copies: self.wires.copies,
            values: count(self.truth.tags()),
            shares: count(self.truth.shares.len()),
            receipts: count(receipts),
            time: self.world.now.since(super::world::NOON),
            incidents: self.seen.incidents.clone(),
        }
    }
}
