//! Documents between two units that no network connects: which parts may go into a file, what they meet, what a spoilt file does.
//! The bytes of the chunks are the node's, and tried there. All people are invented.

use super::items::Item;
use super::*;
use crate::bounded::{BoundedText, BoundedVec};
use crate::carried::CarriedError;
use crate::carried::tests::carry;
use crate::caselog::{LogRefusal, append, open_case};
use crate::crypto::{NodeSecret, PrekeySecret, Signed};
use crate::documents::{
    CHUNK, ContentKey, FIELD_FILE, File, Have, Holding, Plan, Standing, coming, finish, finished, may_be_carried, plan, standing,
    told,
};
use crate::envelope::Sealed;
use crate::federation::{charter, own, peering, prekey};
use crate::ids::{CaseId, ChunkHash, Commitment, EntityId, FederationId, PlaceId, ShareId, UnitId};
use crate::sharing::{self, Rights, accept, create, recall};
use crate::testing::drafts::{self, VICTIM, draft, id, text};
use crate::testing::rng::SeededRng;
use crate::testing::vectors::{compare, read};
use crate::testing::world::NOON;
use crate::testing::{World, say};
use crate::time::DAY;
use crate::wire;
use serde_bytes::ByteArray;
use std::collections::BTreeMap;

const GIRL: EntityId = id(10);
/// Of a document of 300,000 bytes: the list and two chunks.
const PARTS: u32 = 3;

/// Guwahati has a case with a document, and no network.
fn apart() -> (World, CaseId, Commitment) {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    for unit in ["guwahati", "shillong", "kathmandu"] {
        world.offline(unit);
    }
    let drafts: Vec<_> = drafts::case("GHY-1").into_iter().chain(drafts::person(GIRL, &VICTIM)).collect();
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    let document = add(&mut world, "guwahati", case, 50, "document");
    (world, case, document)
}

/// Adds a document as the service does; gives the change that holds its file.
fn add(world: &mut World, unit: &str, case: CaseId, number: u8, kind: &str) -> Commitment {
    let mut rng = SeededRng::new(u64::from(number));
    let file = File {
        key: ContentKey::random(&mut rng),
        manifest: ChunkHash::random(&mut rng),
        name: BoundedText::new("scan.pdf").unwrap(),
        media: BoundedText::new("application/pdf").unwrap(),
        size: 300_000,
        sha256: [7; 32],
        blake3: [8; 32],
    };
    assert_eq!(file.parts(), PARTS);
    let entity = id(number);
    let drafts = [text(entity, kind, "title", "Invented paper"), draft(entity, kind, FIELD_FILE, file.to_value())];
    let added = world.act(unit, |txn| {
        let place = PlaceId::random(txn.rng);
        let appended = append(txn, case, &drafts, &drafts::author("Officer Das"))?;
        finish(txn, case, appended.commitments[1], place);
        Ok::<_, LogRefusal>(appended.commitments[1])
    });
    world.settle();
    added.unwrap()
}

fn share(world: &mut World, case: CaseId, rights: Rights) -> ShareId {
    let mut request = drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(30 * DAY));
    request.sections = drafts::sections(&["identity", "documents"]);
    request.rights = rights;
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    share
}

fn planned(world: &World, from: &str, to: &str) -> Plan {
    plan(&world[from].view, world.now, world[to].id, PARTS_MAX).unwrap()
}

fn goes(world: &World, from: &str, to: &str) -> Vec<(Commitment, u32, u32)> {
    planned(world, from, to).documents.iter().map(|one| (one.key.change, one.from, one.until)).collect()
}

fn stands(world: &World, at: &str, from: &str, case: CaseId, document: Commitment) -> Standing {
    standing(&world[at].view, world[from].id, case, document).unwrap()
}

fn tell(world: &mut World, at: &str, from: &str, have: &[Have]) {
    let (from, now) = (world[from].id, world.now);
    world.act(at, |txn| told(txn, from, now, have)).unwrap();
}

