//! Attacks by what a properly sealed and signed envelope says: to units that did not agree, about what is another's, in place of what is
//! another's to write.
//! About the charter: `charter`.

use super::stage::{GIRL, Stage};
use super::{Attack, attack, id};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::crypto::{Hasher, Signed, labels};
use crate::envelope::Kind;
use crate::federation::peering::WordsConfirmed;
use crate::ids::{CaseId, Commitment, PublicationId, ShareId, TransferId};
use crate::machine::Effects;
use crate::requests::Material;
use crate::sharing::{Ended, RecallPayload, Receipt, ReceiptPayload, Share};
use crate::testing::drafts;
use crate::time::DAY;
use crate::transfer::TransferOffer;
use serde::Serialize;

/// What [`Kind::Share`] holds, as another implementation would write it.
#[derive(Debug, Clone, Serialize)]
struct Offered {
    share: Signed<Share>,
    #[serde(with = "serde_bytes")]
    opening: Vec<u8>,
    heads: Vec<(crate::ids::UnitId, u64)>,
    changes: u32,
    lowers: bool,
    kept: Vec<Commitment>,
    custody: Vec<u8>,
}

/// The same of a reply to a share.
#[derive(Debug, Clone, Serialize)]
struct ShareReply {
    share: ShareId,
    revision: u64,
    reply: u8,
}

/// The same of a message.
#[derive(Debug, Clone, Serialize)]
struct Said {
    about: ShareId,
    text: String,
    form: Option<u8>,
}

/// A share of Guwahati's case with Shillong, signed by whom one likes, with anything changed in it.
fn offered(stage: &mut Stage, from: &str, signer: &str, change: impl FnOnce(&mut Share), opening: Option<Vec<u8>>) -> Effects {
    let log = crate::caselog::load(&stage.world["guwahati"].view, stage.case).unwrap().unwrap();
    let opening = opening.unwrap_or_else(|| crate::caselog::opening(&log).unwrap().to_vec());
    let request = drafts::request(stage.case, id(&stage.world, "shillong"), &[GIRL], stage.world.now.plus(DAY));
    let mut share = Share { id: ShareId([5; 16]), from: id(&stage.world, "guwahati"), ..request };
    change(&mut share);
    let share = Signed::sign(&share, &stage.key(signer));
    let payload = Offered { share, opening, heads: Vec::new(), changes: 0, lowers: false, kept: Vec::new(), custody: Vec::new() };
    // A list of no proofs is the same byte, whatever they would be.
    stage.pay(from, "shillong", Kind::Share, &payload)
}

fn receipt(stage: &mut Stage, from: &str, signer: &str, change: impl FnOnce(&mut Receipt)) -> Effects {
    let (share, unit, at) = (stage.share, id(&stage.world, from), stage.world.now);
    let mut receipt = Receipt { share, revision: 0, unit, at, ended: Ended::Declined, entry: None };
    change(&mut receipt);
    let payload = ReceiptPayload { receipt: Signed::sign(&receipt, &stage.key(signer)) };
    stage.pay(from, "guwahati", Kind::Receipt, &payload)
}

fn unconfirmed(stage: &mut Stage, kind: Kind) -> Effects {
    stage.pay_bytes("imphal", "shillong", kind, vec![0xa0])
}

fn name(name: &str) -> Name {
    Name::new(name).unwrap()
}

const UNCONFIRMED: &str = "only a confirmed peer may send";

