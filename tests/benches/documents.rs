//! How fast documents travel between two processes beside a bare libp2p exchange of the same sizes, and what a cut wire costs.
//! Printed beside the bars, nothing asserted. ICMC_LONG=1 takes 256 MiB through the cut wire instead of 32.

use anyhow::{Context, Result, ensure};
use futures::{AsyncReadExt as _, AsyncWriteExt as _, StreamExt as _};
use icmc::story::{Api, until};
use icmc_protocol::documents::{CHUNK, SEALED_MAX};
use icmc_tests::documents::{case, contents, file, share, upload};
use icmc_tests::figures::{is_measuring, tell};
use icmc_tests::link::Link;
use icmc_tests::process::{Output, Process};
use icmc_tests::units::{Federation, Key};
use libp2p::request_response::{self, Codec, Message, ProtocolSupport};
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, StreamProtocol, Swarm, SwarmBuilder, noise, tcp, yamux};
use std::io;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::Instant;

const MIB: usize = 1024 * 1024;
/// Of the comparison: so much that beginning and asking whether it is there are no part of the rate.
const SIZE: usize = 384 * MIB;
/// Requests at once, as many as a node has.
const IN_FLIGHT: usize = 6;
const SERVE: &str = "--serve-bare";
const LISTENS: &str = "listening at ";
/// Time between two cuts.
const CUT: Duration = Duration::from_secs(3);

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match std::env::args().nth(1).as_deref() {
        Some(SERVE) => runtime.block_on(serve()),
        _ if !is_measuring() => Ok(()),
        _ => runtime.block_on(measure()),
    }
}

async fn measure() -> Result<()> {
    // Before and after, since the machine is not equally fast all the time.
    let before = bare().await?;
    let documents = documents().await?;
    let after = bare().await?;
    let bare = (before + after) / 2.0;
    tell("bare libp2p requests of 240 KiB, loopback", &format!("{before:.0} and {after:.0} MiB/s"), "");
    tell(
        "document between two processes, loopback",
        &format!("{documents:.0} MiB/s, {:.2} of bare", documents / bare),
        ">= 0.4 of bare",
    );
    cut().await
}

async fn documents() -> Result<f64> {
    let federation = Federation::three().await?;
    let guwahati = Api::sign_in(&federation.access().guwahati).await?;
    let shillong = Api::sign_in(&federation.access().shillong).await?;
    let case = case(&guwahati).await?;
    let begun = Instant::now();
    let document = upload(&guwahati, &case, "photo", "scan.pdf", contents(SIZE, 1)).await?;
    tell("document into a case", &format!("{:.0} MiB/s", rate(SIZE, begun)), "");
    share(&guwahati, &shillong, &case).await?;
    // Nothing is fetched before the share is accepted, which is done now.
    let begun = Instant::now();
    arrived(&shillong, &case, &document).await?;
    Ok(rate(SIZE, begun))
}

/// A wire that is cut again and again, at some 4 MiB a second.
async fn cut() -> Result<()> {
    let size = if std::env::var_os("ICMC_LONG").is_some() { 256 * MIB } else { 32 * MIB };
    let (federation, links) = Federation::linked().await?;
    let guwahati = Api::sign_in(&federation.access().guwahati).await?;
    let shillong = Api::sign_in(&federation.access().shillong).await?;
    let bytes = contents(size, 2);
    let case = case(&guwahati).await?;
    let document = upload(&guwahati, &case, "photo", "scan.pdf", bytes.clone()).await?;
    links.iter().for_each(|link| link.slow(true));
    let carried = || links.iter().map(Link::carried).sum::<u64>();
    share(&guwahati, &shillong, &case).await?;
    let (before, begun, mut last, mut cuts) = (carried(), Instant::now(), Instant::now(), 0);
    let processes = [federation.unit(Key::Guwahati).process_id()?, federation.unit(Key::Shillong).process_id()?];
    let mut seen = processes.map(|_| Vec::new());
    while file(&shillong, &case, &document).await?["state"] != "here" {
        for (process, seen) in processes.iter().zip(&mut seen) {
            seen.push(resident(*process)?);
        }
        if last.elapsed() >= CUT {
            links.iter().for_each(Link::cut);
            (last, cuts) = (Instant::now(), cuts + 1);
        }
        ensure!(begun.elapsed() < Duration::from_secs(1200), "the document did not arrive");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let equal = shillong.download(&format!("/cases/{case}/documents/{document}")).await? == bytes;
    tell(
        &format!("{} MiB over a wire cut every 3 s", size / MIB),
        &format!(
            "{} after {:.0} s and {cuts} cuts, {:.2} of its bytes carried",
            if equal { "equal" } else { "NOT EQUAL" },
            begun.elapsed().as_secs_f64(),
            (carried() - before) as f64 / size as f64
        ),
        "equal",
    );
    for (who, seen) in ["served", "fetched"].iter().zip(seen) {
        let (least, most) = seen.iter().fold((f64::MAX, 0.0_f64), |(least, most), one| (one.min(least), one.max(most)));
        tell(&format!("resident memory of whoever {who}"), &format!("{least:.0} to {most:.0} MiB"), "within 40 MiB");
    }
    Ok(())
}

async fn arrived(api: &Api, case: &str, document: &str) -> Result<()> {
    until("the document", || async { Ok((file(api, case, document).await?["state"] == "here").then_some(())) }).await
}

fn rate(bytes: usize, begun: Instant) -> f64 {
    (bytes / MIB) as f64 / begun.elapsed().as_secs_f64()
}

/// Resident memory of a process in MiB.
fn resident(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kib / 1024.0)
}

