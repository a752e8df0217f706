//! The server on a real socket: slow heads, an end with open streams.
//! Not what it serves.

use crate::site::{NODAL, Site};
use icmc_web_ui::WebConfig;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Server {
    site: Site,
    address: SocketAddr,
    end: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
}

async fn server() -> Server {
    let site = Site::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = icmc_web_ui::router(site.service.clone(), WebConfig::of(&site.service, address).unwrap());
    let (end, ended) = oneshot::channel::<()>();
    let running = tokio::spawn(icmc_web_ui::serve(listener, router, async {
        let _ = ended.await;
    }));
    Server { site, address, end, running }
}

async fn send(address: SocketAddr, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).await.unwrap();
        assert!(read > 0, "ended after {text:?}");
        text.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    text
}

#[tokio::test]
async fn it_ends_at_once_although_a_stream_is_open() {
    let server = server().await;
    let browser = server.site.browser(NODAL).await;
    let head = format!("GET /events HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n", server.address, browser.cookie);
    let mut stream = send(server.address, &head).await;
    until(&mut stream, "text/event-stream").await;
    server.end.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), server.running).await.expect("it ends").unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection_and_blocks_nobody() {
    let server = server().await;
    let mut slow = send(server.address, "GET /healthz HTTP/1.1\r\nHost: ").await;
    let mut quick =
        send(server.address, &format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address)).await;
    assert!(until(&mut quick, "ok").await.starts_with("HTTP/1.1 200"));
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), slow.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection stays open");
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}
