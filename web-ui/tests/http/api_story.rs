//! One case from its entry to its deletion, by a program that has only the API.
//! What two units do with each other is in `tests/` of the workspace.

use crate::site::{NODAL, Site};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

fn field<'a>(entity: &'a Value, name: &str) -> &'a Value {
    let entity = entity.get("entity").unwrap_or(entity);
    entity["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap()
}

#[tokio::test]
async fn a_case_is_entered_found_changed_closed_and_deleted() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let id = site.case(&token).await;
    let call = async |method: Method, path: &str, body: Option<Value>| {
        let reply = site.api(method, &path.replace("ID", &id), Some(&token), body.as_ref()).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    };
    let case = call(Method::GET, "/cases/ID", None).await;
    let number = case["summary"]["number"].as_str().unwrap().to_owned();
    let person = case["people"][0]["id"].as_str().unwrap().to_owned();
    for (text, why) in [(number.as_str(), "number"), ("ibanlari kharsyntiew", "name"), ("+915001120416", "phone")] {
        let hits = call(Method::POST, "/cases/search", Some(json!({"text": text}))).await;
        assert_eq!((&hits[0]["case"]["id"], &hits[0]["why"]), (&json!(id), &json!(why)), "{text}: {hits}");
    }

    // Two people have read the same value; the second to write sees that it has changed.
    let seen = field(&case["people"][0], "mother")["seen"].clone();
    let write = |mother: &str| {
        let change = json!({"kind": "person", "entity": person, "fields": {"mother": mother}, "replaces": {"mother": seen}});
        json!({"changes": [change]})
    };
    let before = call(Method::GET, "/cases/ID/timeline", None).await.as_array().unwrap().len();
    call(Method::POST, "/cases/ID/changes", Some(write("Thrin Kharsyntiew"))).await;
    call(Method::POST, "/cases/ID/changes", Some(write("T. Kharsyntiew"))).await;
    let case = call(Method::GET, "/cases/ID", None).await;
    assert_eq!(field(&case["people"][0], "mother")["conflict"].as_array().unwrap().len(), 2, "both stand beside each other");
    assert_eq!(call(Method::GET, "/cases/ID/timeline", None).await.as_array().unwrap().len(), before + 2);

    call(Method::POST, "/cases/ID/close", Some(json!({"reason": closing_reason()}))).await;
    assert_eq!(call(Method::GET, "/cases/ID", None).await["summary"]["status"], "closed");
    call(Method::POST, "/cases/ID/reopen", None).await;
    let undo = call(Method::POST, "/cases/ID/delete", None).await;
    assert!(undo["until"].as_u64().unwrap() > 0);
    assert_eq!(call(Method::GET, "/cases", None).await["total"], 0);
    call(Method::POST, "/cases/ID/restore", None).await;
    assert_eq!(call(Method::GET, "/cases", None).await["total"], 1);

    let audit = call(Method::GET, "/audit", None).await;
    let written: Vec<&str> = audit["items"].as_array().unwrap().iter().filter_map(|entry| entry["action"].as_str()).collect();
    for action in ["case_created", "case_viewed", "case_searched", "case_changed", "case_closed", "case_deleted", "case_restored"]
    {
        assert!(written.contains(&action), "{action} in {written:?}");
    }
    assert!(!audit.to_string().contains("Ibanlari"), "no name in the audit");
}

#[tokio::test]
async fn choosing_a_password_ends_the_sessions_and_opens_the_rest() {
    let site = Site::new().await;
    let token = site.token(crate::site::NEWCOMER).await;
    let change = |current: &str, new: &str| json!({"current": current, "new": new});
    let password = crate::site::PASSWORD;
    let wrong = site
        .api(Method::POST, "/me/password", Some(&token), Some(&change("not the present one", "nine herons over the lake")))
        .await;
    assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].clone()), (StatusCode::UNPROCESSABLE_ENTITY, json!("current")));
    let short = site.api(Method::POST, "/me/password", Some(&token), Some(&change(password, "short"))).await;
    assert_eq!(short.json()["errors"][0]["field"], "new");
    let right = site.api(Method::POST, "/me/password", Some(&token), Some(&change(password, "nine herons over the lake"))).await;
    assert_eq!(right.status, StatusCode::NO_CONTENT, "{}", right.text());
    assert_eq!(site.api(Method::GET, "/me", Some(&token), None).await.status, StatusCode::UNAUTHORIZED);
    let body = json!({"sign_in": crate::site::NEWCOMER, "password": "nine herons over the lake"});
    let token = site.api(Method::POST, "/session", None, Some(&body)).await.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(site.api(Method::GET, "/cases", Some(&token), None).await.status, StatusCode::OK);
}

fn closing_reason() -> String {
    let dictionary = icmc_protocol::dictionary::Dictionary::builtin();
    dictionary.field("case", "closure_reason").unwrap().codes[0].code.clone()
}
