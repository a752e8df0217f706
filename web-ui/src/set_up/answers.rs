//! From what was typed to answers that can be used, or to what is wrong with them in the words of the page.
//! The rules are the service's.

use super::ask;
use super::draft::Draft;
use super::step::Step;
use super::{Opening, SetUp};
use crate::pages::form::Posted;
use crate::pages::reply::sentence;
use crate::pages::shell::Fault;
use icmc_node::clock::SystemRng;
use icmc_node::service::ServiceError;
use icmc_node::service::first_run::{
    Answers, PersonAnswers, UnitAnswers, check_backup, check_invitation, check_passphrase, check_person, check_unit, identity,
    reach,
};
use icmc_protocol::federation::member::UnitClass;
use secrecy::SecretString;

/// What is wrong with a page. Tries folders and ports out.
pub(super) fn faults(set_up: &SetUp, draft: &Draft, step: Step) -> Vec<Fault> {
    let (now, rng) = (set_up.clock.now(), &mut SystemRng);
    match step {
        Step::Language => refused("", (draft.one("language") == "en").then_some(()).ok_or_else(|| other("language"))),
        Step::Unit => refused("", check_unit(&unit(draft), now, rng)),
        Step::People => people(draft),
        Step::Key => key(set_up.opening, draft),
        Step::Backup => refused("", check_backup(draft.one("backup"), &set_up.data, rng)),
        Step::Federation => {
            let mut faults = refused("", reach(draft.one("address")));
            match (draft.one("federation"), invitation(draft), &draft.keys) {
                ("found", _, _) | ("join", None, _) => {}
                ("join", Some(text), Some(keys)) => {
                    faults.extend(refused("", check_invitation(&unit(draft), keys, text, now, rng)));
                }
                _ => faults.extend(refused::<()>("", Err(other("federation")))),
            }
            faults
        }
        Step::Summary => Vec::new(),
    }
}

/// Boxes that a page sent and that do not go together: secrets typed differently, groups that are not on the paper.
pub(super) fn mismatches(draft: &Draft, step: Step, posted: &Posted) -> Vec<Fault> {
    let mut faults = Vec::new();
    for ask in ask::of(step).iter().flat_map(|group| group.asks).filter(|ask| ask.shape == ask::Shape::Secret) {
        let again = ask::again(ask.name);
        if posted.raw(ask.name) != posted.raw(&again) {
            let text = format!("{}: the two boxes differ", ask.label);
            faults.push(Fault { field: Some(format!("f-{again}")), text });
        }
    }
    if let Some(paper) = draft.paper.as_ref().filter(|paper| step == Step::Key && !paper.confirmed) {
        for (which, name) in ["group_first", "group_second"].into_iter().enumerate() {
            if !paper.fits(which, posted.one(name)) {
                let text = format!("Group {}: this is not what is on the paper", paper.asked[which] + 1);
                faults.push(Fault { field: Some(format!("f-{name}")), text });
            }
        }
        if !posted.has("on_paper") {
            let text = "Tick this once the recovery key is on paper, where only you can find it".to_owned();
            faults.push(Fault { field: Some("f-on_paper".to_owned()), text });
        }
    }
    faults
}

/// The text that another unit needs to invite this one.
pub(super) fn own_identity(set_up: &SetUp, draft: &Draft) -> Option<String> {
    identity(&unit(draft), draft.keys.as_ref()?, set_up.clock.now(), &mut SystemRng).ok()
}

