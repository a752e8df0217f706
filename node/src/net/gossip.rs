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
    peers::Standing,
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
        let gossip = &mut self.swarm.behaviour_mut().gossip;
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
        let gossip = &mut self.swarm.behaviour_mut().gossip;
        gossip.set_application_score(peer, score);
    }

    pub(super) fn publish(&mut self, topic: Topic, bytes: Vec<u8>) -> Result<(), PublishError> {
        let federation = self.federation.as_ref().ok_or(PublishError::NoFederation)?;
        let gossip = &mut self.swarm.behaviour_mut().gossip;
        match gossip.publish(hash(topic, federation), bytes) {
            Ok(_) | Err(gossipsub::PublishError::Duplicate | gossipsub::PublishError::NoPeersSubscribedToTopic) => Ok(()),
            Err(gossipsub::PublishError::MessageTooLarge) => Err(PublishError::TooLarge),
            Err(gossipsub::PublishError::AllQueuesFull(_)) => Err(PublishError::QueuesFull),
            Err(other) => Err(PublishError::Other(other)),
        }
    }

    pub(super) fn on_gossip(&mut self, event: gossipsub::Event) {
        match event {
            gossipsub::Event::Message { propagation_source: peer, message_id: id, message } => {
                self.heard(peer);
                if let Err(verdict) = self.take_message(peer, id.clone(), message) {
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
        let gossip = &mut self.swarm.behaviour_mut().gossip;
        gossip.report_message_validation_result(&id, &peer, acceptance);
    }

    /// Hands the message to the node, or gives the verdict at once.
    fn take_message(&mut self, peer: PeerId, id: MessageId, message: Message) -> Result<(), Verdict> {
        let topic = self.our_topic(&message.topic).ok_or(Verdict::Ignore)?;
        let known = self.peers.find(&peer).ok_or(Verdict::Ignore)?;
        if let Err(why) = known.admit_gossip(Instant::now()) {
            self.outlet.refused(Some(peer), why);
            return Err(Verdict::Ignore);
        }
        if message.data.len() > GOSSIP_CAP {
            self.outlet.refused(Some(peer), RefusedWhy::TooLarge);
            return Err(Verdict::Reject);
        }
        if self.verdicts.len() >= WAITING_VERDICTS {
            return Err(Verdict::Ignore);
        }
        let (verdict, answer) = oneshot::channel();
        let event = NetEvent::Gossip { peer, topic, bytes: message.data, verdict: VerdictHandle(verdict) };
        if !self.outlet.offer(event) {
            return Err(Verdict::Ignore);
        }
        let waiting = timeout(VERDICT_TIMEOUT, answer).map(move |given| Judged {
            peer,
            id,
            verdict: given.ok().and_then(Result::ok).unwrap_or(Verdict::Ignore),
        });
        self.verdicts.push(waiting.boxed());
        Ok(())
    }

    fn our_topic(&self, topic: &TopicHash) -> Option<Topic> {
        let federation = self.federation.as_ref()?;
        Topic::ALL.into_iter().find(|ours| hash(*ours, federation) == *topic)
    }
}
