//! Reads what the commands print for people.
//! If one of these fails, a person could not find it either, or the wording has changed.

use anyhow::{Context, Result};

/// The password that `icmc init` printed beside a sign-in name.
pub(super) fn password(told: &str, sign_in: &str) -> Result<String> {
    let mut lines = told.lines().map(str::split_whitespace).map(Iterator::collect::<Vec<_>>);
    let line = lines.find(|words| words.len() == 2 && words[0] == sign_in);
    Ok(line.with_context(|| format!("no password for {sign_in} was printed"))?[1].to_owned())
}

/// The password that `icmc users add` printed on a line of its own.
pub(super) fn password_line(told: &str) -> Result<String> {
    indented(told).context("no password was printed")
}

/// The eight safety words.
pub(super) fn words(told: &str) -> Result<String> {
    indented(told).context("no words were printed")
}

/// The recovery key that `icmc init` printed, to be written on paper.
pub(super) fn recovery(told: &str) -> Result<String> {
    let behind = told.split_once("RECOVERY KEY").context("no recovery key was printed")?.1;
    indented(behind).context("no recovery key was printed")
}

/// The one long text that is meant to be copied: an identity or an invitation.
pub(super) fn text(told: &str) -> Result<String> {
    Ok(told.lines().rfind(|line| !line.trim().is_empty()).context("nothing was printed")?.trim().to_owned())
}

/// The rows of a table, cells separated by at least two spaces.
pub(super) fn rows(told: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect();
    told.lines().map(cells).collect()
}

fn indented(told: &str) -> Option<String> {
    told.lines().find(|line| line.starts_with("  ") && !line.trim().is_empty()).map(|line| line.trim().to_owned())
}
