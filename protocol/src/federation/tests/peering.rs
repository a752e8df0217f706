//! Confirmed, unconfirmed, and confirmed no more.
//! Not the words themselves: see `words`.

use super::super::charter as charters;
use super::super::charter_sync;
use super::super::hello::{Heard, Hello, Version};
use super::super::member::MemberKey;
use super::super::peering::{self, PeeringError, WordsConfirmed};
use super::{NOON, Node, following, forge, pair, pull};
use crate::bounded::BoundedVec;
use crate::crypto::NodeSecret;
use crate::testing::rng::SeededRng;
use crate::testing::vectors::compare;
use crate::time::{DAY, MINUTE, SECOND};
use crate::wire;

#[test]
fn a_peer_is_confirmed_once_both_people_have_compared() {
    let (mut shillong, mut guwahati) = pair();
    let (here, there) = (shillong.unit(), guwahati.unit());
    let ours = shillong.step(|txn| peering::confirm_here(txn, there)).0.unwrap();
    assert!(!peering::is_confirmed(&shillong.view, there).unwrap(), "our word alone");
    assert!(guwahati.step(|txn| peering::confirmed_there(txn, here, ours)).0.unwrap());
    assert!(!peering::is_confirmed(&guwahati.view, here).unwrap(), "their word alone");
    let theirs = guwahati.step(|txn| peering::confirm_here(txn, here)).0.unwrap();
    assert_eq!(theirs, ours, "both name the same two keys");
    assert!(peering::is_confirmed(&guwahati.view, here).unwrap());
    assert!(shillong.step(|txn| peering::confirmed_there(txn, there, theirs)).0.unwrap());
    assert!(peering::is_confirmed(&shillong.view, there).unwrap());

    // A new node key of Guwahati, signed by both: Shillong has to compare again.
    let words = peering::words_input(&shillong.view, there).unwrap();
    let new = NodeSecret::generate(&mut SeededRng::new(77));
    let mut next = following(&shillong);
    let mut members = next.members.to_vec();
    let member = members.iter_mut().find(|member| member.unit == there).unwrap();
    let past = MemberKey { until: Some(NOON), ..member.keys[0] };
    member.keys = BoundedVec::new(vec![past, MemberKey { key: new.public(), from: NOON, until: None }]).unwrap();
    next.members = BoundedVec::new(members).unwrap();
    let epoch = forge(&next, &[(here, shillong.key()), (there, guwahati.key())]);
    shillong.step(|txn| charters::accept(txn, &[epoch])).0.unwrap();
    assert!(!peering::is_confirmed(&shillong.view, there).unwrap());
    assert_ne!(peering::words_input(&shillong.view, there).unwrap(), words);
    assert!(!shillong.step(|txn| peering::confirmed_there(txn, there, theirs)).0.unwrap(), "for the old key");
}

#[test]
fn strangers_oneself_and_other_keys_are_never_confirmed() {
    let (mut shillong, guwahati) = pair();
    let (own, stranger) = (shillong.unit(), Node::new(9, "Eve"));
    for unit in [own, stranger.unit()] {
        assert_eq!(shillong.step(|txn| peering::confirm_here(txn, unit)).0, Err(PeeringError::NotAMember));
        assert!(peering::words_input(&shillong.view, unit).unwrap().is_none());
        assert!(!peering::is_confirmed(&shillong.view, unit).unwrap());
    }
    let mut keys = [shillong.key().public(), stranger.key().public()];
    keys.sort();
    let from = guwahati.unit();
    let (counts, effects) = shillong.step(|txn| peering::confirmed_there(txn, from, WordsConfirmed { keys }));
    assert_eq!(counts, Ok(false));
    assert_eq!((effects.writes.len(), effects.incidents.len()), (0, 1));
}

#[test]
fn contact_is_written_once_a_minute() {
    let (mut shillong, guwahati) = pair();
    let unit = guwahati.unit();
    for (later, writes) in [(0, 1), (30 * SECOND, 0), (MINUTE, 1)] {
        shillong.now = NOON.plus(later);
        assert_eq!(shillong.step(|txn| peering::contact(txn, unit)).1.writes.len(), writes);
    }
    assert_eq!(peering::load(&shillong.view, unit).unwrap().last_contact, Some(NOON.plus(MINUTE)));
}

#[test]
fn a_member_tells_its_time_and_version_when_it_answers() {
    let (mut shillong, mut guwahati) = pair();
    let (here, there) = (shillong.unit(), guwahati.unit());
    for (ours, theirs, ahead) in [(0, 7 * MINUTE, 420_000), (MINUTE, 0, -60_000), (90 * SECOND, 0, -60_000)] {
        (shillong.now, guwahati.now) = (NOON.plus(ours), NOON.plus(theirs));
        pull(&mut shillong, &mut guwahati);
        let heard = peering::load(&shillong.view, there).unwrap().heard.unwrap();
        assert_eq!((heard.ahead(), &*heard.version), (ahead, env!("CARGO_PKG_VERSION")), "written once a minute");
    }
    // In a file it would be late.
    let file = charter_sync::carried(&guwahati.view, here).unwrap().unwrap();
    shillong.now = NOON.plus(DAY);
    shillong.step(|txn| charter_sync::handle_reply(txn, there, &file)).0.unwrap();
    assert_eq!(peering::load(&shillong.view, there).unwrap().heard.unwrap().at, NOON.plus(MINUTE));
}

#[test]
fn a_version_that_would_not_stand_on_one_line_is_not_kept() {
    let hello = |version: &str| Hello { at: NOON, version: Version::new(version).unwrap() };
    assert_eq!(&*Heard::new(hello("0.2.0"), NOON).version, "0.2.0");
    assert_eq!(&*Heard::new(hello("0.2\u{202e}.0\n"), NOON).version, "");
    compare("hello", &wire::encode(&hello("0.1.0")));
}
