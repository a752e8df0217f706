//! What finds a token among very many: indices for a store to fill and ask, laid out for few bytes and short steps.
//! No rows and no snapshots: a store keeps them in step with its commits. For few rows in memory there is `found`.

mod heard;
mod own;
mod parts;

pub use heard::{HeardIndex, Held};
pub use own::{OwnHeld, OwnIndex, Spread};
