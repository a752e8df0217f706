//! Forms: who may send one, signing in and out, sessions.
//! Not what single forms do.

use crate::site::{HOST, NEWCOMER, NODAL, PASSWORD, Site};
use axum::http::{StatusCode, header};
use icmc_node::service::ServiceError;
use icmc_node::sessions::{IDLE, SessionKind};
use icmc_web_ui::paths;

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

fn sign_in(password: &str) -> String {
    format!("sign_in={NODAL}&password={}", password.replace(' ', "+"))
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused_before_anything_happens() {
    let site = Site::new().await;
    let browser = site.browser(NODAL).await;
    let cookie = ("cookie", browser.cookie.as_str());
    let right = format!("csrf={}", browser.csrf);
    let ours = format!("http://{HOST}");
    for (path, form) in [(paths::sign_in(), sign_in(PASSWORD)), (paths::sign_out(), right.clone())] {
        for headers in [
            vec![cookie],
            vec![cookie, ("sec-fetch-site", "cross-site")],
            vec![cookie, ("sec-fetch-site", "same-site"), ("origin", &ours)],
            vec![cookie, ("origin", "http://evil.example")],
            vec![cookie, ("origin", "null")],
        ] {
            let reply = site.post(path, &headers, &form).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(!reply.headers.contains_key(header::SET_COOKIE), "{path} {headers:?}");
        }
    }
    assert!(site.service.actor(&browser.token, SessionKind::Browser, false).await.is_ok(), "the session is still there");
}

#[tokio::test]
async fn a_form_of_another_session_is_refused() {
    let site = Site::new().await;
    let (browser, other) = (site.browser(NODAL).await, site.browser(NODAL).await);
    let headers = [("cookie", browser.cookie.as_str()), OWN];
    for form in [String::new(), "csrf=".to_owned(), format!("csrf={}", other.csrf), format!("other={}", browser.csrf)] {
        let reply = site.post(paths::sign_out(), &headers, &form).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{form}");
    }
    assert!(site.service.actor(&browser.token, SessionKind::Browser, false).await.is_ok());
    let reply = site.post(paths::sign_out(), &headers, &format!("csrf={}", browser.csrf)).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.headers["clear-site-data"], "\"cache\", \"storage\"");
    let gone = site.service.actor(&browser.token, SessionKind::Browser, false).await;
    assert!(matches!(gone, Err(ServiceError::NotSignedIn)));
}

#[tokio::test]
async fn signing_in_gives_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let site = Site::new().await;
    let wrong = site.post(paths::sign_in(), &[OWN], &sign_in("another password altogether")).await;
    assert!(wrong.status.is_client_error() && !wrong.headers.contains_key(header::SET_COOKIE));
    let reply = site.post(paths::sign_in(), &[OWN], &format!("{}&next=/cases%3Fstatus%3Dopen", sign_in(PASSWORD))).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
    assert_eq!(reply.headers[header::LOCATION], "/cases?status=open");
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("icmc-") && cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    assert_eq!(site.get(paths::today(), &[("cookie", pair)]).await.status, StatusCode::OK);
    let outside = site.post(paths::sign_in(), &[OWN], &format!("{}&next=//evil.example", sign_in(PASSWORD))).await;
    assert_eq!(outside.headers[header::LOCATION], paths::today());
}

#[tokio::test]
async fn without_a_session_or_after_its_end_a_page_leads_to_signing_in() {
    let site = Site::new().await;
    let browser = site.browser(NODAL).await;
    let cookie = [("cookie", browser.cookie.as_str())];
    let none = site.get("/cases?status=open", &[]).await;
    assert_eq!(
        (none.status, none.headers[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/sign-in?next=%2Fcases%3Fstatus%3Dopen")
    );
    assert_eq!(site.get(paths::today(), &cookie).await.status, StatusCode::OK);
    site.clock.advance(IDLE);
    let over = site.get(paths::today(), &cookie).await;
    assert_eq!((over.status, over.headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, paths::sign_in()));
}

#[tokio::test]
async fn two_cookies_of_one_name_count_for_nothing() {
    let site = Site::new().await;
    let (one, two) = (site.browser(NODAL).await, site.browser(NODAL).await);
    let both = format!("{}; {}", one.cookie, two.cookie);
    assert_eq!(site.get(paths::today(), &[("cookie", &both)]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn whoever_has_to_choose_a_password_sees_only_that_page() {
    let site = Site::new().await;
    let browser = site.browser(NEWCOMER).await;
    let cookie = [("cookie", browser.cookie.as_str())];
    for path in [paths::today(), paths::cases(), paths::inbox()] {
        let reply = site.get(path, &cookie).await;
        assert_eq!(
            (reply.status, reply.headers[header::LOCATION].to_str().unwrap()),
            (StatusCode::SEE_OTHER, paths::password()),
            "{path}"
        );
    }
    assert_eq!(site.get(paths::password(), &cookie).await.status, StatusCode::OK);
}
