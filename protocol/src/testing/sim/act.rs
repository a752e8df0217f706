//! What honest people do in a simulation, and what happens to their nodes.
//! Not who may hold what comes of it: `truth` keeps that.

use super::Sim;
use super::action::Action;
use super::custody::Custody;
use super::truth::CaseTruth;
use crate::caselog::{self, Draft, FoldedCase, LogRefusal, fold, load};
use crate::dictionary::{Dictionary, Value};
use crate::ids::{CaseId, Commitment, EntityId};
use crate::machine::{Txn, ViewError};
use crate::sharing;
use crate::testing::drafts::{self, SUSPECT, Sketch, VICTIM};
use crate::time::HOUR;

/// Most entities of one case, so that a run stays quick.
const MOST_ENTITIES: u8 = 40;
const MOST_CASES: usize = 8;
const MOST_FORMS: usize = 16;

/// Fields that hold free text, in which a value can be followed.
const FIELDS: [(&str, &str); 17] = [
    ("case", "title"),
    ("case", "summary"),
    ("person", "father"),
    ("person", "mother"),
    ("person", "marks"),
    ("person", "home_state"),
    ("person", "home_locality"),
    ("person", "religion"),
    ("person", "health_alert"),
    ("person_name", "given"),
    ("case_person", "modus"),
    ("case_person", "matching_reason"),
    ("route_leg", "to_village"),
    ("route_leg", "from_state"),
    ("stage_entry", "note"),
    ("note", "text"),
    ("note", "text"),
];

/// A form that somebody has open.
#[derive(Debug, Clone)]
pub(super) struct Form {
    unit: usize,
    case: usize,
    entity: EntityId,
    kind: &'static str,
    field: &'static str,
    seen: Vec<Commitment>,
}

impl Sim {
    /// Does it, if it can be done now, and says what was done.
    pub(super) fn perform(&mut self, action: Action) -> Option<String> {
        match action {
            Action::Open => self.open(),
            Action::Save => self.save_fields(),
            Action::OpenForm => self.open_form(),
            Action::SaveForm => self.save_form(),
            Action::Add => self.add(),
            Action::Remove => self.remove(),
            Action::Unmatch => self.unmatch(),
            Action::Share => self.share(),
            Action::Preview | Action::Accept | Action::Decline => self.decide(action),
            Action::Admit => self.admit(),
            Action::Revise => self.revise(),
            Action::TakeBack => self.take_back(),
            Action::Recall => self.recall(),
            Action::Offline | Action::Online | Action::Restart | Action::Restore => self.power(action),
            Action::Consent => self.consent(),
            Action::Withdraw => self.withdraw_consent(),
            Action::Offer => self.offer_a_case(),
            Action::TakeOver => self.take_over(),
            Action::LeaveIt => self.leave_it(),
            Action::KeepIt => self.keep_it(),
            Action::Leave => self.leave(),
            Action::Expel => self.expel(),
            Action::NewKey => self.new_key(),
            Action::LoseKey => self.lose_key(),
            Action::Words => self.compare_words(),
            Action::PowerLoss => self.power_loss(),
            Action::Clock => self.clock(),
            Action::Propose => self.propose(),
            Action::Approve => self.approve(),
            Action::Partition => self.partition(),
            Action::Heal => self.heal(),
            Action::Connect => self.connect_again(),
            Action::Replay => self.replay(),
            Action::Forward => self.forward(),
            Action::Equivocate => self.equivocate(),
            Action::Wait => self.wait(),
            Action::Ask => self.ask_a_question(),
            Action::Answer => self.answer_a_question(),
            Action::Close => self.close_a_question(),
            Action::Pause => self.pause(),
            Action::Unpause => self.unpause(),
        }
    }

    pub(super) fn name(&self, at: usize) -> String {
        self.world.units[at].name.clone()
    }

