//! What cannot be done is said in one sentence, with exit code 1 and nothing left behind.
//! Wrong usage is clap's business, with exit code 2.

use crate::bench::{Bench, icmc};
use std::net::TcpListener;

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let unit = Bench::new();
    unit.init(&["--found", "AHTU Testpur"]).ok();
    unit.with_key(&["run", "--http", &address.to_string()]).refused(&format!("{address} is in use"));
    assert!(unit.run().terminate().success(), "the refused attempt left nothing behind");

    let unit = Bench::new();
    let network = format!("/ip4/127.0.0.1/tcp/{}", address.port());
    unit.init(&["--found", "AHTU Testpur", "--address", &network]).ok();
    unit.with_key(&["run"]).refused(&format!("{network} is in use"));
}

/// Pays the full price of Argon2id twice.
#[test]
fn a_wrong_passphrase_opens_nothing() {
    let unit = Bench::new();
    let right = unit.file("right", "five words by the ferry ghat\n");
    let wrong = unit.file("wrong", "five words by the ferry gate\n");
    unit.without_key(&["init", "--name", "AHTU Testpur", "--passphrase-file", &right]).ok();
    unit.without_key(&["identity", "--passphrase-file", &wrong]).refused("the passphrase is wrong");
    unit.with_key(&["identity"]).refused("opens with a passphrase");
}

#[test]
fn a_folder_without_a_node_is_told_from_one_that_does_not_run() {
    let unit = Bench::new();
    for command in [&["identity"][..], &["users", "list"], &["peers", "list"]] {
        unit.with_key(command).refused("there is no node in");
    }
    // An empty folder is set up in the browser; one that holds something else is left alone.
    std::fs::create_dir(unit.data()).unwrap();
    unit.file("data/letter.txt", "not ours");
    unit.with_key(&["run"]).refused("there is no node in");
    std::fs::remove_file(unit.data().join("letter.txt")).unwrap();
    unit.init(&["--name", "AHTU Testpur"]).ok();
    unit.without_key(&["identity"]).refused("no passphrase");
}

#[test]
fn a_unit_is_set_up_on_its_own_computer_only_and_its_address_must_be_free() {
    let unit = Bench::new();
    for outside in ["0.0.0.0:7799", "192.0.2.1:7799", "[::]:7799"] {
        unit.with_key(&["run", "--http", outside]).refused("a unit is set up on its own computer only");
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    unit.with_key(&["run", "--http", &address]).refused(&format!("{address} is in use"));
    assert!(!unit.data().exists() && !unit.key_file().exists());
}

#[test]
fn a_set_up_that_fails_leaves_nothing_behind() {
    let unit = Bench::new();
    unit.init(&["--found", "two\nlines"]).refused("name: one line");
    unit.init(&["--found", "AHTU Testpur", "--prefix", "much too long"]).refused("1 to 6");
    unit.init(&["--found", "AHTU Testpur", "--address", "testpur.example:7711"]).refused("testpur.example:7711 is no address");
    assert!(!unit.data().exists() && !unit.key_file().exists());
    unit.init(&["--found", "AHTU Testpur"]).ok();
}

#[test]
fn other_units_are_found_by_the_beginning_of_their_id_only() {
    let unit = Bench::new();
    unit.init(&["--found", "AHTU Testpur"]).ok();
    unit.with_key(&["peers", "confirm", "ab12"]).refused("there is no other unit whose id begins with \"ab12\"");
    unit.with_key(&["peers", "approve", "ab12"]).refused("there is no proposal");
    unit.with_key(&["peers", "invite", "nonsense"]).refused("it must start with icmc-unit-1:");
    unit.with_key(&["peers", "join", "nonsense"]).refused("federation");
}

#[test]
fn wrong_usage_has_a_code_of_its_own() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_icmc")).arg("users").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(icmc(&["--version"]).ok().starts_with("icmc "));
}
