//! Forms that carry a small text file, `multipart/form-data`, whole in memory and bounded, as a plain form.
//! What is in a file is not looked at here.

use super::errors;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::stream;
use std::convert::Infallible;

/// Most fields that are looked at.
const FIELDS: usize = 16;

/// A form with a small text file as a plain form: each part a pair, the file among them. None if it is out of form, or a part is no text.
pub async fn plain(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(kind).ok()?;
    let body = body.clone();
    let mut form = multer::Multipart::new(stream::once(async { Ok::<_, Infallible>(body) }), boundary);
    let mut pairs: Vec<(String, String)> = Vec::new();
    for _ in 0..FIELDS {
        let Some(field) = form.next_field().await.ok()? else {
            return Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
        };
        let name = field.name()?.to_owned();
        pairs.push((name, String::from_utf8(field.bytes().await.ok()?.to_vec()).ok()?));
    }
    None
}

/// Whether a form brings a file.
#[must_use]
pub fn is_with_file(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| multer::parse_boundary(kind).is_ok())
}

/// What a file that is no text is answered.
pub const NO_TEXT: &str = "The file is not a text that this page knows. Choose the file that the other unit made.";

/// Says of a request that its form is a plain one now.
pub fn now_plain(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.remove(header::CONTENT_LENGTH);
}

/// Makes a plain form of one with a small text file, for handlers that read pairs. What is out of form goes on as it is.
pub async fn small_files(request: Request, next: Next) -> Response {
    if *request.method() != Method::POST || !is_with_file(request.headers()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, super::BODY_MAX).await else {
        let text = "This is too large: at most 1 MiB can be sent at a time.";
        return errors::reply(parts.uri.path(), StatusCode::PAYLOAD_TOO_LARGE, text);
    };
    let Some(form) = plain(&parts.headers, &bytes).await else {
        return errors::reply(parts.uri.path(), StatusCode::UNPROCESSABLE_ENTITY, NO_TEXT);
    };
    now_plain(&mut parts.headers);
    next.run(Request::from_parts(parts, Body::from(form))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())])
    }

    #[tokio::test]
    async fn a_form_with_a_text_file_becomes_a_plain_form_and_one_with_bytes_does_not() {
        let part = |name: &str, bytes: &[u8]| {
            [format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(), bytes, b"\r\n"].concat()
        };
        let form = headers("multipart/form-data; boundary=b");
        let of = |file: &[u8]| Bytes::from([part("csrf", b"00ff"), part("file", file), b"--b--\r\n".to_vec()].concat());
        assert_eq!(plain(&form, &of(b"icmc-invite-1:A&B\n")).await.as_deref(), Some("csrf=00ff&file=icmc-invite-1%3AA%26B%0A"));
        assert_eq!(plain(&form, &of(b"\xff\0")).await, None);
        assert_eq!(plain(&headers("application/x-www-form-urlencoded"), &of(b"x")).await, None);
    }
}
