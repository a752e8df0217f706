//! Golden bytes of a share, a receipt, and what travels about them, made with fixed keys and times.
//! After the first release a changed vector is a new version of the message.

use super::super::contribute::ContributionPayload;
use super::super::decide::{Reply, ReplyPayload};
use super::super::end::{RecallPayload, ReceiptPayload};
use super::super::offer::SharePayload;
use super::super::outgoing::EntriesPayload;
use super::super::resume::{Given, Held, StatePayload};
use super::super::share::Ended;
use super::super::take_back::TakeBackPayload;
use super::super::{Handling, Onward, Receipt, Share};
use super::{GIRL, MAN};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{Change, Entry};
use crate::crypto::{NodeSecret, Signed};
use crate::federation::peering::WordsConfirmed;
use crate::ids::{CaseId, Commitment, EntryHash, NodeKey, ShareId, UnitId};
use crate::testing::drafts;
use crate::testing::vectors::{compare, read};
use crate::testing::world::NOON;
use crate::time::DAY;
use crate::wire;

const ID: ShareId = ShareId([5; 16]);
const OWNER: UnitId = UnitId([2; 32]);
const RECEIVER: UnitId = UnitId([3; 32]);

fn owner() -> NodeSecret {
    NodeSecret::from_seed(&[2; 32])
}

fn receiver() -> NodeSecret {
    NodeSecret::from_seed(&[3; 32])
}

/// Written by the tests of `caselog`.
fn entries() -> Vec<Signed<Entry>> {
    ["entry-0", "entry-1"].map(|name| Signed::from_bytes(read(name))).to_vec()
}

fn changes() -> Vec<Change> {
    (0..5).map(|number| wire::decode(&read(&format!("change-{number}")), 4096).unwrap()).collect()
}

#[test]
fn bytes_of_shares_and_their_messages_are_the_golden_ones() {
    let mut share = Share {
        id: ID,
        revision: 2,
        from: OWNER,
        ..drafts::request(CaseId([1; 32]), RECEIVER, &[GIRL, MAN], NOON.plus(30 * DAY))
    };
    share.items = BoundedVec::new(vec![Commitment([8; 32])]).unwrap();
    share.note = BoundedText::new("Please check the address. (invented)").unwrap();
    let share = Signed::sign(&share, &owner());
    compare("share", share.as_bytes());
    let receipt = Signed::sign(
        &Receipt { share: ID, revision: 2, unit: RECEIVER, at: NOON, ended: Ended::Recalled, entry: None },
        &receiver(),
    );
    compare("receipt", receipt.as_bytes());

    let heads = [(OWNER, 7), (RECEIVER, 1)];
    compare(
        "payload-share",
        &wire::encode(&SharePayload {
            share,
            opening: vec![6; 32],
            heads: heads.to_vec(),
            changes: 21,
            lowers: true,
            kept: vec![Commitment([7; 32])],
            custody: Vec::new(),
        }),
    );
    compare("payload-receipt", &wire::encode(&ReceiptPayload { receipt }));
    compare("payload-recall", &wire::encode(&RecallPayload { share: ID, revision: 2 }));
    let replies = [
        ("previewed", Reply::Previewed),
        ("accepted", Reply::Accepted),
        ("declined", Reply::Declined(BoundedText::new("not ours").unwrap())),
    ];
    for (name, reply) in replies {
        compare(&format!("payload-reply-{name}"), &wire::encode(&ReplyPayload { share: ID, revision: 2, reply }));
    }
    let part = EntriesPayload {
        share: Some(ID),
        revision: 2,
        after: heads.into(),
        entries: entries(),
        changes: changes(),
        stale: vec![Commitment([9; 32])],
    };
    compare("payload-entries", &wire::encode(&part));
    let own = ContributionPayload {
        share: ID,
        revision: 2,
        handling: Handling::H2,
        onward: Onward::Ask,
        expires: Some(NOON),
        entries: entries(),
        changes: changes(),
    };
    compare("payload-contribution", &wire::encode(&own));
    let back = TakeBackPayload { share: ID, case: CaseId([1; 32]), entry: EntryHash([9; 32]) };
    compare("payload-take-back", &wire::encode(&back));
    let gone = Receipt { share: ID, revision: 0, unit: OWNER, at: NOON, ended: Ended::Recalled, entry: Some(EntryHash([9; 32])) };
    compare("receipt-contribution", Signed::sign(&gone, &owner()).as_bytes());
    let lowered = Receipt { share: ID, revision: 2, unit: RECEIVER, at: NOON, ended: Ended::Lowered, entry: None };
    compare("receipt-lowered", Signed::sign(&lowered, &receiver()).as_bytes());
    let state = StatePayload {
        given: vec![Given { share: ID, awaits_reply: true, has_receipt: false, lacks: 3, lowered: Some(2) }],
        held: vec![Held { share: ShareId([4; 16]), revision: 1, open: true, heads: heads.to_vec(), changes: 21 }],
        forgetful: false,
    };
    compare("payload-state", &wire::encode(&state));
    compare("payload-words-confirmed", &wire::encode(&WordsConfirmed { keys: [NodeKey([1; 32]), NodeKey([2; 32])] }));
}

#[test]
fn the_golden_shares_verify_and_their_messages_decode() {
    let share = Signed::<Share>::from_bytes(read("share")).verify(&owner().public()).unwrap();
    assert_eq!((share.id, share.from, share.to, share.persons.len()), (ID, OWNER, RECEIVER, 2));
    let receipt = Signed::<Receipt>::from_bytes(read("receipt")).verify(&receiver().public()).unwrap();
    assert_eq!((receipt.share, receipt.ended), (ID, Ended::Recalled));
    let payload: SharePayload = wire::decode(&read("payload-share"), 4096).unwrap();
    assert_eq!(payload.share.as_bytes(), read("share"));
    let payload: ReceiptPayload = wire::decode(&read("payload-receipt"), 4096).unwrap();
    assert_eq!(payload.receipt.as_bytes(), read("receipt"));
    let part: EntriesPayload = wire::decode(&read("payload-entries"), 16384).unwrap();
    let own: ContributionPayload = wire::decode(&read("payload-contribution"), 16384).unwrap();
    assert!(part.entries == entries() && own.entries == entries() && part.changes == changes() && own.changes == changes());
    let state: StatePayload = wire::decode(&read("payload-state"), 4096).unwrap();
    assert!(state.given[0].lacks == 3 && state.held[0].open);
    for name in ["previewed", "accepted", "declined"] {
        assert!(wire::decode::<ReplyPayload>(&read(&format!("payload-reply-{name}")), 4096).is_ok());
    }
    let back: TakeBackPayload = wire::decode(&read("payload-take-back"), 4096).unwrap();
    assert_eq!(back.entry, EntryHash([9; 32]));
    for (name, ended, entry) in
        [("receipt-contribution", Ended::Recalled, Some(back.entry)), ("receipt-lowered", Ended::Lowered, None)]
    {
        let key = if entry.is_some() { owner() } else { receiver() };
        let receipt = Signed::<Receipt>::from_bytes(read(name)).verify(&key.public()).unwrap();
        assert_eq!((receipt.ended, receipt.entry), (ended, entry));
    }
    assert!(wire::decode::<RecallPayload>(&read("payload-recall"), 4096).is_ok());
    assert!(wire::decode::<WordsConfirmed>(&read("payload-words-confirmed"), 4096).is_ok());
}
