//! A member gone bad: the network identity of a stopped unit in the hands of somebody who sends what he likes.
//! It keeps the transport's rules, as only then do its bytes get as far as the envelopes.

use crate::units::{Opened, Unit};
use anyhow::{Context, Result, bail};
use icmc_node::net::{AllowedPeer, Limits, Net, NetConfig, NetEvent, PeerId, Protocol, peer_id_of, start};
use icmc_node::store::Snapshot;
use icmc_protocol::envelope::outbox;
use icmc_protocol::federation::{charter, own};
use icmc_protocol::ids::UnitId;
use icmc_protocol::testing::rng::SeededRng;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

/// Longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// The stopped unit's keys at work.
#[derive(Debug)]
pub struct Impostor {
    net: Net,
    events: Receiver<NetEvent>,
    victim: PeerId,
}

impl Impostor {
    /// Takes the node key out of a stopped unit's store and connects to a running member with it.
    ///
    /// # Errors
    /// If the store does not open or the connection does not come about.
    pub async fn of(unit: &Unit, victim: UnitId, victim_port: u16) -> Result<Self> {
        let (secret, federation, peer) = {
            let opened = Opened::of(unit)?;
            let view = opened.snapshot()?;
            let charter = charter::current(&view)?.context("the unit is in no federation")?;
            (own::load(&view)?.key().seed(), charter.federation.to_string(), peer_of(&view, victim)?)
        };
        let (net, events) = start(NetConfig { secret, listen: Vec::new(), limits: Limits::default() }).await?;
        net.set_federation(&federation).await?;
        let address = format!("/ip4/127.0.0.1/tcp/{victim_port}").parse().context("an address")?;
        net.allow(vec![AllowedPeer { peer, addresses: vec![address] }]).await?;
        let mut impostor = Self { net, events, victim: peer };
        impostor.connected().await?;
        Ok(impostor)
    }

    async fn connected(&mut self) -> Result<()> {
        let wait = async {
            while let Some(event) = self.events.recv().await {
                if matches!(event, NetEvent::Connected { peer } if peer == self.victim) {
                    return Ok(());
                }
            }
            bail!("the network ended")
        };
        timeout(PATIENCE, wait).await.context("no connection")?
    }

    /// Sends bytes as an envelope and gives the answer's bytes.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn envelope(&self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        Ok(self.net.request(self.victim, Protocol::Envelope, bytes).await?)
    }

    /// Asks for a chunk of a document and gives the answer's bytes.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn blob(&self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        Ok(self.net.request(self.victim, Protocol::Blob, bytes).await?)
    }

    /// Gives the connection up.
    pub async fn leave(self) {
        self.net.shutdown().await;
    }
}

fn peer_of(view: &Snapshot, unit: UnitId) -> Result<PeerId> {
    let key = charter::member(view, unit)?.and_then(|member| member.present_key()).context("no such member")?;
    Ok(peer_id_of(&key.0)?)
}

/// The envelopes that wait in a stopped unit's store for another, sealed as its node would send them.
///
/// # Errors
/// If the store does not open.
pub fn waiting(unit: &Unit, to: UnitId) -> Result<Vec<Vec<u8>>> {
    let opened = Opened::of(unit)?;
    let view = opened.snapshot()?;
    let mut rng = SeededRng::new(2);
    let mut sealed = Vec::new();
    for (_, row) in outbox::due(&view, to, 100)? {
        sealed.push(outbox::seal_row(&view, to, &row, row.created, &mut rng)?.context("no prekey is known")?);
    }
    Ok(sealed)
}
