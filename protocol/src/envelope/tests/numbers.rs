//! Numbers, acknowledgements and prekeys: what comes twice counts once, what is given up leaves no hole, what is missing is asked again.

use super::{Answer, Kind, Outcome, PAIR, answer, body, key, outcome, receive, refused, seal, send, sign};
use crate::core::Input;
use crate::crypto::Signed;
use crate::envelope::outbox::HeldBack;
use crate::envelope::{Ack, Body, outbox};
use crate::federation::restored;
use crate::ids::{BodyHash, SubjectId, Token, UnitId};
use crate::machine::{Announcer, MemoryView, Row, Table, Txn, View, ViewError};
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::time::{DAY, HOUR};
use crate::wire;

#[test]
fn a_hundred_copies_count_once_and_get_the_same_acknowledgement() {
    let mut world = PAIR.clone();
    let first = {
        let body = body(&world);
        send(&mut world, &body)
    };
    assert_eq!(outcome(&world, &first), Outcome::Applied);
    let after = world["shillong"].view.clone();
    for _ in 0..100 {
        // Sealed anew each time, as a sender does.
        let body = body(&world);
        let again = send(&mut world, &body);
        assert_eq!((&again.reply, again.writes.len(), again.incidents.len()), (&first.reply, 0, 0));
    }
    assert!(after.rows().eq(world["shillong"].view.rows()));
}

#[test]
fn another_body_under_a_number_is_refused_unless_it_gives_the_number_up() {
    let mut world = PAIR.clone();
    let good = Body { kind: Kind::Contact, ..body(&world) };
    send(&mut world, &good);
    let other = Body { payload: b"something else".to_vec(), ..good.clone() };
    assert_eq!(refused(&send(&mut world, &other)), "sent two different envelopes of one number");
    // The acknowledgement was lost and the sender gave up: nothing is undone, and the sender may forget it.
    let void = Body { kind: Kind::Void, payload: Vec::new(), ..good };
    let effects = send(&mut world, &void);
    assert_eq!((outcome(&world, &effects), effects.writes.len()), (Outcome::Applied, 0));
}

#[test]
fn numbers_are_taken_within_a_window_in_any_order() {
    let mut world = PAIR.clone();
    let at = |world: &mut World, seq| {
        let body = Body { pair_seq: seq, ..body(world) };
        send(world, &body)
    };
    for seq in [4000, 10, 5000, 4096, 4999] {
        let effects = at(&mut world, seq);
        assert_eq!(outcome(&world, &effects), Outcome::Applied, "{seq}");
    }
    assert_eq!(refused(&at(&mut world, 5000 + 4097)), "sent an envelope whose number is far ahead");
    assert_eq!(refused(&at(&mut world, u64::MAX)), "sent an envelope whose number is far ahead");
    assert_eq!(outcome(&world.clone(), &at(&mut world, 5000 - 4095)), Outcome::Applied);
    // Too old to be told from a copy: final, so that nobody tries for ever, and nothing happens.
    for seq in [0, 5000 - 4096] {
        let effects = at(&mut world, seq);
        assert_eq!((outcome(&world, &effects), effects.writes.len(), effects.incidents.len()), (Outcome::Refused, 0, 1), "{seq}");
    }
    assert_eq!(outcome(&world.clone(), &at(&mut world, 9096)), Outcome::Applied);
    assert!(world["shillong"].count(Table::SEEN) < 10, "what left the window is forgotten");
    assert_eq!(outcome(&world.clone(), &at(&mut world, 4000)), Outcome::Refused);
}

#[test]
fn a_number_at_the_end_of_all_numbers_costs_a_restored_node_nothing() {
    let mut world = PAIR.clone();
    world.act("shillong", |txn| restored::mark(txn, false)).unwrap();
    let body = Body { pair_seq: u64::MAX, kind: Kind::Void, payload: Vec::new(), ..body(&world) };
    let effects = send(&mut world, &body);
    assert_eq!(outcome(&world, &effects), Outcome::Applied);
    assert!(effects.writes.len() < 10, "{} rows are written", effects.writes.len());
}

