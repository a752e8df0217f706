//! The network of one node: libp2p behaviour, frames, event loop, and the handle the rest of the node holds.
//! It knows nothing of cases or messages: bytes in, bytes out, keyed by the peer's libp2p id.

mod backoff;
mod behaviour;
mod client;
mod codec;
mod command;
mod cutting;
mod error;
mod event;
mod event_loop;
mod gossip;
mod limits;
mod metered;
mod offences;
mod outlet;
mod peers;
mod protocol;
mod relay;
mod requests;
mod start;
mod steer;

pub use client::Net;
pub use error::{NetError, PublishError, RequestError};
pub use event::{NetEvent, RefusedWhy, ReplyHandle, Verdict, VerdictHandle};
pub use libp2p::{Multiaddr, PeerId};
pub use limits::{Limits, Quota};
pub use offences::{CutOff, Offence};
pub use peers::AllowedPeer;
pub use protocol::{GOSSIP_CAP, Protocol, Topic};
pub use relay::relay_of;
pub use start::{NetConfig, peer_id_of, start};
