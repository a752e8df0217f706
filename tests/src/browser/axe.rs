//! axe-core on a page: its file is named by `ICMC_AXE` and injected, as it is no part of the pages.
//! Every violation counts; there is no list of exceptions.

use super::Window;
use anyhow::{Context, Result};
use serde_json::Value;

const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] })
        .then((results) => done(results.violations.map((v) => ({ rule: v.id, help: v.help, targets: v.nodes.map((n) => n.target.join(' ')) }))))
        .catch((error) => done([{ rule: 'axe failed', help: String(error), targets: [] }]));";

impl Window {
    /// What axe finds on the page, one line each; empty is good. Without `ICMC_AXE` nothing is looked for, and None says so.
    ///
    /// # Errors
    /// If axe cannot be run.
    pub async fn axe(&self) -> Result<Option<Vec<String>>> {
        let Some(file) = std::env::var_os("ICMC_AXE") else { return Ok(None) };
        let script = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        self.client.execute(&script, Vec::new()).await.context("axe cannot be injected")?;
        let found = self.client.execute_async(RUN, Vec::new()).await.context("axe cannot be run")?;
        let lines = found.as_array().context("axe gave no list")?.iter().map(line);
        Ok(Some(lines.collect()))
    }
}

fn line(violation: &Value) -> String {
    let targets: Vec<&str> = violation["targets"].as_array().into_iter().flatten().filter_map(Value::as_str).take(3).collect();
    let word = |field: &str| violation[field].as_str().unwrap_or_default().to_owned();
    format!("{} ({}) at {}", word("rule"), word("help"), targets.join(" and "))
}
