//! Every signed thing in every message that reaches a unit: spoilt bits and every shorter length, through the whole receive path.
//! Not what a well-formed message may say: that is with each machine.

use super::World;
use super::drafts::{self, SUSPECT, Sketch};
use super::rng::SeededRng;
use super::world::Handled;
use crate::core::{Core, Input};
use crate::crypto::Signed;
use crate::envelope::{Answer, Body, Kind, Sealed};
use crate::federation::{charter, leaving, own, prekey, setup};
use crate::ids::CaseId;
use crate::machine::{Effects, Table, Verdict};
use crate::time::DAY;
use crate::{caselog, matching, sharing, wire};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Messages of one kind that are looked at.
const ENOUGH: usize = 2;
/// Longest thing of which one bit of each byte is spoilt. With `ICMC_LONG` set it is every bit of everything, and every length; each
/// machine's own tests spoil every bit of what it takes in any case.
const SHORT: usize = 128;
/// Of a longer one, one bit of every so many bytes; of a longer message, every so many lengths.
const EACH: usize = 9;

/// Whether this place is looked at in something of this length.
fn is_looked_at(place: usize, bit: usize, length: usize) -> bool {
    std::env::var_os("ICMC_LONG").is_some() || bit == place % 8 && (length <= SHORT || place < 16 || place.is_multiple_of(EACH))
}

/// A message as it reached a unit.
struct Arrived {
    what: String,
    handled: Handled,
    /// The inside, if it is an envelope: spoilt and then signed and sealed as a cheat can.
    body: Option<Body>,
    /// All of it that can be spoilt.
    bytes: Vec<u8>,
}

impl Arrived {
    fn of(world: &World, handled: Handled) -> Option<Self> {
        let bytes = bytes_of(&handled.input)?.to_vec();
        let body = match &handled.input {
            Input::Envelope { bytes, .. } => Some(opened(&handled, bytes)?),
            _ => None,
        };
        let what = body.as_ref().map_or_else(|| format!("{:?}", handled.input), |body| format!("{:?}", body.kind));
        let bytes = body.as_ref().map_or(bytes, |body| body.payload.clone());
        let arrived = Self { what, handled, body, bytes };
        (!left(&arrived.hand(world, arrived.bytes.clone())).is_empty()).then_some(arrived)
    }

