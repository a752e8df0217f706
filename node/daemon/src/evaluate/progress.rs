//! How far long work has come, on standard error where somebody looks; and how long each stage took.
//! Nothing of a person is shown.

use anyhow::Result;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Characters of the bar.
const WIDTH: usize = 30;

/// One stage under way.
pub(super) struct Bar {
    name: &'static str,
    total: usize,
    done: AtomicUsize,
    seen: bool,
}

impl Bar {
    const fn new(name: &'static str, total: usize, seen: bool) -> Self {
        Self { name, total, done: AtomicUsize::new(0), seen }
    }

    /// For work that nobody watches.
    #[cfg(test)]
    pub(super) const fn unseen() -> Self {
        Self::new("", 0, false)
    }

    /// One more is done.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        // A hundred times in all is enough for the eye.
        if self.seen && (done == self.total || done.is_multiple_of((self.total / 100).max(1))) {
            let filled = (WIDTH * done / self.total.max(1)).min(WIDTH);
            let line =
                format!("\r{:<34} [{}{}] {done} of {}", self.name, "#".repeat(filled), " ".repeat(WIDTH - filled), self.total);
            // A terminal that went away is no reason to stop.
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }
}

/// What was done so far and how long it took.
pub(super) struct Stages(Vec<(&'static str, Duration)>);

impl Stages {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Does one stage of so many steps. Stages of one name are added up.
    pub(super) fn time<T>(&mut self, name: &'static str, total: usize, work: impl FnOnce(&Bar) -> Result<T>) -> Result<T> {
        let seen = std::io::stderr().is_terminal();
        let bar = Bar::new(name, total, seen);
        let begun = Instant::now();
        let done = work(&bar);
        if seen && bar.done.into_inner() > 0 {
            let _ = std::io::stderr().write_all(b"\n");
        }
        let done = done?;
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, took)) => *took += begun.elapsed(),
            None => self.0.push((name, begun.elapsed())),
        }
        Ok(done)
    }

    /// A line for each stage.
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.iter().map(|(name, took)| format!("{:>8.2} s  {name}", took.as_secs_f64())).collect()
    }
}
