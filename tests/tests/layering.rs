//! The shape of the workspace: which package may use which, lengths of files, first lines, cycles.
//! What the compiler already refuses is not tested again.

use anyhow::{Context, Result, ensure};
use icmc_tests::say;
use icmc_tests::sources::{PACKAGES, Source, cycle, of_package, root, uses};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Lines that no file may exceed.
const LONGEST: usize = 400;

/// Names of packages with the names of those that they use when they are built to be run.
struct Graph(BTreeMap<String, BTreeSet<String>>);

impl Graph {
    fn read() -> Result<Self> {
        let done = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked", "--offline"])
            .current_dir(root()?)
            .output()
            .context("cargo cannot be asked")?;
        ensure!(done.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&done.stderr));
        let metadata: Value = serde_json::from_slice(&done.stdout)?;
        let name = |id: &Value| -> String {
            let packages = metadata["packages"].as_array().into_iter().flatten();
            packages
                .into_iter()
                .find(|package| package["id"] == *id)
                .and_then(|package| package["name"].as_str())
                .unwrap_or_default()
                .to_owned()
        };
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in metadata["resolve"]["nodes"].as_array().context("no dependencies")? {
            let used = node["deps"].as_array().into_iter().flatten().filter(|dep| is_normal(dep)).map(|dep| name(&dep["pkg"]));
            graph.entry(name(&node["id"])).or_default().extend(used);
        }
        Ok(Self(graph))
    }

    /// All that a package uses, directly or not.
    fn below(&self, package: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![package.to_owned()];
        while let Some(next) = open.pop() {
            for used in self.0.get(&next).into_iter().flatten() {
                if found.insert(used.clone()) {
                    open.push(used.clone());
                }
            }
        }
        found
    }
}

fn is_normal(dep: &Value) -> bool {
    dep["dep_kinds"].as_array().into_iter().flatten().any(|kind| kind["kind"].is_null())
}

#[test]
fn packages_use_only_what_lies_below_them() {
    let graph = Graph::read().unwrap();
    let none_of = |package: &str, forbidden: &[&str]| {
        let below = graph.below(package);
        assert!(!below.is_empty(), "{package} is in the workspace");
        for name in forbidden {
            assert!(!below.contains(*name), "{package} uses {name}");
        }
    };
    none_of("icmc-protocol", &["tokio", "libp2p", "redb", "axum", "reqwest", "hyper", "icmc-node", "icmc-web-ui", "icmc"]);
    none_of("icmc-node", &["axum", "askama", "reqwest", "icmc-web-ui", "icmc"]);
    none_of("icmc-web-ui", &["icmc", "reqwest"]);
    for (package, used) in &graph.0 {
        assert!(!used.contains("icmc-tests"), "{package} uses the tests");
    }
}

#[test]
fn the_lock_file_holds_one_yamux_and_no_archived_decoder() {
    let lock = std::fs::read_to_string(root().unwrap().join("Cargo.lock")).unwrap();
    let count = |name: &str| lock.lines().filter(|line| *line == format!("name = \"{name}\"")).count();
    assert_eq!(count("yamux"), 1);
    for banned in ["serde_cbor", "openssl", "sharks", "instant"] {
        assert_eq!(count(banned), 0, "{banned}");
    }
}

#[test]
fn no_file_is_long_and_each_says_what_it_is_for() {
    for package in PACKAGES {
        let sources = of_package(package, &["rs"]).unwrap();
        let mut lengths: Vec<usize> = sources.iter().map(Source::lines).collect();
        lengths.sort_unstable();
        say(&format!(
            "{package}: {} files, median {} lines, longest {}",
            lengths.len(),
            lengths[lengths.len() / 2],
            lengths[lengths.len() - 1]
        ));
        for source in &sources {
            let path = source.path.display();
            assert!(source.lines() <= LONGEST, "{path} has {} lines", source.lines());
            assert!(source.text.starts_with("//! "), "{path} does not begin by saying what it is for");
        }
    }
}

#[test]
fn no_template_switches_escaping_off() {
    let templates = of_package("web-ui", &["html"]).unwrap();
    assert!(!templates.is_empty());
    for template in templates {
        for word in ["|safe", "| safe", "{% autoescape", "escape(\"none\")"] {
            assert!(!template.text.contains(word), "{} has {word}", template.path.display());
        }
    }
}

#[test]
fn no_modules_go_round_in_circles() {
    let mut circles = Vec::new();
    for package in PACKAGES {
        let uses = uses(package).unwrap();
        assert!(!uses.is_empty(), "{package} has modules");
        circles.extend(cycle(&uses).map(|way| format!("{package}: {}", way.join(" uses "))));
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}
