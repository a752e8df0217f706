//! Who may call what: without a token, with the wrong sort of proof, with too small a role, for what belongs to others.
//! The rules themselves are the node's.

use crate::site::{ADMIN, NEWCOMER, NODAL, OFFICER, OTHER, READER, Site, sample_case};
use axum::http::{Method, StatusCode, header};
use icmc_node::sessions::IDLE;
use icmc_web_ui::api;
use serde_json::{Value, json};

const NOTHING: &str = "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff";

fn filled(path: &str) -> String {
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        filled.push_str(if part.starts_with('{') { NOTHING } else { part });
    }
    filled
}

fn needs_session(method: &Method, path: &str) -> bool {
    path != "/openapi.json" && !(method == Method::POST && path == "/session")
}

#[tokio::test]
async fn no_route_answers_without_a_token() {
    let site = Site::new().await;
    let browser = site.browser(NODAL).await;
    let mut held = 0;
    for (method, path) in api::table() {
        if !needs_session(&method, path) {
            continue;
        }
        held += 1;
        let address = filled(path);
        for token in [None, Some(NOTHING), Some(""), Some(browser.token.as_str())] {
            let reply = site.api(method.clone(), &address, token, Some(&json!({}))).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path} {token:?}: {}", reply.text());
            assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
        }
    }
    assert!(held > 40, "{held}");
}

