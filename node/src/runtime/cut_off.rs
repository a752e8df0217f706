//! Members that the network cut off for what they did: the mark that people see until they clear it, kept over a restart.
//! Who is cut off, and for how long, is decided in `net`.

use super::node::Node;
use crate::net::{CutOff, Net, Offence, peer_id_of};
use crate::rows::row;
use crate::store::tables;
use icmc_protocol::federation::charter;
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::{Notice, Record, Scope, Table, Txn, View, ViewError};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Members looked at when the network begins.
const MEMBERS: usize = 1024;

/// A member that was cut off. Key: UnitId.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// When it is let in again by itself.
    pub until: Timestamp,
    /// For what: flood, oversize, garbage, subscriptions, slow_reading.
    pub why: String,
    /// How many of its messages were refused before.
    pub refused: u64,
    /// How many times it was cut off so far.
    pub times: u32,
}

impl Record for Mark {
    const TABLE: Table = tables::CUT_OFF;
}

/// The mark of a member, if it was cut off and nobody has cleared it.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn mark(view: &dyn View, unit: UnitId) -> Result<Option<Mark>, ViewError> {
    row(view, unit.as_bytes())
}

/// A person clears it; says whether there was one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn clear(txn: &mut Txn<'_>, unit: UnitId) -> Result<bool, ViewError> {
    let marked = mark(txn, unit)?.is_some();
    txn.delete(tables::CUT_OFF, unit.as_bytes());
    txn.notify(Notice::Peers);
    Ok(marked)
}

const fn word(why: Offence) -> &'static str {
    match why {
        Offence::Flood => "flood",
        Offence::Oversize => "oversize",
        Offence::Garbage => "garbage",
        Offence::Subscriptions => "subscriptions",
        Offence::SlowReading => "slow_reading",
    }
}

const fn sentence(why: Offence) -> &'static str {
    match why {
        Offence::Flood => "was cut off for flooding this node",
        Offence::Oversize => "was cut off for frames far too large",
        Offence::Garbage => "was cut off for bytes that no honest node sends",
        Offence::Subscriptions => "was cut off for a storm of subscriptions",
        Offence::SlowReading => "was cut off for not reading the replies that it asked for",
    }
}

/// The network cut a member off: one mark, one incident, one line.
pub(super) async fn note(node: &Node, unit: UnitId, cut: CutOff) {
    let CutOff { why, refused, pause, times } = cut;
    tracing::warn!(unit = unit.short(), ?why, refused, seconds = pause.as_secs(), "a member was cut off");
    let noted = node.act(move |txn| {
        let until = txn.now.plus(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX));
        let mark = Mark { at: txn.now, until, why: word(why).to_owned(), refused, times };
        txn.put(unit.as_bytes(), Scope::Master, &mark);
        txn.incident(Some(unit), sentence(why));
        txn.notify(Notice::Peers);
        Ok::<_, ViewError>(())
    });
    if let Err(error) = noted.await {
        tracing::error!(%error, "that a member was cut off could not be noted");
    }
}

/// A new network goes on refusing those whose time is not over.
pub(super) async fn hold_off(node: &Node, net: &Net) {
    let Ok(view) = node.snapshot() else { return };
    let members = charter::current(&view).ok().flatten().map(|charter| charter.members.to_vec()).unwrap_or_default();
    let now = node.now();
    let mut held = Vec::new();
    for member in members.iter().take(MEMBERS) {
        let (Ok(Some(mark)), Some(key)) = (mark(&view, member.unit), member.present_key()) else { continue };
        let Ok(peer) = peer_id_of(&key.0) else { continue };
        if mark.until > now {
            // A clock that was set back must not make it longer than it was.
            let pause = mark.until.since(now).min(mark.until.since(mark.at));
            held.push((peer, Duration::from_millis(pause), mark.times));
        }
    }
    drop(view);
    for (peer, pause, times) in held {
        // A network that has stopped lets nobody in.
        let _ = net.hold_off(peer, pause, times).await;
    }
}

impl Node {
    /// Lets a member in that was cut off: the network dials it again.
    pub async fn let_in(&self, unit: UnitId) {
        if let (Some(net), Some(peer)) = (self.network.net(), self.members.peer(unit)) {
            // A network that has stopped begins anew without the mark.
            let _ = net.let_in(peer).await;
        }
    }

    /// Counts it against a member that it sent bytes which no honest node sends.
    pub(super) async fn blame(&self, unit: UnitId) {
        if let (Some(net), Some(peer)) = (self.network.net(), self.members.peer(unit)) {
            net.blame(peer).await;
        }
    }
}
