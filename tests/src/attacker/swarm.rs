//! One connection of the attacker, dialled again whenever it is closed, and what is sent over it a hundred times a second.
//! Counts what it sent; looks at no reply.

use super::raw::{Raw, framed};
use super::{Attack, Counts, Target};
use anyhow::Result;
use futures::StreamExt as _;
use icmc_node::clock::{Clock as _, SystemClock};
use icmc_node::net::Protocol;
use icmc_protocol::bounded::BoundedVec;
use icmc_protocol::crypto::{NodeSecret, PrekeySecret, Signed};
use icmc_protocol::envelope::Sealed;
use icmc_protocol::ids::{FederationId, SubjectId, Token};
use icmc_protocol::matching::{Action, Beacon, LIFETIME};
use icmc_protocol::testing::rng::SeededRng;
use libp2p::gossipsub::{self, ConfigBuilder, IdentTopic, MessageAuthenticity, ValidationMode};
use libp2p::identity::Keypair;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Swarm, SwarmBuilder, noise, tcp, yamux};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Turns a second.
const TURNS: u64 = 100;
/// Requests that wait for replies; more would only fill the attacker's own memory.
const WAITING: usize = 512;
/// The number that the attacker's own beacons begin with: far beyond what its unit used.
const FIRST_NUMBER: u64 = 10_000;

/// What one connection needs.
pub(super) struct Arms {
    pub(super) attack: Attack,
    pub(super) target: Target,
    pub(super) secret: Arc<NodeSecret>,
    pub(super) federation: FederationId,
    pub(super) chunk: Vec<u8>,
}

#[derive(NetworkBehaviour)]
struct Behaviour {
    gossip: gossipsub::Behaviour,
    requests: request_response::Behaviour<Raw>,
    beacons: request_response::Behaviour<Raw>,
    blobs: request_response::Behaviour<Raw>,
}

struct Attacking {
    arms: Arms,
    swarm: Swarm<Behaviour>,
    counts: Arc<Counts>,
    begun: Instant,
    topic: IdentTopic,
    rng: SeededRng,
    turn: u64,
    /// Of the next beacon.
    number: u64,
    waiting: usize,
    /// A large envelope sealed to a key that nobody has.
    envelope: Vec<u8>,
}

/// Attacks until it is stopped.
pub(super) async fn run(arms: Arms, counts: Arc<Counts>, mut stopped: watch::Receiver<bool>) -> Result<()> {
    let mut attacking = Attacking::new(arms, counts)?;
    let mut turns = interval(Duration::from_secs(1) / u32::try_from(TURNS)?);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return Ok(()),
            _ = turns.tick() => attacking.turn(),
            event = attacking.swarm.select_next_some() => attacking.on_event(event),
        }
    }
}

