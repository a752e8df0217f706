//! Three units as three processes: founded, invited, approved and confirmed by the executable's own commands.
//! The people who compare the words by telephone are played by reading what both sides print.

use super::{Place, Unit, commands};
use crate::link::Link;
use anyhow::{Result, ensure};
use icmc::story::{Switch, UnitAccess, Units, until};
use std::path::Path;
use tempfile::TempDir;

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The founder.
    Shillong,
    /// Joined with the founder's signature.
    Guwahati,
    /// Joined with the signatures of both.
    Kathmandu,
}

impl Key {
    /// In the order in which they join.
    pub const ALL: [Self; 3] = [Self::Shillong, Self::Guwahati, Self::Kathmandu];
}

/// Three running units, and more where more are wanted. Their folders go with this.
#[derive(Debug)]
pub struct Federation {
    units: [Unit; 3],
    more: Vec<Unit>,
    root: TempDir,
}

impl Federation {
    /// Three members of one federation; nobody has compared any words yet.
    ///
    /// # Errors
    /// If a command fails or a unit does not join in time.
    pub async fn joined() -> Result<Self> {
        let root = tempfile::Builder::new().prefix("icmc-").tempdir()?;
        Ok(Self::begin(root, false).await?.0)
    }

    async fn begin(root: TempDir, behind: bool) -> Result<(Self, Vec<Link>)> {
        let place = || Place { behind, ..Place::default() };
        let mut shillong = Unit::init_at(place(), root.path(), "AHTU Shillong", "SH", true).await?;
        let mut guwahati = Unit::init_at(place(), root.path(), "AHTU Guwahati", "GU", false).await?;
        let mut kathmandu = Unit::init_at(place(), root.path(), "Partner Kathmandu", "KA", false).await?;
        let mut links = Vec::new();
        for unit in [&mut shillong, &mut guwahati, &mut kathmandu] {
            if behind {
                links.push(Link::open(unit.outside(), unit.net).await?);
            }
            unit.start().await?;
            unit.accounts().await?;
        }
        join(&shillong, &guwahati, &[]).await?;
        join(&shillong, &kathmandu, &[&guwahati]).await?;
        Ok((Self { units: [shillong, guwahati, kathmandu], more: Vec::new(), root }, links))
    }

    /// Three members who have compared the words with each other.
    ///
    /// # Errors
    /// As [`Self::joined`].
    pub async fn three() -> Result<Self> {
        let federation = Self::joined().await?;
        federation.confirm_all().await?;
        Ok(federation)
    }

    /// Three members who have compared the words, each behind a link of its own, in the order of [`Key::ALL`]: two of them meet over
    /// links only, whoever dials.
    ///
    /// # Errors
    /// As [`Self::joined`], or if a port is taken.
    pub async fn linked() -> Result<(Self, [Link; 3])> {
        let root = tempfile::Builder::new().prefix("icmc-").tempdir()?;
        let (federation, links) = Self::begin(root, true).await?;
        federation.confirm_all().await?;
        let links = <[Link; 3]>::try_from(links).map_err(|_| anyhow::anyhow!("three units have three links"))?;
        Ok((federation, links))
    }

    /// Five members who have compared the words, with a blinding key of which any two of the first three units answer.
    ///
    /// # Errors
    /// As [`Self::joined`], or if the key does not come about.
    pub async fn five() -> Result<Self> {
        let mut federation = Self::three().await?;
        for (name, prefix) in [("AHTU Patna", "PA"), ("AHTU Siliguri", "SI")] {
            let mut unit = Unit::init(federation.root(), name, prefix, false).await?;
            unit.start().await?;
            unit.accounts().await?;
            let [shillong, guwahati, kathmandu] = &federation.units;
            // More than half of the members sign, the inviter among them.
            let signers = if federation.more.is_empty() { &[guwahati][..] } else { &[guwahati, kathmandu] };
            join(shillong, &unit, signers).await?;
            for member in federation.all() {
                confirm(member, &unit).await?;
            }
            federation.more.push(unit);
        }
        keep_together(&federation.units, &federation.more).await?;
        Ok(federation)
    }

    /// Every unit of it.
    pub fn all(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().chain(&self.more)
    }

    /// Everybody compares the words with everybody.
    ///
    /// # Errors
    /// If the words differ or a confirmation does not arrive.
    pub async fn confirm_all(&self) -> Result<()> {
        let [shillong, guwahati, kathmandu] = &self.units;
        for (one, other) in [(shillong, guwahati), (shillong, kathmandu), (guwahati, kathmandu)] {
            confirm(one, other).await?;
        }
        Ok(())
    }

    /// One of them.
    #[must_use]
    pub fn unit(&self, key: Key) -> &Unit {
        &self.units[key as usize]
    }

    /// One of them, to be stopped or started.
    pub fn unit_mut(&mut self, key: Key) -> &mut Unit {
        &mut self.units[key as usize]
    }

