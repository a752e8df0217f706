//! Ports of this computer that nobody listens on, below those that the system gives to outgoing connections.
//! Free at the moment of asking: the units take them right after.

use anyhow::{Result, bail};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

const FIRST: u16 = 12_000;
const LAST: u16 = 31_000;
/// Ports between the beginnings of two blocks: as many as a demo spans, with room.
const BLOCK: u16 = 20;

/// Counts blocks within one test program.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// The first of consecutive ports that are all free.
///
/// # Errors
/// If there is no such block.
pub fn block() -> Result<u16> {
    let blocks = (LAST - FIRST) / BLOCK;
    // Two test programs at the same time begin at different places.
    let own = u16::try_from(std::process::id() % u32::from(blocks)).unwrap_or_default();
    for _ in 0..blocks {
        let turn = NEXT.fetch_add(1, Ordering::Relaxed) % blocks;
        let port = FIRST + ((own + turn) % blocks) * BLOCK;
        if (port..port + BLOCK).all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()) {
            return Ok(port);
        }
    }
    bail!("no {BLOCK} free ports in a row between {FIRST} and {LAST}")
}
