//! The story that the federation must be able to tell, played against three addresses through the API.
//! It knows nothing of how the units run: whoever plays it says how a unit is switched off and on.

mod alerts;
mod client;
mod ending;
mod people;
mod refusals;
mod report;
mod sharing;
mod working;

pub use client::{Api, until};
pub use report::Report;

use anyhow::Result;

/// How to reach one unit and who signs in there.
#[derive(Debug, Clone)]
pub struct UnitAccess {
    /// Its name.
    pub name: String,
    /// `http://127.0.0.1:7701`
    pub address: String,
    /// A nodal officer's sign-in name and password.
    pub nodal: (String, String),
    /// A read-only account's.
    pub reader: (String, String),
}

/// The three units of the story.
#[derive(Debug, Clone)]
pub struct Units {
    /// Enters the new case.
    pub shillong: UnitAccess,
    /// Has the case and shares it.
    pub guwahati: UnitAccess,
    /// Is told nothing that is not its business.
    pub kathmandu: UnitAccess,
}

/// Switching a unit off and on.
pub trait Switch {
    /// Ends the unit's node.
    fn off(&mut self, unit: &UnitAccess) -> impl Future<Output = Result<()>>;
    /// Starts it again at the same addresses.
    fn on(&mut self, unit: &UnitAccess) -> impl Future<Output = Result<()>>;
}

/// Plays the whole story; the report says which steps held.
///
/// # Errors
/// The first step that did not hold ends the story; it is in the report as well.
pub async fn play(units: &Units, switch: &mut impl Switch, report: &mut Report) -> Result<()> {
    let mut shillong = Api::sign_in(&units.shillong).await?;
    let mut guwahati = Api::sign_in(&units.guwahati).await?;
    let mut kathmandu = Api::sign_in(&units.kathmandu).await?;

    let matched = alerts::suspect(&shillong, &guwahati, &kathmandu, report).await?;
    alerts::victim_in_two_scripts(&shillong, &kathmandu, report).await?;
    alerts::ask_and_answer(&shillong, &guwahati, &matched, report).await?;

    let shared = sharing::share_and_accept(&shillong, &guwahati, &matched, report).await?;
    working::update_arrives(&shillong, &guwahati, &shared, report).await?;
    working::contribution_is_admitted(&shillong, &guwahati, &shared, report).await?;
    working::a_unit_that_was_off(&guwahati, &mut kathmandu, switch, units, &shared, report).await?;

    ending::recall(&shillong, &guwahati, &shared, report).await?;
    refusals::refused(&mut shillong, &mut guwahati, units, &shared, report).await?;
    Ok(())
}
