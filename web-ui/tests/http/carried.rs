//! Files of envelopes in the browser: who may bring one, in what form, how large.
//! What is in a real file is tested between units: see `tests/`.

use crate::site::{Browser, HOST, NODAL, OFFICER, Reply, Site};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use icmc_web_ui::paths;

const MIB: usize = 1024 * 1024;

/// Posts a form with a file.
async fn import(site: &Site, browser: &Browser, csrf: &str, file: &[u8]) -> Reply {
    let field = |name: &str| format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n");
    let body =
        [field("csrf").as_bytes(), csrf.as_bytes(), b"\r\n", field("file").as_bytes(), file, b"\r\n--b0undary--\r\n"].concat();
    let request = Request::post(paths::import_envelopes())
        .header(header::HOST, HOST)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b0undary")
        .header(header::COOKIE, &browser.cookie)
        .header("sec-fetch-site", "same-origin");
    site.call(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_file_is_taken_only_from_a_form_of_this_session() {
    let site = Site::new().await;
    let (browser, other) = (site.browser(NODAL).await, site.browser(NODAL).await);
    let reply = import(&site, &browser, &other.csrf, b"x").await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.text().contains("from another session"), "{}", reply.text());
    let reply = import(&site, &browser, &browser.csrf, b"PK something else").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text().contains("not a file of envelopes"), "{}", reply.text());
    let reply = import(&site, &browser, &browser.csrf, b"").await;
    assert!(reply.text().contains("No file was chosen"), "{}", reply.text());
}

#[tokio::test]
async fn a_large_file_passes_and_too_large_a_one_does_not() {
    let site = Site::new().await;
    let browser = site.browser(NODAL).await;
    let large = import(&site, &browser, &browser.csrf, &vec![7; 60 * MIB]).await;
    assert!(large.text().contains("not a file of envelopes"), "it was read: {}", large.status);
    let larger = import(&site, &browser, &browser.csrf, &vec![7; 65 * MIB]).await;
    assert_eq!(larger.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(larger.text().contains("larger than 64 MiB"), "{}", larger.text());
    let documents =
        import(&site, &browser, &browser.csrf, &[b"ICMC documents 1\0\0\0\x01".as_slice(), &vec![7; 65 * MIB]].concat()).await;
    assert_eq!(documents.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(documents.text().contains("is for another unit, or was changed"), "{}", documents.text());
}

#[tokio::test]
async fn an_officer_neither_brings_nor_takes_files() {
    let site = Site::new().await;
    let browser = site.browser(OFFICER).await;
    for file in [b"x".as_slice(), b"ICMC documents 1\0\0\0\x01x"] {
        assert_eq!(import(&site, &browser, &browser.csrf, file).await.status, StatusCode::FORBIDDEN);
    }
    let unit = "00".repeat(32);
    let headers = [("cookie", browser.cookie.as_str()), ("sec-fetch-site", "same-origin")];
    for path in [paths::export_envelopes(&unit), paths::export_documents(&unit)] {
        let reply = site.post(&path, &headers, &format!("csrf={}", browser.csrf)).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
    }
}
