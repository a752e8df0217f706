//! Sets a unit up: its keys, its settings, its first accounts, in one transaction.
//! Everything is checked before the first file is made.

use anyhow::{Context, Result, bail};
use icmc_node::access::Role;
use icmc_node::accounts::{NewAccount, PasswordHash};
use icmc_node::clock::{Clock as _, SystemClock, SystemRng};
use icmc_node::net::Multiaddr;
use icmc_node::service::settings::{self, Settings};
use icmc_node::service::setup::{create_account, hash_password, one_time_password};
use icmc_node::store::Store;
use icmc_node::vault::KeySource;
use icmc_protocol::core::Core;
use icmc_protocol::federation::joining;
use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::setup::{self, Created, Keys, Setup};
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::{MemoryView, Txn, Write};
use secrecy::SecretString;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Of the bar on each page, until the unit chooses another.
pub const COLOUR: &str = "#0B4F6C";

/// A unit to be made.
#[derive(Debug, Clone)]
pub struct UnitSetup {
    /// Its name, at most 120 bytes.
    pub name: String,
    /// Kind of agency.
    pub class: UnitClass,
    /// State, district or country.
    pub jurisdiction: String,
    /// Public contact. Never an officer's name.
    pub duty_contact: String,
    /// Where other units reach it, as multiaddresses.
    pub addresses: Vec<String>,
    /// Letters before the numbers of its cases.
    pub prefix: String,
    /// Of the bar on each page: `#` and six hexadecimal digits.
    pub colour: String,
    /// All people in it are invented, and each page says so.
    pub demo: bool,
    /// Found a federation; otherwise it waits for an invitation.
    pub found: bool,
    /// The first accounts.
    pub accounts: Vec<AccountSpec>,
}

/// A first account.
#[derive(Clone)]
pub struct AccountSpec {
    /// What the person types to sign in.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// A password that holds, for invented people; none makes one for the first sign-in.
    pub password: Option<String>,
}

impl core::fmt::Debug for AccountSpec {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AccountSpec({}, {:?})", self.sign_in, self.role)
    }
}

/// A unit that was made. Prints nothing of its secrets.
#[derive(Debug)]
pub struct CreatedUnit {
    /// Its id.
    pub unit: UnitId,
    /// The recovery key, to be shown once and kept on paper.
    pub recovery: SecretString,
    /// The text to show to a member that is to invite this unit.
    pub genesis_text: String,
    /// Sign-in names of the first accounts, and their passwords.
    pub accounts: Vec<(String, SecretString)>,
}

/// A unit that was checked and is not stored yet.
#[derive(Debug)]
pub struct Prepared {
    created: CreatedUnit,
    writes: Vec<Write>,
}

/// Checks it, makes keys and passwords.
///
/// # Errors
/// What is not usable, in words for the person who typed it.
pub fn prepare(setup: &UnitSetup) -> Result<Prepared> {
    prepare_with(setup, &Keys::generate(&mut SystemRng), None)
}

/// The same with keys that were made before, and the invitation to a federation if there is one.
///
/// # Errors
/// Those of [`prepare`], and what is wrong with the invitation.
pub fn prepare_with(setup: &UnitSetup, keys: &Keys, invitation: Option<&str>) -> Result<Prepared> {
    check_addresses(&setup.addresses)?;
    let mut rng = SystemRng;
    let mut accounts = Vec::new();
    let mut hashed = Vec::new();
    for spec in &setup.accounts {
        let (password, hash) = password(spec)?;
        let new = NewAccount { sign_in: spec.sign_in.clone(), name: spec.name.clone(), role: spec.role };
        hashed.push((new, hash, spec.password.is_none()));
        accounts.push((spec.sign_in.clone(), password));
    }
    let nothing = MemoryView::default();
    let (created, effects) =
        Core.act(&nothing, SystemClock.now(), &mut rng, |txn| write(txn, setup, keys, invitation, hashed))?;
    let Created { unit, recovery, genesis_text } = created;
    let recovery = SecretString::from(recovery.as_str());
    Ok(Prepared { created: CreatedUnit { unit, recovery, genesis_text, accounts }, writes: effects.writes })
}

impl Prepared {
    /// Stores it in a folder that holds no unit yet.
    ///
    /// # Errors
    /// If the folder holds one, or the disk refuses.
    pub fn store(self, dir: &Path, key: &KeySource) -> Result<CreatedUnit> {
        let store = Store::create(dir, key, &mut SystemRng)?;
        store.commit(&self.writes, &mut SystemRng)?;
        Ok(self.created)
    }
}

/// Both at once.
///
/// # Errors
/// Those of [`prepare`] and of [`Prepared::store`].
pub fn create(dir: &Path, key: &KeySource, setup: &UnitSetup) -> Result<CreatedUnit> {
    prepare(setup)?.store(dir, key)
}

/// Whether a data folder holds nothing yet, or is not there.
///
/// # Errors
/// If it cannot be read.
pub fn is_vacant(dir: &Path) -> Result<bool> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("the folder {} cannot be read", dir.display())),
    }
}

/// Whether these are addresses that a node can listen on or be reached at.
///
/// # Errors
/// The first that is none.
pub fn check_addresses<'a>(addresses: impl IntoIterator<Item = &'a String>) -> Result<()> {
    for address in addresses {
        if address.parse::<Multiaddr>().is_err() {
            bail!("{address} is no address: write it like /ip4/192.0.2.1/tcp/7711");
        }
    }
    Ok(())
}

fn password(spec: &AccountSpec) -> Result<(SecretString, PasswordHash)> {
    let made = match &spec.password {
        Some(chosen) => {
            let chosen = SecretString::from(chosen.as_str());
            hash_password(&spec.sign_in, &chosen, &mut SystemRng).map(|hash| (chosen, hash))
        }
        None => one_time_password(&mut SystemRng).map(|(password, hash)| (password.0, hash)),
    };
    made.with_context(|| format!("the account {} cannot be made", spec.sign_in))
}

fn write(
    txn: &mut Txn<'_>,
    wanted: &UnitSetup,
    keys: &Keys,
    invitation: Option<&str>,
    accounts: Vec<(NewAccount, PasswordHash, bool)>,
) -> Result<Created> {
    let UnitSetup { name, jurisdiction, duty_contact, addresses, .. } = wanted.clone();
    let class = wanted.class;
    let created = setup::create_with(txn, Setup { name, class, jurisdiction, duty_contact, addresses }, keys)?;
    if wanted.found {
        setup::found(txn)?;
    }
    if let Some(invitation) = invitation {
        joining::accept_invitation(txn, invitation)?;
    }
    let (case_prefix, colour) = (wanted.prefix.clone(), wanted.colour.clone());
    settings::keep(txn, &Settings { case_prefix, colour, demo: wanted.demo })?;
    for (new, hash, must_change_password) in accounts {
        create_account(txn, new, hash, must_change_password)?;
    }
    Ok(created)
}
