//! Signing in and out.
//! Not the session itself: that is the service's.

use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as};
use super::shell::Shell;
use super::{Pairs, Told};
use crate::paths;
use crate::security::session;
use crate::state::AppState;
use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use icmc_node::sessions::SessionKind;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::net::SocketAddr;

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignInPage {
    shell: Shell,
    sign_in: String,
    next: String,
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    next: Option<String>,
}

/// `GET /sign-in`.
pub(super) async fn page(State(state): State<AppState>, Query(next): Query<Next>, Query(told): Query<Told>) -> Reply {
    let shell = Shell::outside(&state.config, state.service.node.now(), "Sign in").saying(told.said.as_deref());
    Ok(render(&SignInPage { shell, sign_in: String::new(), next: next.next.unwrap_or_default() }))
}

/// `POST /sign-in`.
pub(super) async fn enter(
    State(state): State<AppState>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let shell = Shell::outside(&state.config, state.service.node.now(), "Sign in");
    let address = from.map(|Extension(ConnectInfo(from))| from.ip().to_string()).unwrap_or_default();
    let password = SecretString::from(posted.raw("password").to_owned());
    match state.service.sign_in_from(posted.one("sign_in"), password, SessionKind::Browser, &address).await {
        Ok(signed_in) => {
            let to = if signed_in.actor.must_change_password { paths::password() } else { session::next(posted.one("next")) };
            let cookie = session::cookie(state.config.unit, &SecretString::from(signed_in.token.expose_secret().to_owned()));
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(to)).into_response())
        }
        Err(error) => {
            let faults = refusal(error).map_err(|error| shell.oops(error))?;
            let shell = shell.with_faults(faults);
            let page = SignInPage { shell, sign_in: posted.one("sign_in").to_owned(), next: posted.one("next").to_owned() };
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// `POST /sign-out`. Cookies of other units on the same host stay.
pub(super) async fn leave(State(state): State<AppState>, headers: HeaderMap) -> Reply {
    if let Some(token) = session::token(&state, &headers) {
        let shell = Shell::outside(&state.config, state.service.node.now(), "Sign in");
        state.service.sign_out(token.expose_secret()).await.map_err(|error| shell.oops(error))?;
    }
    let clear = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    let cookie = (header::SET_COOKIE, session::no_cookie(state.config.unit));
    Ok(([clear, cookie], Redirect::to(&format!("{}?said=out", paths::sign_in()))).into_response())
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template {
    SignInPage { shell, sign_in: text.to_owned(), next: text.to_owned() }
}
