//! What a unit shows to one whose node was put back from a backup: the newest numbers, entries, shares and beacons that it signed; and
//! how that is taken back, so that it goes on above them and nothing that ended meanwhile opens again.
//! Not the lock itself: that is `federation::restored`.

mod message;
mod show;
mod take;

#[cfg(test)]
mod tests;

pub(crate) use show::{arrived, outdated, show};
pub(crate) use take::members_changed;
pub use take::{release, standing};