pub(super) const ATTACKS: &[Attack] = &[
    attack("a share by a member whose words nobody compared", "T7", "shillong", UNCONFIRMED, |stage| {
        unconfirmed(stage, Kind::Share)
    }),
    attack("entries by such a member", "T7", "shillong", UNCONFIRMED, |stage| unconfirmed(stage, Kind::Entries)),
    attack("a contribution by such a member", "T7", "shillong", UNCONFIRMED, |stage| unconfirmed(stage, Kind::Contribution)),
    attack("a request by such a member", "T7", "shillong", UNCONFIRMED, |stage| unconfirmed(stage, Kind::VerificationRequest)),
    attack("a message by such a member", "T7", "shillong", UNCONFIRMED, |stage| unconfirmed(stage, Kind::Message)),
    attack("a directory entry by such a member", "T7", "shillong", UNCONFIRMED, |stage| unconfirmed(stage, Kind::DirectoryEntry)),
    attack("a material by such a member", "T7", "shillong", UNCONFIRMED, |stage| unconfirmed(stage, Kind::Material)),
    attack("a transfer by such a member", "T7", "shillong", UNCONFIRMED, |stage| unconfirmed(stage, Kind::Transfer)),
    attack("a state of shares by such a member", "T7", "shillong", UNCONFIRMED, |stage| unconfirmed(stage, Kind::ShareState)),
    attack("a kind that this version does not take", "T35", "shillong", "does not take", |stage| {
        stage.pay_bytes("guwahati", "shillong", Kind::Statistics, Vec::new())
    }),
    attack("words confirmed for keys of which one is another's", "T7", "shillong", "safety words of other keys", |stage| {
        let mut keys = [stage.key("kathmandu").public(), stage.key("guwahati").public()];
        keys.sort();
        stage.pay("kathmandu", "shillong", Kind::WordsConfirmed, &WordsConfirmed { keys })
    }),
    // Shares.
    attack("Kathmandu recalls Guwahati's share", "e", "shillong", "recalled another unit's share", |stage| {
        let payload = RecallPayload { share: stage.share, revision: 0 };
        stage.pay("kathmandu", "shillong", Kind::Recall, &payload)
    }),
    attack("Kathmandu sends a share that Guwahati signed", "T7", "shillong", "a share whose signature does not hold", |stage| {
        offered(stage, "kathmandu", "guwahati", |_| {}, None)
    }),
    attack("Guwahati sends a share that Kathmandu signed", "T7", "shillong", "a share whose signature does not hold", |stage| {
        offered(stage, "guwahati", "kathmandu", |_| {}, None)
    }),
    attack("Kathmandu signs in Guwahati's name what it shares", "T7", "shillong", "a share between other units", |stage| {
        offered(stage, "kathmandu", "kathmandu", |_| {}, None)
    }),
    attack("a share for Kathmandu comes to Shillong", "T7", "shillong", "a share between other units", |stage| {
        let to = id(&stage.world, "kathmandu");
        offered(stage, "guwahati", "guwahati", |share| share.to = to, None)
    }),
    attack("a share whose time is over", "f", "shillong", "a share past its time", |stage| {
        let now = stage.world.now;
        offered(stage, "guwahati", "guwahati", |share| share.expires = now, None)
    }),
    attack("Kathmandu shares Guwahati's case as its own", "d", "shillong", "a share of a case that another unit owns", |stage| {
        let from = id(&stage.world, "kathmandu");
        offered(stage, "kathmandu", "kathmandu", |share| share.from = from, None)
    }),
    attack("an invented case id", "d", "shillong", "a share of a case that another unit owns", |stage| {
        let from = id(&stage.world, "kathmandu");
        let invented = |share: &mut Share| {
            share.from = from;
            share.case = CaseId([7; 32]);
        };
        offered(stage, "kathmandu", "kathmandu", invented, Some(vec![1; 32]))
    }),
    attack("a share under the handle of Guwahati's", "f", "shillong", "a share under another unit's handle", |stage| {
        let (from, handle) = (id(&stage.world, "kathmandu"), stage.share);
        let own = CaseId(Hasher::new(labels::CASE).part(from.as_bytes()).part(&[3; 32]).finish());
        let taken = |share: &mut Share| {
            share.from = from;
            share.id = handle;
            share.case = own;
        };
        offered(stage, "kathmandu", "kathmandu", taken, Some(vec![3; 32]))
    }),
    attack(
        "a revision of no revision: two shares under one number",
        "T9",
        "shillong",
        "two different shares of one revision",
        |stage| {
            let handle = stage.share;
            offered(stage, "guwahati", "guwahati", |share| share.id = handle, None)
        },
    ),
    attack(
        "Kathmandu accepts Guwahati's share with Shillong",
        "T7",
        "guwahati",
        "replied to a share it was not given",
        |stage| {
            let payload = ShareReply { share: stage.share, revision: 0, reply: 1 };
            stage.pay("kathmandu", "guwahati", Kind::ShareReply, &payload)
        },
    ),
    attack(
        "Kathmandu signs a receipt for Shillong's share",
        "e",
        "guwahati",
        "a receipt for a share it was not given",
        |stage| receipt(stage, "kathmandu", "kathmandu", |_| {}),
    ),
    attack("Kathmandu signs a receipt in Shillong's name", "e", "guwahati", "a receipt for a share it was not given", |stage| {
        let unit = id(&stage.world, "shillong");
        receipt(stage, "kathmandu", "kathmandu", |receipt| receipt.unit = unit)
    }),
    attack(
        "Shillong sends a receipt that Kathmandu signed",
        "e",
        "guwahati",
        "a receipt whose signature does not hold",
        |stage| receipt(stage, "shillong", "kathmandu", |_| {}),
    ),
    attack(
        "a receipt for a lowering that never was",
        "e",
        "guwahati",
        "a receipt for a revision that lowered nothing",
        |stage| {
            receipt(stage, "shillong", "shillong", |receipt| {
                receipt.revision = 4;
                receipt.ended = Ended::Lowered;
            })
        },
    ),
    // Transfers, requests, publications.
    attack("Kathmandu offers Guwahati's case", "d", "shillong", "offered a case", |stage| {
        let offer = TransferOffer {
            id: TransferId([1; 16]),
            case: stage.case,
            share: stage.share,
            from: id(&stage.world, "kathmandu"),
            to: id(&stage.world, "shillong"),
            persons: BoundedVec::default(),
            items: BoundedVec::default(),
            at: stage.world.now,
        };
        let signed = Signed::sign(&offer, &stage.key("kathmandu"));
        // The first of the owner's messages: an array of its number and what it holds.
        stage.pay("kathmandu", "shillong", Kind::Transfer, &(0_u8, signed))
    }),
    attack("a yes to an offer that was never made", "d", "guwahati", "answered an offer that it was not made", |stage| {
        let answer = crate::transfer::TransferAnswer {
            id: TransferId([1; 16]),
            case: stage.case,
            from: id(&stage.world, "guwahati"),
            to: id(&stage.world, "kathmandu"),
            accepted: true,
            at: stage.world.now,
        };
        #[derive(Serialize)]
        struct Answer {
            answer: Signed<crate::transfer::TransferAnswer>,
            reason: String,
        }
        let answer = Answer { answer: Signed::sign(&answer, &stage.key("kathmandu")), reason: String::new() };
        stage.pay("kathmandu", "guwahati", Kind::TransferReply, &(0_u8, answer))
    }),
    attack("a reply to a request that was never asked", "k", "guwahati", "replied to a request it was not sent", |stage| {
        #[derive(Serialize)]
        struct Reply {
            request: ShareId,
            reply: u8,
        }
        stage.pay("kathmandu", "guwahati", Kind::VerificationReply, &Reply { request: ShareId([7; 16]), reply: 0 })
    }),
    attack(
        "a message about what is between two others",
        "k",
        "guwahati",
        "a message about what is between other units",
        |stage| {
            let payload = Said { about: stage.share, text: "I hear you work on this one?".to_owned(), form: None };
            stage.pay("kathmandu", "guwahati", Kind::Message, &payload)
        },
    ),
    attack("published in another unit's name", "T7", "shillong", "published in another unit's name", |stage| {
        let material = Material {
            id: PublicationId([8; 16]),
            author: id(&stage.world, "guwahati"),
            version: 1,
            at: stage.world.now,
            title: BoundedText::new("Not Guwahati's (invented)").unwrap(),
            kind: name("rights_card"),
            audience: name("survivor"),
            languages: BoundedVec::new(vec![name("en")]).unwrap(),
            body: BoundedText::new("Call this number instead.").unwrap(),
            licence: BoundedText::new("CC BY 4.0").unwrap(),
            reviewed_on: BoundedText::new("2026-11-20").unwrap(),
        };
        let signed = Signed::sign(&material, &stage.key("kathmandu"));
        stage.pay("kathmandu", "shillong", Kind::Material, &(0_u8, signed))
    }),
    attack("contact asked about an alert that is none", "k", "shillong", "a contact request that fits no alert here", |stage| {
        let message = crate::matching::ContactMessage {
            alert: crate::ids::AlertId([1; 16]),
            own_subject: crate::ids::SubjectId([2; 16]),
            peer_subject: crate::ids::SubjectId([3; 16]),
            own_beacon: 0,
            peer_beacon: 1,
            step: crate::matching::ContactStep::Ask,
        };
        stage.pay("kathmandu", "shillong", Kind::Contact, &message)
    }),
];
