//! The person behind a request, as the store had it when the request came.
//! Not proof of a right: that is a `Grant`.

use super::Role;
use crate::accounts::{Account, AccountId};
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

impl Actor {
    /// The person of an account.
    #[must_use]
    pub fn of(id: AccountId, account: &Account) -> Self {
        Self {
            account: id,
            sign_in: account.sign_in.clone(),
            name: account.name.clone(),
            role: account.role,
            must_change_password: account.must_change_password,
        }
    }

    /// Whoever sits at the computer and holds the key of the data folder: accounts and other units, no case. In the audit it is
    /// nobody's account.
    #[must_use]
    pub fn operator() -> Self {
        Self {
            account: AccountId::OPERATOR,
            sign_in: String::new(),
            name: "Operator".to_owned(),
            role: Role::Administrator,
            must_change_password: false,
        }
    }
}
