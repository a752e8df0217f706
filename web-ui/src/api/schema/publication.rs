//! Directory entries and materials, as the document describes them.
//! Never made: the service's own types are read and sent, and a test holds them against this.

use super::UnitRef;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a publication comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationHead {
    /// Its handle.
    pub id: String,
    /// Who published it.
    pub author: UnitRef,
    /// Its version.
    pub version: u64,
    /// When that was signed.
    pub signed_at: u64,
    /// To whom it goes, if it is of this unit.
    pub to: Vec<UnitRef>,
}

/// Somebody to call.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactView {
    /// Name or desk.
    pub person: String,
    /// What for.
    pub role: String,
    /// Numbers.
    pub phones: Vec<String>,
    /// Address for mail.
    pub email: String,
    /// Reached at any hour.
    pub emergency: bool,
}

/// What an entry of the directory says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryText {
    /// Its name.
    pub name: String,
    /// A code: police_station, shelter_home, ngo and so on.
    pub kind: String,
    /// Districts or places covered.
    pub areas: Vec<String>,
    /// Codes: shelter, medical, legal_aid and so on.
    pub services: Vec<String>,
    /// Languages spoken.
    pub languages: Vec<String>,
    /// Codes: women, men, children, trans, disabled, with_children.
    pub groups: Vec<String>,
    /// How many it can take.
    pub capacity: String,
    /// When it is open.
    pub hours: String,
    /// Whom to call.
    pub contacts: Vec<ContactView>,
    /// YYYY-MM-DD.
    pub verified_on: String,
    /// verified, known, unverified, avoid.
    pub trust: String,
    /// What else.
    pub notes: String,
}

/// An entry of the directory.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// Where it comes from.
    pub head: PublicationHead,
    /// What it says.
    pub entry: EntryText,
    /// Nobody has made sure of it for 180 days.
    pub stale: bool,
}

/// What a material says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaterialText {
    /// Its title.
    pub title: String,
    /// A code: leaflet, checklist, rights_card and so on.
    pub kind: String,
    /// A code: public, survivor, police and so on.
    pub audience: String,
    /// Languages of the text.
    pub languages: Vec<String>,
    /// The text.
    pub body: String,
    /// On what terms it may be used.
    pub licence: String,
    /// YYYY-MM-DD.
    pub reviewed_on: String,
}

/// A material.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaterialView {
    /// Where it comes from.
    pub head: PublicationHead,
    /// What it says.
    pub material: MaterialText,
}

/// A directory entry to be signed: a new one, or the next version of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishEntry {
    /// Which; none makes a new one.
    #[serde(default)]
    pub id: Option<String>,
    /// To whom, beside those who have it.
    #[serde(default)]
    pub to: Vec<String>,
    /// What it says.
    pub text: EntryText,
}

/// A material to be signed: a new one, or the next version of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishMaterial {
    /// Which; none makes a new one.
    #[serde(default)]
    pub id: Option<String>,
    /// To whom, beside those who have it.
    #[serde(default)]
    pub to: Vec<String>,
    /// What it says.
    pub text: MaterialText,
}
