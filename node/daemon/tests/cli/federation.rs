//! Two units become a federation from the command line alone, and compare their words.
//!
//! ```text
//! shillong (founder) ── invites ──▶ guwahati
//! ```

use crate::bench::{Bench, free_port};

/// Asked so often that only a node that never answers exhausts it; each question is a process of its own.
const QUESTIONS: usize = 2_000;

#[test]
fn two_units_join_and_confirm_each_other() {
    let (shillong, guwahati) = (Bench::new(), Bench::new());
    let address = format!("/ip4/127.0.0.1/tcp/{}", free_port());
    shillong.init(&["--found", "AHTU Shillong", "--address", &address, "--duty-contact", "Duty officer, +91 364 000 0101"]).ok();
    guwahati.init(&["--name", "AHTU Guwahati"]).ok();

    // The inviter runs already; the newcomer decides first and runs afterwards.
    let inviter = shillong.run();
    let identity = line(&guwahati.with_key(&["identity"]).ok(), "icmc-unit-1:");
    let invitation = line(&shillong.without_key(&["peers", "invite", &identity]).ok(), "icmc-invite-1:");
    shillong.without_key(&["peers", "join", &invitation]).refused("belongs to a federation already");
    assert!(guwahati.with_key(&["peers", "join", &invitation]).ok().contains("AHTU Shillong"));

    let nodes = [inviter, guwahati.run()];
    let id = |unit: &Bench, name: &str| {
        (0..QUESTIONS).find_map(|_| {
            let listed = unit.without_key(&["peers", "list"]).ok();
            listed.lines().find(|line| line.contains(name)).and_then(|line| line.split(' ').next()).map(str::to_owned)
        })
    };
    let guwahati_id = id(&shillong, "AHTU Guwahati").expect("the newcomer is a member");
    let shillong_id = id(&guwahati, "AHTU Shillong").expect("the newcomer knows its inviter");

    let here = words(&shillong.without_key(&["peers", "confirm", &guwahati_id]).ok());
    let there = words(&guwahati.without_key(&["peers", "confirm", &shillong_id[..4]]).ok());
    assert_eq!(here, there, "both ends hear the same words");
    let mut wrong: Vec<&str> = here.split(' ').collect();
    wrong.reverse();
    shillong.without_key(&["peers", "confirm", &guwahati_id, "--words", &wrong.join(" ")]).refused("nothing was confirmed");
    assert!(shillong.without_key(&["peers", "list"]).ok().contains("not confirmed"));

    let once = shillong.without_key(&["peers", "confirm", &guwahati_id, "--words", &there.to_uppercase()]).ok();
    assert!(once.contains("confirmed here"), "{once}");
    guwahati.without_key(&["peers", "confirm", &shillong_id, "--words", &here]).ok();
    for (unit, name) in [(&shillong, "AHTU Guwahati"), (&guwahati, "AHTU Shillong")] {
        let confirmed = |_: usize| {
            let listed = unit.without_key(&["peers", "list"]).ok();
            listed.lines().any(|line| line.contains(name) && line.contains("  confirmed  "))
        };
        assert!((0..QUESTIONS).any(confirmed), "{name} is confirmed on both sides");
    }
    restored(&guwahati, &shillong_id, nodes);
}

/// Guwahati's folder is put back from a backup: it waits for Shillong, and no longer once the two have met.
fn restored(guwahati: &Bench, shillong: &str, nodes: [crate::bench::Running; 2]) {
    let [inviter, newcomer] = nodes;
    guwahati.with_key(&["mark-restored"]).refused("another icmc uses this folder");
    assert!(newcomer.terminate().success());
    assert!(guwahati.with_key(&["mark-restored"]).ok().contains("Marked"));
    assert!(guwahati.with_key(&["peers", "list"]).ok().contains("locked after the restore"));
    guwahati.with_key(&["peers", "confirm", shillong]).ok();

    let newcomer = guwahati.run();
    let open = |_: usize| !guwahati.without_key(&["peers", "list"]).ok().contains("locked");
    assert!((0..QUESTIONS).any(open), "Shillong has shown what it holds");
    guwahati.without_key(&["peers", "release", shillong]).refused("waits for nothing");
    assert!(newcomer.terminate().success());

    // Marked again, and not waited for.
    guwahati.with_key(&["mark-restored"]).ok();
    assert!(guwahati.with_key(&["peers", "release", shillong]).ok().contains("AHTU Shillong"));
    assert!(!guwahati.with_key(&["peers", "list"]).ok().contains("locked"));
    assert!(inviter.terminate().success());
}

fn line(said: &str, prefix: &str) -> String {
    said.lines().find(|line| line.starts_with(prefix)).unwrap().to_owned()
}

/// The first indented line of eight words.
fn words(said: &str) -> String {
    let is_words = |line: &&str| line.starts_with("  ") && line.split_whitespace().count() == 8;
    said.lines().find(is_words).unwrap().trim().to_owned()
}
