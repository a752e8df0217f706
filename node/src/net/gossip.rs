//! Gossip: settings, our topics, and the verdict that each message waits for before it is passed on.
//! Nothing may rely on it for delivery; what is lost is caught up by request.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use libp2p::{
    PeerId,
    gossipsub::{
        self, ConfigBuilder, IdentTopic, IdentityTransform, Message, MessageAcceptance, MessageAuthenticity, MessageId,
        PeerScoreParams, PeerScoreThresholds, TopicHash, TopicSubscriptionFilter, ValidationMode,
    },
    identity::Keypair,
};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use super::{
    error::PublishError,
    event::{NetEvent, RefusedWhy, Verdict, VerdictHandle},
    event_loop::EventLoop,
    metered,
    peers::{Refused, Standing},
    protocol::{GOSSIP_CAP, Topic},
};

const HEARTBEAT: Duration = Duration::from_millis(300);
/// Heartbeats for which gossipsub keeps a message; 7.5 s, so longer than we wait for a verdict.
const HISTORY: usize = 25;
const VERDICT_TIMEOUT: Duration = Duration::from_secs(5);
const WAITING_VERDICTS: usize = 4096;
/// Room for author, signature, topic and framing around `GOSSIP_CAP`.
const OVERHEAD: usize = 1024;
const MESSAGE_ID: &str = "icmc/v1/gossip-message-id";
/// Below every threshold of gossipsub: nothing is published to such a peer or taken from it.
const SHUT_OUT: f64 = -1000.0;

pub(super) type Gossip = gossipsub::Behaviour<IdentityTransform, OurTopics>;

/// A message that waits for its verdict, or for the time limit.
pub(super) type Waiting = BoxFuture<'static, Judged>;

pub(super) struct Judged {
    peer: PeerId,
    id: MessageId,
    verdict: Verdict,
}

/// Why a message did not get to the node.
enum Dropped {
    /// Another topic, or not from members.
    NotForUs,
    /// Its author sends more than its quota.
    TooFast,
    /// Above the cap.
    TooLarge,
    /// The node does not keep up: nobody's fault, and to be asked for soon.
    NoRoom,
}

/// The only topics that we, and peers towards us, may subscribe to. Shared with gossipsub, which does not give its
/// filter back.
#[derive(Clone, Debug, Default)]
pub(super) struct OurTopics(Arc<Mutex<BTreeSet<TopicHash>>>);

impl OurTopics {
    fn replace(&self, federation: &str) {
        let topics = Topic::ALL.map(|topic| hash(topic, federation));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = BTreeSet::from(topics);
    }
}

impl TopicSubscriptionFilter for OurTopics {
    fn can_subscribe(&mut self, topic: &TopicHash) -> bool {
        let topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        topics.contains(topic)
    }
}

pub(super) fn behaviour(keypair: &Keypair, topics: OurTopics) -> Gossip {
    let config = ConfigBuilder::default()
        .heartbeat_initial_delay(HEARTBEAT)
        .heartbeat_interval(HEARTBEAT)
        .history_length(HISTORY)
        .max_transmit_size(GOSSIP_CAP + OVERHEAD)
        .validation_mode(ValidationMode::Strict)
        .validate_messages()
        .message_id_fn(message_id)
        .flood_publish(true)
        .build()
        .expect("the settings are constants");
    let author = MessageAuthenticity::Signed(keypair.clone());
    let mut gossip = Gossip::new_with_subscription_filter(author, config, topics).expect("the settings are constants");
    // Scores are used for one thing only: to shut out who is joining. Several units may share one address.
    let scores = PeerScoreParams {
        app_specific_weight: 1.0,
        ip_colocation_factor_weight: 0.0,
        behaviour_penalty_weight: 0.0,
        slow_peer_weight: 0.0,
        ..PeerScoreParams::default()
    };
    gossip.with_peer_score(scores, PeerScoreThresholds::default()).expect("the settings are constants");
    gossip
}

fn hash(topic: Topic, federation: &str) -> TopicHash {
    IdentTopic::new(topic.name(federation)).hash()
}

fn message_id(message: &Message) -> MessageId {
    let mut hasher = blake3::Hasher::new_derive_key(MESSAGE_ID);
    let topic = message.topic.as_str();
    hasher.update(&(topic.len() as u64).to_be_bytes());
    hasher.update(topic.as_bytes());
    hasher.update(&message.data);
    MessageId::new(hasher.finalize().as_bytes())
}

