//! From the code lists as written to lists of codes, with the usual answers and the gazetteer filled in.
//! Which field uses which list is not known here.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Code, LoadError, Place, PlaceKind, Places};

/// A list as the TOML has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawList {
    #[serde(default)]
    codes: Vec<Code>,
    /// Usual answers to add at the end.
    #[serde(default)]
    plus: Vec<String>,
    /// Fill from the gazetteer with the places of this kind.
    places: Option<PlaceKind>,
    /// Of these, which come first.
    #[serde(default)]
    first: Vec<String>,
}

/// Fills a list in. `answers` are the usual ones, code to label.
pub(super) fn resolve(
    name: &str,
    raw: RawList,
    answers: &BTreeMap<String, String>,
    places: &Places,
) -> Result<Vec<Code>, LoadError> {
    let mut codes = raw.codes;
    if let Some(kind) = raw.places {
        let mut found: Vec<&Place> = places.all().filter(|place| place.kind == kind).collect();
        let rank = |place: &Place| raw.first.iter().position(|code| *code == place.code).unwrap_or(raw.first.len());
        found.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
        codes.extend(found.into_iter().map(|place| plain(&place.code, &place.name)));
    }
    for answer in &raw.plus {
        let label =
            answers.get(answer).ok_or_else(|| LoadError::Missing { user: format!("list {name}"), missing: answer.clone() })?;
        codes.push(plain(answer, label));
    }
    for (at, code) in codes.iter().enumerate() {
        if codes[..at].iter().any(|earlier| earlier.code == code.code) {
            return Err(LoadError::Twice(format!("{name}.{}", code.code)));
        }
    }
    Ok(codes)
}

fn plain(code: &str, label: &str) -> Code {
    Code { code: code.to_owned(), label: label.to_owned(), when: Vec::new() }
}
