//! The three running units of the demo, and how one is switched off and on.

use super::units::{self, UNITS};
use super::{federation, mark, ports, seed};
use crate::config::Config;
use crate::story::{Switch, UnitAccess, Units};
use crate::unit::{self, RunningUnit};
use anyhow::{Context, Result};
use icmc_node::clock::SystemRng;
use icmc_node::vault::{KeySource, create_key_file};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Three units, some of them running.
pub(super) struct World {
    dir: PathBuf,
    port: u16,
    running: [Option<RunningUnit>; 3],
}

impl World {
    /// Starts what is in the folder, or makes it first.
    pub(super) async fn start(dir: &Path, port: u16) -> Result<Self> {
        let fresh = mark::is_fresh(dir)?;
        let mut world = Self { dir: dir.to_owned(), port, running: [None, None, None] };
        if fresh {
            for (index, demo) in (0u16..).zip(&UNITS) {
                let folder = dir.join(demo.key);
                std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
                let key_file = dir.join(demo.key).with_extension("key");
                if !key_file.exists() {
                    create_key_file(&key_file, &mut SystemRng).context("a key file cannot be made")?;
                }
                unit::create(&folder, &KeySource::KeyFile(key_file), &demo.setup(index, port))?;
            }
        }
        for index in 0..UNITS.len() {
            world.on(index).await?;
        }
        if fresh {
            let units = world.access();
            federation::form(&units).await?;
            seed::fill(&units).await?;
            mark::complete(dir)?;
        }
        Ok(world)
    }

    /// How to reach the units.
    pub(super) fn access(&self) -> Units {
        let access = |index: u16| UNITS[usize::from(index)].access(index, self.port);
        Units { shillong: access(0), guwahati: access(1), kathmandu: access(2) }
    }

    async fn on(&mut self, index: usize) -> Result<()> {
        if self.running[index].is_some() {
            return Ok(());
        }
        let offset = u16::try_from(index).unwrap_or_default();
        let demo = &UNITS[index];
        let pages = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port + ports::PAGES + offset));
        let config = Config::new(vec![units::network(offset, self.port)], pages);
        let key = KeySource::KeyFile(self.dir.join(demo.key).with_extension("key"));
        let running =
            unit::start(&self.dir.join(demo.key), &key, &config).await.with_context(|| format!("{} did not start", demo.name))?;
        self.running[index] = Some(running);
        Ok(())
    }

    /// Starts a unit by its key; an unknown key does nothing.
    pub(super) async fn switch_on(&mut self, key: &str) -> Result<()> {
        match UNITS.iter().position(|unit| unit.key == key) {
            Some(index) => self.on(index).await,
            None => Ok(()),
        }
    }

    /// Ends a unit by its key.
    pub(super) async fn switch_off(&mut self, key: &str) {
        if let Some(running) = UNITS.iter().position(|unit| unit.key == key).and_then(|index| self.running[index].take()) {
            running.stop().await;
        }
    }

    /// Ends all of them.
    pub(super) async fn stop(&mut self) {
        for running in &mut self.running {
            if let Some(running) = running.take() {
                running.stop().await;
            }
        }
    }
}

impl Switch for World {
    async fn off(&mut self, unit: &UnitAccess) -> Result<()> {
        if let Some(demo) = UNITS.iter().find(|demo| demo.name == unit.name) {
            self.switch_off(demo.key).await;
        }
        Ok(())
    }

    async fn on(&mut self, unit: &UnitAccess) -> Result<()> {
        match UNITS.iter().find(|demo| demo.name == unit.name) {
            Some(demo) => self.switch_on(demo.key).await,
            None => Ok(()),
        }
    }
}
