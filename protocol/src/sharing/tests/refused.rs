//! Shares, parts, recalls, receipts and replies from whom they do not belong to: refused, noted, nothing changed.
//! Eve is Kathmandu.

use super::super::decide::{Reply, ReplyPayload};
use super::super::end::{RecallPayload, ReceiptPayload};
use super::super::offer::SharePayload;
use super::super::outgoing::EntriesPayload;
use super::super::room::{Brought, SHARES, UNKNOWN};
use super::super::share::Ended;
use super::super::{Receipt, Share, ShareRefusal, accept, create, preview, recall};
use super::{GIRL, MAN, OPENED, SHARED, given, held, key, last_incident, own_entry, send, share};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::open_case;
use crate::crypto::Signed;
use crate::dictionary::ShareClass;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Answer, Body, Kind, Outcome, Sealed};
use crate::federation::{charter, prekey};
use crate::ids::{CaseId, Commitment, ShareId};
use crate::machine::{Scope, Table, ViewError};
use crate::testing::World;
use crate::testing::drafts::{self, id};
use crate::time::{DAY, Timestamp};
use crate::wire;

/// A person at `unit` takes back the confirmation of `peer`, as a new key of that peer does.
fn forget(world: &mut World, unit: &str, peer: &str) {
    let peer = world[peer].id;
    world
        .act(unit, |txn| {
            txn.delete(Table::PEERS, peer.as_bytes());
            Ok::<_, ViewError>(())
        })
        .unwrap();
}

fn opening(world: &World, case: CaseId) -> Vec<u8> {
    let log = crate::caselog::load(&world["guwahati"].view, case).unwrap().unwrap();
    crate::caselog::opening(&log).unwrap().to_vec()
}

fn share_payload(world: &World, signer: &str, share: &Share, opening: Vec<u8>) -> Vec<u8> {
    wire::encode(&SharePayload {
        share: Signed::sign(share, &key(world, signer)),
        opening,
        heads: Vec::new(),
        changes: 0,
        custody: Vec::new(),
        lowers: false,
        kept: Vec::new(),
    })
}

#[test]
fn nothing_is_shared_with_a_unit_that_is_not_confirmed() {
    let (mut world, case) = OPENED.clone();
    let request = drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(DAY));
    for side in ["words_here", "words_there"] {
        let mut world = World::members(&["guwahati", "shillong"]);
        let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts::case("GHY-1"), &super::author())).unwrap();
        let (here, there) = if side == "words_here" { ("guwahati", "shillong") } else { ("shillong", "guwahati") };
        world.confirm(here, there);
        world.settle();
        let before = world["guwahati"].state();
        let request = drafts::request(case, world["shillong"].id, &[], world.now.plus(DAY));
        let refused = world.act("guwahati", |txn| create(txn, request));
        assert!(matches!(refused, Err(ShareRefusal::Peer(OutboxError::NotConfirmed))), "{side} alone");
        assert!(world["guwahati"].state() == before);
    }
    forget(&mut world, "guwahati", "shillong");
    assert!(matches!(preview(&world["guwahati"].view, world.now, &request), Err(ShareRefusal::Peer(OutboxError::NotConfirmed))));
}

#[test]
fn nothing_that_discloses_is_taken_from_a_unit_that_is_not_confirmed() {
    let (mut world, ..) = SHARED.clone();
    forget(&mut world, "shillong", "guwahati");
    let before = world["shillong"].state();
    let charter = charter::current(&world["guwahati"].view).unwrap().unwrap();
    let newest = prekey::newest(&world["shillong"].view, world["shillong"].id).unwrap().unwrap();
    for (pair_seq, kind) in (500..).zip([Kind::Share, Kind::ShareReply, Kind::Entries, Kind::Contribution, Kind::ShareState]) {
        let body = Body {
            federation: charter.federation,
            charter_epoch: charter.epoch,
            from: world["guwahati"].id,
            to: world["shillong"].id,
            pair_seq,
            created: world.now,
            not_after: None,
            kind,
            payload: vec![0xa0],
        };
        let signed = Signed::sign(&body, &key(&world, "guwahati"));
        let bytes = Sealed::seal(signed.as_bytes(), newest.number, &newest.key, world.rng("guwahati")).unwrap();
        let answer = world.deliver("guwahati", "shillong", bytes);
        let Ok(Answer::Ack(ack)) = wire::decode::<Answer>(&answer, 4096) else { panic!("not acknowledged") };
        assert_eq!(ack.stored().unwrap().outcome, Outcome::Refused);
        assert_eq!(last_incident(&world, "shillong"), "sent an envelope that only a confirmed peer may send");
        assert!(world["shillong"].state() == before);
    }
}

