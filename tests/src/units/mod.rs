//! Units as real processes of the executable: set up, started, joined into a federation by its own commands.
//! What they are then asked to do is the tests' business.

mod commands;
mod federation;
mod moved;
mod opened;
mod unit;

pub use federation::{Federation, Key, confirm, join};
pub use moved::{Moved, MovedClock};
pub use opened::{Opened, StoredRow};
pub use unit::{Place, Unit};
