//! Several units in memory with one clock: what people do there, what reaches them, and their rows.
//! Not the wires between them: `network` carries what a step leaves behind.

use super::network::{Frame, Job};
use super::rng::SeededRng;
use crate::core::{Core, Input};
use crate::envelope::{Kind, outbox};
use crate::federation::joining::{self, JoinError};
use crate::federation::member::UnitClass;
use crate::federation::peering::{self, PeeringError};
use crate::federation::recovery;
use crate::federation::setup::{self, Setup, SetupError};
use crate::ids::UnitId;
use crate::machine::{Effects, Incident, MemoryView, Notice, Table, Txn, ViewError};
use crate::time::Timestamp;
use crate::wire;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Index;

/// 23 November 2026, noon, UTC: when every world begins.
pub const NOON: Timestamp = Timestamp(1_795_435_200_000);
/// Most steps of one [`World::settle`]; more is a message that goes round for ever.
const MOST_STEPS: usize = 20_000;

/// One unit's node.
#[derive(Debug, Clone)]
pub struct Unit {
    /// How the world calls it.
    pub name: String,
    /// Its id.
    pub id: UnitId,
    /// Its rows.
    pub view: MemoryView,
    /// What was refused or suspicious here so far.
    pub incidents: Vec<Incident>,
    /// What its live pages were told so far.
    pub notices: Vec<Notice>,
    /// Whether others reach it.
    pub online: bool,
    /// How far its clock is ahead of the world's, in milliseconds.
    pub ahead: u64,
    /// Its recovery key, as on paper.
    pub recovery: String,
    genesis_text: String,
    pub(super) rng: SeededRng,
}

impl Unit {
    /// Whether any row holds these bytes.
    #[must_use]
    pub fn holds(&self, needle: &str) -> bool {
        self.view.rows().any(|(.., value)| value.windows(needle.len()).any(|window| window == needle.as_bytes()))
    }

    /// Every row except those that note a refusal: envelope numbers seen, and when a peer was last heard.
    #[must_use]
    pub fn state(&self) -> BTreeMap<(Table, Vec<u8>), Vec<u8>> {
        let noted = |table: Table, key: &[u8]| {
            matches!(table, Table::SEEN | Table::PEERS) || table == Table::OWN && key.starts_with(b"seen/")
        };
        self.view
            .rows()
            .filter(|(table, key, ..)| !noted(*table, key))
            .map(|(table, key, _, value)| ((table, key.to_vec()), value.to_vec()))
            .collect()
    }

    /// How many rows a table has.
    #[must_use]
    pub fn count(&self, table: Table) -> usize {
        self.view.rows().filter(|(at, ..)| *at == table).count()
    }
}

/// Units, their clock, and the wires between them.
#[derive(Debug, Clone)]
pub struct World {
    /// The time everywhere.
    pub now: Timestamp,
    /// Every byte that crossed from one unit to another.
    pub wire: Vec<Frame>,
    pub(super) units: Vec<Unit>,
    pub(super) jobs: VecDeque<Job>,
    /// What each step did, in order, if somebody watches.
    pub(super) tape: Option<Vec<(usize, Effects)>>,
    /// Every input with the rows that it met, if a test wants to hand it over again.
    pub(super) inputs: Option<Vec<Handled>>,
}

/// An input as it reached a unit.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), expect(dead_code, reason = "read by the tests of this package alone"))]
pub(super) struct Handled {
    /// The unit's rows before.
    pub(super) view: MemoryView,
    /// The time.
    pub(super) now: Timestamp,
    /// What came.
    pub(super) input: Input,
}

impl World {
    /// Units that were set up and know nothing of each other.
    ///
    /// # Panics
    /// If a name is not usable: tests choose better ones.
    #[must_use]
    pub fn strangers(names: &[&str]) -> Self {
        let mut world = Self { now: NOON, wire: Vec::new(), units: Vec::new(), jobs: VecDeque::new(), tape: None, inputs: None };
        for (seed, name) in (1..).zip(names) {
            let mut unit = Unit {
                name: (*name).to_owned(),
                id: UnitId([0; 32]),
                view: MemoryView::default(),
                incidents: Vec::new(),
                notices: Vec::new(),
                online: true,
                ahead: 0,
                recovery: String::new(),
                genesis_text: String::new(),
                rng: SeededRng::new(seed),
            };
            let work = |txn: &mut Txn<'_>| setup::create(txn, answers(name));
            let (created, effects) =
                Core.act::<_, SetupError>(&unit.view, world.now, &mut unit.rng, work).expect("usable answers");
            unit.view.apply(&effects.writes);
            unit.id = created.unit;
            unit.recovery = created.recovery.to_string();
            unit.genesis_text = created.genesis_text;
            world.units.push(unit);
        }
        world
    }

