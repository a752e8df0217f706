//! Attacks on the signed inside of envelopes: other keys, weak keys, bent signatures, other headers, lax encodings, numbers and times.
//! What its payload says is in `payload`.

use super::cose::{BODY, BODY_AAD, Cose, EDDSA, bytes, headers};
use super::stage::{NUMBER, Stage};
use super::{Attack, attack};
use crate::crypto::{NodeSecret, Signed};
use crate::envelope::{Ack, Body, Kind, Outcome};
use crate::ids::BodyHash;
use crate::machine::Effects;
use crate::testing::rng::SeededRng;
use crate::time::MINUTE;
use crate::wire;
use data_encoding::BASE32_NOPAD;

/// The secret of a recovery key as it stands on paper: a prefix, base32 in groups, four bytes of checksum.
pub(super) fn recovery_key(paper: &str) -> NodeSecret {
    let letters: String = paper.rsplit(':').next().unwrap().chars().filter(|letter| *letter != '-').collect();
    let whole = BASE32_NOPAD.decode(letters.as_bytes()).unwrap();
    NodeSecret::from_seed(whole[..32].try_into().unwrap())
}

/// What Guwahati honestly signs for Shillong, in its parts.
fn honest(stage: &Stage) -> Cose {
    Cose::of(Signed::sign(&stage.body("guwahati", "shillong"), &stage.key("guwahati")).as_bytes())
}

fn seed(stage: &Stage, unit: &str) -> [u8; 32] {
    *stage.key(unit).seed()
}

/// Bent after it was signed.
fn bent(stage: &mut Stage, bend: impl FnOnce(&mut Cose)) -> Effects {
    let mut cose = honest(stage);
    bend(&mut cose);
    stage.inside(&cose.bytes())
}

/// Bent, and then signed by Guwahati itself as if that were right.
fn resigned(stage: &mut Stage, bend: impl FnOnce(&mut Cose)) -> Effects {
    let mut cose = honest(stage);
    bend(&mut cose);
    let cose = cose.signed(&seed(stage, "guwahati"), BODY_AAD);
    stage.inside(&cose.bytes())
}

fn with_headers(stage: &mut Stage, algorithm: &[u8], content_type: &str, more: &[u8]) -> Effects {
    let key = stage.key("guwahati").public();
    resigned(stage, |cose| cose.protected = headers(algorithm, content_type, &key.0, more))
}

/// The payload of the honest body with its bytes changed, signed by Guwahati.
fn encoded(stage: &mut Stage, change: impl FnOnce(&mut Vec<u8>)) -> Effects {
    resigned(stage, |cose| change(cose.payload.as_mut().unwrap()))
}

fn with_key(stage: &mut Stage, key: [u8; 32], signature: &[u8]) -> Effects {
    bent(stage, |cose| {
        cose.protected = headers(EDDSA, BODY, &key, &[]);
        cose.signature = signature.to_vec();
    })
}

const LOOSE: &str = "whose signature does not hold";
const FRAME: &str = "whose inside is out of form";

/// The neutral point: under it R = the neutral point and S = 0 is a signature of everything, for whoever lets such keys pass.
const NEUTRAL: [u8; 32] = {
    let mut point = [0; 32];
    point[0] = 1;
    point
};
/// Of order 2, and of order 8 (Chalkias, Garillot, Nikolaenko: Taming the many EdDSAs, table 6).
const ORDER_2: [u8; 32] = {
    let mut point = [0xff; 32];
    point[0] = 0xec;
    point[31] = 0x7f;
    point
};
const ORDER_8: [u8; 32] = [
    0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c,
    0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
];

fn of_everything() -> Vec<u8> {
    [NEUTRAL.as_slice(), &[0; 32]].concat()
}