#[test]
fn a_share_that_overtakes_the_word_of_its_sender_waits_for_it() {
    let mut world = World::members(&["guwahati", "shillong"]);
    world.confirm("shillong", "guwahati");
    world.settle();
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts::case("GHY-1"), &super::author())).unwrap();
    world.offline("guwahati");
    world.confirm("guwahati", "shillong");
    let request = drafts::request(case, world["shillong"].id, &[], world.now.plus(DAY));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    let before = world["shillong"].state();
    for (_, bytes) in world.sealed("guwahati", "shillong").into_iter().skip(1) {
        let answer = world.deliver("guwahati", "shillong", bytes);
        assert_eq!(wire::decode(&answer, 4096), Ok(Answer::Failed), "to be tried again");
    }
    assert!(world["shillong"].state() == before);
    world.online("guwahati");
    assert!(held(&world, "shillong", share).is_some());
}

#[test]
fn a_share_is_given_by_its_owner_to_its_receiver_about_its_own_case() {
    let (world, case) = OPENED.clone();
    let good = Share {
        id: ShareId([5; 16]),
        from: world["guwahati"].id,
        ..drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(DAY))
    };
    let other = Share { id: ShareId([6; 16]), from: world["kathmandu"].id, ..good.clone() };
    let right = opening(&world, case);
    let lies = [
        ("guwahati", share_payload(&world, "kathmandu", &good, right.clone()), "sent a share whose signature does not hold"),
        ("kathmandu", share_payload(&world, "guwahati", &good, right.clone()), "sent a share whose signature does not hold"),
        ("kathmandu", share_payload(&world, "kathmandu", &good, right.clone()), "sent a share between other units"),
        (
            "guwahati",
            share_payload(&world, "guwahati", &Share { to: world["kathmandu"].id, ..good.clone() }, right.clone()),
            "sent a share between other units",
        ),
        (
            "guwahati",
            share_payload(&world, "guwahati", &Share { expires: world.now, ..good.clone() }, right.clone()),
            "sent a share past its time",
        ),
        ("guwahati", share_payload(&world, "guwahati", &good, vec![1; 32]), "sent a share of a case that another unit owns"),
        // Eve is first with another unit's case, so that its own shares would be refused afterwards.
        ("kathmandu", share_payload(&world, "kathmandu", &other, right.clone()), "sent a share of a case that another unit owns"),
        ("kathmandu", share_payload(&world, "kathmandu", &other, Vec::new()), "sent a share of a case that another unit owns"),
    ];
    for (from, payload, why) in lies {
        let mut world = world.clone();
        let before = world["shillong"].state();
        send(&mut world, from, "shillong", Kind::Share, payload);
        assert_eq!(last_incident(&world, "shillong"), why);
        assert!(world["shillong"].state() == before, "{why}");
        let true_one = share(&mut world, case, "shillong");
        assert!(held(&world, "shillong", true_one).is_some(), "the true one comes after it");
    }
    let mut world = world;
    let payload = share_payload(&world, "guwahati", &good, right);
    send(&mut world, "guwahati", "shillong", Kind::Share, payload);
    assert!(held(&world, "shillong", good.id).is_some(), "the one that nothing is wrong with");
}

#[test]
fn only_the_two_units_of_a_share_end_it_or_bring_it_forward() {
    let (mut world, case, share) = SHARED.clone();
    let before = (world["guwahati"].state(), world["shillong"].state());
    let (entry, changes) = own_entry(&world, "guwahati", case, 1);
    let entries = EntriesPayload { share: Some(share), entries: vec![entry], changes, ..EntriesPayload::default() };
    let receipt = Receipt { share, revision: 0, unit: world["kathmandu"].id, at: world.now, ended: Ended::Declined, entry: None };
    let shillongs = Receipt { unit: world["shillong"].id, ..receipt.clone() };
    let signed = |world: &World, receipt: &Receipt| {
        wire::encode(&ReceiptPayload { receipt: Signed::sign(receipt, &key(world, "kathmandu")) })
    };
    let reply = |reply| wire::encode(&ReplyPayload { share, revision: 0, reply });
    let lies = [
        ("shillong", Kind::Recall, wire::encode(&RecallPayload { share, revision: 0 }), "recalled another unit's share"),
        ("shillong", Kind::Entries, wire::encode(&entries), "sent entries under another unit's share"),
        ("shillong", Kind::Entries, wire::encode(&EntriesPayload::default()), "sent entries without a share"),
        ("guwahati", Kind::Receipt, signed(&world, &receipt), "sent a receipt for a share it was not given"),
        ("guwahati", Kind::Receipt, signed(&world, &shillongs), "sent a receipt for a share it was not given"),
        (
            "guwahati",
            Kind::ShareReply,
            reply(Reply::Declined(BoundedText::new("no").unwrap())),
            "replied to a share it was not given",
        ),
        ("guwahati", Kind::ShareReply, reply(Reply::Accepted), "replied to a share it was not given"),
    ];
    for (to, kind, payload, why) in lies {
        send(&mut world, "kathmandu", to, kind, payload);
        assert_eq!(last_incident(&world, to), why);
    }
    assert!((world["guwahati"].state(), world["shillong"].state()) == before);
    // Shillong forges the receipt of another unit, and says that it replies to a share that does not exist.
    let forged = signed(&world, &shillongs);
    send(&mut world, "shillong", "guwahati", Kind::Receipt, forged);
    assert_eq!(last_incident(&world, "guwahati"), "sent a receipt whose signature does not hold");
    let nothing = wire::encode(&ReplyPayload { share: ShareId([9; 16]), revision: 0, reply: Reply::Accepted });
    send(&mut world, "shillong", "guwahati", Kind::ShareReply, nothing);
    assert_eq!(last_incident(&world, "guwahati"), "replied to a share it was not given");
    assert!(world["guwahati"].state() == before.0);
}

