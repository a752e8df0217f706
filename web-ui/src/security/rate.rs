//! Turns away addresses that ask too often; the buckets are in `state`.
//! Growing delays for wrong passwords are the service's; this bounds the work that a stranger can cause.

use super::errors;
use crate::paths;
use crate::state::AppState;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::time::Instant;

/// Lets a request through, or answers 429.
pub async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let sign_in = request.method() == Method::POST && (path == paths::sign_in() || path == paths::API_SESSION);
    if state.limiter.take(group(address(&request)), sign_in, Instant::now()) {
        return next.run(request).await;
    }
    let mut response = errors::reply(
        path,
        StatusCode::TOO_MANY_REQUESTS,
        "Too many requests from this address. Wait a few seconds and try again.",
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// Where a request came from; nowhere in tests that have no connection.
pub(crate) fn address(request: &Request) -> IpAddr {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip())
}

/// One subscriber has a whole /64 of IPv6.
fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let group_of = |text: &str| group(text.parse().unwrap());
        assert_eq!(group_of("2001:db8::1"), group_of("2001:db8::ffff:1"));
        assert_ne!(group_of("2001:db8::1"), group_of("2001:db8:0:1::1"));
        assert_eq!(group_of("::ffff:192.0.2.1"), group_of("192.0.2.1"));
    }
}
