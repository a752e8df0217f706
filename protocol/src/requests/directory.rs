//! An agency or a person that can be of help, as a unit publishes it to chosen peers.
//! Nothing about a victim or a case: it is a list of who does what where.

use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::crypto::Message;
use crate::envelope::Kind;
use crate::ids::{PublicationId, UnitId};
use crate::requests::publish::{Publication, Sort};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// Somebody to call there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Name or desk.
    pub person: BoundedText<200>,
    /// What for.
    pub role: BoundedText<120>,
    /// Numbers, as they are dialled.
    pub phones: BoundedVec<BoundedText<40>, 4>,
    /// Address for mail; may be empty.
    pub email: BoundedText<200>,
    /// Reached at any hour.
    pub emergency: bool,
}

/// One entry, in one version. Codes are words, so that a newer list does not break an older node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// Its handle through all versions.
    pub id: PublicationId,
    /// Who publishes it.
    pub author: UnitId,
    /// Rises with every change.
    pub version: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// Its name.
    pub name: BoundedText<200>,
    /// What it is, as a code: police_station, shelter_home, ngo and so on.
    pub kind: Name,
    /// Districts or places that it covers.
    pub areas: BoundedVec<BoundedText<120>, 32>,
    /// What it offers, as codes.
    pub services: BoundedVec<Name, 24>,
    /// Languages spoken there.
    pub languages: BoundedVec<Name, 24>,
    /// Whom it takes, as codes: women, men, children and so on.
    pub groups: BoundedVec<Name, 12>,
    /// How many it can take; may be empty.
    pub capacity: BoundedText<200>,
    /// When it is open; may be empty.
    pub hours: BoundedText<200>,
    /// Whom to call.
    pub contacts: BoundedVec<Contact, 8>,
    /// When somebody last made sure of all this.
    pub verified_on: BoundedText<10>,
    /// verified, known, unverified, avoid.
    pub trust: Name,
    /// What else; may be empty.
    pub notes: BoundedText<2000>,
}

impl Message for DirectoryEntry {
    const KIND: MessageKind = MessageKind::DirectoryEntry;
    const MAX: usize = 32 * 1024;
}

impl Publication for DirectoryEntry {
    const SORT: Sort = Sort::Directory;
    const SENT_AS: Kind = Kind::DirectoryEntry;

    fn head(&self) -> (UnitId, PublicationId, u64) {
        (self.author, self.id, self.version)
    }
}
