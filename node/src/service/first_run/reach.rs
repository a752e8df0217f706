//! Where other units reach a new node: what a person types, as the network's own addresses.
//! Not the network itself; names of hosts are not looked up.

use crate::service::ServiceError;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// Where a node listens if nobody says otherwise.
const PORT: u16 = 7711;

/// Where a node listens, and what the others are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Where to listen, as a multiaddress.
    pub listen: String,
    /// Where the others reach it, as multiaddresses; none for a node that only dials.
    pub addresses: Vec<String>,
}

/// From `203.0.113.5:7711`, or without a port, or nothing.
///
/// # Errors
/// [`ServiceError::Fields`] for anything else, and if another program listens there.
pub fn reach(typed: &str) -> Result<Reach, ServiceError> {
    let fault = |expected: &str| ServiceError::request("address", expected);
    let typed = typed.trim();
    let told = match (typed.parse::<SocketAddr>(), typed.parse::<IpAddr>()) {
        _ if typed.is_empty() => None,
        (Ok(socket), _) => Some(socket),
        (_, Ok(ip)) => Some(SocketAddr::new(ip, PORT)),
        _ => return Err(fault("an IP address and a port, for example 203.0.113.5:7711; or nothing")),
    };
    if told.is_some_and(|told| told.ip().is_unspecified() || told.port() == 0) {
        return Err(fault("an address that others can dial, not 0.0.0.0 and not port 0"));
    }
    let listen = match told {
        // Nobody outside is meant to get in.
        Some(told) if told.ip().is_loopback() => told,
        Some(told) if told.is_ipv6() => SocketAddr::from((Ipv6Addr::UNSPECIFIED, told.port())),
        Some(told) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, told.port())),
        None => SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT)),
    };
    if let Err(error) = TcpListener::bind(listen)
        && error.kind() == ErrorKind::AddrInUse
    {
        let port = listen.port();
        return Err(fault(&format!("another port: {port} is in use by another program on this computer")));
    }
    Ok(Reach { listen: multiaddress(listen), addresses: told.map(multiaddress).into_iter().collect() })
}

fn multiaddress(socket: SocketAddr) -> String {
    let kind = if socket.is_ipv4() { "ip4" } else { "ip6" };
    format!("/{kind}/{}/tcp/{}", socket.ip(), socket.port())
}
