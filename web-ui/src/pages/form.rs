//! What a form sent, as pairs in their order; names may repeat.
//! No meaning: pages and `fields` give it.

use std::fmt;

/// Most pairs that one form may send.
pub(crate) const MAX_PAIRS: usize = 2_000;

/// The pairs of a form.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Posted(Vec<(String, String)>);

impl Posted {
    /// Keeps at most [`MAX_PAIRS`].
    pub(crate) fn new(mut pairs: Vec<(String, String)>) -> Self {
        pairs.truncate(MAX_PAIRS);
        Self(pairs)
    }

    /// For samples and tests.
    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// The first value with this name, trimmed; empty if there is none.
    pub(crate) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The first value with this name as it was sent: a password may begin with a space.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All values with this name.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether the name was sent with a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        !self.one(name).is_empty()
    }

    /// Whether the name was sent at all, also with an empty value.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Adds a pair.
    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Takes all values of a name away.
    pub(crate) fn clear(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// Sets a name to one value.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.clear(name);
        self.push(name, value);
    }

    /// All pairs.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// Names only: values are about persons and do not belong in logs.
impl fmt::Debug for Posted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