#[tokio::test]
async fn a_cookie_opens_nothing_in_the_api_and_a_token_no_page() {
    let site = Site::new().await;
    let browser = site.browser(NODAL).await;
    let token = site.token(NODAL).await;
    assert_eq!(site.get("/api/v1/me", &[("cookie", &browser.cookie)]).await.status, StatusCode::UNAUTHORIZED);
    let name = browser.cookie.split('=').next().unwrap();
    let page = site.get("/", &[("cookie", &format!("{name}={token}"))]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_in_takes_json_only_and_the_token_ends() {
    let site = Site::new().await;
    let form = site.post("/api/v1/session", &[], &format!("sign_in={NODAL}&password=x")).await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let wrong = site.api(Method::POST, "/session", None, Some(&json!({"sign_in": NODAL, "password": "wrong wrong wrong"}))).await;
    let nobody =
        site.api(Method::POST, "/session", None, Some(&json!({"sign_in": "nobody", "password": "wrong wrong wrong"}))).await;
    assert_eq!((wrong.status, &wrong.body), (StatusCode::UNAUTHORIZED, &nobody.body), "nobody can tell which names there are");

    let body = json!({"sign_in": NODAL, "password": crate::site::PASSWORD});
    let reply = site.api(Method::POST, "/session", None, Some(&body)).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    assert!(!reply.headers.contains_key(header::SET_COOKIE));
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(site.api(Method::GET, "/me", Some(&token), None).await.status, StatusCode::OK);
    assert_eq!(site.api(Method::DELETE, "/session", Some(&token), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.api(Method::GET, "/me", Some(&token), None).await.status, StatusCode::UNAUTHORIZED);

    let token = site.token(NODAL).await;
    site.clock.advance(IDLE);
    assert_eq!(site.api(Method::GET, "/me", Some(&token), None).await.status, StatusCode::UNAUTHORIZED, "idle for too long");
}

#[tokio::test]
async fn a_read_only_account_writes_nothing() {
    let site = Site::new().await;
    let (officer, reader) = (site.token(OFFICER).await, site.token(READER).await);
    let case = site.case(&officer).await;
    let me = site.api(Method::GET, "/me", Some(&reader), None).await.json();
    let team = json!({"accounts": [me["account"]]});
    assert_eq!(
        site.api(Method::PUT, &format!("/cases/{case}/team"), Some(&officer), Some(&team)).await.status,
        StatusCode::NO_CONTENT
    );
    let seen = site.api(Method::GET, &format!("/cases/{case}"), Some(&reader), None).await;
    assert_eq!(seen.status, StatusCode::OK);
    let person = seen.json()["people"][0]["id"].as_str().unwrap().to_owned();

    let note = json!({"changes": [{"kind": "note", "fields": {"text": "a word"}}]});
    let share =
        json!({"to": NOTHING, "rights": "read", "purpose": "verification", "handling": "H0", "onward": "none", "days": 30});
    for (method, path, body) in [
        (Method::POST, "/cases".to_owned(), sample_case()),
        (Method::POST, format!("/cases/{case}/changes"), note),
        (Method::POST, format!("/cases/{case}/close"), json!({"reason": "resolved"})),
        (Method::POST, format!("/cases/{case}/reopen"), json!({})),
        (Method::POST, format!("/cases/{case}/delete"), json!({})),
        (Method::POST, format!("/cases/{case}/shares"), share),
        (Method::PUT, format!("/cases/{case}/team"), team),
        (
            Method::POST,
            format!("/cases/{case}/requests"),
            json!({"person": person, "to": NOTHING, "address": "Lane 7", "checks": ["address"], "basis": "consent",
                "purpose": "verification", "handling": "H2", "days": 7}),
        ),
        (Method::POST, "/directory".to_owned(), json!({"text": {}})),
        (Method::POST, format!("/requests/{}/take", &NOTHING[..32]), json!({})),
    ] {
        let reply = site.api(method, &path, Some(&reader), Some(&body)).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}: {}", reply.text());
    }
    let after = site.api(Method::GET, &format!("/cases/{case}"), Some(&reader), None).await;
    assert_eq!(after.json()["timeline"], seen.json()["timeline"], "nothing was written");
    assert_eq!(site.api(Method::GET, &format!("/persons/{person}"), Some(&reader), None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn not_yours_is_the_same_as_not_there() {
    let site = Site::new().await;
    let (officer, other, admin) = (site.token(OFFICER).await, site.token(OTHER).await, site.token(ADMIN).await);
    let case = site.case(&officer).await;
    let own = site.api(Method::GET, &format!("/cases/{case}"), Some(&officer), None).await.json();
    let person = own["people"][0]["id"].as_str().unwrap().to_owned();
    let note = json!({"changes": [{"kind": "note", "fields": {"text": "a word"}}]});
    let ask = json!({"person": person, "to": NOTHING, "address": "Lane 7", "checks": ["address"], "basis": "consent",
        "purpose": "verification", "handling": "H2", "days": 7});
    let same = json!({"person": person, "case": NOTHING, "other": person, "what": "same"});
    for token in [&other, &admin] {
        for (method, path, theirs, nothing, body) in [
            (Method::GET, "/cases/ID", &case, NOTHING, None),
            (Method::GET, "/cases/ID/timeline", &case, NOTHING, None),
            (Method::GET, "/cases/ID/shares", &case, NOTHING, None),
            (Method::POST, "/cases/ID/changes", &case, NOTHING, Some(&note)),
            (Method::POST, "/cases/ID/delete", &case, NOTHING, None),
            (Method::POST, "/cases/ID/requests", &case, NOTHING, Some(&ask)),
            (Method::GET, "/cases/ID/same", &case, NOTHING, None),
            (Method::POST, "/cases/ID/same", &case, NOTHING, Some(&same)),
            (Method::GET, "/persons/ID", &person, &NOTHING[..32], None),
        ] {
            let there = site.api(method.clone(), &path.replace("ID", theirs), Some(token), body).await;
            let nowhere = site.api(method.clone(), &path.replace("ID", nothing), Some(token), body).await;
            let no_id = site.api(method, &path.replace("ID", "no-id"), Some(token), body).await;
            assert_eq!(there.status, StatusCode::NOT_FOUND, "{path}: {}", there.text());
            assert_eq!((&there.body, &there.headers), (&nowhere.body, &nowhere.headers), "{path}");
            assert_eq!(there.body, no_id.body, "{path}");
        }
    }
    let list = site.api(Method::GET, "/cases", Some(&other), None).await.json();
    assert_eq!(list["total"], 0);
    let found = site.api(Method::POST, "/cases/search", Some(&other), Some(&json!({"text": "Ibanlari"}))).await.json();
    assert_eq!(found, Value::Array(Vec::new()));
    let alike = json!({"name": "Ibanlari Kharsyntiew", "age": "2010-03-22", "phone": "+91 50011 20416"});
    let found = site.api(Method::POST, "/persons/alike", Some(&other), Some(&alike)).await.json();
    assert_eq!(found, json!({"candidates": [], "others": []}));
}

#[tokio::test]
async fn only_a_nodal_officer_decides_about_comparisons() {
    let site = Site::new().await;
    let nobodys = "0".repeat(32);
    for (who, status) in [
        (ADMIN, StatusCode::FORBIDDEN),
        (OFFICER, StatusCode::FORBIDDEN),
        (READER, StatusCode::FORBIDDEN),
        (NODAL, StatusCode::NOT_FOUND),
    ] {
        let token = site.token(who).await;
        let decide = format!("/comparisons/{nobodys}/decide");
        let reply = site.api(Method::POST, &decide, Some(&token), Some(&json!({"allow": true}))).await;
        assert_eq!(reply.status, status, "{who}: {}", reply.text());
        let seen = format!("/comparisons/{nobodys}/seen");
        assert_eq!(site.api(Method::POST, &seen, Some(&token), Some(&json!({}))).await.status, status, "{who}");
    }
    let officer = site.token(OFFICER).await;
    let tell = format!("/alerts/{nobodys}/tell");
    assert_eq!(site.api(Method::POST, &tell, Some(&officer), Some(&json!({}))).await.status, StatusCode::NOT_FOUND);
    let list = site.api(Method::GET, "/alerts", Some(&officer), None).await.json();
    assert_eq!(list["comparisons"], json!([]));
}

#[tokio::test]
async fn roles_get_what_is_theirs() {
    let site = Site::new().await;
    for (who, path, status) in [
        (ADMIN, "/accounts", StatusCode::OK),
        (ADMIN, "/cases", StatusCode::FORBIDDEN),
        (ADMIN, "/inbox", StatusCode::FORBIDDEN),
        (ADMIN, "/alerts", StatusCode::FORBIDDEN),
        (ADMIN, "/audit", StatusCode::OK),
        (NODAL, "/accounts", StatusCode::FORBIDDEN),
        (NODAL, "/audit", StatusCode::OK),
        (NODAL, "/peers", StatusCode::OK),
        (OFFICER, "/audit", StatusCode::FORBIDDEN),
        (OFFICER, "/accounts", StatusCode::FORBIDDEN),
        (OFFICER, "/inbox", StatusCode::OK),
        (READER, "/inbox", StatusCode::FORBIDDEN),
        (ADMIN, "/requests", StatusCode::FORBIDDEN),
        (READER, "/requests", StatusCode::OK),
        (OFFICER, "/requests", StatusCode::OK),
        (NODAL, "/alerts/within", StatusCode::OK),
        (OFFICER, "/alerts/within", StatusCode::FORBIDDEN),
        (ADMIN, "/alerts/within", StatusCode::FORBIDDEN),
        (OFFICER, "/directory", StatusCode::OK),
        (READER, "/materials", StatusCode::FORBIDDEN),
        (READER, "/cases", StatusCode::OK),
        (NEWCOMER, "/cases", StatusCode::FORBIDDEN),
        (NEWCOMER, "/me", StatusCode::OK),
    ] {
        let token = site.token(who).await;
        let reply = site.api(Method::GET, path, Some(&token), None).await;
        assert_eq!(reply.status, status, "{who} {path}: {}", reply.text());
    }
}
