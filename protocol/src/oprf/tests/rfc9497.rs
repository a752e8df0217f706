//! The official test vectors of RFC 9497, A.1.2: VOPRF, ristretto255-SHA512. One keeper, whose share is the key.
//! Not of our threshold: those vectors know one key holder only.

use super::*;
use crate::crypto::labels;
use curve25519_dalek::Scalar;
use data_encoding::HEXLOWER;

const DERIVE_KEY_PAIR: &[u8] = b"DeriveKeyPairOPRFV1-\x01-ristretto255-SHA512";
const SK_S: &str = "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909";
const PK_S: &str = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e";

const FIRST_BLIND: &str = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706";
const SECOND_BLIND: &str = "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e";
const FIRST_INPUT: &str = "00";
const SECOND_INPUT: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
const FIRST_OUTPUT: &str = "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7da4d8527693914139caee5bd03903af43\
                            a491351d23b430948dd50cde10d32b3c";
const SECOND_OUTPUT: &str = "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60356f4610bf816f27afdd84f47719e480\
                             906d27ecd994985890e5f539e7ea74b6";

/// A.1.2.1 to A.1.2.3: input, blind, blinded, evaluated and output of each item; the proof and its random scalar.
struct Vector {
    items: &'static [[&'static str; 5]],
    proof: &'static str,
    nonce: &'static str,
}

const FIRST: [&str; 5] = [
    FIRST_INPUT,
    FIRST_BLIND,
    "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
    "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
    FIRST_OUTPUT,
];

const VECTORS: [Vector; 3] = [
    Vector {
        items: &[FIRST],
        proof: "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd066d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a\
                40bce4cf49ec600d",
        nonce: SECOND_BLIND,
    },
    Vector {
        items: &[[
            SECOND_INPUT,
            FIRST_BLIND,
            "cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",
            "60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",
            SECOND_OUTPUT,
        ]],
        proof: "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a67154fabf031fd936051dec80b0b6ae29c9503493dde7393\
                b722eafdf5a50b02",
        nonce: SECOND_BLIND,
    },
    Vector {
        items: &[
            FIRST,
            [
                SECOND_INPUT,
                SECOND_BLIND,
                "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
                "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
                SECOND_OUTPUT,
            ],
        ],
        proof: "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d56\
                7aeed6ab873dee08",
        nonce: "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
    },
];

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
}

fn scalar(hex: &str) -> secret::SecretScalar {
    secret::SecretScalar::new(Scalar::from_canonical_bytes(bytes(hex)).unwrap()).unwrap()
}

fn point(hex: &str) -> Point {
    Point::from_bytes(&bytes::<32>(hex)).unwrap()
}

#[test]
fn the_key_comes_from_its_seed() {
    // DeriveKeyPair (RFC 9497, 3.2.1), which keepers never use: their key has no seed. Its first counter serves here.
    let info = b"test key";
    let length = u16::try_from(info.len()).unwrap().to_be_bytes();
    let key = suite::hash_to_scalar(&[&[0xa3; 32], &length, info, &[0]], DERIVE_KEY_PAIR);
    assert_eq!(HEXLOWER.encode(key.as_bytes()), SK_S);
    assert_eq!(KeyShare::from(secret::SecretScalar::new(key).unwrap()).public(), point(PK_S));
    for domain in [labels::OPRF_HASH_TO_GROUP, labels::OPRF_HASH_TO_SCALAR, labels::OPRF_SEED] {
        assert!(domain.ends_with(&DERIVE_KEY_PAIR["DeriveKeyPair".len()..]));
    }
}

#[test]
fn one_keeper_is_the_rfc_to_the_byte() {
    let key = KeyShare::from(scalar(SK_S));
    for Vector { items, proof, nonce } in &VECTORS {
        let asked: Vec<Point> = items
            .iter()
            .map(|[input, with, blinded, ..]| {
                let made = blind(&HEXLOWER.decode(input.as_bytes()).unwrap(), &scalar(with).into()).unwrap();
                assert_eq!(made, point(blinded));
                made
            })
            .collect();
        let evaluation = keeper::evaluate_with(&key, &asked, |_| scalar(nonce)).unwrap();
        assert_eq!(*evaluation.points, items.iter().map(|item| point(item[3])).collect::<Vec<_>>());
        assert_eq!(evaluation.proof.to_bytes(), bytes::<64>(proof));
        assert_eq!(verify(&point(PK_S), &asked, &evaluation), Ok(()));
        // Any position will do: over one keeper the coefficient is 1.
        let combined = combine(&[(index(7), &evaluation.points)]).unwrap();
        for (item, combined) in items.iter().zip(&combined) {
            let y = finish(&HEXLOWER.decode(item[0].as_bytes()).unwrap(), &scalar(item[1]).into(), combined).unwrap();
            assert_eq!(y, bytes::<64>(item[4]));
        }
    }
}
