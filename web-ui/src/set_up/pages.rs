//! The handlers of the wizard: the door, the seven pages, the identity as picture and file.
//! Whether an answer can be used stands in `answers`; secrets are in no page but the one that shows the recovery key, once.

use super::answers::{answers, faults, mismatches, own_identity};
use super::ask::{self, Question, questions};
use super::draft::Draft;
use super::gate::Door;
use super::step::Step;
use super::{Inner, Opening, SetUp, Start};
use crate::pages::Pairs;
use crate::pages::form::Posted;
use crate::pages::reply::{render, render_as};
use crate::pages::shell::{Fault, Shell};
use crate::security::{csrf, errors};
use crate::{paths, qr};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use icmc_node::clock::SystemRng;
use icmc_node::service::first_run::jurisdiction;
use icmc_protocol::dictionary::{PlaceKind, Places};
use secrecy::ExposeSecret as _;
use tokio::sync::oneshot;

#[derive(Template)]
#[template(path = "set_up/door.html")]
pub(super) struct DoorPage {
    pub(super) shell: Shell,
    pub(super) door: Door,
}

#[derive(Template)]
#[template(path = "set_up/step.html")]
pub(super) struct StepPage {
    shell: Shell,
    step: Step,
    groups: Vec<(&'static str, Vec<Question>)>,
    opening: Opening,
    /// How far the recovery key is.
    paper: Paper,
    identity: Option<String>,
    /// Page, label, answer.
    summary: Vec<(Step, &'static str, String)>,
}

/// How far the recovery key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paper {
    NotShown,
    Shown,
    Checked,
}

#[derive(Template)]
#[template(path = "set_up/recovery.html")]
pub(super) struct RecoveryPage {
    pub(super) shell: Shell,
    pub(super) unit: String,
    pub(super) key: String,
    pub(super) groups: Vec<String>,
}

impl SetUp {
    fn shell(&self, title: &str, csrf: String, faults: Vec<Fault>) -> Shell {
        Shell { csrf, faults, ..Shell::outside(&self.web, self.clock.now(), title) }
    }

    /// What the forms of the one session carry, if this request is of it.
    fn session(&self, inner: &mut Inner, headers: &HeaderMap) -> Option<String> {
        inner.gate.session(headers, self.clock.now())
    }

    fn page(&self, draft: &Draft, step: Step, csrf: String, faults: Vec<Fault>) -> Response {
        let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        render_as(status, &self.step_page(draft, step, csrf, faults))
    }

