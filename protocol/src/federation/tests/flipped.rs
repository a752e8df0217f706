//! Every bit and every length of what units show and sign of themselves: genesis, invitation, request to join, prekey, charter epoch.
//! Each on the way by which it reaches a node: one answer whatever was spoilt, and not a row touched.

use super::super::genesis::GenesisError;
use super::super::invitation::InvitationError;
use super::super::joining::{self as joins, JoinError};
use super::super::{charter_sync, own, prekey, text};
use super::{Node, following, forge, pair, spoilt};
use crate::machine::{Effects, Scope, Table};
use crate::testing::say;
use crate::wire;
use std::collections::BTreeSet;
use std::ops::Range;

type Rows = Vec<(Table, Vec<u8>, Scope, Vec<u8>)>;

fn rows(node: &Node) -> Rows {
    node.view.rows().map(|(table, key, scope, value)| (table, key.to_vec(), scope, value.to_vec())).collect()
}

/// A step that leaves no trace but, perhaps, an answer and a note of what was refused.
fn nothing(effects: &Effects) -> bool {
    let Effects { writes, erase, wake, gossip, blind, verdict, notices, touched, sync, charter_changed, evaluate, .. } = effects;
    let quiet = writes.is_empty() && erase.is_empty() && wake.is_empty() && gossip.is_empty() && blind.is_empty();
    quiet
        && verdict.is_none()
        && notices.is_empty()
        && touched.is_empty()
        && sync.is_empty()
        && !charter_changed
        && evaluate.is_none()
}

fn place(bytes: &[u8], part: &[u8]) -> Range<usize> {
    let at = bytes.windows(part.len()).position(|window| window == part).expect("it is in there");
    at..at + part.len()
}

