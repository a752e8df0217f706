//! The command line as people type it; every option explained.
//! What the commands do is in the modules of their names.

use clap::{Args, Parser, Subcommand, ValueEnum};
use icmc_protocol::federation::member::UnitClass;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Case management for anti-trafficking units, without a centre.
///
/// Every unit runs its own node and keeps its cases there. Start with `icmc demo`: three units of invented people on this computer.
/// Exit codes: 0 done, 1 failed, 2 wrong usage.
#[derive(Debug, Parser)]
#[command(name = "icmc", version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Three units of invented people on this computer, with a start page.
    Demo(DemoArgs),
    /// Set up this unit: keys, data folder, first accounts.
    Init(InitArgs),
    /// Run this unit's node: network and pages. On an empty data folder, first set the unit up in the browser.
    Run(RunArgs),
    /// Say that the data folder was put back from a backup: once, before the node runs again.
    MarkRestored {
        /// Where and how to open the node.
        #[command(flatten)]
        folder: Folder,
        /// The computer was lost or stolen: the node is on no network before it has a new key.
        #[arg(long)]
        lost: bool,
    },
    /// Show the text that another unit needs to invite this one.
    Identity(Folder),
    /// Other units: invite, join, approve, list, confirm.
    Peers {
        /// Where and how to open the node.
        #[command(flatten)]
        folder: Folder,
        /// What to do.
        #[command(subcommand)]
        command: PeersCommand,
    },
    /// Without a network: carry envelopes to another unit in a file, and take its file.
    Envelopes {
        /// Where and how to open the node.
        #[command(flatten)]
        folder: Folder,
        /// What to do.
        #[command(subcommand)]
        command: EnvelopesCommand,
    },
    /// Measure the matching: finds the same people in two CSV files as two units would, and prints how well.
    EvaluateMatching(EvaluateArgs),
    /// People at this node: add, list, reset.
    Users {
        /// Where and how to open the node.
        #[command(flatten)]
        folder: Folder,
        /// What to do.
        #[command(subcommand)]
        command: UsersCommand,
    },
}

/// Where a node lives and what opens it.
#[derive(Debug, Clone, Args)]
pub struct Folder {
    /// The data folder.
    #[arg(long, global = true, default_value = "icmc-data", value_name = "DIR")]
    pub data: PathBuf,
    /// A file whose first line is the passphrase. Without it: a systemd credential named icmc-passphrase, else the terminal asks.
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// A key file instead of a passphrase, for tests and machines that nobody else can reach.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "passphrase_file")]
    pub key_file: Option<PathBuf>,
}

/// Options of `icmc demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The start page's port; the units take the next three, their network the ports from ten above.
    #[arg(long, default_value_t = 7700, value_parser = clap::value_parser!(u16).range(1024..=65500))]
    pub port: u16,
    /// Keep the data in this folder; without it, it is in a temporary folder and gone afterwards.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Play the story against the three units, print each step with its time, exit 0 only if all held.
    #[arg(long)]
    pub check: bool,
}

/// Kind of agency.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Class {
    /// A police unit.
    Police,
    /// A non-governmental organisation.
    Ngo,
    /// An agency of another country.
    Foreign,
}

impl From<Class> for UnitClass {
    fn from(class: Class) -> Self {
        match class {
            Class::Police => Self::Police,
            Class::Ngo => Self::Ngo,
            Class::Foreign => Self::Foreign,
        }
    }
}