    pub(super) fn step_page(&self, draft: &Draft, step: Step, csrf: String, faults: Vec<Fault>) -> StepPage {
        let paper = match &draft.paper {
            None => Paper::NotShown,
            Some(paper) if paper.confirmed => Paper::Checked,
            Some(_) => Paper::Shown,
        };
        let mut groups: Vec<(&'static str, Vec<Question>)> =
            ask::of(step).iter().map(|group| (group.legend, questions(group, draft, &faults))).collect();
        if step == Step::Key && (paper == Paper::Shown || self.opening != Opening::Chosen) {
            groups.clear();
        }
        if let Some(paper) = draft.paper.as_ref().filter(|paper| step == Step::Key && !paper.confirmed) {
            let line = |name: &str, at: usize| Question::line(name, format!("Group {} of the recovery key", at + 1), &faults);
            groups.push(("", vec![line("group_first", paper.asked[0]), line("group_second", paper.asked[1])]));
        }
        let identity = if step == Step::Federation { own_identity(self, draft) } else { None };
        let summary = if step == Step::Summary { self.summary(draft) } else { Vec::new() };
        StepPage { shell: self.shell(step.title(), csrf, faults), step, groups, opening: self.opening, paper, identity, summary }
    }

    fn summary(&self, draft: &Draft) -> Vec<(Step, &'static str, String)> {
        let text = |name: &str| draft.one(name).to_owned();
        let or = |name: &str, otherwise: &str| if draft.one(name).is_empty() { otherwise.to_owned() } else { text(name) };
        let person =
            |who: &str| format!("{}, signs in as {}", draft.one(&format!("{who}_name")), draft.one(&format!("{who}_sign_in")));
        let joins = match (draft.one("federation"), draft.one("invitation").is_empty()) {
            ("found", _) => "Founds a new federation",
            (_, true) => "Joins a federation once an invitation is given on the page Other units",
            _ => "Joins a federation by the invitation",
        };
        let opens = match self.opening {
            Opening::Chosen => "The passphrase; it is asked for at each start",
            Opening::PassphraseFile => "The passphrase file that the command line names",
            Opening::KeyFile => "The key file that the command line names",
        };
        vec![
            (Step::Language, "Language", "English".to_owned()),
            (Step::Unit, "Unit", text("name")),
            (Step::Unit, "Place", jurisdiction(&super::answers::unit(draft)).unwrap_or_default()),
            (Step::Unit, "Duty contact", text("duty_contact")),
            (Step::Unit, "Case numbers begin with", text("case_prefix")),
            (Step::People, "Administrator", person("admin")),
            (Step::People, "Nodal officer", person("nodal")),
            (Step::Key, "The node is opened by", opens.to_owned()),
            (Step::Key, "Recovery key", "On paper, checked".to_owned()),
            (Step::Backup, "Backups", or("backup", "No place chosen yet")),
            (Step::Federation, "Other units reach it at", or("address", "No address: it only calls others")),
            (Step::Federation, "Federation", joins.to_owned()),
        ]
    }
}

impl StepPage {
    /// All districts with their states, to pick from while typing.
    fn districts(&self) -> Vec<(&'static str, &'static str)> {
        let places = Places::builtin();
        let districts = places.all().filter(|place| place.kind == PlaceKind::District);
        districts
            .map(|place| (place.name.as_str(), place.parent.as_deref().and_then(|code| places.label(code)).unwrap_or("")))
            .collect()
    }
}

/// Everybody else is sent there.
fn to_door() -> Response {
    Redirect::to(paths::set_up()).into_response()
}

/// `GET /set-up`.
pub(super) async fn door(State(set_up): State<SetUp>, headers: HeaderMap) -> Response {
    let mut inner = set_up.inner();
    if set_up.session(&mut inner, &headers).is_some() {
        return Redirect::to(&paths::set_up_step(inner.draft.open().name())).into_response();
    }
    let door = inner.gate.door(set_up.clock.now());
    render(&DoorPage { shell: set_up.shell("Set-up", String::new(), Vec::new()), door })
}

/// `POST /set-up`: the word from the terminal.
pub(super) async fn enter(State(set_up): State<SetUp>, axum::Form(pairs): Pairs) -> Response {
    let (posted, now) = (Posted::new(pairs), set_up.clock.now());
    let mut inner = set_up.inner();
    match inner.gate.enter(posted.one("token"), now) {
        Some(cookie) => {
            let to = Redirect::to(&paths::set_up_step(Step::Language.name()));
            ([(header::SET_COOKIE, cookie)], to).into_response()
        }
        None => {
            let door = inner.gate.door(now);
            let text = "Token: this is not the one that the terminal shows";
            let fault = Fault { field: Some("f-token".to_owned()), text: text.to_owned() };
            let faults = if door == Door::Open { vec![fault] } else { Vec::new() };
            let page = DoorPage { shell: set_up.shell("Set-up", String::new(), faults), door };
            render_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// `GET /set-up/{step}`. Pages are seen in their order.
pub(super) async fn show(State(set_up): State<SetUp>, headers: HeaderMap, Path(step): Path<String>) -> Response {
    let mut inner = set_up.inner();
    let Some(csrf) = set_up.session(&mut inner, &headers) else { return to_door() };
    match Step::from_name(&step) {
        Some(step) if step <= inner.draft.open() => set_up.page(&inner.draft, step, csrf, Vec::new()),
        Some(_) => Redirect::to(&paths::set_up_step(inner.draft.open().name())).into_response(),
        None => errors::reply(paths::set_up(), StatusCode::NOT_FOUND, "There is nothing here."),
    }
}

/// `GET /set-up/identity.svg`.
pub(super) async fn picture(State(set_up): State<SetUp>, headers: HeaderMap) -> Response {
    with_identity(&set_up, &headers, qr::image)
}

/// `GET /set-up/identity.txt`.
pub(super) async fn file(State(set_up): State<SetUp>, headers: HeaderMap) -> Response {
    with_identity(&set_up, &headers, |text| {
        let kind = [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"icmc-identity.txt\""),
        ];
        (kind, format!("{text}\n")).into_response()
    })
}

fn with_identity(set_up: &SetUp, headers: &HeaderMap, show: impl FnOnce(&str) -> Response) -> Response {
    let mut inner = set_up.inner();
    if set_up.session(&mut inner, headers).is_none() {
        return to_door();
    }
    match own_identity(set_up, &inner.draft) {
        Some(text) => show(&text),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `POST /set-up/{step}`.
pub(super) async fn take(
    State(set_up): State<SetUp>,
    headers: HeaderMap,
    Path(step): Path<String>,
    axum::Form(pairs): Pairs,
) -> Response {
    let mut posted = Posted::new(pairs);
    // An invitation comes as text, or as the file that the inviting unit made of it.
    if !posted.has("invitation") && posted.has("file") {
        posted.set("invitation", posted.one("file").to_owned());
    }
    let Some(step) = Step::from_name(&step) else {
        return errors::reply(paths::set_up(), StatusCode::NOT_FOUND, "There is nothing here.");
    };
    let taking = set_up.clone();
    // Folders are tried out, which may take a slow disk a moment.
    match tokio::task::spawn_blocking(move || taken(&taking, &headers, step, &posted)).await {
        Ok(Taken::Reply(response)) => response,
        Ok(Taken::Start { start, answered, csrf }) => begin(&set_up, start, answered, csrf).await,
        Err(_) => errors::reply(paths::set_up(), StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here."),
    }
}

enum Taken {
    Reply(Response),
    Start { start: Start, answered: oneshot::Receiver<Result<(), String>>, csrf: String },
}

fn taken(set_up: &SetUp, headers: &HeaderMap, step: Step, posted: &Posted) -> Taken {
    let mut inner = set_up.inner();
    let Some(csrf) = set_up.session(&mut inner, headers) else { return Taken::Reply(to_door()) };
    if !csrf::fits(posted.one(csrf::FIELD), &csrf) {
        return Taken::Reply(errors::reply(paths::set_up(), StatusCode::FORBIDDEN, csrf::OTHER_SESSION));
    }
    if inner.starting {
        return Taken::Reply(errors::reply(paths::set_up(), StatusCode::CONFLICT, "The unit is being made. Wait a moment."));
    }
    let goes_to = |step: Step| Taken::Reply(Redirect::to(&paths::set_up_step(step.name())).into_response());
    if step > inner.draft.open() {
        return goes_to(inner.draft.open());
    }
    if step == Step::Summary && posted.one("go") != "back" {
        return match answers(set_up, &inner.draft) {
            Ok(answers) => {
                inner.starting = true;
                let (done, answered) = oneshot::channel();
                Taken::Start { start: Start { answers: Box::new(answers), done }, answered, csrf }
            }
            Err(faults) => Taken::Reply(set_up.page(&inner.draft, step, csrf, faults)),
        };
    }
    let draft = &mut inner.draft;
    draft.keep(step, posted);
    if posted.one("go") == "back" {
        if !faults(set_up, draft, step).is_empty() {
            draft.done.remove(&step);
        }
        return goes_to(step.before().unwrap_or(step));
    }
    let anew = step == Step::Key && posted.one("go") == "new";
    if anew {
        draft.paper = None;
    }
    let mut wrong = mismatches(draft, step, posted);
    let differ: Vec<Option<String>> = wrong.iter().map(|fault| fault.field.clone()).collect();
    // Two boxes that differ were not kept, so that what is kept says nothing about them.
    let seen = |field: &str| differ.iter().flatten().any(|known| known.strip_suffix("_again") == Some(field));
    wrong.extend(faults(set_up, draft, step).into_iter().filter(|fault| !fault.field.as_deref().is_some_and(seen)));
    if !wrong.is_empty() {
        draft.done.remove(&step);
        return Taken::Reply(set_up.page(draft, step, csrf, wrong));
    }
    if step == Step::Key {
        match &mut draft.paper {
            None => return Taken::Reply(shown_once(set_up, draft, csrf)),
            Some(paper) => paper.confirmed = true,
        }
    }
    draft.done.insert(step);
    goes_to(step.after())
}

/// The page with the recovery key: the only one, and only as the answer to the form.
fn shown_once(set_up: &SetUp, draft: &mut Draft, csrf: String) -> Response {
    draft.done.remove(&Step::Key);
    let key = draft.new_keys(&mut SystemRng).expose_secret().to_owned();
    let letters = key.split_once(':').map_or(key.as_str(), |(_, letters)| letters);
    let groups = letters.split('-').map(str::to_owned).collect();
    let shell = set_up.shell("Recovery key", csrf, Vec::new());
    render(&RecoveryPage { shell, unit: draft.one("name").to_owned(), groups, key })
}

/// Has the unit made; then the node's own pages take over at this address.
async fn begin(set_up: &SetUp, start: Start, answered: oneshot::Receiver<Result<(), String>>, csrf: String) -> Response {
    let refused = match set_up.starts.send(start).await {
        Ok(()) => answered.await.unwrap_or_else(|_| Err("The node is ending.".to_owned())).err(),
        Err(_) => Some("The node is ending.".to_owned()),
    };
    let Some(text) = refused else {
        return Redirect::to(&format!("{}?said=ready", paths::sign_in())).into_response();
    };
    let mut inner = set_up.inner();
    inner.starting = false;
    set_up.page(&inner.draft, Step::Summary, csrf, vec![Fault { field: None, text }])
}
