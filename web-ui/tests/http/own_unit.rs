//! This unit in the federation, by forms and by the API: what it says of itself, its key, leaving, and after a loss.
//! A federation of one, so that a change passes by its own signature; what others have to sign is tested between units.

use crate::site::{ADMIN, Browser, NODAL, OFFICER, READER, Reply, Site};
use axum::http::{Method, StatusCode, header};
use icmc_node::sessions::SessionKind;
use icmc_web_ui::paths;
use serde_json::json;

async fn post(site: &Site, browser: &Browser, path: &str, form: &str) -> Reply {
    let headers = [("cookie", browser.cookie.as_str()), ("sec-fetch-site", "same-origin")];
    site.post(path, &headers, &format!("csrf={}&{form}", browser.csrf)).await
}

async fn page(site: &Site, browser: &Browser, path: &str) -> Reply {
    site.get(path, &[("cookie", browser.cookie.as_str())]).await
}

#[tokio::test]
async fn what_the_unit_says_of_itself_is_changed_by_a_form() {
    let site = Site::new().await;
    let browser = site.browser(NODAL).await;
    let shown = page(&site, &browser, paths::own_unit()).await.text();
    assert!(shown.contains("value=\"duty desk, invented\"") && shown.contains(paths::identity_picture()));
    let form =
        "name=AHTU+Shillong&class=ngo&jurisdiction=Meghalaya&duty_contact=the+new+desk&addresses=%2Fip4%2F192.0.2.1%2Ftcp%2F7801";
    let reply = post(&site, &browser, paths::own_unit(), form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
    let own = site.api(Method::GET, "/peers/own", Some(&site.token(ADMIN).await), None).await.json();
    assert_eq!(
        (&own["duty_contact"], &own["class"], &own["addresses"], &own["proposes"]),
        (&json!("the new desk"), &json!("ngo"), &json!(["/ip4/192.0.2.1/tcp/7801"]), &json!(false))
    );
    let reply = post(&site, &browser, paths::own_unit(), form).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text().contains("Nothing would change"), "{}", reply.text());
    let reply = post(&site, &browser, paths::own_unit(), &form.replace("%2Fip4", "nowhere")).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_identity_is_a_picture_and_a_file() {
    let site = Site::new().await;
    let browser = site.browser(NODAL).await;
    let text = site.api(Method::GET, "/peers/identity", Some(&site.token(NODAL).await), None).await.json();
    let file = page(&site, &browser, paths::identity_file()).await;
    assert_eq!(json!(file.text()), text["genesis_text"]);
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    let picture = page(&site, &browser, paths::identity_picture()).await;
    assert_eq!(picture.headers[header::CONTENT_TYPE], "image/svg+xml");
    assert!(picture.text().contains("<svg"));
}

#[tokio::test]
async fn leaving_is_asked_twice_and_the_only_member_cannot() {
    let site = Site::new().await;
    let browser = site.browser(NODAL).await;
    let reply = post(&site, &browser, paths::leave(), "").await;
    assert!(reply.text().contains("say that you are sure"), "{}", reply.text());
    let reply = post(&site, &browser, paths::leave(), "sure=1").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text().contains("the only member"), "{}", reply.text());
}

#[tokio::test]
async fn after_a_loss_every_session_ends_and_a_wrong_paper_changes_nothing() {
    let site = Site::new().await;
    let (browser, officer) = (site.browser(NODAL).await, site.browser(OFFICER).await);
    let reply = post(&site, &browser, paths::recover(), "recovery_key=not+a+key").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!reply.text().contains("not a key\""), "what was typed does not come back");
    let reply = post(&site, &browser, paths::replace(), "replacement=nothing").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(post(&site, &officer, paths::end_sessions(), "").await.status, StatusCode::FORBIDDEN);
    let reply = post(&site, &browser, paths::end_sessions(), "").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
    for token in [&browser.token, &officer.token] {
        assert!(site.service.actor(token, SessionKind::Browser, false).await.is_err());
    }
}

#[tokio::test]
async fn only_who_looks_after_units_may_change_how_they_stand() {
    let site = Site::new().await;
    let unit = "00".repeat(32);
    let (nodal, officer, reader) = (site.browser(NODAL).await, site.browser(OFFICER).await, site.browser(READER).await);
    for path in [paths::own_unit(), paths::own_key(), paths::withdraw(), paths::settle(), paths::recover(), paths::replace()] {
        let reply = post(&site, &officer, path, &format!("keep={unit}&duty_contact=x&replacement=x&recovery_key=x")).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}: {}", reply.text());
    }
    for step in ["pause", "resume", "end"] {
        let path = paths::peer_step(&unit, step);
        assert_eq!(post(&site, &officer, &path, "").await.status, StatusCode::FORBIDDEN, "{step}");
        assert_eq!(post(&site, &nodal, &path, "").await.status, StatusCode::NOT_FOUND, "{step}");
    }
    assert_eq!(page(&site, &reader, paths::own_unit()).await.status, StatusCode::FORBIDDEN);
    let token = site.token(NODAL).await;
    let reply = site.api(Method::GET, "/peers/freeze", Some(&token), None).await;
    assert_eq!((reply.status, reply.json()), (StatusCode::OK, json!(null)));
    let wish = json!({ "what": "remove", "unit": unit });
    assert_eq!(site.api(Method::POST, "/peers/proposals", Some(&token), Some(&wish)).await.status, StatusCode::CONFLICT);
    let none = site.api(Method::DELETE, "/peers/proposals", Some(&token), None).await;
    assert_eq!(none.status, StatusCode::CONFLICT, "{}", none.text());
}
