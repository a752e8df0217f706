//! Shapes of what is known of the keepers of the blinding key.
//! Nothing is made of these types.

use super::UnitRef;
use serde::Serialize;
use utoipa::ToSchema;

/// Who keeps the blinding key, and all that goes on around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeepersView {
    /// The keepers of the present key; none in a federation that has no key.
    pub keepers: Vec<KeeperView>,
    /// How many of them are needed to answer.
    pub threshold: u32,
    /// Since when.
    pub since: Option<u64>,
    /// One keeper alone can find out by guessing who is announced.
    pub alone: bool,
    /// This unit is one of them.
    pub own: bool,
    /// Until when the key before is answered with, too.
    pub former_until: Option<u64>,
    /// Who keeps that one.
    pub former: Vec<UnitRef>,
    /// Keys that are being generated, and those that came to nothing, the newest first.
    pub generations: Vec<GenerationView>,
    /// As a keeper: what each unit has asked of this one.
    pub counts: Vec<CountView>,
    /// Every member, to choose keepers from.
    pub members: Vec<UnitRef>,
    /// Units that are no keepers now and did wrong as keepers.
    pub named: Vec<KeeperView>,
}

/// One keeper, as this unit knows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeeperView {
    /// Which.
    pub unit: UnitRef,
    /// Still a member: only members are asked.
    pub member: bool,
    /// Reached now.
    pub connected: bool,
    /// The last wrong that it did as a keeper, in a sentence.
    pub fault: Option<String>,
    /// When.
    pub fault_at: Option<u64>,
    /// How many wrongs in all.
    pub faults: u32,
    /// It has answered this unit as often as it does, until then.
    pub over_quota: Option<u64>,
}

/// A key that is being generated, or was.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationView {
    /// Names it when a person says yes or no.
    pub id: String,
    /// Who wants it.
    pub by: UnitRef,
    /// Who is to keep it.
    pub keepers: Vec<UnitRef>,
    /// Where a person has said yes.
    pub yes: Vec<String>,
    /// How many are to be needed.
    pub threshold: u32,
    /// Since when this unit knows of it.
    pub seen: u64,
    /// running, done, over.
    pub state: String,
    /// How far it is or why it is over, in a sentence.
    pub says: String,
    /// It waits for a yes at this unit.
    pub asks_here: bool,
    /// This unit can end it.
    pub can_end: bool,
}

/// What one unit has asked of this keeper.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    /// Which unit.
    pub unit: UnitRef,
    /// Evaluations today.
    pub today: u64,
    /// How many it may have today.
    pub quota: u64,
    /// Two persons there asked for more today.
    pub burst: bool,
    /// Evaluations in seven days.
    pub week: u64,
    /// Persons in seven days.
    pub persons: u64,
    /// Of these, those who were not announced within the hour.
    pub unannounced: u64,
    /// Requests over the quota in seven days.
    pub refused: u64,
}
