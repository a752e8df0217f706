//! The names of our request protocols and gossip topics, and how large their messages may be.
//! It does not say what the bytes mean.

use icmc_protocol::federation::{charter_sync, joining};
use icmc_protocol::{documents, keepers, matching};

/// Largest gossip message in bytes, without the signature and headers that gossipsub adds.
pub const GOSSIP_CAP: usize = 16 * 1024;

/// An envelope as sent, and its answer, which may hold a prekey.
const ENVELOPE: usize = 1280 * 1024;
const ANSWER: usize = 64 * 1024;

/// A request protocol. The version is part of its name, so a changed frame is a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// One sealed envelope against one acknowledgement.
    Envelope,
    /// Heads, held ranges and missing beacons.
    Beacons,
    /// Charter and prekeys: get, propose, sign.
    Charter,
    /// One sealed chunk of a document.
    Blob,
    /// The only protocol open to an invited stranger.
    Join,
    /// What is to be blinded against a keeper's evaluations.
    Blind,
}

impl Protocol {
    /// The name negotiated on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Envelope => "/icmc/envelope/1",
            Self::Beacons => "/icmc/beacons/2",
            Self::Charter => "/icmc/charter/1",
            Self::Blob => "/icmc/blob/1",
            Self::Join => "/icmc/join/1",
            Self::Blind => "/icmc/blind/1",
        }
    }

    /// Largest request in bytes.
    pub const fn request_cap(self) -> usize {
        match self {
            Self::Envelope => ENVELOPE,
            Self::Beacons => matching::REQUEST_MAX,
            Self::Charter => charter_sync::REQUEST_MAX,
            Self::Join => joining::JOIN_REQUEST_MAX,
            Self::Blob => documents::REQUEST_MAX,
            Self::Blind => keepers::REQUEST_MAX,
        }
    }

    /// Largest response in bytes.
    pub const fn response_cap(self) -> usize {
        match self {
            Self::Envelope => ANSWER,
            Self::Beacons => matching::REPLY_MAX,
            Self::Charter => charter_sync::REPLY_MAX,
            Self::Join => joining::JOIN_REPLY_MAX,
            Self::Blob => documents::REPLY_MAX,
            Self::Blind => keepers::REPLY_MAX,
        }
    }
}

impl AsRef<str> for Protocol {
    fn as_ref(&self) -> &str {
        self.name()
    }
}

/// A gossip topic of the federation this node belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Beacons announced and withdrawn.
    Beacons,
    /// Epoch and hash of the newest charter.
    Charter,
}

impl Topic {
    pub(super) const ALL: [Self; 2] = [Self::Beacons, Self::Charter];

    pub(super) fn name(self, federation: &str) -> String {
        let last = match self {
            Self::Beacons => "beacons/2",
            Self::Charter => "charter/1",
        };
        format!("icmc/{federation}/{last}")
    }
}
