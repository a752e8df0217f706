//! A disclosure room from the alert's rows to a view: both sides step by step.
//! Changes nothing, and shows of the other side what it told and no more.

use super::ServiceError;
use super::cases::summary_of;
use super::held::held;
use super::model::{RoomChoiceView, RoomStepView, RoomView, StepSide, ToldLine};
use super::reader::value_text;
use super::share_words::{basis_word, handling_word, purpose_word, words};
use super::units::Units;
use crate::access::Actor;
use crate::accounts::{self, Account, AccountId};
use crate::casework::{Displays, Order, now_in, stepper};
use crate::rows::row;
use crate::search::SummaryRow;
use icmc_protocol::caselog::FoldedCase;
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::federation::{own, peering};
use icmc_protocol::ids::EntityId;
use icmc_protocol::machine::{Txn, ViewError};
use icmc_protocol::matching::{
    self, Alert, Answer, Confirmed, Contact, Given, Happened, NoReason, Room, RoomStep, Said, State, What,
};

words!(NoReason, no_word, no_reason, NO_REASONS:
    "not_yet" = NoReason::NotYet,
    "no_ground" = NoReason::NoGround,
    "danger" = NoReason::Danger,
    "not_needed" = NoReason::NotNeeded,
    "other" = NoReason::Other,
);

/// A step in one word.
pub(super) const fn step_word(step: RoomStep) -> &'static str {
    match step {
        RoomStep::Officer => "officer",
        RoomStep::Case => "case",
        RoomStep::Fields => "fields",
    }
}

/// The year of a case and the stage of a person in it, as they would be told.
pub(super) fn year_and_stage(folded: &FoldedCase, person: EntityId) -> (u16, String) {
    let opened = folded.head().map(|(_, head)| head.text("opened_on").to_owned()).unwrap_or_default();
    let year = opened.get(..4).and_then(|year| year.parse().ok()).unwrap_or(0);
    let stages = stepper(folded, &Order::of(folded), person);
    (year, now_in(&stages).unwrap_or_default().to_owned())
}

/// The room of an alert, also before anybody has spoken in it; none if the case is deleted.
pub(super) fn room_view(txn: &Txn<'_>, by: &Actor, alert: &Alert) -> Result<Option<RoomView>, ServiceError> {
    let Some(summary) = row::<SummaryRow>(txn, alert.case.as_bytes())? else { return Ok(None) };
    let Some(held) = held(txn, alert.case, txn.now)? else { return Ok(None) };
    let (units, people) = (Units::load(txn)?, accounts::all(txn)?);
    let room = matching::room_of(txn, alert.id)?;
    let confirmed = peering::is_confirmed(txn, alert.peer)?;
    let ended = room.as_ref().and_then(|room| room.course.ended());
    let state = match (&room, alert.contact) {
        _ if ended.is_some() => "ended",
        (_, contact) if !matches!(contact, Contact::Answered { answer: Answer::Yes, .. }) => "no_contact",
        _ if !confirmed => "not_confirmed",
        (None, _) if !matches!(alert.confirmed, Confirmed::Yes { .. }) => "not_compared",
        _ if matches!(alert.state, State::Closed { .. }) => "closed",
        (Some(_), _) => "open",
        (None, _) => "ready",
    };
    let speaks = matches!(state, "open" | "ready");
    let course = room.as_ref().map(|room| room.course.clone()).unwrap_or_default();
    let next =
        course.next().map(step_word).or((course.open() == RoomStep::Fields.number() && ended.is_none()).then_some("share"));
    let display = summary.people.iter().find(|person| person.person == alert.person).map(|person| person.display.clone());
    let (year, stage) = year_and_stage(&held.folded, alert.person);
    let text = |said: &Said| said.end.as_ref().map(|end| end.text.to_string()).unwrap_or_default();
    let steps = RoomStep::ALL.into_iter().map(|step| step_view(txn, room.as_ref(), step, &people)).collect::<Result<_, _>>()?;
    Ok(Some(RoomView {
        alert: alert.id,
        case: alert.case,
        number: summary_of(txn, &summary, &units)?.number,
        person: alert.person,
        display: display.unwrap_or_default(),
        peer: units.of(alert.peer),
        peer_contact: units.contact(alert.peer),
        peer_heard: peering::load(txn, alert.peer)?.last_contact,
        state,
        next: next.filter(|_| speaks),
        waiting: speaks && course.mine.yes > course.theirs.yes,
        untold: room.as_ref().is_some_and(|room| room.untold),
        steps,
        ended: ended.map(matching::Ending::word),
        ended_text: text(&course.mine),
        peer_ended_text: text(&course.theirs),
        expires: room.as_ref().filter(|_| ended.is_none_or(matching::Ending::keeps)).map(|room| room.expires),
        own_name: by.name.clone(),
        own_role: by.role.label().to_owned(),
        year,
        stage,
        own_case: held.own,
    }))
}

