//! What every state machine here is written against: tables, a read snapshot, one step's writes and effects.
//! No machine of its own, and no store: `node::store` implements `View` and applies `Effects`.

mod beacon_row;
mod effects;
mod found;
mod index;
mod overlay;
mod own_row;
mod record;
mod scope;
mod table;
mod txn;
mod view;

pub use beacon_row::{BeaconRow, KeptBeacon, beacon_key, beacon_place, heard_in};
pub use effects::{Effects, Evaluate, Gossip, Heard, Incident, Notice, ToBlind, Verdict, Write};
pub use index::{HeardIndex, Held, OwnHeld, OwnIndex, Spread};
pub use overlay::Overlay;
pub use own_row::{Announcer, OwnRow, TokenMaker, Y, own_in};
pub use record::Record;
pub use scope::Scope;
pub use table::Table;
pub use txn::Txn;
pub(crate) use txn::{filtered, read_row};
pub use view::{HEARD_MAX, MemoryView, Row, View, ViewError};
