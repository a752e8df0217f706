//! `icmc run`: one unit's node at work until Ctrl-C or SIGTERM.
//! On an empty folder the set-up comes first: see `first_run`. Not the demo's three: see `demo`.

use crate::cli::RunArgs;
use crate::config::Config;
use crate::control::Control;
use crate::ending::Ending;
use crate::first_run::{self, Made};
use crate::output::say;
use crate::{passphrase, unit};
use anyhow::Result;

/// Runs it.
pub async fn run(args: RunArgs) -> Result<()> {
    let dir = &args.folder.data;
    let found = if unit::is_vacant(dir)? {
        None
    } else {
        // Whether there is a node is said before anybody is asked for a passphrase.
        Config::load(dir)?;
        Some(passphrase::open(&args.folder)?)
    };
    // Before anything is started, so that no signal is missed.
    let mut ending = Ending::listen()?;
    let (key, listener) = match found {
        Some(key) => (key, None),
        None => tokio::select! {
            made = first_run::serve(&args.folder, args.http) => made.map(|Made { key, listener }| (key, Some(listener)))?,
            () = ending.asked() => return say("Ended."),
        },
    };
    let mut config = Config::load(dir)?;
    config.http = args.http.unwrap_or(config.http);
    let running = unit::start_at(dir, &key, &config, listener).await?;
    let control = match Control::start(dir, running.service.clone()) {
        Ok(control) => control,
        Err(error) => {
            running.stop().await;
            return Err(error);
        }
    };
    // Nobody may be reading; a node works all the same.
    let _ = say(format!("ICMC is running at http://{}/ for {}; Ctrl-C ends it.", running.address, running.name));
    ending.asked().await;
    control.stop().await;
    running.stop().await;
    let _ = say("Ended.");
    Ok(())
}
