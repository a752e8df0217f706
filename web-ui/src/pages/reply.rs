//! From a page to a response, and from a refusal to a page that says what to do.
//! What went wrong inside shows no detail here: `security::errors` gives it a number.

use super::shell::{Fault, Shell};
use crate::paths;
use crate::security::session;
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use icmc_node::service::ServiceError;

/// What a handler of a page gives.
pub(crate) type Reply = Result<Response, Oops>;

/// A reply in place of the page that was asked for.
#[derive(Debug)]
pub(crate) struct Oops(Box<Response>);

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl From<Response> for Oops {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

#[derive(Template)]
#[template(path = "pages/error.html")]
struct ErrorPage {
    shell: Shell,
    heading: &'static str,
    what: String,
    advice: &'static str,
    status: u16,
}

/// The page as a response.
pub(crate) fn render(page: &impl Template) -> Response {
    render_as(StatusCode::OK, page)
}

/// The page with another status.
pub(crate) fn render_as(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// After a form: to the page that shows what became of it.
pub(crate) fn to(address: &str, said: &str) -> Response {
    let (path, anchor) = address.split_once('#').map_or((address, None), |(path, anchor)| (path, Some(anchor)));
    let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
    Redirect::to(&format!("{path}?said={said}{anchor}")).into_response()
}

/// A sentence of the service with a capital and a full stop.
pub(crate) fn sentence(error: &ServiceError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// What can be shown above the form that was sent: the faults of a request, or why it was refused. Other errors are given back.
pub(crate) fn refusal(error: ServiceError) -> Result<Vec<Fault>, ServiceError> {
    match error {
        ServiceError::Fields(faults) => Ok(faults
            .into_iter()
            .map(|fault| {
                let name = icmc_protocol::dictionary::Dictionary::builtin()
                    .field(&fault.kind, &fault.field)
                    .map(|field| field.label.clone());
                let name = name.unwrap_or_else(|| fault.field.replace('_', " "));
                Fault {
                    field: (fault.kind == "request").then(|| format!("f-{}", fault.field)),
                    text: format!("{name}: expected {}", fault.expected),
                }
            })
            .collect()),
        ServiceError::Refused(_) | ServiceError::Busy(_) | ServiceError::WrongCredentials => {
            Ok(vec![Fault { field: None, text: sentence(&error) }])
        }
        other => Err(other),
    }
}

impl Shell {
    /// The reply for an error that this page has no place for.
    pub(crate) fn oops(&self, error: ServiceError) -> Oops {
        let (status, heading, advice) = match &error {
            ServiceError::NotSignedIn | ServiceError::SessionExpired => return session::to_sign_in(None).into(),
            ServiceError::Internal => return StatusCode::INTERNAL_SERVER_ERROR.into_response().into(),
            ServiceError::WrongCredentials | ServiceError::Forbidden(_) => {
                (StatusCode::FORBIDDEN, "Not for you", "If you need this for your work, ask the nodal officer of your unit.")
            }
            ServiceError::NotFound => (
                StatusCode::NOT_FOUND,
                "Nothing here",
                "It may have been removed, or its access may have ended. Search for it, or go back.",
            ),
            ServiceError::Fields(_) => (StatusCode::UNPROCESSABLE_ENTITY, "This was not saved", "Go back and correct it."),
            ServiceError::Refused(_) => {
                (StatusCode::CONFLICT, "This was not done", "Go back and load the page again to see how things stand.")
            }
            ServiceError::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, "Not now", "Wait a moment and try again."),
        };
        let what = sentence(&error);
        let faults = if let ServiceError::Fields(_) = error { refusal(error).unwrap_or_default() } else { Vec::new() };
        let shell = Self { title: heading.to_owned(), faults, ..self.clone() };
        render_as(status, &ErrorPage { shell, heading, what, advice, status: status.as_u16() }).into()
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;

    pub(in crate::pages) fn sample(shell: Shell) -> impl Template {
        ErrorPage { shell, heading: "Nothing here", what: "There is nothing here.".to_owned(), advice: "Go back.", status: 404 }
    }
}
