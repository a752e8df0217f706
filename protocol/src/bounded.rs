//! Limits that are part of the type: a list that cannot be longer, a text that cannot be larger.
//! Not for limits that depend on a peer or a setting.

use core::fmt;
use core::ops::Deref;
use serde::{Deserialize, Deserializer, Serialize, de};

/// A value larger than its type allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{got} is more than the {limit} allowed here")]
pub struct TooLarge {
    /// The limit of the type.
    pub limit: usize,
    /// What was given.
    pub got: usize,
}

/// At most `N` elements.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct BoundedVec<T, const N: usize>(Vec<T>);

impl<T, const N: usize> BoundedVec<T, N> {
    /// Takes the list if it fits.
    ///
    /// # Errors
    /// [`TooLarge`] if there are more than `N` elements.
    pub fn new(items: Vec<T>) -> Result<Self, TooLarge> {
        if items.len() > N {
            return Err(TooLarge { limit: N, got: items.len() });
        }
        Ok(Self(items))
    }

    /// The elements.
    #[must_use]
    pub fn into_inner(self) -> Vec<T> {
        self.0
    }
}

impl<T, const N: usize> Default for BoundedVec<T, N> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const N: usize> Deref for BoundedVec<T, N> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const N: usize> fmt::Debug for BoundedVec<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} of at most {N}]", self.0.len())
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for BoundedVec<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// At most `N` bytes of UTF-8. Prints its length only, since it may speak of a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(transparent)]
pub struct BoundedText<const N: usize>(String);

impl<const N: usize> BoundedText<N> {
    /// Takes the text if it fits.
    ///
    /// # Errors
    /// [`TooLarge`] if it is longer than `N` bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, TooLarge> {
        let text = text.into();
        if text.len() > N {
            return Err(TooLarge { limit: N, got: text.len() });
        }
        Ok(Self(text))
    }
}

impl<const N: usize> Deref for BoundedText<N> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> fmt::Display for BoundedText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const N: usize> fmt::Debug for BoundedText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text of {} bytes", self.0.len())
    }
}

impl<'de, const N: usize> Deserialize<'de> for BoundedText<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
