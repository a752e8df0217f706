//! One task drives `Core`; its effects are applied in this order: commit, then erase and send, then notify.
//! Decides nothing: what happens is `protocol`'s business, who may is `service`'s.

mod blind;
mod carried;
mod carried_in;
mod carried_out;
mod config;
mod cut_off;
mod dispatch;
mod documents;
mod driver;
mod exchange;
mod fetching;
mod inbound;
mod joining;
mod membership;
mod network;
mod node;
mod outbound;
mod publishing;
mod refusals;
mod ticking;

pub use carried::Taken;
pub use carried_in::{DocumentsIn, TakenParts, Wrong};
pub use carried_out::{CarryError, DocumentsOut};
pub use config::{DOCUMENT_MAX, Hooks, NodeConfig, RuntimeError, StartError};
pub use cut_off::{Mark, clear, mark};
pub use node::{NetworkStatus, Node};
