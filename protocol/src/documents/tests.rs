//! Documents between whole units: Guwahati owns, Shillong receives, Kathmandu is a third. All units and people are invented.
//! The bytes themselves and the wires are the node's, and tried there.

use super::*;
use crate::bounded::BoundedVec;
use crate::caselog::{append, open_case};
use crate::dictionary::Value;
use crate::ids::{CaseId, ChunkHash, Commitment, EntityId, PlaceId, ShareId};
use crate::machine::Scope;
use crate::sharing::{accept, create, recall};
use crate::testing::drafts::{self, Sketch, VICTIM, draft, file, id, text};
use crate::testing::rng::SeededRng;
use crate::testing::vectors::{compare, read};
use crate::testing::{World, say};
use crate::time::DAY;
use crate::wire;
use std::sync::LazyLock;
use zeroize::Zeroizing;

const GIRL: EntityId = id(10);

static OPENED: LazyLock<(World, CaseId)> = LazyLock::new(|| {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    let girl = drafts::person(GIRL, &Sketch { given: "Anjali", family: "Boro", basis: "", ..VICTIM });
    let drafts: Vec<_> = drafts::case("GHY-1").into_iter().chain(girl).collect();
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    world.settle();
    (world, case)
});

/// Adds a document as the service does; gives the commitments of title and file.
fn add(world: &mut World, unit: &str, case: CaseId, entity: EntityId, kind: &str, doc_type: &str) -> [Commitment; 2] {
    let file = file(u64::from(entity.0[0]));
    let drafts = [
        text(entity, kind, "title", "Invented paper"),
        draft(entity, kind, FIELD_FILE, file.to_value()),
        text(entity, kind, "doc_type", doc_type),
    ];
    let added = world.act(unit, |txn| {
        let place = PlaceId::random(txn.rng);
        let appended = append(txn, case, &drafts, &drafts::author("Officer Das"))?;
        finish(txn, case, appended.commitments[1], place);
        Ok::<_, crate::caselog::LogRefusal>([appended.commitments[0], appended.commitments[1]])
    });
    world.settle();
    added.unwrap()
}

fn share(world: &mut World, case: CaseId, to: &str, items: &[Commitment]) -> ShareId {
    let mut request = drafts::request(case, world[to].id, &[GIRL], world.now.plus(30 * DAY));
    request.sections = drafts::sections(&["identity", "documents"]);
    request.items = BoundedVec::new(items.to_vec()).unwrap();
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    share
}

fn accepted(world: &mut World, case: CaseId, to: &str, items: &[Commitment]) -> ShareId {
    let id = share(world, case, to, items);
    world.act(to, |txn| accept(txn, id)).unwrap();
    world.settle();
    id
}

fn serves(world: &World, at: &str, peer: &str, share: ShareId, document: Commitment) -> bool {
    let request = Request { share, document, chunk: ChunkHash([1; 32]) };
    serve(&world[at].view, world.now, world[peer].id, &request).unwrap().is_some()
}

fn wants(world: &World, at: &str, from: &str) -> Vec<Wanted> {
    wanted(&world[at].view, world[from].id, None, 100).unwrap()
}

fn due(world: &World, at: &str) -> usize {
    discards(&world[at].view, None, 100).unwrap().len()
}

#[test]
fn a_document_is_served_to_whom_an_active_share_names_and_every_other_answer_is_the_same() {
    let (mut world, case) = OPENED.clone();
    let [_, open] = add(&mut world, "guwahati", case, id(50), "document", "photo");
    let [_, medical] = add(&mut world, "guwahati", case, id(51), "restricted_document", "medical");
    let shared = share(&mut world, case, "shillong", &[]);
    assert!(!serves(&world, "guwahati", "shillong", shared, open), "nobody has accepted");
    world.act("shillong", |txn| accept(txn, shared)).unwrap();
    world.settle();
    assert!(serves(&world, "guwahati", "shillong", shared, open));
    assert!(!serves(&world, "guwahati", "shillong", shared, medical), "restricted, and not chosen");
    assert!(!serves(&world, "guwahati", "kathmandu", shared, open), "another unit's share");
    assert!(!serves(&world, "guwahati", "shillong", ShareId([9; 16]), open), "no such share");
    assert!(!serves(&world, "guwahati", "shillong", shared, Commitment([9; 32])), "no such document");

    let chosen = accepted(&mut world, case, "kathmandu", &[medical]);
    assert!(serves(&world, "guwahati", "kathmandu", chosen, medical) && serves(&world, "guwahati", "kathmandu", chosen, open));

    world.act("guwahati", |txn| recall(txn, shared)).unwrap();
    assert!(!serves(&world, "guwahati", "shillong", shared, open), "recalled, though the recall is still on its way");
    world.now = world.now.plus(31 * DAY);
    assert!(!serves(&world, "guwahati", "kathmandu", chosen, open), "past its time, though nobody has noticed");
}

