//! Changing the own password; forced at the first sign-in.
//! Not its rules: those are the accounts'.

use super::Pairs;
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as};
use super::shell::{Fault, Shell};
use crate::paths;
use crate::security::session::{self, SignedIn};
use crate::state::AppState;
use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use secrecy::SecretString;

#[derive(Template)]
#[template(path = "pages/password.html")]
struct PasswordPage {
    shell: Shell,
    sign_in: String,
    forced: bool,
}

impl PasswordPage {
    fn of(shell: Shell, me: &SignedIn) -> Self {
        Self { shell, sign_in: me.actor.sign_in.clone(), forced: me.actor.must_change_password }
    }
}

/// `GET /password`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn) -> Reply {
    Ok(render(&PasswordPage::of(Shell::of(&state, &me, "Password", "more"), &me)))
}

/// `POST /password`. All sessions end with it.
pub(super) async fn change(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "Password", "more");
    let again =
        |faults| Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &PasswordPage::of(shell.clone().with_faults(faults), &me)));
    if posted.raw("new") != posted.raw("again") {
        return again(vec![Fault {
            field: Some("f-again".to_owned()),
            text: "The new password was not typed the same way twice.".to_owned(),
        }]);
    }
    let secret = |name| SecretString::from(posted.raw(name).to_owned());
    match state.service.change_password(&me.actor, secret("current"), secret("new")).await {
        Ok(()) => {
            let cookie = session::no_cookie(state.config.unit);
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&format!("{}?said=password", paths::sign_in()))).into_response())
        }
        Err(error) => again(refusal(error).map_err(|error| shell.oops(error))?),
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template {
    PasswordPage { shell, sign_in: text.to_owned(), forced: true }
}
