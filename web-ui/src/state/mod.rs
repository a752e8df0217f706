//! What every handler is handed: the service, the settings of the web side, the live updates.
//! No data of a case, and nothing about who asks.

mod limiter;
mod live;

pub use limiter::Limiter;
pub use live::Live;
pub(crate) use live::Numbered;

use icmc_node::service::{Service, ServiceError, settings};
use icmc_protocol::federation::own;
use icmc_protocol::ids::UnitId;
use std::net::SocketAddr;
use std::sync::Arc;

/// How the web side of one unit is served.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// The address that the listener is bound to.
    pub bind: SocketAddr,
    /// Further names by which browsers may call it, each as `name` or `name:port`.
    pub names: Vec<String>,
    /// The unit; names the cookie, so that several nodes on one computer do not share it.
    pub unit: UnitId,
    /// The unit's name, shown on each page.
    pub unit_name: String,
    /// Of the bar on each page: `#` and six hexadecimal digits.
    pub colour: String,
    /// All people are invented, and each page says so.
    pub demo: bool,
    /// Time zone of shown times.
    pub zone: String,
}

impl WebConfig {
    /// For a unit that is set up, with what its store says of it.
    ///
    /// # Errors
    /// [`ServiceError`] if the store cannot be read or the unit is not set up.
    pub fn of(service: &Service, bind: SocketAddr) -> Result<Self, ServiceError> {
        let view = service.node.snapshot()?;
        let unit = own::load(&view)?;
        let settings = settings::load(&view)?;
        Ok(Self {
            bind,
            names: Vec::new(),
            unit: unit.unit,
            unit_name: unit.name.to_string(),
            colour: settings.colour,
            demo: settings.demo,
            zone: crate::format::DEFAULT_ZONE.to_owned(),
        })
    }
}

/// Shared by all handlers; cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// What does the work.
    pub service: Service,
    /// How it is served.
    pub config: Arc<WebConfig>,
    /// Live updates.
    pub live: Live,
    pub(crate) limiter: Arc<Limiter>,
}

impl AppState {
    /// Must be called inside a tokio runtime: live updates are gathered by a task.
    #[must_use]
    pub fn new(service: Service, config: WebConfig) -> Self {
        let live = Live::start(&service.node);
        Self { service, config: Arc::new(config), live, limiter: Arc::default() }
    }
}
