//! Attacks that take more than one message: replayed a thousand times, in every order, poison before a recall.
//! Each ends as if nobody had attacked.

use super::stage::{GIRL, MAN, NUMBER, STAGE, Stage};
use super::{id, is_taken};
use crate::caselog::{append, fold, load};
use crate::crypto::Signed;
use crate::envelope::{Answer, Body, Kind, Sealed};
use crate::federation::prekey;
use crate::machine::Table;
use crate::sharing::{self, InState};
use crate::testing::drafts::{self, id as entity};
use crate::testing::say;
use crate::time::DAY;
use crate::wire;
use std::collections::BTreeMap;

/// Every order of `0..count`.
fn orders(count: usize) -> Vec<Vec<usize>> {
    (0..count).fold(vec![Vec::new()], |orders, next| {
        orders.iter().flat_map(|order| (0..=order.len()).map(move |at| [&order[..at], &[next], &order[at..]].concat())).collect()
    })
}

/// What waits at one unit for another, sealed. Nothing has arrived.
fn sealed(stage: &mut Stage, from: &str, to: &str) -> Vec<Vec<u8>> {
    stage.world.sealed(from, to).into_iter().map(|(_, bytes)| bytes).collect()
}

/// What is in an envelope, as its receiver sees it.
fn opened(stage: &Stage, to: &str, bytes: &[u8]) -> Signed<Body> {
    let sealed = Sealed::decode(bytes).unwrap();
    let secret = prekey::secret(&stage.world[to].view, sealed.prekey()).unwrap().unwrap();
    Signed::from_bytes(sealed.open(&secret).unwrap())
}

#[test]
fn a_thousand_replays_of_each_message_count_once() {
    let mut stage = STAGE.clone();
    stage.world.offline("shillong");
    let (case, share) = (stage.case, stage.share);
    let note = drafts::note(entity(80), "one more (invented)");
    stage.world.act("guwahati", |txn| append(txn, case, &note, &drafts::author("Officer Das"))).unwrap();
    stage.world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    let messages = sealed(&mut stage, "guwahati", "shillong");
    assert!(messages.len() >= 2);
    let answers: Vec<Vec<u8>> = messages.iter().map(|bytes| stage.world.deliver("guwahati", "shillong", bytes.clone())).collect();
    stage.world.settle();
    let (after, incidents) = (stage.world["shillong"].view.clone(), stage.world["shillong"].incidents.len());
    for _ in 0..1000 {
        for (bytes, answer) in messages.iter().zip(&answers) {
            assert_eq!(stage.world.deliver("guwahati", "shillong", bytes.clone()), *answer);
        }
    }
    assert!(after.rows().eq(stage.world["shillong"].view.rows()));
    assert_eq!(stage.world["shillong"].incidents.len(), incidents);
    say(&format!("{} messages replayed 1,000 times each: the same answers, not a row changed", messages.len()));
}

#[test]
fn six_updates_in_all_720_orders_come_to_the_same() {
    let mut stage = STAGE.clone();
    stage.world.offline("shillong");
    let case = stage.case;
    for number in 0..6 {
        let note = drafts::note(entity(80 + number), &format!("part {number} (invented)"));
        stage.world.act("guwahati", |txn| append(txn, case, &note, &drafts::author("Officer Das"))).unwrap();
    }
    let parts = sealed(&mut stage, "guwahati", "shillong");
    assert_eq!(parts.len(), 6);
    stage.world.wire.clear();
    let mut expected = None;
    let orders = orders(6);
    assert_eq!(orders.len(), 720);
    for order in &orders {
        let mut stage = stage.clone();
        for at in order {
            stage.world.deliver("guwahati", "shillong", parts[*at].clone());
        }
        let state = stage.world["shillong"].state();
        assert!(*expected.get_or_insert(state.clone()) == state, "{order:?}");
        assert_eq!(stage.world["shillong"].count(Table::WAITING), 0, "{order:?}");
    }
    for bytes in &parts {
        stage.world.deliver("guwahati", "shillong", bytes.clone());
    }
    let folded = fold(&load(&stage.world["shillong"].view, case).unwrap().unwrap());
    assert!((0..6).all(|number| folded.entity("note", entity(80 + number)).is_some()));
    say("six updates in all 720 orders: one and the same case");
}

