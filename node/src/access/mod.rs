//! Who may do what with which object: `authorize` gives a grant for that one object, and what `roles.toml` does not list is refused.
//! Not who somebody is: that is `accounts` and `sessions`.

mod action;
mod actor;
mod authorize;
mod case_access;
mod rights;

#[cfg(test)]
mod tests;

pub use crate::accounts::Role;
pub use action::Action;
pub use actor::Actor;
pub use authorize::{Denied, Grant, Object, Unit, authorize};
pub use case_access::{CaseAccess, TEAM_MAX, case_access, sees};
