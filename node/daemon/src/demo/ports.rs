//! Whether the ports of the demo are free, before anything is made.

use anyhow::{Result, bail};
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// The first port of the units' pages, and of their network, counted from the start page's.
pub(super) const PAGES: u16 = 1;
pub(super) const NETWORK: u16 = 11;

/// A clear sentence for the first port that is taken.
pub(super) async fn check(port: u16) -> Result<()> {
    let needed = [0, PAGES, PAGES + 1, PAGES + 2, NETWORK, NETWORK + 1, NETWORK + 2];
    for port_needed in needed.map(|offset| port + offset) {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port_needed)).await.is_err() {
            bail!("port {port_needed} is in use: end what uses it, or choose others with --port");
        }
    }
    Ok(())
}
