//! Reads one field of a form that carries a file: `multipart/form-data`, whole in memory and bounded.
//! What is in a file is not looked at here.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use futures::stream;
use icmc_protocol::carried::FILE_MAX;
use std::convert::Infallible;

/// Most bytes of such a form: the largest file, with room for what is around it.
pub const MAX: usize = FILE_MAX + 64 * 1024;
/// Most fields that are looked at.
const FIELDS: usize = 16;

/// The first field of this name. None if the form has none, or is out of form.
pub async fn field(headers: &HeaderMap, body: &Bytes, name: &str) -> Option<Bytes> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(kind).ok()?;
    let body = body.clone();
    let mut form = multer::Multipart::new(stream::once(async { Ok::<_, Infallible>(body) }), boundary);
    for _ in 0..FIELDS {
        let field = form.next_field().await.ok()??;
        if field.name() == Some(name) {
            return field.bytes().await.ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())])
    }

    #[tokio::test]
    async fn a_field_is_found_by_its_name_and_binary_stays_as_it_is() {
        let part = |name: &str, bytes: &[u8]| {
            [format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(), bytes, b"\r\n"].concat()
        };
        let body = Bytes::from([part("csrf", b"00ff"), part("file", b"\0\r\n--\xff"), b"--b--\r\n".to_vec()].concat());
        let form = headers("multipart/form-data; boundary=b");
        assert_eq!(field(&form, &body, "csrf").await.as_deref(), Some(b"00ff".as_slice()));
        assert_eq!(field(&form, &body, "file").await.as_deref(), Some(b"\0\r\n--\xff".as_slice()));
        assert_eq!(field(&form, &body, "other").await, None);
        assert_eq!(field(&form, &body.slice(..body.len() - 12), "file").await, None, "cut");
        assert_eq!(field(&headers("application/x-www-form-urlencoded"), &body, "file").await, None);
        assert_eq!(field(&HeaderMap::new(), &body, "file").await, None);
    }
}
