//! Envelopes that are well-formed and lie: about who wrote them, for whom, when.
//! Not about what they hold.

use super::{Answer, Kind, Outcome, PAIR, answer, body, key, outcome, receive, refused, seal, send, sign};
use crate::crypto::{NodeSecret, Signed};
use crate::envelope::Body;
use crate::ids::{FederationId, UnitId};
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::time::{DAY, MINUTE};

#[test]
fn nobody_writes_in_another_units_name() {
    let mut world = PAIR.clone();
    let before = world["shillong"].state();
    let good = body(&world);
    let eve = sign(&world, "kathmandu", &good);
    for transport in ["kathmandu", "guwahati"] {
        let bytes = seal(&world, "shillong", eve.as_bytes());
        assert_eq!(refused(&receive(&mut world, transport, bytes)), "sent an envelope signed by no member of this federation");
    }
    let stranger = Signed::sign(&good, &NodeSecret::generate(&mut SeededRng::new(99)));
    let bytes = seal(&world, "shillong", stranger.as_bytes());
    assert_eq!(refused(&receive(&mut world, "guwahati", bytes)), "sent an envelope signed by no member of this federation");
    // Eve signs in her own name and brings it over Guwahati's connection.
    let own = Body { from: world["kathmandu"].id, ..good };
    let bytes = seal(&world, "shillong", sign(&world, "kathmandu", &own).as_bytes());
    assert_eq!(refused(&receive(&mut world, "guwahati", bytes)), "sent an envelope that another unit signed");
    assert!(world["shillong"].state() == before);
}

#[test]
fn a_copy_sealed_again_to_another_unit_is_refused_there() {
    let mut world = PAIR.clone();
    let for_kathmandu = Body { to: world["kathmandu"].id, ..body(&world) };
    let signed = sign(&world, "guwahati", &for_kathmandu);
    let bytes = seal(&world, "shillong", signed.as_bytes());
    for transport in ["guwahati", "kathmandu"] {
        assert_eq!(refused(&receive(&mut world, transport, bytes.clone())), "sent an envelope that is for another unit");
    }
    let of_another_federation = Body { federation: FederationId([9; 32]), ..body(&world) };
    refused(&send(&mut world, &of_another_federation));
    let from_nobody = Body { from: UnitId([9; 32]), ..body(&world) };
    refused(&send(&mut world, &from_nobody));
    let from_shillong = Body { from: world["shillong"].id, ..body(&world) };
    refused(&send(&mut world, &from_shillong));
}

#[test]
fn another_message_of_the_same_signer_is_no_body() {
    let mut world = PAIR.clone();
    let ack = crate::envelope::Ack {
        to: world["shillong"].id,
        pair_seq: 1,
        body: crate::ids::BodyHash([0; 32]),
        outcome: Outcome::Applied,
    };
    let signed = Signed::sign(&ack, &key(&world, "guwahati"));
    let bytes = seal(&world, "shillong", signed.as_bytes());
    refused(&receive(&mut world, "guwahati", bytes));
}

#[test]
fn a_file_that_a_person_imports_has_no_transport() {
    let mut world = PAIR.clone();
    let bytes = seal(&world, "shillong", sign(&world, "guwahati", &body(&world)).as_bytes());
    let effects = world.handle("shillong", crate::core::Input::Envelope { transport: None, bytes });
    assert_eq!(outcome(&world, &effects), Outcome::Applied);
}

#[test]
fn a_clock_may_be_ten_minutes_ahead_and_as_late_as_it_likes() {
    let mut world = PAIR.clone();
    let at = |world: &World, seq: u64, created| Body { pair_seq: seq, created, ..body(world) };
    let (now, early) = (world.now, at(&world, 500, world.now.plus(10 * MINUTE)));
    assert_eq!(outcome(&world.clone(), &send(&mut world, &early)), Outcome::Applied);
    let ahead = at(&world, 501, now.plus(10 * MINUTE + 1));
    assert_eq!(refused(&send(&mut world, &ahead)), "sent an envelope from the future: its clock is ahead");
    let late = at(&world, 502, now.minus(900 * DAY));
    assert_eq!(outcome(&world.clone(), &send(&mut world, &late)), Outcome::Applied);
}

#[test]
fn what_is_past_its_time_is_refused_for_good() {
    let mut world = PAIR.clone();
    let past = Body { not_after: Some(world.now.minus(1)), ..body(&world) };
    let effects = send(&mut world, &past);
    assert_eq!(outcome(&world, &effects), Outcome::Refused);
    assert_eq!(effects.incidents[0].what, "sent an envelope past its time");
    let again = send(&mut world, &past);
    assert_eq!((again.reply, again.writes.len()), (effects.reply, 0));
    let just = Body { not_after: Some(world.now), pair_seq: 501, ..body(&world) };
    assert_eq!(outcome(&world.clone(), &send(&mut world, &just)), Outcome::Applied);
}

#[test]
fn a_newer_charter_is_fetched_before_anything_is_taken() {
    let mut world = PAIR.clone();
    let newer = Body { charter_epoch: body(&world).charter_epoch + 1, ..body(&world) };
    let effects = send(&mut world, &newer);
    assert_eq!(answer(&effects), Answer::Failed);
    assert!(effects.writes.is_empty() && effects.sync.contains(&world["guwahati"].id));
}

#[test]
fn kinds_that_this_version_does_not_take_are_refused_and_acknowledged() {
    let mut world = PAIR.clone();
    let before = world["shillong"].state();
    let kinds = [
        Kind::MatchConfirm,
        Kind::VerificationRequest,
        Kind::VerificationReply,
        Kind::DirectoryEntry,
        Kind::Material,
        Kind::Statistics,
        Kind::Message,
    ];
    for (seq, kind) in (500..).zip(kinds) {
        let unknown = Body { kind, pair_seq: seq, ..body(&world) };
        assert_eq!(outcome(&world.clone(), &send(&mut world, &unknown)), Outcome::Refused);
    }
    // Payloads out of form, of every kind that is taken.
    let kinds = [
        Kind::Share,
        Kind::ShareReply,
        Kind::Entries,
        Kind::Contribution,
        Kind::Recall,
        Kind::Receipt,
        Kind::ShareState,
        Kind::WordsConfirmed,
        Kind::Contact,
    ];
    for (seq, kind) in (600..).zip(kinds) {
        for (more, payload) in [Vec::new(), vec![0xff; 40], vec![0xa0], vec![0x9f; 2000]].into_iter().enumerate() {
            let malformed = Body { kind, payload, pair_seq: seq + 20 * more as u64, ..body(&world) };
            let effects = send(&mut world, &malformed);
            assert_eq!(outcome(&world, &effects), Outcome::Refused, "{kind:?}");
            assert!(!effects.incidents.is_empty());
        }
    }
    assert!(world["shillong"].state() == before);
}
