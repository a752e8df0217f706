//! A document or a carried file on its way in, as `multipart/form-data`: small parts are fields, the part `file` goes chunk by chunk to
//! the service. Never more than one chunk of a document in memory; who may upload one is asked before the first byte is read.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use icmc_node::access::Actor;
use icmc_node::blobs::{BlobError, Reader, Sealed, Writer};
use icmc_node::runtime::{CarryError, DocumentsOut};
use icmc_node::service::{Service, ServiceError};
use icmc_protocol::bounded::BoundedText;
use icmc_protocol::carried::{FILE_MAX, documents};
use icmc_protocol::documents::File;
use icmc_protocol::ids::{CaseId, EntityId};
use std::time::Duration;

/// Parts of one upload.
const PARTS: usize = 24;
/// Most bytes of a part that is a field.
const FIELD_MAX: usize = 16 * 1024;
/// Longest wait for the next bytes.
const IDLE: Duration = Duration::from_secs(30);

/// What came.
pub(crate) struct Uploaded {
    /// Names and values of the fields.
    pub(crate) pairs: Vec<(String, String)>,
    /// The file.
    pub(crate) sealed: Sealed,
}

/// Why it did not come. `pairs` of the form are lost with it: it is filled in again.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The secret of the session is not its first part.
    Csrf,
    /// Not what a form sends.
    Malformed,
    /// No part `file` with something in it.
    NoFile,
    /// One sentence that says what to do.
    TooLarge(String),
    /// Refused by the service.
    Service(ServiceError),
}

impl From<ServiceError> for Failed {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl From<MultipartError> for Failed {
    fn from(_: MultipartError) -> Self {
        Self::Malformed
    }
}

/// Whether a first part of this name and text is the form's secret.
pub(crate) type Secret<'a> = &'a (dyn Fn(&str, &str) -> bool + Sync);

/// Reads an upload to its end. `secret` is what the first part must be, for forms.
pub(crate) async fn receive(
    service: &Service,
    actor: &Actor,
    case: CaseId,
    mut parts: Multipart,
    secret: Option<Secret<'_>>,
) -> Result<Uploaded, Failed> {
    if let Some(secret) = secret {
        begins_with(&mut parts, secret).await?;
    }
    let writer = service.begin_document(actor, case).await?;
    let (mut writer, mut sealed, mut pairs) = (Some(writer), None, Vec::new());
    for _ in 0..PARTS {
        let Some(field) = next(&mut parts).await? else {
            let sealed = sealed.ok_or(Failed::NoFile)?;
            return Ok(Uploaded { pairs, sealed });
        };
        match (field.name().unwrap_or_default().to_owned(), writer.take()) {
            (name, Some(open)) if name == "file" => sealed = Some(file(field, open).await?),
            (name, still) => {
                writer = still;
                pairs.push((name, text(field).await?));
            }
        }
    }
    Err(Failed::Malformed)
}

/// Reads a form with a file of envelopes or of documents to its end; gives what is to be said of it. A file of envelopes is whole in
/// memory, and bounded.
pub(crate) async fn carried(
    service: &Service,
    actor: &Actor,
    mut parts: Multipart,
    secret: Secret<'_>,
) -> Result<String, Failed> {
    begins_with(&mut parts, secret).await?;
    for _ in 0..PARTS {
        let field = next(&mut parts).await?.ok_or(Failed::NoFile)?;
        if field.name() == Some("file") {
            return carried_file(service, actor, field).await;
        }
    }
    Err(Failed::Malformed)
}

async fn carried_file(service: &Service, actor: &Actor, mut field: Field<'_>) -> Result<String, Failed> {
    let mut begun = Vec::new();
    while begun.len() < documents::BEGINNING.len() {
        let Some(part) = bytes(&mut field).await? else { break };
        begun.extend_from_slice(&part);
    }
    if begun.is_empty() {
        return Err(Failed::NoFile);
    }
    if documents::begins(&begun) {
        let mut bringing = service.import_documents(actor).await?;
        let mut taken = bringing.push(&begun).await;
        while let Some(part) = bytes(&mut field).await? {
            // Here, too, the rest is read after a refusal.
            if taken.is_ok() {
                taken = bringing.push(&part).await;
            }
        }
        taken?;
        return Ok(bringing.finish().await?.sentence());
    }
    while let Some(part) = bytes(&mut field).await? {
        // One part more than is allowed is enough to be refused.
        if begun.len() <= FILE_MAX {
            begun.extend_from_slice(&part);
        }
    }
    Ok(service.import_envelopes(actor, begun).await?.sentence())
}

async fn begins_with(parts: &mut Multipart, secret: Secret<'_>) -> Result<(), Failed> {
    let first = next(parts).await?.ok_or(Failed::Csrf)?;
    let name = first.name().unwrap_or_default().to_owned();
    if secret(&name, &text(first).await?) { Ok(()) } else { Err(Failed::Csrf) }
}

async fn next(parts: &mut Multipart) -> Result<Option<Field<'_>>, Failed> {
    Ok(tokio::time::timeout(IDLE, parts.next_field()).await.map_err(|_| Failed::Malformed)??)
}

