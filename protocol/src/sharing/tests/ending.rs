//! The ends of a share and what stays after them: expiry on both sides, receipts that are not signed too early.
//! A recall that overtakes its share is in `arriving`.

use super::super::end::RecallPayload;
use super::super::share::Ended;
use super::super::{InState, OutState, Taken, may_contribute, pending_erasures, recall, recalled, received_view, terms};
use super::{MAN, SHARED, folded, given, held, states, write};
use crate::caselog::{case_row, load};
use crate::core::Input;
use crate::envelope::{Kind, Received};
use crate::machine::{Scope, Table};
use crate::testing::drafts::{id, note, text};
use crate::time::DAY;
use crate::wire;

#[test]
fn at_its_end_a_share_is_over_on_both_sides() {
    let (mut world, case, share) = SHARED.clone();
    world.advance(30 * DAY - 1);
    assert_eq!(states(&world, share), (OutState::Active, InState::Active));
    world.advance(1);
    assert_eq!(states(&world, share), (OutState::Expired, InState::Ended(Ended::Expired)));
    assert!(!world["shillong"].holds("Rofiqul"));
    let receipt = given(&world, share).receipt.unwrap().stored().unwrap().into_value();
    assert_eq!((receipt.share, receipt.ended), (share, Ended::Expired));
    write(&mut world, "guwahati", case, &[text(MAN, "person", "mother", "canary-later")]);
    world.settle();
    assert!(!world["shillong"].holds("canary-later"));
}

#[test]
fn nothing_depends_on_the_tick_being_punctual() {
    let (mut world, case, share) = SHARED.clone();
    world.now = world.now.plus(30 * DAY);
    assert_eq!(states(&world, share), (OutState::Active, InState::Active), "no tick yet");
    assert!(!may_contribute(&world["shillong"].view, case, world.now).unwrap());
    write(&mut world, "guwahati", case, &[text(MAN, "person", "mother", "canary-late")]);
    assert!(world.sealed("guwahati", "shillong").is_empty(), "nothing leaves");
    world.settle();
    assert!(!world["shillong"].holds("canary-late"));
}

#[test]
fn no_receipt_is_signed_before_the_key_is_destroyed() {
    let (mut world, _, share) = SHARED.clone();
    world.offline("shillong");
    let guwahati = world["guwahati"].id;
    let payload = wire::encode(&RecallPayload { share, revision: 0 });
    let received = Received::by_hand(guwahati, 900, Kind::Recall, payload);
    // The node stops after the commit and before the erasure; then the recall comes again.
    let mut view = world["shillong"].view.clone();
    for _ in 0..2 {
        let mut rng = crate::testing::rng::SeededRng::new(1);
        let mut txn = crate::machine::Txn::new(&view, world.now, &mut rng);
        assert_eq!(recalled(&mut txn, &received), Ok(Taken::Applied));
        view.apply(&txn.finish().writes);
    }
    world.put_back("shillong", view);
    assert_eq!(world["shillong"].count(Table::OUTBOX), 0, "no receipt yet");
    assert_eq!(pending_erasures(&world["shillong"].view), Ok(vec![Scope::Share(share)]));
    assert!(received_view(&world["shillong"].view, share).unwrap().is_none(), "it cannot be opened all the same");
    assert!(terms(&world["shillong"].view, share).unwrap().is_none());

    // At the next start the erasure is carried out, twice even; one receipt.
    let mut view = world["shillong"].view.clone();
    view.erase(Scope::Share(share));
    world.put_back("shillong", view);
    world.handle("shillong", Input::Erased(Scope::Share(share)));
    world.handle("shillong", Input::Erased(Scope::Share(share)));
    assert_eq!(world["shillong"].count(Table::OUTBOX), 1);
    assert!(held(&world, "shillong", share).unwrap().receipted);
    // Now that it is gone, a recall that comes again is answered again.
    assert_eq!(world.act("shillong", |txn| recalled(txn, &received)), Ok(Taken::Applied));
    assert_eq!(world["shillong"].count(Table::OUTBOX), 2);
}

#[test]
fn after_a_recall_the_headers_and_the_own_words_stay() {
    let (mut world, case, share) = SHARED.clone();
    write(&mut world, "shillong", case, &note(id(50), "our own words"));
    world.settle();
    let before = load(&world["shillong"].view, case).unwrap().unwrap();
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    let after = load(&world["shillong"].view, case).unwrap().unwrap();
    let hashes = |log: &crate::caselog::Log| log.chains.values().flatten().map(|entry| entry.hash).collect::<Vec<_>>();
    assert_eq!(hashes(&after), hashes(&before), "the chain stays whole");
    let own = world["shillong"].id;
    let words: Vec<_> = after.changes.values().filter(|change| !matches!(&*change.kind, "entry")).collect();
    assert!(words.len() == 1 && &*words[0].kind == "note");
    assert!(after.chains[&own].iter().all(|entry| after.changes_of(entry).count() == before.changes_of(entry).count()));
    assert!(case_row(&world["shillong"].view, case).unwrap().is_some());
    assert!(folded(&world, "shillong", case).entity("person", MAN).is_none());
    assert_eq!(given(&world, share).state, OutState::Recalled);
}

#[test]
fn one_share_of_two_ends_and_the_other_goes_on() {
    let (mut world, case, first) = SHARED.clone();
    let second = super::share(&mut world, case, "shillong");
    world.act("shillong", |txn| super::super::accept(txn, second)).unwrap();
    world.settle();
    world.act("guwahati", |txn| recall(txn, first)).unwrap();
    world.settle();
    assert_eq!(
        folded(&world, "shillong", case).entity("person_name", crate::testing::drafts::name_of(MAN)).unwrap().text("given"),
        "Rofiqul"
    );
    write(&mut world, "guwahati", case, &[text(MAN, "person", "mother", "Rahima")]);
    world.settle();
    assert_eq!(folded(&world, "shillong", case).entity("person", MAN).unwrap().text("mother"), "Rahima");
    world.act("guwahati", |txn| recall(txn, second)).unwrap();
    world.settle();
    assert!(!world["shillong"].holds("Rahima") && !world["shillong"].holds("Rofiqul"));
}