/// Whatever else waits or was sent before it: the recall is applied at once, the key destroyed, the receipt signed.
#[test]
fn nothing_sent_before_a_recall_holds_it_up() {
    type Poison = fn(&mut Stage);
    let poisons: [(&str, Poison); 8] = [
        ("nothing", |_| {}),
        ("a void", |stage| {
            let body = stage.body("guwahati", "shillong");
            stage.send("guwahati", &body);
        }),
        ("an expired envelope", |stage| {
            let body =
                Body { not_after: Some(stage.world.now.minus(1)), kind: Kind::Entries, ..stage.body("guwahati", "shillong") };
            stage.send("guwahati", &body);
        }),
        ("entries out of form", |stage| {
            stage.pay_bytes("guwahati", "shillong", Kind::Entries, vec![0xff; 60_000]);
        }),
        ("an entry that hangs in the air", |stage| {
            let entry =
                crate::caselog::Entry { seq: 40, prev: Some(crate::ids::EntryHash([7; 32])), ..stage.entry("guwahati", &[]) };
            let entries = stage.entries_with("guwahati", &entry, Vec::new());
            stage.entries_of("guwahati", &entries);
        }),
        ("two histories", |stage| {
            let one = stage.entries(1);
            stage.entries_of("guwahati", &one);
            let other = stage.entries_with("guwahati", &stage.entry("guwahati", &[stage.change(5)]), vec![stage.change(5)]);
            let body = Body {
                pair_seq: NUMBER + 1,
                kind: Kind::Entries,
                payload: wire::encode(&other),
                ..stage.body("guwahati", "shillong")
            };
            stage.send("guwahati", &body);
        }),
        ("an envelope that does not open, a thousand times", |stage| {
            for _ in 0..1000 {
                let mut bytes = stage.seal("shillong", b"nothing that is signed");
                *bytes.last_mut().unwrap() ^= 1;
                stage.bring("guwahati", "shillong", bytes);
            }
        }),
        ("a number far ahead", |stage| {
            let body = Body { pair_seq: 4_000, ..stage.body("guwahati", "shillong") };
            stage.send("guwahati", &body);
        }),
    ];
    for (what, poison) in poisons {
        let mut stage = STAGE.clone();
        poison(&mut stage);
        let share = stage.share;
        stage.world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
        stage.world.settle();
        let row = sharing::incoming_list(&stage.world["shillong"].view, |_| true).unwrap();
        let row = &row.iter().find(|(one, _)| *one == share).unwrap().1;
        assert!(matches!(row.state, InState::Ended(_)) && row.receipted, "{what}: {:?}", row.state);
        assert!(!stage.world["shillong"].holds("Anjali"), "{what}: something is left");
        let given = sharing::outgoing_list(&stage.world["guwahati"].view, |_| true).unwrap();
        assert!(given.iter().any(|(one, row)| *one == share && row.receipt.is_some()), "{what}: no receipt");
    }
    say(&format!("a recall behind {} kinds of poison: applied at once, the key destroyed, the receipt signed", poisons.len()));
}

/// What was shown to one unit and is carried to another: neither the copy nor the share in it is worth anything there.
#[test]
fn nothing_of_a_share_can_be_passed_on_to_a_third() {
    let mut stage = STAGE.clone();
    let before = stage.world["kathmandu"].state();
    let request = drafts::request(stage.case, id(&stage.world, "shillong"), &[GIRL, MAN], stage.world.now.plus(DAY));
    stage.world.offline("shillong");
    stage.world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    let envelopes = stage.world.sealed("guwahati", "shillong");
    assert!(!envelopes.is_empty());
    // Shillong opens them and seals them to Kathmandu, over its own connection and over one of Guwahati's; then sends on what is inside.
    let mut bodies: BTreeMap<u64, Body> = BTreeMap::new();
    for (number, bytes) in envelopes {
        let inside = opened(&stage, "shillong", &bytes);
        let body = inside.stored().unwrap().into_value();
        for transport in ["shillong", "guwahati"] {
            let bytes = stage.seal("kathmandu", inside.as_bytes());
            let effects = stage.bring(transport, "kathmandu", bytes);
            assert_eq!(effects.reply, Some(wire::encode(&Answer::Failed)));
        }
        bodies.insert(number, body);
    }
    for (number, body) in bodies {
        let own =
            Body { payload: body.payload, kind: body.kind, pair_seq: NUMBER + number, ..stage.body("shillong", "kathmandu") };
        let bytes = stage.seal("kathmandu", Signed::sign(&own, &stage.key("shillong")).as_bytes());
        assert!(!is_taken(&stage.bring("shillong", "kathmandu", bytes)));
    }
    assert!(stage.world["kathmandu"].state() == before);
    assert!(!stage.world["kathmandu"].holds("Anjali"));
}
