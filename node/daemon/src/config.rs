//! `config.toml` in the data folder: where to listen and where the pages are.
//! Nothing secret and nothing about cases.

use anyhow::{Context, Result, bail};
use icmc_node::runtime::DOCUMENT_MAX;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What `init` writes and `run` reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the network listens, as multiaddresses.
    pub listen: Vec<String>,
    /// Where the pages are.
    pub http: SocketAddr,
    /// Members may be reached through this node: for a unit with an open address and bandwidth to spare.
    #[serde(default)]
    pub relay: bool,
    /// Units through which this node is reached when its network lets nobody in: their ids, or the beginnings.
    #[serde(default)]
    pub relays: Vec<String>,
    /// Most MiB of one document.
    #[serde(default = "document_max_mib")]
    pub document_max_mib: u64,
    /// Language of the pages, by its code.
    #[serde(default = "language")]
    pub language: String,
    /// The folder that was chosen for backups, tried out at set-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<PathBuf>,
}

/// What a unit takes that has chosen nothing.
fn document_max_mib() -> u64 {
    DOCUMENT_MAX / MIB
}

/// The only one there is today.
fn language() -> String {
    "en".to_owned()
}

const MIB: u64 = 1024 * 1024;

/// Fewest digits of a unit id that name a unit.
const UNIT: usize = 8;

const FILE: &str = "config.toml";

impl Config {
    /// What a new unit begins with.
    pub fn new(listen: Vec<String>, http: SocketAddr) -> Self {
        Self {
            listen,
            http,
            relay: false,
            relays: Vec::new(),
            document_max_mib: document_max_mib(),
            language: language(),
            backup: None,
        }
    }

    /// Most bytes of one document.
    pub const fn document_max(&self) -> u64 {
        self.document_max_mib.saturating_mul(MIB)
    }

    /// Reads it.
    pub fn load(dir: &Path) -> Result<Self> {
        let file = dir.join(FILE);
        let text = std::fs::read_to_string(&file).with_context(|| {
            format!("there is no node in {}: set one up with `icmc init`, or with `icmc run` on an empty folder", dir.display())
        })?;
        let config: Self = toml::from_str(&text).with_context(|| format!("{} is not as expected", file.display()))?;
        let is_unit = |id: &String| id.len() >= UNIT && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if let Some(wrong) = config.relays.iter().find(|id| !is_unit(id)) {
            bail!("{}: relays: {wrong:?} is no unit id, see `icmc peers list`", file.display());
        }
        Ok(config)
    }

    /// Writes it.
    pub fn store(&self, dir: &Path) -> Result<()> {
        let file = dir.join(FILE);
        std::fs::write(&file, toml::to_string(self)?).with_context(|| format!("{} cannot be written", file.display()))
    }
}