    /// Members of one federation, founded by the first, whose words nobody has compared.
    ///
    /// # Panics
    /// If joining fails.
    #[must_use]
    pub fn members(names: &[&str]) -> Self {
        let mut world = Self::strangers(names);
        let Some((founder, newcomers)) = names.split_first() else { return world };
        world.act(founder, setup::found).expect("a unit of its own can found");
        for (joined, name) in newcomers.iter().enumerate() {
            world.join(founder, name, &names[..=joined]);
        }
        world
    }

    /// Members of one federation who are confirmed with each other, on both sides.
    ///
    /// # Panics
    /// If joining or confirming fails.
    #[must_use]
    pub fn federation(names: &[&str]) -> Self {
        let mut world = Self::members(names);
        for (at, one) in names.iter().enumerate() {
            for other in &names[at + 1..] {
                world.confirm(one, other);
                world.confirm(other, one);
            }
        }
        world.settle();
        world
    }

    /// `newcomer` is invited by `inviter` and takes the invitation, whose text this gives; nothing is asked yet.
    ///
    /// # Panics
    /// If any of that fails.
    pub fn invite(&mut self, inviter: &str, newcomer: &str) -> String {
        let genesis = self[newcomer].genesis_text.clone();
        let invitation = self.act(inviter, |txn| joining::invite(txn, &genesis)).expect("a unit can be invited");
        self.act(newcomer, |txn| joining::accept_invitation(txn, &invitation)).expect("an invitation of its own");
        invitation
    }

    /// `newcomer` is invited by `inviter`; everybody who is a member already approves.
    ///
    /// # Panics
    /// If any of that fails.
    pub fn join(&mut self, inviter: &str, newcomer: &str, members: &[&str]) {
        self.invite(inviter, newcomer);
        self.ask_to_join(inviter, newcomer);
        for member in members.iter().filter(|member| **member != inviter) {
            let proposals = joining::proposals(&self[member].view).expect("rows in memory");
            for proposal in proposals.iter().filter(|proposal| !proposal.approved_here) {
                // A signature that comes once enough have signed is of no use any more.
                match self.act(member, |txn| joining::approve(txn, proposal.hash)) {
                    Ok(_) | Err(JoinError::NoProposal) => {}
                    Err(error) => panic!("{member} cannot approve: {error}"),
                }
            }
            self.settle();
        }
        if joining::pending(&self[newcomer].view).expect("rows in memory").is_some() {
            self.ask_to_join(inviter, newcomer);
        }
        for member in members {
            self.connect(member, newcomer);
        }
        self.settle();
    }

    /// A person at `here` has compared the words of `there`.
    ///
    /// # Panics
    /// If `there` is no member.
    pub fn confirm(&mut self, here: &str, there: &str) {
        let peer = self[there].id;
        self.act(here, |txn| {
            let words = peering::confirm_here(txn, peer).map_err(|error| match error {
                PeeringError::Store(error) => error,
                PeeringError::NotAMember => panic!("{there} is no member"),
            })?;
            outbox::queue(txn, peer, Kind::WordsConfirmed, wire::encode(&words), None).expect("a member can be written to");
            Ok::<_, ViewError>(())
        })
        .expect("rows in memory");
    }

    /// `unit` takes the key on its paper while nobody reaches it; `by` proposes it, and these others say yes too.
    ///
    /// # Panics
    /// If any of that fails.
    pub fn new_key(&mut self, unit: &str, by: &str, others: &[&str]) {
        self.offline(unit);
        let paper = self[unit].recovery.clone();
        let text = self.act(unit, |txn| recovery::recover(txn, &paper)).expect("its own paper");
        self.act(by, |txn| joining::propose_replacement(txn, &text)).expect("the word of a member");
        for other in others.iter().chain(others) {
            self.connect(by, other);
            self.settle();
            let open = joining::proposals(&self[other].view).expect("rows in memory");
            for proposal in open.iter().filter(|proposal| !proposal.approved_here) {
                self.act(other, |txn| joining::approve(txn, proposal.hash)).expect("it is open");
            }
        }
        self.online(unit);
    }

