//! How far a room has come: pure, from what each side has said. Merging is the same in any order and any number of times.
//! No signatures, no values and no store: those stand around it.

use crate::bounded::BoundedText;
use serde::{Deserialize, Serialize};

/// One of the steps of a room, in order. Asking for contact comes before, a share after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// Who works on it: name, role, telephone.
    Officer,
    /// In which year the case was opened, and in which stage the person is.
    Case,
    /// Values of the person, chosen one by one.
    Fields,
}

impl Step {
    /// In order.
    pub const ALL: [Self; 3] = [Self::Officer, Self::Case, Self::Fields];

    /// 1 to 3; 0 is before the first.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Officer => 1,
            Self::Case => 2,
            Self::Fields => 3,
        }
    }

    /// The step of a number.
    #[must_use]
    pub const fn of(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Officer),
            2 => Some(Self::Case),
            3 => Some(Self::Fields),
            _ => None,
        }
    }
}

/// Why a side does not go on, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NoReason {
    /// Not before something else has happened.
    NotYet,
    /// It sees no legal ground.
    NoGround,
    /// It would put somebody in danger.
    Danger,
    /// What was told so far is enough, or speaks against it.
    NotNeeded,
    /// As the text says.
    Other,
}

/// A no to the next step. A yes of the same side to that step takes it back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct No {
    /// To which step.
    pub step: Step,
    /// Why.
    pub reason: NoReason,
    /// In words; may be empty.
    pub text: BoundedText<300>,
}

/// How a room ended. Where two ends cross the later in this order counts, on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ending {
    /// Nobody said anything for too long.
    Expired,
    /// One side may not tell of its person any more.
    Withdrawn,
    /// A person stopped it.
    Stopped,
    /// A case was shared.
    Shared,
    /// A case was referred.
    Referred,
    /// The two persons are not the same.
    NotSame,
}

impl Ending {
    /// Whether what was received may be kept until the room's time is over: otherwise it goes at once.
    #[must_use]
    pub const fn keeps(self) -> bool {
        matches!(self, Self::Shared | Self::Referred)
    }

    /// As a code, for audits and pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Shared => "shared",
            Self::Referred => "referred",
            Self::NotSame => "not_same",
        }
    }
}

/// One side's end of a room.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct End {
    /// How.
    pub how: Ending,
    /// Why, in words; may be empty.
    pub text: BoundedText<300>,
}

/// All that one side has said. It only grows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The highest step with a yes; 0 for none.
    pub yes: u8,
    /// A no, as long as it is to a step without a yes.
    pub no: Option<No>,
    /// An end.
    pub end: Option<End>,
}

impl Said {
    /// The no that stands: one to the very next step.
    #[must_use]
    pub fn refuses(&self) -> Option<&No> {
        self.no.as_ref().filter(|no| no.step.number() == self.yes + 1)
    }

    /// What is further in each part, whichever came first. A no that a yes has overtaken is gone.
    fn merge(&mut self, other: &Self) {
        self.yes = self.yes.max(other.yes);
        let step = |no: &Option<No>| no.as_ref().map(|no| no.step);
        if step(&other.no) > step(&self.no) {
            self.no.clone_from(&other.no);
        }
        let yes = self.yes;
        self.no.take_if(|no| no.step.number() <= yes);
        let how = |end: &Option<End>| end.as_ref().map(|end| end.how);
        if how(&other.end) > how(&self.end) {
            self.end.clone_from(&other.end);
        }
    }
}

/// Why something cannot be said now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Ended,
    NotNext,
    Said,
}

/// What one message tells, as far as the course goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// All that its sender has said.
    pub(super) said: Said,
    /// The highest step of which the sender has what we gave.
    pub(super) has: u8,
    /// The sender wants again what it lacks.
    pub(super) again: bool,
    /// The steps given in this message.
    pub(super) gives: Vec<u8>,
}

/// A room as one side knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// What was said here.
    pub mine: Said,
    /// What the other side has said, as far as it has arrived.
    pub theirs: Said,
    /// The highest step of which all that the other side gave is here.
    pub got: u8,
    /// The highest step of which what this side gives was sent.
    pub sent: u8,
}

impl Course {
    /// The highest step that is open: both sides have said yes to it.
    #[must_use]
    pub fn open(&self) -> u8 {
        self.mine.yes.min(self.theirs.yes)
    }

    /// How it ended, by both sides' words.
    #[must_use]
    pub fn ended(&self) -> Option<Ending> {
        self.mine.end.as_ref().max(self.theirs.end.as_ref()).map(|end| end.how)
    }

    /// The step that a person here can say yes or no to: the one after the last that is open and whose gifts have arrived.
    #[must_use]
    pub fn next(&self) -> Option<Step> {
        let behind = self.mine.yes > self.open() || self.got < self.mine.yes;
        if self.ended().is_some() || behind { None } else { Step::of(self.mine.yes + 1) }
    }

    pub(super) fn say_yes(&mut self, step: Step) -> Result<(), Fault> {
        self.may(step)?;
        self.mine.yes = step.number();
        self.mine.no = None;
        Ok(())
    }

    pub(super) fn say_no(&mut self, no: No) -> Result<(), Fault> {
        self.may(no.step)?;
        if self.mine.refuses().is_some() {
            return Err(Fault::Said);
        }
        self.mine.no = Some(no);
        Ok(())
    }

    fn may(&self, step: Step) -> Result<(), Fault> {
        match self.next() {
            _ if self.ended().is_some() => Err(Fault::Ended),
            Some(next) if next == step => Ok(()),
            _ if step.number() <= self.mine.yes => Err(Fault::Said),
            _ => Err(Fault::NotNext),
        }
    }

    /// Ends the room, or says something graver about one that has ended.
    pub(super) fn say_end(&mut self, end: End) -> Result<(), Fault> {
        if self.ended().is_some_and(|ended| ended >= end.how) {
            return Err(Fault::Ended);
        }
        self.mine.end = Some(end);
        Ok(())
    }

    /// The steps to give now: open ones not sent before.
    pub(super) fn due(&self) -> Vec<u8> {
        if self.ended().is_some() { Vec::new() } else { (self.sent + 1..=self.open()).collect() }
    }

    /// Takes what the other side tells. Gives the steps whose gifts are new, and those to give now: what is open and was not sent,
    /// and what the other side lacks and asks for.
    pub(super) fn take(&mut self, told: &Told) -> (Vec<u8>, Vec<u8>) {
        // An honest side is never further than one step ahead of us. What goes beyond is not taken; a side that knows more than
        // this one, which was restored from a backup, says it again.
        let said = Said { yes: told.said.yes.min(self.mine.yes + 1), ..told.said.clone() };
        self.theirs.merge(&said);
        if self.ended().is_some() {
            return (Vec::new(), Vec::new());
        }
        let mut new = Vec::new();
        for step in &told.gives {
            if *step == self.got + 1 && *step <= self.open() {
                self.got = *step;
                new.push(*step);
            }
        }
        let lacking = told.has.saturating_add(1)..=self.open();
        let give = if told.again { lacking.collect() } else { self.due() };
        (new, give)
    }
}
