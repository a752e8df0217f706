//! Bytes as what comes in files: envelopes and documents carried by hand, and the parts of documents.
//! Not what envelopes mean: see the inputs.

use super::SHARED;
use crate::carried::documents::{BEGINNING, Item as Piece, PARTS_MAX, Packing, Unpacked, Unpacking};
use crate::carried::{self, Content, Line, Manifest, Sections};
use crate::caselog::{Change, HandoverProof, TransferValue};
use crate::core::Input;
use crate::crypto::{Signed, derive, labels};
use crate::dictionary::{Dictionary, Value};
use crate::documents::{self as papers, CHUNK, ContentKey, File, REPLY_MAX, REQUEST_MAX, Reply, Request};
use crate::envelope::Sealed;
use crate::federation::{charter, own, prekey};
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::wire;
use serde_bytes::ByteArray;

/// Most bytes of a change and its like.
const CHANGE_MAX: usize = 256 * 1024;

/// How many kinds of files there are for [`files`].
pub const FILES: u8 = 7;

/// Bytes as a file of envelopes from Guwahati to Shillong. The first byte chooses: as the whole file, as the signed list of contents in
/// it, as its acknowledgements, as the news of the charter in it; then as a whole file of documents, its header, an item of it.
///
/// # Panics
/// If the unit fails in a way that bytes from outside must not bring about.
pub fn files(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let mut world = SHARED.clone();
    let file = match choice % FILES {
        0 => bytes.to_vec(),
        1 => sealed(&world, bytes).map_or_else(Vec::new, |list| Sections::default().file(&list)),
        2 => listed(&world, Content::Answers, bytes),
        3 => listed(&world, Content::Charter, bytes),
        4 => return unpacked(&mut world, bytes),
        5 => {
            let header = sealed(&world, bytes).unwrap_or_default();
            return unpacked(&mut world, &[BEGINNING.as_slice(), &section(&header)].concat());
        }
        _ => {
            let (guwahati, to, now) = (&world["guwahati"].view, world["shillong"].id, world.now);
            let rng = &mut SeededRng::new(11);
            let (mut packing, begun) = Packing::begin(guwahati, to, now, Vec::new(), rng).expect("both are members");
            let item = match wire::decode::<Piece>(bytes, CHANGE_MAX) {
                // Under the name of this file, or nothing of it would be looked at.
                Ok(Piece { part: Some(part), .. }) => packing.part(part, rng).unwrap_or_default(),
                _ => section(&sealed(&world, bytes).unwrap_or_default()),
            };
            return unpacked(&mut world, &[begun, item].concat());
        }
    };
    let opened = world.act("shillong", |txn| carried::open(txn, &file));
    for item in opened.map(|opened| opened.items).unwrap_or_default() {
        let from = world["guwahati"].id;
        world.handle("shillong", Input::carried(from, item));
        world.settle();
    }
}

/// Bytes as a file of documents, as far as it can be read.
fn unpacked(world: &mut World, mut bytes: &[u8]) {
    let (mut unpacking, from) = (Unpacking::default(), world["guwahati"].id);
    while let Ok(Some(item)) = unpacking.feed(&mut bytes) {
        match unpacking.open(&world["shillong"].view, &item) {
            Ok(Unpacked::Header { created, have, .. }) => {
                let _ = world.act("shillong", |txn| papers::told(txn, from, created, &have));
            }
            Ok(Unpacked::Part(part)) => {
                papers::standing(&world["shillong"].view, from, part.case, part.document).expect("rows in memory");
            }
            Ok(Unpacked::End) | Err(_) => {}
        }
    }
    let _ = unpacking.finish();
    papers::plan(&world["shillong"].view, world.now, from, PARTS_MAX).expect("rows in memory");
}

fn section(item: &[u8]) -> Vec<u8> {
    [&u32::try_from(item.len()).expect("a short item").to_be_bytes(), item].concat()
}

fn sealed(world: &World, inside: &[u8]) -> Option<Vec<u8>> {
    let newest = prekey::newest(&world["shillong"].view, world["shillong"].id).ok().flatten()?;
    Sealed::seal(inside, newest.number, &newest.key, &mut SeededRng::new(11)).ok()
}

/// A file that nothing is wrong with but one item.
fn listed(world: &World, content: Content, inside: &[u8]) -> Vec<u8> {
    let guwahati = &world["guwahati"];
    let (Some(item), Ok(Some(charter))) = (sealed(world, inside), charter::current(&guwahati.view)) else { return Vec::new() };
    let manifest = Manifest {
        federation: charter.federation,
        from: guwahati.id,
        to: world["shillong"].id,
        created: world.now,
        answered_below: 0,
        items: vec![Line { content, hash: ByteArray::new(derive(labels::CARRIED_ITEM, &item)) }],
    };
    let key = own::load(&guwahati.view).expect("set up").key();
    let list = sealed(world, Signed::sign(&manifest, &key).as_bytes()).expect("a short list");
    let mut sections = Sections::default();
    sections.push(item);
    sections.file(&list)
}

/// Bytes as what is asked and answered about documents, as what a case holds of one, and as the other values with an inside of their own.
///
/// # Panics
/// If the unit fails in a way that bytes from outside must not bring about.
pub fn documents(data: &[u8]) {
    let world = &*SHARED;
    if let Ok(request) = wire::decode::<Request>(data, REQUEST_MAX) {
        papers::serve(&world["guwahati"].view, world.now, world["shillong"].id, &request).expect("rows in memory");
    }
    let key = ContentKey::random(&mut SeededRng::new(12));
    let sealed = match wire::decode::<Reply>(data, REPLY_MAX) {
        Ok(Reply::Chunk(sealed)) => sealed,
        _ => data,
    };
    let _ = (papers::open_manifest(&key, sealed), papers::open_chunk(&key, 0, sealed));
    let _ = wire::decode::<papers::Manifest>(data, CHUNK);
    let _ = File::of_value(&Value::Bytes(data.to_vec()));
    let _ = wire::decode::<TransferValue>(data, CHANGE_MAX);
    let _ = wire::decode::<HandoverProof>(data, CHANGE_MAX);
    if let Ok(change) = wire::decode::<Change>(data, CHANGE_MAX) {
        let _ = (change.commitment(), TransferValue::of(&change), File::of_value(&change.value));
        if let Some(field) = Dictionary::builtin().kind(&change.kind).and_then(|kind| kind.field(&change.field)) {
            let _ = (field.check(&change.value), field.class_of(&change.value));
        }
    }
}
