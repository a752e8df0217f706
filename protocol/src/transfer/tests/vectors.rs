//! Golden bytes of what travels while a case changes its owner, made with fixed keys and times.
//! After the first release a changed vector is a new version of the message.

use super::super::messages::{
    Again, Answer, FromOwner, Handing, Named, Part, Passed, Taking, ToOwner, TransferAnswer, TransferOffer,
};
use super::{GIRL, MAN, everybody};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{Change, HandoverProof, TransferValue};
use crate::crypto::{NodeSecret, Signed};
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, TransferId, UnitId};
use crate::sharing::{ContributionTerms, Handling, Onward};
use crate::testing::vectors::{compare, read};
use crate::testing::world::NOON;
use crate::wire;

const OWNER: UnitId = UnitId([2; 32]);
const RECEIVER: UnitId = UnitId([3; 32]);
const CASE: CaseId = CaseId([1; 32]);
const NAMED: Named = Named { id: TransferId([6; 16]), case: CASE };

#[test]
fn bytes_of_a_transfer_are_the_golden_ones() {
    let offer = TransferOffer {
        id: NAMED.id,
        case: CASE,
        share: ShareId([5; 16]),
        from: OWNER,
        to: RECEIVER,
        persons: BoundedVec::new(everybody(&[GIRL, MAN])).unwrap(),
        items: BoundedVec::new(vec![Commitment([8; 32])]).unwrap(),
        at: NOON,
    };
    let offer = Signed::sign(&offer, &NodeSecret::from_seed(&[2; 32]));
    compare("transfer-offer", offer.as_bytes());
    let said = TransferAnswer { id: NAMED.id, case: CASE, from: OWNER, to: RECEIVER, accepted: false, at: NOON };
    let said = Signed::sign(&said, &NodeSecret::from_seed(&[3; 32]));
    compare("transfer-answer", said.as_bytes());

    // Written by the tests of `caselog`.
    let entry = Signed::from_bytes(read("entry-0"));
    let change: Change = wire::decode(&read("change-0"), 4096).unwrap();
    let terms = ContributionTerms { handling: Handling::H1, onward: Onward::Allowed, expires: Some(NOON) };
    let contributed = vec![Passed { entry: EntryHash([9; 32]), share: ShareId([5; 16]), terms, at: NOON }];
    let part = Part { named: Some(NAMED), index: 1, entries: vec![entry.clone()], changes: vec![change.clone()], contributed };
    let handing = Handing { named: NAMED, parts: 2, last: EntryHash([7; 32]), receivers: vec![UnitId([4; 32])], kept: 3 };
    let shares = BoundedVec::new(vec![ShareId([5; 16])]).unwrap();
    let again = Again { offer: offer.clone(), answer: said.clone(), handing: handing.clone(), shares };
    compare("transfer-again", &wire::encode(&again));
    let answer = Answer { answer: said, reason: BoundedText::new("not our district").unwrap() };
    let taking = Taking { named: NAMED, entry: entry.clone(), takeover: change.clone() };
    for (name, bytes) in [
        ("payload-transfer-offer", wire::encode(&FromOwner::Offer(offer))),
        ("payload-transfer-withdrawn", wire::encode(&FromOwner::Withdrawn(NAMED))),
        ("payload-transfer-part", wire::encode(&FromOwner::Part(part))),
        ("payload-transfer-handing", wire::encode(&FromOwner::Handing(handing))),
        ("payload-transfer-answer", wire::encode(&ToOwner::Answer(answer))),
        ("payload-transfer-taken", wire::encode(&ToOwner::Taken(taking))),
        ("value-transfer", wire::encode(&TransferValue { to: RECEIVER, heads: vec![(UnitId([4; 32]), 9, EntryHash([7; 32]))] })),
        (
            "handover-proof",
            wire::encode(&HandoverProof { last: entry.clone(), transfer: change.clone(), first: Some((entry, change)) }),
        ),
    ] {
        compare(name, &bytes);
    }
}

#[test]
fn the_golden_transfers_verify_and_decode() {
    let key = NodeSecret::from_seed(&[2; 32]).public();
    let offer = Signed::<TransferOffer>::from_bytes(read("transfer-offer")).verify(&key).unwrap();
    assert_eq!((offer.from, offer.to, offer.persons.len()), (OWNER, RECEIVER, 2));
    assert!(matches!(wire::decode(&read("payload-transfer-handing"), 4096), Ok(FromOwner::Handing(Handing { parts: 2, .. }))));
    assert!(matches!(wire::decode(&read("payload-transfer-taken"), 65536), Ok(ToOwner::Taken(_))));
    assert!(wire::decode::<ToOwner>(&read("payload-transfer-handing"), 4096).is_err());
}