#[test]
fn what_hangs_on_a_person_goes_with_that_person_only() {
    let (mut world, case) = OPENED.clone();
    let [_, other] = add(&mut world, "guwahati", case, id(50), "document", "photo");
    let about = draft(id(50), "document", "person", Value::Bytes(id(11).0.to_vec()));
    world.act("guwahati", |txn| append(txn, case, &[about], &drafts::author("Officer Das"))).unwrap();
    let shared = accepted(&mut world, case, "shillong", &[]);
    assert!(!serves(&world, "guwahati", "shillong", shared, other), "about somebody whom the share does not name");
    assert!(wants(&world, "shillong", "guwahati").is_empty());
}

#[test]
fn an_accepted_share_is_fetched_and_a_recall_destroys_the_key_and_the_chunks() {
    let (mut world, case) = OPENED.clone();
    add(&mut world, "guwahati", case, id(50), "document", "photo");
    let shared = share(&mut world, case, "shillong", &[]);
    assert!(wants(&world, "shillong", "guwahati").is_empty(), "nothing is fetched before a person has accepted");
    world.act("shillong", |txn| accept(txn, shared)).unwrap();
    world.settle();
    let wanted = wants(&world, "shillong", "guwahati");
    assert!(wanted.len() == 1 && wanted[0].share == shared && wanted[0].file == file(50));
    let scopes: Vec<Scope> =
        world["shillong"].view.rows().filter(|(.., value)| holds_key(value)).map(|(_, _, scope, _)| scope).collect();
    assert!(!scopes.is_empty() && scopes.iter().all(|scope| *scope == Scope::Share(shared)), "{scopes:?}");

    world.act("shillong", |txn| finished(txn, &wanted[0].key, Holding::Held)).unwrap();
    assert!(wants(&world, "shillong", "guwahati").is_empty());
    world.act("guwahati", |txn| recall(txn, shared)).unwrap();
    world.settle();
    assert!(of_case(&world["shillong"].view, case).unwrap().is_empty());
    assert_eq!(discards(&world["shillong"].view, None, 9).unwrap(), [wanted[0].place]);
    assert!(!world["shillong"].view.rows().any(|(.., value)| holds_key(value)), "the content key outlived the share's key");
    let removed = world.act("shillong", |txn| {
        discarded(txn, wanted[0].place);
        Ok::<_, crate::machine::ViewError>(())
    });
    removed.unwrap();
    assert_eq!(due(&world, "shillong"), 0);
}

fn holds_key(value: &[u8]) -> bool {
    let key = wire::encode(&file(50).key);
    value.windows(key.len()).any(|part| part == key)
}

#[test]
fn chunks_stay_while_another_share_brings_the_same_document() {
    let (mut world, case) = OPENED.clone();
    add(&mut world, "guwahati", case, id(50), "document", "photo");
    let first = accepted(&mut world, case, "shillong", &[]);
    let wanted = wants(&world, "shillong", "guwahati").remove(0);
    world.act("shillong", |txn| finished(txn, &wanted.key, Holding::Held)).unwrap();
    let second = accepted(&mut world, case, "shillong", &[]);
    assert!(wants(&world, "shillong", "guwahati").is_empty(), "what is here is not fetched again");
    world.act("guwahati", |txn| recall(txn, first)).unwrap();
    world.settle();
    assert_eq!((of_case(&world["shillong"].view, case).unwrap().len(), due(&world, "shillong")), (1, 0));
    world.act("guwahati", |txn| recall(txn, second)).unwrap();
    world.settle();
    assert_eq!((of_case(&world["shillong"].view, case).unwrap().len(), due(&world, "shillong")), (0, 1));
}

