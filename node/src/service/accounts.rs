//! Who may sign in: listing, adding, resetting, disabling, roles; and everybody's own password.
//! An administrator can start a reset, but never chooses or learns a password that lasts.

use super::audit::audited;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::accounts::{self, Account, AccountId, NewAccount, ONE_TIME_LIFE, OneTimePassword, PasswordHash, Role, check_password};
use crate::audit::actions;
use crate::clock::SystemRng;
use crate::service::setup::{checked, free};
use crate::sessions::end_all;
use icmc_protocol::machine::{Txn, View};
use icmc_protocol::time::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

/// An account as its administrator sees it.
#[derive(Debug, Clone, Serialize)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// What the person types.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Cannot sign in.
    pub disabled: bool,
    /// Has not chosen a password yet.
    pub must_change_password: bool,
    /// When it was added.
    pub created: Timestamp,
}

/// Somebody who can work on a case.
#[derive(Debug, Clone, Serialize)]
pub struct Colleague {
    /// The account.
    pub id: AccountId,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}

impl Service {
    /// Every account, by sign-in name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for whoever is not an administrator.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<AccountView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ACCOUNTS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManageAccounts, Unit)?;
            audited(txn, &by, actions::ACCOUNTS_LISTED, "")?;
            listed(txn)
        })
        .await
    }

    /// Those who can be put on a case's team, by name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for whoever puts nobody on a team.
    pub async fn colleagues(&self, actor: &Actor) -> Result<Vec<Colleague>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ACCOUNTS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::SetTeam, Unit)?;
            audited(txn, &by, actions::ACCOUNTS_LISTED, "")?;
            let works = |account: &Account| !account.disabled && account.role != Role::Administrator;
            let all = accounts::all(txn)?.into_iter().filter(|(_, account)| works(account));
            let mut colleagues: Vec<_> = all.map(|(id, Account { name, role, .. })| Colleague { id, name, role }).collect();
            colleagues.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(colleagues)
        })
        .await
    }

    /// Adds an account and gives the password for its first sign-in.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] for a name that cannot be used.
    pub async fn add_account(&self, actor: &Actor, new: NewAccount) -> Result<OneTimePassword, ServiceError> {
        let (by, wanted) = (actor.clone(), new.clone());
        // Before the costly part, and again in the step that writes.
        self.step(actor, actions::ACCOUNT_ADDED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManageAccounts, Unit)?;
            free(txn, &checked(wanted)?)
        })
        .await?;
        let (password, hash) = self.one_time().await?;
        let by = actor.clone();
        self.step(actor, actions::ACCOUNT_ADDED, "", move |txn| add(txn, &by, new, hash).map(|_| ())).await?;
        Ok(password)
    }

    /// Ends an account's sessions and gives a new password for one sign-in.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown account.
    pub async fn reset_account(&self, actor: &Actor, id: AccountId) -> Result<OneTimePassword, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ACCOUNT_RESET, id, move |txn| other(txn, &by, id).map(|_| ())).await?;
        let (password, hash) = self.one_time().await?;
        let by = actor.clone();
        self.step(actor, actions::ACCOUNT_RESET, id, move |txn| reset(txn, &by, id, hash)).await?;
        Ok(password)
    }

    /// Gives an account another role, at once.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for one's own account.
    pub async fn set_role(&self, actor: &Actor, id: AccountId, role: Role) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ACCOUNT_ROLE, id, move |txn| set_role(txn, &by, id, role)).await
    }

    /// Keeps an account from signing in, at once.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for one's own account.
    pub async fn disable_account(&self, actor: &Actor, id: AccountId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ACCOUNT_DISABLED, id, move |txn| set_disabled(txn, &by, id, true)).await
    }

    /// Lets a disabled account sign in again.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown account.
    pub async fn enable_account(&self, actor: &Actor, id: AccountId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ACCOUNT_ENABLED, id, move |txn| set_disabled(txn, &by, id, false)).await
    }

    /// Gives oneself a new password and ends all one's sessions: sign in again with the new one.
    ///
    /// # Errors
    /// [`ServiceError::WrongCredentials`] if `current` is wrong; [`ServiceError::Fields`] if `new` cannot be used.
    pub async fn change_password(&self, actor: &Actor, current: SecretString, new: SecretString) -> Result<(), ServiceError> {
        check_password(&new, &actor.sign_in).map_err(|fault| ServiceError::request("new", fault))?;
        if new.expose_secret() == current.expose_secret() {
            return Err(ServiceError::request("new", "another password than the present one"));
        }
        let attempt = self.attempt(&actor.sign_in, "")?;
        let account = accounts::find(&self.node.snapshot()?, actor.account)?.ok_or(ServiceError::NotSignedIn)?;
        let right = self.hashing.matches(account.hash.clone(), current).await?;
        let hash = if right { Some(self.hashing.hash(new).await?) } else { None };
        let by = actor.clone();
        let changed = self.node.act(move |txn| change(txn, &by, &account.hash, hash)).await?;
        if !changed {
            return Err(ServiceError::WrongCredentials);
        }
        self.succeeded(&attempt);
        Ok(())
    }

    async fn one_time(&self) -> Result<(OneTimePassword, PasswordHash), ServiceError> {
        let password = OneTimePassword::random(&mut SystemRng);
        let hash = self.hashing.hash(password.0.clone()).await?;
        Ok((password, hash))
    }
}

