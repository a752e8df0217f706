//! Golden bytes of what is shown to a restored node, made with fixed keys and times.
//! After the first release a changed vector is a new version of the message.

use super::super::message::{Fact, Given, GivenState, Head, Held, HeldState, Line, Shown, Standing, TakenBack};
use crate::bounded::BoundedVec;
use crate::caselog::{Change, HandoverProof};
use crate::crypto::Signed;
use crate::federation::charter_sync::Ask;
use crate::ids::{CaseId, EntryHash, ShareId, UnitId};
use crate::requests::Between;
use crate::sharing::Ended;
use crate::testing::vectors::{compare, read};
use crate::transfer::Part;
use crate::wire;

#[test]
fn bytes_of_a_question_and_its_answer_are_the_golden_ones() {
    let (case, owner) = (CaseId([1; 32]), UnitId([2; 32]));
    let change: Change = wire::decode(&read("change-0"), 4096).unwrap();
    let request = wire::decode(&read("payload-request"), 8192).unwrap();
    let entry = || Signed::from_bytes(read("entry-0"));
    let proof = HandoverProof { last: entry(), transfer: change.clone(), first: Some((entry(), change.clone())) };
    let facts = vec![
        Fact::Head(Head { case, owner, seq: 9, hash: EntryHash([7; 32]) }),
        Fact::Entry(Shown { owner, entry: Signed::from_bytes(read("entry-0")), changes: vec![change] }),
        Fact::Held(Held { id: ShareId([5; 16]), share: Some(Signed::from_bytes(read("share"))), state: HeldState::Active }),
        Fact::Held(Held { id: ShareId([6; 16]), share: None, state: HeldState::Ended(Ended::Declined) }),
        Fact::Given(Given { id: ShareId([4; 16]), state: GivenState::Over, lowered: 2 }),
        Fact::Beacon(Signed::from_bytes(read("beacon-announce"))),
        Fact::TakenBack(TakenBack { case, entry: EntryHash([9; 32]), share: ShareId([5; 16]) }),
        Fact::Request(Between::Asks(Box::new(request), Some(Signed::from_bytes(read("verification-answer"))))),
        Fact::Request(Between::Over(ShareId([3; 16]))),
        Fact::Request(Between::Asked(ShareId([2; 16]), Some(Ended::Declined), None)),
        Fact::Again(wire::decode(&read("transfer-again"), 8192).unwrap()),
        Fact::Part(Part::default()),
        Fact::Gone(ShareId([1; 16])),
        Fact::Line(Line { case, owner, opening: vec![3; 32], custody: vec![proof] }),
        Fact::BeaconHead(Signed::from_bytes(read("beacon-head"))),
        Fact::BeaconsAfter(11),
    ];
    let message = Standing { round: 77, index: 0, of: 2, whole: true, pair_seq: 41, beacon: 12, facts };
    compare("payload-standing", &wire::encode(&message));
    let ask = Ask {
        cases: BoundedVec::new(vec![(case, 4)]).unwrap(),
        beacons_after: Some(11),
        handed: BoundedVec::new(vec![ShareId([8; 16])]).unwrap(),
    };
    compare("restored-ask", &wire::encode(&ask));
}

#[test]
fn the_golden_answer_decodes() {
    let message: Standing = wire::decode(&read("payload-standing"), 65536).unwrap();
    assert_eq!((message.of, message.facts.len(), message.pair_seq), (2, 16, 41));
    assert!(wire::decode::<Ask>(&read("restored-ask"), 4096).is_ok());
}