    pub(super) fn act<T, E: From<ViewError>>(
        &mut self,
        at: usize,
        work: impl FnOnce(&mut Txn<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let name = self.name(at);
        self.acted = at;
        self.world.act(&name, work)
    }

    pub(super) fn any_unit(&mut self) -> usize {
        let staying: Vec<usize> = (0..self.world.units.len()).filter(|at| !self.is_out(*at)).collect();
        self.dice.pick(&staying).copied().unwrap_or_default()
    }

    fn open(&mut self) -> Option<String> {
        let owner = self.any_unit();
        if self.truth.cases.len() < MOST_CASES { self.open_at(owner) } else { None }
    }

    pub(super) fn open_at(&mut self, owner: usize) -> Option<String> {
        let number = self.truth.tag();
        let mut drafts = drafts::case(&number);
        let mut case = CaseTruth {
            id: CaseId([0; 32]),
            owner,
            persons: Vec::new(),
            entities: vec![("case", drafts::id(1), None)],
            removed: Default::default(),
            next: 2,
            forked: false,
            lost: false,
            custody: Custody::default(),
        };
        for _ in 0..=self.dice.below(2) {
            drafts.extend(self.person(&mut case));
        }
        for person in self.dice.some(&case.persons.clone(), 50) {
            drafts.extend(case.consent(person));
        }
        let author = drafts::author("Officer Das");
        let opened = self.act(owner, |txn| caselog::open_case(txn, &drafts, &author));
        let (id, appended) = self.must(opened)?;
        let at = self.truth.cases.len();
        self.truth.cases.push(CaseTruth { id, ..case });
        self.truth.wrote(at, owner, &drafts, &appended);
        Some(format!("{} opens case {at}", self.name(owner)))
    }

    /// A new person, who may be matched in some cases.
    fn person(&mut self, case: &mut CaseTruth) -> Vec<Draft> {
        let id = drafts::id(case.next);
        case.next += 1;
        case.persons.push(id);
        let own = [("person", id), ("person_name", drafts::name_of(id)), ("case_person", drafts::role_of(id))];
        case.entities.extend(own.map(|(kind, entity)| (kind, entity, Some(id))));
        let (given, father) = (self.truth.tag(), self.truth.tag());
        let like = if self.dice.percent(50) { VICTIM } else { SUSPECT };
        let basis = if self.dice.percent(15) { like.basis } else { "" };
        drafts::person(id, &Sketch { given: &given, father: &father, birth: "2009-04", basis, ..like })
    }

    /// A unit and a case in which its people may write now.
    fn writable(&mut self) -> Option<(usize, usize)> {
        let owners = self.truth.cases.iter().enumerate().filter(|(_, case)| case.is_owned()).map(|(at, case)| (case.owner, at));
        let accepted = self.truth.shares.values().filter(|share| share.accepted).map(|share| (share.to, share.case));
        let mut may: Vec<(usize, usize)> = owners.chain(accepted).collect();
        may.retain(|(unit, case)| {
            let case = &self.truth.cases[*case];
            let may = || sharing::may_contribute(&self.world.units[*unit].view, case.id, self.now_at(*unit)).unwrap_or(false);
            case.is_owned() && *unit == case.owner || may()
        });
        self.dice.pick(&may).copied()
    }

    /// A field that this unit's form shows, with what it shows there.
    fn field(&mut self, unit: usize, case: usize) -> Option<Form> {
        let log = load(&self.world.units[unit].view, self.truth.cases[case].id).ok()??;
        let folded = fold(&log);
        let known = &self.truth.cases[case].entities;
        let shown: Vec<(&'static str, EntityId)> =
            known.iter().filter(|(kind, id, _)| has_values(&folded, kind, *id)).map(|(kind, id, _)| (*kind, *id)).collect();
        let (kind, entity) = *self.dice.pick(&shown)?;
        let fields: Vec<&'static str> = FIELDS.into_iter().filter(|(of, _)| *of == kind).map(|(_, field)| field).collect();
        let field = *self.dice.pick(&fields)?;
        let seen = folded.entity(kind, entity)?.field(field).map(|field| field.seen()).unwrap_or_default();
        Some(Form { unit, case, entity, kind, field, seen })
    }

    fn filled(&mut self, form: &Form) -> Draft {
        let required =
            Dictionary::builtin().kind(form.kind).and_then(|kind| kind.field(form.field)).is_some_and(|field| field.required);
        let value = if !required && self.dice.percent(8) { Value::cleared() } else { Value::Text(self.truth.tag()) };
        drafts::instead(form.seen.clone(), drafts::draft(form.entity, form.kind, form.field, value))
    }

    fn save_fields(&mut self) -> Option<String> {
        let (unit, case) = self.writable()?;
        let mut drafts: Vec<Draft> = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let Some(form) = self.field(unit, case) else { continue };
            if !drafts.iter().any(|draft| draft.entity == form.entity && &*draft.field == form.field) {
                drafts.push(self.filled(&form));
            }
        }
        self.save(unit, case, drafts, "saves")
    }

    /// Saves, and the simulator remembers that it was told so.
    pub(super) fn save(&mut self, unit: usize, case: usize, drafts: Vec<Draft>, what: &str) -> Option<String> {
        if drafts.is_empty() {
            return None;
        }
        let (id, author) = (self.truth.cases[case].id, drafts::author("Officer Das"));
        let saved = self.act(unit, |txn| caselog::append(txn, id, &drafts, &author));
        if matches!(saved, Err(LogRefusal::Frozen | LogRefusal::TooManyVersions)) {
            return Some(format!("{} cannot save in case {case}", self.name(unit)));
        }
        let saved = self.must(saved)?;
        self.truth.wrote(case, unit, &drafts, &saved);
        let fields: Vec<String> = drafts.iter().map(|draft| format!("{}.{}", &*draft.kind, &*draft.field)).collect();
        Some(format!("{} {what} in case {case}: {}", self.name(unit), fields.join(", ")))
    }

    fn open_form(&mut self) -> Option<String> {
        let (unit, case) = self.writable().filter(|_| self.forms.len() < MOST_FORMS)?;
        let form = self.field(unit, case)?;
        let said = format!("{} opens a form of case {case}: {}.{}", self.name(unit), form.kind, form.field);
        self.forms.push(form);
        Some(said)
    }

    fn save_form(&mut self) -> Option<String> {
        let at = self.dice.below(self.forms.len());
        let form = (at < self.forms.len()).then(|| self.forms.swap_remove(at))?;
        let case = &self.truth.cases[form.case];
        let may = sharing::may_contribute(&self.world.units[form.unit].view, case.id, self.now_at(form.unit)).unwrap_or(false);
        let owns = form.unit == case.owner && case.is_owned();
        if !owns && !may {
            return None;
        }
        let draft = self.filled(&form);
        self.save(form.unit, form.case, vec![draft], "saves a stale form")
    }

    fn add(&mut self) -> Option<String> {
        let (unit, at) = self.writable()?;
        let mut case = self.truth.cases[at].clone();
        if case.next >= MOST_ENTITIES {
            return None;
        }
        let id = drafts::id(case.next);
        let log = load(&self.world.units[unit].view, case.id).ok()??;
        let folded = fold(&log);
        let persons: Vec<EntityId> = case.persons.iter().filter(|id| folded.entity("person", **id).is_some()).copied().collect();
        let person = self.dice.pick(&persons).copied();
        let drafts = match (self.dice.below(5), person) {
            (0, _) if unit == case.owner => self.person(&mut case),
            (1, Some(person)) => {
                case.entities.push(("route_leg", id, Some(person)));
                drafts::leg(id, person, &self.truth.tag())
            }
            (2, Some(person)) if unit == case.owner => {
                case.entities.push(("stage_entry", id, Some(person)));
                let note = drafts::text(id, "stage_entry", "note", &self.truth.tag());
                [drafts::stage(id, person, "R2", "in_progress"), vec![note]].concat()
            }
            (3, Some(person)) => {
                case.entities.push(("note", id, Some(person)));
                let whose = drafts::draft(id, "note", "person", drafts::reference(person));
                [drafts::note(id, &self.truth.tag()), vec![whose]].concat()
            }
            (4, person) => {
                case.entities.push(("document", id, person));
                let title = drafts::text(id, "document", "title", &self.truth.tag());
                let paper = drafts::file(u64::from(id.0[1])).to_value();
                let file = drafts::draft(id, "document", crate::documents::FIELD_FILE, paper);
                let whose = person.map(|person| drafts::draft(id, "document", "person", drafts::reference(person)));
                [title, file, drafts::text(id, "document", "doc_type", "photo")].into_iter().chain(whose).collect()
            }
            _ => {
                case.entities.push(("note", id, None));
                drafts::note(id, &self.truth.tag())
            }
        };
        case.next = case.next.max(id.0[1] + 1);
        self.truth.cases[at] = case;
        self.save(unit, at, drafts, "adds")
    }

    fn remove(&mut self) -> Option<String> {
        let at = self.owned_case()?;
        let case = &self.truth.cases[at];
        let (owner, entities) = (case.owner, case.entities.clone());
        let (kind, entity, _) = *self.dice.pick(&entities[1..])?;
        let log = load(&self.world.units[owner].view, case.id).ok()??;
        let folded = fold(&log);
        if !has_values(&folded, kind, entity) {
            return None;
        }
        let seen = folded.entity(kind, entity)?.field(caselog::FIELD_REMOVED).map(|field| field.seen()).unwrap_or_default();
        let gone = !self.truth.cases[at].removed.contains(&entity);
        let draft = drafts::instead(seen, drafts::draft(entity, kind, caselog::FIELD_REMOVED, Value::Bool(gone)));
        let said = self.save(owner, at, vec![draft], if gone { "removes" } else { "takes back a removal" })?;
        let removed = &mut self.truth.cases[at].removed;
        if gone {
            removed.insert(entity)
        } else {
            removed.remove(&entity)
        };
        Some(said)
    }

    fn unmatch(&mut self) -> Option<String> {
        let all: Vec<(usize, EntityId)> = self
            .truth
            .cases
            .iter()
            .enumerate()
            .filter(|(_, case)| case.is_owned())
            .flat_map(|(at, case)| case.persons.iter().map(move |person| (at, *person)))
            .collect();
        let (at, person) = *self.dice.pick(&all)?;
        let (owner, role) = (self.truth.cases[at].owner, drafts::role_of(person));
        let log = load(&self.world.units[owner].view, self.truth.cases[at].id).ok()??;
        let folded = fold(&log);
        let field = folded.entity("case_person", role)?.field("matching_basis")?;
        field.current()?;
        let draft = drafts::instead(field.seen(), drafts::draft(role, "case_person", "matching_basis", Value::cleared()));
        self.save(owner, at, vec![draft], "takes back the ground for matching")
    }

    /// A case that somebody owns: none that is on its way from one owner to the next.
    pub(super) fn owned_case(&mut self) -> Option<usize> {
        let owned: Vec<usize> = (0..self.truth.cases.len()).filter(|at| self.truth.cases[*at].is_owned()).collect();
        self.dice.pick(&owned).copied()
    }

    fn wait(&mut self) -> Option<String> {
        let hours = 1 + self.dice.span(30);
        self.pass(hours * HOUR);
        Some(format!("{hours} hours pass"))
    }

    /// What a person may do does not fail, unless the node was put back and waits.
    pub(super) fn must<T, E: core::fmt::Display>(&mut self, done: Result<T, E>) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(_) if self.truth.restoring.contains(&self.acted) || self.is_out(self.acted) => None,
            Err(error) if self.is_of_members(&error.to_string()) => None,
            Err(error) => {
                self.failed.get_or_insert_with(|| format!("what a person may do was refused: {error}"));
                None
            }
        }
    }
}

/// Whether a form can show an entity: of one that a former owner removed only that may be known.
fn has_values(folded: &FoldedCase, kind: &str, entity: EntityId) -> bool {
    let is_value = |name: &str| !matches!(name, caselog::FIELD_PARENT | caselog::FIELD_REMOVED);
    folded.entity(kind, entity).is_some_and(|entity| entity.fields.keys().any(|name| is_value(name)))
}
