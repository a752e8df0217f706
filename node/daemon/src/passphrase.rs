//! What opens a node: a passphrase from a file, a systemd credential or the terminal, or a key file.
//! The passphrase is kept in memory that is wiped, and nowhere else.

use crate::cli::Folder;
use anyhow::{Context, Result, bail};
use icmc_node::vault::KeySource;
use secrecy::SecretString;
use std::io::IsTerminal;
use std::path::Path;

/// Name of the credential that `systemd-creds` provides.
const CREDENTIAL: &str = "icmc-passphrase";
/// Fewest characters of a new passphrase.
const SHORTEST: usize = 15;

/// For a node that exists.
pub fn open(folder: &Folder) -> Result<KeySource> {
    if let Some(source) = given(folder)? {
        return Ok(source);
    }
    let typed = ask("Passphrase of this node: ")?;
    Ok(KeySource::Passphrase(SecretString::from(typed)))
}

/// For a node that is being set up: asked twice, with a least length.
pub fn choose(folder: &Folder) -> Result<KeySource> {
    if let Some(source) = given(folder)? {
        return Ok(source);
    }
    let first = ask(&format!("Choose a passphrase of at least {SHORTEST} characters: "))?;
    if first.chars().count() < SHORTEST {
        bail!("the passphrase is too short: take at least {SHORTEST} characters, for example five words");
    }
    if ask("The same once more: ")? != first {
        bail!("the two passphrases differ: nothing was set up; start again");
    }
    Ok(KeySource::Passphrase(SecretString::from(first)))
}

/// What the command line or the service manager names, if they name something.
pub(crate) fn given(folder: &Folder) -> Result<Option<KeySource>> {
    if let Some(file) = &folder.key_file {
        return Ok(Some(KeySource::KeyFile(file.clone())));
    }
    let credential = std::env::var_os("CREDENTIALS_DIRECTORY").map(|dir| Path::new(&dir).join(CREDENTIAL));
    let file = folder.passphrase_file.clone().or_else(|| credential.filter(|file| file.exists()));
    file.map(|file| from_file(&file)).transpose()
}

fn from_file(file: &Path) -> Result<KeySource> {
    let text = std::fs::read_to_string(file).with_context(|| format!("the passphrase file {} cannot be read", file.display()))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("the passphrase file {} is empty: write the passphrase in its first line", file.display());
    }
    Ok(KeySource::Passphrase(SecretString::from(line.to_owned())))
}

fn ask(prompt: &str) -> Result<String> {
    if !std::io::stdin().is_terminal() {
        bail!("no passphrase: give --passphrase-file or --key-file, or start icmc in a terminal");
    }
    rpassword::prompt_password(prompt).context("the terminal cannot be read")
}
