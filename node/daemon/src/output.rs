//! What the person at the terminal is told, on standard output.
//! Not for what happens meanwhile: that is logged, on standard error.

use anyhow::{Context, Result};
use core::fmt::Display;
use std::io::Write as _;

/// One line, or several. A line that nobody can read (a closed pipe) is a failure: it may have held a password.
pub fn say(line: impl Display) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("the answer could not be written")
}

/// Rows in columns of equal width, two spaces between them.
#[must_use]
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_characters_and_lines_end_without_spaces() {
        let rows = [vec!["a".to_owned(), "গুৱা".to_owned(), "x".to_owned()], vec!["bcd".to_owned(), "y".to_owned(), String::new()]];
        let text = table(&rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines, ["a    গুৱা  x", "bcd  y"]);
    }
}
