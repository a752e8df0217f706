//! The person behind a request, as the store had it when the request came.
//! Not proof of a right: that is a `Grant`.

use super::Role;
use crate::accounts::AccountId;
use serde::Serialize;

/// Who asks. Made from the account's row for each request, so that a change of role holds at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// What the person types to sign in.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What the account is for.
    pub role: Role,
    /// Until the password is changed nothing else is allowed.
    pub must_change_password: bool,
}
