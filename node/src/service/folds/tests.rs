//! What is kept is what a fresh reading gives, and is gone when it has to be. All people are invented.
//! Over logs in memory; what a page shows of them is tested beside `open`.

use super::*;
use icmc_protocol::caselog::{Author, Change, ForeignError, LogRefusal, append, check, load, open_case};
use icmc_protocol::machine::{Scope, Txn};
use icmc_protocol::testing::World;
use icmc_protocol::testing::drafts::{case as opening, id, text};

const OWNER: &str = "Shillong";
const OTHER: &str = "Guwahati";
const SHARE: ShareId = ShareId([5; 16]);

fn author() -> Author {
    Author { name: "Officer Das".to_owned() }
}

fn opened() -> (World, CaseId) {
    let mut world = World::members(&[OWNER, OTHER]);
    let case = world.act(OWNER, |txn| open_case(txn, &opening("SH-26-0001"), &author())).unwrap().0;
    (world, case)
}

fn note(txn: &mut Txn<'_>, case: CaseId, number: u8) -> Result<(), LogRefusal> {
    append(txn, case, &[text(id(number), "note", "text", &format!("Note {number}."))], &author()).map(|_| ())
}

/// As it is kept, which must be as it is.
fn seen(folds: &Folds, view: &dyn View, case: CaseId, ways: &Ways) -> Arc<Content> {
    let content = folds.content(view, Some(view), case, ways.clone()).unwrap().unwrap();
    let row = case_row(view, case).unwrap().unwrap();
    let fresh = Content::read(view, case, row, ways.clone()).unwrap().unwrap();
    assert_eq!(*content.folded, *fresh.folded);
    assert_eq!(content.log.changes, fresh.log.changes);
    content
}

#[test]
fn a_case_is_read_once_and_then_only_what_is_new() {
    let (mut world, case) = opened();
    let folds = Folds::default();
    let first = seen(&folds, &world[OWNER].view, case, &Ways::All);
    assert!(Arc::ptr_eq(&first, &seen(&folds, &world[OWNER].view, case, &Ways::All)));
    drop(first);
    for number in 10..14 {
        world.act(OWNER, |txn| note(txn, case, number)).unwrap();
        assert!(seen(&folds, &world[OWNER].view, case, &Ways::All).folded.entity("note", id(number)).is_some());
    }
    folds.clear();
    assert!(folds.take(case).is_none());
}

#[test]
fn what_is_not_committed_is_seen_and_not_kept() {
    let (mut world, case) = opened();
    let folds = Folds::default();
    let before = seen(&folds, &world[OWNER].view, case, &Ways::All);
    let committed = world[OWNER].view.clone();
    let mut rng = world.rng(OWNER).clone();
    let mut txn = Txn::new(&committed, world.now, &mut rng);
    note(&mut txn, case, 10).unwrap();
    for view in [None, Some(&committed as &dyn View)] {
        let ahead = folds.content(&txn, view, case, Ways::All).unwrap().unwrap();
        assert!(ahead.folded.entity("note", id(10)).is_some());
    }
    drop(txn);
    let after = seen(&folds, &committed, case, &Ways::All);
    assert!(Arc::ptr_eq(&before, &after), "the step was refused");
    // Another entry of the same number takes its place.
    world.act(OWNER, |txn| note(txn, case, 11)).unwrap();
    seen(&folds, &world[OWNER].view, case, &Ways::All);
}

#[test]
fn what_comes_late_or_under_another_share_or_no_longer_is_read_anew() {
    let (mut world, case) = opened();
    world.act(OWNER, |txn| note(txn, case, 10)).unwrap();
    let log = load(&world[OWNER].view, case).unwrap().unwrap();
    let entries: Vec<_> = log.chains.values().flatten().map(|entry| entry.signed.clone()).collect();
    let changes: Vec<_> = log.changes.values().cloned().collect();
    let give = |world: &mut World, part: &[Change], share| {
        let take = |txn: &mut Txn<'_>| {
            check(txn, case, log.owner, &entries, part)?.write(txn, Scope::Share(share));
            Ok::<_, ForeignError>(())
        };
        world.act(OTHER, take).unwrap();
    };
    let folds = Folds::default();
    let one = Ways::Under([SHARE].into());
    let (early, late) = changes.split_at(changes.len() / 2);
    give(&mut world, early, SHARE);
    let before = seen(&folds, &world[OTHER].view, case, &one).log.changes.len();
    give(&mut world, late, SHARE);
    assert!(seen(&folds, &world[OTHER].view, case, &one).log.changes.len() > before, "opened later");
    let other = ShareId([6; 16]);
    give(&mut world, early, other);
    let both = Ways::Under([SHARE, other].into());
    assert_eq!(seen(&folds, &world[OTHER].view, case, &both).log.changes.len(), changes.len());
    // One of the shares ends: what came under it alone is gone at once.
    let left = seen(&folds, &world[OTHER].view, case, &Ways::Under([other].into()));
    assert_eq!(left.log.changes.len(), early.len());
}

#[test]
fn no_more_is_kept_than_the_bound() {
    let (world, case) = opened();
    let folds = Folds::default();
    let content = seen(&folds, &world[OWNER].view, case, &Ways::All);
    for number in 0..CASES + 10 {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        folds.put(CaseId(bytes), Arc::clone(&content));
    }
    assert_eq!(folds.lock().cases.len(), CASES);
    assert!(!folds.lock().cases.contains_key(&case), "the one used longest ago has gone");
}
