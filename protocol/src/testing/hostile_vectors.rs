//! Hostile vectors in `tests/vectors/hostile`: golden messages in every lax encoding that a decoder might let pass, with the error that
//! each must give, in `expected.csv` beside them. A second implementation can be held against both.
//! Not noise: see `fuzz`.

use super::attacks::cose::Cose;
use super::vectors;
use crate::crypto::{Message, NodeSecret, Signed, SignedError};
use crate::envelope::{Answer, Body, Sealed};
use crate::federation::genesis::Genesis;
use crate::matching::Beacon;
use crate::sharing::RecallPayload;
use crate::testing::attacks::cose::{BODY, EDDSA, bytes, headers};
use crate::wire::{self, WireError};
use std::collections::BTreeMap;

/// What it is taken for, how it is called, its bytes, and the error.
type Vector = (&'static str, &'static str, Vec<u8>, &'static str);

/// How errors are called in `expected.csv`.
fn of_wire(error: WireError) -> &'static str {
    match error {
        WireError::TooLong { .. } => "too long",
        WireError::Malformed => "malformed",
        WireError::NotCanonical => "not canonical",
    }
}

fn of_signed(error: SignedError) -> &'static str {
    match error {
        SignedError::Wire(error) => of_wire(error),
        SignedError::Headers => "headers",
        SignedError::OtherKey => "other key",
        SignedError::Signature => "signature",
    }
}

fn signed<T: Message>(bytes: &[u8]) -> &'static str {
    let signed = Signed::<T>::from_bytes(bytes.to_vec());
    match signed.claimed_signer().and_then(|key| signed.verify(&key)) {
        Ok(_) => "taken",
        Err(error) => of_signed(error),
    }
}

/// What becomes of bytes that are taken for a message of this name.
fn taken_as(name: &str, bytes: &[u8]) -> &'static str {
    let wire = |error: Option<WireError>| error.map_or("taken", of_wire);
    match name {
        "recall" => wire(wire::decode::<RecallPayload>(bytes, 1024).err()),
        "answer" => wire(wire::decode::<Answer>(bytes, 16 * 1024).err()),
        "sealed" => wire(Sealed::decode(bytes).err()),
        "body" => signed::<Body>(bytes),
        "genesis" => signed::<Genesis>(bytes),
        "beacon" => signed::<Beacon>(bytes),
        other => panic!("{other}: no such message"),
    }
}

/// A recall: two keys, a handle of 16 bytes and a number.
fn recall(handle: &[u8], number: &[u8]) -> Vec<u8> {
    [&[0xa2, 0x00], handle, &[0x01], number].concat()
}

fn handle() -> Vec<u8> {
    bytes(&[5; 16])
}

/// A body that Guwahati's invented key signs, with anything bent before that.
fn body(bend: impl FnOnce(&mut Cose)) -> Vec<u8> {
    let mut cose = Cose::of(&vectors::read("body"));
    bend(&mut cose);
    cose.signed(&[2; 32], "icmc/v1/body").bytes()
}

fn key() -> [u8; 32] {
    NodeSecret::from_seed(&[2; 32]).public().0
}

fn replaced(whole: &[u8], what: &[u8], by: &[u8]) -> Vec<u8> {
    let at = whole.windows(what.len()).position(|part| part == what).expect("it is in there");
    [&whole[..at], by, &whole[at + what.len()..]].concat()
}