/// Options of `icmc init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where and how to open the node.
    #[command(flatten)]
    pub folder: Folder,
    /// Found a federation under this unit name. Without it the unit waits for an invitation.
    #[arg(long, value_name = "NAME", conflicts_with = "name", required_unless_present = "name")]
    pub found: Option<String>,
    /// The unit's name, for a unit that will be invited.
    #[arg(long)]
    pub name: Option<String>,
    /// Kind of agency.
    #[arg(long, value_enum, default_value = "police")]
    pub class: Class,
    /// What it works for: a district, a state, a country.
    #[arg(long, default_value = "")]
    pub jurisdiction: String,
    /// The telephone and role that members are shown. Never an officer's name.
    #[arg(long, default_value = "")]
    pub duty_contact: String,
    /// Where other units reach this node, as multiaddresses; written into the charter.
    #[arg(long, value_name = "ADDRESS", default_value = "/ip4/127.0.0.1/tcp/7711")]
    pub address: Vec<String>,
    /// Where to listen, if not at those addresses.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Vec<String>,
    /// Where the pages are.
    #[arg(long, default_value = "127.0.0.1:7701")]
    pub http: SocketAddr,
    /// Letters before the numbers of cases.
    #[arg(long, default_value = "IC")]
    pub prefix: String,
}

/// Options of `icmc run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Where and how to open the node.
    #[command(flatten)]
    pub folder: Folder,
    /// Where the pages are, if not where the set-up said; for a set-up an address of this computer, else 127.0.0.1:7701.
    #[arg(long)]
    pub http: Option<SocketAddr>,
}

/// Options of `icmc evaluate-matching`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// The persons of the first unit. Columns: record_id, given_name, family_name, alias, sex, birth_date, age_at_record,
    /// recorded_on, guardian_name, nationality, state, district, village, phone, id_type, id_number. Of a column that is missing
    /// nothing is known; only record_id must be there.
    pub a: PathBuf,
    /// Those of the second; the same file again looks for duplicates inside it.
    pub b: PathBuf,
    /// The pairs that are the same person, as a_id,b_id: then precision, recall and F1 are printed.
    #[arg(long, value_name = "T.csv")]
    pub truth: Option<PathBuf>,
    /// Write the pairs here, as a_id,b_id,score,class.
    #[arg(long, value_name = "OUT.csv")]
    pub pairs: Option<PathBuf>,
    /// Leave the counts-only comparison out: what a node knows from beacons alone.
    #[arg(long)]
    pub beacons_only: bool,
    /// Other weights than the shipped ones, for persons of another kind.
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
}

impl EvaluateArgs {
    /// The files that are read.
    pub(crate) fn read(&self) -> Vec<&Path> {
        let more = [self.truth.as_deref(), self.weights.as_deref()];
        [self.a.as_path(), self.b.as_path()].into_iter().chain(more.into_iter().flatten()).collect()
    }
}

/// `icmc peers …`
#[derive(Debug, Subcommand)]
pub enum PeersCommand {
    /// Invite the unit that this identity text names; prints the invitation.
    Invite {
        /// The other unit's text, from its `icmc identity`.
        identity: String,
    },
    /// Take an invitation and join its federation.
    Join {
        /// The invitation.
        invitation: String,
    },
    /// Propose a change of the charter, which the other members then approve.
    Propose {
        /// What is to change.
        #[command(subcommand)]
        change: ProposeCommand,
    },
    /// Take back what this unit proposes.
    Withdraw,
    /// Leave the federation, at once and for good. Recall what this unit shared before.
    Leave {
        /// Needed: nothing of this unit is taken by the others afterwards.
        #[arg(long)]
        yes: bool,
    },
    /// Give this node a new key by the recovery key on paper, at once; prints the text that another member proposes.
    Recover {
        /// A file whose first line is the recovery key; without it, it is read from standard input.
        #[arg(long, value_name = "FILE")]
        recovery_file: Option<PathBuf>,
    },
    /// Approve what another member proposes; without an id, list what is open.
    Approve {
        /// The proposal's id.
        proposal: Option<String>,
    },
    /// List the other units.
    List,
    /// Pause a unit: only what ends something goes to it and is taken from it. It is not told.
    Pause {
        /// The unit's id, or enough of its beginning.
        unit: String,
    },
    /// Go on with a paused unit.
    Resume {
        /// The unit's id, or enough of its beginning.
        unit: String,
    },
    /// After a restore: do not wait for a unit that will not come back.
    Release {
        /// The unit's id, or enough of its beginning.
        unit: String,
    },
    /// Keepers of the blinding key: who they are, wanting others, taking part.
    Keepers {
        /// What to do.
        #[command(subcommand)]
        command: KeepersCommand,
    },
    /// Show the safety words of a unit, or confirm that they were compared.
    Confirm {
        /// The unit's id, or enough of its beginning.
        unit: String,
        /// The eight words as the other side read them out.
        #[arg(long, value_name = "WORDS")]
        words: Option<String>,
    },
}

