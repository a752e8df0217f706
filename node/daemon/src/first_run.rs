//! `icmc run` on an empty folder: the set-up in the browser, on this computer only, and then the making of the unit in one go.
//! Not the pages, and not the checks of the answers.

use crate::cli::Folder;
use crate::config::Config;
use crate::output::say;
use crate::passphrase;
use crate::unit::{self, AccountSpec, UnitSetup};
use anyhow::{Context, Result, bail};
use icmc_node::access::Role;
use icmc_node::clock::{SystemClock, SystemRng};
use icmc_node::service::first_run::{Answers, PersonAnswers, jurisdiction};
use icmc_node::vault::{KeySource, create_key_file};
use icmc_web_ui::set_up::{self, Opening, SetUpConfig, Start};
use secrecy::{ExposeSecret as _, SecretString};
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// Where the pages of a node are if nobody says otherwise; as for `icmc init`.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7701);

/// A unit that was made here, and the address that its pages take over without letting go of it.
pub(crate) struct Made {
    pub(crate) key: KeySource,
    pub(crate) listener: TcpListener,
}

/// Serves the set-up until the unit is made. Dropping it leaves nothing behind.
pub(crate) async fn serve(folder: &Folder, http: Option<SocketAddr>) -> Result<Made> {
    let http = http.unwrap_or(USUAL);
    if !http.ip().is_loopback() {
        bail!("a unit is set up on its own computer only: give --http an address like {USUAL}, or use `icmc init`");
    }
    let given = passphrase::given(folder)?;
    let listener = std::net::TcpListener::bind(http).map_err(|error| unit::explain_pages(error, http))?;
    listener.set_nonblocking(true)?;
    // Who comes between the two servers waits in the queue of this one.
    let kept = TcpListener::from_std(listener.try_clone()?)?;
    let listener = TcpListener::from_std(listener)?;
    let bind = listener.local_addr()?;

    let opening = match &given {
        None => Opening::Chosen,
        Some(KeySource::Passphrase(_)) => Opening::PassphraseFile,
        Some(KeySource::KeyFile(_)) => Opening::KeyFile,
    };
    let (starts, mut asked) = mpsc::channel(1);
    let config = SetUpConfig { bind, data: folder.data.clone(), opening, clock: Arc::new(SystemClock) };
    let (router, token) = set_up::router(config, starts);
    let (end, ended) = oneshot::channel::<()>();
    let (closed, accepts_no_more) = oneshot::channel();
    let pages = tokio::spawn(icmc_web_ui::serve(listener, router, async {
        // A dropped sender means the same.
        let _ = ended.await;
        let _ = closed.send(());
    }));
    say(greeting(&folder.data, bind, &token))?;

    while let Some(Start { answers, done }) = asked.recv().await {
        let (dir, given) = (folder.data.clone(), given.clone());
        let made = tokio::task::spawn_blocking(move || make(&dir, given, bind, &answers)).await?;
        match made {
            Ok(key) => {
                // First the old pages take no more visitors, then the browser is told to come back.
                let _ = end.send(());
                let _ = accepts_no_more.await;
                let _ = done.send(Ok(()));
                pages.await??;
                return Ok(Made { key, listener: kept });
            }
            Err(error) => {
                let _ = done.send(Err(format!("The unit was not made, and nothing was stored: {}.", crate::sentence(&error))));
            }
        }
    }
    bail!("the set-up ended")
}

fn greeting(dir: &Path, bind: SocketAddr, token: &SecretString) -> String {
    format!(
        "There is no unit in {dir} yet. Set it up in a browser on this computer:\n\n  http://{bind}/set-up\n\n\
         It asks for this token, which works once, within 30 minutes:\n\n  {token}\n\nCtrl-C ends it; nothing is stored before the last page.",
        dir = dir.display(),
        token = token.expose_secret(),
    )
}

/// Makes the unit beside the data folder and puts it there whole.
fn make(dir: &Path, given: Option<KeySource>, http: SocketAddr, answers: &Answers) -> Result<KeySource> {
    let dir = std::path::absolute(dir)?;
    if !unit::is_vacant(&dir)? {
        bail!("the folder {} is not empty any more", dir.display());
    }
    let key = match (given, &answers.passphrase) {
        (Some(given), _) => given,
        (None, Some(passphrase)) => KeySource::Passphrase(passphrase.clone()),
        (None, None) => bail!("there is no passphrase"),
    };
    let prepared = unit::prepare_with(&setup(answers)?, &answers.keys, answers.invitation.as_deref())?;
    let mut config = Config::new(vec![answers.reach.listen.clone()], http);
    config.language.clone_from(&answers.language);
    config.backup.clone_from(&answers.backup);

    let parent = dir.parent().context("the data folder cannot be the root of the disk")?;
    fs::create_dir_all(parent).with_context(|| format!("the folder {} cannot be made", parent.display()))?;
    // Only its owner may look into it; if something fails it is removed again.
    let making = tempfile::Builder::new()
        .prefix(".icmc-set-up-")
        .tempdir_in(parent)
        .with_context(|| format!("nothing can be made in the folder {}", parent.display()))?;
    let key_file = new_key_file(&key)?;
    let placed = prepared.store(making.path(), &key).and_then(|_| {
        config.store(making.path())?;
        for entry in fs::read_dir(making.path())? {
            File::open(entry?.path())?.sync_all()?;
        }
        fs::rename(making.path(), &dir).with_context(|| format!("the unit cannot be put into {}", dir.display()))?;
        Ok(File::open(parent)?.sync_all()?)
    });
    match placed {
        Ok(()) => {
            // It has another name now.
            let _ = making.keep();
            Ok(key)
        }
        Err(error) => {
            if let Some(file) = key_file {
                let _ = fs::remove_file(file);
            }
            Err(error)
        }
    }
}

/// The key file, if there is to be one and it is not there yet.
fn new_key_file(key: &KeySource) -> Result<Option<PathBuf>> {
    match key {
        KeySource::KeyFile(file) if !file.exists() => {
            create_key_file(file, &mut SystemRng)?;
            Ok(Some(file.clone()))
        }
        _ => Ok(None),
    }
}

fn setup(answers: &Answers) -> Result<UnitSetup> {
    let account = |person: &PersonAnswers, role| AccountSpec {
        sign_in: person.sign_in.clone(),
        name: person.name.clone(),
        role,
        password: Some(person.password.expose_secret().to_owned()),
    };
    let wanted = &answers.unit;
    Ok(UnitSetup {
        name: wanted.name.clone(),
        class: wanted.class,
        jurisdiction: jurisdiction(wanted)?,
        duty_contact: wanted.duty_contact.clone(),
        addresses: answers.reach.addresses.clone(),
        prefix: wanted.prefix.clone(),
        colour: unit::COLOUR.to_owned(),
        demo: false,
        found: answers.found,
        accounts: vec![account(&answers.administrator, Role::Administrator), account(&answers.nodal, Role::NodalOfficer)],
    })
}
