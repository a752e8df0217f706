//! Uploads and downloads over the real routes: what a form must carry, what a download says of itself, limits and rights.
//! Contents and people are invented.

use crate::site::{NODAL, OTHER, READER, Reply, Site};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

const CUT: &str = "cut";
const TITLE: (&str, &str) = ("title", "Invented paper");
const PHOTO: (&str, &str) = ("doc_type", "photo");

fn body(fields: &[(&str, &str)], file: Option<&[u8]>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--{CUT}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    if let Some(file) = file {
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"../<script>.html\"\r\nContent-Type: text/html";
        body.extend(format!("--{CUT}\r\n{head}\r\n\r\n").into_bytes());
        body.extend_from_slice(file);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{CUT}--\r\n").into_bytes());
    body
}

async fn send(site: &Site, path: &str, proof: &[(&str, &str)], body: Vec<u8>) -> Reply {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={CUT}"));
    for (name, value) in proof {
        request = request.header(*name, *value);
    }
    site.call(request.body(Body::from(body)).unwrap()).await
}

async fn by_token(site: &Site, token: &str, case: &str, body: Vec<u8>) -> Reply {
    send(site, &format!("/api/v1/cases/{case}/documents"), &[("authorization", &format!("Bearer {token}"))], body).await
}

#[tokio::test]
async fn a_document_goes_in_and_comes_out_as_a_file_to_keep() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let case = site.case(&token).await;
    let bytes: Vec<u8> = (0..700_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let added = by_token(&site, &token, &case, body(&[TITLE, PHOTO], Some(&bytes))).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    let id = added.json()["id"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let out = site
        .get(&format!("/api/v1/cases/{case}/documents/{id}"), &[("authorization", &bearer), ("accept-encoding", "gzip")])
        .await;
    assert!(out.status == StatusCode::OK && out.body == bytes);
    assert_eq!(out.headers[header::CONTENT_TYPE], "application/octet-stream");
    assert_eq!(out.headers[header::CONTENT_DISPOSITION], format!("attachment; filename=\"document-{}.bin\"", &id[..8]));
    assert_eq!(out.headers[header::CONTENT_SECURITY_POLICY], "sandbox; default-src 'none'");
    assert_eq!(out.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(out.headers[header::CACHE_CONTROL], "no-store");
    assert!(!out.headers.contains_key(header::CONTENT_ENCODING));

    let view = site.get(&format!("/api/v1/cases/{case}"), &[("authorization", &bearer)]).await;
    let file = &view.json()["documents"][0]["file"];
    assert_eq!(
        (file["name"].as_str(), file["state"].as_str(), file["arrived"].as_u64()),
        (Some("<script>.html"), Some("here"), Some(700_000))
    );
    assert!(!view.text().contains("\"key\""), "what opens the file is in the answer");
    let fields = view.json()["documents"][0]["entity"]["fields"].clone();
    let field = fields.as_array().unwrap().iter().find(|field| field["name"] == "file").unwrap().clone();
    assert!(field["value"].is_null() && field["text"].as_str().unwrap().contains("KiB"));

    let browser = site.browser(NODAL).await;
    let page = site.get(&format!("/cases/{case}"), &[("cookie", &browser.cookie)]).await;
    assert!(page.text().contains(&format!("/cases/{case}/documents/{id}")) && !page.text().contains("<script>.html"));
}

#[tokio::test]
async fn a_form_needs_the_secret_of_its_session_first_and_leaves_nothing_without_it() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let case = site.case(&token).await;
    let browser = site.browser(NODAL).await;
    let path = format!("/cases/{case}/documents");
    let own: &[(&str, &str)] = &[("cookie", &browser.cookie), ("sec-fetch-site", "same-origin")];
    let good = ("csrf", browser.csrf.as_str());
    for fields in [&[TITLE, PHOTO][..], &[("csrf", "00"), TITLE, PHOTO], &[TITLE, PHOTO, good]] {
        assert_eq!(send(&site, &path, own, body(fields, Some(b"x"))).await.status, StatusCode::FORBIDDEN, "{fields:?}");
    }
    let foreign = [("cookie", browser.cookie.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(send(&site, &path, &foreign, body(&[good, TITLE, PHOTO], Some(b"x"))).await.status, StatusCode::FORBIDDEN);
    let medical = ("doc_type", "medical");
    let saved = send(&site, &path, own, body(&[good, TITLE, medical], Some(b"x"))).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let view = site.service_case(&token, &case).await;
    let documents = view["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 1, "only the one that was in order");
    assert!(documents[0]["restricted"] == true && documents[0]["entity"]["kind"] == "restricted_document");
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_kept() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let case = site.case(&token).await;
    let cases: [(&str, Vec<u8>, StatusCode); 6] = [
        ("no title", body(&[PHOTO], Some(b"x")), StatusCode::UNPROCESSABLE_ENTITY),
        ("no file", body(&[TITLE, PHOTO], None), StatusCode::UNPROCESSABLE_ENTITY),
        ("empty file", body(&[TITLE, PHOTO], Some(b"")), StatusCode::UNPROCESSABLE_ENTITY),
        ("medical among the open ones", body(&[TITLE, ("doc_type", "medical")], Some(b"x")), StatusCode::UNPROCESSABLE_ENTITY),
        (
            "nobody of this case",
            body(&[TITLE, PHOTO, ("person", &"00".repeat(16))], Some(b"x")),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("cut short", body(&[TITLE, PHOTO], Some(&[7; 5000]))[..3000].to_vec(), StatusCode::BAD_REQUEST),
    ];
    for (what, body, status) in cases {
        let reply = by_token(&site, &token, &case, body).await;
        assert_eq!(reply.status, status, "{what}: {}", reply.text());
    }
    let change = serde_json::json!({ "changes": [{ "kind": "document", "fields": { "title": "x", "doc_type": "photo", "file": "00ff" } }] });
    let reply = site.api(axum::http::Method::POST, &format!("/cases/{case}/changes"), Some(&token), Some(&change)).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
    assert_eq!(site.service_case(&token, &case).await["documents"].as_array().unwrap().len(), 0);
    let left = || std::fs::read_dir(site.blobs()).unwrap().count();
    let mut looks = 0;
    while left() > 0 {
        looks += 1;
        assert!(looks < 3000, "chunks of refused uploads are left");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn who_does_not_see_the_case_neither_adds_nor_reads() {
    let site = Site::new().await;
    let token = site.token(NODAL).await;
    let case = site.case(&token).await;
    let added = by_token(&site, &token, &case, body(&[TITLE, PHOTO], Some(b"x"))).await;
    let id = added.json()["id"].as_str().unwrap().to_owned();
    let other = site.token(OTHER).await;
    assert_eq!(by_token(&site, &other, &case, body(&[TITLE, PHOTO], Some(b"x"))).await.status, StatusCode::NOT_FOUND);
    let bearer = format!("Bearer {other}");
    let there = site.get(&format!("/api/v1/cases/{case}/documents/{id}"), &[("authorization", &bearer)]).await;
    let nowhere = site.get(&format!("/api/v1/cases/{case}/documents/{}", "00".repeat(16)), &[("authorization", &bearer)]).await;
    assert!(there.status == StatusCode::NOT_FOUND && there.body == nowhere.body);
    let reader = site.token(READER).await;
    let refused = by_token(&site, &reader, &case, body(&[TITLE, PHOTO], Some(b"x"))).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
}
