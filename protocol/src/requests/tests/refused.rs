//! Requests, replies, withdrawals and receipts from whom they do not belong to: refused, noted, nothing changed.
//! Eve is Kathmandu.

use super::super::ask::{Reply, ReplyPayload};
use super::super::rows::work_key;
use super::super::work::{MOST_KEPT, MOST_OPEN};
use super::super::{
    AskState, RefusalReason, RequestRefusal, VerificationRequest, WorkState, answer, ask, close, refuse, take, work_of,
};
use super::{ASKED, OPENED, held, key, last_incident, made, send, signed_answer, wanted, wish};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::envelope::outbox::{self, OutboxError};
use crate::envelope::{Answer, Kind};
use crate::ids::ShareId;
use crate::machine::{Scope, Table, View as _, ViewError, read_row};
use crate::sharing::{Ended, InState, RecallPayload, Receipt, ReceiptPayload, ShareIn};
use crate::testing::World;
use crate::time::{DAY, Timestamp};
use crate::wire;

fn request(world: &World, handle: u8) -> VerificationRequest {
    VerificationRequest { id: ShareId([handle; 16]), expires: world.now.plus(30 * DAY), ..wanted(world.now) }
}

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

#[test]
fn nothing_is_asked_of_and_nothing_taken_from_a_unit_that_is_not_confirmed() {
    let (mut world, case) = OPENED.clone();
    let (asking, bytes) = (wish(&world, case), wire::encode(&request(&world, 9)));
    forget(&mut world, "shillong", "guwahati");
    let before = world["shillong"].state();
    send(&mut world, "guwahati", "shillong", Kind::VerificationRequest, bytes);
    assert_eq!(last_incident(&world, "shillong"), "sent an envelope that only a confirmed peer may send");
    assert!(world["shillong"].state() == before);
    forget(&mut world, "guwahati", "shillong");
    let refused = world.act("guwahati", |txn| ask(txn, asking));
    assert!(matches!(refused, Err(RequestRefusal::Peer(OutboxError::NotConfirmed))));
}

#[test]
fn requests_that_are_none_are_refused() {
    let (mut world, _) = OPENED.clone();
    let good = request(&world, 9);
    let long = wire::encode(&(0..9000).collect::<Vec<u16>>());
    let mut bad = vec![
        ("sent a request out of form", b"\x80".to_vec()),
        ("sent a request out of form", long),
        (
            "sent a request that asks for nothing",
            wire::encode(&VerificationRequest { checks: BoundedVec::default(), ..good.clone() }),
        ),
    ];
    let nameless = VerificationRequest { name: BoundedText::default(), address: BoundedText::default(), ..good.clone() };
    bad.push(("sent a request that asks for nothing", wire::encode(&nameless)));
    for expires in [Timestamp(0), world.now, world.now.plus(5000 * DAY)] {
        let endless = VerificationRequest { expires, ..good.clone() };
        bad.push(("sent a request past its time, or without an end", wire::encode(&endless)));
    }
    let before = world["shillong"].state();
    for (why, bytes) in bad {
        send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, bytes);
        assert_eq!(last_incident(&world, "shillong"), why);
        assert!(world["shillong"].state() == before, "{why}");
    }
}

#[test]
fn one_unit_cannot_take_all_the_room() {
    let (mut world, _) = OPENED.clone();
    for number in 0..MOST_OPEN {
        let mut request = request(&world, 9);
        request.id.0[..8].copy_from_slice(&number.to_be_bytes());
        send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, wire::encode(&request));
    }
    assert!(world["shillong"].incidents.is_empty());
    let next = wire::encode(&request(&world, 1));
    send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, next.clone());
    assert_eq!(last_incident(&world, "shillong"), "sent more requests than can wait here");
    let noted = world["shillong"].incidents.len();
    send(&mut world, "guwahati", "shillong", Kind::VerificationRequest, next);
    assert_eq!(world["shillong"].incidents.len(), noted, "others still find room");
}

