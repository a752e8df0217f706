//! Attacks on the outside of envelopes: wrapped again, swapped, downgraded, stripped of a part.
//! The inside is in `inside`.

use super::stage::Stage;
use super::{Attack, attack};
use crate::crypto::{Signed, seal};
use crate::envelope::Body;
use crate::federation::{own, prekey};
use crate::machine::Effects;
use crate::testing::rng::SeededRng;
use crate::wire;
use serde::Serialize;

/// An envelope in its parts.
#[derive(Debug, Clone, Serialize)]
struct Outer {
    format: u8,
    prekey: u64,
    #[serde(with = "serde_bytes")]
    enc: Vec<u8>,
    #[serde(with = "serde_bytes")]
    ciphertext: Vec<u8>,
}

/// Bytes of X-Wing's encapsulated key: ML-KEM-768 first, then X25519.
const LATTICE: usize = 1088;

/// Seals bytes that are padded already, as a cheat may, in any format.
fn sealed(stage: &Stage, format: u8, padded: &[u8]) -> Outer {
    let newest = prekey::newest(&stage.world["shillong"].view, super::id(&stage.world, "shillong")).unwrap().unwrap();
    let aad = wire::encode(&(format, newest.number));
    let (enc, ciphertext) = seal(&newest.key, padded, &aad, &mut SeededRng::new(4)).unwrap();
    Outer { format, prekey: newest.number, enc, ciphertext }
}

fn padded(inside: &[u8], mark: u8, size: usize) -> Vec<u8> {
    let mut padded = [inside, &[mark]].concat();
    padded.resize(size, 0);
    padded
}

/// What an honest envelope holds, as Guwahati signs it for Shillong.
fn honest(stage: &Stage) -> Vec<u8> {
    Signed::sign(&stage.body("guwahati", "shillong"), &stage.key("guwahati")).as_bytes().to_vec()
}

/// An honest envelope with its outside changed.
fn bent(stage: &mut Stage, bend: impl FnOnce(&mut Outer)) -> Effects {
    let mut outer = sealed(stage, 1, &padded(&honest(stage), 0x80, 1024));
    bend(&mut outer);
    stage.bring("guwahati", "shillong", wire::encode(&outer))
}

fn in_format(stage: &mut Stage, format: u8) -> Effects {
    let outer = sealed(stage, format, &padded(&honest(stage), 0x80, 1024));
    stage.bring("guwahati", "shillong", wire::encode(&outer))
}

const FORM: &str = "sent an envelope out of form";
const CLOSED: &str = "sent an envelope that does not open";

