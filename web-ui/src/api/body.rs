//! From a request's body, query and address to typed values, or to a problem that names the place and what is expected there.
//! Nothing that was sent is repeated, but for names of fields.

use super::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::str::FromStr;

/// Most characters of a sent field name that come back in a problem.
const NAME_MAX: usize = 60;

/// A body of `application/json`; unknown fields are refused by the types.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the body as Content-Type: application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "send at most 1 MiB at a time"),
            _ => Problem::new(StatusCode::BAD_REQUEST, "the body could not be read to its end"),
        })?;
        parse(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let fault = error.into_inner();
        if fault.is_data() { of_data(&path, &fault.to_string()) } else { of_syntax(&fault) }
    })?;
    json.end().map_err(|fault| of_syntax(&fault))?;
    Ok(value)
}

fn of_syntax(fault: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", fault.line(), fault.column());
    let mut problem = Problem::new(StatusCode::BAD_REQUEST, format!("the body is not JSON: look at {place}"));
    problem.errors.push(super::problem::FieldProblem { field: "body".to_owned(), expected: format!("JSON; look at {place}") });
    problem
}

/// From the words of serde, without the values in them.
fn of_data(path: &str, message: &str) -> Problem {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let quoted = || {
        let name = message.split('`').nth(1).unwrap_or_default();
        name.chars().take(NAME_MAX).collect::<String>()
    };
    // Of an unknown or doubled field the path has the name already.
    let at = |name: &str| match path {
        "." => name.to_owned(),
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected).or(message.strip_prefix("expected "));
    if message.starts_with("missing field") {
        return Problem::field(at(&quoted()), "a value");
    }
    if message.starts_with("unknown field") {
        return Problem::field(at(&quoted()), format!("no such field here, but {}", expected.unwrap_or("none")));
    }
    if message.starts_with("duplicate field") {
        return Problem::field(at(&quoted()), "this field once");
    }
    let field = if path == "." { "body" } else { path };
    Problem::field(field, expected.unwrap_or("another value"))
}

/// The query of an address.
#[derive(Debug)]
pub(super) struct Params<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri).map(|Query(value)| Self(value)).map_err(|rejection| {
            let text = rejection.body_text();
            let message = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            match message.split_once(": ") {
                Some((field, message)) => of_data(field, message),
                None => of_data(".", message),
            }
        })
    }
}

/// A password in a body, kept from logs from here on.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// An id out of an address. What is no id is not there.
pub(super) fn id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

#[cfg(test)]
mod tests {
    use super::*;
    use icmc_node::service::model::{ChangeRequest, NewCase};

    fn fault<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> (u16, String, String) {
        let problem = parse::<T>(json.as_bytes()).unwrap_err();
        (problem.status, problem.errors[0].field.clone(), problem.errors[0].expected.clone())
    }

    #[test]
    fn a_fault_in_json_names_its_place() {
        assert_eq!(fault::<NewCase>(r#"{"persons":[{"person":7}]}"#), (422, "persons[0].person".into(), "a map".into()));
        assert_eq!(fault::<NewCase>("{"), (400, "body".into(), "JSON; look at line 1, column 1".into()));
        assert_eq!(fault::<NewCase>("{} {}").0, 400, "something follows");
        let (status, field, expected) = fault::<NewCase>(r#"{"persons":[{"nmae":{}}]}"#);
        assert_eq!((status, field.as_str()), (422, "persons[0].nmae"));
        assert!(expected.contains("`names`"), "{expected}");
        let (_, field, expected) = fault::<ChangeRequest>(r#"{"entity":"00"}"#);
        assert_eq!((field.as_str(), expected.as_str()), ("entity", "32 hexadecimal digits"));
    }

    #[test]
    fn no_value_comes_back() {
        for json in [r#"{"persons":"Geheim"}"#, r#"{"persons":[{"names":["Geheim"]}]}"#, r#"{"case":"Geheim"}"#] {
            let problem = parse::<NewCase>(json.as_bytes()).unwrap_err();
            assert!(!serde_json::to_string(&problem).unwrap().contains("Geheim"), "{problem:?}");
        }
    }

    #[test]
    fn only_json_is_taken() {
        let of = |sent: &str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, sent.parse().unwrap())]));
        assert!(of("application/json") && of("Application/JSON; charset=utf-8"));
        assert!(
            !of("text/plain")
                && !of("application/x-www-form-urlencoded")
                && !of("application/jsonx")
                && !is_json(&HeaderMap::new())
        );
    }
}
