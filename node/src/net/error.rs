//! What can go wrong on the network, as the rest of the node needs to tell it apart.
//! No address, key or byte of a message is in any text.

use std::io;

use libp2p::{TransportError, request_response::OutboundFailure};

/// Setting up or steering the network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetError {
    /// The secret is no Ed25519 secret key.
    #[error("the node key cannot be used")]
    Key,
    /// The 32 bytes are no Ed25519 public key.
    #[error("not an Ed25519 public key")]
    PublicKey,
    /// Noise could not be set up with the node key.
    #[error("the encryption of connections could not be set up")]
    Noise(#[source] libp2p::noise::Error),
    /// An address to listen on is not of a kind we speak, or taken.
    #[error("could not listen")]
    Listen(#[source] TransportError<io::Error>),
    /// A listener ended, or had no address in time, before the node was up.
    #[error("a listener did not come up")]
    ListenerClosed,
    /// More peers than `Limits::peers`.
    #[error("too many peers on the allow-list")]
    TooManyPeers,
    /// Not 1 to 64 lower-case hexadecimal digits.
    #[error("not a federation's hexadecimal name")]
    FederationName,
    /// The answer is above the protocol's cap.
    #[error("the answer is too large")]
    AnswerTooLarge,
    /// The event loop has ended.
    #[error("the network has stopped")]
    Stopped,
}

/// A request that brought no answer. Whether the peer received it is known only where the text says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Not on the allow-list, or on it for joining only. Nothing was sent.
    #[error("this protocol is not open with this peer")]
    NotAllowed,
    /// No connection. Nothing was sent; dialling goes on by itself.
    #[error("the peer is not connected")]
    NotConnected,
    /// Above the protocol's cap. Nothing was sent.
    #[error("the request is too large")]
    TooLarge,
    /// Too many requests wait for this peer's answer, or it was asked as much as it takes. Nothing was sent.
    #[error("this peer cannot be asked more just now")]
    Busy,
    /// The peer does not speak the protocol, or not with us.
    #[error("the peer does not speak this protocol")]
    Unsupported,
    /// No answer within `Limits::request_timeout`.
    #[error("the peer did not answer in time")]
    Timeout,
    /// The connection closed.
    #[error("the connection closed before the answer")]
    Closed,
    /// The peer dropped the request, or the stream broke.
    #[error("the peer gave no answer")]
    NoAnswer(#[source] io::Error),
    /// The event loop has ended.
    #[error("the network has stopped")]
    Stopped,
}

impl From<OutboundFailure> for RequestError {
    fn from(failure: OutboundFailure) -> Self {
        match failure {
            OutboundFailure::DialFailure => Self::NotConnected,
            OutboundFailure::Timeout => Self::Timeout,
            OutboundFailure::ConnectionClosed => Self::Closed,
            OutboundFailure::UnsupportedProtocols => Self::Unsupported,
            OutboundFailure::Io(error) => Self::NoAnswer(error),
        }
    }
}

/// A gossip message that was not sent. That nobody listens, or all have it already, is no error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// No federation was set.
    #[error("this node belongs to no federation yet")]
    NoFederation,
    /// Above `GOSSIP_CAP`.
    #[error("the message is too large")]
    TooLarge,
    /// All peers' queues are full; it is left to catching up.
    #[error("all queues are full")]
    QueuesFull,
    /// Above what other members take from one; to be tried again in a moment.
    #[error("too many messages at once")]
    TooFast,
    /// Gossipsub could not sign the message.
    #[error("the message could not be sent")]
    Other(#[source] libp2p::gossipsub::PublishError),
    /// The event loop has ended.
    #[error("the network has stopped")]
    Stopped,
}