impl Attacking {
    fn new(arms: Arms, counts: Arc<Counts>) -> Result<Self> {
        let keypair = Keypair::ed25519_from_bytes(arms.secret.seed().to_vec())?;
        let gossip = ConfigBuilder::default()
            .validation_mode(ValidationMode::Strict)
            .max_transmit_size(64 * 1024)
            .flood_publish(true)
            .build()
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let gossip = gossipsub::Behaviour::new(MessageAuthenticity::Signed(keypair.clone()), gossip);
        let raw = if arms.attack == Attack::SlowReading { Raw::Waits } else { Raw::Reads };
        let behaviour = Behaviour {
            gossip: gossip.map_err(|error| anyhow::anyhow!("{error}"))?,
            requests: speaks(raw, Protocol::Envelope),
            beacons: speaks(raw, Protocol::Beacons),
            blobs: speaks(raw, Protocol::Blob),
        };
        let mut swarm = SwarmBuilder::with_existing_identity(keypair)
            .with_tokio()
            .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
            .with_behaviour(|_| behaviour)?
            .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(600)))
            .build();
        let topic = IdentTopic::new(format!("icmc/{}/beacons/2", arms.federation));
        swarm.behaviour_mut().gossip.subscribe(&topic)?;
        let mut rng = SeededRng::new(u64::from(arms.target.port));
        let nobody = PrekeySecret::generate(&mut rng);
        let envelope = framed(&Sealed::seal(&vec![7; 200 * 1024], u64::MAX, &nobody.public(), &mut rng)?);
        // A series of its own at each victim, so that what one passes on is new to the other.
        let number = FIRST_NUMBER + u64::from(arms.target.port) * 100_000;
        Ok(Self { arms, swarm, counts, begun: Instant::now(), topic, rng, turn: 0, number, waiting: 0, envelope })
    }

    fn turn(&mut self) {
        self.turn += 1;
        let peer = self.arms.target.peer;
        if !self.swarm.is_connected(&peer) {
            return self.dial();
        }
        match self.arms.attack {
            Attack::Gossip => (0..10_000 / TURNS).for_each(|_| self.noise()),
            Attack::Requests => (0..10_000 / TURNS).for_each(|_| {
                let bytes = framed(&self.bytes(1024));
                self.ask(Protocol::Envelope, bytes);
            }),
            Attack::HugeFrames => (0..20).for_each(|_| self.ask(Protocol::Envelope, vec![0xff; 4])),
            Attack::Subscriptions => (0..5_000 / TURNS).for_each(|_| self.resubscribe()),
            Attack::SlowReading => (0..20).for_each(|_| self.ask(Protocol::Blob, framed(&self.arms.chunk.clone()))),
            Attack::WithinQuotas => self.within_quotas(),
        }
    }

    /// A little less of everything than a member may send: the victims' buckets fill as long as it lasts.
    fn within_quotas(&mut self) {
        let every = |turns: u64, turn: u64| turn.is_multiple_of(turns);
        self.beacon();
        if every(3, self.turn) {
            self.beacon();
        }
        self.ask(Protocol::Envelope, self.envelope.clone());
        if every(2, self.turn) {
            self.ask(Protocol::Envelope, self.envelope.clone());
        }
        (0..15).for_each(|_| self.ask(Protocol::Blob, framed(&self.arms.chunk.clone())));
        if every(TURNS / 3, self.turn) {
            // No range is held, no head is known: `{held: [], head: null}`.
            self.ask(Protocol::Beacons, framed(&[0xa2, 0x00, 0x80, 0x01, 0xf6]));
        }
    }

    fn noise(&mut self) {
        let bytes = self.bytes(500);
        self.publish(bytes);
    }

    fn beacon(&mut self) {
        let mut tokens: Vec<Token> = (0..8).map(|_| Token(self.random())).collect();
        tokens.sort_unstable();
        let beacon = Beacon {
            federation: self.arms.federation,
            epoch: 0,
            number: self.number,
            subject: SubjectId(self.random()),
            action: Action::Announce,
            tokens: BoundedVec::new(tokens).unwrap_or_default(),
            expires: SystemClock.now().plus(LIFETIME),
        };
        self.number += 1;
        let signed = Signed::sign(&beacon, &self.arms.secret);
        self.publish(signed.as_bytes().to_vec());
    }

    fn publish(&mut self, bytes: Vec<u8>) {
        if self.swarm.behaviour_mut().gossip.publish(self.topic.clone(), bytes).is_ok() {
            self.counts.sent.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn resubscribe(&mut self) {
        let gossip = &mut self.swarm.behaviour_mut().gossip;
        let took_back = gossip.unsubscribe(&self.topic);
        let subscribed = gossip.subscribe(&self.topic).unwrap_or_default();
        self.counts.sent.fetch_add(u64::from(took_back) + u64::from(subscribed), Ordering::Relaxed);
    }

    fn ask(&mut self, protocol: Protocol, bytes: Vec<u8>) {
        if self.waiting >= WAITING {
            return;
        }
        let peer = self.arms.target.peer;
        let behaviour = self.swarm.behaviour_mut();
        let requests = match protocol {
            Protocol::Beacons => &mut behaviour.beacons,
            Protocol::Blob => &mut behaviour.blobs,
            _ => &mut behaviour.requests,
        };
        requests.send_request(&peer, bytes);
        self.waiting += 1;
        self.counts.sent.fetch_add(1, Ordering::Relaxed);
    }

    fn dial(&mut self) {
        let Target { peer, port } = self.arms.target;
        let Ok(address) = format!("/ip4/127.0.0.1/tcp/{port}").parse() else { return };
        let dial = DialOpts::peer_id(peer).condition(PeerCondition::DisconnectedAndNotDialing).addresses(vec![address]).build();
        // It is dialling, or refused at once: the next turn tries again.
        let _ = self.swarm.dial(dial);
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished { .. } => {
                self.counts.opened.fetch_add(1, Ordering::Relaxed);
            }
            SwarmEvent::ConnectionClosed { .. } => {
                let after = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
                let _ = self.counts.closed.compare_exchange(0, after + 1, Ordering::Relaxed, Ordering::Relaxed);
            }
            SwarmEvent::Behaviour(
                BehaviourEvent::Requests(event) | BehaviourEvent::Beacons(event) | BehaviourEvent::Blobs(event),
            ) => {
                use request_response::Event;
                if matches!(event, Event::OutboundFailure { .. } | Event::Message { .. }) {
                    self.waiting = self.waiting.saturating_sub(1);
                }
            }
            _ => {}
        }
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        rand_core::Rng::fill_bytes(&mut self.rng, &mut bytes);
        bytes
    }

    fn random(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        rand_core::Rng::fill_bytes(&mut self.rng, &mut bytes);
        bytes
    }
}

fn speaks(raw: Raw, protocol: Protocol) -> request_response::Behaviour<Raw> {
    let config = request_response::Config::default().with_request_timeout(Duration::from_secs(60));
    request_response::Behaviour::with_codec(raw, [(protocol.name(), ProtocolSupport::Outbound)], config)
}
