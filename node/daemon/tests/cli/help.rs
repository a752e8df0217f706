//! `--help` of every command explains every option: a new option cannot be forgotten.
//! Not the wording.

use crate::bench::icmc;
use clap::CommandFactory as _;
use icmc::cli::Cli;

#[test]
fn every_option_is_explained() {
    let mut cli = Cli::command();
    cli.build();
    let mut seen = 0;
    walk(&cli, &[], &mut seen);
    assert!(seen > 30, "only {seen} options were found: the walk is broken");
}

fn walk(command: &clap::Command, path: &[&str], seen: &mut usize) {
    let help = icmc(&[path, &["--help"]].concat()).ok();
    for argument in command.get_arguments() {
        let name = match argument.get_long() {
            Some(long) => format!("--{long}"),
            None => argument.get_id().to_string().to_uppercase(),
        };
        let meaning = argument.get_long_help().or_else(|| argument.get_help()).map(ToString::to_string).unwrap_or_default();
        let first = meaning.lines().next().unwrap_or_default();
        assert!(first.len() > 3, "icmc {path:?}: {name} is not explained");
        assert!(help.contains(&name), "icmc {path:?} --help leaves out {name}:\n{help}");
        // Long lines are wrapped, so a few words must do.
        let words: Vec<&str> = first.split_whitespace().take(4).collect();
        assert!(help.contains(&words.join(" ")), "icmc {path:?} --help does not explain {name}:\n{help}");
        *seen += 1;
    }
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        assert!(help.contains(sub.get_name()));
        walk(sub, &[path, &[sub.get_name()]].concat(), seen);
    }
}
