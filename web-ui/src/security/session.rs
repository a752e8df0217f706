//! The browser's session: its cookie, who is behind it, and where somebody is sent who has none.
//! The session itself is the service's; the API's bearer token is in `api`.

use super::errors;
use crate::paths;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use icmc_node::access::Actor;
use icmc_node::service::ServiceError;
use icmc_node::sessions::SessionKind;
use icmc_protocol::ids::UnitId;
use secrecy::{ExposeSecret as _, SecretString};

/// Most bytes of the address to return to after signing in.
const NEXT_MAX: usize = 512;

/// Who asks for a page, and the secret that forms of this session carry.
/// As an argument of a handler it sends everybody else to the sign-in page.
#[derive(Clone)]
pub struct SignedIn {
    /// Who.
    pub actor: Actor,
    /// What each form of this session carries in the field `csrf`.
    pub csrf: String,
}

impl core::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SignedIn({:?})", self.actor.account)
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let path = parts.uri.path();
        // A page that a script fetched for live updates was asked for by no person.
        let touch = !parts.headers.contains_key(LIVE);
        match current(state, &parts.headers, touch).await {
            Ok(signed_in) if signed_in.actor.must_change_password && path != paths::password() && path != paths::sign_out() => {
                Err(Redirect::to(paths::password()).into_response())
            }
            Ok(signed_in) => Ok(signed_in),
            Err(ServiceError::NotSignedIn | ServiceError::SessionExpired) => {
                let here = parts.uri.path_and_query().map(|both| both.as_str());
                Err(to_sign_in(here.filter(|_| parts.method == Method::GET)))
            }
            Err(ServiceError::Busy(why)) => Err(errors::reply(path, StatusCode::SERVICE_UNAVAILABLE, why)),
            Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        }
    }
}

/// What the script of live updates says of its requests: they do not keep a session alive.
const LIVE: &str = "x-icmc-live";

/// Who is behind the cookie of a request.
///
/// # Errors
/// [`ServiceError::NotSignedIn`] or [`ServiceError::SessionExpired`], if not that something failed.
pub async fn current(state: &AppState, headers: &HeaderMap, touch: bool) -> Result<SignedIn, ServiceError> {
    let token = token(state, headers).ok_or(ServiceError::NotSignedIn)?;
    let (actor, csrf) = state.service.actor(token.expose_secret(), SessionKind::Browser, touch).await?;
    Ok(SignedIn { actor, csrf })
}

/// The token in the cookie of this unit, if there is exactly one.
#[must_use]
pub fn token(state: &AppState, headers: &HeaderMap) -> Option<SecretString> {
    let name = cookie_name(state.config.unit);
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name);
    let (_, value) = found.next()?;
    found.next().is_none().then(|| SecretString::from(value.to_owned()))
}

fn cookie_name(unit: UnitId) -> String {
    format!("icmc-{}", unit.short())
}

/// The header `Set-Cookie` that begins a session.
#[must_use]
pub fn cookie(unit: UnitId, token: &SecretString) -> HeaderValue {
    let text = format!("{}={}; HttpOnly; SameSite=Strict; Path=/", cookie_name(unit), token.expose_secret());
    let mut value = HeaderValue::from_str(&text).expect("a name and hexadecimal digits are a header's value");
    value.set_sensitive(true);
    value
}

/// The header `Set-Cookie` that ends it in the browser.
#[must_use]
pub fn no_cookie(unit: UnitId) -> HeaderValue {
    let text = format!("{}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0", cookie_name(unit));
    HeaderValue::from_str(&text).expect("a name is a header's value")
}

/// To the sign-in page, and from there back to an address of ours.
#[must_use]
pub fn to_sign_in(here: Option<&str>) -> Response {
    let to = match here.map(next).filter(|next| *next != paths::today()) {
        Some(next) => {
            let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
            format!("{}?{query}", paths::sign_in())
        }
        None => paths::sign_in().to_owned(),
    };
    Redirect::to(&to).into_response()
}

/// The address to go to after signing in: the one asked for if it is a page of ours, else the first page.
#[must_use]
pub fn next(asked: &str) -> &str {
    let plain = asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && asked.len() <= NEXT_MAX;
    let path = asked.split(['?', '#']).next().unwrap_or_default();
    let is_page = path != paths::sign_in() && path != paths::sign_out() && path != paths::events() && !paths::is_api(path);
    let own = asked.starts_with('/') && !asked.starts_with("//");
    if plain && own && is_page { asked } else { paths::today() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_named_for_the_unit_and_kept_from_scripts_and_other_sites() {
        let text = cookie(UnitId([0xab; 32]), &SecretString::from("00ff"));
        assert_eq!(text, "icmc-abababab=00ff; HttpOnly; SameSite=Strict; Path=/");
        assert!(no_cookie(UnitId([0xab; 32])).to_str().unwrap().ends_with("Max-Age=0"));
    }

    #[test]
    fn only_pages_of_ours_are_returned_to() {
        for page in ["/cases", "/cases?status=open&page=2", "/cases/00ff/edit/person/11"] {
            assert_eq!(next(page), page);
        }
        for other in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\tx",
            "evil",
            "",
            "/sign-out",
            "/events",
            "/api/v1/me",
            "/sign-in?next=/",
        ] {
            assert_eq!(next(other), "/", "{other}");
        }
    }

    #[test]
    fn somebody_without_a_session_is_sent_to_sign_in_and_back() {
        let to = to_sign_in(Some("/cases?status=open"));
        assert_eq!(to.status(), StatusCode::SEE_OTHER);
        assert_eq!(to.headers()[header::LOCATION], "/sign-in?next=%2Fcases%3Fstatus%3Dopen");
        assert_eq!(to_sign_in(Some("//evil.example")).headers()[header::LOCATION], "/sign-in");
    }
}