#[test]
fn one_unit_cannot_take_all_the_room_by_withdrawing_what_it_sent() {
    let (mut world, _) = OPENED.clone();
    let handle = |number: usize| {
        let mut id = ShareId([9; 16]);
        id.0[..8].copy_from_slice(&number.to_be_bytes());
        id
    };
    let sent = |world: &World, number| wire::encode(&VerificationRequest { id: handle(number), ..request(world, 9) });
    for number in 0..MOST_KEPT {
        let bytes = sent(&world, number);
        send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, bytes);
        let recall = RecallPayload { share: handle(number), revision: 0 };
        send(&mut world, "kathmandu", "shillong", Kind::Recall, wire::encode(&recall));
    }
    // Kathmandu's own node knows nothing of what is sent here in its name, and refuses the receipts.
    let too_many = |world: &World| {
        let noted = world["shillong"].incidents.iter();
        noted.filter(|incident| incident.what == "sent more requests than can wait here").count()
    };
    assert_eq!(too_many(&world), 0);
    let next = sent(&world, MOST_KEPT);
    send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, next.clone());
    assert_eq!(too_many(&world), 1);
    send(&mut world, "guwahati", "shillong", Kind::VerificationRequest, next);
    assert_eq!(too_many(&world), 1, "others still find room");
    // What is over is forgotten a month after its time, and then there is room again.
    world.advance(61 * DAY);
    let later = sent(&world, MOST_KEPT + 1);
    send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, later);
    assert_eq!(too_many(&world), 1, "there is room again");
    assert!(work_of(&world["shillong"].view, handle(MOST_KEPT + 1)).unwrap().is_some());
}

#[test]
fn a_handle_that_was_forgotten_and_is_used_again_has_another_key() {
    let (mut world, _) = OPENED.clone();
    let id = ShareId([9; 16]);
    let scope = |world: &World| {
        let mut rows = world["shillong"].view.rows().filter(|(_, key, ..)| *key == work_key(id));
        rows.next().map(|(_, _, scope, _)| scope)
    };
    let first = wire::encode(&request(&world, 9));
    send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, first);
    let old = scope(&world).unwrap();
    send(&mut world, "kathmandu", "shillong", Kind::Recall, wire::encode(&RecallPayload { share: id, revision: 0 }));
    assert_eq!(scope(&world), None);
    world.advance(61 * DAY);
    assert!(work_of(&world["shillong"].view, id).unwrap().is_none(), "nothing is remembered of it");
    let again = wire::encode(&request(&world, 9));
    send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, again);
    assert!(scope(&world).is_some_and(|new| new != old), "a destroyed key seals nothing any more");
}

#[test]
fn a_share_under_the_handle_of_a_request_ends_for_itself() {
    let (mut world, _) = OPENED.clone();
    let id = ShareId([9; 16]);
    let opened = wire::encode(&request(&world, 9));
    send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, opened);
    let from = world["kathmandu"].id;
    let row = ShareIn { state: InState::Active, expires: world.now.plus(30 * DAY), ..ShareIn::unknown(from, 0) };
    world
        .act("shillong", |txn| {
            txn.put(id.as_bytes(), Scope::Master, &row);
            Ok::<_, ViewError>(())
        })
        .unwrap();
    send(&mut world, "kathmandu", "shillong", Kind::Recall, wire::encode(&RecallPayload { share: id, revision: 0 }));
    assert!(!held(&world, id).is_open() && held(&world, id).receipted);
    let share: ShareIn = read_row(&world["shillong"].view.get(Table::SHARES_IN, id.as_bytes()).unwrap().unwrap()).unwrap();
    assert!(!share.receipted, "no receipt for a key that lives");
}

#[test]
fn a_handle_belongs_to_whoever_used_it_first() {
    let (mut world, asked) = ASKED.clone();
    let stolen = VerificationRequest { address: BoundedText::new("elsewhere").unwrap(), ..request(&world, 0) };
    let before = world["shillong"].state();
    let payload = wire::encode(&VerificationRequest { id: asked, ..stolen.clone() });
    send(&mut world, "kathmandu", "shillong", Kind::VerificationRequest, payload);
    assert_eq!(last_incident(&world, "shillong"), "sent a request under another unit's handle");
    // The same unit again with other words under the same handle: what came first stays.
    send(
        &mut world,
        "guwahati",
        "shillong",
        Kind::VerificationRequest,
        wire::encode(&VerificationRequest { id: asked, ..stolen }),
    );
    assert!(world["shillong"].state() == before);
}

