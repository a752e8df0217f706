//! A router that remembers its methods and addresses, so that a test can hold them against the document.
//! Not a router of pages.

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{delete, get, post, put};

/// Routes of the API with their table.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    router: Router<AppState>,
    table: Vec<(Method, &'static str)>,
}

macro_rules! methods {
    ($($name:ident = $method:ident),+) => {
        $(pub(super) fn $name<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, handler: H) -> Self {
            self.add(Method::$method, path, $name(handler))
        })+
    };
}

impl Routes {
    methods!(get = GET, post = POST, put = PUT, delete = DELETE);

    /// One address that lists, and takes files of any length: the handler counts the bytes.
    pub(super) fn upload<L, T, U, V>(mut self, path: &'static str, list: L, upload: U) -> Self
    where
        L: Handler<T, AppState>,
        T: 'static,
        U: Handler<V, AppState>,
        V: 'static,
    {
        self.table.extend([(Method::GET, path), (Method::POST, path)]);
        let handlers = get(list).merge(post(upload).layer(DefaultBodyLimit::disable()));
        Self { router: self.router.route(path, handlers), table: self.table }
    }

    fn add(mut self, method: Method, path: &'static str, handler: axum::routing::MethodRouter<AppState>) -> Self {
        self.table.push((method, path));
        Self { router: self.router.route(path, handler), table: self.table }
    }

    /// Both.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.table.extend(other.table);
        Self { router: self.router.merge(other.router), table: self.table }
    }

    /// The router alone.
    pub(super) fn into_router(self) -> Router<AppState> {
        self.router
    }

    /// The table alone.
    pub(super) fn into_table(self) -> Vec<(Method, &'static str)> {
        self.table
    }
}
