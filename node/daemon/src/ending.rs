//! How a person or the system asks a running node to end: Ctrl-C or SIGTERM.
//! Not the ending itself: whoever listens does that.

use anyhow::{Context, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for both signals.
#[derive(Debug)]
pub(crate) struct Ending {
    interrupt: Signal,
    terminate: Signal,
}

impl Ending {
    /// Begins to listen: before anything is started, so that no signal is missed.
    pub(crate) fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).context("signals of the system cannot be heard");
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Waits for either.
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
