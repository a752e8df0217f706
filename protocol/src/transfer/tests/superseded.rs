//! Old values do not stand again when a case comes to an owner who holds them still, and nobody is shown what came in between.
//! All units and people are invented.

use super::{GIRL, HANDED, folded, give, pass_on, write};
use crate::caselog::{FIELD_REMOVED, FIELD_SUPERSEDED, load, steers};
use crate::dictionary::Value;
use crate::ids::CaseId;
use crate::sharing::{accept, create, terms};
use crate::testing::World;
use crate::testing::drafts::{self, draft, id, instead, note, text};
use crate::time::DAY;

fn summarise(world: &mut World, unit: &str, case: CaseId, words: &str) {
    let seen = folded(world, unit, case).entity("case", id(1)).unwrap().field("summary").map(|field| field.seen());
    write(world, unit, case, &[instead(seen.unwrap_or_default(), text(id(1), "case", "summary", words))]);
}

fn summaries(world: &World, unit: &str, case: CaseId) -> Vec<String> {
    let folded = folded(world, unit, case);
    let field = folded.entity("case", id(1)).unwrap().field("summary").unwrap();
    field.versions.iter().map(|version| version.value.as_text().unwrap().to_owned()).collect()
}

fn holds(world: &World, unit: &str, words: &str) -> bool {
    world[unit].view.rows().any(|(.., value)| value.windows(words.len()).any(|window| window == words.as_bytes()))
}

/// Guwahati wrote a summary, Shillong replaced it twice, and Imphal has the case.
fn gone_on() -> (World, CaseId) {
    let (mut world, case) = HANDED.clone();
    // Back and forth first, so that Guwahati has a summary of its own.
    pass_on(&mut world, case, "shillong", "guwahati");
    summarise(&mut world, "guwahati", case, "As we heard it.");
    pass_on(&mut world, case, "guwahati", "shillong");
    summarise(&mut world, "shillong", case, "Taken up.");
    summarise(&mut world, "shillong", case, "Seen by the committee.");
    pass_on(&mut world, case, "shillong", "imphal");
    (world, case)
}

#[test]
fn the_first_owners_value_stays_replaced_though_nobody_shows_it_by_what() {
    let (mut world, case) = gone_on();
    assert_eq!(summaries(&world, "imphal", case), ["Seen by the committee."]);
    pass_on(&mut world, case, "imphal", "guwahati");
    assert_eq!(summaries(&world, "guwahati", case), ["Seen by the committee."]);
    // And so for whoever it goes to next.
    summarise(&mut world, "guwahati", case, "Closed.");
    pass_on(&mut world, case, "guwahati", "shillong");
    assert_eq!(summaries(&world, "shillong", case), ["Closed."]);
    assert_eq!(folded(&world, "shillong", case).entities, folded(&world, "guwahati", case).entities);
}

#[test]
fn what_came_in_between_is_shown_to_no_later_owner() {
    let (mut world, case) = gone_on();
    pass_on(&mut world, case, "imphal", "guwahati");
    for unit in ["imphal", "guwahati"] {
        assert!(holds(&world, unit, "Seen by the committee."));
        assert!(!holds(&world, unit, "Taken up."), "{unit} holds a value that did not stand when it was handed the case");
    }
    assert!(!holds(&world, "imphal", "As we heard it."));
}

#[test]
fn what_stands_no_more_is_said_once() {
    let (mut world, case) = gone_on();
    let said = |world: &World, unit: &str| {
        let log = load(&world[unit].view, case).unwrap().unwrap();
        log.changes.values().filter(|change| steers(change, FIELD_SUPERSEDED)).count()
    };
    let before = said(&world, "imphal");
    pass_on(&mut world, case, "imphal", "guwahati");
    assert_eq!(said(&world, "guwahati"), before);
    assert!(before > 0);
}

#[test]
fn what_a_later_owner_removed_is_removed_for_the_first_one_too() {
    let (mut world, case) = HANDED.clone();
    pass_on(&mut world, case, "shillong", "guwahati");
    write(&mut world, "guwahati", case, &note(id(60), "Of the first owner."));
    pass_on(&mut world, case, "guwahati", "shillong");
    write(&mut world, "shillong", case, &[draft(id(60), "note", FIELD_REMOVED, Value::Bool(true))]);
    pass_on(&mut world, case, "shillong", "imphal");
    assert!(!holds(&world, "imphal", "Of the first owner."));
    let is_removed = |world: &World| folded(world, "guwahati", case).entity("note", id(60)).unwrap().removed;
    assert!(!is_removed(&world), "nobody has told it");
    // A share is enough, and the case itself.
    let mut shown = world.clone();
    give(&mut shown, "imphal", case, "guwahati");
    assert!(is_removed(&shown));
    pass_on(&mut world, case, "imphal", "guwahati");
    assert!(is_removed(&world));
}

#[test]
fn a_former_owner_with_a_share_knows_which_of_its_values_stand_no_more() {
    let (mut world, case) = gone_on();
    let mut request = drafts::request(case, world["guwahati"].id, &[GIRL], world.now.plus(DAY));
    request.sections = drafts::sections(&["case"]);
    let share = world.act("imphal", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("guwahati", |txn| accept(txn, share)).unwrap();
    world.settle();
    let (_, stale) = terms(&world["guwahati"].view, share).unwrap().unwrap();
    let folded = folded(&world, "guwahati", case);
    let field = folded.entity("case", id(1)).unwrap().field("summary").unwrap();
    let current = field.versions.iter().filter(|version| !stale.contains(&version.commitment));
    assert_eq!(current.filter_map(|version| version.value.as_text()).collect::<Vec<_>>(), ["Seen by the committee."]);
}