#[test]
fn a_contributed_document_is_fetched_by_the_owner_and_served_to_nobody_else() {
    let (mut world, case) = OPENED.clone();
    let shared = accepted(&mut world, case, "shillong", &[]);
    let other = accepted(&mut world, case, "kathmandu", &[]);
    let [_, given] = add(&mut world, "shillong", case, id(60), "document", "photo");
    let wanted = wants(&world, "guwahati", "shillong");
    assert!(wanted.len() == 1 && wanted[0].share == shared && wanted[0].key.change == given);
    assert!(serves(&world, "shillong", "guwahati", shared, given));
    assert!(!serves(&world, "shillong", "kathmandu", shared, given) && !serves(&world, "shillong", "kathmandu", other, given));
    assert!(!serves(&world, "guwahati", "kathmandu", other, given), "not admitted, and not passed on");
    assert_ne!(wanted[0].place, of_case(&world["shillong"].view, case).unwrap()[0].1.place);
}

#[test]
fn an_upload_that_does_not_end_is_to_be_removed() {
    let (mut world, case) = OPENED.clone();
    world
        .act("guwahati", |txn| {
            let place = PlaceId::random(txn.rng);
            abandon(txn, place);
            Ok::<_, crate::machine::ViewError>(())
        })
        .unwrap();
    assert_eq!(due(&world, "guwahati"), 1);
    add(&mut world, "guwahati", case, id(50), "document", "photo");
    assert_eq!(due(&world, "guwahati"), 1, "the one that ended is let be");
}

#[test]
fn a_value_that_is_no_file_is_kept_and_asked_nobody_for() {
    let (mut world, case) = OPENED.clone();
    for (number, value) in
        [vec![0xa0], vec![0xff; 100], wire::encode(&File { size: File::MOST + 1, ..file(1) })].into_iter().enumerate()
    {
        let entity = id(70 + u8::try_from(number).unwrap());
        let drafts = [text(entity, "document", "title", "Odd"), draft(entity, "document", FIELD_FILE, Value::Bytes(value))];
        world.act("guwahati", |txn| append(txn, case, &drafts, &drafts::author("Officer Das"))).unwrap();
    }
    world.settle();
    accepted(&mut world, case, "shillong", &[]);
    assert!(wants(&world, "shillong", "guwahati").is_empty());
}

#[test]
fn a_chunk_opens_in_its_own_place_with_its_own_key_only() {
    let mut rng = SeededRng::new(3);
    let (key, other) = (ContentKey::random(&mut rng), ContentKey::random(&mut rng));
    let (hash, sealed) = seal_chunk(&key, 4, b"invented bytes", &mut rng);
    assert_eq!(open_chunk(&key, 4, &sealed).unwrap().as_slice(), b"invented bytes");
    assert!(hash.names(&sealed) && !hash.names(&sealed[1..]));
    assert!(open_chunk(&key, 5, &sealed).is_none() && open_chunk(&other, 4, &sealed).is_none());
    assert!(open_manifest(&key, &sealed).is_none(), "a chunk is no list");
    for at in 0..sealed.len() {
        let mut bent = sealed.clone();
        bent[at] ^= 1;
        assert!(open_chunk(&key, 4, &bent).is_none() && !hash.names(&bent), "byte {at}");
        assert!(open_chunk(&key, 4, &sealed[..at]).is_none(), "cut at {at}");
        let mut into = Zeroizing::new(b"of the chunk before".to_vec());
        assert!(!open_chunk_into(&key, 4, &bent, &mut into) && into.is_empty(), "byte {at}");
        assert!(!open_chunk_into(&key, 4, &sealed[..at], &mut into) && into.is_empty(), "cut at {at}");
    }
}

