//! The same person twice in one unit, as pages show it: search first, the page after a save, deciding, undoing; and what an
//! officer is not shown. All people are invented.

use crate::site::{Browser, NODAL, OFFICER, OTHER, READER, Reply, Site};
use axum::http::{Method, StatusCode, header};
use icmc_web_ui::paths;
use serde_json::{Value, json};

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const GIVEN: [&str; 2] = ["Ibanlari", "Ebanlari"];

/// The form of a new case about the girl of [`crate::site::sample_case`] in another spelling.
fn form() -> Vec<(&'static str, &'static str)> {
    vec![
        ("case.title", "A girl at the station"),
        ("case.kind", "missing_person"),
        ("case.priority", "high"),
        ("case.opened_on", "2026-09-20"),
        ("case.source_channel", "railway"),
        ("case.legal_basis", "child_best_interest"),
        ("p0", "victim"),
        ("p0.role.role", "victim"),
        ("p0.name.given", "Ebanlari"),
        ("p0.name.family", "Kharsyntiew"),
        ("p0.person.sex", "female"),
        ("p0.person.birth", "2010-03-22"),
        ("p0.person.mother", "Thrinsibon Kharsyntiew"),
        ("p0.phone.number", "+91 50011 20416"),
        ("step", "save"),
    ]
}

struct Desk<'a> {
    site: &'a Site,
    browser: Browser,
}

impl<'a> Desk<'a> {
    async fn of(site: &'a Site, who: &str) -> Self {
        Self { site, browser: site.browser(who).await }
    }

    async fn get(&self, path: &str) -> Reply {
        self.site.get(path, &[("cookie", &self.browser.cookie)]).await
    }

    async fn page(&self, path: &str) -> String {
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        reply.text()
    }

    async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let mut form = form_urlencoded(&[("csrf", self.browser.csrf.as_str())]);
        form.push('&');
        form.push_str(&form_urlencoded(pairs));
        self.site.post(path, &[("cookie", &self.browser.cookie), OWN], &form).await
    }

    /// Posts, and gives where it leads.
    async fn leads(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let reply = self.post(path, pairs).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}: {}", reply.text());
        let to = reply.headers[header::LOCATION].to_str().unwrap().to_owned();
        assert!(GIVEN.iter().all(|name| !to.contains(name)) && !to.contains("Khar"), "{to}");
        to
    }
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        text.bytes()
            .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect::<String>()
    };
    pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect::<Vec<_>>().join("&")
}

fn id_in(address: &str) -> String {
    address.split('/').nth(2).unwrap().split(['?', '#']).next().unwrap().to_owned()
}

