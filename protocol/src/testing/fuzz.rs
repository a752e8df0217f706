//! What fuzzing throws bytes at: every way by which bytes of others reach a unit. Each function must return, whatever it is given.
//! Not the fuzzer: `tests/fuzz` drives these for as long as one likes, a test here for a moment.

use super::World;
use super::drafts::{self, SUSPECT, VICTIM, id};
use crate::caselog::{Entry, open_case};
use crate::core::Input;
use crate::crypto::{Message, Signed};
use crate::envelope::{Ack, Body, Kind, outbox};
use crate::federation::charter::{CharterApproval, KeeperWord, KeyTerms};
use crate::federation::{genesis::Genesis, invitation::Invitation, joining, prekey::Prekey};
use crate::keepers::generation::Step;
use crate::keepers::{BlindReply, BlindRequest, Burst};
use crate::matching::{Beacon, BeaconHead};
use crate::sharing::{self, Receipt, Share};
use crate::time::DAY;
use crate::wire;
use std::sync::LazyLock;

/// Guwahati shares a case with Shillong, who has accepted it and contributed nothing yet; Kathmandu is a member.
static SHARED: LazyLock<World> = LazyLock::new(|| {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    let persons = [drafts::person(id(10), &VICTIM), drafts::person(id(20), &SUSPECT)];
    let drafts: Vec<_> = drafts::case("GHY-1").into_iter().chain(persons.into_iter().flatten()).collect();
    let author = drafts::author("Officer Das");
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &author)).expect("a usable case");
    let request = drafts::request(case, world["shillong"].id, &[id(20)], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).expect("a usable request");
    world.settle();
    world.act("shillong", |txn| sharing::accept(txn, share)).expect("an offered share");
    world.settle();
    world
});

/// Bytes as any of the signed messages.
pub fn signed(data: &[u8]) {
    fn one<T: Message>(data: &[u8]) {
        let signed = Signed::<T>::from_bytes(data.to_vec());
        if let Ok(key) = signed.claimed_signer() {
            // Nobody can hold the key to bytes that fuzzing made up; what stands in the corpus may verify.
            let _ = signed.verify(&key);
        }
        let _ = signed.stored();
    }
    one::<Genesis>(data);
    one::<CharterApproval>(data);
    one::<Invitation>(data);
    one::<Prekey>(data);
    one::<Body>(data);
    one::<Ack>(data);
    one::<Entry>(data);
    one::<Share>(data);
    one::<Receipt>(data);
    one::<Beacon>(data);
    one::<BeaconHead>(data);
    one::<KeyTerms>(data);
    one::<KeeperWord>(data);
    one::<Step>(data);
    one::<BlindRequest>(data);
    one::<BlindReply>(data);
    one::<Burst>(data);
}

/// Bytes on every protocol of the network, and from gossip. The first byte chooses.
///
/// # Panics
/// If the unit fails in a way that bytes from outside must not bring about.
pub fn inputs(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let mut world = SHARED.clone();
    let (from, bytes) = (world["guwahati"].id, bytes.to_vec());
    let input = match choice % 11 {
        0 => Input::Envelope { transport: Some(from), bytes },
        1 => Input::Envelope { transport: None, bytes },
        2 => Input::Answer { to: from, pair_seq: 1, bytes },
        3 => Input::CharterRequest { from, bytes },
        4 => Input::CharterReply { from, bytes },
        5 => Input::BeaconRequest { from, bytes },
        6 => Input::BeaconReply { from, bytes },
        7 => Input::JoinReply { bytes },
        8 => Input::BeaconGossip { bytes },
        9 => Input::BlindRequest { from, bytes },
        _ => Input::CharterGossip { from, bytes },
    };
    world.handle("shillong", input);
    world.settle();
}

/// Bytes as the payload of a verified envelope of a confirmed peer: the owner of a shared case, or its receiver.
/// The first byte chooses the kind, the second the direction.
///
/// # Panics
/// If the unit fails in a way that bytes from outside must not bring about.
pub fn payloads(data: &[u8]) {
    let &[kind, direction, ref payload @ ..] = data else { return };
    let Ok(kind) = wire::decode::<Kind>(&wire::encode(&(kind % 22)), 1) else { return };
    let mut world = SHARED.clone();
    let (from, to) = if direction % 2 == 0 { ("guwahati", "shillong") } else { ("shillong", "guwahati") };
    let receiver = world[to].id;
    // One that is too large never leaves.
    let _ = world.act(from, |txn| outbox::queue(txn, receiver, kind, payload.to_vec(), Some(DAY)));
    world.settle();
}

/// Text that a person pastes: a genesis, an invitation.
pub fn texts(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let mut world = SHARED.clone();
    let _ = world.act("shillong", |txn| joining::invite(txn, text));
    let _ = world.act("shillong", |txn| joining::accept_invitation(txn, text));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng::SeededRng;
    use rand_core::Rng;

    /// Golden bytes with a few of them changed, cut, or doubled, and the bytes as they are.
    fn changed(golden: &[u8], rng: &mut SeededRng) -> Vec<u8> {
        let mut bytes = golden.to_vec();
        for _ in 0..rng.next_u32() % 4 {
            let at = rng.next_u32() as usize % bytes.len().max(1);
            match rng.next_u32() % 4 {
                0 if !bytes.is_empty() => bytes[at] = rng.next_u32().to_le_bytes()[0],
                1 => bytes.truncate(at),
                2 => bytes.insert(at, rng.next_u32().to_le_bytes()[0]),
                _ => bytes.extend_from_slice(&golden[at.min(golden.len())..]),
            }
        }
        bytes
    }

    #[test]
    fn no_bytes_stop_a_unit() {
        let mut rng = SeededRng::new(7);
        let folder = std::fs::read_dir(crate::testing::vectors::folder()).unwrap();
        let names: Vec<String> =
            folder.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        assert!(names.len() > 30);
        for name in names {
            let golden = crate::testing::vectors::read(&name);
            for _ in 0..4 {
                let bytes = changed(&golden, &mut rng);
                signed(&bytes);
                for choice in 0..11 {
                    inputs(&[&[choice], bytes.as_slice()].concat());
                }
                for kind in 0..22 {
                    payloads(&[&[kind, rng.next_u32().to_le_bytes()[0]], bytes.as_slice()].concat());
                }
            }
        }
        for text in ["", "icmc-unit-1:", "icmc-invite-1:AAAA", "icmc-unit-1:!!", "\u{202e}icmc-invite-1:"] {
            texts(text.as_bytes());
        }
    }
}