/// Queues an envelope from Guwahati to Shillong.
fn queue(world: &mut World, kind: Kind, lifetime: Option<u64>) -> u64 {
    let shillong = world["shillong"].id;
    world.act("guwahati", |txn| outbox::queue(txn, shillong, kind, b"nothing".to_vec(), lifetime)).unwrap()
}

fn answered(world: &mut World, number: u64, bytes: Vec<u8>) -> bool {
    let to = world["shillong"].id;
    world.handle("guwahati", Input::Answer { to, pair_seq: number, bytes });
    outbox::is_gone(&world["guwahati"].view, to, number).unwrap()
}

#[test]
fn an_envelope_waits_until_its_own_acknowledgement() {
    let mut world = PAIR.clone();
    let number = queue(&mut world, Kind::Void, None);
    let (_, bytes) = world.sealed("guwahati", "shillong").into_iter().find(|(seq, _)| *seq == number).unwrap();
    let good = world.deliver("guwahati", "shillong", bytes);
    let Ok(Answer::Ack(ack)) = wire::decode::<Answer>(&good, 4096) else { panic!("no acknowledgement") };
    let ack = ack.stored().unwrap().into_value();
    let forge = |world: &World, unit: &str, ack: &Ack| wire::encode(&Answer::Ack(Signed::sign(ack, &key(world, unit))));
    let wrong = [
        forge(&world, "kathmandu", &ack),
        forge(&world, "shillong", &Ack { to: world["kathmandu"].id, ..ack.clone() }),
        forge(&world, "shillong", &Ack { pair_seq: number + 1, ..ack.clone() }),
        forge(&world, "shillong", &Ack { body: BodyHash([0; 32]), ..ack }),
        wire::encode(&Answer::Failed),
        vec![0xff; 20],
        Vec::new(),
        vec![0; 20_000],
    ];
    for bytes in wrong {
        assert!(!answered(&mut world, number, bytes));
    }
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(!answered(&mut world, number, bytes), "bit {bit}");
    }
    assert!(answered(&mut world, number, good.clone()));
    assert!(answered(&mut world, number, good), "twice is nothing");
}

#[test]
fn what_was_given_up_leaves_no_hole() {
    let mut world = PAIR.clone();
    world.offline("shillong");
    let number = queue(&mut world, Kind::Contact, Some(HOUR));
    let waiting = |world: &World| {
        let due = outbox::due(&world["guwahati"].view, world["shillong"].id, 9).unwrap();
        due.into_iter().map(|(seq, row)| (seq, row.kind)).collect::<Vec<_>>()
    };
    world.advance(HOUR);
    assert_eq!(waiting(&world).last(), Some(&(number, Kind::Contact)));
    world.advance(1);
    assert_eq!(waiting(&world).last(), Some(&(number, Kind::Void)), "the same number, now a void");
    world.advance(900 * DAY);
    let (guwahati, shillong) = (world["guwahati"].view.clone(), world["shillong"].id);
    assert_eq!(outbox::held_back(&guwahati, shillong, world.now), Ok(Some(HeldBack::PrekeyExpired)));
    let due = outbox::due(&guwahati, shillong, 9).unwrap();
    let mut rng = crate::testing::rng::SeededRng::new(1);
    assert_eq!(outbox::seal_row(&guwahati, shillong, &due[0].1, world.now, &mut rng), Ok(None));
    let fresh = crate::federation::prekey::newest_signed(&world["shillong"].view, shillong).unwrap().unwrap().1;
    assert_eq!(world.act("guwahati", |txn| crate::federation::prekey::accept(txn, &fresh)), Ok(true));
    let (_, bytes) = world.sealed("guwahati", "shillong").into_iter().find(|(seq, _)| *seq == number).unwrap();
    let effects = receive(&mut world, "guwahati", bytes);
    assert_eq!(outcome(&world, &effects), Outcome::Applied, "a void never expires");
}

