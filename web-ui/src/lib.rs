//! Pages, JSON API and static files of one unit's node.
//! No decisions: a handler reads, asks `icmc_node::service`, and renders.

pub mod api;
pub mod assets;
pub mod demo;
pub mod format;
pub mod live;
pub mod pages;
pub mod paths;
pub mod qr;
pub mod security;
pub mod server;
pub mod set_up;
pub mod state;
mod upload;

pub use server::{router, serve};
pub use state::{AppState, WebConfig};
