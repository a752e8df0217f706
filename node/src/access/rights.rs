//! `roles.toml`, compiled in and read once.
//! Decides nothing: `authorize` does.

use super::{Action, Role};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Which cases a role can reach at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reach {
    None,
    Own,
    All,
}

/// What one role may do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rights {
    pub(super) cases: Reach,
    pub(super) may: BTreeSet<Action>,
}

static ROLES: LazyLock<BTreeMap<Role, Rights>> =
    LazyLock::new(|| toml::from_str(include_str!("roles.toml")).expect("roles.toml is compiled in and read by the tests"));

/// The rights of a role; none for a role that the file leaves out.
pub(super) fn of(role: Role) -> Option<&'static Rights> {
    ROLES.get(&role)
}