async fn person(site: &Site, token: &str, case: &str) -> String {
    site.service_case(token, case).await["people"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn search_first_shows_who_is_like_the_one_typed_and_opens_the_case() {
    let site = Site::new().await;
    let token = site.token(OFFICER).await;
    let case = site.case(&token).await;
    let girl = person(&site, &token, &case).await;
    let desk = Desk::of(&site, OFFICER).await;
    let asked = [("q.name", "Ebanlari Kharsyntiew"), ("q.age", "2010-03-22"), ("q.phone", "50011 20416"), ("q.sex", "female")];
    let reply = desk.post(paths::new_case(), &[&asked[..], &[("step", "search")]].concat()).await;
    assert_eq!(reply.status, StatusCode::OK);
    let page = reply.text();
    for text in ["Is it one of these?", "Ibanlari Kharsyntiew", "sound alike", "For one person: Name", "unknown", "match</span>"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.contains(&format!("href=\"{}#e-{girl}\"", paths::case(&case))));
    assert!(desk.page(&paths::case(&case)).await.contains("Ibanlari"));
    // What was typed goes on into the form.
    let form = desk.post(paths::new_case(), &[&asked[..], &[("step", "form")]].concat()).await.text();
    assert!(form.contains("value=\"Ebanlari\"") && form.contains("value=\"2010-03-22\""));
    // Too much is said, and comes back.
    let long = "x".repeat(201);
    let wrong = desk.post(paths::new_case(), &[("q.name", long.as_str()), ("step", "search")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("at most 200 characters"));
}

#[tokio::test]
async fn after_a_save_the_page_says_who_it_may_be_and_links_and_undoes() {
    let site = Site::new().await;
    let token = site.token(OFFICER).await;
    let first = site.case(&token).await;
    let desk = Desk::of(&site, OFFICER).await;
    let to = desk.leads(paths::new_case(), &form()).await;
    let second = id_in(&to);
    assert_eq!(to, format!("{}?said=created", paths::same(&second)));
    let (one, other) = (person(&site, &token, &first).await, person(&site, &token, &second).await);
    let page = desk.page(&to).await;
    for text in ["Saved. These may be the same person", "Go on to the case", "sound alike", "Exact match", "Not the same"] {
        assert!(page.contains(text), "{text}");
    }

    // Linked: both cases show it, and the page that comes next has nothing left to ask.
    let pair = [("person", other.as_str()), ("case", first.as_str()), ("other", one.as_str())];
    let with = |what| [&pair[..], &[("what", what), ("reason", "The mother knows her")]].concat();
    let to = desk.leads(&paths::same(&second), &with("same")).await;
    assert_eq!(to, format!("{}?said=same#s-{other}", paths::same(&second)));
    assert!(desk.page(&paths::same(&second)).await.contains("The mother knows her"));
    for (here, there) in [(&first, &second), (&second, &first)] {
        let page = desk.page(&paths::case(here)).await;
        assert!(page.contains("The same person as") && page.contains(&paths::case(there)));
    }
    // Undone from the other case's page, without a reason.
    let back = [("person", one.as_str()), ("case", second.as_str()), ("other", other.as_str())];
    let undo = [&back[..], &[("what", "undo"), ("on_case", "1")]].concat();
    assert_eq!(desk.leads(&paths::same(&first), &undo).await, format!("{}?said=undecided_same#e-{one}", paths::case(&first)));
    assert!(!desk.page(&paths::case(&second)).await.contains("The same person as"));
    assert_eq!(desk.post(&paths::same(&first), &undo).await.status, StatusCode::NOT_FOUND);

    // What says who the person is asks again, a note does not.
    let note = paths::add(&second, "note");
    assert!(desk.leads(&note, &[("f.text", "She is safe.")]).await.starts_with(&format!("{}?", paths::case(&second))));
    let phone = paths::add(&second, "person_phone");
    let to = desk.leads(&phone, &[("parent", other.as_str()), ("f.number", "+91 50011 20417")]).await;
    assert_eq!(to, format!("{}?said=saved", paths::same(&second)));

    // Not the same: never asked again until that is undone.
    desk.leads(&paths::same(&second), &with("not_same")).await;
    let to = desk.leads(&phone, &[("parent", other.as_str()), ("f.number", "+91 50011 20418")]).await;
    assert!(to.starts_with(&format!("{}?", paths::case(&second))), "{to}");
    assert!(desk.page(&format!("{}?said=saved", paths::same(&second))).await.contains("Nobody is left to compare."));
    for bad in [&[("what", "merge")][..], &[("what", "same"), ("person", "x")]] {
        assert!(desk.post(&paths::same(&second), bad).await.status.is_client_error());
    }
}

#[tokio::test]
async fn an_officer_learns_nothing_of_a_case_out_of_reach_and_the_nodal_officer_does() {
    let site = Site::new().await;
    let other = site.token(OTHER).await;
    let hidden = site.case(&other).await;
    let desk = Desk::of(&site, OFFICER).await;
    let asked = [("q.name", "Ibanlari Kharsyntiew"), ("q.age", "2010-03-22"), ("q.phone", "50011 20416"), ("step", "search")];
    let found = desk.post(paths::new_case(), &asked).await.text();
    assert!(found.contains("Nobody found"));
    let to = desk.leads(paths::new_case(), &form()).await;
    let mine = id_in(&to);
    assert_eq!(to, format!("{}?said=created", paths::case(&mine)), "no page in between");
    let number = site.service_case(&other, &hidden).await["summary"]["number"].as_str().unwrap().to_owned();
    for path in [paths::same(&mine), paths::case(&mine), paths::alerts().to_owned(), paths::today().to_owned()] {
        let page = desk.page(&path).await;
        assert!(!page.contains(&number) && !page.contains("Ibanlari") && !page.contains("Inside this unit"), "{path}");
    }
    assert_eq!(desk.get(&paths::same(&hidden)).await.status, StatusCode::NOT_FOUND);

    let nodal = Desk::of(&site, NODAL).await;
    let alerts = nodal.page(paths::alerts()).await;
    for text in ["Inside this unit", "Two of our cases may hold the same person", number.as_str(), "Exact match"] {
        assert!(alerts.contains(text), "{text}");
    }
    assert!(nodal.page(&paths::same(&mine)).await.contains(&number));
}

#[tokio::test]
async fn who_may_only_read_compares_and_is_offered_nothing_to_decide() {
    let site = Site::new().await;
    let token = site.token(OFFICER).await;
    let cases = [site.case(&token).await, site.case(&token).await];
    let reader = site.token(READER).await;
    let me = site.api(Method::GET, "/me", Some(&reader), None).await.json();
    for case in &cases {
        let team: Value = json!({"accounts": [me["account"]]});
        site.api(Method::PUT, &format!("/cases/{case}/team"), Some(&token), Some(&team)).await;
    }
    let desk = Desk::of(&site, READER).await;
    let page = desk.page(&paths::same(&cases[0])).await;
    assert!(page.contains("Exact match") && !page.contains("name=\"what\""));
    let (one, other) = (person(&site, &token, &cases[0]).await, person(&site, &token, &cases[1]).await);
    let pair = [("person", one.as_str()), ("case", cases[1].as_str()), ("other", other.as_str()), ("what", "same")];
    assert_eq!(desk.post(&paths::same(&cases[0]), &pair).await.status, StatusCode::FORBIDDEN);
}
