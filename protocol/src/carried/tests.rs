//! Two units that no network connects after they have joined: everything goes by files. Kathmandu is a third. All people are invented.
//! Not what envelopes do once they are received: see `sharing`.

use super::frame::take_apart;
use super::manifest::CarriedAck;
use super::waiting as waiting_in;
use super::{CarriedError, Content, Exported, FILE_MAX, ITEMS_MAX, Line, Manifest, Opened, Sections, Waiting, export, open};
use crate::caselog::{self, fold};
use crate::core::Input;
use crate::crypto::{NodeSecret, PrekeySecret, Signed, derive, labels};
use crate::envelope::{Answer, Outcome, Sealed, outbox, owed};
use crate::federation::{charter, own, prekey, setup};
use crate::ids::{CaseId, EntityId, FederationId, ShareId, UnitId};
use crate::machine::{Table, Txn};
use crate::sharing::{self, ContributionState, OutState};
use crate::testing::drafts::{self, VICTIM, id};
use crate::testing::rng::SeededRng;
use crate::testing::vectors::{compare, read};
use crate::testing::world::NOON;
use crate::testing::{World, say};
use crate::time::DAY;
use crate::wire;
use serde_bytes::ByteArray;
use std::collections::BTreeMap;

const GIRL: EntityId = id(10);

