//! What a unit chooses for itself: the prefix of its case numbers, its colour, whether it is a demo.
//! Not name and contact: those are signed and stand in `protocol::federation`.

use super::ServiceError;
use crate::rows::row;
use crate::store::tables;
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};

const UNIT: &[u8] = b"unit";

/// The settings of this unit; one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What case numbers begin with: 1 to 6 letters or digits.
    pub case_prefix: String,
    /// Of the bar on each page: `#` and six hexadecimal digits.
    pub colour: String,
    /// All people in it are invented, and each page says so.
    pub demo: bool,
}

impl Record for Settings {
    const TABLE: Table = tables::SETTINGS;
}

impl Default for Settings {
    fn default() -> Self {
        Self { case_prefix: "CASE".to_owned(), colour: "#0B4F6C".to_owned(), demo: false }
    }
}

/// The settings as they stand.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn load(view: &dyn View) -> Result<Settings, ViewError> {
    Ok(row(view, UNIT)?.unwrap_or_default())
}

/// Takes other settings, all faults at once.
///
/// # Errors
/// [`ServiceError::Fields`].
pub fn keep(txn: &mut Txn<'_>, settings: &Settings) -> Result<(), ServiceError> {
    let prefix = &settings.case_prefix;
    let mut faults = Vec::new();
    if !((1..=6).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())) {
        faults.push(ServiceError::request("case_prefix", "1 to 6 capital letters A-Z or digits"));
    }
    let digits = settings.colour.strip_prefix('#').unwrap_or_default();
    if !(digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())) {
        faults.push(ServiceError::request("colour", "# and six hexadecimal digits"));
    }
    let faults: Vec<_> =
        faults.into_iter().flat_map(|fault| if let ServiceError::Fields(fields) = fault { fields } else { Vec::new() }).collect();
    if !faults.is_empty() {
        return Err(ServiceError::Fields(faults));
    }
    txn.put(UNIT, Scope::Master, settings);
    Ok(())
}