pub(super) const ATTACKS: &[Attack] = &[
    attack("wrapped again: a copy for Kathmandu sealed to Shillong", "T7", "shillong", "for another unit", |stage| {
        let body = stage.body("guwahati", "kathmandu");
        let bytes = stage.seal("shillong", Signed::sign(&body, &stage.key("guwahati")).as_bytes());
        stage.bring("guwahati", "shillong", bytes)
    }),
    attack("forwarded: the same copy, brought by Kathmandu itself", "T7", "shillong", "for another unit", |stage| {
        let body = stage.body("guwahati", "kathmandu");
        let bytes = stage.seal("shillong", Signed::sign(&body, &stage.key("guwahati")).as_bytes());
        stage.bring("kathmandu", "shillong", bytes)
    }),
    attack("forwarded unopened: an envelope for Kathmandu brought to Shillong", "T7", "shillong", CLOSED, |stage| {
        let body = stage.body("guwahati", "kathmandu");
        let bytes = stage.seal("kathmandu", Signed::sign(&body, &stage.key("guwahati")).as_bytes());
        stage.bring("guwahati", "shillong", bytes)
    }),
    attack("reflected: Shillong's own envelope comes back to it", "T7", "shillong", "for another unit", |stage| {
        let body = stage.body("shillong", "guwahati");
        let bytes = stage.seal("shillong", Signed::sign(&body, &stage.key("shillong")).as_bytes());
        stage.bring("guwahati", "shillong", bytes)
    }),
    attack(
        "sender swapped in the outer only: Guwahati's envelope over Kathmandu's connection",
        "T7",
        "shillong",
        "that another unit signed",
        |stage| {
            let bytes = stage.seal("shillong", &honest(stage));
            stage.bring("kathmandu", "shillong", bytes)
        },
    ),
    attack(
        "sender swapped in the outer only: Kathmandu's own over Guwahati's connection",
        "T7",
        "shillong",
        "that another unit signed",
        |stage| {
            let body = stage.body("kathmandu", "shillong");
            let bytes = stage.seal("shillong", Signed::sign(&body, &stage.key("kathmandu")).as_bytes());
            stage.bring("guwahati", "shillong", bytes)
        },
    ),
    attack("wrap of another envelope: its encapsulated key with this ciphertext", "T7", "shillong", CLOSED, |stage| {
        let newest = prekey::newest(&stage.world["shillong"].view, super::id(&stage.world, "shillong")).unwrap().unwrap();
        let other = seal(&newest.key, b"other", &wire::encode(&(1_u8, newest.number)), &mut SeededRng::new(9)).unwrap().0;
        bent(stage, |outer| outer.enc = other)
    }),
    attack("wrap of another envelope: its ciphertext with this encapsulated key", "T7", "shillong", CLOSED, |stage| {
        let newest = prekey::newest(&stage.world["shillong"].view, super::id(&stage.world, "shillong")).unwrap().unwrap();
        let aad = wire::encode(&(1_u8, newest.number));
        let other = seal(&newest.key, &padded(b"other", 0x80, 1024), &aad, &mut SeededRng::new(9)).unwrap().1;
        bent(stage, |outer| outer.ciphertext = other)
    }),
    attack("prekey swapped: another living prekey of Shillong's named in the outer", "T7", "shillong", CLOSED, |stage| {
        let old = prekey::newest(&stage.world["shillong"].view, super::id(&stage.world, "shillong")).unwrap().unwrap();
        stage.world.advance(8 * crate::time::DAY);
        stage.prepared("shillong");
        bent(stage, |outer| {
            assert!(outer.prekey > old.number);
            outer.prekey = old.number;
        })
    }),
    attack("prekey that never was", "T7", "shillong", "", |stage| bent(stage, |outer| outer.prekey += 40)),
    attack("classical part stripped", "T35", "shillong", CLOSED, |stage| bent(stage, |outer| outer.enc.truncate(LATTICE))),
    attack("post-quantum part stripped", "T35", "shillong", CLOSED, |stage| {
        bent(stage, |outer| drop(outer.enc.drain(..LATTICE)))
    }),
    attack("post-quantum part of nothing", "T35", "shillong", CLOSED, |stage| bent(stage, |outer| outer.enc[..LATTICE].fill(0))),
    attack("weak key: the X25519 part is of small order", "T7", "shillong", CLOSED, |stage| {
        bent(stage, |outer| outer.enc[LATTICE..].fill(0))
    }),
    attack("no encapsulated key", "T7", "shillong", CLOSED, |stage| bent(stage, |outer| outer.enc.clear())),
    attack("no ciphertext", "T7", "shillong", CLOSED, |stage| bent(stage, |outer| outer.ciphertext.clear())),
    attack("lower format, sealed as such", "T35", "shillong", FORM, |stage| in_format(stage, 0)),
    attack("higher format, sealed as such", "T35", "shillong", FORM, |stage| in_format(stage, 2)),
    attack("lower format written over", "T35", "shillong", FORM, |stage| bent(stage, |outer| outer.format = 0)),
    attack("format left out", "T35", "shillong", FORM, |stage| {
        let whole = wire::encode(&sealed(stage, 1, &padded(&honest(stage), 0x80, 1024)));
        let without = [&[whole[0] - 1], &whole[3..]].concat();
        stage.bring("guwahati", "shillong", without)
    }),
    attack("more behind it", "T6", "shillong", FORM, |stage| {
        let bytes = [stage.seal("shillong", &honest(stage)), vec![0; 16]].concat();
        stage.bring("guwahati", "shillong", bytes)
    }),
    attack("a key of the outer twice", "T6", "shillong", FORM, |stage| {
        let whole = wire::encode(&sealed(stage, 1, &padded(&honest(stage), 0x80, 1024)));
        let twice = [&[whole[0] + 1], &whole[1..3], &whole[1..]].concat();
        stage.bring("guwahati", "shillong", twice)
    }),
    attack("no padding", "T7", "shillong", CLOSED, |stage| {
        let outer = sealed(stage, 1, &honest(stage));
        stage.bring("guwahati", "shillong", wire::encode(&outer))
    }),
    attack("padded to a size that tells more", "T7", "shillong", CLOSED, |stage| {
        let outer = sealed(stage, 1, &padded(&honest(stage), 0x80, 1000));
        stage.bring("guwahati", "shillong", wire::encode(&outer))
    }),
    attack("padded to a larger size than needed", "T7", "shillong", CLOSED, |stage| {
        let outer = sealed(stage, 1, &padded(&honest(stage), 0x80, 4096));
        stage.bring("guwahati", "shillong", wire::encode(&outer))
    }),
    attack("padded with another mark", "T7", "shillong", CLOSED, |stage| {
        let outer = sealed(stage, 1, &padded(&honest(stage), 0x81, 1024));
        stage.bring("guwahati", "shillong", wire::encode(&outer))
    }),
    attack("a megabyte of nothing, twice", "T7", "shillong", FORM, |stage| {
        stage.bring("guwahati", "shillong", vec![0x80; 2 << 20])
    }),
    attack("sealed to the prekey of a unit that is a stranger here", "T7", "shillong", CLOSED, |stage| {
        let secret = crate::crypto::PrekeySecret::generate(&mut SeededRng::new(13));
        let number = prekey::newest(&stage.world["shillong"].view, super::id(&stage.world, "shillong")).unwrap().unwrap().number;
        let bytes = crate::envelope::Sealed::seal(&honest(stage), number, &secret.public(), &mut SeededRng::new(3)).unwrap();
        stage.bring("guwahati", "shillong", bytes)
    }),
    attack(
        "a body of another federation, signed by a member of this one",
        "T7",
        "shillong",
        "signed by no member of this federation",
        |stage| {
            let body = Body { federation: crate::ids::FederationId([9; 32]), ..stage.body("guwahati", "shillong") };
            stage.send("guwahati", &body)
        },
    ),
    attack("in the name of a unit that there is not", "T7", "shillong", "signed by no member of this federation", |stage| {
        let body = Body { from: crate::ids::UnitId([9; 32]), ..stage.body("guwahati", "shillong") };
        stage.send("guwahati", &body)
    }),
    attack(
        "signed by the recovery key instead of the node key",
        "T7",
        "shillong",
        "signed by no member of this federation",
        |stage| {
            let genesis = own::load(&stage.world["guwahati"].view).unwrap().genesis.stored().unwrap().into_value();
            let paper = super::inside::recovery_key(&stage.world["guwahati"].recovery);
            assert_eq!(paper.public(), genesis.recovery_key);
            let bytes = stage.seal("shillong", Signed::sign(&stage.body("guwahati", "shillong"), &paper).as_bytes());
            stage.bring("guwahati", "shillong", bytes)
        },
    ),
];
