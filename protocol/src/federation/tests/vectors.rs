//! Golden bytes of what units sign about themselves and each other, made with a fixed seed and time.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of the message.

use super::super::{charter as charters, joining as joins, own, prekey, text};
use super::{Node, pair};
use crate::testing::vectors::compare;
use crate::wire;

#[test]
fn bytes_of_genesis_charter_invitation_join_and_prekey_are_the_golden_ones() {
    let (mut shillong, guwahati) = pair();
    compare("genesis", own::load(&guwahati.view).unwrap().genesis.as_bytes());
    for number in 0..=1 {
        compare(&format!("charter-{number}"), &wire::encode(&charters::stored(&shillong.view, number).unwrap().unwrap()));
    }
    compare("prekey", prekey::newest_signed(&shillong.view, guwahati.unit()).unwrap().unwrap().1.as_bytes());
    let mut kathmandu = Node::new(3, "Partner in Kathmandu");
    let genesis = kathmandu.created.genesis_text.clone();
    let invitation = shillong.step(|txn| joins::invite(txn, &genesis)).0.unwrap();
    compare("invitation", &text::parse(text::INVITE, &invitation).unwrap());
    kathmandu.step(|txn| joins::accept_invitation(txn, &invitation)).0.unwrap();
    compare("join", &joins::join_request(&kathmandu.view).unwrap());
}
