//! What fuzzing throws bytes at: every way by which bytes of others reach a unit. Each function must return, whatever it is given.
//! Not the fuzzer: `tests/fuzz` drives these for as long as one likes, a test here for a moment.

mod files;
mod signed;
#[cfg(test)]
mod tests;

pub use files::{FILES, documents, files};
pub use signed::signed;

use super::World;
use super::drafts::{self, SUSPECT, VICTIM, id};
use crate::caselog::open_case;
use crate::core::Input;
use crate::envelope::{Kind, outbox};
use crate::federation::{joining, own, recovery, setup};
use crate::sharing;
use crate::time::DAY;
use crate::wire;
use std::sync::LazyLock;

/// Guwahati shares a case with Shillong, who has accepted it and contributed nothing yet; Kathmandu is a member; Imphal is invited by
/// Guwahati and waits for the answer.
static BUILT: LazyLock<World> = LazyLock::new(|| {
    let mut world = World::strangers(&["guwahati", "shillong", "kathmandu", "imphal"]);
    world.act("guwahati", setup::found).expect("a unit of its own can found");
    world.join("guwahati", "shillong", &["guwahati"]);
    world.join("guwahati", "kathmandu", &["guwahati", "shillong"]);
    for (one, other) in [("guwahati", "shillong"), ("guwahati", "kathmandu"), ("shillong", "kathmandu")] {
        world.confirm(one, other);
        world.confirm(other, one);
    }
    world.settle();
    let persons = [drafts::person(id(10), &VICTIM), drafts::person(id(20), &SUSPECT)];
    let drafts: Vec<_> = drafts::case("GHY-1").into_iter().chain(persons.into_iter().flatten()).collect();
    let author = drafts::author("Officer Das");
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &author)).expect("a usable case");
    let request = drafts::request(case, world["shillong"].id, &[id(20)], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).expect("a usable request");
    world.settle();
    world.act("shillong", |txn| sharing::accept(txn, share)).expect("an offered share");
    world.settle();
    world.invite("guwahati", "imphal");
    world
});

/// The same without the record of what crossed, for each input anew.
static SHARED: LazyLock<World> = LazyLock::new(|| World { wire: Vec::new(), ..BUILT.clone() });

/// How many kinds of input there are for [`inputs`].
pub const INPUTS: u8 = 13;

/// Every kind of envelope, as the wire numbers them.
pub fn kinds() -> impl Iterator<Item = Kind> {
    (0_u8..).map_while(|number| wire::decode(&wire::encode(&number), 2).ok())
}

/// Bytes on every protocol of the network, and from gossip. The first byte chooses.
///
/// # Panics
/// If the unit fails in a way that bytes from outside must not bring about.
pub fn inputs(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let mut world = SHARED.clone();
    let (from, bytes) = (world["guwahati"].id, bytes.to_vec());
    let (unit, input) = match choice % INPUTS {
        0 => ("shillong", Input::Envelope { transport: Some(from), bytes }),
        1 => ("shillong", Input::Envelope { transport: None, bytes }),
        2 => ("shillong", Input::Answer { to: from, pair_seq: 1, bytes }),
        3 => ("shillong", Input::CharterRequest { from, bytes }),
        4 => ("shillong", Input::CharterReply { from, bytes }),
        5 => ("shillong", Input::BeaconRequest { from, bytes }),
        6 => ("shillong", Input::BeaconReply { from, bytes }),
        7 => ("imphal", Input::JoinReply { bytes }),
        8 => ("shillong", Input::BeaconGossip { bytes }),
        9 => ("shillong", Input::CharterGossip { from, bytes }),
        10 => ("shillong", Input::BlindRequest { from, bytes }),
        // The first to found keeps the key.
        11 => ("guwahati", Input::BlindRequest { from: world["shillong"].id, bytes }),
        _ => {
            let key = own::load(&world["imphal"].view).expect("set up").public();
            ("guwahati", Input::JoinRequest { key, bytes })
        }
    };
    world.handle(unit, input);
    world.settle();
}

/// Bytes as the payload of a verified envelope of a confirmed peer: the owner of a shared case, or its receiver.
/// The first byte chooses the kind, the second the direction.
///
/// # Panics
/// If the unit fails in a way that bytes from outside must not bring about.
pub fn payloads(data: &[u8]) {
    let &[kind, direction, ref payload @ ..] = data else { return };
    let Some(kind) = kinds().nth(usize::from(kind) % kinds().count()) else { return };
    let mut world = SHARED.clone();
    let (from, to) = if direction % 2 == 0 { ("guwahati", "shillong") } else { ("shillong", "guwahati") };
    let receiver = world[to].id;
    // One that is too large never leaves.
    let _ = world.act(from, |txn| outbox::queue(txn, receiver, kind, payload.to_vec(), Some(DAY)));
    world.settle();
}

/// Text that a person pastes: a genesis, an invitation, a recovery key, its word that a unit has a new key.
pub fn texts(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let mut world = SHARED.clone();
    let _ = world.act("shillong", |txn| joining::invite(txn, text));
    let _ = world.act("imphal", |txn| joining::accept_invitation(txn, text));
    let _ = world.act("shillong", |txn| joining::propose_replacement(txn, text));
    let _ = world.act("shillong", |txn| recovery::recover(txn, text));
}
