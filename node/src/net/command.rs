//! What the handles ask of the event loop.
//! Internal: callers use the methods of `Net`, `ReplyHandle`.

use std::time::Duration;

use libp2p::{
    Multiaddr, PeerId,
    request_response::{InboundRequestId, ResponseChannel},
};
use tokio::sync::oneshot;

use super::{
    error::{NetError, PublishError, RequestError},
    offences::Offence,
    peers::AllowedPeer,
    protocol::{Protocol, Topic},
};

pub(super) type Answer<T> = oneshot::Sender<T>;

pub(super) enum Command {
    Allow(Vec<AllowedPeer>, Answer<Result<(), NetError>>),
    AllowJoining(PeerId, Vec<Multiaddr>, Answer<Result<(), NetError>>),
    DisallowJoining(PeerId, Answer<()>),
    SetFederation(String, Answer<()>),
    RelayForMembers(bool, Answer<()>),
    UseRelays(Vec<AllowedPeer>, Answer<()>),
    Request { peer: PeerId, protocol: Protocol, bytes: Vec<u8>, answer: Answer<Result<Vec<u8>, RequestError>> },
    Respond { protocol: Protocol, id: InboundRequestId, channel: ResponseChannel<Vec<u8>>, bytes: Vec<u8> },
    Publish(Topic, Vec<u8>, Answer<Result<(), PublishError>>),
    Blame(PeerId, Offence),
    HoldOff { peer: PeerId, pause: Duration, times: u32, answer: Answer<()> },
    LetIn(PeerId, Answer<()>),
    ListenAddresses(Answer<Vec<Multiaddr>>),
    Connected(Answer<Vec<PeerId>>),
    Shutdown(Answer<()>),
}
