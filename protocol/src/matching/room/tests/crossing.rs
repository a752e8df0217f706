//! Two machines, and messages that are late, doubled, lost and out of order: both come to the same end, and nothing is given before
//! both yeses to its step. Signatures and values stand around the machine and are tested in the other files.

use super::super::course::{Course, End, Ending, No, NoReason, Step, Told};
use crate::bounded::BoundedText;
use proptest::prelude::*;

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Act {
    Yes(usize),
    No(usize, NoReason),
    End(usize, Ending),
    /// The message at this place, of those on their way to this side, arrives and is gone.
    Arrives(usize, usize),
    /// It arrives, and a copy of it stays on its way.
    Doubled(usize, usize),
}

fn acts() -> impl Strategy<Value = Act> {
    let reasons = prop::sample::select(vec![NoReason::NotYet, NoReason::Danger]);
    let ends = prop::sample::select(vec![Ending::Expired, Ending::Stopped, Ending::Shared, Ending::NotSame]);
    prop_oneof![
        6 => (0..2usize).prop_map(Act::Yes),
        1 => (0..2usize, reasons).prop_map(|(at, reason)| Act::No(at, reason)),
        1 => (0..2usize, ends).prop_map(|(at, end)| Act::End(at, end)),
        8 => (0..2usize, 0..8usize).prop_map(|(at, place)| Act::Arrives(at, place)),
        3 => (0..2usize, 0..8usize).prop_map(|(at, place)| Act::Doubled(at, place)),
    ]
}

/// Two sides and what is on its way to each.
#[derive(Default)]
struct Pair {
    sides: [Course; 2],
    /// By receiver.
    wires: [Vec<Told>; 2],
    /// Which steps each side ever gave.
    gave: [[bool; 4]; 2],
}

impl Pair {
    fn send(&mut self, from: usize, give: Vec<u8>) {
        let side = &mut self.sides[from];
        side.sent = give.iter().copied().fold(side.sent, u8::max);
        for step in &give {
            assert!(side.mine.yes >= *step && side.theirs.yes >= *step, "given before both yeses");
            self.gave[from][usize::from(*step)] = true;
        }
        let told = Told { said: side.mine.clone(), has: side.got, again: false, gives: give };
        self.wires[1 - from].push(told);
    }

    fn take(&mut self, to: usize, told: &Told) {
        let (new, give) = self.sides[to].take(told);
        for step in new {
            let peer = &self.sides[1 - to];
            assert!(self.sides[to].mine.yes >= step && peer.mine.yes >= step, "taken before both yeses");
        }
        if !give.is_empty() {
            self.send(to, give);
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Yes(at) => {
                if let Some(step) = self.sides[at].next() {
                    self.sides[at].say_yes(step).unwrap();
                    let due = self.sides[at].due();
                    self.send(at, due);
                }
            }
            Act::No(at, reason) => {
                let no = self.sides[at].next().map(|step| No { step, reason, text: BoundedText::default() });
                if no.is_some_and(|no| self.sides[at].say_no(no).is_ok()) {
                    self.send(at, Vec::new());
                }
            }
            Act::End(at, how) => {
                if self.sides[at].say_end(End { how, text: BoundedText::default() }).is_ok() {
                    self.send(at, Vec::new());
                }
            }
            Act::Arrives(to, place) | Act::Doubled(to, place) => {
                let wire = &mut self.wires[to];
                if wire.is_empty() {
                    return;
                }
                let place = place % wire.len();
                let told = if matches!(act, Act::Doubled(..)) { wire[place].clone() } else { wire.remove(place) };
                self.take(to, &told);
            }
        }
    }

    /// Everything arrives, the last first.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            let Some(to) = (0..2).find(|to| !self.wires[*to].is_empty()) else { return };
            let told = self.wires[to].pop().unwrap();
            self.take(to, &told);
        }
        panic!("messages that go round for ever");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn both_end_the_same_in_any_order(acts in prop::collection::vec(acts(), 0..60)) {
        let mut pair = Pair::default();
        let mut open = 0;
        for act in acts {
            pair.act(act);
            let least = pair.sides[0].open().min(pair.sides[1].open());
            prop_assert!(least >= open, "no step back");
            open = least;
        }
        pair.settle();
        let [one, other] = &pair.sides;
        prop_assert_eq!(&one.mine, &other.theirs);
        prop_assert_eq!(&one.theirs, &other.mine);
        prop_assert_eq!(one.ended(), other.ended());
        prop_assert_eq!(one.open(), other.open());
        if one.ended().is_none() {
            prop_assert_eq!((one.got, one.sent), (one.open(), one.open()));
            prop_assert_eq!((other.got, other.sent), (other.open(), other.open()));
        }
        for side in &pair.sides {
            prop_assert!(side.got <= side.open() && side.mine.yes <= side.theirs.yes + 1);
        }
        for step in Step::ALL.map(Step::number) {
            let both = one.mine.yes >= step && other.mine.yes >= step;
            prop_assert!(both || !pair.gave[0][usize::from(step)] && !pair.gave[1][usize::from(step)]);
        }
    }
}
