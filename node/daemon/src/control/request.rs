//! What a command asks of a node and what it is answered: one line of JSON each way.
//! Not the API of the pages, and not stable: both ends are the same executable.

use icmc_node::access::Role;
use icmc_protocol::federation::member::UnitClass;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a command asks. Prints nothing of itself: it may hold a recovery key.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlRequest {
    /// `icmc identity`
    Identity,
    /// `icmc users add`
    AddUser {
        /// What the person types to sign in.
        sign_in: String,
        /// What others see.
        name: String,
        /// What the account is for.
        role: Role,
    },
    /// `icmc users list`
    ListUsers,
    /// `icmc users reset`
    ResetUser {
        /// What the person types to sign in.
        sign_in: String,
    },
    /// `icmc peers invite`
    Invite {
        /// The other unit's text.
        identity: String,
    },
    /// `icmc peers join`
    Join {
        /// The invitation's text.
        invitation: String,
    },
    /// `icmc peers propose rotate-key`
    RotateKey,
    /// `icmc peers propose contact`
    OwnWords {
        /// The unit's name.
        name: Option<String>,
        /// police, ngo, foreign.
        class: Option<UnitClass>,
        /// What it works for.
        jurisdiction: Option<String>,
        /// Its public contact.
        duty_contact: Option<String>,
        /// Where it is reached; none stays.
        addresses: Option<Vec<String>>,
    },
    /// `icmc peers propose revoke`
    Revoke {
        /// The beginning of the unit's id.
        unit: String,
    },
    /// `icmc peers propose replace`
    Replace {
        /// The text of the unit's recovery key.
        text: String,
    },
    /// `icmc peers propose settle`
    Settle {
        /// The beginning of the charter's id; none to show both.
        charter: Option<String>,
    },
    /// `icmc peers withdraw`
    Withdraw,
    /// `icmc peers leave`
    Leave,
    /// `icmc peers recover`
    Recover {
        /// The key on paper.
        recovery_key: String,
    },
    /// `icmc peers approve` without an id
    ListProposals,
    /// `icmc peers approve`
    Approve {
        /// The beginning of the proposal's id.
        proposal: String,
    },
    /// `icmc peers list`
    ListPeers,
    /// `icmc peers pause`, `icmc peers resume`
    Pause {
        /// The beginning of the unit's id.
        unit: String,
        /// False to go on with it.
        paused: bool,
    },
    /// `icmc peers release`
    Release {
        /// The beginning of the unit's id.
        unit: String,
    },
    /// `icmc peers confirm`
    Words {
        /// The beginning of the unit's id.
        unit: String,
    },
    /// `icmc peers confirm --words`
    Confirm {
        /// The beginning of the unit's id.
        unit: String,
        /// What the other side read out.
        words: String,
    },
    /// `icmc peers keepers list`
    ListKeepers,
    /// `icmc peers keepers want`
    WantKeepers {
        /// How many are to be needed.
        threshold: u16,
        /// The beginnings of the units' ids.
        keepers: Vec<String>,
    },
    /// `icmc peers keepers yes`, `icmc peers keepers no`
    Keep {
        /// The beginning of the generation's id.
        generation: String,
        /// Whether this unit takes part.
        yes: bool,
    },
    /// `icmc envelopes export`
    ExportEnvelopes {
        /// The beginning of the unit's id.
        unit: String,
        /// Where to write, in full.
        out: PathBuf,
    },
    /// `icmc envelopes export --documents`
    ExportDocuments {
        /// The beginning of the unit's id.
        unit: String,
        /// Where to write, in full.
        out: PathBuf,
        /// Most bytes.
        most: u64,
    },
    /// `icmc envelopes import`, of either sort
    ImportEnvelopes {
        /// What to read, in full.
        file: PathBuf,
    },
}