async fn bytes(field: &mut Field<'_>) -> Result<Option<axum::body::Bytes>, Failed> {
    Ok(tokio::time::timeout(IDLE, field.chunk()).await.map_err(|_| Failed::Malformed)??)
}

async fn text(mut field: Field<'_>) -> Result<String, Failed> {
    let mut all = Vec::new();
    while let Some(part) = bytes(&mut field).await? {
        all.extend_from_slice(&part);
        if all.len() > FIELD_MAX {
            return Err(Failed::Malformed);
        }
    }
    String::from_utf8(all).map_err(|_| Failed::Malformed)
}

async fn file(mut field: Field<'_>, mut writer: Writer) -> Result<Sealed, Failed> {
    let name = name(field.file_name().unwrap_or_default());
    let media = field.content_type().unwrap_or_default().chars().filter(char::is_ascii_graphic).take(100).collect::<String>();
    let media = BoundedText::new(media.as_str()).unwrap_or_default();
    let mut failed = None;
    while let Some(part) = bytes(&mut field).await? {
        // After a refusal the rest is read all the same: a browser shows no answer before it has sent everything.
        if failed.is_none() {
            failed = writer.push(&part).await.err();
        }
    }
    let done = match failed {
        Some(error) => Err(error),
        None => writer.finish(name, media).await,
    };
    done.map_err(|error| match error {
        BlobError::TooLarge(_) => Failed::TooLarge(error.to_string()),
        BlobError::Empty => Failed::NoFile,
        other => Failed::Service(other.into()),
    })
}

/// The last part of a path, as far as it fits.
fn name(sent: &str) -> BoundedText<200> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name: String = last.chars().filter(|ch| !ch.is_control()).collect();
    while name.len() > 200 {
        name.pop();
    }
    BoundedText::new(name.as_str()).unwrap_or_default()
}

/// A file of documents for another unit on its way out.
pub(crate) fn carried_out(made: DocumentsOut) -> axum::body::Body {
    let parts = futures::stream::try_unfold(made, |mut made| async move {
        let part =
            made.next().await.inspect_err(|error| tracing::error!(%error, "a file of documents could not be made to its end"))?;
        Ok::<_, CarryError>(part.map(|part| (axum::body::Bytes::from(part), made)))
    });
    axum::body::Body::from_stream(parts)
}

/// A file on its way out: always to be kept, never to be shown; its name and type are ours, not those that came with it.
pub(crate) fn download(file: &File, reader: Reader, document: EntityId) -> (HeaderMap, axum::body::Body) {
    let named = format!("attachment; filename=\"document-{}.bin\"", document.short());
    let fixed = |text: &str| HeaderValue::from_str(text).expect("hexadecimal digits are a header's value");
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, fixed(&named)),
        (header::CONTENT_LENGTH, HeaderValue::from(file.size)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX)),
        (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    ]);
    let parts = futures::stream::try_unfold(reader, |mut reader| async move {
        let part = reader.next().await.inspect_err(|error| tracing::error!(%error, "a document could not be read to its end"))?;
        Ok::<_, BlobError>(part.map(|part| (axum::body::Bytes::copy_from_slice(&part), reader)))
    });
    (headers, axum::body::Body::from_stream(parts))
}

/// Whatever is in a document runs nothing and loads nothing, should a browser show it after all.
pub(crate) const SANDBOX: &str = "sandbox; default-src 'none'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_loses_its_folders_and_a_long_name_its_end() {
        assert_eq!(&*name("C:\\fake\\..\\scan.pdf"), "scan.pdf");
        assert_eq!(&*name("../../etc/passwd"), "passwd");
        assert_eq!(name(&"ज".repeat(100_000)).len(), 198);
        assert_eq!(&*name("a\r\nb"), "ab");
    }
}
