//! The source files of the workspace as text: packages, modules, who uses whom, lengths.
//! Reads, decides nothing.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The folders of the packages.
pub const PACKAGES: [&str; 5] = ["protocol", "node", "node/daemon", "web-ui", "tests"];

/// The workspace.
///
/// # Errors
/// If this package is not where it belongs.
pub fn root() -> Result<PathBuf> {
    // As cargo says when the tests run: a build folder may serve several clones.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&package).parent().map(Path::to_owned).context("this package is in a workspace")
}

/// One source file.
#[derive(Debug)]
pub struct Source {
    /// Its path below the workspace.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

impl Source {
    /// How many lines it has.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// Whether it only tests.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.iter().any(|part| part == "tests" || part == "tests.rs" || part == "benches")
    }

    /// The text before the tests inside the file.
    #[must_use]
    pub fn shipped(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default()
    }
}

/// Every file of a package with one of these endings, not those of packages inside it.
///
/// # Errors
/// If a folder cannot be read.
pub fn of_package(package: &str, endings: &[&str]) -> Result<Vec<Source>> {
    let root = root()?;
    let inner: Vec<PathBuf> = PACKAGES.iter().filter(|other| **other != package).map(|other| root.join(other)).collect();
    let mut sources = Vec::new();
    let mut folders = vec![root.join(package)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                if !inner.contains(&path) && !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
                let text = std::fs::read_to_string(&path)?;
                sources.push(Source { path: path.strip_prefix(&root)?.to_owned(), text });
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

/// Which top-level modules of a package use which, tests left out.
///
/// # Errors
/// If a file cannot be read.
pub fn uses(package: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let src = Path::new(package).join("src");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let sources: Vec<Source> = of_package(package, &["rs"])?.into_iter().filter(|source| source.path.starts_with(&src)).collect();
    for source in &sources {
        if let Some((module, _)) = module_of(&src, &source.path) {
            found.entry(module).or_default();
        }
    }
    let modules: BTreeSet<String> = found.keys().cloned().collect();
    for source in sources.iter().filter(|source| !source.is_test()) {
        let Some((module, is_root)) = module_of(&src, &source.path) else { continue };
        let mut used = named_after(source.shipped(), "crate::");
        if is_root {
            used.extend(named_after(source.shipped(), "super::"));
        }
        let others = used.into_iter().filter(|other| modules.contains(other) && *other != module);
        found.entry(module.clone()).or_default().extend(others);
    }
    Ok(found)
}

/// The top-level module of a file, and whether the file is that module's root. None for the package's own roots.
fn module_of(src: &Path, path: &Path) -> Option<(String, bool)> {
    let below = path.strip_prefix(src).ok()?;
    let first = below.iter().next()?.to_str()?;
    let name = first.trim_end_matches(".rs").to_owned();
    let depth = below.iter().count();
    let root = depth == 1 || (depth == 2 && below.ends_with("mod.rs"));
    (!["lib", "main"].contains(&name.as_str())).then_some((name, root))
}

/// What stands right after a prefix: one name, or the first names of a group in braces.
fn named_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = BTreeSet::new();
    for rest in code.split(prefix).skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => names.extend(group_names(group)),
            None => names.extend(name(rest)),
        }
    }
    names
}

fn group_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut begins) = (0_usize, Vec::new(), true);
    for (at, letter) in group.char_indices() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            letter if begins && !letter.is_whitespace() => {
                names.extend(name(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// A way from a module back to itself, if there is one.
#[must_use]
pub fn cycle(uses: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    uses.keys().find_map(|start| way(uses, start, start, &mut BTreeSet::new()))
}

fn way(uses: &BTreeMap<String, BTreeSet<String>>, at: &str, to: &str, seen: &mut BTreeSet<String>) -> Option<Vec<String>> {
    for next in uses.get(at).into_iter().flatten() {
        if next == to {
            return Some(vec![at.to_owned(), to.to_owned()]);
        }
        if seen.insert(next.clone())
            && let Some(mut rest) = way(uses, next, to, seen)
        {
            rest.insert(0, at.to_owned());
            return Some(rest);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_after_a_prefix_are_read_from_lines_and_groups() {
        let text = "use crate::{a::{x, y}, b, c::z};\nuse crate::d::e;\n// crate::not\nlet f = crate::g();";
        assert_eq!(named_after(text, "crate::"), ["a", "b", "c", "d", "g"].map(str::to_owned).into());
    }

    #[test]
    fn a_cycle_is_found_and_a_tree_is_not_one() {
        let uses = |pairs: &[(&str, &str)]| {
            let mut map: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (from, to) in pairs {
                map.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            }
            map
        };
        assert_eq!(cycle(&uses(&[("a", "b"), ("a", "c"), ("b", "c")])), None);
        assert_eq!(cycle(&uses(&[("a", "b"), ("b", "c"), ("c", "a")])).unwrap(), ["a", "b", "c", "a"]);
    }
}
