//! Documents between two units that no network connects: which parts may go into a file, what they meet, what a spoilt file does.
//! The bytes of the chunks are the node's, and tried there. All people are invented.

mod file;

use super::items::Item;
use super::*;
use crate::bounded::BoundedVec;
use crate::carried::CarriedError;
use crate::carried::tests::carry;
use crate::caselog::{LogRefusal, append, open_case};
use crate::crypto::{NodeSecret, PrekeySecret, Signed};
use crate::documents::{
    CHUNK, FIELD_FILE, Have, Holding, Plan, Standing, coming, finish, finished, may_be_carried, plan, standing, told,
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
    let file = drafts::file(u64::from(number));
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
