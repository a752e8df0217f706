//! Golden bytes of what units sign about themselves and each other, made with a fixed seed and time.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of the message.

use super::super::{charter as charters, joining as joins, own, prekey, text};
use super::super::{charter_sync, leaving, recovery};
use super::{Node, meet, pair};
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

#[test]
fn bytes_of_departures_withdrawals_replacements_and_their_exchange_are_the_golden_ones() {
    let (mut shillong, mut guwahati) = pair();
    let paper = guwahati.created.recovery.clone();
    let mut aside = Node { view: guwahati.view.clone(), ..Node::new(2, "AHTU Guwahati") };
    let replacement = aside.step(|txn| recovery::recover(txn, &paper)).0.unwrap();
    compare("replacement", &text::parse(text::REPLACE, &replacement).unwrap());
    guwahati.step(joins::propose_key).0.unwrap();
    guwahati.step(joins::withdraw).0.unwrap();
    compare("withdrawal", joins::own_withdrawn(&guwahati.view).unwrap()[0].as_bytes());
    // One request with all that it can hold but a signature, for each kind of change but the newcomer's.
    let to = shillong.unit();
    guwahati.now = guwahati.now.plus(1);
    guwahati.step(joins::propose_key).0.unwrap();
    compare("charter-request-key", &charter_sync::request(&guwahati.view, to).unwrap().unwrap());
    meet(&mut guwahati, &mut shillong);
    let open = joins::proposals(&shillong.view).unwrap()[0].hash;
    shillong.step(|txn| joins::approve(txn, open)).0.unwrap();
    compare("charter-request-approval", &charter_sync::request(&shillong.view, guwahati.unit()).unwrap().unwrap());
    meet(&mut guwahati, &mut shillong);
    compare("charter-2", &wire::encode(&charters::stored(&shillong.view, 2).unwrap().unwrap()));
    let says = super::Setup { jurisdiction: "Assam".to_owned(), ..super::answers("AHTU Guwahati") };
    guwahati.step(|txn| joins::propose_data(txn, says)).0.unwrap();
    compare("charter-request-data", &charter_sync::request(&guwahati.view, to).unwrap().unwrap());
    shillong.step(|txn| joins::propose_replacement(txn, &replacement)).0.unwrap();
    compare("charter-request-replace", &charter_sync::request(&shillong.view, guwahati.unit()).unwrap().unwrap());
    shillong.step(joins::withdraw).0.unwrap();
    let unit = guwahati.unit();
    shillong.step(|txn| joins::propose_removal(txn, unit)).0.unwrap();
    compare("charter-reply-carried", &charter_sync::carried(&shillong.view, unit).unwrap().unwrap());
    compare("charter-request-remove", &charter_sync::request(&shillong.view, unit).unwrap().unwrap());
    shillong.step(joins::withdraw).0.unwrap();
    guwahati.step(leaving::leave).0.unwrap();
    let left = leaving::of(&guwahati.view, unit).unwrap().unwrap();
    compare("leave", left.as_bytes());
    shillong.step(|txn| leaving::accept(txn, &left)).0.unwrap();
    shillong.now = shillong.now.plus(1);
    shillong.step(|txn| joins::propose_removal(txn, unit)).0.unwrap();
    compare("charter-3-left", &wire::encode(&charters::stored(&shillong.view, 3).unwrap().unwrap()));
}
