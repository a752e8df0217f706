//! The wizard over its real routes, without a browser and without a disk that it would write a unit to.
//! Everybody is invented. What the executable makes of the answers is tested there.

use super::{Opening, SetUpConfig, Start, router};
use crate::pages::tests::check;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use icmc_node::clock::ManualClock;
use icmc_protocol::time::{MINUTE, Timestamp};
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tower::ServiceExt as _;

const HOST: &str = "127.0.0.1:7701";
const STEPS: [&str; 7] = ["language", "unit", "people", "key", "backup", "federation", "summary"];
const SECRETS: [&str; 3] = ["five words by the ghat", "a lantern over the ferry", "a kettle under the bridge"];

struct Bench {
    router: Router,
    word: String,
    clock: Arc<ManualClock>,
    starts: mpsc::Receiver<Start>,
    cookie: String,
    csrf: String,
    dir: TempDir,
}

struct Said {
    status: StatusCode,
    to: String,
    cookie: Option<String>,
    html: String,
}

impl Bench {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp(1_795_000_000_000)));
        let (sender, starts) = mpsc::channel(1);
        let dir = tempfile::tempdir().unwrap();
        let (bind, data) = (HOST.parse().unwrap(), dir.path().join("data"));
        let (router, word) = router(SetUpConfig { bind, data, opening: Opening::Chosen, clock: clock.clone() }, sender);
        let word = word.expose_secret().to_owned();
        Self { router, word, clock, starts, cookie: String::new(), csrf: String::new(), dir }
    }

    /// With the word shown, in the one browser.
    async fn inside() -> Self {
        let mut bench = Self::new();
        let word = bench.word.clone();
        let said = bench.post("/set-up", &[("token", &word)]).await;
        assert_eq!((said.status, said.to.as_str()), (StatusCode::SEE_OTHER, "/set-up/language"));
        bench.cookie = said.cookie.unwrap().split(';').next().unwrap().to_owned();
        let page = bench.get("/set-up/language").await;
        bench.csrf = page.html.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        bench
    }

    async fn call(&self, request: axum::http::request::Builder, body: String) -> Said {
        let request = request.header(header::COOKIE, &self.cookie).body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, to, cookie) = (response.status(), text(header::LOCATION).unwrap_or_default(), text(header::SET_COOKIE));
        assert_eq!(text(header::CACHE_CONTROL).unwrap(), "no-store");
        let html = String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
        Said { status, to, cookie, html }
    }

    async fn get(&self, path: &str) -> Said {
        self.call(Request::get(path).header(header::HOST, HOST), String::new()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Said {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair("csrf", &self.csrf).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::HOST, HOST).header("sec-fetch-site", "same-origin");
        self.call(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), form).await
    }

    /// Answers a page and sees that the next one follows.
    async fn goes_on(&self, step: &str, fields: &[(&str, &str)]) {
        let said = self.post(&format!("/set-up/{step}"), fields).await;
        let next = STEPS[STEPS.iter().position(|known| *known == step).unwrap() + 1];
        assert_eq!((said.status, said.to), (StatusCode::SEE_OTHER, format!("/set-up/{next}")), "{}", said.html);
    }

    /// Answers a page wrongly and sees a complaint at each of these fields.
    async fn is_refused(&self, step: &str, fields: &[(&str, &str)], at: &[&str]) -> String {
        let said = self.post(&format!("/set-up/{step}"), fields).await;
        assert_eq!(said.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
        assert!(said.html.contains("<title>Error: "));
        let found: Vec<&str> = said.html.split("<li><a href=\"#f-").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(found, at, "{step}");
        for field in at.iter().filter(|field| **field != "on_paper") {
            assert!(said.html.contains(&format!("id=\"f-{field}-error\"")), "{field} has no complaint beside it");
        }
        assert!(check::faults(&said.html).is_empty(), "{step}: {:?}", check::faults(&said.html));
        said.html
    }

    /// Types the passphrase, and reads the recovery key from the one page that shows it.
    async fn recovery_key(&self, fields: &[(&str, &str)]) -> String {
        let said = self.post("/set-up/key", fields).await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.html);
        assert!(check::faults(&said.html).is_empty(), "{:?}", check::faults(&said.html));
        let key = said.html.split("icmc-recovery-1:").nth(1).unwrap().split('<').next().unwrap();
        key.to_owned()
    }

    /// The answers about the paper that the page asks for.
    async fn groups(&self, key: &str) -> [String; 2] {
        let page = self.get("/set-up/key").await.html;
        let asked = page.split("\">Group ").skip(1).map(|rest| rest.split(' ').next().unwrap().parse::<usize>().unwrap());
        let groups: Vec<String> = asked.map(|number| key.split('-').nth(number - 1).unwrap().to_lowercase()).collect();
        groups.try_into().unwrap()
    }

    async fn to_backup(&self) {
        self.goes_on("language", &[("language", "en")]).await;
        self.goes_on("unit", &UNIT).await;
        self.goes_on("people", &PEOPLE).await;
        let key = self.recovery_key(&[("passphrase", SECRETS[0]), ("passphrase_again", SECRETS[0])]).await;
        let [first, second] = self.groups(&key).await;
        self.goes_on("key", &[("group_first", &first), ("group_second", &second), ("on_paper", "yes")]).await;
    }
}

