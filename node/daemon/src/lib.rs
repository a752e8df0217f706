//! The executable of a node as a library, so that tests and `main` share it: command line, configuration, wiring.
//! No logic of cases, and none of the protocol.

pub mod cli;
pub mod config;
pub mod control;
pub mod demo;
pub mod identity;
pub mod init;
pub mod output;
pub mod passphrase;
pub mod peers;
pub mod run;
pub mod story;
pub mod unit;
pub mod users;

/// An error and its causes in one line. A cause that the line ends with already is not said twice.
#[must_use]
pub fn sentence(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |line, cause| match cause.to_string() {
        cause if line.is_empty() => cause,
        cause if line.ends_with(&cause) => line,
        cause => format!("{line}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn causes_are_said_once_and_in_their_order() {
        let error = anyhow!("the disk is full").context("nothing was saved: the disk is full").context("icmc cannot go on");
        assert_eq!(sentence(&error), "icmc cannot go on: nothing was saved: the disk is full");
    }
}
