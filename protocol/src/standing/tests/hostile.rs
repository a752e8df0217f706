//! Members that show a restored node what is not so, or nothing.
//! The worst they reach is to stay locked.

use super::super::message::{Fact, Given, GivenState, Head, Shown, Standing};
use super::super::{release, standing};
use super::{SHARED, enter, folded, is_locked, meet, try_write, write};
use crate::caselog::{Change, LogEntry, case_row, load};
use crate::crypto::Signed;
use crate::envelope::{Kind, Received, outbox};
use crate::federation::{charter, charter_sync, own};
use crate::ids::{CaseId, EntryHash, ShareId};
use crate::machine::Table;
use crate::matching::{self, BeaconHead};
use crate::sharing::Taken;
use crate::testing::World;
use crate::testing::drafts::{id, note};
use crate::wire;

fn told(of: u32, facts: Vec<Fact>) -> Standing {
    Standing { round: 7, index: 0, of, whole: true, pair_seq: 3, beacon: 0, facts }
}

/// As if Shillong had said this to the restored node of Guwahati.
fn say(world: &mut World, standing_message: &Standing) -> Taken {
    said_by("shillong", world, standing_message)
}

fn said_by(unit: &str, world: &mut World, standing_message: &Standing) -> Taken {
    let from = world[unit].id;
    let received = Received::by_hand(from, 900, Kind::Standing, wire::encode(standing_message));
    world.act("guwahati", |txn| standing(txn, &received)).unwrap().0
}

fn restored() -> (World, CaseId) {
    let (mut world, case, _) = SHARED.clone();
    world.offline("shillong");
    world.restore("guwahati", SHARED.0["guwahati"].view.clone());
    (world, case)
}

#[test]
fn a_unit_that_names_entries_and_does_not_give_them_stays_locked_until_a_person_releases_it() {
    let (mut world, case) = restored();
    let owner = world["guwahati"].id;
    let head = Head { case, owner, seq: 1_000, hash: EntryHash([1; 32]) };
    for _ in 0..3 {
        assert_eq!(say(&mut world, &told(1, vec![Fact::Head(head)])), Taken::Applied);
        assert!(is_locked(&world, "guwahati", "shillong"));
    }
    meet(&mut world, "guwahati", "kathmandu");
    assert!(try_write(&mut world, "guwahati", case, &note(id(50), "no")).is_err());
    let unit = world["shillong"].id;
    world.act("guwahati", |txn| release(txn, unit)).unwrap();
    assert!(!is_locked(&world, "guwahati", "shillong"));
    write(&mut world, "guwahati", case, &note(id(50), "we go on"));
}

#[test]
fn a_question_that_is_not_answered_is_not_put_again_and_again() {
    let (mut world, case) = restored();
    let owner = world["guwahati"].id;
    // Shillong cannot give what was named in its name, and is asked once more and no further.
    world.online("shillong");
    world.restore("guwahati", SHARED.0["guwahati"].view.clone());
    let head = Head { case, owner, seq: 1_000, hash: EntryHash([1; 32]) };
    let asked = |world: &World| {
        let (from, to) = (world["guwahati"].id, world["shillong"].id);
        world.wire.iter().filter(|frame| (frame.from, frame.to, frame.what) == (from, to, "charter")).count()
    };
    let before = asked(&world);
    for _ in 0..3 {
        assert_eq!(say(&mut world, &told(1, vec![Fact::Head(head)])), Taken::Applied);
    }
    // What follows from the three is carried out only now: one exchange, since the second and third asked nothing new.
    world.settle();
    assert_eq!(asked(&world) - before, 1);
}

#[test]
fn entries_that_are_not_ours_are_not_taken_back() {
    let (mut world, case) = restored();
    let log = load(&world["shillong"].view, case).unwrap().unwrap();
    let ours = log.chains[&world["guwahati"].id].last().unwrap().clone();
    let forged = {
        let mut entry = ours.entry.clone().into_value();
        entry.seq += 1;
        entry.prev = Some(ours.hash);
        let key = crate::federation::own::load(&world["shillong"].view).unwrap().key();
        crate::crypto::Signed::sign(&entry, &key)
    };
    let before = case_row(&world["guwahati"].view, case).unwrap();
    let owner = world["guwahati"].id;
    let wrong_value = log.changes.values().next().unwrap().clone();
    for shown in [
        Shown { owner, entry: forged, changes: Vec::new() },
        Shown {
            owner,
            entry: ours.signed.clone(),
            changes: vec![crate::caselog::Change { salt: crate::ids::Salt([1; 32]), ..wrong_value }],
        },
    ] {
        let _ = say(&mut world, &told(2, vec![Fact::Entry(shown)]));
        assert!(world["guwahati"].incidents.last().unwrap().what.contains("showed an entry of ours"));
        assert_eq!(case_row(&world["guwahati"].view, case).unwrap(), before);
    }
}

