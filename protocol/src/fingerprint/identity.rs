//! What a record says about who a person is, as it was entered.
//! Not for deciding anything: `Person` is the normal form that is compared.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One person as entered. An empty string or list means not known; nothing has to be tidy.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// First names; may hold an alias behind `@`, `urf` or `alias`.
    pub given_name: String,
    /// Family name; may hold an alias the same way.
    pub family_name: String,
    /// Other names the person goes by; the first sixteen are read.
    pub aliases: Vec<String>,
    /// A code, compared as it is.
    pub sex: String,
    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, digits of any script.
    pub birth_date: String,
    /// Age in whole years on `recorded_on`; read only when no birth year is known.
    pub age_at_record: String,
    /// The date on which the age was stated, beginning with the year.
    pub recorded_on: String,
    /// Father, mother, husband or other guardian.
    pub guardian_name: String,
    /// Country code or name.
    pub nationality: String,
    /// State or province of the home.
    pub state: String,
    /// District of the home; old names are known.
    pub district: String,
    /// Village or town of the home.
    pub village: String,
    /// Telephone numbers in any notation; the first four are read.
    pub phones: Vec<String>,
    /// Identity documents; the first four are read.
    pub identifiers: Vec<Identifier>,
}

/// A document number with its kind.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    /// Code of the kind, for example `nid`; `aadhaar` gives its last four digits too.
    pub kind: String,
    /// The number as written; `XXXX` in it means masked.
    pub number: String,
}

// No field is shown: these values must not reach a log or an error.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identifier").finish_non_exhaustive()
    }
}
