//! The draft of a new case as its form sends it: which people and legs there are, and the request made from them.
//! Names of boxes: `case.…`, `p0.name.…`, `p0.person.…`, `l0.…`, `n.text`.

use super::fields::{Fields, Input, fields_of};
use super::form::Posted;
use icmc_node::service::model::{NewCase, NewPerson};
use icmc_protocol::dictionary::{Place, PlaceKind, Places};
use serde_json::Value;

/// Most people and most legs of one form; more are added on the case's page.
const BLOCKS: usize = 20;
/// The parts of a person's block: kind and prefix.
pub(super) const PARTS: [(&str, &str); 5] = [
    ("person_name", "name"),
    ("person", "person"),
    ("case_person", "role"),
    ("person_phone", "phone"),
    ("person_identifier", "paper"),
];
/// Fields of a case that make no sense before it is open.
pub(super) const NOT_AT_FIRST: &[&str] = &["case_no", "status", "closed_on", "closure_reason"];
/// Fields of a role that only victims have.
pub(super) const OF_VICTIMS: &[&str] =
    &["trafficking_status", "missing_since", "acts", "means", "purpose", "recruit_method", "recruit_relation"];
/// Fields of a role that only suspects have.
pub(super) const OF_SUSPECTS: &[&str] = &["part", "suspect_status", "known_to_victim", "modus", "source_eval", "info_eval"];

/// A part of the form.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) id: String,
    pub(super) legend: String,
    pub(super) hidden: Vec<(String, String)>,
    pub(super) main: Vec<Input>,
    pub(super) more: Vec<Input>,
    pub(super) open: bool,
}

/// The form's first state, with what was searched for under the role that the person is to have: `add_victim`, `add_suspect`.
pub(super) fn begin(asked: &Posted, role: &str, today: &str) -> Posted {
    let mut posted = Posted::default();
    posted.push("case.opened_on", today);
    posted.push("case.priority", "medium");
    add(&mut posted, role);
    let name = asked.one("q.name");
    if name.is_ascii() || name.chars().any(|letter| ('\u{c0}'..='\u{24f}').contains(&letter)) {
        let (given, family) = name.rsplit_once(' ').unwrap_or((name, ""));
        posted.push("p0.name.given", given.trim());
        posted.push("p0.name.family", family);
    } else {
        posted.push("p0.name.full_native", name);
    }
    match asked.one("q.age") {
        age if age.len() >= 4 => posted.push("p0.person.birth", age),
        age => posted.push("p0.person.age_stated", age),
    }
    posted.push("p0.person.sex", asked.one("q.sex"));
    posted.push("p0.person.guardian", asked.one("q.guardian"));
    if let Some((country, state, district)) = district(asked.one("q.district")) {
        posted.push("p0.person.home_country", country);
        posted.push("p0.person.home_state", state);
        posted.push("p0.person.home_district", district);
    }
    posted.push("p0.person.home_village", asked.one("q.place"));
    posted.push("p0.phone.number", asked.one("q.phone"));
    posted.push("p0.paper.number", asked.one("q.id"));
    posted
}

/// Country, state and district, if the gazetteer has one district of that present or older name and no more: names recur.
fn district(typed: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let places = Places::builtin();
    let typed = typed.to_lowercase();
    let is_named = |place: &&Place| {
        let mut names = std::iter::once(&place.name).chain(&place.alt_names);
        place.kind == PlaceKind::District && names.any(|name| name.to_lowercase() == typed)
    };
    let mut named = places.all().filter(is_named);
    let found = named.next().filter(|_| named.next().is_none())?;
    let state = places.place(found.parent.as_deref()?)?;
    Some((places.label(state.parent.as_deref()?)?, &state.name, &found.name))
}

/// Adds an empty block: `add_victim`, `add_suspect`, `add_leg`. Anything else adds nothing.
pub(super) fn add(posted: &mut Posted, step: &str) {
    let (people, legs) = (people(posted).len(), legs(posted));
    match step {
        "add_victim" | "add_suspect" if people < BLOCKS => {
            let role = step.trim_start_matches("add_");
            posted.push(format!("p{people}"), role);
            posted.push(format!("p{people}.role.role"), role);
        }
        "add_leg" if legs < BLOCKS => posted.push(format!("l{legs}"), "leg"),
        _ => {}
    }
}

/// Victim or suspect, in the order of the blocks.
pub(super) fn people(posted: &Posted) -> Vec<String> {
    let role = |at| match posted.one(&format!("p{at}")) {
        "victim" => Some("victim".to_owned()),
        "suspect" => Some("suspect".to_owned()),
        _ => None,
    };
    (0..BLOCKS).map_while(role).collect()
}

/// How many legs.
pub(super) fn legs(posted: &Posted) -> usize {
    (0..BLOCKS).take_while(|at| posted.has(&format!("l{at}"))).count()
}

