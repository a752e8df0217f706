//! What is asked on each page: names, labels, hints; and a question as the template shows it.
//! Not whether an answer can be used: see `answers`.

use super::draft::Draft;
use super::step::Step;
use crate::pages::shell::Fault;

/// How it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Line,
    Long,
    /// Typed twice, never shown again.
    Secret,
    /// One of several.
    Choice(&'static [(&'static str, &'static str)]),
}

/// One question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    hint: &'static str,
    pub(super) shape: Shape,
    list: Option<&'static str>,
    required: bool,
}

/// Questions that belong together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) legend: &'static str,
    pub(super) asks: &'static [Ask],
}

const fn ask(name: &'static str, label: &'static str, hint: &'static str, shape: Shape) -> Ask {
    Ask { name, label, hint, shape, list: None, required: true }
}

const fn listed(name: &'static str, label: &'static str, hint: &'static str, list: &'static str, required: bool) -> Ask {
    Ask { name, label, hint, shape: Shape::Line, list: Some(list), required }
}

const fn free(ask: Ask) -> Ask {
    Ask { required: false, ..ask }
}

const PASSWORD: &str = "At least 15 characters. Four or five words do well. You can paste it.";

const LANGUAGE: [Group; 1] = [Group {
    legend: "",
    asks: &[ask(
        "language",
        "Language of the pages",
        "More languages come with later versions.",
        Shape::Choice(&[("en", "English")]),
    )],
}];

const UNIT: [Group; 2] = [
    Group {
        legend: "Name and contact",
        asks: &[
            ask(
                "name",
                "Name of the unit",
                "As other units see it, for example AHTU Shillong. It is part of the unit's identity.",
                Shape::Line,
            ),
            ask(
                "class",
                "Kind of agency",
                "",
                Shape::Choice(&[
                    ("police", "Police unit"),
                    ("ngo", "Non-governmental organisation"),
                    ("foreign", "Agency of another country"),
                ]),
            ),
            ask(
                "duty_contact",
                "Duty contact",
                "A telephone and a role, for example: Duty officer, +91 364 000 0101. Never an officer's name: every member sees it.",
                Shape::Line,
            ),
            ask("case_prefix", "Letters before case numbers", "1 to 6 capital letters or digits.", Shape::Line),
        ],
    },
    Group {
        legend: "Place",
        asks: &[
            listed("country", "Country", "", "countries", true),
            listed("state", "State or province", "Leave it empty if the unit works for the whole country.", "states", false),
            listed("district", "District", "Leave it empty if the unit works for the whole state.", "districts", false),
        ],
    },
];

const PEOPLE: [Group; 2] = [
    Group {
        legend: "Administrator",
        asks: &[
            ask(
                "admin_name",
                "Name of the administrator",
                "Looks after accounts and other units, and sees no case.",
                Shape::Line,
            ),
            ask("admin_sign_in", "Sign-in name of the administrator", "", Shape::Line),
            ask("admin_password", "Password of the administrator", PASSWORD, Shape::Secret),
        ],
    },
    Group {
        legend: "Nodal officer",
        asks: &[
            ask("nodal_name", "Name of the nodal officer", "Leads the case work, and sees all cases of the unit.", Shape::Line),
            ask("nodal_sign_in", "Sign-in name of the nodal officer", "", Shape::Line),
            ask("nodal_password", "Password of the nodal officer", PASSWORD, Shape::Secret),
        ],
    },
];

const KEY: [Group; 1] = [Group { legend: "", asks: &[ask("passphrase", "Passphrase of the node", PASSWORD, Shape::Secret)] }];

const BACKUP: [Group; 1] = [Group {
    legend: "",
    asks: &[free(ask(
        "backup",
        "Folder for backups",
        "A whole path, best on another disk, for example /media/backup/icmc. Leave it empty to decide later.",
        Shape::Line,
    ))],
}];

const FEDERATION: [Group; 2] = [
    Group {
        legend: "How other units reach this one",
        asks: &[free(ask(
            "address",
            "Address of this computer",
            "IP address and port, for example 203.0.113.5:7711. Leave it empty if no other unit can reach this computer: it then only calls others.",
            Shape::Line,
        ))],
    },
    Group {
        legend: "Found or join",
        asks: &[
            ask(
                "federation",
                "What this unit does first",
                "",
                Shape::Choice(&[
                    ("found", "Found a new federation, with this unit as its first member"),
                    ("join", "Join a federation that invites it"),
                ]),
            ),
            free(ask(
                "invitation",
                "Invitation, if you have it already",
                "From a member that was given the identity above. It can also be pasted later, on the page Other units.",
                Shape::Long,
            )),
        ],
    },
];

/// The questions of a page.
pub(super) const fn of(step: Step) -> &'static [Group] {
    match step {
        Step::Language => &LANGUAGE,
        Step::Unit => &UNIT,
        Step::People => &PEOPLE,
        Step::Key => &KEY,
        Step::Backup => &BACKUP,
        Step::Federation => &FEDERATION,
        Step::Summary => &[],
    }
}

/// The box in which a secret is typed once more.
pub(super) fn again(name: &str) -> String {
    format!("{name}_again")
}

/// A question as the template shows it.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) shape: &'static str,
    pub(super) value: String,
    /// Code, label, whether it is chosen.
    pub(super) options: Vec<(&'static str, &'static str, bool)>,
    pub(super) list: Option<&'static str>,
    pub(super) required: bool,
    pub(super) error: Option<String>,
}

impl Question {
    /// The ids of hint and error, for assistive technology.
    pub(super) fn described(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }

    /// One line that is asked beside the fixed questions.
    pub(super) fn line(name: &str, label: String, faults: &[Fault]) -> Self {
        let id = format!("f-{name}");
        let error = error(&id, &label, faults);
        Self {
            id,
            name: name.to_owned(),
            label,
            hint: String::new(),
            shape: "line",
            value: String::new(),
            options: Vec::new(),
            list: None,
            required: true,
            error,
        }
    }
}

/// What is wrong with it, without the label that stands above it.
fn error(id: &str, label: &str, faults: &[Fault]) -> Option<String> {
    let text = &faults.iter().find(|fault| fault.field.as_deref() == Some(id))?.text;
    let mut letters = text.strip_prefix(label).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(text).chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect())
}

/// The questions of a group with what was typed and what is wrong.
pub(super) fn questions(group: &Group, draft: &Draft, faults: &[Fault]) -> Vec<Question> {
    let mut questions = Vec::new();
    for ask in group.asks {
        let mut question = Question::line(ask.name, ask.label.to_owned(), faults);
        (question.hint, question.list, question.required) = (ask.hint.to_owned(), ask.list, ask.required);
        match ask.shape {
            Shape::Line => question.value = draft.one(ask.name).to_owned(),
            Shape::Long => (question.shape, question.value) = ("long", draft.one(ask.name).to_owned()),
            Shape::Choice(options) => {
                question.shape = "choice";
                let chosen = draft.one(ask.name);
                question.options = options.iter().map(|(code, label)| (*code, *label, *code == chosen)).collect();
            }
            Shape::Secret => {
                question.shape = "secret";
                let chosen = draft.secret(ask.name).is_some();
                question.required = !chosen;
                if chosen {
                    "It is chosen. Leave both boxes empty to keep it.".clone_into(&mut question.hint);
                }
                let label = format!("{}, once more", ask.label);
                let again = Question { shape: "secret", required: !chosen, ..Question::line(&again(ask.name), label, faults) };
                questions.extend([question, again]);
                continue;
            }
        }
        questions.push(question);
    }
    questions
}
