//! For random masks the receiver holds exactly what the mask names: nothing of a person without a ground, nothing of another section
//! or class; and after another mask exactly what that one names.
//! The rule is written here a second time, by hand, over canaries that say what they are.

use super::super::{Basis, Request, SharePerson, accept, create, revise};
use super::author;
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::open_case;
use crate::dictionary::ShareClass;
use crate::ids::{CaseId, EntityId};
use crate::testing::World;
use crate::testing::drafts::{self, consent, draft, id, text};
use crate::time::DAY;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

const PEOPLE: [EntityId; 3] = [id(10), id(20), id(30)];
const SECTIONS: [&str; 5] = ["case", "identity", "route", "process", "notes"];

/// One value of the case: what it says, of whom it is, its section and class.
struct Canary(String, Option<usize>, &'static str, ShareClass);

static CASE: LazyLock<(World, CaseId, Vec<Canary>)> = LazyLock::new(|| {
    let mut canaries = vec![
        Canary("canary-case-i".to_owned(), None, "case", ShareClass::I),
        Canary("canary-case-b".to_owned(), None, "case", ShareClass::B),
        Canary("canary-note-all".to_owned(), None, "notes", ShareClass::I),
    ];
    let mut drafts = drafts::case("GHY-1");
    drafts.retain(|draft| !matches!(&*draft.field, "summary" | "title"));
    drafts.push(text(id(1), "case", "summary", "canary-case-i"));
    drafts.push(text(id(1), "case", "title", "canary-case-b"));
    drafts.extend(drafts::note(id(90), "canary-note-all"));
    for (at, person) in PEOPLE.into_iter().enumerate() {
        let number = u8::try_from(at).unwrap() * 10;
        let mut canary = |name: &str, section, class| {
            let words = format!("canary-{name}-{at}");
            canaries.push(Canary(words.clone(), Some(at), section, class));
            words
        };
        drafts.push(text(person, "person", "father", &canary("father", "identity", ShareClass::I)));
        drafts.push(text(person, "person", "health_alert", &canary("health", "identity", ShareClass::X)));
        drafts.extend(drafts::leg(id(100 + number), person, &canary("leg", "route", ShareClass::I)));
        drafts.extend(drafts::stage(id(101 + number), person, "R2", "planned"));
        drafts.push(text(id(101 + number), "stage_entry", "note", &canary("stage", "process", ShareClass::I)));
        drafts.extend(drafts::note(id(102 + number), &canary("note", "notes", ShareClass::I)));
        drafts.push(draft(id(102 + number), "note", "person", drafts::reference(person)));
    }
    // The first two have agreed, the third has not.
    drafts.extend(consent(id(70), PEOPLE[0]).into_iter().chain(consent(id(71), PEOPLE[1])));
    let mut world = World::federation(&["guwahati", "shillong"]);
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &author())).unwrap();
    world.settle();
    (world, case, canaries)
});

/// Which persons, sections and classes.
#[derive(Debug, Clone)]
struct Mask {
    people: BTreeSet<usize>,
    sections: BTreeSet<usize>,
    classes: BTreeSet<ShareClass>,
}

fn mask() -> impl Strategy<Value = Mask> {
    let classes = [ShareClass::S, ShareClass::B, ShareClass::I];
    let some = |count: usize, least| proptest::collection::btree_set(0..count, least..=count);
    (some(3, 0), some(SECTIONS.len(), 1), some(3, 1)).prop_map(move |(people, sections, chosen)| Mask {
        people,
        sections,
        classes: chosen.into_iter().map(|at| classes[at]).collect(),
    })
}

impl Mask {
    fn request(&self, world: &World, case: CaseId) -> Request {
        let usual = drafts::request(case, world["shillong"].id, &[], world.now.plus(30 * DAY));
        let person = |at: &usize| SharePerson { entity: PEOPLE[*at], basis: Basis::Consent, reason: BoundedText::default() };
        let names: Vec<&str> = self.sections.iter().map(|at| SECTIONS[*at]).collect();
        Request {
            persons: BoundedVec::new(self.people.iter().map(person).collect()).unwrap(),
            sections: drafts::sections(&names),
            classes: BoundedVec::new(self.classes.iter().copied().collect()).unwrap(),
            ..usual
        }
    }

    fn shows(&self, canary: &Canary) -> bool {
        let Canary(_, person, section, class) = canary;
        person.is_none_or(|at| self.people.contains(&at))
            && self.sections.iter().any(|at| SECTIONS[*at] == *section)
            && self.classes.contains(class)
    }
}

/// Exactly what the mask names is in the receiver's rows.
fn exact(world: &World, mask: &Mask) {
    for canary in &CASE.2 {
        assert_eq!(world["shillong"].holds(&canary.0), mask.shows(canary), "{} under {mask:?}", canary.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_receiver_holds_what_the_mask_names_and_nothing_else(first in mask(), second in mask()) {
        let (mut world, case) = (CASE.0.clone(), CASE.1);
        let agreed = |mask: &Mask| !mask.people.contains(&2);
        let request = first.request(&world, case);
        let made = world.act("guwahati", |txn| create(txn, request));
        prop_assert_eq!(made.is_ok(), agreed(&first), "who has not agreed is not shared");
        let Ok(share) = made else {
            world.settle();
            prop_assert!(CASE.2.iter().all(|canary| !world["shillong"].holds(&canary.0)));
            return Ok(());
        };
        world.settle();
        exact(&world, &first);
        world.act("shillong", |txn| accept(txn, share)).unwrap();
        world.settle();
        exact(&world, &first);
        let request = second.request(&world, case);
        let revised = world.act("guwahati", |txn| revise(txn, share, request));
        world.settle();
        exact(&world, if revised.is_ok() { &second } else { &first });
        prop_assert!(agreed(&second) || revised.is_err());
    }
}
