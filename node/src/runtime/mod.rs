//! One task drives `Core`; its effects are applied in this order: commit, then erase and send, then notify.
//! Decides nothing: what happens is `protocol`'s business, who may is `service`'s.

mod blind;
mod carried;
mod config;
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

pub use carried::Taken;
pub use config::{DOCUMENT_MAX, Hooks, NodeConfig, RuntimeError, StartError};
pub use node::{NetworkStatus, Node};
