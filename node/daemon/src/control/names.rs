//! From the beginning of an id, as a person types it, to the one thing it names.
//! Not for names of units: two may be called the same.

use anyhow::{Result, bail};
use core::fmt::Display;

/// What is being looked for, for the sentences.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    what: &'static str,
    list: &'static str,
}

pub(super) const UNIT: Kind = Kind { what: "other unit", list: "icmc peers list" };
pub(super) const CHARTER: Kind = Kind { what: "charter", list: "icmc peers propose settle" };
pub(super) const GENERATION: Kind = Kind { what: "key to be generated", list: "icmc peers keepers list" };
pub(super) const PROPOSAL: Kind = Kind { what: "proposal", list: "icmc peers approve" };

/// The only one of `all` whose id begins with what was typed.
pub(super) fn only<T, I: Display>(kind: Kind, typed: &str, all: Vec<T>, id: impl Fn(&T) -> I) -> Result<T> {
    let Kind { what, list } = kind;
    let wanted = typed.trim().to_lowercase();
    let mut found = all.into_iter().filter(|one| !wanted.is_empty() && id(one).to_string().starts_with(&wanted));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => bail!("there is no {what} whose id begins with {:?}: see `{list}`", shown(typed)),
        (Some(_), Some(_)) => {
            bail!("more than one {what} has an id that begins with {:?}: type more of it, see `{list}`", shown(typed))
        }
    }
}

/// As much of it as a sentence can carry.
fn shown(typed: &str) -> String {
    typed.trim().chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(typed: &str) -> Result<&'static str, String> {
        only(UNIT, typed, vec!["ab12", "ab34", "cd56"], |id| *id).map_err(|error| error.to_string())
    }

    #[test]
    fn the_beginning_of_one_id_is_enough_and_of_two_is_not() {
        assert_eq!(find("c"), Ok("cd56"));
        assert_eq!(find(" AB3 "), Ok("ab34"));
        let two = "more than one other unit has an id that begins with \"ab\": type more of it, see `icmc peers list`";
        assert_eq!(find("ab"), Err(two.to_owned()));
        let none = "there is no other unit whose id begins with \"ef\": see `icmc peers list`";
        assert_eq!(find("ef"), Err(none.to_owned()));
        assert!(find("").is_err() && find("ab123").is_err());
    }
}
