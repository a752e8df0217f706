//! Only requests that name this node as their host: another site whose name was pointed here (DNS rebinding) gets nothing.
//! Not a protection against whoever calls the address directly.

use super::errors;
use crate::state::{AppState, WebConfig};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header, uri::Authority};
use axum::middleware::Next;
use axum::response::Response;

/// Lets a request through if its host is known.
pub async fn known(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match host(&request) {
        Some(host) if is_known(&state.config, host) => next.run(request).await,
        _ => errors::reply(
            request.uri().path(),
            StatusCode::MISDIRECTED_REQUEST,
            "This address does not belong to this node. Open it by the address that the node printed when it started.",
        ),
    }
}

/// The host that a request names, if it names one and only one.
pub(crate) fn host(request: &Request) -> Option<&str> {
    let mut headers = request.headers().get_all(header::HOST).iter();
    let host = headers.next()?.to_str().ok()?;
    let consistent = request.uri().authority().is_none_or(|authority| authority.as_str() == host);
    (headers.next().is_none() && consistent).then_some(host)
}

/// Whether this node is called so.
pub(crate) fn is_known(config: &WebConfig, host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    if host.contains('@') {
        return false;
    }
    if config.names.iter().any(|name| name.eq_ignore_ascii_case(host)) {
        return true;
    }
    let port = authority.port_u16().unwrap_or(80);
    let name = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let unspecified = config.bind.ip().is_unspecified();
    let is_address = !unspecified && name == config.bind.ip().to_string();
    // A listener on all addresses is also on these.
    let is_local = name == "localhost" || (unspecified && (name == "127.0.0.1" || name == "::1"));
    port == config.bind.port() && (is_address || is_local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use icmc_protocol::ids::UnitId;

    fn config(bind: &str) -> WebConfig {
        WebConfig {
            bind: bind.parse().unwrap(),
            names: vec!["records.unit.example".to_owned()],
            unit: UnitId([7; 32]),
            unit_name: "Unit".to_owned(),
            colour: "#0B4F6C".to_owned(),
            demo: false,
            zone: "UTC".to_owned(),
        }
    }

    #[test]
    fn the_bound_address_localhost_and_configured_names_are_known() {
        let config = config("127.0.0.1:7701");
        for host in ["127.0.0.1:7701", "localhost:7701", "LOCALHOST:7701", "records.unit.example"] {
            assert!(is_known(&config, host), "{host}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        let config = config("127.0.0.1:7701");
        for host in [
            "127.0.0.1:7702",
            "127.0.0.1",
            "evil.example:7701",
            "localhost.evil.example:7701",
            "x@localhost:7701",
            "records.unit.example:7701",
            "",
            "local host",
        ] {
            assert!(!is_known(&config, host), "{host}");
        }
    }

    #[test]
    fn a_listener_on_all_addresses_knows_no_foreign_one() {
        let config = config("0.0.0.0:7701");
        assert!(is_known(&config, "127.0.0.1:7701") && is_known(&config, "[::1]:7701"));
        assert!(!is_known(&config, "0.0.0.0:7701") && !is_known(&config, "192.0.2.1:7701"));
    }
}