#[test]
fn case_and_document_go_in_one_trip_and_what_was_answered_is_not_carried_again() {
    let (mut world, case, document) = apart();
    assert!(goes(&world, "guwahati", "shillong").is_empty(), "nothing is shared");
    let shared = share(&mut world, case, Rights::Contribute);
    assert_eq!(goes(&world, "guwahati", "shillong"), [(document, 0, PARTS)], "beside the share that brings it");
    assert!(goes(&world, "guwahati", "kathmandu").is_empty());

    assert!(matches!(stands(&world, "shillong", "guwahati", case, document), Standing::Unknown), "nothing is known of it");
    carry(&mut world, "guwahati", "shillong");
    assert!(matches!(stands(&world, "shillong", "guwahati", case, document), Standing::Later), "nobody has accepted");
    world.act("shillong", |txn| accept(txn, shared)).unwrap();
    world.settle();
    let Standing::Wanted(wanted) = stands(&world, "shillong", "guwahati", case, document) else { panic!("it is wanted") };
    assert_eq!((wanted.share, wanted.key.change), (shared, document));
    assert!(matches!(stands(&world, "shillong", "kathmandu", case, document), Standing::Unknown), "Kathmandu does not serve it");
    assert!(matches!(stands(&world, "shillong", "guwahati", case, Commitment([9; 32])), Standing::Unknown));

    let shillong = |world: &World| coming(&world["shillong"].view, world["guwahati"].id, HAVE_MAX).unwrap();
    assert_eq!((shillong(&world).len(), shillong(&world)[0].row.holding), (1, Holding::Wanted));
    assert!(coming(&world["shillong"].view, world["kathmandu"].id, HAVE_MAX).unwrap().is_empty());
    world.act("shillong", |txn| finished(txn, &wanted.key, Holding::Held)).unwrap();
    assert!(matches!(stands(&world, "shillong", "guwahati", case, document), Standing::Held));
    assert_eq!(goes(&world, "guwahati", "shillong").len(), 1, "Guwahati cannot know yet");
    let here = shillong(&world).remove(0);
    tell(&mut world, "guwahati", "shillong", &[Have { share: here.share, document, parts: PARTS }]);
    assert!(goes(&world, "guwahati", "shillong").is_empty());
    tell(&mut world, "guwahati", "shillong", &[]);
    assert_eq!(goes(&world, "guwahati", "shillong").len(), 1, "the newest word counts");
}

#[test]
fn what_found_no_room_goes_from_there_with_the_next_file() {
    let (mut world, case, document) = apart();
    let shared = share(&mut world, case, Rights::Read);
    let other = add(&mut world, "guwahati", case, 51, "document");
    carry(&mut world, "guwahati", "shillong");
    world.act("shillong", |txn| accept(txn, shared)).unwrap();
    world.settle();
    carry(&mut world, "shillong", "guwahati");
    let room = |world: &World, room| plan(&world["guwahati"].view, world.now, world["shillong"].id, room).unwrap();
    let (first, second) = (document.min(other), document.max(other));
    let some = room(&world, 4);
    let ranges: Vec<_> = some.documents.iter().map(|one| (one.key.change, one.from, one.until)).collect();
    assert_eq!((ranges, some.parts, some.left), (vec![(first, 0, 3), (second, 0, 1)], 4, 2));
    let all = [Have { share: shared, document: first, parts: 3 }, Have { share: shared, document: second, parts: 1 }];
    tell(&mut world, "guwahati", "shillong", &all);
    assert_eq!(goes(&world, "guwahati", "shillong"), [(second, 1, 3)]);
    let none = room(&world, 0);
    assert_eq!((none.documents.len(), none.parts, none.left), (0, 0, 2));
    // Of another share, and more than there is: it counts for nothing, and does no harm.
    let odd =
        [Have { share: ShareId([9; 16]), document: first, parts: 3 }, Have { share: shared, document: second, parts: u32::MAX }];
    tell(&mut world, "guwahati", "shillong", &odd);
    assert_eq!(goes(&world, "guwahati", "shillong"), [(first, 0, 3)]);
}

