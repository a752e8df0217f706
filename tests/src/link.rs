//! A wire between two units that can be cut: it carries bytes of TCP either way, counts them, and drops all connections when told.
//! It changes no byte; what it carries is encrypted.

use anyhow::Result;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Debug, Default)]
struct Carried {
    bytes: AtomicU64,
    slow: AtomicBool,
}

/// A wire to one unit's network port.
#[derive(Debug)]
pub struct Link {
    carried: Arc<Carried>,
    cut: Arc<watch::Sender<u64>>,
}

impl Link {
    /// Listens on `port` and carries to `to`, both of this computer.
    ///
    /// # Errors
    /// If the port is taken.
    pub async fn open(port: u16, to: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let (carried, cut) = (Arc::new(Carried::default()), Arc::new(watch::Sender::new(0)));
        let link = Self { carried: carried.clone(), cut: cut.clone() };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await else { continue };
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                tokio::spawn(carry(near_in, far_out, carried.clone(), cut.subscribe()));
                tokio::spawn(carry(far_in, near_out, carried.clone(), cut.subscribe()));
            }
        });
        Ok(link)
    }

    /// Bytes carried so far, both ways.
    #[must_use]
    pub fn carried(&self) -> u64 {
        self.carried.bytes.load(Ordering::Relaxed)
    }

    /// Drops every connection now. New ones are carried.
    pub fn cut(&self) {
        self.cut.send_modify(|times| *times += 1);
    }

    /// Carries some 4 MiB a second each way from now on, so that there is time to cut, or as fast as it can.
    pub fn slow(&self, slow: bool) {
        self.carried.slow.store(slow, Ordering::Relaxed);
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, carried: Arc<Carried>, mut cut: watch::Receiver<u64>) {
    cut.mark_unchanged();
    let mut part = vec![0; 64 * 1024];
    loop {
        let read = tokio::select! {
            _ = cut.changed() => return,
            read = from.read(&mut part) => read,
        };
        let Ok(read @ 1..) = read else { return };
        if carried.slow.load(Ordering::Relaxed) {
            // The pace of a slow line, not a wait for something.
            tokio::time::sleep(Duration::from_micros(read as u64 / 4)).await;
        }
        if to.write_all(&part[..read]).await.is_err() {
            return;
        }
        carried.bytes.fetch_add(read as u64, Ordering::Relaxed);
    }
}
