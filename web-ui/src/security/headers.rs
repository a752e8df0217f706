//! The headers of every reply, errors included: where scripts may come from, that nothing is kept, that nobody frames it.
//! Not what a single page says of itself.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Scripts, styles and pictures from this node only; nothing inline.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// For signing out. Not cookies: other units on the same host have theirs in the same jar.
pub const CLEAR_SITE_DATA: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));

const ALWAYS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), bluetooth=(), display-capture=(), browsing-topics=()",
    ),
];

/// Adds them.
pub async fn add(request: Request, next: Next) -> Response {
    let fixed_file = request.uri().path().starts_with("/static/");
    let mut response = next.run(request).await;
    let may_be_kept = fixed_file && response.status() == StatusCode::OK;
    set(response.headers_mut(), may_be_kept);
    response
}

fn set(headers: &mut HeaderMap, may_be_kept: bool) {
    let sandboxed = headers.get(header::CONTENT_SECURITY_POLICY).is_some_and(|policy| policy == crate::upload::SANDBOX);
    for (name, value) in ALWAYS.into_iter().filter(|(name, _)| !sandboxed || *name != header::CONTENT_SECURITY_POLICY) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !may_be_kept {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_and_no_evaluation() {
        assert!(!CSP.contains("unsafe") && !CSP.contains('*') && CSP.starts_with("default-src 'none'"));
    }

    #[test]
    fn only_fixed_files_may_be_kept() {
        let mut page = HeaderMap::new();
        page.insert(header::CACHE_CONTROL, HeaderValue::from_static("public"));
        set(&mut page, false);
        assert_eq!(page[header::CACHE_CONTROL], "no-store");
        let mut file = HeaderMap::new();
        file.insert(header::CACHE_CONTROL, HeaderValue::from_static("immutable"));
        set(&mut file, true);
        assert_eq!(file[header::CACHE_CONTROL], "immutable");
        assert_eq!(file[header::CONTENT_SECURITY_POLICY], CSP);
    }
}
