//! Signed objects that a unit publishes to chosen peers: versions that only rise, and withdrawing.
//! Only the author's own node brings them; nobody passes on what another published.

use super::refusal::RequestRefusal;
use crate::crypto::{Message, Signed};
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::{charter, own, peering};
use crate::ids::{PublicationId, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::sharing::Taken;
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most publications of one sort by one unit, withdrawn ones too.
pub(super) const MOST: usize = 500;
/// Most publications of one sort in a list.
const MOST_LISTED: usize = 10_000;
/// How long a version is worth delivering; a withdrawal never expires in transit.
const WORTH: u64 = 366 * DAY;

/// What can be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A directory entry.
    Directory,
    /// A material.
    Material,
}

impl Sort {
    const fn letter(self) -> u8 {
        match self {
            Self::Directory => b'd',
            Self::Material => b'm',
        }
    }
}

/// A signed object with versions.
pub trait Publication: Message + Clone + PartialEq {
    /// Which list it stands in.
    const SORT: Sort;
    /// The envelope that brings it.
    const SENT_AS: Kind;

    /// Author, handle, version.
    fn head(&self) -> (UnitId, PublicationId, u64);
}

/// The payload of [`Kind::DirectoryEntry`] and [`Kind::Material`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub(super) enum Offer<T> {
    Version(Signed<T>),
    Withdrawn { id: PublicationId, version: u64 },
}

/// A publication, own or another unit's. Under the node master: nothing in it is about a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Published<T> {
    /// Its newest version; none once it was withdrawn.
    pub signed: Option<Signed<T>>,
    /// The number of that.
    pub version: u64,
    /// When it came, or was signed here.
    pub at: Timestamp,
    /// Who was sent it; empty for another unit's.
    pub to: BTreeSet<UnitId>,
}

impl<T: Publication> Record for Published<T> {
    const TABLE: Table = Table::PUBLISHED;
}

/// Signs the newest version of a publication of our own and sends it to these peers, and to those who have it already.
///
/// # Errors
/// [`RequestRefusal`], and nothing is sent.
pub fn publish<T: Publication>(txn: &mut Txn<'_>, newest: &T, to: &BTreeSet<UnitId>) -> Result<(), RequestRefusal> {
    let own = own::load(txn)?;
    if charter::is_frozen(txn)? {
        return Err(RequestRefusal::Frozen);
    }
    let (author, id, version) = newest.head();
    if author != own.unit {
        return Err(RequestRefusal::Nothing);
    }
    let key = key::<T>(author, id);
    let before = txn.get::<Published<T>>(&key)?;
    if version != before.as_ref().map_or(1, |before| before.version + 1) {
        return Err(RequestRefusal::Field("version", "the next one: somebody has changed it meanwhile"));
    }
    if before.is_none() && txn.scan(Table::PUBLISHED, &prefix::<T>(Some(author)), None, MOST)?.len() >= MOST {
        return Err(RequestRefusal::Full("publications"));
    }
    if to.iter().any(|unit| *unit == own.unit) {
        return Err(OutboxError::NotAMember.into());
    }
    // Who was chosen now must be reached; who was chosen before may have lost its confirmation since.
    for unit in to {
        if !peering::is_confirmed(txn, *unit)? {
            return Err(OutboxError::NotConfirmed.into());
        }
    }
    let signed = Signed::sign(newest, &own.key());
    if wire::encode(newest).len() > T::MAX {
        return Err(RequestRefusal::Field("body", "a shorter text"));
    }
    let everybody: BTreeSet<UnitId> = before.map(|before| before.to).unwrap_or_default().union(to).copied().collect();
    let row = Published { signed: Some(signed.clone()), version, at: txn.now, to: everybody };
    send(txn, &row.to, &Offer::Version(signed))?;
    txn.put(&key, Scope::Master, &row);
    Ok(())
}

