//! The row of an account, and how it is found. At most [`ACCOUNTS_MAX`]: a unit is an office, not a city.
//! Who may call this is `service::accounts`' business.

use super::hash::PasswordHash;
use super::id::AccountId;
use super::role::Role;
use crate::rows::{row, rows};
use crate::store::tables;
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Most accounts of one unit, disabled ones included.
pub const ACCOUNTS_MAX: usize = 500;

/// Key: AccountId. Never deleted, so that the audit keeps its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What the person types, normalised; no two accounts have the same.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What the account is for.
    pub role: Role,
    /// The password.
    pub hash: PasswordHash,
    /// Set until the person has chosen a password.
    pub must_change_password: bool,
    /// After this instant the password opens nothing: set for one-time passwords.
    pub password_until: Option<Timestamp>,
    /// Cannot sign in.
    pub disabled: bool,
    /// When it was added.
    pub created: Timestamp,
}

impl Record for Account {
    const TABLE: Table = tables::ACCOUNTS;
}

/// What is said of a person when an account is added.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// What the person will type.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What the account is for.
    pub role: Role,
}

impl Account {
    /// Whether its password opens anything now.
    #[must_use]
    pub fn can_sign_in(&self, now: Timestamp) -> bool {
        !self.disabled && self.password_until.is_none_or(|until| now <= until)
    }

    /// Writes the row.
    pub fn put(&self, txn: &mut Txn<'_>, id: AccountId) {
        txn.put(id.as_bytes(), Scope::Master, self);
    }
}

/// Adds an account whose names were checked and whose sign-in name is free.
pub fn create(txn: &mut Txn<'_>, account: &Account) -> AccountId {
    let id = AccountId::random(txn.rng);
    account.put(txn, id);
    id
}

/// One account.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn find(view: &dyn View, id: AccountId) -> Result<Option<Account>, ViewError> {
    row(view, id.as_bytes())
}

/// Every account, in no particular order.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn all(view: &dyn View) -> Result<Vec<(AccountId, Account)>, ViewError> {
    let rows = rows::<Account>(view, &[], None, ACCOUNTS_MAX)?;
    Ok(rows.into_iter().filter_map(|(key, account)| Some((AccountId::from_slice(&key)?, account))).collect())
}

/// The account of a normalised sign-in name.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn by_sign_in(view: &dyn View, normal: &str) -> Result<Option<(AccountId, Account)>, ViewError> {
    Ok(all(view)?.into_iter().find(|(_, account)| account.sign_in == normal))
}