/// What went wrong with a text that a person pasted, without the details of its signature.
fn said(error: &JoinError) -> String {
    match error {
        JoinError::Genesis(GenesisError::Signed(_)) | JoinError::Invitation(InvitationError::Signed(_)) => {
            "does not verify".to_owned()
        }
        JoinError::Invitation(InvitationError::Text(_)) | JoinError::Genesis(GenesisError::Text(_)) => "mistyped".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_genesis_and_an_invitation() {
    let (mut shillong, mut kathmandu) = (Node::founder(1, "AHTU Shillong"), Node::new(3, "Partner in Kathmandu"));
    let genesis = own::load(&kathmandu.view).unwrap().genesis;
    let (before, mut cases, mut answers) = (rows(&shillong), 0, BTreeSet::new());
    for bytes in spoilt(genesis.as_bytes()) {
        let (outcome, effects) = shillong.step(|txn| joins::invite(txn, &text::write(text::UNIT, &bytes)));
        answers.insert(said(&outcome.unwrap_err()));
        assert!(nothing(&effects) && effects.incidents.is_empty() && effects.reply.is_none());
        cases += 1;
    }
    assert_eq!((rows(&shillong), answers), (before, BTreeSet::from(["does not verify".to_owned()])));

    let invitation = shillong.step(|txn| joins::invite(txn, &kathmandu.created.genesis_text)).0.unwrap();
    let good = text::parse(text::INVITE, &invitation).unwrap();
    let (before, mut answers) = (rows(&kathmandu), BTreeSet::new());
    for bytes in spoilt(&good) {
        let (outcome, effects) = kathmandu.step(|txn| joins::accept_invitation(txn, &text::write(text::INVITE, &bytes)));
        answers.insert(said(&outcome.unwrap_err()));
        assert!(nothing(&effects) && effects.incidents.is_empty() && effects.reply.is_none());
        cases += 1;
    }
    assert_eq!(answers, BTreeSet::from(["does not verify".to_owned()]));
    // And as it is pasted: the text itself, bit by bit. Small letters, spaces and hyphens are no mistake.
    let mut answers = BTreeSet::new();
    for bytes in spoilt(invitation.as_bytes()) {
        let Ok(pasted) = String::from_utf8(bytes) else { continue };
        if text::parse(text::INVITE, &pasted).is_ok_and(|bytes| bytes == good) {
            continue;
        }
        let (outcome, effects) = kathmandu.step(|txn| joins::accept_invitation(txn, &pasted));
        answers.insert(said(&outcome.unwrap_err()));
        assert!(nothing(&effects));
        cases += 1;
    }
    assert_eq!((rows(&kathmandu), answers), (before, BTreeSet::from(["mistyped".to_owned()])));
    assert!(kathmandu.step(|txn| joins::accept_invitation(txn, &invitation)).0.is_ok());
    say(&format!("{cases} spoilt genesis and invitations refused with one answer, nothing written"));
}

#[test]
fn a_request_to_join() {
    let (mut shillong, mut guwahati) = (Node::founder(1, "AHTU Shillong"), Node::new(2, "AHTU Guwahati"));
    shillong.invite(&mut guwahati);
    let (good, from) = (joins::join_request(&guwahati.view).unwrap(), guwahati.key().public());
    let (before, mut cases, mut answers) = (rows(&shillong), 0, BTreeSet::new());
    for bytes in spoilt(&good) {
        let (reply, effects) = shillong.step(|txn| joins::handle_request(txn, from, &bytes));
        answers.insert(reply.unwrap());
        assert!(nothing(&effects));
        assert_eq!(effects.incidents.len(), 1);
        cases += 1;
    }
    let refused = wire::encode(&joins::JoinReply::Refused(joins::RefusalCode::Malformed));
    assert_eq!((rows(&shillong), answers), (before, BTreeSet::from([refused])));
    assert_eq!(guwahati.ask(&mut shillong), joins::JoinOutcome::Joined);
    say(&format!("{cases} spoilt requests to join refused with one answer, nothing written"));
}

#[test]
fn a_prekey() {
    let (mut shillong, mut guwahati) = pair();
    let own = own::load(&guwahati.view).unwrap();
    let federation = guwahati.federation();
    let statement = guwahati.step(|txn| prekey::issue(txn, &own, federation)).0.unwrap();
    guwahati.step(|txn| prekey::accept(txn, &statement)).0.unwrap();
    let request = charter_sync::request(&guwahati.view, shillong.unit()).unwrap().unwrap();
    let inside = place(&request, statement.as_bytes());
    let framed = |bytes: &[u8]| {
        // A byte string of the CBOR around it, which says how long it is.
        let head = wire::encode(serde_bytes::Bytes::new(statement.as_bytes())).len() - statement.as_bytes().len();
        [&request[..inside.start - head], &wire::encode(serde_bytes::Bytes::new(bytes)), &request[inside.end..]].concat()
    };
    assert_eq!(framed(statement.as_bytes()), request);
    let from = guwahati.unit();
    let (before, mut cases, mut answers, mut noted) = (rows(&shillong), 0, BTreeSet::new(), BTreeSet::new());
    for bytes in spoilt(statement.as_bytes()) {
        let (reply, effects) = shillong.step(|txn| charter_sync::handle_request(txn, from, &framed(&bytes)));
        answers.insert(reply.unwrap());
        noted.extend(effects.incidents.iter().map(|incident| (incident.peer == Some(from), incident.what)));
        assert!(nothing(&effects));
        cases += 1;
    }
    assert_eq!(rows(&shillong), before);
    assert_eq!(answers.len(), 1, "as if it had brought none");
    assert_eq!(noted, BTreeSet::from([(true, "a prekey was refused")]));
    assert_eq!(shillong.step(|txn| prekey::accept(txn, &statement)).0, Ok(true));
    say(&format!("{cases} spoilt prekeys refused with one answer, nothing written"));
}

#[test]
fn a_charter_epoch() {
    let (mut shillong, mut guwahati) = pair();
    let signers = [(shillong.unit(), shillong.key()), (guwahati.unit(), guwahati.key())];
    let epoch = forge(&following(&shillong), &signers);
    shillong.step(|txn| super::charters::accept(txn, core::slice::from_ref(&epoch))).0.unwrap();
    let (from, to) = (shillong.unit(), guwahati.unit());
    let request = charter_sync::request(&guwahati.view, from).unwrap().unwrap();
    let reply = shillong.step(|txn| charter_sync::handle_request(txn, to, &request)).0.unwrap().unwrap();
    let good = wire::encode(&epoch);
    let inside = place(&reply, &good);
    let (before, mut cases, mut noted) = (rows(&guwahati), 0, BTreeSet::new());
    let cut = (0..reply.len()).map(|length| reply[..length].to_vec());
    let around = spoilt(&good).map(|bytes| [&reply[..inside.start], &bytes, &reply[inside.end..]].concat());
    for bytes in around.chain(cut) {
        let (outcome, effects) = guwahati.step(|txn| charter_sync::handle_reply(txn, from, &bytes));
        assert_eq!(outcome, Ok(charter_sync::Synced::Refused));
        assert!(nothing(&effects) && effects.reply.is_none());
        noted.extend(effects.incidents.iter().map(|incident| (incident.peer == Some(from), incident.what)));
        assert_eq!(effects.incidents.len(), 1);
        cases += 1;
    }
    assert_eq!(rows(&guwahati), before);
    assert_eq!(noted, BTreeSet::from([(true, "a charter epoch was refused"), (true, "a charter reply was not well-formed")]));
    assert_eq!(guwahati.step(|txn| charter_sync::handle_reply(txn, from, &reply)).0, Ok(charter_sync::Synced::Done));
    assert_eq!(guwahati.epoch(), 2);
    say(&format!("{cases} spoilt charter epochs refused alike and unanswered, nothing written"));
}
