//! A member gone bad that keeps no rule of ours: a raw libp2p client under a member's key, and what it does to others.
//! What comes of it is the tests' business.

mod raw;
mod swarm;

use crate::units::{Opened, Unit};
use anyhow::{Context, Result};
use icmc_node::net::{PeerId, peer_id_of};
use icmc_protocol::crypto::NodeSecret;
use icmc_protocol::documents::{Request, of_case};
use icmc_protocol::federation::{charter, own};
use icmc_protocol::ids::{CaseId, ChunkHash, FederationId, ShareId, UnitId};
use icmc_protocol::wire;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// One kind of attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// 10,000 gossip messages a second that mean nothing.
    Gossip,
    /// 10,000 requests a second that mean nothing.
    Requests,
    /// Frames of four gigabytes, announced as fast as streams open.
    HugeFrames,
    /// 10,000 subscriptions a second, made and taken back.
    Subscriptions,
    /// Asks for chunks of a document that it may have, and reads no reply.
    SlowReading,
    /// As much as each quota allows, for as long as it lasts: valid beacons, large envelopes, requests that read much.
    WithinQuotas,
}

/// Whom to attack.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its key on the network.
    pub peer: PeerId,
    /// Its port on this computer.
    pub port: u16,
}

/// What the stopped unit's store gave to whoever took its computer.
#[derive(Debug)]
pub struct Attacker {
    secret: Arc<NodeSecret>,
    federation: FederationId,
    /// A request for a chunk that it may have.
    chunk: Vec<u8>,
}

/// An attack under way.
#[derive(Debug)]
pub struct Running {
    begun: Instant,
    counts: Arc<Counts>,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<()>>,
}

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    /// Milliseconds from the beginning to the first connection that was closed on it, plus one; zero for none.
    closed: AtomicU64,
    /// Connections opened.
    opened: AtomicU64,
}

/// What an attack came to.
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// Messages, requests or subscriptions that left the attacker.
    pub sent: u64,
    /// When the victim first closed a connection.
    pub closed_after: Option<Duration>,
    /// Connections that opened, however shortly.
    pub opened: u64,
}

impl Attacker {
    /// Takes the keys out of a stopped unit's store, and what it knows of a document shared with it.
    ///
    /// # Errors
    /// If the store does not open, or there is no such document.
    pub fn of(unit: &Unit, share: ShareId, case: CaseId) -> Result<Self> {
        let opened = Opened::of(unit)?;
        let view = opened.snapshot()?;
        let own = own::load(&view)?;
        let federation = charter::current(&view)?.context("the unit is in no federation")?.federation;
        let (key, row) = of_case(&view, case)?.into_iter().next().context("no document")?;
        let folder = unit.dir.join("blobs").join(row.place.to_string());
        let largest =
            std::fs::read_dir(folder)?.filter_map(Result::ok).max_by_key(|file| file.metadata().map_or(0, |of| of.len()));
        let name = largest.context("no chunk")?.file_name();
        let chunk: ChunkHash = name.to_str().context("a name")?.parse().ok().context("a hash")?;
        let chunk = wire::encode(&Request { share, document: key.change, chunk });
        Ok(Self { secret: Arc::new(own.key()), federation, chunk })
    }

    /// Where a running member is, by the charter in a stopped unit's store.
    ///
    /// # Errors
    /// If there is no such member.
    pub fn target(unit: &Unit, victim: UnitId, port: u16) -> Result<Target> {
        let opened = Opened::of(unit)?;
        let member = charter::member(&opened.snapshot()?, victim)?.context("no such member")?;
        Ok(Target { peer: peer_id_of(&member.present_key().context("no key")?.0)?, port })
    }

    /// Begins an attack on one member, over a connection of its own.
    #[must_use]
    pub fn begin(&self, attack: Attack, target: Target) -> Running {
        let counts = Arc::new(Counts::default());
        let (stop, stopped) = watch::channel(false);
        let arms =
            swarm::Arms { attack, target, secret: self.secret.clone(), federation: self.federation, chunk: self.chunk.clone() };
        let task = tokio::spawn(swarm::run(arms, counts.clone(), stopped));
        Running { begun: Instant::now(), counts, stop, task }
    }
}

impl Running {
    /// How long it runs.
    #[must_use]
    pub fn since(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Ends it and says what it came to.
    ///
    /// # Errors
    /// If the attacker itself failed.
    pub async fn end(self) -> Result<Came> {
        let _ = self.stop.send(true);
        self.task.await??;
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let closed_after = of(&self.counts.closed).checked_sub(1).map(Duration::from_millis);
        Ok(Came { sent: of(&self.counts.sent), closed_after, opened: of(&self.counts.opened) })
    }
}
