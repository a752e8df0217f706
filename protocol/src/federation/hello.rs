//! What members tell each other of their nodes when they meet: the time there and the version that runs, for people to see.
//! Nothing is decided by it.

use super::text::is_plain;
use crate::bounded::BoundedText;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A version of the software, as its node names it.
pub type Version = BoundedText<32>;

/// Goes with every reply on `/icmc/charter/1`; not with one that is carried in a file, since it would be late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hello {
    pub(super) at: Timestamp,
    pub(super) version: Version,
}

impl Hello {
    pub(super) fn new(at: Timestamp) -> Self {
        Self { at, version: Version::new(env!("CARGO_PKG_VERSION")).expect("a version of this workspace is short") }
    }
}

/// What a member told of its node, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// When it came, by the own clock.
    pub at: Timestamp,
    /// The time there then, by its clock.
    pub there: Timestamp,
    /// The version that runs there; empty if it named none that can be shown.
    pub version: Version,
}

impl Heard {
    pub(super) fn new(hello: Hello, at: Timestamp) -> Self {
        Self { at, there: hello.at, version: if is_plain(&hello.version) { hello.version } else { Version::default() } }
    }

    /// How many milliseconds its clock is ahead of the own one; negative if it is behind.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        let span = |later: Timestamp, earlier: Timestamp| i64::try_from(later.since(earlier)).unwrap_or(i64::MAX);
        if self.there >= self.at { span(self.there, self.at) } else { -span(self.at, self.there) }
    }
}