/// `icmc peers keepers …`
#[derive(Debug, Subcommand)]
pub enum KeepersCommand {
    /// Show who keeps the blinding key, and keys that are being generated.
    List,
    /// Ask units to keep a new key together. A person at each says yes; then the members approve it.
    Want {
        /// How many of them are needed to answer: more than half.
        #[arg(long, value_name = "NUMBER")]
        threshold: u16,
        /// The units' ids, or enough of their beginnings; `own` for this unit.
        #[arg(required = true)]
        keepers: Vec<String>,
    },
    /// Say that this unit takes part.
    Yes {
        /// The id of the key to be generated, or enough of its beginning.
        generation: String,
    },
    /// Say that this unit does not take part, or take back what it wanted.
    No {
        /// The id of the key to be generated, or enough of its beginning.
        generation: String,
    },
}

/// `icmc envelopes …`
#[derive(Debug, Subcommand)]
pub enum EnvelopesCommand {
    /// Write all that waits for a unit into a new file that only that unit can open. It stays in the outbox as well.
    Export {
        /// The unit's id, or enough of its beginning.
        #[arg(long, value_name = "UNIT")]
        to: String,
        /// The file; it must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// A file of documents instead: what that unit may have of them and did not say that it has.
        #[arg(long)]
        documents: bool,
        /// Most MiB of a file of documents; the rest goes in the next file.
        #[arg(long, value_name = "MIB", default_value_t = 4095, value_parser = clap::value_parser!(u64).range(4..=4095), requires = "documents")]
        most: u64,
    },
    /// Take a file that another unit made for this one.
    Import {
        /// The file.
        file: PathBuf,
    },
}

/// `icmc peers propose …`
#[derive(Debug, Subcommand)]
pub enum ProposeCommand {
    /// A new node key for this unit. The safety words have to be compared again afterwards.
    RotateKey,
    /// What this unit says of itself; what is left out stays.
    Contact {
        /// The unit's name.
        #[arg(long)]
        name: Option<String>,
        /// Kind of agency.
        #[arg(long, value_enum)]
        class: Option<Class>,
        /// What it works for.
        #[arg(long)]
        jurisdiction: Option<String>,
        /// The telephone and role that members are shown. Never an officer's name.
        #[arg(long)]
        duty_contact: Option<String>,
        /// Where other units reach this node, as multiaddresses.
        #[arg(long, value_name = "ADDRESS")]
        address: Vec<String>,
    },
    /// Leave a member out: its node is in foreign hands, or it has left.
    Revoke {
        /// The unit's id, or enough of its beginning.
        unit: String,
    },
    /// The new node key of a member that lost its own. Call it on a number that you know first.
    Replace {
        /// The text of its `icmc peers recover`.
        text: String,
    },
    /// Continue one of two charters of the same number, which ends a freeze; without an id, show the two.
    Settle {
        /// The charter's id, or enough of its beginning.
        charter: Option<String>,
    },
}

/// Role of an account.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleArg {
    /// Accounts and peers, no cases.
    Administrator,
    /// All cases of the unit.
    NodalOfficer,
    /// Own and assigned cases.
    Officer,
    /// Reads assigned cases.
    ReadOnly,
}

/// `icmc users …`
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Add an account; prints a password for the first sign-in.
    Add {
        /// What the person types to sign in.
        sign_in: String,
        /// What others see.
        #[arg(long)]
        name: String,
        /// What the account is for.
        #[arg(long, value_enum, default_value = "officer")]
        role: RoleArg,
    },
    /// List the accounts.
    List,
    /// Give a new first password; ends the account's sessions.
    Reset {
        /// What the person types to sign in.
        sign_in: String,
    },
}
