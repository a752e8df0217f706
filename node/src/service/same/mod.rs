//! The same person in two cases of this node: proposed, compared, linked or told apart by a person, never merged.
//! Not the same person at another unit: that is matching. A link stays in this unit; no share takes it along.

mod decide;
mod propose;
mod rows;
mod typed;
mod views;
mod watch;

pub(super) use rows::links_of;
pub(super) use watch::Watch;