pub(super) fn listed(view: &dyn View) -> Result<Vec<AccountView>, ServiceError> {
    let view_of = |(id, account): (AccountId, Account)| {
        let Account { sign_in, name, role, disabled, must_change_password, created, .. } = account;
        AccountView { id, sign_in, name, role, disabled, must_change_password, created }
    };
    let mut views: Vec<_> = accounts::all(view)?.into_iter().map(view_of).collect();
    views.sort_by(|a, b| a.sign_in.cmp(&b.sign_in));
    Ok(views)
}

pub(super) fn add(txn: &mut Txn<'_>, actor: &Actor, new: NewAccount, hash: PasswordHash) -> Result<AccountId, ServiceError> {
    let _: Grant<Unit> = authorize(txn, actor, Action::ManageAccounts, Unit)?;
    let NewAccount { sign_in, name, role } = checked(new)?;
    free(txn, &NewAccount { sign_in: sign_in.clone(), name: name.clone(), role })?;
    let password_until = Some(txn.now.plus(ONE_TIME_LIFE));
    let created = txn.now;
    let id = accounts::create(
        txn,
        &Account { sign_in, name, role, hash, must_change_password: true, password_until, disabled: false, created },
    );
    audited(txn, actor, actions::ACCOUNT_ADDED, id)?;
    Ok(id)
}

/// An account that an administrator may change: any but the own one, so that one administrator always remains.
fn other(view: &dyn View, actor: &Actor, id: AccountId) -> Result<Account, ServiceError> {
    let _: Grant<Unit> = authorize(view, actor, Action::ManageAccounts, Unit)?;
    if id == actor.account {
        return Err(ServiceError::Refused("this is your own account: another administrator has to do that".to_owned()));
    }
    accounts::find(view, id)?.ok_or(ServiceError::NotFound)
}

pub(super) fn reset(txn: &mut Txn<'_>, actor: &Actor, id: AccountId, hash: PasswordHash) -> Result<(), ServiceError> {
    let account = other(txn, actor, id)?;
    let password_until = Some(txn.now.plus(ONE_TIME_LIFE));
    Account { hash, must_change_password: true, password_until, ..account }.put(txn, id);
    end_all(txn, id)?;
    Ok(audited(txn, actor, actions::ACCOUNT_RESET, id)?)
}

pub(super) fn set_role(txn: &mut Txn<'_>, actor: &Actor, id: AccountId, role: Role) -> Result<(), ServiceError> {
    let account = other(txn, actor, id)?;
    Account { role, ..account }.put(txn, id);
    end_all(txn, id)?;
    Ok(audited(txn, actor, actions::ACCOUNT_ROLE, id)?)
}

pub(super) fn set_disabled(txn: &mut Txn<'_>, actor: &Actor, id: AccountId, disabled: bool) -> Result<(), ServiceError> {
    let account = other(txn, actor, id)?;
    Account { disabled, ..account }.put(txn, id);
    end_all(txn, id)?;
    Ok(audited(txn, actor, if disabled { actions::ACCOUNT_DISABLED } else { actions::ACCOUNT_ENABLED }, id)?)
}

/// Takes the new hash if the checked one still stands; otherwise, or without one, writes the failure down.
pub(super) fn change(
    txn: &mut Txn<'_>,
    actor: &Actor,
    checked: &PasswordHash,
    new: Option<PasswordHash>,
) -> Result<bool, ServiceError> {
    let account = accounts::find(txn, actor.account)?.filter(|account| account.hash == *checked && !account.disabled);
    let (Some(account), Some(hash)) = (account, new) else {
        audited(txn, actor, actions::SIGN_IN_FAILED, actor.account)?;
        return Ok(false);
    };
    Account { hash, must_change_password: false, password_until: None, ..account }.put(txn, actor.account);
    end_all(txn, actor.account)?;
    audited(txn, actor, actions::PASSWORD_CHANGED, actor.account)?;
    Ok(true)
}