#[test]
fn only_what_went_under_a_share_that_has_not_ended_is_carried() {
    let (mut world, case, document) = apart();
    add(&mut world, "guwahati", case, 51, "restricted_document");
    let shared = share(&mut world, case, Rights::Read);
    assert_eq!(goes(&world, "guwahati", "shillong"), [(document, 0, PARTS)], "the restricted one was not chosen");
    let carried = planned(&world, "guwahati", "shillong").documents.remove(0);
    let may = |world: &World, to: &str| may_be_carried(&world["guwahati"].view, world.now, world[to].id, &carried).unwrap();
    assert!(may(&world, "shillong") && !may(&world, "kathmandu"));

    let shillong = world["shillong"].id;
    world.act("guwahati", |txn| peering::pause(txn, shillong, true)).unwrap();
    assert!(!may(&world, "shillong") && goes(&world, "guwahati", "shillong").is_empty(), "paused");
    world.act("guwahati", |txn| peering::pause(txn, shillong, false)).unwrap();
    assert!(may(&world, "shillong"));

    carry(&mut world, "guwahati", "shillong");
    world.act("shillong", |txn| accept(txn, shared)).unwrap();
    world.settle();
    let mut late = world.clone();
    late.now = late.now.plus(31 * DAY);
    assert!(
        !may(&late, "shillong") && goes(&late, "guwahati", "shillong").is_empty(),
        "past its time, though nobody has noticed"
    );

    world.act("guwahati", |txn| recall(txn, shared)).unwrap();
    assert!(!may(&world, "shillong") && goes(&world, "guwahati", "shillong").is_empty(), "recalled");
    carry(&mut world, "guwahati", "shillong");
    assert!(matches!(stands(&world, "shillong", "guwahati", case, document), Standing::Unknown), "a part of it is refused now");
}

#[test]
fn a_contributed_document_is_carried_and_what_was_not_given_is_not() {
    let (mut world, case, _) = apart();
    let shared = share(&mut world, case, Rights::Contribute);
    carry(&mut world, "guwahati", "shillong");
    world.act("shillong", |txn| accept(txn, shared)).unwrap();
    world.settle();
    let given = add(&mut world, "shillong", case, 60, "document");
    assert_eq!(goes(&world, "shillong", "guwahati"), [(given, 0, PARTS)], "and not what came from there");
    carry(&mut world, "shillong", "guwahati");
    assert!(matches!(stands(&world, "guwahati", "shillong", case, given), Standing::Wanted(wanted) if wanted.share == shared));
    let carried = planned(&world, "shillong", "guwahati").documents.remove(0);
    let may = |world: &World| may_be_carried(&world["shillong"].view, world.now, world["guwahati"].id, &carried).unwrap();
    assert!(may(&world));
    let entry = sharing::contributed(&world["shillong"].view, case).unwrap()[0].0;
    world.act("shillong", |txn| sharing::take_back(txn, case, entry)).unwrap();
    world.settle();
    assert!(!may(&world) && goes(&world, "shillong", "guwahati").is_empty(), "taken back");
}

#[test]
fn what_is_written_under_a_share_for_reading_stays_here() {
    let (mut world, case, _) = apart();
    let contributing = share(&mut world, case, Rights::Contribute);
    carry(&mut world, "guwahati", "shillong");
    world.act("shillong", |txn| accept(txn, contributing)).unwrap();
    world.settle();
    add(&mut world, "shillong", case, 60, "document");
    assert_eq!(goes(&world, "shillong", "guwahati").len(), 1);
    let reading = share(&mut world, case, Rights::Read);
    carry(&mut world, "guwahati", "shillong");
    world.act("shillong", |txn| accept(txn, reading)).unwrap();
    world.act("guwahati", |txn| recall(txn, contributing)).unwrap();
    carry(&mut world, "guwahati", "shillong");
    assert!(goes(&world, "shillong", "guwahati").is_empty(), "the share under which it was given has ended");
}

/// A file of Guwahati's for Shillong with these parts, piece by piece: the beginning with the header, the parts, the end.
fn pieces(world: &World, have: Vec<Have>, parts: &[Part], seed: u64) -> Vec<Vec<u8>> {
    let rng = &mut SeededRng::new(seed);
    let (mut packing, first) = Packing::begin(&world["guwahati"].view, world["shillong"].id, world.now, have, rng).unwrap();
    let mut pieces = vec![first];
    pieces.extend(parts.iter().map(|part| packing.part(part.clone(), rng).unwrap()));
    pieces.push(packing.end(rng).unwrap());
    pieces
}

fn part(number: u8) -> Part {
    Part {
        case: CaseId([number; 32]),
        document: Commitment([2; 32]),
        chunk: ChunkHash([3; 32]),
        sealed: b"not really a chunk".to_vec(),
    }
}

