//! A multiplexer that waits only so long for an orderly end: on a dead line nothing can be said any more, and the system
//! would go on trying for a quarter of an hour, in which the peer counts as connected and is not dialled.
//! Everything but the end is the multiplexer's below.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::FutureExt;
use libp2p::core::{StreamMuxer, muxing::StreamMuxerEvent};
use tokio::time::{Sleep, sleep};

/// How long a connection may take to close.
const CLOSING: Duration = Duration::from_secs(3);

pub(super) struct Impatient<M> {
    below: M,
    closing: Option<Pin<Box<Sleep>>>,
}

impl<M> Impatient<M> {
    pub(super) fn new(below: M) -> Self {
        Self { below, closing: None }
    }
}

impl<M: StreamMuxer + Unpin> StreamMuxer for Impatient<M> {
    type Substream = M::Substream;
    type Error = M::Error;

    fn poll_inbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<M::Substream, M::Error>> {
        Pin::new(&mut self.below).poll_inbound(cx)
    }

    fn poll_outbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<M::Substream, M::Error>> {
        Pin::new(&mut self.below).poll_outbound(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), M::Error>> {
        if let Poll::Ready(closed) = Pin::new(&mut self.below).poll_close(cx) {
            return Poll::Ready(closed);
        }
        // Dropped after this, which frees the line.
        self.closing.get_or_insert_with(|| Box::pin(sleep(CLOSING))).poll_unpin(cx).map(Ok)
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<StreamMuxerEvent, M::Error>> {
        Pin::new(&mut self.below).poll(cx)
    }
}
