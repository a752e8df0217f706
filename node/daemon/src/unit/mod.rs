//! One unit, made and run: the wiring of store, node, service and pages that `run`, `demo` and the commands share.
//! Not the command line, and no choice of folders or keys.

mod create;
mod explain;
mod release;
mod restore;

pub use create::{
    AccountSpec, COLOUR, CreatedUnit, Prepared, UnitSetup, check_addresses, create, is_vacant, prepare, prepare_with,
};
pub(crate) use explain::pages as explain_pages;

pub use restore::mark_restored;

use crate::config::Config;
use anyhow::{Context, Result};
use explain::explain;
use icmc_node::clock::SystemClock;
use icmc_node::runtime::{DOCUMENT_MAX, Node, NodeConfig};
use icmc_node::service::{Service, ServiceHooks};
use icmc_node::vault::KeySource;
use icmc_web_ui::WebConfig;
use release::released;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A unit at work: network, service, pages.
#[derive(Debug)]
pub struct RunningUnit {
    /// Its people's side.
    pub service: Service,
    /// Where its pages are.
    pub address: SocketAddr,
    /// Its name.
    pub name: String,
    dir: PathBuf,
    end: oneshot::Sender<()>,
    pages: JoinHandle<()>,
}

/// Starts the unit of a data folder; its pages answer when this returns.
///
/// # Errors
/// One sentence for the person at the terminal; then the folder is free again.
pub async fn start(dir: &Path, key: &KeySource, config: &Config) -> Result<RunningUnit> {
    start_at(dir, key, config, None).await
}

/// The same, with pages at a listener that is bound already if there is one.
///
/// # Errors
/// Those of [`start`].
pub async fn start_at(dir: &Path, key: &KeySource, config: &Config, listener: Option<TcpListener>) -> Result<RunningUnit> {
    let service = node(dir, key, config.listen.clone(), config.document_max()).await?;
    service.node.set_relaying(config.relay, config.relays.clone()).await;
    match pages(dir, service.clone(), config.http, listener).await {
        Ok(running) => Ok(running),
        Err(error) => {
            close(service, dir).await;
            Err(error)
        }
    }
}

/// Opens the unit of a data folder without network and pages, for one command.
///
/// # Errors
/// One sentence for the person at the terminal.
pub async fn open(dir: &Path, key: &KeySource) -> Result<Service> {
    node(dir, key, Vec::new(), DOCUMENT_MAX).await
}

/// Ends what [`open`] began, and waits until the folder is free.
pub async fn close(service: Service, dir: &Path) {
    let node = service.node.clone();
    // The node waits for its last handle elsewhere.
    drop(service);
    node.stop().await;
    if !released(dir).await {
        tracing::warn!("the data folder is still in use after the node was stopped");
    }
}

impl RunningUnit {
    /// Ends pages, network and node. When this returns the folder and the addresses are free again, also in this process.
    pub async fn stop(self) {
        let Self { service, dir, end, pages, .. } = self;
        // The task may have ended by itself.
        let _ = end.send(());
        let _ = pages.await;
        close(service, &dir).await;
    }
}

async fn node(dir: &Path, key: &KeySource, listen: Vec<String>, document_max: u64) -> Result<Service> {
    let hooks = Arc::new(ServiceHooks::default());
    let config = NodeConfig {
        dir: dir.to_owned(),
        key: key.clone(),
        listen: listen.clone(),
        clock: Arc::new(SystemClock),
        hooks: hooks.clone(),
        document_max,
    };
    let node = Node::start(config).await.map_err(|error| explain(error, &listen))?;
    Ok(hooks.service(node, dir))
}

async fn pages(dir: &Path, service: Service, http: SocketAddr, listener: Option<TcpListener>) -> Result<RunningUnit> {
    let listener = match listener {
        Some(listener) => listener,
        None => TcpListener::bind(http).await.map_err(|error| explain::pages(error, http))?,
    };
    let address = listener.local_addr().context("the pages have no address")?;
    let config = WebConfig::of(&service, address).context("this unit is not set up")?;
    let name = config.unit_name.clone();
    let router = icmc_web_ui::router(service.clone(), config);
    let (end, ended) = oneshot::channel();
    let pages = tokio::spawn(async move {
        let ended = async {
            // A dropped sender means the same.
            let _ = ended.await;
        };
        if let Err(error) = icmc_web_ui::serve(listener, router, ended).await {
            tracing::error!(%error, "the pages ended");
        }
    });
    Ok(RunningUnit { service, address, name, dir: dir.to_owned(), end, pages })
}