    /// What becomes of it with other bytes. Nothing is applied.
    fn hand(&self, world: &World, bytes: Vec<u8>) -> Effects {
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

    /// What is signed or committed to in it, by kind.
    fn inside(&self, world: &World) -> Vec<(String, Range<usize>)> {
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

/// The rows that a step writes beside those that note a refusal.
fn left(effects: &Effects) -> BTreeSet<(Table, Vec<u8>)> {
    let noted = |table: Table, key: &[u8]| {
        matches!(table, Table::SEEN | Table::PEERS) || table == Table::OWN && key.starts_with(b"seen/")
    };
    effects.writes.iter().filter(|write| !noted(write.table, &write.key)).map(|write| (write.table, write.key.clone())).collect()
}

/// How a peer is answered, without what differs by its own bytes.
fn answer(effects: &Effects) -> String {
    let answer = effects.reply.as_ref().map(|reply| match wire::decode::<Answer>(reply, 16 * 1024) {
        Ok(Answer::Ack(ack)) => format!("{:?}", ack.stored().unwrap().outcome),
        Ok(Answer::UnknownPrekey(_)) => "unknown prekey".to_owned(),
        Ok(Answer::Failed) => "failed".to_owned(),
        Err(_) => "a reply".to_owned(),
    });
    assert!(effects.verdict.is_none_or(|verdict| verdict != Verdict::Accept), "passed on");
    format!("{answer:?}")
}

/// A federation of three in which everything happens once; every input on record.
fn story() -> World {
    let mut world = World::strangers(&["guwahati", "shillong", "kathmandu"]);
    world.inputs = Some(Vec::new());
    world.act("guwahati", setup::found).unwrap();
    world.join("guwahati", "shillong", &["guwahati"]);
    world.join("guwahati", "kathmandu", &["guwahati", "shillong"]);
    for (one, other) in [("guwahati", "shillong"), ("shillong", "guwahati")] {
        world.confirm(one, other);
        world.settle();
    }
    let man = drafts::id(20);
    let sketch =
        Sketch { given: "Rofiqul", family: "Islam", father: "Abdul Karim", village: "Kalgachia", birth: "1984", ..SUSPECT };
    let open = |world: &mut World, unit: &str, number: &str| -> CaseId {
        let drafts = [drafts::case(number), drafts::person(man, &sketch)].concat();
        let author = drafts::author("Officer Das");
        let (case, _) = world.act(unit, |txn| caselog::open_case(txn, &drafts, &author)).unwrap();
        world.settle();
        case
    };
    let case = open(&mut world, "guwahati", "GHY-1");
    open(&mut world, "shillong", "SHL-1");
    let alert = matching::list(&world["shillong"].view, None, 9).unwrap()[0].id;
    world.act("shillong", |txn| matching::ask(txn, alert)).unwrap();
    world.settle();
    let request = drafts::request(case, world["shillong"].id, &[man], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request.clone())).unwrap();
    world.settle();
    world.act("shillong", |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    let author = drafts::author("Officer Das");
    for unit in ["guwahati", "shillong"] {
        let note = drafts::text(man, "person", "mother", "Rahima Khatun");
        world.act(unit, |txn| caselog::append(txn, case, &[note], &author)).unwrap();
        world.settle();
    }
    let entry = sharing::contributions(&world["guwahati"].view, case).unwrap()[0].0;
    world.act("shillong", |txn| sharing::take_back(txn, case, entry)).unwrap();
    world.settle();
    let lower = sharing::Request { sections: drafts::sections(&["route"]), ..request };
    world.act("guwahati", |txn| sharing::revise(txn, share, lower)).unwrap();
    world.settle();
    world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    world.settle();
    world.advance(2 * DAY);
    world.act("kathmandu", leaving::leave).unwrap();
    world.settle();
    world
}

/// The first few messages of each kind.
fn arrived(world: &World) -> Vec<Arrived> {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let all = world.inputs.iter().flatten().filter_map(|handled| Arrived::of(world, handled.clone()));
    let enough = |arrived: &Arrived| {
        let count = kinds.entry(format!("{} {:?}", arrived.what, names(&arrived.inside(world)))).or_default();
        *count += 1;
        *count <= ENOUGH
    };
    all.filter(enough).collect()
}

fn names(inside: &[(String, Range<usize>)]) -> BTreeSet<String> {
    inside.iter().map(|(name, _)| name.clone()).collect()
}

#[test]
fn whatever_is_signed_is_refused_with_any_bit_of_it_spoilt() {
    let world = story();
    let (mut seen, mut cases) = (BTreeSet::new(), 0_u64);
    for arrived in arrived(&world) {
        let good = left(&arrived.hand(&world, arrived.bytes.clone()));
        let inside = arrived.inside(&world);
        // One statement alone: nothing of the message may be taken. Of many, the others stand for themselves.
        let alone = arrived.body.is_some() || inside.len() == 1;
        for (name, range) in inside {
            let mut answers = BTreeSet::new();
            for (place, bit) in range.clone().flat_map(|place| (0..8).map(move |bit| (place, bit))) {
                if !is_looked_at(place - range.start, bit, range.len()) {
                    continue;
                }
                let mut bytes = arrived.bytes.clone();
                bytes[place] ^= 1 << bit;
                let effects = arrived.hand(&world, bytes);
                let taken = left(&effects);
                let fine = if alone { taken.is_empty() } else { taken.is_subset(&good) };
                assert!(fine, "{}: {name}, byte {place} of {range:?}, bit {bit}: {taken:?}", arrived.what);
                assert!(effects.erase.is_empty() || !alone, "{}: {name}: destroys a key", arrived.what);
                answers.insert(answer(&effects));
                cases += 1;
            }
            assert!(!alone || answers.len() == 1, "{}: {name}: told apart: {answers:?}", arrived.what);
            seen.insert(name);
        }
    }
    println!("{cases} spoilt messages refused, of {seen:?}");
    let expected = [
        "ack",
        "beacon",
        "beacon-head",
        "blind-request",
        "change",
        "charter",
        "charter-approval",
        "entry",
        "genesis",
        "join",
        "keeper-word",
        "leave",
        "prekey",
        "receipt",
        "share",
    ];
    assert_eq!(seen, expected.map(str::to_owned).into());
}

#[test]
fn every_message_is_refused_at_every_shorter_length() {
    let world = story();
    let (mut seen, mut cases) = (BTreeSet::new(), 0_u64);
    for arrived in arrived(&world) {
        let mut answers = BTreeSet::new();
        let whole = arrived.bytes.len();
        for length in (0..whole).filter(|length| is_looked_at(*length, length % 8, whole)) {
            let effects = arrived.hand(&world, arrived.bytes[..length].to_vec());
            let taken = left(&effects);
            assert!(taken.is_empty() && effects.erase.is_empty(), "{} of {length} bytes: {taken:?}", arrived.what);
            answers.insert(answer(&effects));
            cases += 1;
        }
        assert_eq!(answers.len(), 1, "{}: told apart: {answers:?}", arrived.what);
        seen.insert(arrived.what);
    }
    println!("{cases} messages cut short refused, of {seen:?}");
    let kinds = [Kind::Share, Kind::ShareReply, Kind::Entries, Kind::Contribution, Kind::Recall, Kind::Receipt];
    for kind in kinds.into_iter().chain([Kind::Contact, Kind::ContributionRecall]) {
        assert!(seen.contains(&format!("{kind:?}")), "{kind:?} is not in {seen:?}");
    }
}
