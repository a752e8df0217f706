//! Each module of this package uses only those above it in `lib.rs`, and the package names nothing that does input or output.
//! Read from the source text, so that it also holds for what is not compiled today.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(&package()).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The modules in the order of `lib.rs`.
fn modules() -> Vec<String> {
    read("src/lib.rs").lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).map(str::to_owned).collect()
}

fn files(under: &Path) -> Vec<PathBuf> {
    if under.is_file() {
        return vec![under.to_owned()];
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(under).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.iter().flat_map(|path| files(path)).filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

/// Files and text that only tests see: `#[cfg(test)] mod name;` and what stands below `#[cfg(test)]\nmod name {`.
fn for_tests(files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]") {
            let name = pair[1].strip_prefix("pub(crate) ").unwrap_or(pair[1]);
            if let Some(name) = name.strip_prefix("mod ").and_then(|name| name.strip_suffix(';')) {
                let beside = file.parent().unwrap();
                found.insert(beside.join(name).with_extension("rs"));
                found.extend(files.iter().filter(|path| path.starts_with(beside.join(name))).cloned());
            }
        }
    }
    found
}

/// Names that follow `crate::` outside comments, `{a, b::c}` included.
fn used(text: &str) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let word = |text: &str| text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut begins = true;
        for (place, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                letter if begins && depth == 0 && !letter.is_whitespace() => {
                    found.insert(word(&list[place..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn modules_point_only_upward() {
    let order = modules();
    assert!(
        order.len() >= 15
            && order.first().is_some_and(|first| first == "ids")
            && order.last().is_some_and(|last| last == "testing")
    );
    let source = Path::new(&package()).join("src");
    let mut uses = 0;
    for (place, module) in order.iter().enumerate() {
        let folder = source.join(module);
        let files = files(&if folder.is_dir() { folder } else { folder.with_extension("rs") });
        let tests = for_tests(&files);
        for file in files.iter().filter(|file| !tests.contains(*file)) {
            let text = fs::read_to_string(file).unwrap();
            let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
            for name in used(text) {
                let at = order.iter().position(|known| *known == name);
                let at = at.unwrap_or_else(|| panic!("{} uses crate::{name}, which lib.rs does not list", file.display()));
                assert!(at <= place, "{} uses {name}, which stands below {module}", file.display());
                uses += 1;
            }
        }
    }
    assert!(uses > 200, "only {uses} uses were found: is the source still read?");
}

#[test]
fn every_form_of_use_is_found() {
    let text =
        "use crate::ids::UnitId;\nuse crate::{wire, time::{DAY, HOUR}, machine};\n// crate::core\nlet x = crate::oprf::secret();";
    let names: Vec<String> = used(text).into_iter().collect();
    assert_eq!(names, ["ids", "machine", "oprf", "time", "wire"]);
}

#[test]
fn nothing_here_touches_the_world() {
    let manifest = read("Cargo.toml");
    for banned in ["tokio", "libp2p", "redb", "axum", "getrandom", "tracing", "reqwest", "hyper"] {
        assert!(!manifest.contains(banned), "{banned} is named in Cargo.toml");
    }
    let source = Path::new(&package()).join("src");
    let all = files(&source);
    let tests = for_tests(&all);
    for file in all.iter().filter(|file| !tests.contains(*file)) {
        let text = fs::read_to_string(file).unwrap();
        let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        for banned in ["std::fs", "std::net", "std::env", "std::process", "std::thread", "SystemTime", "Instant::now", "HashMap"]
        {
            assert!(!text.contains(banned), "{} names {banned}", file.display());
        }
    }
}

/// This package's folder, as cargo says when the tests run: a build folder may serve several clones.
fn package() -> std::ffi::OsString {
    std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into())
}
