//! How often two units may compare persons without anybody deciding it, and when a comparison is an alarm: all figures in one place.
//! Not the counting: that is `quota`.

use crate::fingerprint::TokenType;
use crate::time::{DAY, HOUR, MINUTE};

/// Automatic runs on one of our subjects with one peer in [`SUBJECT_WINDOW`].
pub(super) const RUNS_PER_SUBJECT: usize = 3;
/// The time in which those are counted, in milliseconds.
pub(super) const SUBJECT_WINDOW: u64 = 30 * DAY;
/// Automatic runs with one peer in a day, before what its size adds.
pub(super) const RUNS_PER_DAY: u64 = 20;
/// For each person that it announced, in tenths of a run: how many hits honest files of that size give.
pub(super) const TENTHS_PER_PERSON: u64 = 13;
/// Comparisons with one peer that wait for a person at once. What comes on top is refused.
pub(super) const HELD_PER_PEER: usize = 256;
/// How long a step is worth delivering, and how long one that waits for a person or for the other side is kept.
pub(super) const WORTH: u64 = 30 * DAY;
/// From when the other side had our answer: so long it may take to give its own.
pub(super) const FINISH_WITHIN: u64 = 10 * MINUTE;
/// The same from when our answer was written, if nobody says that it arrived.
pub(super) const FINISH_AT_LAST: u64 = 24 * HOUR;
/// How soon it is looked at whether our answer arrived.
pub(super) const LOOK_AFTER: u64 = MINUTE;

/// Most tokens of a type that one person has, among 10,000; more in common is a beacon made of guesses.
pub(super) const fn most_of(kind: TokenType) -> usize {
    match kind {
        TokenType::Ad => 10,
        TokenType::Ag => 5,
        _ => 4,
    }
}
