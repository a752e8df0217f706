//! One unit's node as a library: store, keys, network, case work, service.
//! No HTTP and no HTML: those are `icmc-web-ui`.

pub mod clock;
mod disk;
pub mod net;
pub mod runtime;
pub mod store;
pub mod vault;