/// All answers, if every page is right.
pub(super) fn answers(set_up: &SetUp, draft: &Draft) -> Result<Answers, Vec<Fault>> {
    // A folder may have gone, an invitation ended, since its page was sent.
    let wrong: Vec<Fault> = Step::ALL.into_iter().flat_map(|step| faults(set_up, draft, step)).collect();
    if !wrong.is_empty() {
        return Err(wrong.into_iter().map(|fault| Fault { field: None, ..fault }).collect());
    }
    let not_yet = || vec![Fault { field: None, text: "Some answers are missing: go back and give them".to_owned() }];
    let words = |error: ServiceError| vec![Fault { field: None, text: sentence(&error) }];
    let keys = draft.keys.clone().ok_or_else(not_yet)?;
    Ok(Answers {
        language: draft.one("language").to_owned(),
        unit: unit(draft),
        administrator: person(draft, "admin"),
        nodal: person(draft, "nodal"),
        keys,
        passphrase: draft.secret("passphrase").filter(|_| set_up.opening == Opening::Chosen).cloned(),
        backup: check_backup(draft.one("backup"), &set_up.data, &mut SystemRng).map_err(words)?,
        reach: reach(draft.one("address")).map_err(words)?,
        found: draft.one("federation") == "found",
        invitation: invitation(draft).filter(|_| draft.one("federation") == "join").map(str::to_owned),
    })
}

/// The unit as it was typed.
pub(super) fn unit(draft: &Draft) -> UnitAnswers {
    let text = |name: &str| draft.one(name).to_owned();
    UnitAnswers {
        name: text("name"),
        class: match draft.one("class") {
            "ngo" => UnitClass::Ngo,
            "foreign" => UnitClass::Foreign,
            _ => UnitClass::Police,
        },
        country: text("country"),
        state: text("state"),
        district: text("district"),
        duty_contact: text("duty_contact"),
        prefix: text("case_prefix"),
    }
}

fn invitation(draft: &Draft) -> Option<&str> {
    Some(draft.one("invitation").trim()).filter(|text| !text.is_empty())
}

fn person(draft: &Draft, who: &str) -> PersonAnswers {
    let text = |what: &str| draft.one(&format!("{who}_{what}")).to_owned();
    let password = draft.secret(&format!("{who}_password")).cloned().unwrap_or_else(|| SecretString::from(""));
    PersonAnswers { sign_in: text("sign_in"), name: text("name"), password }
}

fn people(draft: &Draft) -> Vec<Fault> {
    let [admin, nodal] = ["admin", "nodal"].map(|who| (who, person(draft, who)));
    let mut faults = Vec::new();
    for (who, person) in [&admin, &nodal] {
        faults.extend(refused(&format!("{who}_"), check_person(person)));
    }
    if admin.1.sign_in.trim().eq_ignore_ascii_case(nodal.1.sign_in.trim()) {
        let error = ServiceError::request("sign_in", "another name than the administrator's");
        faults.extend(refused::<()>("nodal_", Err(error)));
    }
    faults
}

fn key(opening: Opening, draft: &Draft) -> Vec<Fault> {
    if opening != Opening::Chosen {
        return Vec::new();
    }
    let nothing = SecretString::from("");
    refused("", check_passphrase(draft.secret("passphrase").unwrap_or(&nothing)))
}

fn other(field: &str) -> ServiceError {
    ServiceError::request(field, "one of the answers of the list")
}

/// The faults of a refusal, by the labels of the page. `before` is what the page's names have in front of the service's.
fn refused<T>(before: &str, outcome: Result<T, ServiceError>) -> Vec<Fault> {
    let faults = match outcome {
        Ok(_) => return Vec::new(),
        Err(ServiceError::Fields(faults)) => faults,
        Err(error) => return vec![Fault { field: None, text: sentence(&error) }],
    };
    let label = |name: &str| {
        let mut asks = Step::ALL.into_iter().flat_map(|step| ask::of(step)).flat_map(|group| group.asks);
        let known = asks.find(|ask| ask.name == name);
        known.map_or_else(|| name.replace('_', " "), |ask| ask.label.to_owned())
    };
    faults
        .into_iter()
        .map(|fault| {
            let name = format!("{before}{}", fault.field);
            Fault { text: format!("{}: expected {}", label(&name), fault.expected), field: Some(format!("f-{name}")) }
        })
        .collect()
}