/// What it is answered. Prints nothing of itself: it may hold a password.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlReply {
    /// A sentence for the person.
    Refused(String),
    /// This unit.
    Identity {
        /// Its name.
        name: String,
        /// The text for the unit that invites it.
        text: String,
    },
    /// A password for the first sign-in.
    Password {
        /// Whose.
        sign_in: String,
        /// It is shown once.
        password: String,
    },
    /// The accounts.
    Users(Vec<AccountLine>),
    /// An invitation, to be sent to the invited unit.
    Invitation(String),
    /// The invitation was taken.
    Joining {
        /// Who invited.
        inviter: Option<String>,
    },
    /// The change is proposed, or waits for another to pass.
    Proposed,
    /// Nothing is proposed here any more.
    Withdrawn,
    /// This unit has left.
    Left,
    /// The text that another member proposes for this unit's new key.
    Recovered(String),
    /// The two charters of a freeze, this node's first; empty without one.
    Freeze(Vec<String>),
    /// Changes that members propose.
    Proposals(Vec<ProposalLine>),
    /// The proposal was approved.
    Approved {
        /// What changes.
        says: String,
    },
    /// The other units.
    Peers(Vec<PeerLine>),
    /// The unit is paused, or gone on with.
    Paused {
        /// Which.
        name: String,
        /// Whether it is paused now.
        paused: bool,
    },
    /// The unit is not waited for any more.
    Released {
        /// Which.
        name: String,
    },
    /// To be compared by telephone.
    Words {
        /// With whom.
        name: String,
        /// Its public contact.
        duty_contact: String,
        /// Eight.
        words: Vec<String>,
        /// The same as digits.
        digits: String,
    },
    /// The words agreed.
    Confirmed {
        /// With whom.
        name: String,
        /// The other side has compared them, too.
        there: bool,
    },
    /// Who keeps the blinding key.
    Keepers {
        /// The keepers, and units named for what they did as keepers.
        keepers: Vec<KeeperLine>,
        /// How many are needed.
        threshold: u32,
        /// Of how many.
        count: u32,
        /// One alone can answer, and guess.
        alone: bool,
        /// Keys that are being generated, or were.
        generations: Vec<GenerationLine>,
    },
    /// They are asked.
    KeepersWanted,
    /// This unit takes part, or does not.
    Keeping {
        /// Which of the two.
        yes: bool,
    },
    /// A file was made or taken: a sentence about it.
    Carried(String),
}

impl core::fmt::Debug for ControlRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ControlRequest")
    }
}

impl core::fmt::Debug for ControlReply {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ControlReply")
    }
}

/// One account.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLine {
    /// What the person types to sign in.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Cannot sign in.
    pub disabled: bool,
    /// Has not chosen a password yet.
    pub must_change_password: bool,
}

/// One proposal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalLine {
    /// Its id.
    pub id: String,
    /// What changes.
    pub says: String,
    /// How many have approved, as far as is known here.
    pub approvals: u32,
    /// How many must.
    pub needed: u32,
    /// Which member proposes.
    pub proposer: String,
    /// This unit has approved.
    pub approved_here: bool,
}

/// One keeper.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeeperLine {
    /// Its name.
    pub name: String,
    /// Reached now.
    pub connected: bool,
    /// What it did wrong last.
    pub fault: Option<String>,
}

/// One key that is being generated.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerationLine {
    /// Its id.
    pub id: String,
    /// Who wants it.
    pub by: String,
    /// How many are to be needed.
    pub threshold: u32,
    /// Who is to keep it.
    pub keepers: Vec<String>,
    /// How far it is.
    pub says: String,
    /// It waits for this unit's yes.
    pub asks_here: bool,
}

/// One other unit.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerLine {
    /// Its id.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// People here have it paused.
    pub paused: bool,
    /// Both sides have compared the words.
    pub confirmed: bool,
    /// This side has.
    pub words_here: bool,
    /// Connected now.
    pub connected: bool,
    /// How long ago it was last heard, in milliseconds.
    pub heard: Option<u64>,
    /// Messages that wait for it.
    pub waiting: u32,
    /// It has not shown yet what it holds since this node was restored.
    pub locked: bool,
    /// It was cut off for what it sent, and is out.
    pub cut_off: bool,
}