/// Reads a file in pieces of this length; gives what was taken, and what was wrong.
fn unpack(world: &World, unit: &str, file: &[u8], step: usize) -> (Vec<Unpacked>, Option<CarriedError>) {
    let (mut unpacking, mut taken) = (Unpacking::default(), Vec::new());
    for mut bytes in file.chunks(step) {
        loop {
            match unpacking.feed(&mut bytes) {
                Ok(Some(item)) => match unpacking.open(&world[unit].view, &item) {
                    Ok(unpacked) => taken.push(unpacked),
                    Err(error) => return (taken, Some(error)),
                },
                Ok(None) => break,
                Err(error) => return (taken, Some(error)),
            }
        }
    }
    (taken, unpacking.finish().err())
}

#[test]
fn a_file_says_the_same_in_whatever_pieces_it_comes() {
    let (world, ..) = apart();
    let have = vec![Have { share: ShareId([5; 16]), document: Commitment([2; 32]), parts: 3 }];
    let file = pieces(&world, have.clone(), &[part(1), part(4)], 5).concat();
    let header = Unpacked::Header { from: world["guwahati"].id, created: world.now, have };
    let whole = vec![header, Unpacked::Part(part(1)), Unpacked::Part(part(4)), Unpacked::End];
    for step in [1, 7, 1000, file.len()] {
        assert_eq!(unpack(&world, "shillong", &file, step), (whole.clone(), None), "in pieces of {step}");
    }
    assert!(begins(&file) && !begins(b"ICMC envelopes 1"));
}

#[test]
fn every_cut_and_every_flipped_bit_is_found_and_nothing_behind_it_is_taken() {
    let (world, ..) = apart();
    let parts = [part(1), part(4)];
    let file = pieces(&world, Vec::new(), &parts, 5).concat();
    let whole = unpack(&world, "shillong", &file, file.len()).0;
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    // One bit of every byte of the beginning, and of the long ciphertexts of every 37th; with `ICMC_LONG` every bit of everything.
    let long = std::env::var_os("ICMC_LONG").is_some();
    let looked = |at: &usize| long || *at < 100 || at.is_multiple_of(37);
    let mut cases = 0;
    for at in (0..file.len()).filter(looked) {
        for bit in if long { 0..8 } else { at % 8..at % 8 + 1 } {
            let mut bytes = file.clone();
            bytes[at] ^= 1 << bit;
            let (taken, why) = unpack(&world, "shillong", &bytes, bytes.len());
            assert!(taken.len() < whole.len() && taken == whole[..taken.len()], "byte {at}");
            *said.entry(why.expect("a flipped bit").to_string()).or_default() += 1;
            cases += 1;
        }
        let (taken, why) = unpack(&world, "shillong", &file[..at], file.len());
        assert!(taken.len() < whole.len() && taken == whole[..taken.len()] && why.is_some(), "cut at {at}");
        cases += 1;
    }
    assert_eq!(unpack(&world, "shillong", &[&file[..], b"x"].concat(), 100).1, Some(CarriedError::Cut), "something behind it");
    for number in [1, 2, 3] {
        assert!(said.contains_key(&CarriedError::Part(number).to_string()), "{said:?}");
    }
    say(&format!("{cases} spoilt files of documents refused at the place where they are spoilt"));
}

