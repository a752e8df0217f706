//! The executable: reads the command line, starts the runtime, says in one sentence what failed.
//! What the commands do is in the library of the same name.

use clap::Parser as _;
use icmc::cli::{Cli, Command};
use icmc::{demo, envelopes, evaluate, identity, init, peers, restored, run, users};
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Larger than any block that is needed again and again: chunks of documents, envelopes.
const KEPT: usize = 4 * 1024 * 1024;

/// The usual allocator of Linux fetches a large block from the system and gives it back each time, until a block of that size was freed
/// once. Fetching a quarter of a megabyte anew for each chunk of a document takes a sixth of the time that a document takes. Nothing is
/// written to this block, so it costs no memory.
fn keep_large_blocks() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT)));
}

fn main() -> ExitCode {
    keep_large_blocks();
    let cli = Cli::parse();
    // Events carry ids and fixed sentences, never anything about a person; see docs/LOGGING.md.
    // While three units of the demo meet, each refuses the others until it has heard of them: no news for a newcomer.
    let usual = if matches!(cli.command, Command::Demo(_)) { "error" } else { "warn" };
    let filter = EnvFilter::try_from_env("ICMC_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    match work(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn work(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Demo(args) => demo::run(args).await,
            Command::Init(args) => init::run(args).await,
            Command::Run(args) => run::run(args).await,
            Command::MarkRestored { folder, lost } => restored::run(&folder, lost),
            Command::Identity(folder) => identity::run(&folder).await,
            Command::Peers { folder, command } => peers::run(&folder, command).await,
            Command::Envelopes { folder, command } => envelopes::run(&folder, command).await,
            Command::EvaluateMatching(args) => evaluate::run(&args),
            Command::Users { folder, command } => users::run(&folder, command).await,
        }
    })
}

#[expect(clippy::print_stderr, reason = "the one place that tells the person at the terminal what failed")]
fn complain(error: &anyhow::Error) {
    eprintln!("icmc: {}", icmc::sentence(error));
}
