//! A message that reached a unit, and what becomes of it with other bytes.
//! Not which bytes: that is with the tests beside this.

use crate::caselog;
use crate::core::{Core, Input};
use crate::crypto::Signed;
use crate::documents::FIELD_FILE;
use crate::envelope::{Answer, Body, Sealed};
use crate::federation::{charter, own, prekey};
use crate::machine::{Effects, Table, Verdict, View as _, Write};
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::testing::world::Handled;
use crate::wire;
use std::collections::BTreeSet;
use std::ops::Range;

/// A message as it reached a unit.
pub(super) struct Arrived {
    pub(super) what: String,
    pub(super) handled: Handled,
    /// The inside, if it is an envelope: spoilt and then signed and sealed as a cheat can.
    pub(super) body: Option<Body>,
    /// All of it that can be spoilt.
    pub(super) bytes: Vec<u8>,
}

impl Arrived {
    pub(super) fn of(world: &World, handled: Handled) -> Option<Self> {
        let bytes = bytes_of(&handled.input)?.to_vec();
        let body = match &handled.input {
            Input::Envelope { bytes, .. } => Some(opened(&handled, bytes)?),
            _ => None,
        };
        let what = body.as_ref().map_or_else(|| format!("{:?}", handled.input), |body| format!("{:?}", body.kind));
        let bytes = body.as_ref().map_or(bytes, |body| body.payload.clone());
        let arrived = Self { what, handled, body, bytes };
        (!arrived.left(&arrived.hand(world, arrived.bytes.clone())).is_empty()).then_some(arrived)
    }

    /// What becomes of it with other bytes. Nothing is applied.
    pub(super) fn hand(&self, world: &World, bytes: Vec<u8>) -> Effects {
        let mut rng = SeededRng::new(7);
        let input = match &self.body {
            Some(body) => {
                let sender = world.units.iter().find(|unit| unit.id == body.from).unwrap();
                let signed = Signed::sign(&Body { payload: bytes, ..body.clone() }, &own::load(&sender.view).unwrap().key());
                let newest = prekey::newest(&self.handled.view, body.to).unwrap().unwrap();
                let bytes = Sealed::seal(signed.as_bytes(), newest.number, &newest.key, &mut rng).unwrap();
                with(&self.handled.input, bytes)
            }
            None => with(&self.handled.input, bytes),
        };
        Core.handle(&self.handled.view, input, self.handled.now, &mut rng).unwrap()
    }

    /// The rows that a step changes beside those that note a refusal.
    pub(super) fn left(&self, effects: &Effects) -> BTreeSet<(Table, Vec<u8>)> {
        let noted = |table: Table, key: &[u8]| {
            matches!(table, Table::SEEN | Table::PEERS) || table == Table::OWN && key.starts_with(b"seen/")
        };
        let is_new = |write: &Write| {
            let before = self.handled.view.get(write.table, &write.key).unwrap();
            before.as_deref() != write.value.as_ref().map(|(_, value)| value.as_slice())
        };
        let writes = effects.writes.iter().filter(|write| !noted(write.table, &write.key) && is_new(write));
        writes.map(|write| (write.table, write.key.clone())).collect()
    }

    /// What is signed or committed to in it, by kind.
    pub(super) fn inside(&self, world: &World) -> Vec<(String, Range<usize>)> {
        let mut found = signed_in(&self.bytes);
        let mut add = |what: &str, part: Vec<u8>| {
            found.extend(place_of(&self.bytes, &part).map(|at| (what.to_owned(), at..at + part.len())));
        };
        for unit in &world.units {
            let epochs = (0..9).filter_map(|epoch| charter::stored(&unit.view, epoch).unwrap());
            epochs.for_each(|epoch| add("charter", wire::encode(&epoch)));
            for (case, _) in caselog::cases(&unit.view, None, 9).unwrap() {
                let log = caselog::load(&unit.view, case).unwrap().unwrap();
                log.changes.values().take(40).for_each(|change| add("change", wire::encode(change)));
                let files = log.changes.values().filter(|change| &*change.field == FIELD_FILE);
                files.for_each(|change| add("change of a file", wire::encode(change)));
            }
        }
        found
    }
}

