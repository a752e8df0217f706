//! The share form over its real routes, in one unit: consent that is missing, recorded, or replaced by two persons.
//! What another unit gets is tested with several units, in `tests/` of the workspace.

use crate::site::{Browser, NODAL, OFFICER, OTHER, PASSWORD, READER, Reply, Site};
use axum::http::{Method, StatusCode, header};
use icmc_web_ui::paths;
use serde_json::Value;

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

/// A case of the officer with its form's usual answers.
struct Form {
    site: Site,
    browser: Browser,
    token: String,
    case: String,
    person: String,
    unit: String,
}

impl Form {
    async fn new() -> Self {
        let site = Site::new().await;
        let (token, browser) = (site.token(OFFICER).await, site.browser(OFFICER).await);
        let case = site.case(&token).await;
        let person = site.service_case(&token, &case).await["people"][0]["id"].as_str().unwrap().to_owned();
        Self { site, browser, token, case, person, unit: "22".repeat(32) }
    }

    async fn post(&self, step: &str, more: &[(&str, &str)]) -> Reply {
        let basis = format!("basis.{}", self.person);
        let all = [
            ("csrf", self.browser.csrf.as_str()),
            ("step", step),
            ("to", &self.unit),
            ("purpose", "investigation"),
            (&basis, "consent"),
            ("c.person", &self.person),
        ];
        let pairs = all.iter().chain(more).map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let form = pairs.collect::<Vec<_>>().join("&");
        let cookie = ("cookie", self.browser.cookie.as_str());
        self.site.post(&paths::share(&self.case), &[cookie, OWN], &form).await
    }

    async fn consents(&self) -> Vec<Value> {
        self.site.service_case(&self.token, &self.case).await["consents"].as_array().unwrap().clone()
    }

