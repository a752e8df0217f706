//! The real executable as a person uses it: set-up, accounts, other units, running and ending, and every refusal in one sentence.
//! Not the story of three units: that is in the package `icmc-tests`.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "cli/bench.rs"]
mod bench;
#[path = "cli/evaluate.rs"]
mod evaluate;
#[path = "cli/federation.rs"]
mod federation;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/refusals.rs"]
mod refusals;

use bench::Bench;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn a_unit_is_set_up_asked_run_and_ended() {
    let unit = Bench::new();
    let told = unit.init(&["--found", "AHTU Testpur", "--prefix", "TP"]).ok();
    for part in ["AHTU Testpur is set up", "icmc-recovery-1:", "icmc-unit-1:", "admin", "nodal", "icmc run"] {
        assert!(told.contains(part), "{part} is missing from:\n{told}");
    }
    assert_eq!(fs::metadata(unit.data()).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(unit.key_file()).unwrap().permissions().mode() & 0o777, 0o600);

    // Nothing runs: the commands open the folder themselves.
    let identity = unit.with_key(&["identity"]).ok();
    let text = identity.lines().find(|line| line.starts_with("icmc-unit-1:")).unwrap();
    assert!(told.contains(text));
    let added = unit.with_key(&["users", "add", "m.das", "--name", "M. Das", "--role", "read-only"]).ok();
    assert!(added.contains("Password of m.das"), "{added}");
    assert!(unit.with_key(&["users", "list"]).ok().contains("M. Das"));
    unit.with_key(&["users", "add", "M.Das", "--name", "Somebody else"]).refused("no other account has");

    let again = unit.init(&["--found", "AHTU Otherpur"]);
    again.refused("is not empty");
    assert!(unit.with_key(&["identity"]).ok().contains("AHTU Testpur"));

    let node = unit.run();
    assert!(node.get("/").starts_with("HTTP/1.1 "), "the pages answer as soon as the line is there");
    unit.with_key(&["run"]).refused("another icmc uses this folder");
    assert_eq!(fs::metadata(unit.data().join("control.sock")).unwrap().permissions().mode() & 0o777, 0o600);

    // Through the socket: no key is given, and no terminal is there to ask at.
    let listed = unit.without_key(&["users", "list"]).ok();
    for sign_in in ["admin", "nodal", "m.das"] {
        assert!(listed.contains(sign_in), "{listed}");
    }
    let first = unit.without_key(&["users", "reset", "m.das"]).ok();
    assert_ne!(first, unit.without_key(&["users", "reset", "m.das"]).ok());
    unit.without_key(&["users", "reset", "nobody"]).refused("there is no account of this name");
    assert!(unit.without_key(&["peers", "list"]).ok().contains("no other unit"));

    assert!(node.terminate().success());
    assert!(!unit.data().join("control.sock").exists());
    unit.without_key(&["users", "list"]).refused("no passphrase");
    assert!(unit.with_key(&["users", "list"]).ok().contains("m.das"));
}

#[test]
fn a_node_that_was_killed_leaves_nothing_that_keeps_the_next_from_starting() {
    let unit = Bench::new();
    unit.init(&["--found", "AHTU Testpur"]).ok();
    let node = unit.run();
    node.kill();
    assert!(unit.data().join("control.sock").exists(), "otherwise this shows nothing");
    assert!(unit.with_key(&["users", "list"]).ok().contains("admin"));
    let node = unit.run();
    assert!(unit.without_key(&["users", "list"]).ok().contains("admin"));
    assert!(node.terminate().success());
}