#[test]
fn parts_are_taken_only_in_their_place_and_from_their_own_file() {
    let (world, ..) = apart();
    let file = pieces(&world, Vec::new(), &[part(1), part(4)], 5);
    let other = pieces(&world, Vec::new(), &[part(1), part(4)], 6);
    let wrong = |order: &[&Vec<u8>]| {
        let bytes: Vec<u8> = order.iter().flat_map(|piece| piece.iter().copied()).collect();
        unpack(&world, "shillong", &bytes, 1000).1
    };
    let [first, one, two, end] = [0, 1, 2, 3].map(|at| &file[at]);
    assert_eq!(wrong(&[first, one, two, end]), None);
    assert_eq!(wrong(&[first, two, one, end]), Some(CarriedError::Part(1)), "swapped");
    assert_eq!(wrong(&[first, one, one, end]), Some(CarriedError::Part(2)), "twice");
    assert_eq!(wrong(&[first, one, end]), Some(CarriedError::Part(2)), "one is missing");
    assert_eq!(wrong(&[first, one, two]), Some(CarriedError::Cut), "no end");
    assert_eq!(wrong(&[first, &other[1], two, end]), Some(CarriedError::Part(1)), "of another file");
    assert_eq!(wrong(&[&other[0], one, two, end]), Some(CarriedError::Part(1)), "under another header");
    // What anybody can seal to Shillong, not knowing the name of the file.
    let newest = prekey::newest(&world["guwahati"].view, world["shillong"].id).unwrap().unwrap();
    let item = wire::encode(&Item { file: ByteArray::new([0; 16]), number: 0, part: Some(part(1)) });
    let sealed = Sealed::seal(&item, newest.number, &newest.key, &mut SeededRng::new(9)).unwrap();
    let forged = [u32::try_from(sealed.len()).unwrap().to_be_bytes().as_slice(), &sealed].concat();
    assert_eq!(wrong(&[first, &forged, two, end]), Some(CarriedError::Part(1)), "of a stranger");
}

#[test]
fn a_file_for_another_unit_or_from_nobody_is_refused() {
    let (world, ..) = apart();
    let file = pieces(&world, Vec::new(), &[part(1)], 5).concat();
    for unit in ["kathmandu", "guwahati"] {
        assert_eq!(unpack(&world, unit, &file, 1000), (Vec::new(), Some(CarriedError::NotOpened)));
    }
    for odd in [b"ICMC envelopes 1 and so on".as_slice(), b"PK", b""] {
        assert_eq!(unpack(&world, "shillong", odd, 1000).1, Some(CarriedError::NotDocuments));
    }
    let newest = prekey::newest(&world["guwahati"].view, world["shillong"].id).unwrap().unwrap();
    let genuine = own::load(&world["guwahati"].view).unwrap().key();
    let federation = charter::current(&world["guwahati"].view).unwrap().unwrap().federation;
    let honest = Header { federation, from: world["guwahati"].id, to: world["shillong"].id, ..sample() };
    let begun = |header: &Header, key: &NodeSecret| {
        let signed = Signed::sign(header, key);
        let sealed = Sealed::seal(signed.as_bytes(), newest.number, &newest.key, &mut SeededRng::new(5)).unwrap();
        let file = [BEGINNING.as_slice(), &u32::try_from(sealed.len()).unwrap().to_be_bytes(), &sealed].concat();
        unpack(&world, "shillong", &file, 1000)
    };
    let stranger = NodeSecret::from_seed(&[9; 32]);
    let forged = [
        (begun(&honest, &stranger), CarriedError::Stranger),
        (begun(&Header { from: world["kathmandu"].id, ..honest.clone() }, &genuine), CarriedError::Stranger),
        (begun(&Header { federation: FederationId([1; 32]), ..honest.clone() }, &genuine), CarriedError::Stranger),
        (begun(&Header { to: world["kathmandu"].id, ..honest.clone() }, &genuine), CarriedError::NotForUs),
    ];
    for (unpacked, why) in forged {
        assert_eq!(unpacked, (Vec::new(), Some(why)));
    }
    let (taken, why) = begun(&honest, &genuine);
    assert_eq!((taken.len(), why), (1, Some(CarriedError::Cut)), "only these were wrong with it");
    assert_eq!(
        Packing::begin(&world["guwahati"].view, UnitId([9; 32]), world.now, Vec::new(), &mut SeededRng::new(1)).err(),
        Some(CarriedError::NotAMember)
    );
}

