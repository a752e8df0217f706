//! From the network to the core: events become inputs, replies go back after the commit.
//! Who a peer is, is decided by the connection; what it sends, by the core.

use super::node::{Node, WeakNode};
use super::refusals::Refusals;
use super::{blind, cut_off, documents, exchange};
use crate::net::{NetEvent, PeerId, Protocol, RefusedWhy, ReplyHandle, Topic, Verdict, VerdictHandle};
use icmc_protocol::core::Input;
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::{self, Notice};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

pub(super) async fn run(node: WeakNode, mut events: mpsc::Receiver<NetEvent>, mut stopped: watch::Receiver<bool>) {
    let mut refusals = Refusals::default();
    loop {
        let event = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            event = events.recv() => event,
        };
        let (Some(event), Some(node)) = (event, node.upgrade()) else { return };
        take(node, event, &mut refusals).await;
    }
}

async fn take(node: Node, event: NetEvent, refusals: &mut Refusals) {
    match event {
        NetEvent::Connected { peer } => {
            if let Some(unit) = node.members.unit(&peer) {
                node.members.arrived(unit, peer);
                let _ = node.handle(Input::Connected(unit)).await;
                node.members.bell(unit).notify_one();
                node.documents.bell(unit).notify_one();
            }
        }
        NetEvent::Disconnected { peer } => {
            if let Some(unit) = node.members.unit(&peer) {
                node.members.left(unit, peer);
                let _ = node.events.send(Notice::Peers);
            }
        }
        NetEvent::Subscribed { .. } => {}
        // Requests wait for a commit each: many of them share one. Their number is bounded by the network's limits.
        NetEvent::Request { peer, protocol, bytes, reply } => {
            tokio::spawn(request(node, peer, protocol, bytes, reply));
        }
        NetEvent::Gossip { peer, topic, bytes, verdict } => {
            if let Some(unit) = node.members.unit(&peer) {
                tokio::spawn(gossip(node, unit, topic, bytes, verdict));
            }
        }
        NetEvent::Missed { peer } => {
            if let Some(unit) = node.members.unit(&peer) {
                exchange::start_soon(node.weak(), unit);
            }
        }
        NetEvent::CutOff { peer, cut } => {
            if let Some(unit) = node.members.unit(&peer) {
                tokio::spawn(async move { cut_off::note(&node, unit, cut).await });
            }
        }
        NetEvent::Refused { peer, why } => {
            let unit = peer.and_then(|peer| node.members.unit(&peer));
            if let Some(count) = refusals.count(unit, why, Instant::now()) {
                tracing::warn!(?why, unit = unit.map(|unit| unit.short()), count, "connections or messages were refused");
                if let Some(unit) = unit {
                    tokio::spawn(async move { documents::incident(&node, unit, sentence(why)).await });
                }
            }
        }
    }
}

const fn sentence(why: RefusedWhy) -> &'static str {
    match why {
        RefusedWhy::NotAllowed => "was refused: it may not connect now",
        RefusedWhy::JoiningOnly => "was refused: it may only ask to join",
        RefusedWhy::TooManyConnections => "was refused: too many connections, or too little memory here",
        RefusedWhy::TooFast => "was refused: it sent more than its quota",
        RefusedWhy::TooLarge => "was refused: it sent a frame that is too large",
    }
}

async fn request(node: Node, peer: PeerId, protocol: Protocol, bytes: Vec<u8>, reply: ReplyHandle) {
    let unit = node.members.unit(&peer);
    let input = match (protocol, unit) {
        (Protocol::Join, _) => match node.members.joining_key(&peer) {
            Some(key) => Input::JoinRequest { key, bytes },
            None => return,
        },
        (Protocol::Envelope, Some(from)) => Input::Envelope { transport: Some(from), bytes },
        (Protocol::Charter, Some(from)) => Input::CharterRequest { from, bytes },
        (Protocol::Beacons, Some(from)) => Input::BeaconRequest { from, bytes },
        (Protocol::Blind, Some(from)) => Input::BlindRequest { from, bytes },
        (Protocol::Blob, Some(from)) => {
            let bytes = documents::answer(&node, from, &bytes).await;
            return answer(reply, bytes).await;
        }
        (_, None) => return,
    };
    let Ok(committed) = node.handle(input).await else { return };
    if let (true, Some(unit)) = (committed.garbage, unit) {
        node.blame(unit).await;
    }
    if let Some(bytes) = blind::answer(&node, committed).await {
        answer(reply, bytes).await;
    }
}

async fn answer(reply: ReplyHandle, bytes: Vec<u8>) {
    if let Err(error) = reply.answer(bytes).await {
        tracing::debug!(%error, "an answer could not be given");
    }
}

async fn gossip(node: Node, from: UnitId, topic: Topic, bytes: Vec<u8>, verdict: VerdictHandle) {
    let input = match topic {
        Topic::Beacons => Input::BeaconGossip { bytes },
        Topic::Charter => Input::CharterGossip { from, bytes },
    };
    let Ok(committed) = node.handle(input).await else { return };
    if committed.verdict == Some(machine::Verdict::Reject) {
        // Whoever passed it on did not check it.
        node.blame(from).await;
    }
    verdict.give(match committed.verdict {
        Some(machine::Verdict::Accept) => Verdict::Accept,
        Some(machine::Verdict::Reject) => Verdict::Reject,
        Some(machine::Verdict::Ignore) | None => Verdict::Ignore,
    });
}
