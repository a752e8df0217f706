//! A text to print or to read: a leaflet, a checklist, a rights card, as a unit publishes it to chosen peers.
//! Plain text only: nothing in it is run or rendered.

use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::crypto::Message;
use crate::envelope::Kind;
use crate::ids::{PublicationId, UnitId};
use crate::requests::publish::{Publication, Sort};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// One material, in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Its handle through all versions.
    pub id: PublicationId,
    /// Who publishes it.
    pub author: UnitId,
    /// Rises with every change.
    pub version: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// Its title.
    pub title: BoundedText<200>,
    /// What it is, as a code: leaflet, checklist, rights_card and so on.
    pub kind: Name,
    /// For whom, as a code: public, survivor, police and so on.
    pub audience: Name,
    /// Languages of the text.
    pub languages: BoundedVec<Name, 24>,
    /// The text.
    pub body: BoundedText<65_536>,
    /// On what terms it may be used.
    pub licence: BoundedText<200>,
    /// When somebody last read it over.
    pub reviewed_on: BoundedText<10>,
}

impl Message for Material {
    const KIND: MessageKind = MessageKind::Material;
    const MAX: usize = 72 * 1024;
}

impl Publication for Material {
    const SORT: Sort = Sort::Material;
    const SENT_AS: Kind = Kind::Material;

    fn head(&self) -> (UnitId, PublicationId, u64) {
        (self.author, self.id, self.version)
    }
}
