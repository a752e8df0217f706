//! After a transfer: who may write, what the old owner keeps, how others follow the new owner.
//! The course up to there is in `course`.

use super::super::{Request, propose};
use super::{GIRL, HANDED, MAN, SHARED, SISTER, everybody, folded, give, offer, owner, say_yes, write};
use crate::caselog::{FIELD_REMOVED, MOST_HANDOVERS, append, case_row, custody, load};
use crate::dictionary::Value;
use crate::ids::CaseId;
use crate::sharing::{ContributionState, Rights, Share, accept, admit, contributions, create, may_contribute, take_back};
use crate::testing::World;
use crate::testing::drafts::{self, id, instead, note, text};
use crate::time::DAY;

#[test]
fn the_new_owner_writes_and_the_old_one_keeps_what_it_had() {
    let (mut world, case) = HANDED.clone();
    let seen = folded(&world, "shillong", case).entity("case", id(1)).unwrap().field("summary").unwrap().seen();
    write(&mut world, "shillong", case, &[instead(seen, text(id(1), "case", "summary", "Taken up in Shillong."))]);
    assert_eq!(folded(&world, "shillong", case).entity("case", id(1)).unwrap().text("summary"), "Taken up in Shillong.");
    let old = folded(&world, "guwahati", case);
    assert_eq!(old.entity("case", id(1)).unwrap().text("summary"), "Invented for a test.", "no updates without a share back");
    assert_eq!(old.entity("person", GIRL).unwrap().text("health_alert"), "canary-health");
}

#[test]
fn what_the_old_owner_writes_later_does_not_count_by_itself() {
    let (mut world, case) = HANDED.clone();
    assert!(!may_contribute(&world["guwahati"].view, case, world.now).unwrap());
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    let man = folded(&world, "guwahati", case);
    let man = man.entity("person", MAN).unwrap();
    assert_eq!((man.text("father"), man.field("father").unwrap().pending.len()), ("", 1));
    assert!(!world["shillong"].holds("Karim"));
}

