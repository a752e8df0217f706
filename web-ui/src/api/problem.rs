//! What the API answers when it does not do what was asked: RFC 9457, with the field and what is expected there.
//! No value that was sent comes back in it.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use icmc_node::service::ServiceError;
use icmc_protocol::dictionary::FieldError;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

/// One field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Which: `person.birth` for a field of the dictionary, `persons[0].ref` for a place in the request.
    #[schema(example = "person.birth")]
    pub field: String,
    /// What may stand there.
    #[schema(example = "a date like 1984, 1984-05 or 1984-05-31")]
    pub expected: String,
}

/// `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// A name for this sort of problem, to compare with.
    #[serde(rename = "type")]
    #[schema(example = "urn:icmc:problem:fields")]
    pub kind: String,
    /// The same for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// All fields at fault; empty if it is not about fields.
    pub errors: Vec<FieldProblem>,
}

/// Every refusal looks like this. 401: no session. 403: not in the role's rights. 404: not there, or not for you.
/// 409: not in the present state. 413, 415: too large, not JSON. 422: fields, all faults at once. 429: wait.
#[derive(Debug, IntoResponses)]
#[expect(dead_code, reason = "stands for the refusals in the document; handlers answer with a problem")]
pub(super) enum Refusals {
    /// Nothing was done.
    #[response(status = "4XX", content_type = "application/problem+json")]
    Refused(Problem),
    /// A fault here; nothing was saved.
    #[response(status = "5XX", content_type = "application/problem+json")]
    Failed(Problem),
}

impl Problem {
    /// A problem of this status.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let (kind, title) = match status {
            StatusCode::BAD_REQUEST => ("malformed", "The request is not well-formed"),
            StatusCode::UNAUTHORIZED => ("unauthenticated", "Not signed in"),
            StatusCode::FORBIDDEN => ("forbidden", "Not allowed"),
            StatusCode::NOT_FOUND => ("not-found", "Not there"),
            StatusCode::METHOD_NOT_ALLOWED => ("method", "Other method"),
            StatusCode::REQUEST_TIMEOUT => ("timeout", "Too slow"),
            StatusCode::CONFLICT => ("state", "Not possible now"),
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "Too large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media-type", "Not JSON"),
            StatusCode::MISDIRECTED_REQUEST => ("host", "Not this node"),
            StatusCode::UNPROCESSABLE_ENTITY => ("fields", "Fields cannot be taken as they are"),
            StatusCode::TOO_MANY_REQUESTS => ("busy", "Too many requests"),
            _ => ("internal", "Something went wrong"),
        };
        Self {
            kind: format!("urn:icmc:problem:{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// Fields at fault.
    #[must_use]
    pub fn fields(errors: Vec<FieldProblem>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: expected {}", one.field, one.expected),
            several => format!("{} of the fields cannot be taken as they are; nothing was saved", several.len()),
        };
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    /// One field at fault.
    #[must_use]
    pub fn field(field: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::fields(vec![FieldProblem { field: field.into(), expected: expected.into() }])
    }

    /// Not there, or not for this person.
    #[must_use]
    pub fn not_found() -> Self {
        ServiceError::NotFound.into()
    }
}

/// A field of the dictionary by kind and name; a fault of the request itself by its place alone.
fn field_problem(fault: FieldError) -> FieldProblem {
    let field = if fault.kind == "request" { fault.field } else { format!("{}.{}", fault.kind, fault.field) };
    FieldProblem { field, expected: fault.expected }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let status = match error {
            ServiceError::Fields(faults) => return Self::fields(faults.into_iter().map(field_problem).collect()),
            ServiceError::NotSignedIn | ServiceError::SessionExpired | ServiceError::WrongCredentials => StatusCode::UNAUTHORIZED,
            ServiceError::Forbidden(_) => StatusCode::FORBIDDEN,
            ServiceError::NotFound => StatusCode::NOT_FOUND,
            ServiceError::Refused(_) => StatusCode::CONFLICT,
            ServiceError::Busy(_) => StatusCode::TOO_MANY_REQUESTS,
            ServiceError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_the_field_and_what_is_expected() {
        let fault = |kind: &str, field: &str| FieldError {
            kind: kind.to_owned(),
            field: field.to_owned(),
            expected: "a date".to_owned(),
        };
        let one = Problem::from(ServiceError::Fields(vec![fault("person", "birth")]));
        assert_eq!((one.status, one.detail.as_str()), (422, "person.birth: expected a date"));
        let two = Problem::from(ServiceError::Fields(vec![fault("person", "birth"), fault("request", "days")]));
        let fields: Vec<_> = two.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["person.birth", "days"]);
    }

    #[test]
    fn it_is_served_as_a_problem() {
        let response = Problem::from(ServiceError::NotSignedIn).into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    }
}
