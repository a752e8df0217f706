//! A mark in the demo's folder: being made, or complete. So a start that was cut off is begun anew, and only then.
//! A folder with other data and no mark is left alone.

use super::units::{self, UNITS};
use anyhow::{Context, Result, bail};
use std::path::Path;

const FILE: &str = "icmc-demo";
const MAKING: &str = "being made\n";
const COMPLETE: &str = "complete\n";

/// Whether the units are still to be made; what a cut-off start left is removed.
pub(super) fn is_fresh(dir: &Path) -> Result<bool> {
    let mark = std::fs::read_to_string(dir.join(FILE)).ok();
    if mark.as_deref() == Some(COMPLETE) {
        return Ok(false);
    }
    let used = UNITS.iter().any(|unit| dir.join(unit.key).exists());
    if used && mark.is_none() {
        bail!("{} holds data that the demo did not make: choose another folder with --data", dir.display());
    }
    units::wipe(dir)?;
    write(dir, MAKING)?;
    Ok(true)
}

/// All units are made and filled.
pub(super) fn complete(dir: &Path) -> Result<()> {
    write(dir, COMPLETE)
}

/// The data is about to be removed and made anew.
pub(super) fn begin_again(dir: &Path) -> Result<()> {
    write(dir, MAKING)
}

fn write(dir: &Path, mark: &str) -> Result<()> {
    std::fs::write(dir.join(FILE), mark).with_context(|| format!("{} cannot be written", dir.join(FILE).display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_that_was_cut_off_is_begun_anew_and_foreign_data_is_left_alone() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let unit = dir.path().join(UNITS[0].key);
        assert!(is_fresh(dir.path()).expect("an empty folder"));
        std::fs::create_dir(&unit).expect("a folder");
        assert!(is_fresh(dir.path()).expect("a cut-off start") && !unit.exists());
        std::fs::create_dir(&unit).expect("a folder");
        complete(dir.path()).expect("a mark");
        assert!(!is_fresh(dir.path()).expect("a complete demo") && unit.exists());
        std::fs::remove_file(dir.path().join(FILE)).expect("no mark");
        assert!(is_fresh(dir.path()).is_err() && unit.exists());
    }
}