#[test]
fn the_old_owner_contributes_under_a_share_back_and_only_what_is_new() {
    let (mut world, case) = HANDED.clone();
    give(&mut world, "shillong", case, "guwahati");
    let before = contributions(&world["shillong"].view, case).unwrap().len();
    write(&mut world, "guwahati", case, &note(id(50), "Met the family again."));
    let rows = contributions(&world["shillong"].view, case).unwrap();
    assert_eq!((before, rows.len()), (0, 1), "what it wrote as the owner is not sent again");
    world.act("shillong", |txn| admit(txn, case, rows[0].0, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    for unit in ["guwahati", "shillong"] {
        assert!(!folded(&world, unit, case).entity("note", id(50)).unwrap().is_pending(), "{unit}");
    }
    assert_eq!(contributions(&world["shillong"].view, case).unwrap()[0].1.state, ContributionState::Admitted);
}

#[test]
fn a_third_unit_follows_the_new_owner_by_its_proof() {
    let (mut world, case) = HANDED.clone();
    give(&mut world, "shillong", case, "kathmandu");
    give(&mut world, "shillong", case, "imphal");
    for unit in ["kathmandu", "imphal"] {
        assert_eq!(owner(&world, unit, case), world["shillong"].id, "{unit}");
        assert_eq!(custody(&world[unit].view, case).unwrap().unwrap().len(), 2);
        assert_eq!(folded(&world, unit, case).entity("person", MAN).unwrap().text("sex"), "male");
        assert!(!world[unit].holds("canary-health") && !world[unit].holds("Binita"));
    }
    // What Kathmandu writes now goes to Shillong.
    write(&mut world, "kathmandu", case, &note(id(51), "Seen at the border."));
    assert_eq!(contributions(&world["shillong"].view, case).unwrap().len(), 1);
    assert!(!world["guwahati"].holds("Seen at the border."));
}

#[test]
fn what_waited_for_the_old_owner_at_its_author_counts_once_the_author_owns_the_case() {
    let (mut world, case, _) = super::SHARED.clone();
    write(&mut world, "shillong", case, &note(id(52), "Ours, never admitted."));
    super::offer(&mut world, case, "shillong").unwrap();
    say_yes(&mut world, case, "shillong");
    assert!(!folded(&world, "shillong", case).entity("note", id(52)).unwrap().is_pending());
}

#[test]
fn contributions_that_may_not_pass_stay_and_are_counted() {
    let (mut world, case, _) = super::SHARED.clone();
    // Shares of a third unit pass on only after asking: that is how contributions leave it.
    write(&mut world, "kathmandu", case, &note(id(53), "canary-kathmandu"));
    let entry = contributions(&world["guwahati"].view, case).unwrap()[0].0;
    world.act("guwahati", |txn| admit(txn, case, entry, &drafts::author("Officer Das"))).unwrap();
    world.settle();
    super::offer(&mut world, case, "shillong").unwrap();
    say_yes(&mut world, case, "shillong");
    assert_eq!(owner(&world, "shillong", case), world["shillong"].id);
    assert!(!world["shillong"].holds("canary-kathmandu"));
    assert_eq!(super::given(&world["guwahati"].view, case).unwrap().unwrap().kept, 1);
    // Its header came, so the line has no hole.
    assert!(load(&world["shillong"].view, case).unwrap().unwrap().by_hash(entry).is_some());
}

#[test]
fn a_case_comes_back_and_goes_on_from_there() {
    let (mut world, case) = HANDED.clone();
    give(&mut world, "shillong", case, "guwahati");
    let request = Request { case, to: world["guwahati"].id, persons: everybody(&[GIRL, MAN, SISTER]) };
    world.act("shillong", |txn| propose(txn, request, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    say_yes(&mut world, case, "guwahati");
    assert_eq!(owner(&world, "shillong", case), world["guwahati"].id);
    assert_eq!(custody(&world["guwahati"].view, case).unwrap().unwrap().len(), 3);
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    assert_eq!(folded(&world, "guwahati", case).entity("person", MAN).unwrap().text("father"), "Karim");
    give(&mut world, "guwahati", case, "imphal");
    assert_eq!(folded(&world, "imphal", case).entity("person", MAN).unwrap().text("father"), "Karim");
    assert!(case_row(&world["imphal"].view, case).unwrap().unwrap().handovers.len() < MOST_HANDOVERS);
}

#[test]
fn what_a_former_owner_wrote_does_not_stand_again_once_the_case_is_back() {
    let (mut world, case) = HANDED.clone();
    for words in ["Taken up in Shillong.", "Seen by the committee."] {
        let seen = folded(&world, "shillong", case).entity("case", id(1)).unwrap().field("summary").unwrap().seen();
        write(&mut world, "shillong", case, &[instead(seen, text(id(1), "case", "summary", words))]);
    }
    write(&mut world, "shillong", case, &[text(MAN, "person", "father", "Karim")]);
    give(&mut world, "shillong", case, "guwahati");
    let request = Request { case, to: world["guwahati"].id, persons: everybody(&[GIRL, MAN, SISTER]) };
    world.act("shillong", |txn| propose(txn, request, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    say_yes(&mut world, case, "guwahati");
    assert_eq!(owner(&world, "guwahati", case), world["guwahati"].id);
    let back = folded(&world, "guwahati", case);
    let summary = back.entity("case", id(1)).unwrap().field("summary").unwrap();
    assert!(!summary.in_conflict());
    assert_eq!(back.entity("case", id(1)).unwrap().text("summary"), "Seen by the committee.");
    assert_eq!(back.entities, folded(&world, "shillong", case).entities, "both show the same case");
}

#[test]
fn what_the_new_owner_contributed_is_as_it_was_with_the_former_one() {
    let (mut world, case, _) = super::SHARED.clone();
    write(&mut world, "shillong", case, &note(id(52), "Ours, and removed."));
    write(&mut world, "shillong", case, &note(id(53), "Ours, and replaced."));
    for (entry, _) in contributions(&world["guwahati"].view, case).unwrap() {
        world.act("guwahati", |txn| admit(txn, case, entry, &drafts::author("Officer Das"))).unwrap();
    }
    world.settle();
    write(&mut world, "guwahati", case, &[drafts::draft(id(52), "note", FIELD_REMOVED, Value::Bool(true))]);
    for words in ["Put better.", "Put best."] {
        let seen = folded(&world, "guwahati", case).entity("note", id(53)).unwrap().field("text").unwrap().seen();
        write(&mut world, "guwahati", case, &[instead(seen, text(id(53), "note", "text", words))]);
    }
    super::offer(&mut world, case, "shillong").unwrap();
    say_yes(&mut world, case, "shillong");
    let there = folded(&world, "shillong", case);
    assert!(there.entity("note", id(52)).unwrap().removed);
    assert!(!there.entity("note", id(53)).unwrap().field("text").unwrap().in_conflict());
    assert_eq!(there.entity("note", id(53)).unwrap().text("text"), "Put best.");
}

/// He is removed, and the case goes to Shillong.
fn handed_without_the_man(world: &mut World, case: CaseId) {
    write(world, "guwahati", case, &[drafts::draft(MAN, "person", FIELD_REMOVED, Value::Bool(true))]);
    let request = Request { case, to: world["shillong"].id, persons: everybody(&[GIRL, SISTER]) };
    world.act("guwahati", |txn| propose(txn, request, &drafts::author("Officer Das"))).unwrap();
    world.settle();
    say_yes(world, case, "shillong");
    assert_eq!(owner(world, "shillong", case), world["shillong"].id);
}

#[test]
fn what_the_new_owner_wrote_of_a_removed_person_still_says_whose_it_is() {
    let (mut world, case, _) = super::SHARED.clone();
    let name = folded(&world, "shillong", case);
    let name = name.of_kind("person_name").find(|(_, name)| name.parent == Some(MAN)).unwrap().0;
    write(&mut world, "shillong", case, &[text(name, "person_name", "given", "Rafiq")]);
    handed_without_the_man(&mut world, case);
    let there = folded(&world, "shillong", case);
    assert_eq!(there.entity("person_name", name).unwrap().text("given"), "Rafiq", "its own words it keeps");
    assert_eq!(there.entity("person_name", name).unwrap().parent, Some(MAN));
    assert!(there.entity("person", MAN).unwrap().removed);
}

#[test]
fn a_role_that_the_new_owner_wrote_of_a_removed_person_does_not_stand_without_her() {
    let (mut world, case, _) = super::SHARED.clone();
    let role = folded(&world, "guwahati", case);
    let role = role.of_kind("case_person").find(|(_, role)| role.value("person") == Some(&drafts::reference(MAN))).unwrap().0;
    // Nobody has admitted it yet.
    write(&mut world, "shillong", case, &[text(role, "case_person", "modus", "a job in a shop")]);
    handed_without_the_man(&mut world, case);
    assert!(folded(&world, "shillong", case).entity("person", MAN).is_some_and(|man| man.removed));
}

#[test]
fn a_save_that_comes_after_the_case_went_is_no_save_of_the_owner() {
    let (mut world, case) = HANDED.clone();
    let before = world.wire.iter().filter(|frame| frame.what == "envelope").count();
    world.act("guwahati", |txn| append(txn, case, &note(id(54), "too late"), &drafts::author("Officer Das"))).unwrap();
    world.settle();
    assert_eq!(world.wire.iter().filter(|frame| frame.what == "envelope").count(), before);
}

#[test]
fn who_takes_back_what_did_not_go_along_is_not_accused_by_the_new_owner() {
    let (mut world, case, _) = SHARED.clone();
    // Nobody admits it, so it stays with Guwahati; and the share of the new owner lets nothing be written.
    write(&mut world, "kathmandu", case, &note(id(52), "canary-kathmandu"));
    let entry = contributions(&world["guwahati"].view, case).unwrap()[0].0;
    offer(&mut world, case, "shillong").unwrap();
    say_yes(&mut world, case, "shillong");
    let request = drafts::request(case, world["kathmandu"].id, &[GIRL, MAN], world.now.plus(DAY));
    let share = world.act("shillong", |txn| create(txn, Share { rights: Rights::Read, ..request })).unwrap();
    world.settle();
    world.act("kathmandu", |txn| accept(txn, share)).unwrap();
    world.settle();
    assert!(world["guwahati"].holds("canary-kathmandu") && !world["shillong"].holds("canary-kathmandu"));
    world.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    assert!(!world["guwahati"].holds("canary-kathmandu"));
    for unit in ["guwahati", "shillong", "kathmandu"] {
        assert!(world[unit].incidents.is_empty(), "{unit}: {:?}", world[unit].incidents);
    }
}
