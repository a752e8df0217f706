//! The six steps of a person, from the stage entries.
//! Gates and clocks of the stages come with case work proper; here a stage is what its entry says.

use super::{Order, members, shown_date};
use icmc_protocol::caselog::{Entity, FoldedCase};
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::ids::EntityId;
use serde::Serialize;

/// One of the six steps of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageView {
    /// R1 to R6.
    pub code: String,
    /// For people.
    pub label: String,
    /// Code of the state; `not_started` without an entry.
    pub state: String,
    /// The state for people.
    pub state_label: String,
    /// YYYY-MM-DD, if entered.
    pub entered_on: Option<String>,
    /// The outcome for people, if entered.
    pub outcome: Option<String>,
    /// The stage entry that says so.
    pub entity: Option<EntityId>,
}

const NOT_STARTED: &str = "not_started";

/// The stepper of a person. Of several entries of one stage the latest counts: by date, then by entry.
#[must_use]
pub fn stepper(folded: &FoldedCase, order: &Order, person: EntityId) -> [StageView; 6] {
    let dictionary = Dictionary::builtin();
    let entries = members(folded, order, person, "stage_entry");
    let stages = dictionary.stages();
    core::array::from_fn(|at| {
        let (code, label) = stages.get(at).map_or_else(Default::default, |stage| (stage.code.clone(), stage.label.clone()));
        let latest = entries
            .iter()
            .filter(|(_, entry)| entry.text("stage") == code && !entry.is_pending())
            .enumerate()
            .max_by_key(|(at, (_, entry))| (entry.text("entered_on"), *at))
            .map(|(_, entry)| entry);
        let state = latest.map(|(_, entry)| entry.text("state")).filter(|state| !state.is_empty()).unwrap_or(NOT_STARTED);
        let entered_on = latest.map(|(_, entry)| entry.text("entered_on")).filter(|day| !day.is_empty());
        StageView {
            state_label: word("state", state),
            state: state.to_owned(),
            entered_on: entered_on.map(str::to_owned),
            outcome: latest.and_then(|(_, entry)| outcome(entry)),
            entity: latest.map(|(id, _)| *id),
            code,
            label,
        }
    })
}

fn outcome(entry: &Entity) -> Option<String> {
    let code = entry.text("outcome");
    (!code.is_empty()).then(|| match entry.text("left_on") {
        "" => word("outcome", code),
        day => format!("{}, {}", word("outcome", code), shown_date(day)),
    })
}

fn word(field: &str, code: &str) -> String {
    let label = Dictionary::builtin().field("stage_entry", field).and_then(|field| field.label_of(code));
    label.unwrap_or(code).to_owned()
}

/// The stage that a person is in now: the last under way, else the last done, else the first planned.
#[must_use]
pub fn now_in(stages: &[StageView; 6]) -> Option<&str> {
    let last = |states: &[&str]| stages.iter().rfind(|stage| states.contains(&stage.state.as_str()));
    last(&["in_progress", "blocked"])
        .or_else(|| last(&["done"]))
        .or_else(|| stages.iter().find(|stage| stage.state == "planned"))
        .map(|stage| stage.code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::fixture::Sketch;

    #[test]
    fn the_latest_entry_of_a_stage_counts_and_the_last_under_way_is_now() {
        let mut sketch = Sketch::new();
        let anjali = sketch.person("victim", &[]);
        sketch.about(
            "stage_entry",
            anjali,
            &[("stage", "R1"), ("state", "done"), ("outcome", "gd_only"), ("left_on", "2026-10-03")],
        );
        sketch.about("stage_entry", anjali, &[("stage", "R3"), ("state", "blocked"), ("entered_on", "2026-11-20")]);
        sketch.about("stage_entry", anjali, &[("stage", "R3"), ("state", "done"), ("entered_on", "2026-10-09")]);
        let folded = sketch.fold();
        let stages = stepper(&folded, &Order::of(&folded), anjali);
        assert_eq!(stages[0].outcome.as_deref(), Some("General diary only, 3 Oct 2026"));
        assert_eq!((stages[2].state.as_str(), stages[2].state_label.as_str()), ("blocked", "Blocked"));
        assert_eq!(stages[3].state_label, "Not started");
        assert_eq!(stages.each_ref().map(|stage| stage.code.as_str()), ["R1", "R2", "R3", "R4", "R5", "R6"]);
        assert_eq!(now_in(&stages), Some("R3"));
    }

    #[test]
    fn nobody_is_in_a_stage_without_an_entry() {
        let mut sketch = Sketch::new();
        let anjali = sketch.person("victim", &[]);
        let folded = sketch.fold();
        assert_eq!(now_in(&stepper(&folded, &Order::of(&folded), anjali)), None);
    }
}