/// A case that Guwahati opened after its backup, as it stood; and Guwahati put back, reached by nobody.
fn forgotten() -> (World, CaseId, Vec<LogEntry>, Vec<Vec<Change>>) {
    let (mut world, ..) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    let late = enter(&mut world, "guwahati", "GHY-9");
    write(&mut world, "guwahati", late, &note(id(50), "Invented."));
    let log = load(&world["guwahati"].view, late).unwrap().unwrap();
    let chain = log.chains[&world["guwahati"].id].clone();
    let values = chain.iter().map(|entry| log.changes_of(entry).map(|(_, change)| change.clone()).collect()).collect();
    assert!(chain.len() > 1);
    ["shillong", "kathmandu"].into_iter().for_each(|unit| world.offline(unit));
    world.restore("guwahati", old);
    (world, late, chain, values)
}

fn head_of(case: CaseId, entry: &LogEntry) -> Fact {
    Fact::Head(Head { case, owner: entry.entry.unit, seq: entry.entry.seq, hash: entry.hash })
}

fn shown(entry: &LogEntry, changes: &[Change]) -> Fact {
    Fact::Entry(Shown { owner: entry.entry.unit, entry: entry.signed.clone(), changes: changes.to_vec() })
}

#[test]
fn whoever_cannot_open_how_a_case_began_is_not_accused_and_not_waited_for() {
    let (mut world, late, chain, _) = forgotten();
    let before = world["guwahati"].incidents.len();
    let last = head_of(late, chain.last().unwrap());
    let _ = say(&mut world, &told(1, vec![last.clone()]));
    assert!(is_locked(&world, "guwahati", "shillong"), "it has named entries, and is asked for them");
    let facts: Vec<Fact> = chain.iter().map(|entry| shown(entry, &[])).chain([last]).collect();
    let _ = say(&mut world, &told(1, facts));
    assert_eq!(world["guwahati"].incidents.len(), before);
    assert!(case_row(&world["guwahati"].view, late).unwrap().is_none());
    assert!(!is_locked(&world, "guwahati", "shillong"), "it gave what it has");
}

#[test]
fn what_it_could_not_open_is_asked_for_again_once_somebody_else_opened_the_case() {
    let (mut world, late, chain, values) = forgotten();
    let (last, earlier) = chain.split_last().unwrap();
    let facts: Vec<Fact> = chain.iter().map(|entry| shown(entry, &[])).chain([head_of(late, last)]).collect();
    let _ = say(&mut world, &told(1, facts));
    assert!(!is_locked(&world, "guwahati", "shillong"));
    let facts = earlier.iter().zip(&values).map(|(entry, changes)| shown(entry, changes));
    let facts: Vec<Fact> = facts.chain([head_of(late, earlier.last().unwrap())]).collect();
    // Twice, since it is asked once more for what it can open.
    let _ = said_by("kathmandu", &mut world, &told(1, facts.clone()));
    let _ = said_by("kathmandu", &mut world, &told(1, facts));
    assert!(case_row(&world["guwahati"].view, late).unwrap().is_some());
    assert!(is_locked(&world, "guwahati", "shillong"), "else its last entry would be written a second time");
    assert!(try_write(&mut world, "guwahati", late, &note(id(51), "no")).is_err());
    // It is asked from the beginning: what it could open at first had no place here.
    let _ = say(&mut world, &told(1, vec![head_of(late, last)]));
    let facts = chain.iter().map(|entry| shown(entry, &[])).chain([head_of(late, last)]).collect();
    let _ = say(&mut world, &told(1, facts));
    assert!(!is_locked(&world, "guwahati", "shillong"));
    write(&mut world, "guwahati", late, &note(id(51), "we go on"));
    let log = load(&world["guwahati"].view, late).unwrap().unwrap();
    assert_eq!(log.chains[&world["guwahati"].id][chain.len() - 1].hash, last.hash);
}

#[test]
fn nobody_makes_a_case_ours_or_ends_a_third_units_share() {
    let (mut world, _) = restored();
    let before = folded(&world, "guwahati", SHARED.1);
    let owner = world["guwahati"].id;
    let foreign = CaseId([9; 32]);
    let facts = vec![
        Fact::Head(Head { case: foreign, owner, seq: 0, hash: EntryHash([1; 32]) }),
        Fact::Given(Given { id: ShareId([1; 16]), state: GivenState::Over, lowered: 0 }),
        Fact::Given(Given { id: SHARED.2, state: GivenState::Over, lowered: 0 }),
    ];
    assert_eq!(say(&mut world, &told(1, facts)), Taken::Applied);
    assert!(case_row(&world["guwahati"].view, foreign).unwrap().is_none());
    assert_eq!(folded(&world, "guwahati", SHARED.1), before);
    assert!(is_locked(&world, "guwahati", "shillong"), "it named an entry that it did not give");
}

