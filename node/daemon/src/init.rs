//! `icmc init`: sets a unit up in a new folder and says what to keep, and what comes next.
//! What is written is in `unit`.

use crate::cli::InitArgs;
use crate::config::Config;
use crate::output::say;
use crate::passphrase;
use crate::unit::{self, AccountSpec, CreatedUnit, UnitSetup};
use anyhow::{Context, Result, bail};
use icmc_node::access::Role;
use icmc_node::clock::SystemRng;
use icmc_node::vault::{KeySource, create_key_file};
use secrecy::ExposeSecret as _;
use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Sets it up. What fails leaves the folder as it was.
pub async fn run(args: InitArgs) -> Result<()> {
    let dir = &args.folder.data;
    vacant(dir)?;
    let setup = setup(&args)?;
    let listen = if args.listen.is_empty() { args.address.clone() } else { args.listen.clone() };
    unit::check_addresses(listen.iter().chain(&args.address))?;
    // Asked for before anything is made, and checked with the rest before anything is written.
    let key = passphrase::choose(&args.folder)?;
    let prepared = unit::prepare(&setup)?;

    let mut made = Made::default();
    let stored = make(dir, &key, &mut made).and_then(|()| {
        let created = prepared.store(dir, &key)?;
        Config::new(listen, args.http).store(dir)?;
        Ok(created)
    });
    match stored {
        Ok(created) => say(told(&args, &setup, &created)),
        Err(error) => {
            made.undo(dir);
            Err(error)
        }
    }
}

fn vacant(dir: &Path) -> Result<()> {
    if !unit::is_vacant(dir)? {
        bail!("the folder {} is not empty: name a new one with --data; nothing was changed", dir.display());
    }
    Ok(())
}

fn setup(args: &InitArgs) -> Result<UnitSetup> {
    let name = args.found.clone().or_else(|| args.name.clone()).context("the unit needs a name: give --found or --name")?;
    let account = |sign_in: &str, name: &str, role| AccountSpec {
        sign_in: sign_in.to_owned(),
        name: name.to_owned(),
        role,
        password: None,
    };
    Ok(UnitSetup {
        name,
        class: args.class.into(),
        jurisdiction: args.jurisdiction.clone(),
        duty_contact: args.duty_contact.clone(),
        addresses: args.address.clone(),
        prefix: args.prefix.clone(),
        colour: unit::COLOUR.to_owned(),
        demo: false,
        found: args.found.is_some(),
        accounts: vec![
            account("admin", "Administrator", Role::Administrator),
            account("nodal", "Nodal officer", Role::NodalOfficer),
        ],
    })
}

/// What there was not before.
#[derive(Default)]
struct Made {
    folder: bool,
    key_file: Option<PathBuf>,
}

impl Made {
    /// Takes it away again. The folder was empty, so all that is in it is ours.
    fn undo(&self, dir: &Path) {
        let leftovers = ["store.redb", "keys.redb", "lock", "config.toml"].map(|name| dir.join(name));
        for file in leftovers.iter().chain(&self.key_file) {
            // It may never have been made.
            let _ = fs::remove_file(file);
        }
        if self.folder {
            let _ = fs::remove_dir(dir);
        }
    }
}

/// The folder, for its owner only, and the key file if there is to be one.
fn make(dir: &Path, key: &KeySource, made: &mut Made) -> Result<()> {
    made.folder = !dir.exists();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .with_context(|| format!("the folder {} cannot be made", dir.display()))?;
    fs::set_permissions(dir, Permissions::from_mode(0o700))
        .with_context(|| format!("the folder {} is not ours", dir.display()))?;
    if let KeySource::KeyFile(file) = key
        && !file.exists()
    {
        create_key_file(file, &mut SystemRng)?;
        made.key_file = Some(file.clone());
    }
    Ok(())
}

fn told(args: &InitArgs, setup: &UnitSetup, created: &CreatedUnit) -> String {
    let dir = args.folder.data.display();
    let accounts: Vec<String> =
        created.accounts.iter().map(|(sign_in, password)| format!("  {sign_in:<6} {}", password.expose_secret())).collect();
    let next = if setup.found {
        format!(
            "Other units join with `icmc peers invite`, run here with the text of their `icmc identity`.\n\n  icmc run --data {dir}"
        )
    } else {
        format!(
            "Send the identity to a unit of the federation, which answers with an invitation:\n\n  \
             icmc peers join INVITATION --data {dir}\n  icmc run --data {dir}"
        )
    };
    format!(
        "{name} is set up in {dir}.\n\n\
         RECOVERY KEY, shown this once and stored nowhere. Write it on paper and lock the paper away:\n\n  {recovery}\n\n\
         FIRST ACCOUNTS, with passwords that must be changed at the first sign-in:\n\n{accounts}\n\n\
         IDENTITY, not secret, for the unit that invites this one; `icmc identity` shows it again:\n\n  {genesis}\n\n\
         NEXT. {next}\n\nThen open http://{http}/ and sign in.",
        name = setup.name,
        recovery = created.recovery.expose_secret(),
        accounts = accounts.join("\n"),
        genesis = created.genesis_text,
        http = args.http,
    )
}
