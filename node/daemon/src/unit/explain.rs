//! Why a node did not start, in a sentence that names what the person can change.
//! Most reasons have one already; this is for the ports.

use anyhow::anyhow;
use core::error::Error;
use icmc_node::runtime::StartError;
use std::io;
use std::net::SocketAddr;

/// For what `Node::start` refused.
pub(super) fn explain(error: StartError, listen: &[String]) -> anyhow::Error {
    match &error {
        StartError::Net(net) if in_use(net) => {
            let address = listen.join(" or ");
            anyhow!("the network address {address} is in use by another program: end it, or change `listen` in config.toml")
        }
        _ => error.into(),
    }
}

/// For an address of the pages that could not be taken.
pub(super) fn pages(error: io::Error, http: SocketAddr) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow!("the address {http} is in use by another program: end it, or give another with --http")
        }
        _ => anyhow::Error::new(error).context(format!("the pages cannot be shown at {http}")),
    }
}

/// Whether a taken address is at the bottom of it; transports wrap such errors several times.
fn in_use(error: &(dyn Error + 'static)) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|io| io.kind() == io::ErrorKind::AddrInUse)
        || io.and_then(io::Error::get_ref).is_some_and(|inner| in_use(inner))
        || error.source().is_some_and(in_use)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_address_is_found_at_any_depth() {
        let taken = || io::Error::from(io::ErrorKind::AddrInUse);
        assert!(in_use(&taken()));
        assert!(in_use(&io::Error::other(io::Error::other(taken()))));
        assert!(in_use(&*anyhow::Error::new(taken()).context("could not listen").into_boxed_dyn_error()));
        assert!(!in_use(&io::Error::other(io::Error::from(io::ErrorKind::PermissionDenied))));
    }

    #[test]
    fn the_sentence_names_the_address() {
        let http = SocketAddr::from(([127, 0, 0, 1], 7701));
        let said = pages(io::Error::from(io::ErrorKind::AddrInUse), http).to_string();
        assert!(said.starts_with("the address 127.0.0.1:7701 is in use"), "{said}");
    }
}
