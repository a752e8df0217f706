//! What happens to nodes in a simulation: the network, power, clocks, backups; and what their units sign in the charter.
//! Not what people do in cases: that is `act` and `give`.

use super::Sim;
use super::action::Action;
use crate::federation::joining::{self, JoinError};
use crate::federation::member::UnitClass;
use crate::federation::setup::Setup;
use crate::time::{MINUTE, Timestamp};

/// Most that a clock is ahead of the others, in milliseconds: further, and others refuse what it sends.
pub(super) const MOST_AHEAD: u64 = 8 * MINUTE;

impl Sim {
    pub(super) fn power(&mut self, action: Action) -> Option<String> {
        let fits: Vec<usize> = (0..self.world.units.len())
            .filter(|at| match action {
                Action::Offline => self.world.units[*at].online,
                Action::Online => !self.world.units[*at].online,
                // Her two histories would be those of her backups.
                Action::Restore => self.may_be_put_back(*at),
                _ => true,
            })
            .collect();
        let at = *self.dice.pick(&fits)?;
        let word = match action {
            Action::Offline => {
                self.world.units[at].online = false;
                self.reconnect();
                "goes offline"
            }
            Action::Online => {
                self.world.units[at].online = true;
                self.reconnect();
                "is back"
            }
            Action::Restart => {
                self.restart(at);
                "is started again"
            }
            Action::Restore => return self.restore(at),
            _ => return None,
        };
        Some(format!("{} {word}", self.name(at)))
    }

    pub(super) fn partition(&mut self) -> Option<String> {
        let islands: Vec<u8> = self.wires.island.iter().map(|_| 0).collect();
        self.wires.island = islands.into_iter().map(|_| u8::from(self.dice.percent(50))).collect();
        self.reconnect();
        Some(format!("the network falls apart: {:?}", self.wires.island))
    }

    pub(super) fn heal(&mut self) -> Option<String> {
        self.wires.island.iter().any(|island| *island > 0).then(|| {
            self.wires.island.fill(0);
            self.reconnect();
            "the network is one again".to_owned()
        })
    }

    pub(super) fn connect_again(&mut self) -> Option<String> {
        let (one, other) = (self.any_unit(), self.any_unit());
        self.reach(one, other).then(|| {
            self.connect(one, other);
            format!("{} and {} connect", self.name(one), self.name(other))
        })
    }

    /// Its time, as a unit's own clock shows it.
    pub(super) fn now_at(&self, at: usize) -> Timestamp {
        self.world.now.plus(self.world.units[at].ahead)
    }

    pub(super) fn clock(&mut self) -> Option<String> {
        let at = self.any_unit();
        let ahead = self.dice.span(MOST_AHEAD);
        self.world.units[at].ahead = ahead;
        Some(format!("the clock of {} is set to {} s ahead", self.name(at), ahead / 1000))
    }

    /// What the unit does next is lost, and its node begins again.
    pub(super) fn power_loss(&mut self) -> Option<String> {
        let at = self.any_unit();
        self.wires.cut = Some(at);
        Some(format!("{} will lose its power", self.name(at)))
    }

    /// A unit wants another duty contact in the charter.
    pub(super) fn propose(&mut self) -> Option<String> {
        let at = self.any_unit();
        let name = self.name(at);
        let says = Setup {
            name: format!("Unit {name} (invented)"),
            class: UnitClass::Police,
            jurisdiction: name.clone(),
            duty_contact: format!("duty desk {}, invented", self.dice.below(1000)),
            addresses: Vec::new(),
        };
        match self.act(at, |txn| joining::propose_data(txn, says)) {
            Err(JoinError::WantsAlready | JoinError::Nothing) => None,
            proposed => {
                self.must(proposed)?;
                Some(format!("{name} proposes another duty contact"))
            }
        }
    }

    /// Whoever has a proposal before it signs it, most of them.
    pub(super) fn approve(&mut self) -> Option<String> {
        let mut signed = Vec::new();
        for at in 0..self.world.units.len() {
            let open = joining::proposals(&self.world.units[at].view).ok()?;
            let open: Vec<_> = open.iter().filter(|proposal| !proposal.approved_here).map(|proposal| proposal.hash).collect();
            let Some(hash) = self.dice.pick(&open).copied().filter(|_| self.dice.percent(80)) else { continue };
            match self.act(at, |txn| joining::approve(txn, hash)) {
                // It has passed, or this unit has signed another one.
                Err(JoinError::NoProposal | JoinError::AlreadyVoted) => {}
                approved => {
                    self.must(approved)?;
                    signed.push(self.name(at));
                }
            }
            self.observe();
        }
        (!signed.is_empty()).then(|| format!("a change of the charter is signed by {signed:?}"))
    }
}
