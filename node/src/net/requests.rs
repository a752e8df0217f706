//! Requests of both directions, from the event loop's side.
//! It does not look into the bytes, and never waits for who asked or answers.

use libp2p::{
    PeerId,
    request_response::{self, Message, OutboundRequestId, ResponseChannel},
};
use tokio::{sync::oneshot, time::Instant};

use super::{
    codec::Frame,
    error::RequestError,
    event::{NetEvent, RefusedWhy, ReplyHandle},
    event_loop::EventLoop,
    protocol::Protocol,
};

/// An own request that waits for its answer. libp2p reports the end of each exactly once.
pub(super) struct Pending {
    peer: PeerId,
    answer: oneshot::Sender<Result<Vec<u8>, RequestError>>,
}

type Event = request_response::Event<Frame, Vec<u8>>;

impl EventLoop {
    pub(super) fn send_request(
        &mut self,
        peer: PeerId,
        protocol: Protocol,
        bytes: Vec<u8>,
        answer: oneshot::Sender<Result<Vec<u8>, RequestError>>,
    ) {
        // The caller no longer waits if these fail; then there is nobody to tell.
        if let Err(error) = self.may_send(&peer, protocol) {
            let _ = answer.send(Err(error));
            return;
        }
        let requests = self.swarm.behaviour_mut().requests(protocol);
        let id = requests.send_request(&peer, Frame::Whole(bytes));
        self.pending.insert((protocol, id), Pending { peer, answer });
    }

    pub(super) fn respond(&mut self, protocol: Protocol, channel: ResponseChannel<Vec<u8>>, bytes: Vec<u8>) {
        let requests = self.swarm.behaviour_mut().requests(protocol);
        if requests.send_response(channel, bytes).is_err() {
            tracing::debug!(?protocol, "an answer came too late");
        }
    }

    pub(super) fn on_request_event(&mut self, protocol: Protocol, event: Event) {
        match event {
            Event::Message { peer, message, .. } => {
                self.heard(peer);
                match message {
                    Message::Request { request, channel, .. } => self.take_request(peer, protocol, request, channel),
                    Message::Response { request_id, response } => self.settle(protocol, request_id, Ok(response)),
                }
            }
            Event::OutboundFailure { request_id, error, .. } => self.settle(protocol, request_id, Err(error.into())),
            Event::InboundFailure { peer, error, .. } => {
                tracing::debug!(%peer, ?protocol, %error, "a request was not answered");
            }
            Event::ResponseSent { .. } => {}
        }
    }

    fn may_send(&mut self, peer: &PeerId, protocol: Protocol) -> Result<(), RequestError> {
        match self.standing(peer) {
            Some(standing) if standing.may_use(protocol) => {}
            _ => return Err(RequestError::NotAllowed),
        }
        if !self.swarm.is_connected(peer) {
            return Err(RequestError::NotConnected);
        }
        let same = |((of, _), pending): &(&(Protocol, OutboundRequestId), &Pending)| *of == protocol && pending.peer == *peer;
        if self.pending.iter().filter(same).count() >= self.limits.in_flight {
            return Err(RequestError::Busy);
        }
        Ok(())
    }

    /// Dropping the channel tells the peer at once that it gets no answer.
    fn take_request(&mut self, peer: PeerId, protocol: Protocol, request: Frame, channel: ResponseChannel<Vec<u8>>) {
        let checked = match self.peers.find(&peer) {
            None => Err(RefusedWhy::NotAllowed),
            Some(known) => known.admit_request(protocol, Instant::now()),
        };
        let bytes = match (checked, request) {
            (Ok(()), Frame::Whole(bytes)) => bytes,
            (Ok(()), Frame::TooLarge) => {
                return self.outlet.refused(Some(peer), RefusedWhy::TooLarge);
            }
            (Err(why), _) => return self.outlet.refused(Some(peer), why),
        };
        let reply = ReplyHandle { protocol, channel, commands: self.own_commands.clone() };
        let event = NetEvent::Request { peer, protocol, bytes, reply };
        if !self.outlet.offer(event) {
            tracing::debug!(%peer, ?protocol, "a request was dropped: the node does not keep up");
        }
    }

    fn settle(&mut self, protocol: Protocol, id: OutboundRequestId, result: Result<Vec<u8>, RequestError>) {
        if let Some(pending) = self.pending.remove(&(protocol, id)) {
            let _ = pending.answer.send(result);
        }
    }
}