#[test]
fn replies_count_only_from_the_unit_that_was_asked() {
    let (mut world, asked) = ASKED.clone();
    let before = world["guwahati"].state();
    let eve = world["kathmandu"].id;
    let own = Signed::sign(&signed_answer(&world, asked, eve), &key(&world, "kathmandu"));
    let replies = [Reply::Taken, Reply::Refused(RefusalReason::Danger, BoundedText::default()), Reply::Answered(own)];
    for reply in replies {
        let payload = wire::encode(&ReplyPayload { request: asked, reply });
        send(&mut world, "kathmandu", "guwahati", Kind::VerificationReply, payload);
        assert_eq!(last_incident(&world, "guwahati"), "replied to a request it was not sent");
        assert!(world["guwahati"].state() == before);
    }
}

#[test]
fn an_answer_must_be_the_signed_answer_to_this_request() {
    let (mut world, asked) = ASKED.clone();
    let (shillong, eve) = (world["shillong"].id, world["kathmandu"].id);
    let good = signed_answer(&world, asked, shillong);
    let other_key = Signed::sign(&good, &key(&world, "kathmandu"));
    let mut other_request = good.clone();
    other_request.request = ShareId([3; 16]);
    let mut for_eve = good.clone();
    for_eve.to = eve;
    let mut of_eve = good.clone();
    of_eve.from = eve;
    let mut twice = good.clone();
    let name = Name::new("willingness").unwrap();
    twice.fields = BoundedVec::new(vec![(name.clone(), Value::Text("yes".into())), (name, Value::Text("no".into()))]).unwrap();
    let mut wrong = good.clone();
    let name = Name::new("recommendation").unwrap();
    wrong.fields = BoundedVec::new(vec![(name, Value::Text("sell".into()))]).unwrap();
    let mut bare = good.clone();
    bare.fields = BoundedVec::default();
    let sign = |answer| Signed::sign(&answer, &key(&world, "shillong"));
    let another = "answered a request with the answer to another";
    let bad = [
        (other_key, "answered a request with a signature that does not hold"),
        (sign(other_request), another),
        (sign(for_eve), another),
        (sign(of_eve), another),
        (sign(twice), "answered a request out of form"),
        (sign(wrong), "answered a request out of form"),
        (sign(bare), "answered a request out of form"),
    ];
    let before = world["guwahati"].state();
    for (signed, why) in bad {
        let payload = wire::encode(&ReplyPayload { request: asked, reply: Reply::Answered(signed) });
        send(&mut world, "shillong", "guwahati", Kind::VerificationReply, payload);
        assert_eq!(last_incident(&world, "guwahati"), why);
        assert!(world["guwahati"].state() == before, "{why}");
    }
}

#[test]
fn an_answer_to_what_is_over_is_refused_and_a_second_one_too() {
    let (mut world, asked) = ASKED.clone();
    let shillong = world["shillong"].id;
    let signed = Signed::sign(&signed_answer(&world, asked, shillong), &key(&world, "shillong"));
    let late = wire::encode(&ReplyPayload { request: asked, reply: Reply::Answered(signed.clone()) });
    {
        let mut world = world.clone();
        world.act("shillong", |txn| refuse(txn, asked, RefusalReason::NotOurArea, "")).unwrap();
        world.settle();
        let before = world["guwahati"].state();
        send(&mut world, "shillong", "guwahati", Kind::VerificationReply, late.clone());
        assert_eq!(last_incident(&world, "guwahati"), "answered a request that is over");
        assert!(world["guwahati"].state() == before);
        assert!(matches!(world.act("shillong", |txn| answer(txn, asked, super::form())), Err(RequestRefusal::State(_))));
    }
    send(&mut world, "shillong", "guwahati", Kind::VerificationReply, late.clone());
    assert_eq!(made(&world, asked).state, AskState::Answered);
    let before = world["guwahati"].state();
    send(&mut world, "shillong", "guwahati", Kind::VerificationReply, late);
    assert!(world["guwahati"].incidents.is_empty() && world["guwahati"].state() == before, "the same once more changes nothing");
    world.now = world.now.plus(1);
    let other = Signed::sign(&signed_answer(&world, asked, shillong), &key(&world, "shillong"));
    let payload = wire::encode(&ReplyPayload { request: asked, reply: Reply::Answered(other) });
    send(&mut world, "shillong", "guwahati", Kind::VerificationReply, payload);
    assert_eq!(last_incident(&world, "guwahati"), "answered a request twice");
}