const UNIT: [(&str, &str); 7] = [
    ("name", "AHTU Testpur"),
    ("class", "police"),
    ("duty_contact", "Duty officer, +91 364 000 0101"),
    ("case_prefix", "TP"),
    ("country", "India"),
    ("state", "Meghalaya"),
    ("district", "East Khasi Hills"),
];
const PEOPLE: [(&str, &str); 8] = [
    ("admin_name", "B. Kharkongor"),
    ("admin_sign_in", "admin"),
    ("admin_password", SECRETS[1]),
    ("admin_password_again", SECRETS[1]),
    ("nodal_name", "P. Syiem"),
    ("nodal_sign_in", "nodal"),
    ("nodal_password", SECRETS[2]),
    ("nodal_password_again", SECRETS[2]),
];

#[tokio::test]
async fn the_word_lets_one_browser_in_once_and_in_time() {
    let bench = Bench::new();
    let wrong = bench.post("/set-up", &[("token", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A")]).await;
    assert_eq!((wrong.status, wrong.cookie), (StatusCode::UNPROCESSABLE_ENTITY, None));
    assert!(wrong.html.contains("not the one that the terminal shows"));
    assert_eq!(bench.get("/").await.to, "/set-up");
    bench.clock.advance(30 * MINUTE - 1);
    let word = bench.word.to_lowercase();
    let right = bench.post("/set-up", &[("token", &word)]).await;
    let cookie = right.cookie.unwrap();
    assert!(cookie.starts_with("icmc-set-up=") && cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
    let again = bench.post("/set-up", &[("token", &word)]).await;
    assert_eq!((again.status, again.cookie), (StatusCode::UNPROCESSABLE_ENTITY, None));
    assert!(again.html.contains("used already") && bench.get("/set-up").await.html.contains("used already"));

    let late = Bench::new();
    late.clock.advance(30 * MINUTE);
    let said = late.post("/set-up", &[("token", &late.word)]).await;
    assert_eq!((said.status, said.cookie), (StatusCode::UNPROCESSABLE_ENTITY, None));
    assert!(said.html.contains("time for the set-up is over") && check::faults(&said.html).is_empty());
}

#[tokio::test]
async fn without_the_session_there_is_no_page_and_nothing_is_taken() {
    let inside = Bench::inside().await;
    let outside = Bench { cookie: String::new(), ..Bench::new() };
    for cookie in [String::new(), "icmc-set-up=00ff".to_owned(), format!("{}; {}", inside.cookie, inside.cookie)] {
        let stranger = Bench { cookie, router: inside.router.clone(), csrf: inside.csrf.clone(), ..Bench::new() };
        for step in STEPS {
            for said in [stranger.get(&format!("/set-up/{step}")).await, stranger.post(&format!("/set-up/{step}"), &[]).await] {
                assert_eq!((said.status, said.to.as_str()), (StatusCode::SEE_OTHER, "/set-up"), "{step}");
            }
        }
        for path in ["/set-up/identity.svg", "/set-up/identity.txt"] {
            assert_eq!(stranger.get(path).await.to, "/set-up");
        }
    }
    assert_eq!(outside.get("/set-up/nonsense").await.to, "/set-up");
    assert_eq!(inside.get("/set-up/nonsense").await.status, StatusCode::NOT_FOUND);
    assert_eq!(inside.get("/sign-in").await.status, StatusCode::NOT_FOUND);
    inside.clock.advance(60 * MINUTE);
    assert_eq!(inside.get("/set-up/language").await.to, "/set-up");
    assert!(inside.get("/set-up").await.html.contains("time for the set-up is over"));
}

#[tokio::test]
async fn other_sites_and_other_names_get_nothing() {
    let mut bench = Bench::inside().await;
    let form = format!("csrf={}", bench.csrf);
    let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = || Request::post("/set-up/language").header(kind.0.clone(), kind.1);
    let foreign = bench.call(request().header(header::HOST, HOST).header("sec-fetch-site", "cross-site"), form.clone()).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let named = request().header(header::HOST, "evil.example:7701").header("sec-fetch-site", "same-origin");
    assert_eq!(bench.call(named, form).await.status, StatusCode::MISDIRECTED_REQUEST);
    bench.csrf = "0".repeat(64);
    assert_eq!(bench.post("/set-up/language", &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_page_says_at_the_field_what_is_wrong_and_keeps_what_was_typed() {
    let bench = Bench::inside().await;
    assert_eq!(bench.get("/set-up/backup").await.to, "/set-up/language", "pages come in their order");
    assert_eq!(bench.post("/set-up/summary", &[]).await.to, "/set-up/language");
    bench.is_refused("language", &[("language", "tlh")], &["language"]).await;
    bench.goes_on("language", &[("language", "en")]).await;

    let wrong = [("name", ""), ("duty_contact", "<b>\""), ("state", "Atlantis"), ("case_prefix", "IC"), ("class", "ngo")];
    let html = bench.is_refused("unit", &wrong, &["name", "state"]).await;
    assert!(html.contains("value=\"Atlantis\"") && html.contains("value=\"ngo\" selected") && !html.contains("<b>"));
    bench.goes_on("unit", &UNIT).await;

    let short = [("admin_password", "short"), ("admin_password_again", "short"), ("nodal_sign_in", "ADMIN")];
    let at = ["admin_name", "admin_password", "nodal_name", "nodal_password", "nodal_sign_in"];
    bench.is_refused("people", &short, &at).await;
    let differ =
        [PEOPLE[0], ("nodal_sign_in", "nodal"), PEOPLE[4], ("admin_password", SECRETS[1]), ("admin_password_again", "x")];
    bench.is_refused("people", &differ, &["admin_password_again", "nodal_password"]).await;
    bench.goes_on("people", &PEOPLE).await;

    bench.is_refused("key", &[], &["passphrase"]).await;
    let key = bench.recovery_key(&[("passphrase", SECRETS[0]), ("passphrase_again", SECRETS[0])]).await;
    let asked = [("group_first", "AAAA"), ("group_second", "")];
    bench.is_refused("key", &asked, &["group_first", "group_second", "on_paper"]).await;
    let [first, second] = bench.groups(&key).await;
    bench.is_refused("key", &[("group_first", &first), ("group_second", &second)], &["on_paper"]).await;
    bench
        .is_refused(
            "key",
            &[("group_first", &second), ("group_second", &first), ("on_paper", "yes")],
            &["group_first", "group_second"],
        )
        .await;
    bench.goes_on("key", &[("group_first", &first), ("group_second", &second), ("on_paper", "yes")]).await;

    bench.is_refused("backup", &[("backup", "relative")], &["backup"]).await;
    bench.goes_on("backup", &[("backup", bench.dir.path().to_str().unwrap())]).await;
    let wrong = [("address", "here"), ("federation", "join"), ("invitation", "icmc-invite-1:AAAA")];
    bench.is_refused("federation", &wrong, &["address", "invitation"]).await;
    bench.is_refused("federation", &[("address", ""), ("federation", "x"), ("invitation", "")], &["federation"]).await;
}

#[tokio::test]
async fn going_back_loses_nothing_and_the_answers_arrive_whole() {
    let mut bench = Bench::inside().await;
    bench.to_backup().await;
    let back = bench.post("/set-up/backup", &[("backup", "/not/yet/there"), ("go", "back")]).await;
    assert_eq!(back.to, "/set-up/key");
    assert!(bench.get("/set-up/key").await.html.contains("was checked"));
    assert_eq!(bench.post("/set-up/key", &[("go", "back")]).await.to, "/set-up/people");
    let people = bench.get("/set-up/people").await.html;
    assert!(people.contains("value=\"B. Kharkongor\"") && people.contains("It is chosen."));
    bench.goes_on("people", &[PEOPLE[0], PEOPLE[4]]).await;
    bench.goes_on("key", &[]).await;
    assert!(bench.get("/set-up/backup").await.html.contains("value=\"/not/yet/there\""));
    bench.goes_on("backup", &[("backup", "")]).await;

    let identity = bench.get("/set-up/identity.txt").await.html;
    let page = bench.get("/set-up/federation").await.html;
    assert!(identity.starts_with("icmc-unit-1:") && page.contains(identity.trim()));
    assert!(bench.get("/set-up/identity.svg").await.html.starts_with("<?xml"));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    bench.goes_on("federation", &[("address", &format!("127.0.0.1:{port}")), ("federation", "found")]).await;
    let summary = bench.get("/set-up/summary").await.html;
    assert!(summary.contains("East Khasi Hills, Meghalaya") && check::faults(&summary).is_empty());

    let starting = Bench { router: bench.router.clone(), cookie: bench.cookie.clone(), csrf: bench.csrf.clone(), ..Bench::new() };
    let (said, ()) = tokio::join!(starting.post("/set-up/summary", &[("go", "on")]), async {
        let start = bench.starts.recv().await.unwrap();
        assert_eq!(bench.post("/set-up/summary", &[("go", "on")]).await.status, StatusCode::CONFLICT, "it is made once");
        assert_eq!((start.answers.unit.name.as_str(), start.answers.unit.prefix.as_str()), ("AHTU Testpur", "TP"));
        assert_eq!(start.answers.administrator.password.expose_secret(), SECRETS[1]);
        assert_eq!(start.answers.passphrase.as_ref().unwrap().expose_secret(), SECRETS[0]);
        assert_eq!(start.answers.reach.addresses, [format!("/ip4/127.0.0.1/tcp/{port}")]);
        assert!(start.answers.found && start.answers.backup.is_none() && start.answers.invitation.is_none());
        start.done.send(Err("The disk is full.".to_owned())).unwrap();
    });
    assert!(said.html.contains("The disk is full."));

    let (said, ()) = tokio::join!(starting.post("/set-up/summary", &[("go", "on")]), async {
        bench.starts.recv().await.unwrap().done.send(Ok(())).unwrap();
    });
    assert_eq!(said.to, "/sign-in?said=ready");
}

#[tokio::test]
async fn secrets_are_in_no_page_but_the_recovery_key_in_one_once() {
    let bench = Bench::inside().await;
    bench.to_backup().await;
    let old = bench.recovery_key(&[("go", "new")]).await;
    let new = bench.recovery_key(&[("go", "new")]).await;
    assert_ne!(old, new, "each showing is of a new key");
    let groups = bench.groups(&old).await;
    bench
        .is_refused(
            "key",
            &[("group_first", &groups[0]), ("group_second", &groups[1]), ("on_paper", "yes")],
            &["group_first", "group_second"],
        )
        .await;
    let groups = bench.groups(&new).await;
    bench.goes_on("key", &[("group_first", &groups[0]), ("group_second", &groups[1]), ("on_paper", "yes")]).await;
    bench.goes_on("backup", &[]).await;
    bench.goes_on("federation", &[("address", "127.0.0.1:39"), ("federation", "join")]).await;
    for step in STEPS {
        let page = bench.get(&format!("/set-up/{step}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(check::faults(&page.html).is_empty(), "{step}: {:?}", check::faults(&page.html));
        for secret in SECRETS.iter().copied().chain(["icmc-recovery", bench.word.as_str()]).chain(new.split('-')) {
            assert!(secret.len() < 4 || !page.html.contains(secret), "{secret} is on the page {step}");
        }
    }
}
