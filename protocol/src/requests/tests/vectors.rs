//! Golden bytes of requests, answers, messages and publications, made with fixed keys and times.
//! After the first release a changed vector is a new version of the message.

use super::super::ask::{Reply, ReplyPayload};
use super::super::onward::Form;
use super::super::publish::Offer;
use super::super::thread::MessagePayload;
use super::super::{DirectoryEntry, Material, RefusalReason, VerificationAnswer, VerificationRequest};
use super::publishing::{entry, material};
use super::{form, wanted};
use crate::bounded::{BoundedText, BoundedVec};
use crate::crypto::{NodeSecret, Signed};
use crate::ids::{EntryHash, PublicationId, ShareId, UnitId};
use crate::testing::vectors::{compare, read};
use crate::testing::world::NOON;
use crate::time::DAY;
use crate::wire;

const ID: ShareId = ShareId([5; 16]);
const ASKER: UnitId = UnitId([2; 32]);
const ASKED: UnitId = UnitId([3; 32]);

fn asked() -> NodeSecret {
    NodeSecret::from_seed(&[3; 32])
}

#[test]
fn bytes_of_requests_and_publications_are_the_golden_ones() {
    compare("payload-request", &wire::encode(&VerificationRequest { id: ID, expires: NOON.plus(104 * DAY), ..wanted(NOON) }));
    let fields = BoundedVec::new(form().into_iter().collect()).unwrap();
    let answer = Signed::sign(&VerificationAnswer { request: ID, from: ASKED, to: ASKER, at: NOON, fields }, &asked());
    compare("verification-answer", answer.as_bytes());
    let replies = [
        ("taken", Reply::Taken),
        ("refused", Reply::Refused(RefusalReason::NotOurArea, BoundedText::new("not ours").unwrap())),
        ("answered", Reply::Answered(answer)),
    ];
    for (name, reply) in replies {
        compare(&format!("payload-request-{name}"), &wire::encode(&ReplyPayload { request: ID, reply }));
    }
    let text = BoundedText::new("Which of the two lanes? (invented)").unwrap();
    let message = |form| wire::encode(&MessagePayload { about: ID, text: text.clone(), form });
    compare("payload-message", &message(None));
    let (of, to) = (EntryHash([6; 32]), ASKED);
    for (name, form) in [
        ("refused", Form::Refused { entry: of }),
        ("may-pass", Form::MayPass { entry: of, to }),
        ("pass", Form::Pass { entry: of, to, yes: true }),
    ] {
        compare(&format!("payload-message-{name}"), &message(Some(form)));
    }
    let entry = Signed::sign(&entry(ASKED, 5, 2), &asked());
    compare("directory-entry", entry.as_bytes());
    compare("payload-directory", &wire::encode(&Offer::Version(entry)));
    let material = Signed::sign(&material(ASKED, 1, "You may ask for a woman officer."), &asked());
    compare("material", material.as_bytes());
    compare("payload-material", &wire::encode(&Offer::Version(material)));
    let gone = Offer::<DirectoryEntry>::Withdrawn { id: PublicationId([5; 16]), version: 3 };
    compare("payload-withdrawn", &wire::encode(&gone));
}

#[test]
fn the_golden_answers_and_publications_verify() {
    let key = asked().public();
    let answer = Signed::<VerificationAnswer>::from_bytes(read("verification-answer")).verify(&key).unwrap();
    assert_eq!((answer.request, answer.fields.len(), answer.faults()), (ID, form().len(), Vec::new()));
    assert_eq!(Signed::<DirectoryEntry>::from_bytes(read("directory-entry")).verify(&key).unwrap().version, 2);
    assert_eq!(Signed::<Material>::from_bytes(read("material")).verify(&key).unwrap().author, ASKED);
    // A signature of one sort is worth nothing as another.
    assert!(Signed::<Material>::from_bytes(read("directory-entry")).verify(&key).is_err());
    let request: VerificationRequest = wire::decode(&read("payload-request"), 4096).unwrap();
    assert_eq!(request.id, ID);
    for cut in 0..read("payload-request").len() {
        assert!(wire::decode::<VerificationRequest>(&read("payload-request")[..cut], 4096).is_err(), "{cut}");
    }
    for name in ["taken", "refused", "answered"] {
        assert!(wire::decode::<ReplyPayload>(&read(&format!("payload-request-{name}")), 4096).is_ok());
    }
    assert!(wire::decode::<Offer<DirectoryEntry>>(&read("payload-withdrawn"), 4096).is_ok());
}