#[test]
fn every_flipped_bit_and_every_length_of_a_list_of_chunks_is_refused() {
    let mut rng = SeededRng::new(4);
    let key = ContentKey::random(&mut rng);
    let chunks = (0..20).map(|_| ChunkHash::random(&mut rng)).collect();
    let manifest = Manifest { chunks: BoundedVec::new(chunks).unwrap() };
    let (name, sealed) = seal_manifest(&key, &manifest, &mut rng);
    let mut cases = 0;
    for bytes in spoilt(&sealed).chain([[sealed.as_slice(), &[0]].concat(), Vec::new()]) {
        assert!(open_manifest(&key, &bytes).is_none() && !name.names(&bytes));
        cases += 1;
    }
    // The reply that brings it: what is cut is no reply, what is flipped is not what was asked for.
    let reply = wire::encode(&Reply::Chunk(&sealed));
    for bytes in spoilt(&reply) {
        match wire::decode::<Reply>(&bytes, REPLY_MAX) {
            Ok(Reply::Chunk(bytes)) => assert!(!name.names(bytes) && open_manifest(&key, bytes).is_none()),
            Ok(Reply::Nothing) | Err(_) => {}
        }
        cases += 1;
    }
    // Inside: nothing shorter is a list, and a flipped one is another list, which this file does not name.
    let plain = wire::encode(&manifest);
    for bytes in spoilt(&plain) {
        let other = wire::decode::<Manifest>(&bytes, CHUNK).ok();
        assert!(other.is_none_or(|other| bytes.len() == plain.len() && other != manifest));
        cases += 1;
    }
    assert_eq!(open_manifest(&key, &sealed), Some(manifest));
    say(&format!("{cases} spoilt lists of chunks refused"));
}

/// The value of a file stands in a change, and the change under a commitment: whatever is bent in it, no entry holds it.
#[test]
fn every_flipped_bit_and_every_length_of_a_file_is_another_change() {
    let good = file(1);
    let change = |value: Vec<u8>| crate::caselog::Change {
        entity: id(50),
        kind: crate::caselog::Name::new("document").unwrap(),
        field: crate::caselog::Name::new(FIELD_FILE).unwrap(),
        value: Value::Bytes(value),
        replaces: BoundedVec::default(),
        salt: crate::ids::Salt([7; 32]),
    };
    let bytes = wire::encode(&good);
    let named = change(bytes.clone()).commitment();
    let mut cases = 0;
    for spoilt in spoilt(&bytes) {
        assert_ne!(change(spoilt.clone()).commitment(), named);
        let other = File::of_value(&Value::Bytes(spoilt.clone()));
        assert!(other.is_none_or(|other| spoilt.len() == bytes.len() && other != good));
        cases += 1;
    }
    assert_eq!(File::of_value(&good.to_value()), Some(good));
    say(&format!("{cases} spoilt files of documents are not what an entry holds"));
}

/// Every message that differs from `bytes` in one bit, and every beginning of it.
fn spoilt(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let flipped = (0..bytes.len() * 8).map(|bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    });
    flipped.chain((0..bytes.len()).map(|length| bytes[..length].to_vec()))
}

#[test]
fn bytes_of_documents_are_the_golden_ones() {
    let file = file(1);
    compare("document-file", &wire::encode(&file));
    assert_eq!(File::of_value(&Value::Bytes(read("document-file"))).unwrap(), file);
    let manifest = Manifest { chunks: BoundedVec::new(vec![ChunkHash([1; 32]), ChunkHash([2; 32])]).unwrap() };
    compare("document-manifest", &wire::encode(&manifest));
    let mut rng = SeededRng::new(2);
    let sealed = seal_chunk(&file.key, 1, b"invented bytes", &mut rng).1;
    compare("document-chunk", &sealed);
    assert_eq!(open_chunk(&file.key, 1, &read("document-chunk")).unwrap().as_slice(), b"invented bytes");
    let sealed = seal_manifest(&file.key, &manifest, &mut rng).1;
    compare("document-sealed-manifest", &sealed);
    assert_eq!(open_manifest(&file.key, &read("document-sealed-manifest")).unwrap(), manifest);
    let request = Request { share: ShareId([5; 16]), document: Commitment([6; 32]), chunk: ChunkHash([1; 32]) };
    compare("blob-request", &wire::encode(&request));
    assert_eq!(wire::decode::<Request>(&read("blob-request"), REQUEST_MAX).unwrap(), request);
    for (name, reply) in [("blob-nothing", Reply::Nothing), ("blob-chunk", Reply::Chunk(&[9; 40]))] {
        compare(name, &wire::encode(&reply));
        assert_eq!(wire::decode::<Reply>(&read(name), REPLY_MAX).unwrap(), reply);
    }
}