/// Guwahati has shared a case with Shillong, and nothing of it has left.
fn apart() -> (World, CaseId, ShareId) {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    for unit in ["guwahati", "shillong", "kathmandu"] {
        world.offline(unit);
    }
    let drafts: Vec<_> = drafts::case("GHY-1").into_iter().chain(drafts::person(GIRL, &VICTIM)).collect();
    let (case, _) = world.act("guwahati", |txn| caselog::open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    let request = drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    (world, case, share)
}

fn make(world: &mut World, from: &str, to: &str) -> Result<Exported, CarriedError> {
    let (view, to, now) = (world[from].view.clone(), world[to].id, world.now);
    export(&view, to, now, world.rng(from))
}

fn opened(world: &mut World, unit: &str, file: &[u8]) -> Result<Opened, CarriedError> {
    world.act(unit, |txn| open(txn, file))
}

/// A person imports a file; gives the answers to its envelopes.
fn take(world: &mut World, unit: &str, file: &[u8]) -> Vec<Answer> {
    let Opened { from, items } = opened(world, unit, file).unwrap();
    let replies: Vec<_> = items.into_iter().filter_map(|item| world.handle(unit, Input::carried(from, item)).reply).collect();
    world.settle();
    replies.iter().map(|reply| wire::decode(reply, 16 * 1024).unwrap()).collect()
}

pub(super) fn carry(world: &mut World, from: &str, to: &str) -> Vec<Answer> {
    let file = make(world, from, to).unwrap().file;
    take(world, to, &file)
}

fn given(world: &World, share: ShareId) -> sharing::ShareOut {
    sharing::outgoing_list(&world["guwahati"].view, |_| true).unwrap().into_iter().find(|(id, _)| *id == share).unwrap().1
}

fn waiting(world: &World, from: &str, to: &str) -> usize {
    outbox::waiting(&world[from].view, world[to].id).unwrap()
}

fn all_applied(answers: &[Answer]) -> bool {
    answers.iter().all(|answer| matches!(answer, Answer::Ack(ack) if ack.stored().unwrap().outcome == Outcome::Applied))
}

#[test]
fn a_share_lives_its_whole_life_by_files() {
    let (mut world, case, share) = apart();
    let frames = world.wire.len();
    assert!(all_applied(&carry(&mut world, "guwahati", "shillong")));
    assert_eq!(given(&world, share).state, OutState::Sent, "Guwahati cannot know yet");
    world.act("shillong", |txn| sharing::previewed(txn, share)).unwrap();
    assert!(sharing::received_view(&world["shillong"].view, share).unwrap().is_some());

    carry(&mut world, "shillong", "guwahati");
    assert_eq!((given(&world, share).state, waiting(&world, "guwahati", "shillong")), (OutState::Previewed, 0));
    assert_eq!(world.act("shillong", |txn| sharing::accept(txn, share)).unwrap(), case);
    let note = drafts::note(id(50), "Seen at the bus stand");
    world.act("shillong", |txn| caselog::append(txn, case, &note, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    carry(&mut world, "shillong", "guwahati");
    assert_eq!(given(&world, share).state, OutState::Active);
    let pending = sharing::contributions(&world["guwahati"].view, case).unwrap();
    assert_eq!((pending.len(), pending[0].1.state), (1, ContributionState::Pending));
    world.act("guwahati", |txn| sharing::admit(txn, case, pending[0].0, &drafts::author("Officer Das"))).unwrap();
    world.settle();

    carry(&mut world, "guwahati", "shillong");
    assert_eq!(waiting(&world, "shillong", "guwahati"), 0, "the answers came with it");
    let held = fold(&caselog::load(&world["shillong"].view, case).unwrap().unwrap());
    assert!(!held.entity("note", id(50)).unwrap().is_pending(), "Shillong sees its note count");

    world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    carry(&mut world, "guwahati", "shillong");
    assert!(!world["shillong"].holds("Anjali"));
    carry(&mut world, "shillong", "guwahati");
    assert_eq!(given(&world, share).state, OutState::Recalled);
    assert!(given(&world, share).receipt.is_some());
    assert_eq!(world.wire.len(), frames, "nothing went over a network");
    assert_eq!((&world["guwahati"].incidents, &world["shillong"].incidents), (&Vec::new(), &Vec::new()));
}

#[test]
fn the_same_file_again_changes_nothing_and_the_network_may_come_back() {
    let (mut world, _, share) = apart();
    let file = make(&mut world, "guwahati", "shillong").unwrap().file;
    let first = take(&mut world, "shillong", &file);
    let before = world["shillong"].state();
    assert_eq!(take(&mut world, "shillong", &file), first, "the same acknowledgements");
    assert_eq!(world["shillong"].state(), before);
    let incidents = world["shillong"].incidents.len();
    world.online("shillong");
    world.online("guwahati");
    assert_eq!((given(&world, share).state, waiting(&world, "guwahati", "shillong")), (OutState::Delivered, 0));
    assert_eq!(
        (sharing::incoming_list(&world["shillong"].view, |_| true).unwrap().len(), incidents),
        (1, world["shillong"].incidents.len())
    );
}

#[test]
fn acknowledgements_are_carried_until_they_arrive_and_no_longer() {
    let (mut world, _, share) = apart();
    carry(&mut world, "guwahati", "shillong");
    let sent = waiting(&world, "guwahati", "shillong");
    let lost = make(&mut world, "shillong", "guwahati").unwrap();
    assert_eq!((lost.answers, lost.envelopes), (sent, waiting(&world, "shillong", "guwahati")));
    assert_eq!(make(&mut world, "shillong", "guwahati").unwrap().answers, sent, "the first file may have been lost");
    carry(&mut world, "shillong", "guwahati");
    assert_eq!(waiting(&world, "guwahati", "shillong"), 0);
    assert_eq!(make(&mut world, "guwahati", "shillong"), Err(CarriedError::Nothing));
    world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    assert_eq!(carry(&mut world, "guwahati", "shillong").len(), 1);
    let again = make(&mut world, "shillong", "guwahati").unwrap().answers;
    assert_eq!(again, 1, "of the recall only: Guwahati said that it has the others");
}

#[test]
fn every_cut_and_every_flipped_bit_is_found_before_anything_is_taken() {
    let (mut world, ..) = apart();
    let file = make(&mut world, "guwahati", "shillong").unwrap().file;
    let before = world["shillong"].state();
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    // One bit of every byte of the outside, and of the long ciphertexts of every 37th; with `ICMC_LONG` every bit of everything.
    let long = std::env::var_os("ICMC_LONG").is_some();
    let looked = |at: &usize| long || *at < 1500 || at + 64 > file.len() || at.is_multiple_of(37);
    let mut cases = 0;
    for at in (0..file.len()).filter(looked) {
        for bit in if long { 0..8 } else { at % 8..at % 8 + 1 } {
            let mut bytes = file.clone();
            bytes[at] ^= 1 << bit;
            let why = opened(&mut world, "shillong", &bytes).expect_err("a flipped bit");
            *said.entry(why.to_string()).or_default() += 1;
            cases += 1;
        }
        opened(&mut world, "shillong", &file[..at]).expect_err("cut short");
        cases += 1;
    }
    opened(&mut world, "shillong", &[&file[..], b"x"].concat()).expect_err("something behind it");
    assert!(said.keys().any(|why| why.starts_with("item 1 of ")), "{said:?}");
    assert!(!said.contains_key(&CarriedError::NotForUs.to_string()), "a changed file is told from another unit's: {said:?}");
    assert_eq!(world["shillong"].state(), before);
    say(&format!("{cases} spoilt files of envelopes refused, nothing written"));
}

#[test]
fn a_file_for_another_unit_or_from_nobody_is_refused() {
    let (mut world, ..) = apart();
    let file = make(&mut world, "guwahati", "shillong").unwrap().file;
    assert_eq!(opened(&mut world, "kathmandu", &file), Err(CarriedError::NotForUs));
    assert_eq!(opened(&mut world, "guwahati", &file), Err(CarriedError::NotForUs), "not even its maker opens it");
    assert_eq!(opened(&mut world, "shillong", b"PK\x03\x04 something else"), Err(CarriedError::OtherFile));
    assert_eq!(opened(&mut world, "shillong", &vec![0; FILE_MAX + 1]), Err(CarriedError::TooLarge));

    let newest = prekey::newest(&world["guwahati"].view, world["shillong"].id).unwrap().unwrap();
    let genuine = own::load(&world["guwahati"].view).unwrap().key();
    let federation = charter::current(&world["guwahati"].view).unwrap().unwrap().federation;
    let honest = Manifest {
        federation,
        from: world["guwahati"].id,
        to: world["shillong"].id,
        created: world.now,
        answered_below: 1,
        items: Vec::new(),
    };
    let listed = |manifest: &Manifest, key: &NodeSecret| {
        let signed = Signed::sign(manifest, key);
        Sections::default().file(&Sealed::seal(signed.as_bytes(), newest.number, &newest.key, &mut SeededRng::new(5)).unwrap())
    };
    let stranger = NodeSecret::from_seed(&[9; 32]);
    let forged = [
        (listed(&honest, &stranger), CarriedError::Stranger),
        (listed(&Manifest { from: world["kathmandu"].id, ..honest.clone() }, &genuine), CarriedError::Stranger),
        (listed(&Manifest { federation: FederationId([1; 32]), ..honest.clone() }, &genuine), CarriedError::Stranger),
        (listed(&Manifest { to: world["kathmandu"].id, ..honest.clone() }, &genuine), CarriedError::NotForUs),
        (listed(&Manifest { items: vec![line(Content::Answers)], ..honest.clone() }, &genuine), CarriedError::List),
    ];
    for (file, why) in forged {
        assert_eq!(opened(&mut world, "shillong", &file), Err(why));
    }
    assert!(opened(&mut world, "shillong", &listed(&honest, &genuine)).is_ok(), "only these were wrong with it");
}

#[test]
fn what_came_by_file_is_checked_like_every_envelope() {
    let (mut world, ..) = apart();
    // An envelope for Kathmandu, sealed to Shillong's key and listed by a genuine file: re-addressing does not help.
    let row = {
        let to = world["kathmandu"].id;
        world.act("guwahati", |txn| outbox::queue(txn, to, crate::envelope::Kind::Void, Vec::new(), None)).unwrap();
        outbox::due(&world["guwahati"].view, to, 9).unwrap().pop().unwrap().1
    };
    let (view, to) = (world["guwahati"].view.clone(), world["shillong"].id);
    let bytes = outbox::seal_row(&view, to, &row, world.now, world.rng("guwahati")).unwrap().unwrap();
    let before = world["shillong"].state();
    let effects = world.handle("shillong", Input::Envelope { transport: None, bytes });
    assert_eq!(wire::decode::<Answer>(&effects.reply.unwrap(), 1024).unwrap(), Answer::Failed);
    assert_eq!(world["shillong"].state(), before);
    assert_eq!(world["shillong"].incidents.last().unwrap().what, "sent an envelope that is for another unit");
}

#[test]
fn a_file_carries_the_charter_that_its_envelopes_need() {
    let mut world = World::strangers(&["guwahati", "shillong", "kathmandu", "dimapur"]);
    world.act("guwahati", setup::found).unwrap();
    world.join("guwahati", "shillong", &["guwahati"]);
    world.join("guwahati", "kathmandu", &["guwahati", "shillong"]);
    let epoch = |world: &World| charter::current(&world["shillong"].view).unwrap().unwrap().epoch;
    let before = epoch(&world);
    world.offline("shillong");
    world.join("guwahati", "dimapur", &["guwahati", "kathmandu"]);
    assert_eq!(epoch(&world), before, "Shillong has not heard of it");
    world.confirm("guwahati", "shillong");
    assert!(all_applied(&carry(&mut world, "guwahati", "shillong")));
    assert!(epoch(&world) > before);
}

#[test]
fn a_file_has_room_for_so_much_and_says_what_is_left() {
    let mut sections = Sections::default();
    let item = vec![1; 1024 * 1024];
    while sections.push(item.clone()) {}
    let file = sections.file(&item);
    assert!(file.len() <= FILE_MAX && file.len() > FILE_MAX - 4 * item.len());
    assert_eq!(take_apart(&file).unwrap().items.len(), 62);
    let mut many = Sections::default();
    for _ in 0..ITEMS_MAX {
        assert!(many.push(vec![1]));
    }
    assert!(!many.push(vec![1]));
    assert!(take_apart(&many.file(&[1])).is_ok());
}

#[test]
fn what_a_file_will_hold_is_known_before_it_is_made() {
    let (mut world, _, share) = apart();
    let foreseen = |world: &World, from: &str, to: &str| {
        waiting_in(&world[from].view, world[to].id, world.now)
            .map(|Waiting { envelopes, answers, left }| (envelopes, answers, left))
    };
    let made = |world: &mut World, from: &str, to: &str| {
        make(world, from, to).map(|Exported { envelopes, answers, left, .. }| (envelopes, answers, left))
    };
    assert_eq!(foreseen(&world, "guwahati", "shillong"), made(&mut world, "guwahati", "shillong"));
    assert_eq!(foreseen(&world, "guwahati", "guwahati"), Err(CarriedError::NotAMember));
    carry(&mut world, "guwahati", "shillong");
    world.act("shillong", |txn| sharing::previewed(txn, share)).unwrap();
    let back = made(&mut world, "shillong", "guwahati");
    assert!(back.as_ref().is_ok_and(|(envelopes, answers, left)| *envelopes > 0 && *answers > 0 && *left == 0), "{back:?}");
    assert_eq!(foreseen(&world, "shillong", "guwahati"), back);
    // More than a file holds, in sizes on both sides of the steps that envelopes are padded to.
    let to = world["shillong"].id;
    let sizes = [200 << 10, 300 << 10, 900 << 10, 30 << 10];
    for size in sizes.into_iter().cycle().take(160) {
        world.act("guwahati", |txn| outbox::queue(txn, to, crate::envelope::Kind::Message, vec![7; size], None)).unwrap();
    }
    let full = made(&mut world, "guwahati", "shillong");
    assert!(full.as_ref().is_ok_and(|(_, _, left)| (10..150).contains(left)), "{full:?}");
    assert_eq!(foreseen(&world, "guwahati", "shillong"), full);
}

#[test]
fn the_longest_list_of_contents_fits_its_seal() {
    let manifest = Manifest { items: vec![line(Content::Envelope(u64::MAX)); ITEMS_MAX], ..sample() };
    let signed = Signed::sign(&manifest, &NodeSecret::from_seed(&[2; 32]));
    let sealed = Sealed::seal(signed.as_bytes(), 1, &PrekeySecret::from_bytes(&[4; 32]).public(), &mut SeededRng::new(8));
    assert!(sealed.is_ok());
    assert_eq!(signed.verify(&NodeSecret::from_seed(&[2; 32]).public()).unwrap().items.len(), ITEMS_MAX);
}

#[test]
fn bytes_of_the_file_are_the_golden_ones() {
    let item = b"not really sealed".to_vec();
    let hash = ByteArray::new(derive(labels::CARRIED_ITEM, &item));
    let lines = [Content::Charter, Content::Answers, Content::Envelope(258)].map(|content| Line { content, hash }).to_vec();
    let signed = Signed::sign(&Manifest { items: lines, ..sample() }, &NodeSecret::from_seed(&[2; 32]));
    compare("carried-list", signed.as_bytes());
    let acks = [258, 259].map(|pair_seq| CarriedAck { pair_seq, ack: Signed::from_bytes(read("ack-applied")) });
    compare("carried-answers", &wire::encode(&acks.to_vec()));
    assert_eq!(wire::decode::<Vec<CarriedAck>>(&read("carried-answers"), 4096), Ok(acks.to_vec()));
    let mut sections = Sections::default();
    assert!(sections.push(item));
    compare("carried-file", &sections.file(b"not really sealed either"));
}

fn sample() -> Manifest {
    Manifest {
        federation: FederationId([7; 32]),
        from: UnitId([2; 32]),
        to: UnitId([3; 32]),
        created: NOON,
        answered_below: 9,
        items: Vec::new(),
    }
}

fn line(content: Content) -> Line {
    Line { content, hash: ByteArray::new([0; 32]) }
}

#[test]
fn acknowledgements_that_wait_are_bounded() {
    let (mut world, ..) = apart();
    carry(&mut world, "guwahati", "shillong");
    let from = world["guwahati"].id;
    let (_, ack) = owed::list(&world["shillong"].view, from).unwrap().remove(0);
    world
        .act("shillong", |txn: &mut Txn<'_>| {
            for number in 1..=5000 {
                owed::keep(txn, from, number, &ack)?;
            }
            Ok::<_, crate::machine::ViewError>(())
        })
        .unwrap();
    assert_eq!(world["shillong"].count(Table::OWED), 4096);
}
