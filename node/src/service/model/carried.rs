//! A file of envelopes that was made or taken, in numbers.
//! Nothing of what is inside.

use super::{UnitRef, quiet};

/// A file for another unit.
pub struct CarriedFile {
    /// Whom it is for.
    pub to: UnitRef,
    /// The file.
    pub file: Vec<u8>,
    /// How many envelopes are in it.
    pub envelopes: usize,
    /// How many acknowledgements.
    pub answers: usize,
    /// How many envelopes found no room.
    pub left: usize,
}

/// What became of a file from another unit.
pub struct TakenView {
    /// Who made it.
    pub from: UnitRef,
    /// Envelopes taken.
    pub envelopes: usize,
    /// Envelopes that were here already.
    pub known: usize,
    /// Envelopes refused for good; the audit says why.
    pub refused: usize,
    /// Envelopes that can be taken only later, with the same file once more.
    pub later: usize,
    /// Acknowledgements of what this unit sent.
    pub answers: usize,
}

quiet!(CarriedFile, TakenView);

impl TakenView {
    /// For the person who brought it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { from, envelopes, known, refused, later, answers } = self;
        let mut said = format!("From {}: {envelopes} new, {known} already here, {answers} acknowledgements.", from.name);
        if *refused > 0 {
            said.push_str(&format!(" {refused} refused; the audit says why."));
        }
        if *later > 0 {
            said.push_str(&format!(" {later} cannot be taken yet: import the file once more later, or ask for a new one."));
        }
        said
    }
}

impl CarriedFile {
    /// For the person who carries it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { to, envelopes, answers, left, .. } = self;
        let mut said = format!("For {} only: {envelopes} envelopes, {answers} acknowledgements.", to.name);
        if *left > 0 {
            said.push_str(&format!(" {left} more wait: make another file once these are acknowledged."));
        }
        said
    }
}
