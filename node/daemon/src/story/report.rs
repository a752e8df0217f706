//! What held, with how long it took; printed as it happens.
//! Times are for the reader: nothing is decided by them.

use anyhow::Result;
use std::io::Write;

/// The steps so far.
pub struct Report {
    out: Box<dyn Write + Send>,
    /// Titles of steps that held.
    pub held: Vec<String>,
    /// Titles of steps that did not.
    pub failed: Vec<String>,
}

impl core::fmt::Debug for Report {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Report({} held, {} failed)", self.held.len(), self.failed.len())
    }
}

impl Report {
    /// Prints to `out`.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, held: Vec::new(), failed: Vec::new() }
    }

    /// Runs one step and prints what became of it.
    ///
    /// # Errors
    /// What the step failed with.
    pub async fn step<T>(&mut self, title: &str, step: impl Future<Output = Result<T>>) -> Result<T> {
        let begun = tokio::time::Instant::now();
        let done = step.await;
        let took = begun.elapsed().as_secs_f64();
        match &done {
            Ok(_) => {
                self.held.push(title.to_owned());
                self.line(&format!("ok     {took:>6.2} s  {title}"));
            }
            Err(error) => {
                self.failed.push(title.to_owned());
                self.line(&format!("FAILED {took:>6.2} s  {title}: {error:#}"));
            }
        }
        done
    }

    fn line(&mut self, line: &str) {
        // A closed pipe is no reason to stop the story.
        let _ = writeln!(self.out, "{line}");
        let _ = self.out.flush();
    }
}
