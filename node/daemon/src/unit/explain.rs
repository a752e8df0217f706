//! Why a node did not start, in a sentence that names what the person can change.
//! Most reasons have one already; this is for the addresses.

use anyhow::{Error, anyhow};
use icmc_node::runtime::StartError;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpListener};

/// For what `Node::start` refused.
pub(super) fn explain(error: StartError, listen: &[String]) -> Error {
    match &error {
        StartError::Net(_) => listen.iter().find_map(|address| network(address)).unwrap_or_else(|| error.into()),
        _ => error.into(),
    }
}

/// For an address of the pages that could not be taken.
pub(crate) fn pages(error: io::Error, http: SocketAddr) -> Error {
    match error.kind() {
        ErrorKind::AddrInUse => anyhow!("the address {http} is in use by another program: end it, or give another with --http"),
        _ => Error::new(error).context(format!("the pages cannot be shown at {http}")),
    }
}

/// What is wrong with an address of the network, found out by trying it: transports hide the system's error.
fn network(address: &str) -> Option<Error> {
    let error = TcpListener::bind(socket(address)?).err()?;
    Some(match error.kind() {
        ErrorKind::AddrInUse => {
            anyhow!("the network address {address} is in use by another program: end it, or change `listen` in config.toml")
        }
        _ => Error::new(error).context(format!("the network cannot listen at {address}")),
    })
}

/// `/ip4/127.0.0.1/tcp/7711` as the system has it.
fn socket(address: &str) -> Option<SocketAddr> {
    let mut parts = address.split('/').skip(1);
    let (Some("ip4" | "ip6"), Some(ip), Some("tcp"), Some(port)) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    Some(SocketAddr::new(ip.parse::<IpAddr>().ok()?, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_network_reads_them() {
        assert_eq!(socket("/ip4/127.0.0.1/tcp/7711"), Some(SocketAddr::from(([127, 0, 0, 1], 7711))));
        assert_eq!(socket("/ip6/::1/tcp/7711"), Some("[::1]:7711".parse().unwrap()));
        for other in ["", "/ip4/127.0.0.1/udp/7711", "/dns4/unit.example/tcp/7711", "127.0.0.1:7711"] {
            assert_eq!(socket(other), None, "{other}");
        }
    }

    #[test]
    fn only_what_is_taken_is_said_to_be() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("/ip4/127.0.0.1/tcp/{}", taken.local_addr().unwrap().port());
        let said = network(&address).unwrap().to_string();
        assert!(said.starts_with(&format!("the network address {address} is in use")), "{said}");
        assert!(network("/ip4/127.0.0.1/tcp/0").is_none());
    }
}
