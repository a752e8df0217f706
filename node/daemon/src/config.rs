//! `config.toml` in the data folder: where to listen and where the pages are.
//! Nothing secret and nothing about cases.

use anyhow::{Context, Result};
use icmc_node::runtime::DOCUMENT_MAX;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::Path;

/// What `init` writes and `run` reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the network listens, as multiaddresses.
    pub listen: Vec<String>,
    /// Where the pages are.
    pub http: SocketAddr,
    /// Most MiB of one document.
    #[serde(default = "document_max_mib")]
    pub document_max_mib: u64,
}

/// What a unit takes that has chosen nothing.
pub fn document_max_mib() -> u64 {
    DOCUMENT_MAX / MIB
}

const MIB: u64 = 1024 * 1024;

const FILE: &str = "config.toml";

impl Config {
    /// Most bytes of one document.
    pub const fn document_max(&self) -> u64 {
        self.document_max_mib.saturating_mul(MIB)
    }

    /// Reads it.
    pub fn load(dir: &Path) -> Result<Self> {
        let file = dir.join(FILE);
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("there is no node in {}: set one up with `icmc init`", dir.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not as expected", file.display()))
    }

    /// Writes it.
    pub fn store(&self, dir: &Path) -> Result<()> {
        let file = dir.join(FILE);
        std::fs::write(&file, toml::to_string(self)?).with_context(|| format!("{} cannot be written", file.display()))
    }
}