    /// What a person does at a unit; what follows is carried out at the next [`World::settle`].
    ///
    /// # Errors
    /// What `work` refused; then nothing has happened.
    pub fn act<T, E: From<ViewError>>(&mut self, name: &str, work: impl FnOnce(&mut Txn<'_>) -> Result<T, E>) -> Result<T, E> {
        let at = self.at(name);
        let unit = &mut self.units[at];
        let (done, effects) = Core.act(&unit.view, self.now.plus(unit.ahead), &mut unit.rng, work)?;
        self.take(at, &effects);
        Ok(done)
    }

    /// What reaches a unit from outside. Gives the effects, already applied.
    ///
    /// # Panics
    /// If a row does not open: nothing from outside may bring that about.
    pub fn handle(&mut self, name: &str, input: Input) -> Effects {
        self.handle_at(self.at(name), input)
    }

    pub(super) fn handle_at(&mut self, at: usize, input: Input) -> Effects {
        let unit = &mut self.units[at];
        if let Some(inputs) = &mut self.inputs {
            inputs.push(Handled { view: unit.view.clone(), now: self.now.plus(unit.ahead), input: input.clone() });
        }
        let what = format!("{input:?}");
        let now = self.now.plus(unit.ahead);
        let effects = Core.handle(&unit.view, input, now, &mut unit.rng).unwrap_or_else(|error| panic!("{what}: {error}"));
        self.take(at, &effects);
        effects
    }

    /// Carries out everything that is due, until nothing moves any more.
    ///
    /// # Panics
    /// If that takes more steps than anything honest does.
    pub fn settle(&mut self) {
        for _ in 0..MOST_STEPS {
            let Some(job) = self.jobs.pop_front() else { return };
            self.carry(job);
        }
        panic!("{} jobs are still waiting after {MOST_STEPS} steps", self.jobs.len());
    }

    /// Time passes everywhere, every unit notices, and what waits is tried again.
    pub fn advance(&mut self, millis: u64) {
        self.now = self.now.plus(millis);
        for at in 0..self.units.len() {
            self.handle_at(at, Input::Tick);
            self.wake_all(at);
        }
        self.settle();
    }

    /// Nothing reaches this unit, and nothing of it reaches others, until [`World::online`].
    pub fn offline(&mut self, name: &str) {
        let at = self.at(name);
        self.units[at].online = false;
    }

    /// The unit is back and connects to everybody.
    pub fn online(&mut self, name: &str) {
        let at = self.at(name);
        self.units[at].online = true;
        for other in 0..self.units.len() {
            if other != at && self.units[other].online {
                self.connect_at(at, other);
            }
        }
        self.settle();
    }

    /// Puts a unit's rows back to an earlier state and marks them, as restoring a backup does.
    ///
    /// # Panics
    /// If the rows cannot be marked.
    pub fn restore(&mut self, name: &str, view: MemoryView) {
        self.put_back(name, view);
        self.act(name, |txn| setup::mark_restored(txn, false)).expect("rows of a unit that was set up");
    }

    /// The unit's rows are exactly these: as after a crash, or as a cheat keeps a copy of itself.
    pub fn put_back(&mut self, name: &str, view: MemoryView) {
        let at = self.at(name);
        self.units[at].view = view;
    }

    /// The unit's randomness, for sealing by hand.
    pub fn rng(&mut self, name: &str) -> &mut SeededRng {
        let at = self.at(name);
        &mut self.units[at].rng
    }

    /// Whether these bytes crossed any wire in the clear.
    #[must_use]
    pub fn crossed(&self, needle: &str) -> bool {
        self.wire.iter().any(|frame| frame.bytes.windows(needle.len()).any(|window| window == needle.as_bytes()))
    }

    pub(crate) fn at(&self, name: &str) -> usize {
        self.units.iter().position(|unit| unit.name == name).unwrap_or_else(|| panic!("there is no unit {name}"))
    }
}

impl Index<&str> for World {
    type Output = Unit;
    fn index(&self, name: &str) -> &Unit {
        &self.units[self.at(name)]
    }
}

fn answers(name: &str) -> Setup {
    Setup {
        name: format!("Unit {name} (invented)"),
        class: UnitClass::Police,
        jurisdiction: name.to_owned(),
        duty_contact: "duty desk, +91 00000 00000".to_owned(),
        addresses: Vec::new(),
    }
}
