//! Old values do not stand again when a case comes to an owner who holds them still, and nobody is shown what came in between.
//! All units and people are invented.

use super::{HANDED, folded, pass_on, write};
use crate::caselog::{FIELD_SUPERSEDED, load, steers};
use crate::ids::CaseId;
use crate::testing::World;
use crate::testing::drafts::{id, instead, text};

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
