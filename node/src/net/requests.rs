//! Requests of both directions, from the event loop's side.
//! It does not look into the bytes, and never waits for who asked or answers.

use libp2p::{
    PeerId,
    request_response::{self, InboundFailure, InboundRequestId, Message, OutboundRequestId, ResponseChannel},
};
use tokio::{sync::oneshot, time::Instant};

use super::{
    codec::Frame,
    error::RequestError,
    event::{NetEvent, RefusedWhy, ReplyHandle},
    event_loop::EventLoop,
    offences::Offence,
    peers::{Peer, Refused},
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

    pub(super) fn respond(
        &mut self,
        protocol: Protocol,
        id: InboundRequestId,
        channel: ResponseChannel<Vec<u8>>,
        bytes: Vec<u8>,
    ) {
        let requests = self.swarm.behaviour_mut().requests(protocol);
        if requests.send_response(channel, bytes).is_err() {
            tracing::debug!(?protocol, "an answer came too late");
        } else {
            self.answered.insert((protocol, id));
        }
    }

    pub(super) fn on_request_event(&mut self, protocol: Protocol, event: Event) {
        match event {
            Event::Message { peer, message, .. } => {
                self.heard(peer);
                match message {
                    Message::Request { request_id, request, channel } => {
                        self.take_request(peer, protocol, request_id, request, channel)
                    }
                    Message::Response { request_id, response } => self.settle(protocol, request_id, Ok(response)),
                }
            }
            Event::OutboundFailure { request_id, error, .. } => self.settle(protocol, request_id, Err(error.into())),
            Event::InboundFailure { peer, request_id, error, .. } => {
                tracing::debug!(%peer, ?protocol, %error, "a request was not answered");
                let answered = self.answered.remove(&(protocol, request_id));
                if answered && matches!(error, InboundFailure::Timeout) {
                    self.offended(peer, Offence::SlowReading);
                }
            }
            Event::ResponseSent { request_id, .. } => {
                self.answered.remove(&(protocol, request_id));
            }
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
        let may_ask = |known: &mut Peer| known.may_ask(protocol, Instant::now());
        self.peers.find(peer).is_some_and(may_ask).then_some(()).ok_or(RequestError::Busy)
    }

    /// Dropping the channel tells the peer at once that it gets no answer.
    fn take_request(
        &mut self,
        peer: PeerId,
        protocol: Protocol,
        id: InboundRequestId,
        request: Frame,
        channel: ResponseChannel<Vec<u8>>,
    ) {
        let Some(known) = self.peers.find(&peer) else { return self.refuse(peer, RefusedWhy::NotAllowed) };
        if !known.standing.may_use(protocol) {
            return self.refuse(peer, RefusedWhy::JoiningOnly);
        }
        let Frame::Whole(bytes) = request else { return self.refuse(peer, RefusedWhy::TooLarge) };
        let _place = match known.admit_request(protocol, Instant::now()) {
            Ok(place) => place,
            Err(Refused::Quota) => return self.refuse(peer, RefusedWhy::TooFast),
            Err(Refused::NoRoom) => {
                tracing::debug!(%peer, ?protocol, "a request was dropped: too many of this peer's are not answered yet");
                return;
            }
        };
        let reply = ReplyHandle { protocol, id, channel, commands: self.own_commands.clone(), _place };
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