#[test]
fn impossible_numbers_break_nothing() {
    let (mut world, case) = restored();
    let mut message = told(1, Vec::new());
    (message.pair_seq, message.beacon) = (u64::MAX, u64::MAX);
    assert_eq!(say(&mut world, &message), Taken::Applied);
    // It names a beacon, and gives none when it is asked for it; then it is not waited for.
    assert_eq!(say(&mut world, &message), Taken::Applied);
    assert!(is_locked(&world, "guwahati", "shillong"), "that is no answer to the question");
    message.facts = vec![Fact::BeaconsAfter(matching::own_until(&world["guwahati"].view).unwrap())];
    assert_eq!(say(&mut world, &message), Taken::Applied);
    assert!(!is_locked(&world, "guwahati", "shillong"));
    let to = world["shillong"].id;
    world.act("guwahati", |txn| outbox::queue(txn, to, Kind::Void, Vec::new(), None)).unwrap();
    meet(&mut world, "guwahati", "kathmandu");
    write(&mut world, "guwahati", case, &note(id(50), "we go on"));
    for (index, of) in [(1, 1), (0, 0), (0, u32::MAX), (5, 2)] {
        let message = Standing { index, of, ..told(1, Vec::new()) };
        assert!(matches!(say(&mut world, &message), Taken::Refused(_)), "{index} of {of}");
    }
}

#[test]
fn only_this_unit_says_how_far_its_beacons_reach() {
    let (mut world, _) = restored();
    let unit = world["guwahati"].id;
    let number = |world: &World| matching::newest_number(&world["guwahati"].view, unit).unwrap();
    let before = number(&world);
    let own = |by: &str| own::load(&world[by].view).unwrap();
    let (ours, theirs) = (own("guwahati"), own("shillong"));
    let federation = charter::current(&world["guwahati"].view).unwrap().unwrap().federation;
    let reaching = |highest, at| BeaconHead { federation, epoch: 0, floor: 1, highest, at };
    let later = world.now.plus(1);
    let heads = [
        Signed::sign(&reaching(77, later), &theirs.key()),
        Signed::sign(&reaching(u64::MAX, later), &ours.key()),
        Signed::sign(&BeaconHead { floor: 99, ..reaching(77, later) }, &ours.key()),
    ];
    let facts = heads.into_iter().map(Fact::BeaconHead).collect();
    assert_eq!(say(&mut world, &told(2, facts)), Taken::Applied);
    assert_eq!(number(&world), before);
    let _ = say(&mut world, &told(2, vec![Fact::BeaconHead(Signed::sign(&reaching(77, later), &ours.key()))]));
    assert_eq!(number(&world), 77);
}

#[test]
fn parts_are_waited_for_in_any_order() {
    let (mut world, case) = restored();
    let owner = world["guwahati"].id;
    let head = Head { case, owner, seq: 0, hash: EntryHash([1; 32]) };
    for index in [2, 0, 0] {
        assert_eq!(say(&mut world, &Standing { index, of: 3, ..told(3, Vec::new()) }), Taken::Applied);
        assert!(is_locked(&world, "guwahati", "shillong"));
    }
    let _ = say(&mut world, &Standing { index: 1, of: 3, ..told(3, vec![Fact::Head(head)]) });
    assert!(!is_locked(&world, "guwahati", "shillong"));
    assert!(world["guwahati"].incidents.iter().any(|one| one.what.contains("written anew")));
}

#[test]
fn a_unit_that_was_not_restored_takes_no_notice() {
    let (mut world, case, _) = SHARED.clone();
    let owner = world["guwahati"].id;
    let before = world["guwahati"].state();
    let head = Head { case, owner, seq: 1_000, hash: EntryHash([1; 32]) };
    assert_eq!(say(&mut world, &told(1, vec![Fact::Head(head)])), Taken::Applied);
    assert!(world["guwahati"].state() == before && !world["guwahati"].holds("canary"));
    assert_eq!(world["guwahati"].count(Table::RESTORED), 0);
}

#[test]
fn a_member_whose_words_were_not_compared_is_shown_numbers_only() {
    let (mut world, _, _) = SHARED.clone();
    let shillong = world["shillong"].id;
    let peer = crate::federation::peering::Peer {
        words_here: None,
        ..crate::federation::peering::load(&world["guwahati"].view, shillong).unwrap()
    };
    world
        .act("guwahati", |txn| {
            txn.put(shillong.as_bytes(), crate::machine::Scope::Master, &peer);
            Ok::<_, crate::machine::ViewError>(())
        })
        .unwrap();
    world.restore("shillong", SHARED.0["shillong"].view.clone());
    meet(&mut world, "shillong", "guwahati");
    // Shillong knows that it had more with Guwahati: it waits until the words are compared again.
    assert!(is_locked(&world, "shillong", "guwahati"));
    assert!(world["shillong"].incidents.iter().any(|one| one.what.contains("safety words")));
    world.confirm("guwahati", "shillong");
    world.settle();
    meet(&mut world, "shillong", "guwahati");
    assert!(!is_locked(&world, "shillong", "guwahati"));
    let request = charter_sync::request(&world["shillong"].view, world["guwahati"].id).unwrap().unwrap();
    assert_eq!(charter_sync::asked(&request), None, "and asks no more");
}
