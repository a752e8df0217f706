//! The case log: entries and changes, commitments, the fold along the owner's spine, `disclose`.
//! Not who may have a case: that is `sharing`; not what a field means: that is `dictionary`.

mod append;
mod change;
mod custody;
mod disclose;
mod entry;
mod fold;
mod folded;
mod follow;
mod log;
mod open;
mod opened;
mod person;
mod receive;
mod rows;
mod spine;
mod structure;
mod superseded;
mod take_back;

#[cfg(test)]
mod tests;

pub use append::{Appended, Author, Draft, LogRefusal, append};
pub use change::{Change, Name};
pub(crate) use custody::{FIELD_TAKEOVER, FIELD_TRANSFER, HandoverProof, TransferValue, proofs, steers, taken_by, takes, verify};
pub use custody::{Handover, MOST_HANDOVERS, Tenure, custody};
pub use disclose::{Allowed, Disclosure, disclose};
pub use entry::Entry;
pub(crate) use entry::hash_of;
pub use fold::{Folding, fold};
pub use folded::{Entity, EntityKey, Field, FoldedCase, Step, Version};
pub use follow::rival;
pub(crate) use follow::{Followed, decide, follow};
pub use log::{Log, LogEntry, load, load_under};
pub use open::{admit, open_case};
pub(crate) use open::{opening, steer};
pub use person::{Hangs, person_of};
pub use receive::{Checked, Equivocation, Foreign, ForeignError, check};
pub use rows::{CaseRow, ChangeRow, case_row, cases};
pub(crate) use rows::{change_key, moved};
pub(crate) use structure::above;
pub(crate) use superseded::{FIELD_SUPERSEDED, superseded};
pub(crate) use take_back::{Own, next_own, own_hash, take_back};

/// Kind of the changes that say when, by whom and under which dictionary an entry was made.
pub const KIND_ENTRY: &str = "entry";
/// Kind of the changes that steer the log itself.
pub const KIND_LOG: &str = "log";
/// Field of an entity's parent.
pub const FIELD_PARENT: &str = "parent";
/// Field of an entity's removal.
pub const FIELD_REMOVED: &str = "removed";
