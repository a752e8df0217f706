//! What peers did that was refused, summed up: of one kind, from one peer, the first, tenth, hundredth … of an hour is an entry.
//! However much a peer sends, the audit grows by a few entries an hour; how many there were stands in the last of them.

use super::actions;
use super::append::append;
use super::entry::Event;
use crate::store::tables;
use icmc_protocol::crypto;
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::{Incident, Record, Scope, Table, Txn, ViewError};
use icmc_protocol::time::HOUR;
use serde::{Deserialize, Serialize};

const LABEL: &str = "icmc/v1/incident-kind";

/// How often it came in an hour. One row for each peer and sentence, both of which are few.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Hourly {
    /// Hours since 1970.
    hour: u64,
    count: u64,
}

impl Record for Hourly {
    const TABLE: Table = tables::INCIDENTS;
}

/// Adds what the machines refused from peers in one step.
///
/// # Errors
/// [`ViewError`] if the head cannot be read.
pub fn incidents(txn: &mut Txn<'_>, incidents: &[Incident]) -> Result<(), ViewError> {
    for incident in incidents {
        let key = key(incident);
        let hour = txn.now.0 / HOUR;
        let before = txn.get::<Hourly>(&key)?.filter(|before| before.hour == hour).unwrap_or_default();
        let count = before.count.saturating_add(1);
        txn.put(&key, Scope::Master, &Hourly { hour, count });
        if !is_told(count) {
            continue;
        }
        let event = Event::new(actions::INCIDENT);
        let event = if count == 1 {
            event.because(incident.what)
        } else {
            event.because(format_args!("{} ({count} times this hour)", incident.what))
        };
        append(
            txn,
            match incident.peer {
                Some(peer) => event.on(peer),
                None => event,
            },
        )?;
    }
    Ok(())
}

/// 1, 10, 100 …
fn is_told(mut count: u64) -> bool {
    while count.is_multiple_of(10) && count > 0 {
        count /= 10;
    }
    count == 1
}

fn key(incident: &Incident) -> Vec<u8> {
    let unit = incident.peer.unwrap_or(UnitId([0; 32]));
    let kind = crypto::derive(LABEL, incident.what.as_bytes());
    [unit.as_bytes().as_slice(), &kind[..8]].concat()
}
