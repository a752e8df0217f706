//! How commands reach a node: through its socket while `icmc run` is at work, else by opening the folder themselves.
//! Accounts and other units only: no command sees or changes a case.

mod client;
mod envelopes;
mod handle;
mod keepers;
mod names;
mod peers;
mod request;
mod socket;

pub use client::ask;
pub use handle::handle;
pub use request::{AccountLine, ControlReply, ControlRequest, GenerationLine, KeeperLine, PeerLine, ProposalLine};
pub use socket::Control;