pub(super) const ATTACKS: &[Attack] = &[
    attack("in Guwahati's name, by Kathmandu's key", "T7", "shillong", "signed by no member of this federation", |stage| {
        let signed = Signed::sign(&stage.body("guwahati", "shillong"), &stage.key("kathmandu"));
        stage.inside(signed.as_bytes())
    }),
    attack("in Guwahati's name, by a stranger's key", "T7", "shillong", "signed by no member of this federation", |stage| {
        let key = NodeSecret::generate(&mut SeededRng::new(99));
        let signed = Signed::sign(&stage.body("guwahati", "shillong"), &key);
        stage.inside(signed.as_bytes())
    }),
    attack("kid swapped: Kathmandu signs, Guwahati is named", "T7", "shillong", LOOSE, |stage| {
        let key = stage.key("guwahati").public();
        let mut cose = Cose::of(Signed::sign(&stage.body("guwahati", "shillong"), &stage.key("kathmandu")).as_bytes());
        cose.protected = headers(EDDSA, BODY, &key.0, &[]);
        stage.inside(&cose.bytes())
    }),
    attack("kid swapped and signed over: Kathmandu signs that Guwahati signed", "T7", "shillong", LOOSE, |stage| {
        let key = stage.key("guwahati").public();
        let mut cose = honest(stage);
        cose.protected = headers(EDDSA, BODY, &key.0, &[]);
        let cose = cose.signed(&seed(stage, "kathmandu"), BODY_AAD);
        stage.inside(&cose.bytes())
    }),
    attack("kid swapped: Guwahati signed, Kathmandu is named", "T7", "shillong", LOOSE, |stage| {
        let key = stage.key("kathmandu").public();
        bent(stage, |cose| cose.protected = headers(EDDSA, BODY, &key.0, &[]))
    }),
    attack("kid of no length", "T7", "shillong", FRAME, |stage| {
        resigned(stage, |cose| cose.protected = headers(EDDSA, BODY, &[], &[]))
    }),
    attack("kid one byte too long", "T7", "shillong", FRAME, |stage| {
        resigned(stage, |cose| cose.protected = headers(EDDSA, BODY, &[7; 33], &[]))
    }),
    attack("kid that is no point", "T7", "shillong", LOOSE, |stage| {
        let mut key = [0; 32];
        key[0] = 2;
        with_key(stage, key, &of_everything())
    }),
    attack("weak key: the neutral point signs everything", "T7", "shillong", LOOSE, |stage| {
        with_key(stage, NEUTRAL, &of_everything())
    }),
    attack("weak key: a point of order 2", "T7", "shillong", LOOSE, |stage| with_key(stage, ORDER_2, &of_everything())),
    attack("weak key: a point of order 8", "T7", "shillong", LOOSE, |stage| with_key(stage, ORDER_8, &of_everything())),
    attack("weak key: not the shortest encoding of the neutral point", "T7", "shillong", LOOSE, |stage| {
        let mut key = [0xff; 32];
        (key[0], key[31]) = (0xee, 0x7f);
        with_key(stage, key, &of_everything())
    }),
    attack("non-canonical S: S + L", "T7", "shillong", LOOSE, |stage| {
        let cose = honest(stage).with_larger_s();
        stage.inside(&cose.bytes())
    }),
    attack("a signature of zeros", "T7", "shillong", LOOSE, |stage| bent(stage, |cose| cose.signature.fill(0))),
    attack("R of small order under an honest key", "T7", "shillong", LOOSE, |stage| {
        bent(stage, |cose| cose.signature[..32].copy_from_slice(&ORDER_8))
    }),
    attack("a signature cut by a byte", "T7", "shillong", LOOSE, |stage| bent(stage, |cose| cose.signature.truncate(63))),
    attack("a signature with a byte more", "T7", "shillong", LOOSE, |stage| bent(stage, |cose| cose.signature.push(0))),
    attack("no signature", "T7", "shillong", LOOSE, |stage| bent(stage, |cose| cose.signature.clear())),
    attack("the signature of another body of Guwahati's", "T7", "shillong", LOOSE, |stage| {
        let other = Body { pair_seq: NUMBER + 1, ..stage.body("guwahati", "shillong") };
        let other = Cose::of(Signed::sign(&other, &stage.key("guwahati")).as_bytes());
        bent(stage, |cose| cose.signature = other.signature)
    }),
    attack("signed for another purpose: no external data", "T7", "shillong", LOOSE, |stage| {
        let cose = honest(stage).signed(&seed(stage, "guwahati"), "");
        stage.inside(&cose.bytes())
    }),
    attack("signed for another purpose: the external data of an acknowledgement", "T7", "shillong", LOOSE, |stage| {
        let cose = honest(stage).signed(&seed(stage, "guwahati"), "icmc/v1/ack");
        stage.inside(&cose.bytes())
    }),
    attack("another message of the same signer: an acknowledgement", "T7", "shillong", FRAME, |stage| {
        let to = super::id(&stage.world, "shillong");
        let ack = Ack { to, pair_seq: 1, body: BodyHash([0; 32]), outcome: Outcome::Applied };
        let signed = Signed::sign(&ack, &stage.key("guwahati"));
        stage.inside(signed.as_bytes())
    }),
    attack("another message of the same signer: its prekey", "T7", "shillong", FRAME, |stage| {
        let unit = super::id(&stage.world, "guwahati");
        let prekey = crate::federation::prekey::newest_signed(&stage.world["guwahati"].view, unit).unwrap().unwrap().1;
        stage.inside(prekey.as_bytes())
    }),
    attack("another algorithm: ES256", "T35", "shillong", FRAME, |stage| with_headers(stage, &[0x26], BODY, &[])),
    attack("another name of the algorithm: Ed25519 of RFC 9864", "T35", "shillong", FRAME, |stage| {
        with_headers(stage, &[0x32], BODY, &[])
    }),
    attack("no algorithm", "T35", "shillong", FRAME, |stage| with_headers(stage, &[0xf6], BODY, &[])),
    attack("an unknown critical header", "T35", "shillong", FRAME, |stage| {
        with_headers(stage, EDDSA, BODY, &[0x02, 0x81, 0x18, 0x63])
    }),
    attack("one header more", "T35", "shillong", FRAME, |stage| with_headers(stage, EDDSA, BODY, &[0x05, 0x41, 0x00])),
    attack("an unprotected header", "T35", "shillong", FRAME, |stage| {
        bent(stage, |cose| cose.unprotected = [vec![0xa1, 0x04], bytes(&[7; 32])].concat())
    }),
    attack("an earlier version of the message", "T35", "shillong", FRAME, |stage| {
        with_headers(stage, EDDSA, "application/vnd.icmc.body.v0+cbor", &[])
    }),
    attack("a later version of the message", "T35", "shillong", FRAME, |stage| {
        with_headers(stage, EDDSA, "application/vnd.icmc.body.v2+cbor", &[])
    }),
    attack("no content type", "T35", "shillong", FRAME, |stage| {
        let key = bytes(&stage.key("guwahati").public().0);
        resigned(stage, |cose| cose.protected = [vec![0xa2, 0x01, 0x27, 0x04], key].concat())
    }),
    attack("headers in another order", "T6", "shillong", FRAME, |stage| {
        let key = bytes(&stage.key("guwahati").public().0);
        let kind = super::cose::text(BODY);
        resigned(stage, |cose| cose.protected = [vec![0xa3, 0x04], key, vec![0x01, 0x27, 0x03], kind].concat())
    }),
    attack("a tag before it", "T6", "shillong", FRAME, |stage| bent(stage, |cose| cose.before = vec![0xd2])),
    attack("more behind the inside", "T6", "shillong", FRAME, |stage| bent(stage, |cose| cose.behind = vec![0xf6])),
    attack("the payload left out", "T6", "shillong", FRAME, |stage| bent(stage, |cose| cose.payload = None)),
    attack("an integer longer than it must be", "T6", "shillong", LOOSE, |stage| {
        encoded(stage, |payload| {
            // The number of the envelope, 900 in two bytes, written in four.
            let at = payload.windows(3).position(|part| part == [0x19, 0x03, 0x84]).unwrap();
            payload.splice(at..at + 3, [0x1a, 0, 0, 0x03, 0x84]);
        })
    }),
    attack("a key of the body twice", "T6", "shillong", LOOSE, |stage| {
        encoded(stage, |payload| {
            payload[0] += 1;
            // The kind stands last but one; a second one, a recall, behind everything.
            payload.extend([0x07, 0x04]);
        })
    }),
    attack("a key that the body does not have", "T6", "shillong", LOOSE, |stage| {
        encoded(stage, |payload| {
            payload[0] += 1;
            payload.extend([0x18, 0x63, 0x00]);
        })
    }),
    attack("a body without an end to its keys", "T6", "shillong", LOOSE, |stage| {
        encoded(stage, |payload| {
            payload[0] = 0xbf;
            payload.push(0xff);
        })
    }),
    attack("a byte behind the body", "T6", "shillong", LOOSE, |stage| encoded(stage, |payload| payload.push(0x00))),
    attack("a kind that there is not", "T6", "shillong", LOOSE, |stage| {
        let without = wire::encode(&stage.body("guwahati", "shillong").kind);
        encoded(stage, |payload| {
            let at = payload.windows(1 + without.len()).rposition(|part| part[0] == 0x07 && part[1..] == without).unwrap();
            payload.splice(at + 1..at + 1 + without.len(), [0x18, 0xc8]);
        })
    }),
    attack("one number, two envelopes", "T8", "shillong", "two different envelopes of one number", |stage| {
        let first = stage.body("guwahati", "shillong");
        stage.send("guwahati", &first);
        stage.send("guwahati", &Body { kind: Kind::Contact, payload: vec![1], ..first })
    }),
    attack("a number far ahead", "T8", "shillong", "whose number is far ahead", |stage| {
        let body = Body { pair_seq: 1 << 40, ..stage.body("guwahati", "shillong") };
        stage.send("guwahati", &body)
    }),
    attack("a number long past", "T8", "shillong", "whose number is long past", |stage| {
        for pair_seq in [4_090, 8_180] {
            let body = Body { pair_seq, ..stage.body("guwahati", "shillong") };
            stage.send("guwahati", &body);
        }
        let body = Body { pair_seq: 3, ..stage.body("guwahati", "shillong") };
        stage.send("guwahati", &body)
    }),
    attack("dated ahead", "d", "shillong", "its clock is ahead", |stage| {
        let created = stage.world.now.plus(10 * MINUTE + 1);
        let body = Body { created, ..stage.body("guwahati", "shillong") };
        stage.send("guwahati", &body)
    }),
    attack("past its time", "h", "shillong", "past its time", |stage| {
        let body = Body { not_after: Some(stage.world.now.minus(1)), ..stage.body("guwahati", "shillong") };
        stage.send("guwahati", &body)
    }),
    attack("a charter that is newer than any: it is fetched first", "T35", "shillong", "", |stage| {
        let body = stage.body("guwahati", "shillong");
        stage.send("guwahati", &Body { charter_epoch: body.charter_epoch + 1, ..body })
    }),
];
