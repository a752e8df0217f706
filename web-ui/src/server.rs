//! The HTTP server of one unit: which routes there are, the limits of a connection, an end without loss.
//! What protects each request stands in `security`; TLS is not here.

use crate::security::{self, errors};
use crate::state::{AppState, WebConfig};
use crate::{api, assets, live, pages, paths};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use icmc_node::service::Service;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Most connections at a time; more wait in the system's queue.
const CONNECTIONS: usize = 512;
/// How long a browser may take for the head of a request, and stay idle between two.
const HEAD: Duration = Duration::from_secs(10);
/// Most bytes of a request's head.
const HEAD_MAX: usize = 64 * 1024;
/// How long requests in progress may still take when the server ends. Streams of live updates end with it.
const GRACE: Duration = Duration::from_secs(1);
/// Wait after a failed accept, for example when the system is out of file handles.
const PAUSE: Duration = Duration::from_millis(50);

/// All routes of one unit with everything that protects them. Must be called inside a tokio runtime.
pub fn router(service: Service, config: WebConfig) -> Router {
    let state = AppState::new(service, config);
    let routes = Router::new()
        .merge(pages::router())
        .nest(paths::API, api::router())
        .route(paths::events(), get(live::events))
        .route(paths::HEALTH, get(|| async { "ok" }))
        .merge(assets::router())
        .fallback(errors::not_found)
        .method_not_allowed_fallback(errors::method_not_allowed)
        .with_state(state.clone());
    security::protect(routes, state)
}

/// Serves until `shutdown` is done, then lets requests in progress end.
///
/// # Errors
/// If the listener's own address cannot be read.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) -> std::io::Result<()> {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let (end, ending) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        let place = tokio::select! {
            () = &mut shutdown => break,
            place = places.clone().acquire_owned() => place.map_err(std::io::Error::other)?,
        };
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, from)) => {
                let (router, ending) = (router.clone(), ending.clone());
                connections.spawn(async move {
                    connection(stream, from, router, ending).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    let _ = end.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        connections.shutdown().await;
    }
    Ok(())
}

async fn connection(stream: TcpStream, from: SocketAddr, router: Router, mut ending: watch::Receiver<bool>) {
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(from));
            router.oneshot(request).await as Result<_, Infallible>
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let outcome = tokio::select! {
        outcome = &mut connection => outcome,
        () = ended(&mut ending) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn ended(ending: &mut watch::Receiver<bool>) {
    // Without a sender the server is gone, which is an end too.
    let _ = ending.wait_for(|ending| *ending).await;
}
