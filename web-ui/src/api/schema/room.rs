//! Disclosure rooms, as the document describes them.
//! The service's own types are read and sent.

use super::UnitRef;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One value that was told.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToldLine {
    /// What it is.
    pub label: String,
    /// The value.
    pub text: String,
    /// Lines of one number belong together, as the parts of one name.
    pub group: u8,
}

/// What one side says to one step.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepSide {
    /// nothing, yes, no.
    pub said: String,
    /// When, by this node's clock.
    pub at: Option<u64>,
    /// Who here.
    pub by: Option<String>,
    /// Of a no: not_yet, no_ground, danger, not_needed, other.
    pub reason: Option<String>,
    /// Of a no: in words.
    pub text: String,
    /// Whether what this side tells was sent, or has come.
    pub told: bool,
    /// What it tells; of the other side only once both have said yes.
    pub lines: Vec<ToldLine>,
    /// On what ground, of chosen values.
    pub basis: Option<String>,
    /// H0 to H3, of chosen values.
    pub handling: Option<String>,
    /// What for, of chosen values.
    pub purpose: Option<String>,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomStepView {
    /// officer, case, fields.
    pub step: String,
    /// Whether both sides have said yes.
    pub open: bool,
    /// This side.
    pub own: StepSide,
    /// The other side.
    pub peer: StepSide,
}

/// A disclosure room.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomView {
    /// The alert.
    pub alert: String,
    /// Our case.
    pub case: String,
    /// Its number.
    pub number: String,
    /// Our person.
    pub person: String,
    /// Our person's name.
    pub display: String,
    /// The other unit.
    pub peer: UnitRef,
    /// Its public duty contact.
    pub peer_contact: String,
    /// When it was last heard.
    pub peer_heard: Option<u64>,
    /// no_contact, not_confirmed (the peer is), not_compared (the match is), closed (the alert is), ready (nobody has spoken), open, ended.
    pub state: String,
    /// The step that a person here can say yes or no to: officer, case, fields, share.
    pub next: Option<String>,
    /// This side has said yes and waits for the other.
    pub waiting: bool,
    /// Something said here could not be sent yet.
    pub untold: bool,
    /// In order.
    pub steps: Vec<RoomStepView>,
    /// expired, withdrawn, stopped, shared, referred, not_same.
    pub ended: Option<String>,
    /// Why this side ended it, in words.
    pub ended_text: String,
    /// Why the other side did.
    pub peer_ended_text: String,
    /// When it ends by itself; after a share, when what was received goes.
    pub expires: Option<u64>,
    /// Name of the person who looks, to begin with.
    pub own_name: String,
    /// That person's role, to begin with.
    pub own_role: String,
    /// The year of our case, as it would be told; 0 if it is not entered.
    pub year: u16,
    /// The stage of our person, as it would be told; empty for none.
    pub stage: String,
    /// Whether the case is ours to share.
    pub own_case: bool,
}

/// A value of our person that could be told.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomChoiceView {
    /// What names it.
    pub commitment: String,
    /// The entity that it stands in.
    pub entity: String,
    /// What the entity is.
    pub kind: String,
    /// What the value is.
    pub label: String,
    /// The value.
    pub text: String,
    /// How far it may travel; X needs a reason.
    pub class: String,
}

/// Who works on it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomOfficer {
    /// Name.
    pub name: String,
    /// Rank or office.
    pub role: String,
    /// Where to be called; may be empty.
    pub telephone: String,
}

/// A value chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomChosen {
    /// Which.
    pub commitment: String,
    /// Why; required for a restricted value.
    #[serde(default)]
    pub reason: String,
}

/// On what terms which values are told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomFields {
    /// On what ground: as for a person in a share.
    pub basis: String,
    /// Why; required unless the ground is consent.
    #[serde(default)]
    pub reason: String,
    /// What for: as for a share.
    pub purpose: String,
    /// H0 to H3.
    pub handling: String,
    /// The values; may be none.
    #[serde(default)]
    pub fields: Vec<RoomChosen>,
}

/// A yes to the next step, with what is told in it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum RoomYes {
    /// Step 1.
    Officer(RoomOfficer),
    /// Step 2: year and stage stand in the case.
    Case {},
    /// Step 3.
    Fields(RoomFields),
}

/// A no to the next step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomNo {
    /// not_yet, no_ground, danger, not_needed, other.
    pub reason: String,
    /// In words; required for other.
    #[serde(default)]
    pub text: String,
}
