//! What can be wrong with a value, and with the dictionary's own files.
//! No variant carries a value: an error may be logged and shown.

use serde::Serialize;

/// A value that does not fit its field: which field, and what is expected there. Never the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{kind}.{field}: expected {expected}")]
pub struct FieldError {
    /// The kind of entity, as the dictionary names it.
    pub kind: String,
    /// The field, as the dictionary names it.
    pub field: String,
    /// What is expected, to follow the word "expected".
    pub expected: String,
}

/// A fault in the dictionary's files; the tests keep the built-in ones free of them.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is not TOML of the expected shape.
    #[error("reading {file}")]
    Toml {
        /// The name of the file.
        file: String,
        /// What the parser says.
        #[source]
        source: toml::de::Error,
    },
    /// A kind, list or field is declared twice.
    #[error("{0} is declared twice")]
    Twice(String),
    /// A type, list, answer, kind or field is named but not declared.
    #[error("{user} names {missing}, which is not declared")]
    Missing {
        /// Who names it.
        user: String,
        /// What is missing.
        missing: String,
    },
    /// The list of places is not as expected.
    #[error("reading the list of places")]
    Places(#[source] csv::Error),
}
