//! What is sent wrongly is answered with the field and what is expected there, never with a fault of ours.
//! Nothing is half-saved.

use crate::site::{NODAL, Site, sample_case};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

fn faults(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problem["errors"].as_array().unwrap().iter().map(|error| (text(&error["field"]), text(&error["expected"]))).collect()
}

#[tokio::test]
async fn malformed_json_names_its_place() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let post = async |content_type: &str, body: &'static str| {
        let request = Request::post("/api/v1/cases")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, content_type);
        site.call(request.body(Body::from(body)).unwrap()).await
    };
    let broken = post("application/json", "{\"case\": ").await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(broken.text().contains("line 1, column"), "{}", broken.text());
    let shape = post("application/json", r#"{"persons": [{"names": "Ibanlari"}]}"#).await;
    assert_eq!(shape.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(faults(&shape.json()), [("persons[0].names".to_owned(), "a sequence".to_owned())]);
    assert!(!shape.text().contains("Ibanlari"), "no value comes back");
    let unknown = post("application/json", r#"{"persons": [], "victims": []}"#).await;
    assert_eq!(faults(&unknown.json())[0].0, "victims");
    assert_eq!(post("text/plain", "{}").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn every_field_at_fault_is_named_and_nothing_is_saved() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let mut case = sample_case();
    case["case"]["kind"] = json!("no_such_kind");
    case["persons"][0]["person"]["birth"] = json!("31 March");
    case["persons"][0]["person"]["shoe_size"] = json!(38);
    let reply = site.api(Method::POST, "/cases", Some(&token), Some(&case)).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
    let problem = reply.json();
    assert_eq!((problem["status"].clone(), problem["type"].clone()), (json!(422), json!("urn:icmc:problem:fields")));
    let named: Vec<String> = faults(&problem).into_iter().map(|(field, _)| field).collect();
    for field in ["case.kind", "person.birth", "person.shoe_size"] {
        assert!(named.iter().any(|name| name.ends_with(field)), "{field} in {named:?}");
    }
    assert!(faults(&problem).iter().all(|(_, expected)| !expected.is_empty()));
    let list = site.api(Method::GET, "/cases", Some(&token), None).await.json();
    assert_eq!(list["total"], 0, "nothing is half-saved");
}

#[tokio::test]
async fn a_query_names_what_is_wrong_too() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    for (query, field) in [("page=many", "page"), ("owner=nobody", "owner"), ("name=x", "name")] {
        let reply = site.api(Method::GET, &format!("/cases?{query}"), Some(&token), None).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(faults(&reply.json())[0].0, field, "{}", reply.text());
    }
}

#[tokio::test]
async fn more_than_a_mebibyte_is_refused() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let large = json!({"notes": [{"text": "x".repeat(1024 * 1024)}]});
    let reply = site.api(Method::POST, "/cases", Some(&token), Some(&large)).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", reply.text());
    let browser = site.browser(NODAL).await;
    let headers = [("cookie", browser.cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let form = format!("csrf={}&text={}", browser.csrf, "x".repeat(1024 * 1024));
    assert_eq!(site.post("/search", &headers, &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// Any JSON, often with names and codes that mean something here.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "case",
            "persons",
            "ref",
            "person",
            "names",
            "phones",
            "identifiers",
            "roles",
            "legs",
            "stages",
            "notes",
            "text",
            "kind",
            "title",
            "status",
            "opened_on",
            "birth",
            "age_stated",
            "home_country",
            "home_state",
            "home_district",
            "number",
            "role",
            "matching_basis",
            "seq",
            "v",
            "missing_person",
            "open",
            "2026-02-30",
            "9999-12-31",
            "0000",
            "-1",
            "IN",
            "IN-AS",
            "victim",
            "legal",
            "R1",
            "\u{0}",
            "৩১",
            "مثال",
        ])
        .prop_map(str::to_owned),
        ".{0,24}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..8).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// The sample with one part replaced by anything.
fn disturbed() -> impl Strategy<Value = Value> {
    let places = [
        "/case",
        "/case/opened_on",
        "/case/kind",
        "/persons",
        "/persons/0",
        "/persons/0/person",
        "/persons/0/person/birth",
        "/persons/0/names/0",
        "/persons/0/names/0/given",
        "/persons/0/phones/0/number",
        "/persons/0/roles/0",
        "/persons/0/roles/0/role",
        "/persons/0/ref",
        "/legs/0",
        "/legs/0/person",
        "/legs/0/seq",
        "/stages/0/stage",
        "/stages/0/entered_on",
        "/notes/0/person",
        "/notes/0/text",
    ];
    (prop::sample::select(places.to_vec()), any_json()).prop_map(|(place, json)| {
        let mut case = sample_case();
        *case.pointer_mut(place).unwrap() = json;
        case
    })
}

#[test]
fn no_json_makes_a_fault_of_ours() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (site, token) = runtime.block_on(async {
        let site = Site::new().await;
        let token = site.token(NODAL).await;
        (site, token)
    });
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let strategy = prop_oneof![1 => any_json(), 3 => disturbed()];
    let outcome = runner.run(&strategy, |json| {
        let reply = runtime.block_on(site.api(Method::POST, "/cases", Some(&token), Some(&json)));
        prop_assert!(reply.status == StatusCode::CREATED || reply.status.is_client_error(), "{} for {json}", reply.status);
        if reply.status != StatusCode::CREATED {
            prop_assert!(reply.status == StatusCode::UNPROCESSABLE_ENTITY, "{} for {json}", reply.text());
            prop_assert!(!faults(&reply.json()).is_empty(), "{} for {json}", reply.text());
        }
        Ok(())
    });
    outcome.unwrap();
}
