//! What `append` refuses, how it cuts a save, and the padded sizes.
//! Not who may write.

use super::author;
use crate::caselog::entry::pad;
use crate::caselog::{Draft, LogRefusal, append, fold, load, open_case};
use crate::dictionary::Value;
use crate::ids::Commitment;
use crate::testing::World;
use crate::testing::drafts::{case, draft, id, note, text};
use crate::testing::rng::SeededRng;
use crate::wire;

#[test]
fn entries_have_four_sizes_and_no_other() {
    let mut rng = SeededRng::new(1);
    for (real, size) in [(0, 4), (1, 4), (4, 4), (5, 16), (16, 16), (17, 64), (64, 64), (65, 256), (256, 256)] {
        let commitments: Vec<Commitment> = (0..real).map(|_| Commitment::random(&mut rng)).collect();
        let padded = pad(commitments.clone(), &mut rng);
        assert_eq!(padded.len(), size, "{real}");
        assert!(padded.windows(2).all(|pair| pair[0] < pair[1]) && commitments.iter().all(|one| padded.contains(one)));
    }
}

#[test]
fn what_does_not_fit_the_dictionary_is_named_and_nothing_is_saved() {
    let mut world = World::members(&["guwahati"]);
    let (opened, _) = world.act("guwahati", |txn| open_case(txn, &case("GHY-1"), &author())).unwrap();
    let before = world["guwahati"].state();
    let wrong: Vec<Draft> = vec![
        text(id(2), "horoscope", "sign", "leo"),
        text(id(2), "person", "shoe_size", "41"),
        text(id(2), "person", "sex", "dragon"),
        draft(id(2), "person", "removed", Value::Int(1)),
        draft(id(2), "person", "parent", Value::Bytes(vec![2; 16])),
        draft(id(2), "person_name", "parent", Value::Bytes(vec![2; 15])),
        draft(id(2), "log", "admit", Value::Bytes(vec![2; 32])),
        draft(id(2), "entry", "at", Value::Int(1)),
    ];
    let drafts = [wrong.clone(), note(id(9), "all well")].concat();
    match world.act("guwahati", |txn| append(txn, opened, &drafts, &author())) {
        Err(LogRefusal::Fields(faults)) => assert_eq!(faults.len(), wrong.len()),
        other => panic!("{other:?}"),
    }
    assert!(matches!(world.act("guwahati", |txn| append(txn, opened, &[], &author())), Err(LogRefusal::Count)));
    let many = vec![note(id(9), "again").remove(0); 2001];
    assert!(matches!(world.act("guwahati", |txn| append(txn, opened, &many, &author())), Err(LogRefusal::Count)));
    let none = crate::ids::CaseId([9; 32]);
    assert!(matches!(world.act("guwahati", |txn| append(txn, none, &note(id(9), "x"), &author())), Err(LogRefusal::NoCase)));
    assert!(world["guwahati"].state() == before);
}

#[test]
fn a_large_save_becomes_several_entries_that_each_fit_an_envelope() {
    let mut world = World::members(&["guwahati"]);
    let (opened, _) = world.act("guwahati", |txn| open_case(txn, &case("GHY-1"), &author())).unwrap();
    let words = "অ".repeat(9_000);
    let drafts: Vec<Draft> =
        (0..100).flat_map(|number| note(id(number), &words)).chain((0..400).flat_map(|_| note(id(200), "short"))).collect();
    let appended = world.act("guwahati", |txn| append(txn, opened, &drafts, &author())).unwrap();
    assert_eq!(appended.commitments.len(), 500);
    let log = load(&world["guwahati"].view, opened).unwrap().unwrap();
    let chain = &log.chains[&world["guwahati"].id];
    assert!(chain.len() > 10);
    for entry in chain {
        let bytes: usize = log.changes_of(entry).map(|(_, change)| wire::encode(change).len()).sum();
        assert!(bytes < 300 * 1024 && entry.entry.is_well_formed());
        assert!(log.changes_of(entry).any(|(_, change)| &*change.field == "at"));
    }
    assert_eq!(chain.last().unwrap().hash, appended.head);
    let folded = fold(&log);
    assert_eq!(folded.of_kind("note").count(), 101);
    assert_eq!(folded.entity("note", id(200)).unwrap().field("text").unwrap().versions.len(), 400);
}
