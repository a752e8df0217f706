//! Peers, accounts, audit and status, as the document describes them.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use super::UnitRef;
use serde::Serialize;
use utoipa::ToSchema;

/// One other member.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeerView {
    /// The unit.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// police, ngo, foreign.
    pub class: String,
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
    pub last_contact: Option<u64>,
    /// Envelopes that wait for it.
    pub waiting_out: u32,
    /// When the oldest of them was written.
    pub oldest_out: Option<u64>,
    /// Parts of shares and contributions from it that wait here for what they build on.
    pub waiting_in: u32,
    /// Since when people here have it paused: only what ends something goes to it and is taken from it.
    pub paused: Option<u64>,
    /// How many milliseconds its clock was ahead at the last exchange; negative if it was behind.
    pub clock_ahead: Option<i64>,
    /// The version of the software that it named; none if it named none.
    pub version: Option<String>,
    /// How the two met: invitation, charter.
    pub met: String,
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
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofView {
    /// The kind of both messages, as the protocol names it.
    pub kind: String,
    /// The hash that it is kept under, in hex.
    pub hash: String,
}

/// That a member was cut off.
#[derive(Debug, Serialize, ToSchema)]
pub struct CutOffView {
    /// When.
    pub at: u64,
    /// When it is or was let in again by itself.
    pub until: u64,
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
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerView {
    /// The unit.
    pub unit: String,
    /// The name that it had.
    pub name: String,
    /// Since when, as this node heard it.
    pub since: u64,
    /// By its own word; else by the others'.
    pub left: bool,
    /// Shares given to it that are not ended.
    pub shares_out: u32,
    /// Shares received from it that are not ended.
    pub shares_in: u32,
}

/// What ending with a unit would end.
#[derive(Debug, Serialize, ToSchema)]
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
#[derive(Debug, Serialize, ToSchema)]
pub struct WordsView {
    /// With whom.
    pub unit: UnitRef,
    /// Eight words.
    pub words: Vec<String>,
    /// The same as digits.
    pub digits: String,
}

/// This unit, for a member that is to invite it.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityView {
    /// Its id.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// The text to hand over.
    pub genesis_text: String,
}

/// A proposed change of the charter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalView {
    /// Names it when it is approved.
    pub hash: String,
    /// admit, data, key, replace, remove, left, settle.
    pub what: String,
    /// What changes, in plain sentences.
    pub says: String,
    /// Which unit it is about; the proposer, if about none.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// police, ngo, foreign; empty for a settlement.
    pub class: String,
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
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnView {
    /// Its id.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// police, ngo, foreign.
    pub class: String,
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
#[derive(Debug, Serialize, ToSchema)]
pub struct FreezeView {
    /// The number.
    pub number: u64,
    /// The two.
    pub charters: Vec<FrozenView>,
}

/// One of the two lists of members of a freeze.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrozenView {
    /// Names it when it is chosen.
    pub hash: String,
    /// The one that this node holds.
    pub held: bool,
    /// When it was proposed.
    pub made: u64,
    /// Its members with their duty contacts.
    pub units: Vec<String>,
}

/// How far joining has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinView {
    /// none, asking, member.
    pub state: String,
    /// Who invited, while asking.
    pub inviter: Option<String>,
    /// How many members the federation has, once a member.
    pub members: u32,
}

/// An account as its administrator sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Its id.
    pub id: String,
    /// What the person types.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Cannot sign in.
    pub disabled: bool,
    /// Has not chosen a password yet.
    pub must_change_password: bool,
    /// When it was added.
    pub created: u64,
}

/// Somebody who can work on a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct Colleague {
    /// The account.
    pub id: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// One entry for people to read.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: u64,
    /// Who.
    pub actor: Option<String>,
    /// The name that goes with it.
    pub actor_name: Option<String>,
    /// What, one of `audit::actions`.
    pub action: String,
    /// To what, as ids.
    pub object: String,
    /// Why, as a code.
    pub reason: String,
}

/// What the check of the chain found.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditCheck {
    /// Whether every entry is as it was written.
    pub whole: bool,
    /// How many entries were found good.
    pub entries: u64,
    /// The number of the entry where it first fails; 0 for the head.
    pub broken_at: Option<u64>,
}

/// The state of this node.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// This unit.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Of this program.
    pub version: String,
    /// The federation, once there is one.
    pub federation: Option<String>,
    /// The number of its charter.
    pub epoch: Option<u64>,
    /// How many units it has, this one included.
    pub members: u64,
    /// How many of the others are connected now.
    pub connected: u64,
    /// Where this node listens.
    pub listen: Vec<String>,
    /// Envelopes that wait for other units.
    pub waiting: u64,
    /// New alerts that this person sees.
    pub alerts_new: u64,
    /// Shares that wait for this person's yes or no.
    pub inbox_waiting: u64,
    /// Persons who do not take part in matching yet.
    pub matching_pending: u64,
    /// Bytes on disk.
    pub store_bytes: u64,
}

/// Who one is, and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The account.
    pub account: String,
    /// What one types.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Until then nothing else is allowed.
    pub must_change_password: bool,
    /// The unit.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Its colour.
    pub colour: String,
    /// All people here are invented.
    pub demo: bool,
}

/// Who asks. Made from the account's row for each request, so that a change of role holds at once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Actor {
    /// The account.
    pub account: String,
    /// What the person types to sign in.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What the account is for.
    pub role: Role,
    /// Until the password is changed nothing else is allowed.
    pub must_change_password: bool,
}

/// What an account is for. Stored by position: a new role goes to the end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks after accounts and peers; sees no case.
    Administrator,
    /// Answers for all cases of the unit.
    NodalOfficer,
    /// Works on own cases and those of the team.
    Officer,
    /// Reads own cases and those of the team.
    ReadOnly,
}

/// A part of the audit.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// What is on it.
    pub items: Vec<AuditView>,
    /// Which, from 1.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
    /// How many items on all pages.
    pub total: u32,
}
