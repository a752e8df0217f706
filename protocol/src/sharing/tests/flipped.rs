//! Every bit of a signed share and of a signed receipt.
//! The bits of the envelope around them are in `envelope`.

use super::super::end::ReceiptPayload;
use super::super::offer::SharePayload;
use super::super::share::Ended;
use super::super::{Receipt, Share, Taken, receipt, share};
use super::{GIRL, OPENED, SHARED, key};
use crate::crypto::Signed;
use crate::envelope::{Kind, Received};
use crate::ids::ShareId;
use crate::testing::drafts;
use crate::time::DAY;
use crate::wire;

fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    })
}

#[test]
fn every_flipped_bit_of_a_share_is_refused() {
    let (mut world, case) = OPENED.clone();
    let request = drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(DAY));
    let good = Signed::sign(&Share { id: ShareId([5; 16]), from: world["guwahati"].id, ..request }, &key(&world, "guwahati"));
    let log = crate::caselog::load(&world["guwahati"].view, case).unwrap().unwrap();
    let opening = crate::caselog::opening(&log).unwrap().to_vec();
    let from = world["guwahati"].id;
    let mut take = |bytes: Vec<u8>| {
        let payload = SharePayload {
            share: Signed::from_bytes(bytes),
            opening: opening.clone(),
            heads: Vec::new(),
            changes: 0,
            custody: Vec::new(),
            lowers: false,
            kept: Vec::new(),
        };
        let received = Received::by_hand(from, 900, Kind::Share, wire::encode(&payload));
        world.act("shillong", |txn| share(txn, &received)).unwrap()
    };
    for bytes in flipped(good.as_bytes()) {
        assert_eq!(take(bytes), Taken::Refused("sent a share whose signature does not hold"));
    }
    assert_eq!(take(good.as_bytes().to_vec()), Taken::Applied);
}

#[test]
fn every_flipped_bit_of_a_receipt_is_refused() {
    let (mut world, _, share) = SHARED.clone();
    let unit = world["shillong"].id;
    let good = Signed::sign(
        &Receipt { share, revision: 0, unit, at: world.now, ended: Ended::Expired, entry: None },
        &key(&world, "shillong"),
    );
    let mut take = |bytes: Vec<u8>| {
        let payload = ReceiptPayload { receipt: Signed::from_bytes(bytes) };
        let received = Received::by_hand(unit, 900, Kind::Receipt, wire::encode(&payload));
        world.act("guwahati", |txn| receipt(txn, &received)).unwrap()
    };
    for bytes in flipped(good.as_bytes()) {
        assert_eq!(take(bytes), Taken::Refused("sent a receipt whose signature does not hold"));
    }
    assert_eq!(take(good.as_bytes().to_vec()), Taken::Applied);
}