/// Withdraws a publication of our own: whoever has it deletes it.
///
/// # Errors
/// [`RequestRefusal`], and nothing is changed.
pub fn withdraw<T: Publication>(txn: &mut Txn<'_>, id: PublicationId) -> Result<(), RequestRefusal> {
    let own = own::load(txn)?;
    let key = key::<T>(own.unit, id);
    let mut row = txn.get::<Published<T>>(&key)?.ok_or(RequestRefusal::Nothing)?;
    if row.signed.is_none() {
        return Err(RequestRefusal::State("withdrawn"));
    }
    (row.signed, row.version, row.at) = (None, row.version + 1, txn.now);
    send::<T>(txn, &row.to, &Offer::Withdrawn { id, version: row.version })?;
    txn.put(&key, Scope::Master, &row);
    Ok(())
}

/// To each; who cannot be written to now is noted, and does not keep the others from it.
fn send<T: Publication>(txn: &mut Txn<'_>, to: &BTreeSet<UnitId>, offer: &Offer<T>) -> Result<(), RequestRefusal> {
    let payload = wire::encode(offer);
    let lifetime = matches!(offer, Offer::Version(_)).then_some(WORTH);
    for unit in to {
        match outbox::queue(txn, *unit, T::SENT_AS, payload.clone(), lifetime) {
            Ok(_) => {}
            Err(OutboxError::View(error)) => return Err(error.into()),
            Err(_) => txn.incident(Some(*unit), "cannot be sent a publication now"),
        }
    }
    Ok(())
}

/// Takes [`Kind::DirectoryEntry`] or [`Kind::Material`].
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn received<T: Publication>(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(offer) = wire::decode::<Offer<T>>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("published something out of form"));
    };
    let (id, version, signed) = match offer {
        Offer::Version(signed) => {
            // The envelope was verified with the key in use; this may have been signed before that was.
            let Some(newest) = charter::verify_of(txn, received.from, &signed)? else {
                return Ok(Taken::Refused("published something whose signature does not hold"));
            };
            let (author, id, version) = newest.head();
            if author != received.from {
                return Ok(Taken::Refused("published in another unit's name"));
            }
            (id, version, Some(signed))
        }
        Offer::Withdrawn { id, version } => (id, version, None),
    };
    let key = key::<T>(received.from, id);
    let before = txn.get::<Published<T>>(&key)?;
    match &before {
        Some(before) if version == before.version && before.signed == signed => return Ok(Taken::Applied),
        // Envelopes arrive in any order: an older version that comes late is no fault, and changes nothing.
        Some(before) if version < before.version => return Ok(Taken::Applied),
        Some(before) if version == before.version => return Ok(Taken::Refused("published two things as one version")),
        Some(_) => {}
        None if txn.scan(Table::PUBLISHED, &prefix::<T>(Some(received.from)), None, MOST)?.len() >= MOST => {
            return Ok(Taken::Refused("published more than is kept of one unit"));
        }
        None => {}
    }
    txn.put(&key, Scope::Master, &Published { signed, version, at: txn.now, to: BTreeSet::new() });
    txn.notify(Notice::Peers);
    Ok(Taken::Applied)
}

/// All publications of one sort that stand, own and others', with the row they are in.
///
/// # Errors
/// [`ViewError`] if the store fails or a row is damaged.
pub fn published<T: Publication>(view: &dyn View) -> Result<Vec<(T, Published<T>)>, ViewError> {
    let mut found = Vec::new();
    for (_, bytes) in view.scan(Table::PUBLISHED, &prefix::<T>(None), None, MOST_LISTED)? {
        let row: Published<T> = read_row(&bytes)?;
        if let Some(signed) = &row.signed {
            let newest = signed.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
            found.push((newest, row));
        }
    }
    Ok(found)
}

fn prefix<T: Publication>(author: Option<UnitId>) -> Vec<u8> {
    let mut prefix = vec![T::SORT.letter()];
    prefix.extend(author.iter().flat_map(|author| author.as_bytes()));
    prefix
}

fn key<T: Publication>(author: UnitId, id: PublicationId) -> Vec<u8> {
    [prefix::<T>(Some(author)).as_slice(), id.as_bytes()].concat()
}
