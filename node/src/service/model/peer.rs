//! Other units as pages show them.
//! Whether something may be sent to them is decided in the protocol.

use super::UnitRef;
use icmc_protocol::ids::{CharterHash, UnitId};
use icmc_protocol::time::Timestamp;
use serde::Serialize;

/// One other member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeerView {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// police, ngo, foreign.
    pub class: &'static str,
    /// What it works for.
    pub jurisdiction: String,
    /// Its public contact.
    pub duty_contact: String,
    /// The words were compared on both sides, for the keys in use.
    pub confirmed: bool,
    /// A person here compared the words.
    pub words_here: bool,
    /// A person there did.
    pub words_there: bool,
    /// Connected now.
    pub connected: bool,
    /// When it was last heard.
    pub last_contact: Option<Timestamp>,
    /// Envelopes that wait for it.
    pub waiting_out: u32,
    /// When the oldest of them was written.
    pub oldest_out: Option<Timestamp>,
    /// Parts of shares and contributions from it that wait here for what they build on.
    pub waiting_in: u32,
    /// Since when people here have it paused: only what ends something goes to it and is taken from it.
    pub paused: Option<Timestamp>,
    /// How many milliseconds its clock was ahead at the last exchange; negative if it was behind.
    pub clock_ahead: Option<i64>,
    /// The version of the software that it named; none if it named none.
    pub version: Option<String>,
    /// How the two met: invitation, charter.
    pub met: &'static str,
    /// Shares given to it that are open.
    pub shares_out: u32,
    /// Shares received from it that are open.
    pub shares_in: u32,
    /// This node was restored from a backup, and the unit has not shown yet what it holds: what came from it is closed.
    pub locked: bool,
    /// Nobody is met before this node has a new key: the one that it has may be in foreign hands.
    pub kept_off: bool,
    /// What waits is held back: the key to seal it to has ended, and the next contact brings a new one.
    pub prekey_expired: bool,
    /// The network refused it for what it sent, and nobody here has cleared that.
    pub cut_off: Option<CutOffView>,
    /// Proofs that it signed what no honest unit signs.
    pub proofs: Vec<ProofView>,
}

/// Two signed messages of a unit that exclude each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofView {
    /// The kind of both messages, as the protocol names it.
    pub kind: String,
    /// The hash that it is kept under, in hex.
    pub hash: String,
}

/// That a member was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CutOffView {
    /// When.
    pub at: Timestamp,
    /// When it is or was let in again by itself.
    pub until: Timestamp,
    /// Whether that is still to come.
    pub out: bool,
    /// For what: flood, oversize, garbage, subscriptions, slow_reading.
    pub why: String,
    /// How many of its messages were refused before.
    pub refused: u64,
    /// How many times it was cut off so far.
    pub times: u32,
}

/// A unit that was a member and is none any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormerView {
    /// The unit.
    pub unit: UnitId,
    /// The name that it had.
    pub name: String,
    /// Since when, as this node heard it.
    pub since: Timestamp,
    /// By its own word; else by the others'.
    pub left: bool,
    /// Shares given to it that are not ended.
    pub shares_out: u32,
    /// Shares received from it that are not ended.
    pub shares_in: u32,
}

/// What ending with a unit would end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndView {
    /// With whom.
    pub unit: UnitRef,
    /// Still a member: it can be paused and proposed to be left out.
    pub member: bool,
    /// Open shares given to it, which are recalled.
    pub shares: u32,
    /// Open requests to it, which are withdrawn.
    pub requests: u32,
    /// Open shares received from it, which are for its people to end.
    pub received: u32,
    /// Envelopes that wait for it.
    pub waiting_out: u32,
}

/// What two people read to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WordsView {
    /// With whom.
    pub unit: UnitRef,
    /// Eight words.
    pub words: Vec<String>,
    /// The same as digits.
    pub digits: String,
}

/// This unit, for a member that is to invite it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdentityView {
    /// Its id.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The text to hand over.
    pub genesis_text: String,
}

/// A proposed change of the charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposalView {
    /// Names it when it is approved.
    pub hash: CharterHash,
    /// admit, data, key, replace, remove, left, settle, keepers.
    pub what: &'static str,
    /// What changes, in plain sentences.
    pub says: String,
    /// Which unit it is about; the proposer, if about none.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// police, ngo, foreign; empty for a settlement and for keepers.
    pub class: &'static str,
    /// What it works for.
    pub jurisdiction: String,
    /// Its public contact.
    pub duty_contact: String,
    /// Which member proposes.
    pub proposer: UnitRef,
    /// Whether this unit has said yes.
    pub approved_here: bool,
    /// How many have, as far as is known here.
    pub approvals: u32,
    /// How many must.
    pub threshold: u32,
}

/// This unit, as it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnView {
    /// Its id.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// police, ngo, foreign.
    pub class: &'static str,
    /// What it works for.
    pub jurisdiction: String,
    /// Its public contact.
    pub duty_contact: String,
    /// Where its node can be reached.
    pub addresses: Vec<String>,
    /// In a federation.
    pub member: bool,
    /// It proposes a change that has not passed yet.
    pub proposes: bool,
    /// It wants a change that is proposed once another one is through.
    pub waits: bool,
}

/// Two lists of members of one number have passed: nothing new is shared until two thirds agree on one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FreezeView {
    /// The number.
    pub number: u64,
    /// The two.
    pub charters: Vec<FrozenView>,
}

/// One of the two lists of members of a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrozenView {
    /// Names it when it is chosen.
    pub hash: CharterHash,
    /// The one that this node holds.
    pub held: bool,
    /// When it was proposed.
    pub made: Timestamp,
    /// Its members with their duty contacts.
    pub units: Vec<String>,
}

/// How far joining has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JoinView {
    /// none, asking, member.
    pub state: &'static str,
    /// Who invited, while asking.
    pub inviter: Option<String>,
    /// How many members the federation has, once a member.
    pub members: u32,
}
