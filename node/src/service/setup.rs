//! The first accounts, and the command line's way to accounts: straight on a transaction, since nobody is signed in there.
//! Whoever can call this has the data folder and its key.

use super::ServiceError;
use crate::accounts::{
    self, ACCOUNTS_MAX, Account, AccountId, NewAccount, ONE_TIME_LIFE, OneTimePassword, PasswordHash, check_name, check_password,
    check_sign_in, normal_sign_in,
};
use crate::audit::{Event, actions, append};
use crate::sessions::end_all;
use icmc_protocol::machine::{Txn, View};
use rand_core::CryptoRng;
use secrecy::SecretString;

/// The hash of a password that somebody chose. Takes a good part of a second: before the transaction.
///
/// # Errors
/// [`ServiceError::Fields`] if it cannot be used.
pub fn hash_password(sign_in: &str, password: &SecretString, rng: &mut dyn CryptoRng) -> Result<PasswordHash, ServiceError> {
    check_password(password, &normal_sign_in(sign_in)).map_err(|fault| ServiceError::request("password", fault))?;
    Ok(PasswordHash::new(password, rng)?)
}

/// A password for one sign-in and its hash. Takes a good part of a second: before the transaction.
///
/// # Errors
/// [`ServiceError::Busy`] without memory.
pub fn one_time_password(rng: &mut dyn CryptoRng) -> Result<(OneTimePassword, PasswordHash), ServiceError> {
    let password = OneTimePassword::random(rng);
    let hash = PasswordHash::new(&password.0, rng)?;
    Ok((password, hash))
}

/// The rows of this folder were put back from a backup. To be called before the node runs. `lost` if the computer on which it ran is in
/// foreign hands.
///
/// # Errors
/// [`ServiceError::Internal`] for a folder that was never set up.
pub fn mark_restored(txn: &mut Txn<'_>, lost: bool) -> Result<(), ServiceError> {
    icmc_protocol::federation::setup::mark_restored(txn, lost)?;
    append(txn, Event::new(actions::NODE_RESTORED))?;
    Ok(())
}

/// Adds an account.
///
/// # Errors
/// [`ServiceError::Fields`] for a name that cannot be used.
pub fn create_account(
    txn: &mut Txn<'_>,
    new: NewAccount,
    hash: PasswordHash,
    must_change_password: bool,
) -> Result<AccountId, ServiceError> {
    let new = checked(new)?;
    free(txn, &new)?;
    let NewAccount { sign_in, name, role } = new;
    let created = txn.now;
    let account = Account { sign_in, name, role, hash, must_change_password, password_until: None, disabled: false, created };
    let id = accounts::create(txn, &account);
    append(txn, Event::new(actions::ACCOUNT_ADDED).on(id))?;
    Ok(id)
}

/// Gives an account a password for one sign-in, ends its sessions and enables it.
///
/// # Errors
/// [`ServiceError::NotFound`] for an unknown name.
pub fn reset_account(txn: &mut Txn<'_>, sign_in: &str, hash: PasswordHash) -> Result<(), ServiceError> {
    let (id, account) = accounts::by_sign_in(txn, &normal_sign_in(sign_in))?.ok_or(ServiceError::NotFound)?;
    let password_until = Some(txn.now.plus(ONE_TIME_LIFE));
    Account { hash, must_change_password: true, password_until, disabled: false, ..account }.put(txn, id);
    end_all(txn, id)?;
    append(txn, Event::new(actions::ACCOUNT_RESET).on(id))?;
    Ok(())
}

/// The names normalised, all faults at once.
pub(super) fn checked(new: NewAccount) -> Result<NewAccount, ServiceError> {
    let new = NewAccount { sign_in: normal_sign_in(&new.sign_in), name: new.name.trim().to_owned(), role: new.role };
    let mut faults = Vec::new();
    for (field, outcome) in [("sign_in", check_sign_in(&new.sign_in)), ("name", check_name(&new.name))] {
        if let Err(ServiceError::Fields(fault)) = outcome.map_err(|fault| ServiceError::request(field, fault)) {
            faults.extend(fault);
        }
    }
    if faults.is_empty() { Ok(new) } else { Err(ServiceError::Fields(faults)) }
}

/// Whether there is room, and nobody else has the sign-in name.
pub(super) fn free(view: &dyn View, new: &NewAccount) -> Result<(), ServiceError> {
    let all = accounts::all(view)?;
    if all.iter().any(|(_, account)| account.sign_in == new.sign_in) {
        return Err(ServiceError::request("sign_in", "a name that no other account has, disabled ones included"));
    }
    if all.len() >= ACCOUNTS_MAX {
        return Err(ServiceError::Refused(format!("a unit has at most {ACCOUNTS_MAX} accounts")));
    }
    Ok(())
}
