//! Accounts of this unit, for its administrator: list, add, new password, role, disable.
//! An administrator never chooses a password that lasts, and sees no case.

use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::Shell;
use super::{Pairs, Told};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use icmc_node::accounts::{AccountId, NewAccount, OneTimePassword, Role};
use icmc_node::service::{AccountView, ServiceError};
use secrecy::ExposeSecret as _;

#[derive(Template)]
#[template(path = "pages/accounts.html")]
struct AccountsPage {
    shell: Shell,
    accounts: Vec<AccountView>,
    roles: [Role; 4],
    own: String,
    typed: Posted,
    /// A password that is shown once, and whose it is.
    handed: Option<(String, String)>,
}

fn shell(state: &AppState, me: &SignedIn) -> Shell {
    Shell::of(state, me, "Accounts", "accounts")
}

async fn gather(state: &AppState, me: &SignedIn, shell: Shell) -> Result<AccountsPage, ServiceError> {
    let accounts = state.service.accounts(&me.actor).await?;
    Ok(AccountsPage { shell, accounts, roles: Role::ALL, own: me.actor.sign_in.clone(), typed: Posted::default(), handed: None })
}

/// `GET /accounts`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = shell(&state, &me).saying(told.said.as_deref());
    let page = gather(&state, &me, shell.clone()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

/// `POST /accounts`.
pub(super) async fn add(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    let role = Role::from_name(posted.one("role")).unwrap_or(Role::ReadOnly);
    let new = NewAccount { sign_in: posted.one("sign_in").to_owned(), name: posted.one("name").to_owned(), role };
    match state.service.add_account(&me.actor, new).await {
        Ok(password) => handed(&state, &me, posted.one("sign_in"), &password).await,
        Err(error) => {
            let shell = shell(&state, &me);
            let faults = refusal(error).map_err(|error| shell.oops(error))?;
            let page = gather(&state, &me, shell.clone().with_faults(faults)).await.map_err(|error| shell.oops(error))?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &AccountsPage { typed: posted, ..page }))
        }
    }
}

/// `POST /accounts/{account}/{step}`: reset, role, disable, enable.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path((account, step)): Path<(String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let service = &state.service;
    let done = async {
        let account: AccountId = account.parse().map_err(|_| ServiceError::NotFound)?;
        match step.as_str() {
            "reset" => return service.reset_account(&me.actor, account).await.map(Some),
            "role" => {
                let role =
                    Role::from_name(posted.one("role")).ok_or_else(|| ServiceError::request("role", "one of the four roles"))?;
                service.set_role(&me.actor, account, role).await?;
            }
            "disable" => service.disable_account(&me.actor, account).await?,
            "enable" => service.enable_account(&me.actor, account).await?,
            _ => return Err(ServiceError::NotFound),
        }
        Ok(None)
    };
    match done.await.map_err(|error| shell(&state, &me).oops(error))? {
        Some(password) => handed(&state, &me, posted.one("who"), &password).await,
        None => Ok(to(paths::accounts(), "account")),
    }
}

/// The page with a password that is shown this once.
async fn handed(state: &AppState, me: &SignedIn, whose: &str, password: &OneTimePassword) -> Reply {
    let shell = shell(state, me);
    let page = gather(state, me, shell.clone()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&AccountsPage { handed: Some((whose.to_owned(), password.0.expose_secret().to_owned())), ..page }))
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let account = |byte: u8| AccountView {
        id: AccountId([byte; 16]),
        sign_in: format!("{text}{byte}"),
        name: text.to_owned(),
        role: Role::Officer,
        disabled: byte == 2,
        must_change_password: false,
        created: super::samples::NOW,
    };
    let typed = Posted::from_pairs(&[("sign_in", text), ("name", text), ("role", "officer")]);
    let handed = Some((text.to_owned(), text.to_owned()));
    AccountsPage { shell, accounts: vec![account(1), account(2)], roles: Role::ALL, own: text.to_owned(), typed, handed }
}
