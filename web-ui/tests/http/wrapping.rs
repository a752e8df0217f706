//! What surrounds every reply: headers, the host, errors that say nothing.
//! Not forms: see `forms`.

use crate::site::{NODAL, Reply, Site};
use axum::http::{Method, StatusCode, header};
use icmc_web_ui::{assets, paths, security};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

fn is_wrapped(reply: &Reply, what: &str) {
    let of = |name: &str| reply.headers.get(name).unwrap_or_else(|| panic!("{what}: no {name}")).to_str().unwrap().to_owned();
    assert_eq!(of("content-security-policy"), CSP, "{what}");
    assert_eq!(of("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(of("referrer-policy"), "no-referrer", "{what}");
    assert_eq!(of("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(of("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(of("permissions-policy").contains("camera=()"), "{what}");
    assert_eq!(of("cache-control"), "no-store", "{what}");
}

#[tokio::test]
async fn every_reply_is_wrapped_errors_included() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let cookie = site.browser(NODAL).await.cookie;
    let signed_in = [("cookie", cookie.as_str())];
    for (path, headers, status) in [
        (paths::sign_in(), &[][..], StatusCode::OK),
        (paths::today(), &signed_in[..], StatusCode::OK),
        (paths::today(), &[][..], StatusCode::SEE_OTHER),
        ("/nothing/here", &[][..], StatusCode::NOT_FOUND),
        ("/static/icmc.css", &[][..], StatusCode::NOT_FOUND),
        ("/api/v1/nothing", &[][..], StatusCode::NOT_FOUND),
        ("/api/v1/me", &[][..], StatusCode::UNAUTHORIZED),
        ("/api/v1/openapi.json", &[][..], StatusCode::OK),
        (paths::events(), &[][..], StatusCode::UNAUTHORIZED),
        (paths::sign_out(), &[][..], StatusCode::METHOD_NOT_ALLOWED),
        (paths::HEALTH, &[][..], StatusCode::OK),
    ] {
        let reply = site.get(path, headers).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text());
        is_wrapped(&reply, path);
    }
    let post = site.post(paths::sign_in(), &[], "sign_in=x").await;
    assert_eq!(post.status, StatusCode::FORBIDDEN);
    is_wrapped(&post, "a refused form");
    let fields = site.api(Method::POST, "/cases", Some(&token), Some(&serde_json::json!({"x": 1}))).await;
    assert_eq!(fields.status, StatusCode::UNPROCESSABLE_ENTITY);
    is_wrapped(&fields, "a refused body");
}

#[tokio::test]
async fn files_with_a_hash_in_their_name_may_be_kept() {
    let site = Site::new().await;
    let reply = site.get(assets::css(), &[]).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(reply.headers[header::CONTENT_SECURITY_POLICY], CSP);
}

#[tokio::test]
async fn another_name_for_this_address_gets_nothing() {
    let site = Site::new().await;
    let cookie = site.browser(NODAL).await.cookie;
    for host in ["rebound.example:7701", "rebound.example", "127.0.0.1:7702", "localhost"] {
        for path in [paths::today(), "/api/v1/openapi.json", paths::HEALTH, assets::css()] {
            let reply = site.get(path, &[("host", host), ("cookie", &cookie)]).await;
            assert_eq!(reply.status, StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
            assert!(!reply.text().contains("Shillong"), "{host} {path}");
        }
    }
    assert_eq!(site.get(paths::sign_in(), &[("host", "localhost:7701")]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_fault_inside_shows_a_number_and_nothing_else() {
    let mut site = Site::new().await;
    let broken = axum::Router::new()
        .route("/panics", axum::routing::get(|| async { panic!("Ibanlari") as &'static str }))
        .route("/fails", axum::routing::get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "Ibanlari") }))
        .route("/api/v1/fails", axum::routing::get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "Ibanlari") }));
    let config = icmc_web_ui::WebConfig::of(&site.service, crate::site::HOST.parse().unwrap()).unwrap();
    let state = icmc_web_ui::AppState::new(site.service.clone(), config);
    site.router = security::protect(broken, state);
    for path in ["/panics", "/fails", "/api/v1/fails"] {
        let reply = site.get(path, &[]).await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        is_wrapped(&reply, path);
        assert!(reply.text().contains("Reference: ") && !reply.text().contains("Ibanlari"), "{path}: {}", reply.text());
    }
    assert_eq!(site.get("/api/v1/fails", &[]).await.headers[header::CONTENT_TYPE], "application/problem+json");
}