impl EventLoop {
    /// Subscriptions that came before are lost to the filter, so all peers connect anew.
    pub(super) fn set_federation(&mut self, federation: String) {
        if self.federation.as_ref() == Some(&federation) {
            return;
        }
        let gossip = &mut self.swarm.behaviour_mut().gossip.inner();
        if let Some(former) = self.federation.take() {
            for topic in Topic::ALL {
                gossip.unsubscribe(&IdentTopic::new(topic.name(&former)));
            }
        }
        self.topics.replace(&federation);
        for topic in Topic::ALL {
            gossip.subscribe(&IdentTopic::new(topic.name(&federation))).expect("the filter was set to these topics");
        }
        self.federation = Some(federation);
        let peers: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            self.disconnect(peer);
        }
    }

    /// To be called whenever a peer connects or its standing changes.
    pub(super) fn set_gossip_standing(&mut self, peer: &PeerId, standing: Standing) {
        let score = match standing {
            Standing::Member => 0.0,
            Standing::Joining => SHUT_OUT,
        };
        let gossip = &mut self.swarm.behaviour_mut().gossip.inner();
        gossip.set_application_score(peer, score);
    }

    pub(super) fn publish(&mut self, topic: Topic, bytes: Vec<u8>) -> Result<(), PublishError> {
        let federation = self.federation.as_ref().ok_or(PublishError::NoFederation)?;
        if !self.published.take(Instant::now()) {
            return Err(PublishError::TooFast);
        }
        let gossip = &mut self.swarm.behaviour_mut().gossip.inner();
        match gossip.publish(hash(topic, federation), bytes) {
            Ok(_) | Err(gossipsub::PublishError::Duplicate | gossipsub::PublishError::NoPeersSubscribedToTopic) => Ok(()),
            Err(gossipsub::PublishError::MessageTooLarge) => Err(PublishError::TooLarge),
            Err(gossipsub::PublishError::AllQueuesFull(_)) => Err(PublishError::QueuesFull),
            Err(other) => Err(PublishError::Other(other)),
        }
    }

    pub(super) fn on_gossip(&mut self, event: metered::Event) {
        match event {
            metered::Event::Gossip(event) => self.on_gossipsub(event),
            metered::Event::Offended(peer, offence) => self.offended(peer, offence),
        }
    }

    fn on_gossipsub(&mut self, event: gossipsub::Event) {
        match event {
            gossipsub::Event::Message { propagation_source: peer, message_id: id, message } => {
                self.heard(peer);
                if let Err(dropped) = self.take_message(peer, id.clone(), message) {
                    let verdict = self.drop_message(peer, dropped);
                    self.report(Judged { peer, id, verdict });
                }
            }
            gossipsub::Event::Subscribed { peer_id, topic } => {
                self.heard(peer_id);
                if let Some(topic) = self.our_topic(&topic)
                    && self.standing(&peer_id) == Some(Standing::Member)
                {
                    let peer = peer_id;
                    self.outlet.offer(NetEvent::Subscribed { peer, topic });
                }
            }
            _ => {}
        }
    }

    pub(super) fn report(&mut self, Judged { peer, id, verdict }: Judged) {
        let acceptance = match verdict {
            Verdict::Accept => MessageAcceptance::Accept,
            Verdict::Ignore => MessageAcceptance::Ignore,
            Verdict::Reject => MessageAcceptance::Reject,
        };
        let gossip = &mut self.swarm.behaviour_mut().gossip.inner();
        gossip.report_message_validation_result(&id, &peer, acceptance);
    }

    /// Hands the message to the node, or says why not.
    fn take_message(&mut self, peer: PeerId, id: MessageId, message: Message) -> Result<(), Dropped> {
        let now = Instant::now();
        let topic = self.our_topic(&message.topic).ok_or(Dropped::NotForUs)?;
        if self.standing(&peer) != Some(Standing::Member) {
            return Err(Dropped::NotForUs);
        }
        if message.data.len() > GOSSIP_CAP {
            return Err(Dropped::TooLarge);
        }
        let author = message.source.ok_or(Dropped::NotForUs)?;
        // What strangers write is nobody's news; whoever is cut off is asked for what it wrote when it is let in again.
        if self.standing(&author) != Some(Standing::Member) || self.peers.cuts.is_cut(&author, now) {
            return Err(Dropped::NotForUs);
        }
        let own = author == peer;
        let known = self.peers.find(&peer).ok_or(Dropped::NotForUs)?;
        let place = known.admit_gossip(topic, own, now).map_err(|refused| match refused {
            // What many wrote comes together at whoever passes it on: that is no fault.
            Refused::Quota if own => Dropped::TooFast,
            Refused::Quota | Refused::NoRoom => Dropped::NoRoom,
        })?;
        if self.verdicts.len() >= WAITING_VERDICTS {
            return Err(Dropped::NoRoom);
        }
        let (verdict, answer) = oneshot::channel();
        let verdict = VerdictHandle { verdict, _place: place };
        if !self.outlet.offer(NetEvent::Gossip { peer, topic, bytes: message.data, verdict }) {
            return Err(Dropped::NoRoom);
        }
        let waiting = timeout(VERDICT_TIMEOUT, answer).map(move |given| Judged {
            peer,
            id,
            verdict: given.ok().and_then(Result::ok).unwrap_or(Verdict::Ignore),
        });
        self.verdicts.push(waiting.boxed());
        Ok(())
    }

    fn drop_message(&mut self, peer: PeerId, dropped: Dropped) -> Verdict {
        match dropped {
            Dropped::NotForUs => Verdict::Ignore,
            Dropped::TooFast => {
                self.refuse(peer, RefusedWhy::TooFast);
                Verdict::Ignore
            }
            Dropped::TooLarge => {
                self.refuse(peer, RefusedWhy::TooLarge);
                Verdict::Reject
            }
            Dropped::NoRoom => {
                self.outlet.missed(peer);
                Verdict::Ignore
            }
        }
    }

    fn our_topic(&self, topic: &TopicHash) -> Option<Topic> {
        let federation = self.federation.as_ref()?;
        Topic::ALL.into_iter().find(|ours| hash(*ours, federation) == *topic)
    }
}