/// What the service is asked for. A block in which nothing was typed is left out.
pub(super) fn request(posted: &Posted) -> NewCase {
    let some = |fields: Fields| if fields.is_empty() { Vec::new() } else { vec![fields] };
    let persons = people(posted).into_iter().enumerate().filter_map(|(at, role)| {
        let part = |name: &str, kind: &str| fields_of(posted, &format!("p{at}.{name}."), kind);
        let mut roles = part("role", "case_person");
        let (person, name) = (part("person", "person"), part("name", "person_name"));
        let (phone, paper) = (part("phone", "person_phone"), part("paper", "person_identifier"));
        let only_role = roles.keys().all(|field| field == "role");
        if only_role && [&person, &name, &phone, &paper].iter().all(|fields| fields.is_empty()) {
            return None;
        }
        roles.entry("role".to_owned()).or_insert_with(|| Value::from(vec![role]));
        Some(NewPerson {
            reference: format!("p{at}"),
            person,
            names: some(name),
            phones: some(phone),
            identifiers: some(paper),
            roles: vec![roles],
        })
    });
    let mut seq = 0;
    let legs = (0..legs(posted)).filter_map(|at| {
        let mut leg = fields_of(posted, &format!("l{at}."), "route_leg");
        (!leg.is_empty()).then(|| {
            seq += 1;
            leg.insert("seq".to_owned(), Value::from(seq));
            leg
        })
    });
    let mut case = fields_of(posted, "case.", "case");
    case.entry("status".to_owned()).or_insert_with(|| Value::from("open"));
    NewCase {
        case,
        persons: persons.collect(),
        legs: legs.collect(),
        stages: Vec::new(),
        notes: some(fields_of(posted, "n.", "note")),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A filled-in form in which every text is `text`.
    pub(in crate::pages) fn posted(text: &str) -> Posted {
        let mut posted = begin(
            &Posted::from_pairs(&[("q.name", text), ("q.age", "16"), ("q.place", text), ("q.phone", text)]),
            "add_victim",
            "2026-11-23",
        );
        add(&mut posted, "add_suspect");
        add(&mut posted, "add_leg");
        for name in ["case.title", "case.summary", "p1.name.given", "p1.person.marks", "l0.from_village", "n.text"] {
            posted.push(name, text);
        }
        posted
    }

    #[test]
    fn the_form_of_the_story_becomes_one_request() {
        let mut posted =
            begin(&Posted::from_pairs(&[("q.name", "Mohammad Rafiqul Islam"), ("q.age", "40")]), "add_victim", "2026-11-23");
        add(&mut posted, "add_suspect");
        for (name, value) in
            [("p1.name.given", "Abdul"), ("p1.role.matching_basis", "law_enforcement"), ("case.kind", "missing_person")]
        {
            posted.push(name, value);
        }
        let new = request(&posted);
        assert_eq!(new.case["opened_on"], "2026-11-23");
        assert_eq!(new.case["status"], "open");
        assert_eq!(new.persons.len(), 2);
        assert_eq!(new.persons[0].names[0]["given"], "Mohammad Rafiqul");
        assert_eq!(new.persons[0].names[0]["family"], "Islam");
        assert_eq!(new.persons[0].person["age_stated"], 40);
        assert_eq!(new.persons[1].roles[0]["role"], serde_json::json!(["suspect"]));
        assert_eq!(new.persons[1].roles[0]["matching_basis"], "law_enforcement");
        assert!(new.legs.is_empty() && new.notes.is_empty());
    }

    #[test]
    fn whoever_was_searched_for_can_be_the_suspect() {
        let new = request(&begin(&Posted::from_pairs(&[("q.name", "Abdul Kareem")]), "add_suspect", "2026-11-23"));
        assert_eq!(new.persons.len(), 1);
        assert_eq!(
            (&new.persons[0].names[0]["given"], &new.persons[0].roles[0]["role"]),
            (&Value::from("Abdul"), &serde_json::json!(["suspect"]))
        );
    }

    #[test]
    fn empty_blocks_are_left_out_and_a_name_in_another_script_is_kept_whole() {
        let mut posted = begin(&Posted::from_pairs(&[("q.name", "सुनीता तामाङ")]), "add_victim", "2026-11-23");
        add(&mut posted, "add_victim");
        add(&mut posted, "add_leg");
        let new = request(&posted);
        assert_eq!(new.persons.len(), 1);
        assert_eq!(new.persons[0].names[0]["full_native"], "सुनीता तामाङ");
        assert!(new.legs.is_empty());
    }

    #[test]
    fn a_district_is_filled_in_where_the_gazetteer_has_one_of_that_name() {
        assert_eq!(district("barpeta"), Some(("India", "Assam", "Barpeta")));
        for none in ["", "Aurangabad", "Atlantis"] {
            assert_eq!(district(none), None, "{none}");
        }
    }

    #[test]
    fn blocks_are_bounded() {
        let mut posted = Posted::default();
        for _ in 0..50 {
            add(&mut posted, "add_victim");
            add(&mut posted, "add_leg");
        }
        assert_eq!((people(&posted).len(), legs(&posted)), (BLOCKS, BLOCKS));
    }
}
