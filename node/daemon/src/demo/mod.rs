//! Three units of invented people in one process, each with its own store, keys, network and address.
//! All through the real parts: nothing here knows a short cut that a unit would not have.

mod federation;
mod mark;
mod ports;
mod seed;
mod units;
mod world;

use crate::cli::DemoArgs;
use crate::ending::Ending;
use crate::story::{self, Report};
use anyhow::{Context, Result, bail};
use icmc_web_ui::demo::{self as start_page, Action};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use world::World;

/// Runs the demo until Ctrl-C or SIGTERM, or plays the story and ends.
pub async fn run(args: DemoArgs) -> Result<()> {
    let mut ending = Ending::listen()?;
    ports::check(args.port).await?;
    let temporary =
        if args.data.is_none() { Some(tempfile::tempdir().context("no temporary folder can be made")?) } else { None };
    let dir: PathBuf =
        args.data.clone().or_else(|| temporary.as_ref().map(|dir| dir.path().to_owned())).context("no data folder")?;
    std::fs::create_dir_all(&dir).with_context(|| format!("the folder {} cannot be made", dir.display()))?;
    say("Starting three units of invented people …");
    // The temporary folder goes with this function, however it is left.
    let world = tokio::select! {
        world = World::start(&dir, args.port) => world?,
        () = ending.asked() => bail!("ended before the units were ready"),
    };
    if !args.check {
        return serve(world, &dir, args.port, ending).await;
    }
    tokio::select! {
        done = check(world) => done,
        () = ending.asked() => bail!("ended before the story was"),
    }
}

async fn check(mut world: World) -> Result<()> {
    let mut report = Report::new(Box::new(std::io::stdout()));
    let units = world.access();
    let played = story::play(&units, &mut world, &mut report).await;
    world.stop().await;
    say(&format!("{} steps held, {} did not", report.held.len(), report.failed.len()));
    played.context("the story did not hold")
}

async fn serve(mut world: World, dir: &Path, port: u16, mut ending: Ending) -> Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("port {port} is in use: choose another with --port"))?;
    let (actions, mut asked) = mpsc::channel::<Action>(4);
    let page = tokio::spawn(start_page::serve(listener, units::start_page(port), actions));
    say(&format!("The demo is ready: open http://127.0.0.1:{port}/ and follow the story. Ctrl-C ends it."));
    loop {
        tokio::select! {
            () = ending.asked() => {
                say("Ending …");
                break;
            }
            action = asked.recv() => match action {
                Some(Action::Reset(done)) => {
                    world.stop().await;
                    mark::begin_again(dir)?;
                    world = World::start(dir, port).await?;
                    let _ = done.send(());
                }
                Some(Action::Switch { unit, on, done }) => {
                    if on { world.switch_on(&unit).await? } else { world.switch_off(&unit).await }
                    let _ = done.send(());
                }
                None => bail!("the start page ended"),
            },
        }
    }
    page.abort();
    world.stop().await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what the person at the terminal is told")]
fn say(line: &str) {
    println!("{line}");
}
