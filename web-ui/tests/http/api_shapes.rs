//! Replies of a node against its own document: every member described, none missing.
//! What needs a second unit is in `samples`.

use crate::schema;
use crate::site::{ADMIN, NODAL, OFFICER, Site};
use axum::http::{Method, StatusCode};
use icmc_web_ui::api;
use serde_json::{Value, json};

/// The schema of a reply, by its address in the document.
fn of<'a>(document: &'a Value, method: &Method, path: &str, status: StatusCode) -> &'a Value {
    let operation = &document["paths"][path][method.as_str().to_lowercase()];
    let schema = &operation["responses"][status.as_str()]["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{method} {path} {status} is not described");
    schema
}

struct Checker {
    site: Site,
    document: Value,
}

impl Checker {
    async fn call(&self, method: Method, path: &str, ids: &[&str], token: &str, body: Option<Value>) -> Value {
        let mut address = path.to_owned();
        for id in ids {
            let (from, to) = (address.find('{').unwrap(), address.find('}').unwrap());
            address.replace_range(from..=to, id);
        }
        let reply = self.site.api(method.clone(), &address, Some(token), body.as_ref()).await;
        assert!(reply.status.is_success(), "{method} {address}: {}", reply.text());
        if reply.status == StatusCode::NO_CONTENT {
            assert!(
                self.document["paths"][path][method.as_str().to_lowercase()]["responses"]["204"].is_object(),
                "{method} {path}"
            );
            return Value::Null;
        }
        let json = reply.json();
        schema::check(&self.document, of(&self.document, &method, path.split('?').next().unwrap(), reply.status), &json, path);
        json
    }
}

#[tokio::test]
async fn what_is_sent_is_what_is_described() {
    let site = Site::new().await;
    let document = site.api(Method::GET, "/openapi.json", None, None).await.json();
    let (token, admin) = (site.token(NODAL).await, site.token(ADMIN).await);
    let case = site.case(&token).await;
    let of = Checker { site, document };
    let get = async |path: &str, ids: &[&str]| of.call(Method::GET, path, ids, &token, None).await;

    get("/me", &[]).await;
    get("/status", &[]).await;
    assert_eq!(get("/cases", &[]).await["total"], 1);
    let view = get("/cases/{id}", &[&case]).await;
    let person = view["people"][0]["id"].as_str().unwrap();
    assert!(view["people"][0]["stages"].as_array().unwrap().len() == 6 && !view["notes"].as_array().unwrap().is_empty());
    assert!(!get("/cases/{id}/timeline", &[&case]).await.as_array().unwrap().is_empty());
    get("/persons/{id}", &[person]).await;
    assert!(!get("/colleagues", &[]).await.as_array().unwrap().is_empty());
    for path in ["/shares", "/inbox", "/alerts", "/peers", "/peers/identity", "/peers/join", "/peers/proposals", "/requests"] {
        get(path, &[]).await;
    }
    get("/cases/{id}/shares", &[&case]).await;
    assert!(!get("/audit", &[]).await["items"].as_array().unwrap().is_empty());
    get("/audit/check", &[]).await;
    let hits = of.call(Method::POST, "/cases/search", &[], &token, Some(json!({"text": "Ibanlari"}))).await;
    assert_eq!(hits[0]["person"].as_str().unwrap(), person);
    same_person(&of, &token, (&case, person)).await;
    let entry = json!({"text": {"name": "Home of Light (invented)", "kind": "shelter_home", "areas": ["IN-ML-ri-bhoi"],
        "services": ["shelter"], "contacts": [{"person": "Front desk", "phones": ["+91 00000 00000"]}],
        "verified_on": "2026-11-01", "trust": "verified"}});
    let id = of.call(Method::POST, "/directory", &[], &token, Some(entry.clone())).await["id"].as_str().unwrap().to_owned();
    let mut next = entry;
    next["id"] = json!(id);
    of.call(Method::POST, "/directory", &[], &token, Some(next)).await;
    let listed = get("/directory", &[]).await;
    assert_eq!((&listed[0]["head"]["version"], &listed[0]["entry"]["kind"]), (&json!(2), &json!("shelter_home")));
    of.call(Method::POST, "/directory/{id}/withdraw", &[&id], &token, None).await;
    assert_eq!(get("/directory", &[]).await, json!([]));
    let card = json!({"text": {"title": "Your rights (invented)", "kind": "rights_card", "audience": "survivor",
        "languages": ["en"], "body": "You may ask for a woman officer.", "reviewed_on": "2026-11-01"}});
    let id = of.call(Method::POST, "/materials", &[], &token, Some(card)).await["id"].as_str().unwrap().to_owned();
    assert_eq!(get("/materials", &[]).await[0]["material"]["audience"], "survivor");
    of.call(Method::POST, "/materials/{id}/withdraw", &[&id], &token, None).await;
    let change = json!({"changes": [{"kind": "person", "entity": person, "fields": {"father": "Dhan Bahadur"}}]});
    of.call(Method::POST, "/cases/{id}/changes", &[&case], &token, Some(change)).await;
    of.call(Method::POST, "/cases/{id}/delete", &[&case], &token, None).await;
    of.call(Method::POST, "/cases/{id}/restore", &[&case], &token, None).await;

    let accounts = of.call(Method::GET, "/accounts", &[], &admin, None).await;
    let account = accounts[0]["id"].as_str().unwrap();
    let new = json!({"sign_in": "new.comer", "name": "New Comer", "role": "officer"});
    of.call(Method::POST, "/accounts", &[], &admin, Some(new)).await;
    let last = accounts.as_array().unwrap().iter().find(|one| one["role"] == "read_only").unwrap()["id"].as_str().unwrap();
    assert_ne!(last, account);
    of.call(Method::POST, "/accounts/{id}/reset", &[last], &admin, None).await;
    of.call(Method::PUT, "/accounts/{id}/role", &[last], &admin, Some(json!({"role": "officer"}))).await;
    of.call(Method::POST, "/accounts/{id}/disable", &[last], &admin, None).await;
    of.call(Method::POST, "/accounts/{id}/enable", &[last], &admin, None).await;
    of.call(Method::DELETE, "/session", &[], &admin, None).await;
}

