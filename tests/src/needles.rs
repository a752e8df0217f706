//! Searches bytes for strings that must not be there, in every dress in which they could have been written.
//! What is planted, and where it may be, is the tests' business.

use anyhow::Result;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use regex::bytes::Regex;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Shorter dresses would be found by chance.
const SHORTEST: usize = 6;

/// Planted strings, ready to be searched for.
#[derive(Debug)]
pub struct Needles {
    any: Regex,
    /// What each dress is: the string and the name of the dress.
    dresses: BTreeMap<Vec<u8>, String>,
}

/// A string where it must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where: a file or another name of the haystack.
    pub place: String,
    /// At which byte.
    pub at: usize,
    /// The string and how it was written.
    pub what: String,
}

impl Needles {
    /// Of these strings.
    ///
    /// # Errors
    /// If there are none, or far too many.
    pub fn new(planted: &[&str]) -> Result<Self> {
        let dresses: BTreeMap<Vec<u8>, String> = planted.iter().flat_map(|one| dresses_of(one)).collect();
        let escaped: Vec<String> =
            dresses.keys().map(|bytes| bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()).collect();
        Ok(Self { any: Regex::new(&format!("(?-u){}", escaped.join("|")))?, dresses })
    }

    /// Everything of it in some bytes.
    #[must_use]
    pub fn search(&self, place: &str, bytes: &[u8]) -> Vec<Found> {
        let found = self.any.find_iter(bytes).map(|hit| Found {
            place: place.to_owned(),
            at: hit.start(),
            what: self.dresses.get(hit.as_bytes()).cloned().unwrap_or_default(),
        });
        found.collect()
    }

    /// Everything of it in the files below a folder, and in their names.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn search_files(&self, folder: &Path) -> Result<Vec<Found>> {
        let mut found = Vec::new();
        for file in files_below(folder)? {
            let name = file.display().to_string();
            found.extend(self.search(&format!("name of {name}"), name.as_bytes()));
            found.extend(self.search(&name, &std::fs::read(&file)?));
        }
        Ok(found)
    }
}

/// Every regular file below a folder.
///
/// # Errors
/// If a folder cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn dresses_of(planted: &str) -> Vec<(Vec<u8>, String)> {
    let mut dresses = Vec::new();
    for text in [planted.to_owned(), planted.to_lowercase(), planted.to_uppercase()] {
        let raw = text.as_bytes();
        let mut add = |bytes: Vec<u8>, dress: &str| {
            if bytes.len() >= SHORTEST {
                dresses.push((bytes, format!("{planted:?} as {dress}")));
            }
        };
        add(raw.to_vec(), "it is");
        add(raw.iter().rev().copied().collect(), "bytes reversed");
        add(text.chars().rev().collect::<String>().into_bytes(), "letters reversed");
        add(text.encode_utf16().flat_map(u16::to_le_bytes).collect(), "UTF-16LE");
        add(text.encode_utf16().flat_map(u16::to_be_bytes).collect(), "UTF-16BE");
        add(HEXLOWER.encode(raw).into_bytes(), "hexadecimal");
        add(HEXUPPER.encode(raw).into_bytes(), "HEXADECIMAL");
        add(raw.iter().map(|byte| format!("%{byte:02X}")).collect::<String>().into_bytes(), "percent");
        add(json_escaped(&text).into_bytes(), "JSON escapes");
        for shift in 0..3 {
            let (standard, url) = base64_inside(raw, shift);
            add(standard.into_bytes(), "base64");
            add(url.into_bytes(), "base64url");
        }
    }
    dresses
}

/// The part of base64 that does not depend on what stands before and after, when `shift` bytes stand before.
fn base64_inside(raw: &[u8], shift: usize) -> (String, String) {
    let padded = [vec![0; shift], raw.to_vec()].concat();
    let whole = padded.len() / 3 * 3;
    let from = (shift * 8).div_ceil(6);
    let inside = |text: String| text.get(from..).unwrap_or_default().to_owned();
    (inside(BASE64_NOPAD.encode(&padded[..whole])), inside(BASE64URL_NOPAD.encode(&padded[..whole])))
}

fn json_escaped(text: &str) -> String {
    text.encode_utf16()
        .map(|unit| if unit < 128 { char::from(unit as u8).to_string() } else { format!("\\u{unit:04x}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "Quibbleworth";

    fn found(bytes: &[u8]) -> usize {
        Needles::new(&[NAME, "কুইবল"]).unwrap().search("here", bytes).len()
    }

    #[test]
    fn every_dress_is_found_at_every_offset() {
        for before in 0..4 {
            let plain = ["x".repeat(before).as_bytes(), NAME.as_bytes(), b" and more"].concat();
            let reversed: Vec<u8> = plain.iter().rev().copied().collect();
            let wide: Vec<u8> = String::from_utf8_lossy(&plain).encode_utf16().flat_map(u16::to_le_bytes).collect();
            for dressed in [
                plain.clone(),
                reversed,
                wide,
                HEXLOWER.encode(&plain).into_bytes(),
                BASE64_NOPAD.encode(&plain).into_bytes(),
                BASE64URL_NOPAD.encode(&plain).into_bytes(),
                plain.to_ascii_uppercase(),
            ] {
                assert_eq!(found(&dressed), 1, "{before}: {}", String::from_utf8_lossy(&dressed));
            }
        }
        assert_eq!(found("… কুইবল …".as_bytes()), 1);
        assert_eq!(found(br"\u0995\u09c1\u0987\u09ac\u09b2"), 1);
    }

    #[test]
    fn nothing_is_found_in_other_bytes() {
        assert_eq!(found(b"Quibble worth"), 0);
        assert_eq!(found(&[0; 4096]), 0);
    }
}
