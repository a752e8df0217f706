//! Golden bytes of what units sign about themselves and each other, made with a fixed seed and time.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of the message.

use super::super::{charter as charters, joining as joins, own, prekey, text};
use super::super::{charter_sync, leaving, recovery};
use super::{Node, meet, pair};
use crate::testing::vectors::{compare, compare_text};
use crate::wire;

#[test]
fn bytes_of_genesis_charter_invitation_join_and_prekey_are_the_golden_ones() {
    let (mut shillong, guwahati) = pair();
    compare("genesis", own::load(&guwahati.view).unwrap().genesis.as_bytes());
    for number in 0..=1 {
        compare(&format!("charter-{number}"), &wire::encode(&charters::stored(&shillong.view, number).unwrap().unwrap()));
    }
    compare("charter-approval", charters::stored(&shillong.view, 1).unwrap().unwrap().approvals()[0].as_bytes());
    compare("prekey", prekey::newest_signed(&shillong.view, guwahati.unit()).unwrap().unwrap().1.as_bytes());
    let mut kathmandu = Node::new(3, "Partner in Kathmandu");
    let genesis = kathmandu.created.genesis_text.clone();
    let invitation = shillong.step(|txn| joins::invite(txn, &genesis)).0.unwrap();
    compare("invitation", &text::parse(text::INVITE, &invitation).unwrap());
    kathmandu.step(|txn| joins::accept_invitation(txn, &invitation)).0.unwrap();
    compare("join", &joins::join_request(&kathmandu.view).unwrap());
    compare_text("text-identity", &genesis);
    compare_text("text-invitation", &invitation);
    compare_text("text-recovery", &kathmandu.created.recovery);
    compare("charter-news", &wire::encode(&charters::head(&shillong.view).unwrap().unwrap()));
}

/// The welcome has no golden bytes before the blinding secret has left it.
#[test]
fn bytes_of_the_replies_to_a_newcomer_are_the_golden_ones() {
    use joins::{JoinReply, RefusalCode};
    compare("join-reply-pending", &wire::encode(&JoinReply::Pending));
    let codes = [
        ("unknown", RefusalCode::Unknown),
        ("expired", RefusalCode::Expired),
        ("malformed", RefusalCode::Malformed),
        ("closed", RefusalCode::Closed),
    ];
    for (name, code) in codes {
        compare(&format!("join-reply-{name}"), &wire::encode(&JoinReply::Refused(code)));
        let read = wire::decode(&crate::testing::vectors::read(&format!("join-reply-{name}")), 16);
        assert_eq!(read, Ok(JoinReply::Refused(code)));
    }
}

#[test]
fn bytes_of_a_reply_over_the_network_are_the_golden_ones() {
    let (mut shillong, guwahati) = pair();
    let request = charter_sync::request(&guwahati.view, shillong.unit()).unwrap().unwrap();
    let from = guwahati.unit();
    let reply = shillong.step(|txn| charter_sync::handle_request(txn, from, &request)).0.unwrap().unwrap();
    // The version of the software that runs is not part of the format.
    let mut reply: charter_sync::Reply = wire::decode(&reply, charter_sync::REPLY_MAX).unwrap();
    reply.hello.as_mut().unwrap().version = super::super::hello::Version::new("0.1.0").unwrap();
    compare("charter-reply", &wire::encode(&reply));
}

#[test]
fn bytes_of_departures_withdrawals_replacements_and_their_exchange_are_the_golden_ones() {
    let (mut shillong, mut guwahati) = pair();
    let paper = guwahati.created.recovery.clone();
    let mut aside = Node { view: guwahati.view.clone(), ..Node::new(2, "AHTU Guwahati") };
    let replacement = aside.step(|txn| recovery::recover(txn, &paper)).0.unwrap();
    compare("replacement", &text::parse(text::REPLACE, &replacement).unwrap());
    compare_text("text-replacement", &replacement);
    let recovery: recovery::Recovery = wire::decode(&text::parse(text::REPLACE, &replacement).unwrap(), 2048).unwrap();
    compare("replacement-word", recovery.replacement.as_bytes());
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