#[test]
fn an_answer_that_crosses_with_the_withdrawal_changes_nothing_and_accuses_nobody() {
    let (mut world, asked) = ASKED.clone();
    world.offline("shillong");
    world.act("shillong", |txn| answer(txn, asked, super::form())).unwrap();
    let answered = world.sealed("shillong", "guwahati").swap_remove(0).1;
    world.act("guwahati", |txn| close(txn, asked)).unwrap();
    world.settle();
    // Before the withdrawal has arrived, or long after: numbers do not order.
    for late in [false, true] {
        let mut world = world.clone();
        if late {
            world.online("shillong");
            assert!(made(&world, asked).receipt.is_some());
        }
        let before = world["guwahati"].state();
        let answer = world.deliver("shillong", "guwahati", answered.clone());
        assert_ne!(answer, wire::encode(&Answer::Failed), "late {late}");
        assert!(world["guwahati"].incidents.is_empty(), "late {late}: {:?}", world["guwahati"].incidents);
        assert!(world["guwahati"].state() == before, "late {late}");
        world.online("shillong");
        let row = made(&world, asked);
        assert!(row.state == AskState::Withdrawn && row.answer.is_none() && row.receipt.is_some());
        assert!(world["shillong"].incidents.is_empty() && !world["shillong"].holds("Canary finding"), "late {late}");
    }
}

#[test]
fn an_answer_that_still_waits_does_not_leave_after_a_withdrawal() {
    let (mut world, asked) = ASKED.clone();
    world.offline("guwahati");
    world.act("shillong", |txn| answer(txn, asked, super::form())).unwrap();
    world.act("guwahati", |txn| close(txn, asked)).unwrap();
    world.settle();
    assert!(world["shillong"].holds("Canary finding"));
    // The withdrawal arrives while nothing leaves Shillong.
    let (view, to) = (world["guwahati"].view.clone(), world["shillong"].id);
    for (_, row) in outbox::due(&view, to, usize::MAX).unwrap() {
        let sealed = outbox::seal_row(&view, to, &row, world.now, world.rng("guwahati")).unwrap().unwrap();
        world.deliver("guwahati", "shillong", sealed);
    }
    world.settle();
    assert!(!world["shillong"].holds("Canary finding"), "neither the row nor the outbox has it");
    world.online("guwahati");
    assert!(made(&world, asked).receipt.is_some() && made(&world, asked).answer.is_none());
}

#[test]
fn only_the_asker_withdraws_and_only_the_asked_signs_the_receipt() {
    let (mut world, asked) = ASKED.clone();
    let before = (world["guwahati"].state(), world["shillong"].state());
    let recall = wire::encode(&RecallPayload { share: asked, revision: 0 });
    send(&mut world, "kathmandu", "shillong", Kind::Recall, recall);
    assert_eq!(last_incident(&world, "shillong"), "withdrew another unit's request");
    let receipt =
        Receipt { share: asked, revision: 0, unit: world["kathmandu"].id, at: world.now, ended: Ended::Recalled, entry: None };
    let payload = ReceiptPayload { receipt: Signed::sign(&receipt, &key(&world, "kathmandu")) };
    send(&mut world, "kathmandu", "guwahati", Kind::Receipt, wire::encode(&payload));
    assert_eq!(last_incident(&world, "guwahati"), "sent a receipt for a request it was not sent");
    assert!((world["guwahati"].state(), world["shillong"].state()) == before);
    assert_eq!(held(&world, asked).state, WorkState::New);
    world.act("shillong", |txn| take(txn, asked)).unwrap();
}
