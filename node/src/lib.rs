//! One unit's node as a library: store, keys, network, case work, service.
//! No HTTP and no HTML: those are `icmc-web-ui`.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod blobs;
pub mod casework;
pub mod clock;
mod disk;
pub mod net;
mod rows;
pub mod runtime;
pub mod search;
pub mod service;
pub mod sessions;
pub mod store;
pub mod vault;
