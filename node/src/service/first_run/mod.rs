//! What a person answers when a node is set up in a browser, and whether each answer can be used.
//! Not the making of the unit, which is the executable's, and not the pages.

mod checks;
mod place;
mod reach;
mod token;

#[cfg(test)]
mod tests;

pub use checks::{check_invitation, check_passphrase, check_person, check_unit, identity};
pub use place::{check_backup, jurisdiction};
pub use reach::{Reach, reach};
pub use token::FirstToken;

use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::setup::Keys;
use secrecy::SecretString;
use std::path::PathBuf;

/// What is asked of the unit.
#[derive(Debug, Clone)]
pub struct UnitAnswers {
    /// Its name.
    pub name: String,
    /// Kind of agency.
    pub class: UnitClass,
    /// The country, by name.
    pub country: String,
    /// The state, by name; empty for a whole country.
    pub state: String,
    /// The district, by name; empty for a whole state.
    pub district: String,
    /// Public contact. Never an officer's name.
    pub duty_contact: String,
    /// Letters before the numbers of its cases.
    pub prefix: String,
}

/// What is asked of one of the first two accounts.
#[derive(Debug, Clone)]
pub struct PersonAnswers {
    /// What the person types to sign in.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// Chosen, and holding.
    pub password: SecretString,
}

/// All answers: what a unit is made from.
#[derive(Debug, Clone)]
pub struct Answers {
    /// The language of the pages, by its code.
    pub language: String,
    /// The unit.
    pub unit: UnitAnswers,
    /// Looks after accounts and peers.
    pub administrator: PersonAnswers,
    /// Leads the case work.
    pub nodal: PersonAnswers,
    /// The unit's keys: the recovery key is on paper already.
    pub keys: Keys,
    /// What opens the node; none if the command line says what does.
    pub passphrase: Option<SecretString>,
    /// Where backups are to go.
    pub backup: Option<PathBuf>,
    /// Where other units reach this one.
    pub reach: Reach,
    /// Found a federation; otherwise it joins one.
    pub found: bool,
    /// The invitation to join by; none if it comes later.
    pub invitation: Option<String>,
}
