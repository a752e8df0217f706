//! What every state machine here is written against: tables, a read snapshot, one step's writes and effects.
//! No machine of its own, and no store: `node::store` implements `View` and applies `Effects`.

mod effects;
mod overlay;
mod record;
mod scope;
mod table;
mod txn;
mod view;

pub use effects::{Effects, Evaluate, Gossip, Heard, Incident, Notice, ToBlind, Verdict, Write};
pub use overlay::Overlay;
pub use record::Record;
pub use scope::Scope;
pub use table::Table;
pub use txn::Txn;
pub(crate) use txn::read_row;
pub use view::{MemoryView, Row, View, ViewError};