#[test]
fn a_person_is_told_what_a_share_lacks() {
    let (mut world, case) = OPENED.clone();
    let good = drafts::request(case, world["shillong"].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    let restricted = super::standing(&world, case, "person", GIRL, "health_alert");
    let usual = super::standing(&world, case, "person", GIRL, "mother");
    let persons = |reason: &str| {
        let mut persons = good.persons.to_vec();
        persons[0].reason = BoundedText::new(reason).unwrap();
        BoundedVec::new(persons).unwrap()
    };
    let classes = |classes: &[ShareClass]| BoundedVec::new(classes.to_vec()).unwrap();
    let items = |items: Vec<Commitment>| BoundedVec::new(items).unwrap();
    let wrong = [
        Share { case: CaseId([9; 32]), ..good.clone() },
        Share { to: world["guwahati"].id, ..good.clone() },
        Share { to: crate::ids::UnitId([9; 32]), ..good.clone() },
        Share { expires: world.now, ..good.clone() },
        Share { expires: Timestamp(u64::MAX), ..good.clone() },
        Share { sections: BoundedVec::default(), ..good.clone() },
        Share { sections: drafts::sections(&["identity", "horoscope"]), ..good.clone() },
        Share { classes: BoundedVec::default(), ..good.clone() },
        Share { classes: classes(&[ShareClass::I, ShareClass::X]), ..good.clone() },
        Share { persons: persons("  "), ..good.clone() },
        drafts::request(case, world["shillong"].id, &[id(99)], world.now.plus(DAY)),
        Share { items: items(usual), ..good.clone() },
        Share { items: items(vec![Commitment([9; 32])]), ..good.clone() },
    ];
    let before = world["guwahati"].state();
    for request in wrong {
        assert!(preview(&world["guwahati"].view, world.now, &request).is_err());
        assert!(world.act("guwahati", |txn| create(txn, request)).is_err());
    }
    assert!(world["guwahati"].state() == before);
    let of_shillong = world.act("shillong", |txn| create(txn, good.clone()));
    assert!(matches!(of_shillong, Err(ShareRefusal::NotOwner)));
    assert!(preview(&world["guwahati"].view, world.now, &Share { items: items(restricted), ..good }).is_ok());
}

#[test]
fn a_recall_reaches_a_peer_whose_new_key_nobody_has_compared_yet() {
    let (mut world, _, share) = SHARED.clone();
    for (unit, peer) in [("guwahati", "shillong"), ("shillong", "guwahati")] {
        forget(&mut world, unit, peer);
    }
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    assert!(given(&world, share).receipt.is_some());
    assert!(!world["shillong"].holds("Rofiqul"));
    assert!(world.act("guwahati", |txn| recall(txn, share)).is_err(), "once");
    assert!(world.act("shillong", |txn| accept(txn, share)).is_err());
}

/// What Guwahati's node counts of Shillong, set as if the rest had been brought already.
fn nearly_full(world: &mut World, shares: u64, unknown: u64) {
    let key = [b"shares-from/".as_slice(), world["guwahati"].id.as_bytes()].concat();
    world
        .act("shillong", |txn| {
            txn.put(&key, Scope::Master, &Brought { shares, unknown });
            Ok::<_, ViewError>(())
        })
        .unwrap();
}

#[test]
fn a_unit_that_ends_shares_without_end_is_stopped() {
    let (mut world, ..) = SHARED.clone();
    nearly_full(&mut world, 0, UNKNOWN - 1);
    let end = |world: &mut World, byte| {
        let payload = wire::encode(&RecallPayload { share: ShareId([byte; 16]), revision: 1 });
        send(world, "guwahati", "shillong", Kind::Recall, payload);
    };
    end(&mut world, 1);
    let before = world["shillong"].count(Table::SHARES_IN);
    end(&mut world, 2);
    assert_eq!(last_incident(&world, "shillong"), "recalled more shares that never came than any unit gives");
    assert_eq!(world["shillong"].count(Table::SHARES_IN), before);
}

#[test]
fn a_unit_that_shares_without_end_is_stopped() {
    let (mut world, case, _) = SHARED.clone();
    nearly_full(&mut world, SHARES, 0);
    let request = drafts::request(case, world["shillong"].id, &[MAN], world.now.plus(DAY));
    let before = world["shillong"].count(Table::SHARES_IN);
    world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    assert_eq!(last_incident(&world, "shillong"), "sent more shares than any unit gives");
    assert_eq!(world["shillong"].count(Table::SHARES_IN), before);
}