    fn override_by<'a>(&'a self, second: &'a str, password: &'a str) -> Vec<(&'static str, &'a str)> {
        vec![
            ("c.override_ground", "child_best_interest"),
            ("c.override_authority", "Section 12 of an invented act"),
            ("c.purposes", "investigation"),
            ("c.recipient_units", &self.unit),
            ("c.classes_allowed", "S"),
            ("c.classes_allowed", "B"),
            ("c.classes_allowed", "I"),
            ("c.valid_to", "2028-01-01"),
            ("c.second", second),
            ("c.password", password),
        ]
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The unit of these tests is no member: what is refused for that reason alone has passed the check of consent.
const NOT_A_MEMBER: &str = "not a member";

#[tokio::test]
async fn a_share_without_consent_is_blocked_until_one_is_recorded_and_nothing_typed_is_lost() {
    let form = Form::new().await;
    let note = [("note", "please call before you go there"), ("sections", "identity")];
    for step in ["check", "send"] {
        let blocked = form.post(step, &note).await;
        let text = blocked.text();
        assert_eq!(blocked.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
        assert!(text.contains("no consent is entered") && text.contains(&format!("consent:{}", form.person)), "{step}: {text}");
        assert!(!text.contains("Seal and send"), "{step}");
    }
    let aside = form.post(&format!("consent:{}", form.person), &note).await;
    let text = aside.text();
    assert_eq!(aside.status, StatusCode::OK, "{text}");
    assert!(text.contains("Ibanlari") && text.contains("Save the consent and check again"));
    assert!(text.contains("please call before you go there"), "what the other steps hold comes along");

    let mut given =
        vec![("c.method", "written"), ("c.purposes", "referral"), ("c.valid_from", "2026-09-14"), ("c.classes_allowed", "S")];
    let incomplete = form.post("record", &given).await;
    assert_eq!(incomplete.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(incomplete.text().contains("Given by: this has to be said") && form.consents().await.is_empty());
    given.push(("c.given_by", "guardian"));
    let narrow = form.post("record", &given).await.text();
    assert_eq!(form.consents().await.len(), 1, "what was agreed to is kept even where it does not do");
    for gap in ["not for this purpose", "neither this unit nor its kind", "does not allow so much"] {
        assert!(narrow.contains(gap), "{gap}: {narrow}");
    }
    given.extend([
        ("c.purposes", "investigation"),
        ("c.recipient_units", &form.unit),
        ("c.classes_allowed", "B"),
        ("c.classes_allowed", "I"),
    ]);
    let covered = form.post("record", &given).await.text();
    assert!(covered.contains(NOT_A_MEMBER), "{covered}");
    assert_eq!(form.consents().await.len(), 2);
}

#[tokio::test]
async fn a_ground_in_place_of_consent_takes_another_person_with_the_right_password() {
    let form = Form::new().await;
    let page = form.post(&format!("override:{}", form.person), &[]).await.text();
    assert!(page.contains("Password of the second person"), "{page}");
    // Oneself, a stranger to the case, somebody who may only read, a wrong password.
    for (second, password) in [(OFFICER, PASSWORD), (OTHER, PASSWORD), (READER, PASSWORD), (NODAL, "not the password at all")] {
        let refused = form.post("decide", &form.override_by(second, password)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{second}: {}", refused.text());
        assert!(
            !refused.text().contains(PASSWORD) && !refused.text().contains("not the password"),
            "{second}: a password came back"
        );
        assert!(!refused.headers.contains_key(header::SET_COOKIE));
        assert!(form.consents().await.is_empty(), "{second}");
    }
    let decisions = form.site.api(Method::GET, &format!("/cases/{}/decisions", form.case), Some(&form.token), None).await.json();
    assert_eq!(decisions, serde_json::json!([]), "nothing is left of a wish that was not agreed to");
    let decided = form.post("decide", &form.override_by(NODAL, PASSWORD)).await;
    assert!(decided.text().contains(NOT_A_MEMBER), "{}", decided.text());
    let consents = form.consents().await;
    let text = serde_json::to_string(&consents).unwrap();
    assert!(consents.len() == 1 && text.contains(OFFICER) && text.contains(NODAL), "both names stand in the case: {text}");
    // No form writes or shows what took two.
    let id = consents[0]["id"].as_str().unwrap();
    let cookie = ("cookie", form.browser.cookie.as_str());
    let edit = form.site.get(&paths::edit(&form.case, "consent", id), &[cookie]).await;
    assert!(edit.status == StatusCode::OK && !edit.text().contains("f.override_"), "{}", edit.text());
}

#[tokio::test]
async fn two_cases_are_linked_at_both_and_only_for_who_may_see_both() {
    let form = Form::new().await;
    let other = form.site.case(&form.token).await;
    let foreign = form.site.case(&form.site.token(OTHER).await).await;
    let number = |case: &Value| case["summary"]["number"].as_str().unwrap().to_lowercase();
    let cookie = ("cookie", form.browser.cookie.as_str());
    let post = async |more: String| {
        let body = format!("csrf={}&why=person&{more}", form.browser.csrf);
        form.site.post(&paths::case_step(&form.case, "link"), &[cookie, OWN], &body).await
    };
    let foreign_number = number(&form.site.service_case(&form.site.token(NODAL).await, &foreign).await);
    for unseen in [format!("number={foreign_number}"), format!("link={foreign}"), format!("link={}", form.case), String::new()] {
        let refused = post(unseen.clone()).await;
        assert!(refused.status.is_client_error(), "{unseen}: {}", refused.status);
    }
    let linked = post(format!("number={}", number(&form.site.service_case(&form.token, &other).await))).await;
    assert_eq!(linked.status, StatusCode::SEE_OTHER, "{}", linked.text());
    for (here, there) in [(&form.case, &other), (&other, &form.case)] {
        let links = form.site.service_case(&form.token, here).await["links"].clone();
        assert_eq!((links[0]["case"].as_str(), links[0]["why"].as_str()), (Some(there.as_str()), Some("person")));
    }
    assert_eq!(post(format!("unlink={other}")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(form.site.service_case(&form.token, &other).await["links"], serde_json::json!([]));
}

#[tokio::test]
async fn a_hold_takes_two_and_keeps_the_case_from_being_deleted() {
    let form = Form::new().await;
    let (nodal, page) = (form.site.browser(NODAL).await, paths::who(&form.case));
    let post = async |browser: &Browser, more: String| {
        let body = format!("csrf={}&{more}", browser.csrf);
        form.site.post(&page, &[("cookie", browser.cookie.as_str()), OWN], &body).await
    };
    let asked = post(&form.browser, "step=hold&reason=An+invented+appeal&days=90".to_owned()).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text());
    let shown = form.site.get(&page, &[("cookie", &nodal.cookie)]).await.text();
    assert!(
        shown.contains("An invented appeal") && shown.contains("entered the case here") && shown.contains(">Agree"),
        "{shown}"
    );
    let decisions = form.site.api(Method::GET, &format!("/cases/{}/decisions", form.case), Some(&form.token), None).await.json();
    let agree = format!("step=agree&decision={}", decisions[0]["id"].as_str().unwrap());
    assert_eq!(post(&form.browser, agree.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY, "not with oneself");
    assert_eq!(form.site.service_case(&form.token, &form.case).await["rights"]["delete"], true);
    assert_eq!(post(&nodal, agree).await.status, StatusCode::SEE_OTHER);
    assert_eq!(form.site.service_case(&form.token, &form.case).await["rights"]["delete"], false);
    let stranger = form.site.browser(OTHER).await;
    assert_eq!(form.site.get(&page, &[("cookie", &stranger.cookie)]).await.status, StatusCode::NOT_FOUND);
}