/// A second case of the same girl, entered by an officer who does not see the first.
async fn same_person(of: &Checker, token: &str, (case, person): (&str, &str)) {
    let officer = of.site.token(OFFICER).await;
    let other = of.site.case(&officer).await;
    let noted = of.call(Method::GET, "/alerts/within", &[], token, None).await;
    assert_eq!(noted.as_array().unwrap().len(), 1);
    let typed = json!({"name": "Ibanlari Kharsyntiew", "age": "2010-03-22"});
    let found = of.call(Method::POST, "/persons/alike", &[], token, Some(typed)).await;
    assert_eq!(found["candidates"].as_array().unwrap().len(), 2);
    let by_name = of.call(Method::POST, "/persons/alike", &[], token, Some(json!({"name": "Ibanlari"}))).await;
    assert!(by_name["candidates"][0]["class"].is_null() && by_name["candidates"][0]["why"] == "name");
    let candidates = of.call(Method::GET, "/cases/{id}/same", &[case], token, None).await;
    let candidate = &candidates["groups"][0]["candidates"][0];
    assert_eq!(candidate["case"]["id"], other.as_str());
    for what in ["same", "undo", "not_same"] {
        let decision = json!({"person": person, "case": other, "other": candidate["person"], "what": what, "reason": "x"});
        of.call(Method::POST, "/cases/{id}/same", &[case], token, Some(decision)).await;
        let links = of.call(Method::GET, "/persons/{id}", &[person], token, None).await["person"]["same"].clone();
        assert_eq!(links.as_array().unwrap().len(), usize::from(what == "same"));
    }
    let decided = of.call(Method::GET, "/cases/{id}/same", &[case], token, None).await;
    assert_eq!(decided["groups"][0]["decided"][0]["same"], false);
}

#[tokio::test]
async fn a_problem_is_as_described_and_every_route_describes_it() {
    let site = Site::new().await;
    let document = site.api(Method::GET, "/openapi.json", None, None).await.json();
    let token = site.token(NODAL).await;
    for reply in [
        site.api(Method::GET, "/me", None, None).await,
        site.api(Method::POST, "/cases", Some(&token), Some(&json!({"case": {"kind": 7}}))).await,
        site.api(Method::GET, "/nowhere", None, None).await,
    ] {
        assert_eq!(reply.headers["content-type"], "application/problem+json");
        schema::check(&document, schema::named(&document, "Problem"), &reply.json(), "problem");
    }
    for (method, path) in api::table() {
        let responses = &document["paths"][path][method.as_str().to_lowercase()]["responses"];
        assert!(
            path == "/openapi.json" || responses["4XX"]["content"]["application/problem+json"].is_object(),
            "{method} {path}"
        );
    }
}
