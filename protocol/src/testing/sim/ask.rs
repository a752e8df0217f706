//! What people ask of each other in a simulation beside shares, and which peers they pause.
//! What may be held of a question is in `truth`.

use super::Sim;
use super::truth::{Question, tags_in};
use crate::bounded::{BoundedText, BoundedVec};
use crate::dictionary::Value;
use crate::federation::peering;
use crate::ids::ShareId;
use crate::requests::{self, Asked, Check, RefusalReason, VerificationRequest};
use crate::sharing::{Basis, Handling, Purpose};
use crate::time::{DAY, Timestamp};

/// Most questions of one run.
const MOST_QUESTIONS: usize = 40;

impl Sim {
    pub(super) fn ask_a_question(&mut self) -> Option<String> {
        let (at, to) = (self.owned_case()?, self.any_unit());
        let case = self.truth.cases[at].clone();
        let person = *self.dice.pick(&case.persons)?;
        if to == case.owner || self.truth.questions.len() >= MOST_QUESTIONS {
            return None;
        }
        let text = self.truth.tag();
        let due = self.now_at(case.owner).plus(DAY + self.dice.span(20 * DAY));
        let short = |text: &str| BoundedText::new(text).expect("a short text");
        let request = VerificationRequest {
            id: ShareId([0; 16]),
            name: BoundedText::default(),
            address: BoundedText::new(&*text).expect("a short text"),
            district: BoundedText::default(),
            checks: BoundedVec::new(vec![Check::Address]).expect("one is within the limit"),
            question: BoundedText::default(),
            basis: Basis::LawEnforcement,
            purpose: Purpose::Verification,
            handling: Handling::H1,
            due,
            expires: Timestamp(0),
        };
        let asked = Asked { case: case.id, person, reason: short("invented"), to: self.world.units[to].id, request };
        let made = self.act(case.owner, |txn| requests::ask(txn, asked));
        let id = self.must(made)?;
        let tag = tags_in(text.as_bytes()).into_iter().next()?;
        self.truth.questions.insert(tag, Question { id, from: case.owner, to, receipted: false });
        Some(format!("{} asks {} something about case {at} as {id:?}", self.name(case.owner), self.name(to)))
    }

    pub(super) fn answer_a_question(&mut self) -> Option<String> {
        let mut open = Vec::new();
        for unit in 0..self.world.units.len() {
            let received = requests::received_list(&self.world.units[unit].view).ok()?;
            let waiting = |row: &requests::RequestIn| matches!(row.state, requests::WorkState::New | requests::WorkState::Taken);
            let now = self.now_at(unit);
            open.extend(received.into_iter().filter(|(_, row)| waiting(row) && now < row.expires).map(|(id, _)| (unit, id)));
        }
        let (unit, id) = *self.dice.pick(&open)?;
        if self.dice.percent(30) {
            let refused = self.act(unit, |txn| requests::refuse(txn, id, RefusalReason::NotOurArea, "not ours"));
            self.must(refused)?;
            return Some(format!("{} does not take {id:?}", self.name(unit)));
        }
        let texts = [("address_confirmed", "partly"), ("recommendation", "return_with_support"), ("visited_on", "2026-11-25")];
        let name = |name: &str| crate::caselog::Name::new(name).expect("a name of the dictionary");
        let form = texts.map(|(field, value)| (name(field), Value::Text(value.to_owned()))).into();
        let answered = self.act(unit, |txn| requests::answer(txn, id, form));
        self.must(answered)?;
        Some(format!("{} answers {id:?}", self.name(unit)))
    }

    pub(super) fn close_a_question(&mut self) -> Option<String> {
        let mut open = Vec::new();
        for unit in 0..self.world.units.len() {
            let made = requests::asked_list(&self.world.units[unit].view).ok()?;
            let may = |row: &requests::RequestOut| row.state.is_waiting() || row.state == requests::AskState::Answered;
            open.extend(made.into_iter().filter(may).map(|row| (unit, row.request.id)));
        }
        let (unit, id) = *self.dice.pick(&open)?;
        let closed = self.act(unit, |txn| requests::close(txn, id));
        self.must(closed)?;
        Some(format!("{} is done with {id:?}", self.name(unit)))
    }

    pub(super) fn pause(&mut self) -> Option<String> {
        let (unit, peer) = (self.any_unit(), self.any_unit());
        self.set_paused(unit, peer, true)
    }

    pub(super) fn unpause(&mut self) -> Option<String> {
        let paused = self.paused();
        let (unit, peer) = *self.dice.pick(&paused)?;
        self.set_paused(unit, peer, false)
    }

    pub(super) fn unpause_all(&mut self) {
        for (unit, peer) in self.paused() {
            self.set_paused(unit, peer, false);
            self.observe();
        }
    }

    fn paused(&self) -> Vec<(usize, usize)> {
        let units = &self.world.units;
        let pairs = (0..units.len()).flat_map(|unit| (0..units.len()).map(move |peer| (unit, peer)));
        pairs.filter(|(unit, peer)| peering::is_paused(&units[*unit].view, units[*peer].id).unwrap_or(false)).collect()
    }

    fn set_paused(&mut self, unit: usize, peer: usize, paused: bool) -> Option<String> {
        if unit == peer {
            return None;
        }
        let id = self.world.units[peer].id;
        let done = self.act(unit, |txn| peering::pause(txn, id, paused));
        self.must(done)?;
        Some(format!("{} {} {}", self.name(unit), if paused { "pauses" } else { "goes on with" }, self.name(peer)))
    }
}
