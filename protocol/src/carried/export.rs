//! Makes a file of all that waits for one unit. Nothing is taken out of the outbox: the network may be back tomorrow,
//! and what comes twice counts once.

use super::CarriedError;
use super::frame::{Room, Sections};
use super::manifest::{ANSWERS, CarriedAck, Content, Line, Manifest};
use crate::crypto::{Signed, derive, labels};
use crate::envelope::outbox::OutboxRow;
use crate::envelope::{Sealed, outbox, owed};
use crate::federation::own::{self, Own};
use crate::federation::prekey::{self, Prekey};
use crate::federation::{charter, charter_sync};
use crate::ids::{FederationId, UnitId};
use crate::machine::View;
use crate::time::Timestamp;
use crate::wire;
use rand_core::CryptoRng;
use serde_bytes::ByteArray;

/// A file and what is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub file: Vec<u8>,
    /// How many envelopes are in it.
    pub envelopes: usize,
    /// How many acknowledgements.
    pub answers: usize,
    /// How many envelopes found no room: they go with the next file, once these are answered.
    pub left: usize,
}

impl core::fmt::Debug for Exported {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Exported({} envelopes, {} answers)", self.envelopes, self.answers)
    }
}

/// What a file made now would hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many envelopes.
    pub envelopes: usize,
    /// How many acknowledgements.
    pub answers: usize,
    /// How many envelopes find no room, or must not go now.
    pub left: usize,
}

struct Packing<'a> {
    sections: Sections,
    lines: Vec<Line>,
    prekey: &'a Prekey,
    rng: &'a mut dyn CryptoRng,
}

impl Packing<'_> {
    fn add(&mut self, content: Content, item: Vec<u8>) -> bool {
        let line = Line { content, hash: ByteArray::new(derive(labels::CARRIED_ITEM, &item)) };
        let fits = self.sections.push(item);
        if fits {
            self.lines.push(line);
        }
        fits
    }

    /// False if it is too large or there is no room.
    fn seal(&mut self, content: Content, inside: &[u8]) -> bool {
        match Sealed::seal(inside, self.prekey.number, &self.prekey.key, self.rng) {
            Ok(item) => self.add(content, item),
            Err(_) => false,
        }
    }
}

/// What waits for a unit, before any of it is sealed.
struct Gathered {
    from: Own,
    federation: FederationId,
    prekey: Prekey,
    news: Option<Vec<u8>>,
    acks: Vec<CarriedAck>,
    rows: Vec<(u64, OutboxRow)>,
}

fn gather(view: &dyn View, to: UnitId, now: Timestamp) -> Result<Gathered, CarriedError> {
    let own = own::load(view)?;
    let charter = charter::current(view)?.ok_or(CarriedError::NotAMember)?;
    if to == own.unit || charter.member(to).is_none() {
        return Err(CarriedError::NotAMember);
    }
    let rows = outbox::due(view, to, super::ITEMS_MAX)?;
    let acks = owed::list(view, to)?;
    if rows.is_empty() && acks.is_empty() {
        return Err(CarriedError::Nothing);
    }
    let prekey = prekey::newest(view, to)?.filter(|prekey| prekey.is_usable(now)).ok_or(CarriedError::NoPrekey)?;
    let acks = acks.into_iter().map(|(pair_seq, ack)| CarriedAck { pair_seq, ack }).collect();
    Ok(Gathered { from: own, federation: charter.federation, prekey, news: charter_sync::carried(view, to)?, acks, rows })
}

/// What a file for `to` made now holds, without making it: in the order of [`export`].
///
/// # Errors
/// As [`export`].
pub fn waiting(view: &dyn View, to: UnitId, now: Timestamp) -> Result<Waiting, CarriedError> {
    let Gathered { prekey, news, acks, rows, .. } = gather(view, to, now)?;
    let mut room = Room::default();
    let mut takes = |inside: usize| Sealed::size(inside, prekey.number).is_some_and(|size| room.take(size));
    if let Some(news) = news {
        takes(news.len());
    }
    let parts = acks.chunks(ANSWERS).filter(|part| takes(wire::encode(part).len()));
    let answers = parts.map(<[CarriedAck]>::len).sum();
    let envelopes = rows.iter().take_while(|(_, row)| takes(row.size())).count();
    Ok(Waiting { envelopes, answers, left: outbox::waiting(view, to)? - envelopes })
}

/// Seals what waits for `to` into one file: charter news, acknowledgements, then envelopes by number.
///
/// # Errors
/// [`CarriedError`] if nothing waits or nothing can be sealed for that unit.
pub fn export(view: &dyn View, to: UnitId, now: Timestamp, rng: &mut dyn CryptoRng) -> Result<Exported, CarriedError> {
    let Gathered { from, federation, prekey, news, acks, rows } = gather(view, to, now)?;
    let mut packing = Packing { sections: Sections::default(), lines: Vec::new(), prekey: &prekey, rng };
    if let Some(news) = news {
        packing.seal(Content::Charter, &news);
    }
    let mut answers = 0;
    for part in acks.chunks(ANSWERS) {
        if packing.seal(Content::Answers, &wire::encode(part)) {
            answers += part.len();
        }
    }
    let mut envelopes = 0;
    for (pair_seq, row) in &rows {
        let Some(item) = outbox::seal_row(view, to, row, now, packing.rng)? else { break };
        if !packing.add(Content::Envelope(*pair_seq), item) {
            break;
        }
        envelopes += 1;
    }
    let Packing { sections, lines, rng, .. } = packing;
    let manifest = Manifest {
        federation,
        from: from.unit,
        to,
        created: now,
        answered_below: outbox::answered_below(view, to)?,
        items: lines,
    };
    let signed = Signed::sign(&manifest, &from.key());
    let list = Sealed::seal(signed.as_bytes(), prekey.number, &prekey.key, rng).map_err(|_| CarriedError::NoPrekey)?;
    let left = outbox::waiting(view, to)? - envelopes;
    Ok(Exported { file: sections.file(&list), envelopes, answers, left })
}
