//! The static files, compiled in, each under a name that carries the hash of its content.
//! Not for pages: those are never kept by a browser.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

/// A file and the address under which a browser may keep it for good.
struct Asset {
    url: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let hash = blake3::hash(bytes).to_hex();
        Self { url: format!("/static/{stem}-{}.{extension}", &hash[..16]), content_type, bytes }
    }
}

static ASSETS: LazyLock<[Asset; 4]> = LazyLock::new(|| {
    [
        Asset::new("icmc", "css", "text/css; charset=utf-8", include_bytes!("../static/icmc.css")),
        Asset::new("print", "css", "text/css; charset=utf-8", include_bytes!("../static/print.css")),
        Asset::new("live", "js", "text/javascript; charset=utf-8", include_bytes!("../static/live.js")),
        Asset::new("favicon", "svg", "image/svg+xml", include_bytes!("../static/favicon.svg")),
    ]
});

/// Address of the stylesheet.
#[must_use]
pub fn css() -> &'static str {
    &ASSETS[0].url
}

/// Address of the stylesheet for paper.
#[must_use]
pub fn print_css() -> &'static str {
    &ASSETS[1].url
}

/// Address of the script of live updates.
#[must_use]
pub fn live_js() -> &'static str {
    &ASSETS[2].url
}

/// Address of the small picture in the tab.
#[must_use]
pub fn favicon() -> &'static str {
    &ASSETS[3].url
}

/// Serves the files. A name without the right hash is not there.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/static/{name}", get(file))
}

async fn file(Path(name): Path<String>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.url.strip_prefix("/static/") == Some(name.as_str())) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_carries_the_hash_of_what_it_serves() {
        for asset in ASSETS.iter() {
            let hash = blake3::hash(asset.bytes).to_hex();
            assert!(asset.url.contains(&hash[..16]), "{}", asset.url);
        }
    }

    #[tokio::test]
    async fn only_hashed_names_are_served() {
        let served = file(Path(css().trim_start_matches("/static/").to_owned())).await;
        assert_eq!(served.status(), StatusCode::OK);
        assert_eq!(served.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(file(Path("icmc.css".to_owned())).await.status(), StatusCode::NOT_FOUND);
    }
}
