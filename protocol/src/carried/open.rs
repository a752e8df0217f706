//! Opens a file and checks all of it before anything of it is used.
//! What the envelopes in it say is checked where every envelope is: on the receive path.

use super::CarriedError;
use super::frame::take_apart;
use super::manifest::{CarriedAck, Content, Manifest};
use crate::crypto::{Signed, derive, labels};
use crate::envelope::{Answer, PAYLOAD_MAX, Sealed, owed};
use crate::federation::{charter, own, prekey};
use crate::ids::{FederationId, NodeKey, UnitId};
use crate::machine::{Txn, View, ViewError};
use crate::wire;

/// Something to hand to `core`.
#[derive(Clone, PartialEq, Eq)]
pub enum Item {
    /// A reply of `/icmc/charter/1`.
    Charter(Vec<u8>),
    /// The answer to an envelope of ours.
    Answer {
        /// The envelope's number.
        pair_seq: u64,
        /// `Answer`.
        bytes: Vec<u8>,
    },
    /// An envelope.
    Envelope {
        /// Its number, as the maker of the file says.
        pair_seq: u64,
        /// `Sealed`.
        bytes: Vec<u8>,
    },
}

impl core::fmt::Debug for Item {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Charter(_) => "Charter",
            Self::Answer { .. } => "Answer",
            Self::Envelope { .. } => "Envelope",
        })
    }
}

/// A file that is for this unit, whole, and from a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Who made it.
    pub from: UnitId,
    /// What is in it, in the order in which it is to be taken.
    pub items: Vec<Item>,
}

/// Opens a file, and forgets the acknowledgements that its maker says it has.
///
/// # Errors
/// [`CarriedError`] whatever is wrong with any part of it; then nothing of it is used.
pub fn open(txn: &mut Txn<'_>, file: &[u8]) -> Result<Opened, CarriedError> {
    let frame = take_apart(file)?;
    let view: &dyn View = txn;
    let not_opened = if frame.whole { CarriedError::NotForUs } else { CarriedError::Changed };
    let Some(inside) = unseal(view, frame.list)? else { return Err(not_opened) };
    let manifest = list(view, inside)?;
    let of = frame.items.len();
    if manifest.items.len() != of {
        return Err(CarriedError::List);
    }
    let mut items = Vec::with_capacity(of);
    for (at, (line, bytes)) in manifest.items.iter().zip(&frame.items).enumerate() {
        let changed = || CarriedError::Item { number: at + 1, of };
        if derive(labels::CARRIED_ITEM, bytes) != *line.hash {
            return Err(changed());
        }
        match line.content {
            Content::Envelope(pair_seq) => items.push(Item::Envelope { pair_seq, bytes: bytes.to_vec() }),
            Content::Charter => items.push(Item::Charter(unseal(view, bytes)?.ok_or_else(changed)?)),
            Content::Answers => {
                let inside = unseal(view, bytes)?.ok_or_else(changed)?;
                let acks: Vec<CarriedAck> = wire::decode(&inside, PAYLOAD_MAX).map_err(|_| changed())?;
                items.extend(
                    acks.into_iter()
                        .map(|CarriedAck { pair_seq, ack }| Item::Answer { pair_seq, bytes: wire::encode(&Answer::Ack(ack)) }),
                );
            }
        }
    }
    if !frame.whole {
        return Err(CarriedError::Changed);
    }
    owed::settle(txn, manifest.from, manifest.answered_below)?;
    Ok(Opened { from: manifest.from, items })
}

/// The inside of a section, if it is sealed to a key that this unit has.
pub(super) fn unseal(view: &dyn View, bytes: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
    let Ok(sealed) = Sealed::decode(bytes) else { return Ok(None) };
    let Some(secret) = prekey::secret(view, sealed.prekey())? else { return Ok(None) };
    Ok(sealed.open(&secret).ok())
}

fn list(view: &dyn View, inside: Vec<u8>) -> Result<Manifest, CarriedError> {
    let signed = Signed::<Manifest>::from_bytes(inside);
    let signer = signed.claimed_signer().map_err(|_| CarriedError::List)?;
    let manifest = signed.verify(&signer).map_err(|_| CarriedError::List)?.into_value();
    if !is_of_maker(view, manifest.federation, manifest.from, &signer)? {
        return Err(CarriedError::Stranger);
    }
    if manifest.to != own::load(view)?.unit {
        return Err(CarriedError::NotForUs);
    }
    Ok(manifest)
}

/// Whether this is the present key of another member of our federation.
pub(super) fn is_of_maker(view: &dyn View, federation: FederationId, from: UnitId, signer: &NodeKey) -> Result<bool, ViewError> {
    let ours = charter::current(view)?.is_some_and(|charter| charter.federation == federation);
    let member = charter::member(view, from)?.is_some_and(|member| member.present_key().as_ref() == Some(signer));
    Ok(ours && member && from != own::load(view)?.unit)
}
