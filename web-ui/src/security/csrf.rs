//! Against requests that another site makes in a person's name: where a request comes from, and the secret that each form carries.
//! Both are asked of everything but reading. The API is left out: it takes no cookie.

use super::{BODY_MAX, errors, host, session, time, upload};
use crate::paths;
use crate::state::AppState;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use subtle::ConstantTimeEq as _;

/// The name of the secret in forms.
pub const FIELD: &str = "csrf";

/// Lets a request through if the browser says that it comes from our own pages.
pub async fn origin(request: Request, next: Next) -> Response {
    let host = host::host(&request).unwrap_or_default();
    if is_outside(&request) || is_own(request.headers(), host) {
        return next.run(request).await;
    }
    errors::reply(
        request.uri().path(),
        StatusCode::FORBIDDEN,
        "This request did not come from a page of this node, so nothing was done. Open the page here and try again.",
    )
}

/// Lets a form through if it carries the secret of the session. Signing in has none yet.
pub async fn token(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_outside(&request) || request.uri().path() == paths::sign_in() {
        return next.run(request).await;
    }
    let expected = match session::current(&state, request.headers(), false).await {
        Ok(signed_in) => signed_in.csrf,
        Err(_) => return session::to_sign_in(None),
    };
    // The form's secret is its first part there, and the handler asks for it before anything else.
    if time::is_upload(&request) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let small_file = paths::takes_small_file(parts.uri.path()) && upload::is_with_file(&parts.headers);
    let Ok(mut bytes) = to_bytes(body, BODY_MAX).await else {
        let text = "This is too large: at most 1 MiB can be sent at a time.";
        return errors::reply(parts.uri.path(), StatusCode::PAYLOAD_TOO_LARGE, text);
    };
    if small_file {
        let Some(form) = upload::plain(&parts.headers, &bytes).await else {
            return errors::reply(parts.uri.path(), StatusCode::UNPROCESSABLE_ENTITY, upload::NO_TEXT);
        };
        upload::now_plain(&mut parts.headers);
        bytes = form.into();
    }
    let sent = form_urlencoded::parse(&bytes).find(|(name, _)| name == FIELD).map(|(_, value)| value.into_owned());
    if sent.is_some_and(|sent| fits(&sent, &expected)) {
        return next.run(Request::from_parts(parts, Body::from(bytes))).await;
    }
    errors::reply(parts.uri.path(), StatusCode::FORBIDDEN, OTHER_SESSION)
}

/// What a form of another session is told.
pub const OTHER_SESSION: &str =
    "This form is from another session, so nothing was saved. Go back, load the page again and send it once more.";

/// Whether the secret that a form carried is the session's.
#[must_use]
pub fn fits(sent: &str, expected: &str) -> bool {
    bool::from(sent.as_bytes().ct_eq(expected.as_bytes()))
}

fn is_outside(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || paths::is_api(request.uri().path())
}

/// Under our own `Referrer-Policy: no-referrer` browsers send `Origin: null` with forms, and `Sec-Fetch-Site` beside it.
/// Without either header there is no proof, so the answer is no.
fn is_own(headers: &HeaderMap, host: &str) -> bool {
    let only = |name: header::HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(Some(value.to_str().unwrap_or_default())),
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(()),
        }
    };
    let (Ok(site), Ok(origin)) = (only(header::HeaderName::from_static("sec-fetch-site")), only(header::ORIGIN)) else {
        return false;
    };
    let is_ours =
        |origin: &str| !host.is_empty() && origin.strip_prefix("http://").or(origin.strip_prefix("https://")) == Some(host);
    match (site, origin) {
        (Some(site), None | Some("null")) => site == "same-origin",
        (Some(site), Some(origin)) => site == "same-origin" && is_ours(origin),
        (None, Some(origin)) => is_ours(origin),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        is_own(&headers, "127.0.0.1:7701")
    }

    #[test]
    fn our_own_pages_pass() {
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(own(&[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:7701")]));
        assert!(own(&[("origin", "http://127.0.0.1:7701")]));
    }

    #[test]
    fn everything_else_does_not() {
        assert!(!own(&[]), "both absent");
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!own(&[("sec-fetch-site", site)]), "{site}");
            assert!(!own(&[("sec-fetch-site", site), ("origin", "http://127.0.0.1:7701")]), "{site} with our origin");
        }
        for origin in
            ["null", "http://evil.example", "http://127.0.0.1:7702", "http://127.0.0.1:7701.evil.example", "127.0.0.1:7701"]
        {
            assert!(!own(&[("origin", origin)]), "{origin}");
        }
        assert!(!own(&[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")]));
        assert!(!own(&[("origin", "http://127.0.0.1:7701"), ("origin", "http://evil.example")]), "two of them");
    }
}
