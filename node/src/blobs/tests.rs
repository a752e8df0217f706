//! Files in and out of a real folder: equal bytes, nothing in the clear, nothing left of what was given up or did not fit.
//! All contents are invented.

use super::{BlobError, Blobs, Reader, Sealed, Writer};
use icmc_protocol::bounded::BoundedText;
use icmc_protocol::documents::CHUNK;
use icmc_protocol::ids::PlaceId;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const PLACE: PlaceId = PlaceId([3; 32]);
const NEEDLE: &[u8] = b"Zilquorvexa of Plinvokra";

/// Bytes that repeat nothing, with something to look for at the start, across a cut and at the end.
fn contents(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    for at in [0, CHUNK.saturating_sub(9), length.saturating_sub(NEEDLE.len())] {
        if at + NEEDLE.len() <= length {
            bytes[at..at + NEEDLE.len()].copy_from_slice(NEEDLE);
        }
    }
    bytes
}

async fn keep(blobs: &Arc<Blobs>, bytes: &[u8]) -> Result<Sealed, BlobError> {
    let mut writer = Writer::new(blobs, PLACE);
    for part in bytes.chunks(60_000) {
        writer.push(part).await?;
    }
    writer.finish(BoundedText::new("Zilquorvexa.pdf").unwrap(), BoundedText::default()).await
}

async fn all(blobs: &Arc<Blobs>, sealed: &Sealed) -> Result<Vec<u8>, BlobError> {
    let mut reader = Reader::open(blobs, PLACE, sealed.file.clone()).await?;
    let mut bytes = Vec::new();
    while let Some(part) = reader.next().await? {
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test]
async fn files_come_back_as_they_were_and_are_nowhere_in_the_clear() {
    for length in [1, NEEDLE.len(), CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17] {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path(), 1 << 30).unwrap();
        let bytes = contents(length);
        let sealed = keep(&blobs, &bytes).await.unwrap();
        assert_eq!((sealed.file.size, sealed.file.chunks()), (length as u64, length.div_ceil(CHUNK) as u64));
        assert_eq!(sealed.file.blake3, *blake3::hash(&bytes).as_bytes());
        assert_eq!(all(&blobs, &sealed).await.unwrap(), bytes);
        Reader::open(&blobs, PLACE, sealed.file.clone()).await.unwrap().check().await.unwrap();
        let files = files(folder.path());
        assert_eq!(files.len(), length.div_ceil(CHUNK) + 1);
        for file in files {
            let on_disk = std::fs::read(&file).unwrap();
            for needle in [NEEDLE, b"Zilquorvexa"] {
                assert!(!on_disk.windows(needle.len()).any(|part| part == needle));
                assert!(!file.to_string_lossy().contains("Zilquorvexa"));
            }
        }
    }
}

#[tokio::test]
async fn a_bent_missing_or_swapped_chunk_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path(), 1 << 30).unwrap();
    let sealed = keep(&blobs, &contents(2 * CHUNK + 5)).await.unwrap();
    let manifest = super::manifest(&blobs, PLACE, &sealed.file).await.unwrap();
    let path = |number: usize| folder.path().join("blobs").join(PLACE.to_string()).join(manifest.chunks[number].to_string());
    let [first, second] = [0, 1].map(|number| std::fs::read(path(number)).unwrap());
    std::fs::write(path(1), &first).unwrap();
    assert!(matches!(all(&blobs, &sealed).await, Err(BlobError::Damaged)), "swapped");
    let mut bent = second.clone();
    bent[1000] ^= 1;
    std::fs::write(path(1), bent).unwrap();
    assert!(matches!(all(&blobs, &sealed).await, Err(BlobError::Damaged)), "bent");
    std::fs::remove_file(path(1)).unwrap();
    assert!(matches!(all(&blobs, &sealed).await, Err(BlobError::Missing)), "missing");
    std::fs::write(path(1), second).unwrap();
    all(&blobs, &sealed).await.unwrap();
}

#[tokio::test]
async fn only_the_bytes_that_were_asked_for_are_taken_and_only_while_they_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path(), 1 << 30).unwrap();
    let sealed = keep(&blobs, &contents(100)).await.unwrap();
    let chunk = super::manifest(&blobs, PLACE, &sealed.file).await.unwrap().chunks[0];
    let bytes = blobs.get(PLACE, chunk).await.unwrap();
    let there = PlaceId([4; 32]);
    assert!(matches!(blobs.take(there, chunk, bytes[1..].to_vec().into(), || true).await, Err(BlobError::Damaged)));
    assert!(matches!(blobs.take(there, chunk, bytes.clone().into(), || false).await, Err(BlobError::Missing)));
    assert!(blobs.held(there).await.unwrap().is_empty());
    blobs.take(there, chunk, bytes.into(), || true).await.unwrap();
    assert_eq!(blobs.held(there).await.unwrap().into_iter().collect::<Vec<_>>(), [chunk]);
    assert!(blobs.discard(there).await.unwrap() && blobs.held(there).await.unwrap().is_empty());
}

#[tokio::test]
async fn too_large_or_empty_a_file_is_refused_and_an_upload_under_way_is_let_be() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path(), CHUNK as u64 + 10).unwrap();
    assert!(matches!(keep(&blobs, &contents(CHUNK + 11)).await, Err(BlobError::TooLarge(_))));
    assert!(matches!(keep(&blobs, &[]).await, Err(BlobError::Empty)));
    let sealed = keep(&blobs, &contents(CHUNK + 10)).await.unwrap();
    assert!(!blobs.discard(PLACE).await.unwrap(), "the case does not hold it yet");
    assert!(!files(folder.path()).is_empty());
    drop(sealed);
    assert!(blobs.discard(PLACE).await.unwrap());
    assert!(files(folder.path()).is_empty());
}

/// A file system of two MiB; taken away with this.
struct Small(tempfile::TempDir);

impl Small {
    /// None where this may not be done: it needs a superuser.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder.path()).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_leaves_no_half_document_and_is_over_when_there_is_space() {
    let Some(small) = Small::new() else {
        eprintln!("not tried: a small file system can be mounted by a superuser only");
        return;
    };
    let blobs = Blobs::open(small.0.path(), 1 << 30).unwrap();
    let error = keep(&blobs, &contents(3 * 1024 * 1024)).await.unwrap_err();
    assert!(matches!(error, BlobError::Full), "{error:?}");
    assert!(blobs.discard(PLACE).await.unwrap());
    assert!(files(small.0.path()).is_empty());
    let bytes = contents(1024 * 1024);
    let sealed = keep(&blobs, &bytes).await.unwrap();
    assert_eq!(all(&blobs, &sealed).await.unwrap(), bytes);
}