    /// Shillong and Guwahati, to be stopped or started at the same time.
    pub fn pair_mut(&mut self) -> (&mut Unit, &mut Unit) {
        let [shillong, guwahati, _] = &mut self.units;
        (shillong, guwahati)
    }

    /// The folder of all three folders.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// As the story wants them.
    #[must_use]
    pub fn access(&self) -> Units {
        let [shillong, guwahati, kathmandu] = &self.units;
        Units { shillong: shillong.access(), guwahati: guwahati.access(), kathmandu: kathmandu.access() }
    }

    fn by_name(&mut self, access: &UnitAccess) -> Result<&mut Unit> {
        let found = self.units.iter_mut().find(|unit| unit.name == access.name);
        found.ok_or_else(|| anyhow::anyhow!("there is no unit {}", access.name))
    }
}

impl Switch for Federation {
    async fn off(&mut self, unit: &UnitAccess) -> Result<()> {
        self.by_name(unit)?.stop().await
    }

    async fn on(&mut self, unit: &UnitAccess) -> Result<()> {
        self.by_name(unit)?.start().await
    }
}

/// Two members compare the words, and each hears that the other did.
///
/// # Errors
/// If the words differ or a confirmation does not arrive.
pub async fn confirm(one: &Unit, other: &Unit) -> Result<()> {
    let at_one = commands::words(&one.command(&["peers", "confirm", &peer(one, other).await?]).await?)?;
    let at_other = commands::words(&other.command(&["peers", "confirm", &peer(other, one).await?]).await?)?;
    ensure!(at_one == at_other && at_one.split(' ').count() == 8, "{} and {} read different words", one.name, other.name);
    one.command(&["peers", "confirm", &peer(one, other).await?, "--words", &at_other]).await?;
    other.command(&["peers", "confirm", &peer(other, one).await?, "--words", &at_one]).await?;
    for (here, there) in [(one, other), (other, one)] {
        until("the words to be confirmed on both sides", || async {
            Ok((row(here, there).await?.get(2).map(String::as_str) == Some("confirmed")).then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// A newcomer is invited, approved by everybody in `signers`, and becomes a member.
///
/// # Errors
/// If a command fails or it does not become a member in time.
pub async fn join(inviter: &Unit, newcomer: &Unit, signers: &[&Unit]) -> Result<()> {
    let identity = commands::text(&newcomer.command(&["identity"]).await?)?;
    let invitation = commands::text(&inviter.command(&["peers", "invite", &identity]).await?)?;
    newcomer.command(&["peers", "join", &invitation]).await?;
    for signer in signers {
        let proposal = until("the proposal", || async {
            let rows = commands::rows(&signer.command(&["peers", "approve"]).await?);
            Ok(rows
                .into_iter()
                .find(|row| row.get(1).is_some_and(|says| says.starts_with(&newcomer.name)))
                .map(|row| row[0].clone()))
        })
        .await?;
        signer.command(&["peers", "approve", &proposal]).await?;
    }
    until("the newcomer to be a member", || async { Ok((!row(newcomer, inviter).await?.is_empty()).then_some(())) }).await
}

/// The first three units generate a key that any two of them keep, more than half of the members approve it, and everybody uses it.
async fn keep_together(keepers: &[Unit; 3], others: &[Unit]) -> Result<()> {
    let [first, second, third] = keepers;
    let (at_second, at_third) = (peer(first, second).await?, peer(first, third).await?);
    first.command(&["peers", "keepers", "want", "--threshold", "2", "own", &at_second, &at_third]).await?;
    for keeper in [second, third] {
        let generation = until("the key to be wanted", || async {
            let rows = commands::rows(&keeper.command(&["peers", "keepers", "list"]).await?);
            Ok(rows.into_iter().find(|row| row.iter().any(|cell| cell.contains("waits for"))).map(|row| row[0].clone()))
        })
        .await?;
        keeper.command(&["peers", "keepers", "yes", &generation]).await?;
    }
    for member in [second, third] {
        let proposal = until("the key to be proposed", || async {
            let rows = commands::rows(&member.command(&["peers", "approve"]).await?);
            Ok(rows.into_iter().find(|row| row.len() > 1).map(|row| row[0].clone()))
        })
        .await?;
        member.command(&["peers", "approve", &proposal]).await?;
    }
    for member in keepers.iter().chain(others) {
        until("the key to be used", || async {
            let told = member.command(&["peers", "keepers", "list"]).await?;
            Ok(told.starts_with("Any 2 of these 3 answer").then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// How `here` names `there`, once it knows it.
async fn peer(here: &Unit, there: &Unit) -> Result<String> {
    until("the member to be known", || async { Ok(row(here, there).await?.into_iter().next()) }).await
}

/// What `icmc peers list` says at `here` of `there`; empty if it is not known.
async fn row(here: &Unit, there: &Unit) -> Result<Vec<String>> {
    let rows = commands::rows(&here.command(&["peers", "list"]).await?);
    Ok(rows.into_iter().find(|row| row.get(1) == Some(&there.name)).unwrap_or_default())
}
