//! The value of a field as it stands in a change of the case log.
//! It does not know whether it fits a field; `check` does.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value. Single codes and dates are `Text`, times are milliseconds UTC in `Int`, references are 16 `Bytes`.
/// The order of the variants is wire format: never reorder, only append.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Value {
    /// Text, a date, or one code.
    Text(String),
    /// A whole number, or milliseconds UTC.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Several codes, each at most once.
    Codes(Vec<String>),
    /// Bytes: an id or a hash.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
}

impl Value {
    /// The value that says that a field was cleared; nothing else can take back what was entered.
    #[must_use]
    pub const fn cleared() -> Self {
        Self::Text(String::new())
    }

    /// True for a cleared field, and for a list of no codes.
    #[must_use]
    pub fn is_cleared(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Codes(codes) => codes.is_empty(),
            Self::Int(_) | Self::Bool(_) | Self::Bytes(_) => false,
        }
    }

    /// The text, date or single code.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// All codes of the value: those of a list, or the single one.
    #[must_use]
    pub fn codes(&self) -> &[String] {
        match self {
            Self::Codes(codes) => codes,
            Self::Text(code) if !code.is_empty() => std::slice::from_ref(code),
            _ => &[],
        }
    }
}

/// Prints the variant only: values are about persons and do not belong in logs.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Int(_) => "Int(..)",
            Self::Bool(_) => "Bool(..)",
            Self::Codes(_) => "Codes(..)",
            Self::Bytes(_) => "Bytes(..)",
        })
    }
}