fn all() -> Vec<Vector> {
    let (good, sealed) = (recall(&handle(), &[2]), vectors::read("sealed"));
    assert_eq!(good, vectors::read("payload-recall"));
    let mut long_key = headers(EDDSA, BODY, &key(), &[]);
    long_key.splice(1..2, [0x18, 0x01]);
    vec![
        // Integers, lengths and maps (RFC 8949, section 4.2.1).
        ("recall", "integer-one-byte-longer", recall(&handle(), &[0x18, 2]), "not canonical"),
        ("recall", "integer-eight-bytes-longer", recall(&handle(), &[0x1b, 0, 0, 0, 0, 0, 0, 0, 2]), "not canonical"),
        ("recall", "key-longer", [vec![0xa2, 0x18, 0x00], handle(), vec![0x01, 2]].concat(), "not canonical"),
        ("recall", "length-longer", recall(&[&[0x58, 16], [5; 16].as_slice()].concat(), &[2]), "not canonical"),
        ("recall", "count-of-keys-longer", [&[0xb8, 0x02], &good[1..]].concat(), "not canonical"),
        ("recall", "key-twice", [&[0xa3], &good[1..], &[0x01, 2]].concat(), "malformed"),
        ("recall", "keys-out-of-order", [vec![0xa2, 0x01, 2, 0x00], handle()].concat(), "not canonical"),
        ("recall", "key-unknown", [&[0xa3], &good[1..], &[0x07, 0]].concat(), "not canonical"),
        ("recall", "key-missing", [vec![0xa1, 0x00], handle()].concat(), "malformed"),
        (
            "recall",
            "keys-by-name",
            [vec![0xa2, 0x65], b"share".to_vec(), handle(), vec![0x68], b"revision".to_vec(), vec![2]].concat(),
            "not canonical",
        ),
        ("recall", "array-for-map", [vec![0x82], handle(), vec![2]].concat(), "not canonical"),
        ("recall", "map-without-end", [&[0xbf], &good[1..], &[0xff]].concat(), "not canonical"),
        (
            "recall",
            "bytes-without-end",
            recall(&[vec![0x5f], bytes(&[5; 8]), bytes(&[5; 8]), vec![0xff]].concat(), &[2]),
            "not canonical",
        ),
        ("recall", "text-for-bytes", recall(&[vec![0x70], vec![5; 16]].concat(), &[2]), "not canonical"),
        ("recall", "numbers-for-bytes", recall(&[vec![0x90], vec![5; 16]].concat(), &[2]), "not canonical"),
        ("recall", "bytes-too-short", recall(&bytes(&[5; 15]), &[2]), "malformed"),
        ("recall", "bytes-too-long", recall(&bytes(&[5; 17]), &[2]), "malformed"),
        ("recall", "float-for-integer", recall(&handle(), &[0xf9, 0x40, 0x00]), "malformed"),
        ("recall", "not-a-number", recall(&handle(), &[0xf9, 0x7e, 0x00]), "malformed"),
        ("recall", "negative-integer", recall(&handle(), &[0x21]), "malformed"),
        ("recall", "large-number-for-integer", recall(&handle(), &[0xc2, 0x41, 2]), "malformed"),
        ("recall", "null-for-integer", recall(&handle(), &[0xf6]), "malformed"),
        ("recall", "tag-before-it", [&[0xc1], good.as_slice()].concat(), "not canonical"),
        ("recall", "tag-of-cbor-itself", [&[0xd9, 0xd9, 0xf7], good.as_slice()].concat(), "not canonical"),
        ("recall", "tag-inside", recall(&handle(), &[0xc1, 2]), "not canonical"),
        ("recall", "byte-behind-it", [good.as_slice(), &[0]].concat(), "malformed"),
        ("recall", "itself-behind-it", [good.clone(), good.clone()].concat(), "malformed"),
        ("recall", "cut-by-a-byte", good[..good.len() - 1].to_vec(), "malformed"),
        ("recall", "empty", Vec::new(), "malformed"),
        ("recall", "break-alone", vec![0xff], "malformed"),
        ("recall", "reserved-length", vec![0xbc, 0x00], "malformed"),
        ("recall", "nested-without-end", vec![0x81; 600], "malformed"),
        ("recall", "length-of-everything", vec![0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "malformed"),
        // Variants.
        ("answer", "variant-unknown", vec![0x09], "malformed"),
        ("answer", "variant-longer", vec![0x18, 0x02], "not canonical"),
        ("answer", "variant-by-name", [vec![0x66], b"Failed".to_vec()].concat(), "not canonical"),
        ("answer", "variant-in-an-array", vec![0x81, 0x02], "malformed"),
        ("answer", "variant-in-a-map", vec![0xa1, 0x02, 0xf6], "not canonical"),
        ("answer", "variant-with-too-much", vec![0x82, 0x02, 0xf6], "not canonical"),
        ("answer", "variant-without-its-inside", vec![0x00], "malformed"),
        // The outside of an envelope.
        ("sealed", "format-lower", replaced(&sealed, &[0xa4, 0x00, 0x01], &[0xa4, 0x00, 0x00]), "malformed"),
        ("sealed", "format-higher", replaced(&sealed, &[0xa4, 0x00, 0x01], &[0xa4, 0x00, 0x02]), "malformed"),
        ("sealed", "format-longer", replaced(&sealed, &[0xa4, 0x00, 0x01], &[0xa4, 0x00, 0x18, 0x01]), "not canonical"),
        ("sealed", "format-missing", replaced(&sealed, &[0xa4, 0x00, 0x01], &[0xa3]), "malformed"),
        ("sealed", "byte-behind-it", [sealed.as_slice(), &[0]].concat(), "malformed"),
        // The frame of a signature (RFC 9052); each is signed as it stands.
        (
            "body",
            "tagged",
            {
                let mut cose = Cose::of(&vectors::read("body"));
                cose.before = vec![0xd2];
                cose.bytes()
            },
            "malformed",
        ),
        ("body", "unprotected-header", body(|cose| cose.unprotected = vec![0xa1, 0x04, 0x41, 0x00]), "headers"),
        ("body", "protected-key-longer", body(|cose| cose.protected = long_key), "not canonical"),
        (
            "body",
            "protected-out-of-order",
            body(|cose| {
                cose.protected =
                    [vec![0xa3, 0x04], bytes(&key()), vec![0x01, 0x27, 0x03], super::attacks::cose::text(BODY)].concat()
            }),
            "not canonical",
        ),
        ("body", "protected-empty", body(|cose| cose.protected = Vec::new()), "headers"),
        ("body", "algorithm-es256", body(|cose| cose.protected = headers(&[0x26], BODY, &key(), &[])), "headers"),
        ("body", "algorithm-ed25519-of-rfc-9864", body(|cose| cose.protected = headers(&[0x32], BODY, &key(), &[])), "headers"),
        (
            "body",
            "critical-header",
            body(|cose| cose.protected = headers(EDDSA, BODY, &key(), &[0x02, 0x81, 0x18, 0x63])),
            "malformed",
        ),
        (
            "body",
            "content-type-of-another",
            body(|cose| cose.protected = headers(EDDSA, "application/vnd.icmc.ack.v1+cbor", &key(), &[])),
            "headers",
        ),
        (
            "body",
            "content-type-of-another-version",
            body(|cose| cose.protected = headers(EDDSA, "application/vnd.icmc.body.v2+cbor", &key(), &[])),
            "headers",
        ),
        ("body", "key-too-short", body(|cose| cose.protected = headers(EDDSA, BODY, &key()[..31], &[])), "headers"),
        ("body", "payload-null", body(|cose| cose.payload = None), "headers"),
        ("body", "signature-longer-s", Cose::of(&vectors::read("body")).with_larger_s().bytes(), "signature"),
        (
            "body",
            "signature-cut",
            {
                let mut cose = Cose::of(&vectors::read("body"));
                cose.signature.pop();
                cose.bytes()
            },
            "signature",
        ),
        ("body", "signed-without-external-data", Cose::of(&vectors::read("body")).signed(&[2; 32], "").bytes(), "signature"),
        (
            "body",
            "payload-integer-longer",
            body(|cose| {
                let good = cose.payload.take().unwrap();
                cose.payload = Some(replaced(&good, &[0x19, 0x01, 0x02], &[0x1a, 0, 0, 0x01, 0x02]));
            }),
            "not canonical",
        ),
        (
            "body",
            "payload-key-twice",
            body(|cose| {
                let payload = cose.payload.as_mut().unwrap();
                payload[0] += 1;
                payload.extend([0x07, 0x04]);
            }),
            "malformed",
        ),
        ("body", "payload-byte-behind-it", body(|cose| cose.payload.as_mut().unwrap().push(0)), "malformed"),
        (
            "body",
            "payload-kind-unknown",
            body(|cose| {
                let good = cose.payload.take().unwrap();
                cose.payload = Some(replaced(&good, &[0x07, 0x04, 0x08], &[0x07, 0x18, 0xc8, 0x08]));
            }),
            "malformed",
        ),
        ("genesis", "of-another-kind", vectors::read("beacon-head"), "headers"),
        ("beacon", "of-another-kind", vectors::read("beacon-head"), "headers"),
    ]
}

#[test]
fn every_hostile_vector_is_refused_as_written_beside_it() {
    let folder = vectors::folder().join("hostile");
    let all = all();
    if std::env::var_os("ICMC_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        let lines = all.iter().map(|(of, name, _, error)| format!("{of}-{name},{of},{error}\n"));
        std::fs::write(folder.join("expected.csv"), format!("file,taken for,error\n{}", lines.collect::<String>())).unwrap();
    }
    for (of, name, bytes, _) in &all {
        vectors::compare(&format!("hostile/{of}-{name}"), bytes);
    }
    // What stands in the files is what counts, whether or not it is made here.
    let table = std::fs::read_to_string(folder.join("expected.csv")).unwrap();
    let mut expected: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let [file, of, error] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        expected.insert(file, (of, error));
    }
    let (mut found, mut others) = (0, Vec::new());
    for file in std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_none_or(|end| end != "hex") {
            continue;
        }
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let (of, error) = expected.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not in expected.csv"));
        let given = taken_as(of, &vectors::read(&format!("hostile/{name}")));
        others.extend((given != *error).then(|| format!("{name}: {given}, not {error}")));
        found += 1;
    }
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(found, expected.len());
    assert!(found >= 60);
    super::say(&format!("{found} hostile vectors refused, each with its own error"));
}
