//! A unit in this process with a clock that the test moves: its node on the real network, its pages on their real port.
//! Not a process of its own; whatever needs to be killed is.

use super::Unit;
use anyhow::{Context, Result};
use icmc::config::Config;
use icmc::story::Api;
use icmc_node::clock::{Clock, SystemClock};
use icmc_node::runtime::{DOCUMENT_MAX, Node, NodeConfig};
use icmc_node::service::{Service, ServiceHooks};
use icmc_node::vault::KeySource;
use icmc_protocol::time::Timestamp;
use icmc_web_ui::WebConfig;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The computer's clock, ahead by what the test moved it.
#[derive(Debug, Default)]
pub struct MovedClock(AtomicU64);

impl MovedClock {
    /// Moves on by a span in milliseconds.
    pub fn advance(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(self.0.load(Ordering::SeqCst))
    }
}

/// A unit at work in this process.
#[derive(Debug)]
pub struct Moved {
    node: Node,
    end: oneshot::Sender<()>,
    pages: JoinHandle<Result<()>>,
    /// Its people's side.
    pub api: Api,
}

impl Moved {
    /// Starts a unit that does not run as a process, and signs its nodal officer in.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start(unit: &Unit, clock: Arc<MovedClock>) -> Result<Self> {
        let config = Config::load(&unit.dir)?;
        let hooks = Arc::new(ServiceHooks::default());
        let node = Node::start(NodeConfig {
            dir: unit.dir.clone(),
            key: KeySource::KeyFile(unit.key_file.clone()),
            listen: config.listen.clone(),
            clock,
            hooks: hooks.clone(),
            document_max: DOCUMENT_MAX,
        })
        .await?;
        let service: Service = hooks.service(node.clone(), &unit.dir);
        let listener = TcpListener::bind(config.http).await?;
        let router =
            icmc_web_ui::router(service.clone(), WebConfig::of(&service, listener.local_addr()?).context("it is not set up")?);
        let (end, ended) = oneshot::channel::<()>();
        let pages = tokio::spawn(async move {
            let ended = async {
                // A dropped sender means the same.
                let _ = ended.await;
            };
            Ok(icmc_web_ui::serve(listener, router, ended).await?)
        });
        Ok(Self { node, end, pages, api: Api::sign_in(&unit.access()).await? })
    }

    /// Ends it; its folder and its ports are free again then.
    ///
    /// # Errors
    /// If its pages failed.
    pub async fn stop(self) -> Result<()> {
        // The pages may have ended by themselves.
        let _ = self.end.send(());
        self.pages.await??;
        self.node.stop().await;
        Ok(())
    }
}
