//! The four roles. What each may do stands in `access/roles.toml`.
//! Not for rights of a single person: there are none beside the role and the team of a case.

use serde::{Deserialize, Serialize};

/// What an account is for. Stored by position: a new role goes to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks after accounts and peers; sees no case.
    Administrator,
    /// Answers for all cases of the unit.
    NodalOfficer,
    /// Works on own cases and those of the team.
    Officer,
    /// Reads own cases and those of the team.
    ReadOnly,
}

impl Role {
    /// Every role, in the order in which a page offers them.
    pub const ALL: [Self; 4] = [Self::Administrator, Self::NodalOfficer, Self::Officer, Self::ReadOnly];

    /// As in the API, on the command line and in `access/roles.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::NodalOfficer => "nodal_officer",
            Self::Officer => "officer",
            Self::ReadOnly => "read_only",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// For people, in English.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::NodalOfficer => "Nodal officer",
            Self::Officer => "Officer",
            Self::ReadOnly => "Read only",
        }
    }
}