fn opened(handled: &Handled, bytes: &[u8]) -> Option<Body> {
    let sealed = Sealed::decode(bytes).unwrap();
    let inside = sealed.open(&prekey::secret(&handled.view, sealed.prekey()).unwrap()?).unwrap();
    let signed = Signed::<Body>::from_bytes(inside);
    Some(signed.verify(&signed.claimed_signer().unwrap()).unwrap().into_value())
}

fn bytes_of(input: &Input) -> Option<&[u8]> {
    match input {
        Input::Envelope { bytes, .. }
        | Input::Answer { bytes, .. }
        | Input::CharterRequest { bytes, .. }
        | Input::CharterReply { bytes, .. }
        | Input::BeaconRequest { bytes, .. }
        | Input::BeaconReply { bytes, .. }
        | Input::JoinRequest { bytes, .. }
        | Input::JoinReply { bytes }
        | Input::BeaconGossip { bytes }
        | Input::BlindRequest { bytes, .. }
        | Input::CharterGossip { bytes, .. } => Some(bytes),
        Input::KeeperTold { .. } | Input::Blinded { .. } | Input::Erased(_) | Input::Connected(_) | Input::Tick => None,
    }
}

fn with(input: &Input, other: Vec<u8>) -> Input {
    let mut input = input.clone();
    match &mut input {
        Input::Envelope { bytes, .. }
        | Input::Answer { bytes, .. }
        | Input::CharterRequest { bytes, .. }
        | Input::CharterReply { bytes, .. }
        | Input::BeaconRequest { bytes, .. }
        | Input::BeaconReply { bytes, .. }
        | Input::JoinRequest { bytes, .. }
        | Input::JoinReply { bytes }
        | Input::BeaconGossip { bytes }
        | Input::BlindRequest { bytes, .. }
        | Input::CharterGossip { bytes, .. } => *bytes = other,
        Input::KeeperTold { .. } | Input::Blinded { .. } | Input::Erased(_) | Input::Connected(_) | Input::Tick => {}
    }
    input
}

/// Every COSE_Sign1 of ours in these bytes: its name and where it stands.
fn signed_in(bytes: &[u8]) -> Vec<(String, Range<usize>)> {
    const BEFORE: &[u8] = b"application/vnd.icmc.";
    const AFTER: &[u8] = b".v1+cbor";
    let mut found = Vec::new();
    for at in (0..bytes.len()).filter(|at| bytes[*at..].starts_with(BEFORE)) {
        let name = &bytes[at + BEFORE.len()..];
        let Some(end) = place_of(name, AFTER) else { continue };
        // An array of four, the protected headers in a byte string, and before them the length of the whole.
        let Some(start) = (0..at).rev().take(16).find(|start| bytes[*start] == 0x84) else { continue };
        let length = match (bytes.get(start.wrapping_sub(2)), bytes.get(start.wrapping_sub(3))) {
            (_, Some(0x59)) => usize::from(bytes[start - 2]) << 8 | usize::from(bytes[start - 1]),
            (Some(0x58), _) => usize::from(bytes[start - 1]),
            _ => bytes.len() - start,
        };
        found.push((String::from_utf8(name[..end].to_vec()).unwrap(), start..(start + length).min(bytes.len())));
    }
    found
}

fn place_of(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// How a peer is answered, without what differs by its own bytes.
pub(super) fn answer(effects: &Effects) -> String {
    let answer = effects.reply.as_ref().map(|reply| match wire::decode::<Answer>(reply, 16 * 1024) {
        Ok(Answer::Ack(ack)) => format!("{:?}", ack.stored().unwrap().outcome),
        Ok(Answer::UnknownPrekey(_)) => "unknown prekey".to_owned(),
        Ok(Answer::Failed) => "failed".to_owned(),
        Err(_) => "a reply".to_owned(),
    });
    assert!(effects.verdict.is_none_or(|verdict| verdict != Verdict::Accept), "passed on");
    format!("{answer:?}")
}