fn step_view(
    txn: &Txn<'_>,
    room: Option<&Room>,
    step: RoomStep,
    people: &[(AccountId, Account)],
) -> Result<RoomStepView, ViewError> {
    let Some(room) = room else {
        let nothing = || StepSide { said: "nothing", ..StepSide::default() };
        return Ok(RoomStepView { step: step_word(step), open: false, own: nothing(), peer: nothing() });
    };
    let open = room.course.open() >= step.number();
    let side = |own: bool| -> Result<StepSide, ViewError> {
        let said = if own { &room.course.mine } else { &room.course.theirs };
        let given = if own { matching::given_here(txn, room.id, step)? } else { matching::given_there(txn, room.id, step)? };
        Ok(side_view(room, step, own, said, given.as_ref(), people))
    };
    Ok(RoomStepView { step: step_word(step), open, own: side(true)?, peer: side(false)? })
}

fn side_view(
    room: &Room,
    step: RoomStep,
    own: bool,
    said: &Said,
    given: Option<&Given>,
    people: &[(AccountId, Account)],
) -> StepSide {
    let no = said.refuses().filter(|no| no.step == step);
    let is_yes = said.yes >= step.number();
    let line = room.history.iter().find(|line| {
        line.own == own
            && if is_yes { line.what == Happened::Yes(step) } else { matches!(line.what, Happened::No(at, _) if at == step) }
    });
    let name = |id: matching::Account| people.iter().find(|(at, _)| *at == id.into()).map(|(_, account)| account.name.clone());
    let told = if own { room.course.sent } else { room.course.got };
    let fields = given.and_then(|given| match &given.what {
        What::Fields(fields) => Some(fields),
        _ => None,
    });
    let says = is_yes || no.is_some();
    StepSide {
        said: if is_yes {
            "yes"
        } else if no.is_some() {
            "no"
        } else {
            "nothing"
        },
        at: line.filter(|_| says).map(|line| line.at),
        by: line.filter(|_| says).and_then(|line| line.by).and_then(name),
        reason: no.map(|no| no_word(no.reason)),
        text: no.map(|no| no.text.to_string()).unwrap_or_default(),
        told: told >= step.number(),
        lines: given.map(lines).unwrap_or_default(),
        basis: fields.map(|fields| basis_word(fields.basis)),
        handling: fields.map(|fields| handling_word(fields.handling)),
        purpose: fields.map(|fields| purpose_word(fields.purpose)),
    }
}

/// What was told, for people.
fn lines(given: &Given) -> Vec<ToldLine> {
    let line = |label: &str, text: String| ToldLine { label: label.to_owned(), text, group: 0 };
    match &given.what {
        What::Officer(officer) => {
            let mut lines = vec![line("Name", officer.name.to_string()), line("Role", officer.role.to_string())];
            lines.extend((!officer.telephone.is_empty()).then(|| line("Telephone", officer.telephone.to_string())));
            lines
        }
        What::Case(case) => {
            let year = if case.year == 0 { "not entered".to_owned() } else { case.year.to_string() };
            vec![line("Year of the case", year), line("Stage", stage_words(&case.stage))]
        }
        What::Fields(fields) => {
            let told = fields.fields.iter().map(|one| ToldLine {
                label: label_of(&one.kind, &one.field),
                text: value_text(&one.kind, &one.field, &one.value, &Displays::default()),
                group: one.group,
            });
            told.collect()
        }
    }
}

/// A stage for people; what this dictionary does not know is shown as it came.
pub(super) fn stage_words(code: &str) -> String {
    let known = Dictionary::builtin().stages().iter().find(|stage| stage.code == code);
    match (code, known) {
        ("", _) => "in none".to_owned(),
        (_, Some(stage)) => format!("{}, {}", stage.code, stage.label),
        (code, None) => code.to_owned(),
    }
}

fn label_of(kind: &str, field: &str) -> String {
    let dictionary = Dictionary::builtin();
    match (dictionary.kind(kind), dictionary.field(kind, field)) {
        (Some(kind), Some(field)) if kind.is_person => field.label.clone(),
        (Some(kind), Some(field)) => format!("{}: {}", kind.label, field.label),
        _ => format!("{kind}: {field} (not known to this version)"),
    }
}

/// What of our person could be told.
pub(super) fn choice_views(txn: &Txn<'_>, alert: &Alert) -> Result<Vec<RoomChoiceView>, ServiceError> {
    if own::load(txn)?.unit == alert.peer {
        return Err(ServiceError::NotFound);
    }
    let Some(held) = held(txn, alert.case, txn.now)?.filter(|held| held.own) else { return Ok(Vec::new()) };
    let displays = Displays::of(&held.folded, &Order::of(&held.folded));
    let view = |choice: matching::Choice| RoomChoiceView {
        commitment: choice.commitment,
        entity: choice.entity,
        kind: Dictionary::builtin().kind(&choice.kind).map_or_else(|| choice.kind.to_string(), |kind| kind.label.clone()),
        label: label_of(&choice.kind, &choice.field),
        text: value_text(&choice.kind, &choice.field, &choice.value, &displays),
        class: choice.class,
    };
    Ok(matching::choices(txn, alert, txn.now)?.into_iter().map(view).collect())
}