#[test]
fn the_largest_part_and_the_longest_header_fit_and_the_largest_file_fits_a_stick() {
    let (world, ..) = apart();
    let have = Have { share: ShareId([255; 16]), document: Commitment([255; 32]), parts: u32::MAX };
    let largest = Part { sealed: vec![7; crate::documents::SEALED_MAX], ..part(1) };
    assert!(largest.sealed.len() > CHUNK);
    let pieces = pieces(&world, vec![have; HAVE_MAX + 1], core::slice::from_ref(&largest), 5);
    let (taken, why) = unpack(&world, "shillong", &pieces.concat(), 64 * 1024);
    assert_eq!(why, None);
    assert!(matches!(&taken[0], Unpacked::Header { have, .. } if have.len() == HAVE_MAX));
    assert_eq!(taken[1], Unpacked::Part(largest));
    let most = pieces[0].len() as u64 + u64::from(PARTS_MAX) * pieces[1].len() as u64 + pieces[2].len() as u64;
    assert!(most <= FILE_MAX, "{most}");
    assert!(pieces[1].len() as u64 <= PART_ROOM && pieces[0].len() <= crate::envelope::SEALED_MAX + 20);
    assert_eq!((parts_in(FILE_MAX), parts_in(u64::MAX), parts_in(0)), (PARTS_MAX, PARTS_MAX, 0));
    assert!((1..8).contains(&parts_in(4 * 1024 * 1024)));
    let larger = Part { sealed: vec![7; crate::documents::SEALED_MAX + 1], ..part(1) };
    let pieces = self::pieces(&world, Vec::new(), &[larger], 5);
    assert_eq!(unpack(&world, "shillong", &pieces.concat(), 64 * 1024).1, Some(CarriedError::Part(1)), "larger than any chunk");
}

#[test]
fn bytes_of_the_file_are_the_golden_ones() {
    let signed = Signed::sign(&sample(), &NodeSecret::from_seed(&[2; 32]));
    compare("carried-documents", signed.as_bytes());
    let items = [(0, Some(part(1))), (258, None)];
    for (name, (number, part)) in ["carried-documents-part", "carried-documents-end"].into_iter().zip(items) {
        let item = Item { file: ByteArray::new([6; 16]), number, part };
        compare(name, &wire::encode(&item));
        assert!(wire::decode::<Item>(&read(name), 4096).unwrap() == item);
    }
    // The outside, with what is not really sealed.
    let items = [b"not really sealed".as_slice(), b"nor this"];
    let sections = items.map(|item| [u32::try_from(item.len()).unwrap().to_be_bytes().as_slice(), item].concat());
    compare("carried-documents-file", &[BEGINNING.as_slice(), &sections.concat()].concat());
    let file = read("carried-documents-file");
    let (mut unpacking, mut bytes) = (Unpacking::default(), file.as_slice());
    for item in items {
        assert_eq!(unpacking.feed(&mut bytes).unwrap().unwrap(), item);
    }
    assert_eq!(unpacking.feed(&mut bytes), Ok(None));
    let key = PrekeySecret::from_bytes(&[4; 32]).public();
    assert!(Sealed::seal(signed.as_bytes(), 1, &key, &mut SeededRng::new(8)).is_ok());
}

fn sample() -> Header {
    Header {
        federation: FederationId([7; 32]),
        from: UnitId([2; 32]),
        to: UnitId([3; 32]),
        created: NOON,
        file: ByteArray::new([6; 16]),
        have: BoundedVec::new(vec![Have { share: ShareId([5; 16]), document: Commitment([2; 32]), parts: 300 }]).unwrap(),
    }
}

#[test]
fn what_a_unit_says_again_takes_the_place_of_all_before() {
    let (mut world, ..) = apart();
    let many: Vec<Have> = (0..600_u16)
        .map(|number| {
            let mut document = [0; 32];
            document[..2].copy_from_slice(&number.to_be_bytes());
            Have { share: ShareId([5; 16]), document: Commitment(document), parts: 1 }
        })
        .collect();
    let count = |world: &World| world["guwahati"].count(crate::machine::Table::DOCUMENT_WORK);
    tell(&mut world, "guwahati", "shillong", &many);
    tell(&mut world, "guwahati", "kathmandu", &many[..3]);
    assert_eq!(count(&world), 605, "and when each of them said so");
    tell(&mut world, "guwahati", "shillong", &many[..1]);
    assert_eq!(count(&world), 6, "of Kathmandu's word nothing is gone");
    let (shillong, now) = (world["shillong"].id, world.now);
    world.act("guwahati", |txn| told(txn, shillong, now.minus(DAY), &many)).unwrap();
    assert_eq!(count(&world), 6, "an older file, once more");
    world.act("guwahati", |txn| told(txn, shillong, now.plus(400 * DAY), &many[..2])).unwrap();
    assert_eq!(count(&world), 7);
    tell(&mut world, "guwahati", "shillong", &many[..1]);
    assert_eq!(count(&world), 6, "a clock that was wrong once silences nobody");
}