/// Asks a second process for as many bytes by nothing but libp2p.
async fn bare() -> Result<f64> {
    let output = Output::default();
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(SERVE);
    let mut process = Process::start("bare", command, &output)?;
    let said = process.says("\n", Duration::from_secs(20)).await?;
    let address: Multiaddr = said.lines().find_map(|line| line.strip_prefix(LISTENS)).context("no address")?.trim().parse()?;
    let mut swarm = swarm()?;
    swarm.dial(address)?;
    let peer = loop {
        if let SwarmEvent::ConnectionEstablished { peer_id, .. } = swarm.select_next_some().await {
            break peer_id;
        }
    };
    let begun = Instant::now();
    let (mut left, mut open) = (SIZE.div_ceil(CHUNK), 0);
    while left > 0 || open > 0 {
        while left > 0 && open < IN_FLIGHT {
            swarm.behaviour_mut().send_request(&peer, vec![0; 80]);
            (left, open) = (left - 1, open + 1);
        }
        match swarm.select_next_some().await {
            SwarmEvent::Behaviour(request_response::Event::Message { message: Message::Response { response, .. }, .. }) => {
                ensure!(response.len() == SEALED_MAX, "a short answer");
                open -= 1;
            }
            SwarmEvent::Behaviour(request_response::Event::OutboundFailure { error, .. }) => return Err(error.into()),
            _ => {}
        }
    }
    let rate = rate(SIZE, begun);
    process.kill().await?;
    Ok(rate)
}

/// The second process: answers everything with as many bytes as a chunk has.
async fn serve() -> Result<()> {
    let mut swarm = swarm()?;
    swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse()?)?;
    let answer = contents(SEALED_MAX, 3);
    loop {
        match swarm.select_next_some().await {
            SwarmEvent::NewListenAddr { address, .. } => tell(&format!("{LISTENS}{address}"), "", ""),
            SwarmEvent::Behaviour(request_response::Event::Message { message: Message::Request { channel, .. }, .. }) => {
                // Whoever asked may have gone.
                let _ = swarm.behaviour_mut().send_response(channel, answer.clone());
            }
            _ => {}
        }
    }
}

fn swarm() -> Result<Swarm<request_response::Behaviour<Frames>>> {
    let config = request_response::Config::default();
    let protocol = [(StreamProtocol::new("/bare/1"), ProtocolSupport::Full)];
    Ok(SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|_| request_response::Behaviour::with_codec(Frames, protocol, config))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(60)))
        .build())
}

/// Four bytes of length, then the bytes.
#[derive(Debug, Clone, Copy)]
struct Frames;

impl Codec for Frames {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: futures::AsyncRead + Unpin + Send,
    {
        read(io).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: futures::AsyncRead + Unpin + Send,
    {
        read(io).await
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, bytes: Vec<u8>) -> io::Result<()>
    where
        T: futures::AsyncWrite + Unpin + Send,
    {
        write(io, &bytes).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, bytes: Vec<u8>) -> io::Result<()>
    where
        T: futures::AsyncWrite + Unpin + Send,
    {
        write(io, &bytes).await
    }
}

async fn read(io: &mut (impl futures::AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    io.read_exact(&mut length).await?;
    let mut bytes = vec![0; (u32::from_be_bytes(length) as usize).min(MIB)];
    io.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn write(io: &mut (impl futures::AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    io.write_all(&length.to_be_bytes()).await?;
    io.write_all(bytes).await?;
    io.flush().await
}