#[test]
fn an_unknown_prekey_is_answered_with_the_newest() {
    let mut world = PAIR.clone();
    let good = sign(&world, "guwahati", &body(&world));
    let newest = crate::federation::prekey::newest(&world["shillong"].view, world["shillong"].id).unwrap().unwrap();
    let old = crate::envelope::Sealed::seal(
        good.as_bytes(),
        newest.number + 7,
        &newest.key,
        &mut crate::testing::rng::SeededRng::new(1),
    )
    .unwrap();
    let effects = receive(&mut world, "guwahati", old);
    let Answer::UnknownPrekey(signed) = answer(&effects) else { panic!("{effects:?}") };
    assert_eq!(signed.verify(&key(&world, "shillong").public()).unwrap().into_value(), newest);
    assert!(effects.writes.is_empty());
    // The prekey of another unit: it does not open.
    let kathmandus = seal(&world, "kathmandu", good.as_bytes());
    assert_eq!(refused(&receive(&mut world, "guwahati", kathmandus)), "sent an envelope that does not open");
}

#[test]
fn an_acknowledgement_of_what_was_just_given_up_accuses_nobody() {
    let mut world = PAIR.clone();
    let number = queue(&mut world, Kind::Contact, Some(HOUR));
    let (_, bytes) = world.sealed("guwahati", "shillong").into_iter().find(|(seq, _)| *seq == number).unwrap();
    let late = world.deliver("guwahati", "shillong", bytes);
    // The hour is over before the answer is back: the number is now a void.
    world.offline("shillong");
    world.advance(HOUR + 1);
    assert!(!answered(&mut world, number, late), "the void still goes");
    assert_eq!(world["guwahati"].incidents, []);
    world.online("shillong");
    assert!(outbox::is_gone(&world["guwahati"].view, world["shillong"].id, number).unwrap());
}

/// A view that counts the rows that were read.
struct Counting<'a>(&'a MemoryView, core::cell::Cell<usize>);

impl View for Counting<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        self.0.get(table, key)
    }

    fn scan(&self, table: Table, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, ViewError> {
        let rows = self.0.scan(table, prefix, after, limit)?;
        self.1.set(self.1.get() + rows.len());
        Ok(rows)
    }

    fn heard(&self, asked: &[(UnitId, Token)]) -> Result<Vec<Vec<u64>>, ViewError> {
        self.0.heard(asked)
    }

    fn own(&self, by: &Announcer, tokens: &[Token]) -> Result<Vec<Vec<SubjectId>>, ViewError> {
        self.0.own(by, tokens)
    }
}

#[test]
fn however_many_envelopes_wait_few_are_read_to_send_the_first_or_to_queue_one_more() {
    let mut world = PAIR.clone();
    world.offline("shillong");
    let shillong = world["shillong"].id;
    for _ in 0..300 {
        queue(&mut world, Kind::Void, None);
    }
    let view = &world["guwahati"].view;
    let counting = Counting(view, core::cell::Cell::new(0));
    assert_eq!(outbox::due(&counting, shillong, 8).unwrap().len(), 8);
    assert!(counting.1.get() < 60, "{} rows were read", counting.1.get());
    assert_eq!(outbox::due(&counting, shillong, 1_000).unwrap().len(), 300, "and all of them where all are wanted");

    let counting = Counting(view, core::cell::Cell::new(0));
    let mut rng = SeededRng::new(1);
    let mut txn = Txn::new(&counting, world.now, &mut rng);
    outbox::queue(&mut txn, shillong, Kind::Void, Vec::new(), None).unwrap();
    assert!(counting.1.get() < 20, "{} rows were read", counting.1.get());
}
