//! Whether names, passwords and an invitation can be used, by making the unit in memory and throwing it away.
//! Nothing here touches the disk or hashes a password.

use super::{PersonAnswers, UnitAnswers, jurisdiction};
use crate::accounts::{NewAccount, Role, check_password, normal_sign_in};
use crate::service::ServiceError;
use crate::service::settings::{self, Settings};
use crate::service::setup::checked;
use icmc_protocol::core::Core;
use icmc_protocol::dictionary::FieldError;
use icmc_protocol::federation::joining;
use icmc_protocol::federation::setup::{Keys, Setup, SetupError, create_with};
use icmc_protocol::machine::{MemoryView, Txn};
use icmc_protocol::time::Timestamp;
use rand_core::CryptoRng;
use secrecy::SecretString;

/// Whether a unit can be made from these answers.
///
/// # Errors
/// [`ServiceError::Fields`] with all faults.
pub fn check_unit(unit: &UnitAnswers, now: Timestamp, rng: &mut dyn CryptoRng) -> Result<(), ServiceError> {
    let mut faults = Vec::new();
    let mut note = |outcome: Result<(), ServiceError>| match outcome {
        Ok(()) => Ok(()),
        Err(ServiceError::Fields(found)) => {
            faults.extend(found);
            Ok(())
        }
        Err(other) => Err(other),
    };
    let keys = Keys::generate(rng);
    note(tried(unit, &keys, now, rng, |_| Ok(())))?;
    note(jurisdiction(unit).map(|_| ()))?;
    if unit.duty_contact.trim().is_empty() {
        note(Err(ServiceError::request("duty_contact", "a telephone and a role, for example: Duty officer, +91 364 000 0101")))?;
    }
    let settings = Settings { case_prefix: unit.prefix.trim().to_owned(), ..Settings::default() };
    note(tried(unit, &keys, now, rng, |txn| settings::keep(txn, &settings)).map_err(prefix_only))?;
    if faults.is_empty() { Ok(()) } else { Err(ServiceError::Fields(faults)) }
}

/// The faults of the unit itself are known by then.
fn prefix_only(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Fields(faults) => {
            ServiceError::Fields(faults.into_iter().filter(|fault| fault.field == "case_prefix").collect())
        }
        other => other,
    }
}

/// Whether an account can be made from these answers.
///
/// # Errors
/// [`ServiceError::Fields`] with all faults.
pub fn check_person(person: &PersonAnswers) -> Result<(), ServiceError> {
    let new = NewAccount { sign_in: person.sign_in.clone(), name: person.name.clone(), role: Role::Administrator };
    let mut faults: Vec<FieldError> = Vec::new();
    let password = check_password(&person.password, &normal_sign_in(&person.sign_in));
    let outcomes = [checked(new).map(|_| ()), password.map_err(|fault| ServiceError::request("password", fault))];
    for outcome in outcomes {
        match outcome {
            Ok(()) => {}
            Err(ServiceError::Fields(found)) => faults.extend(found),
            Err(other) => return Err(other),
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(ServiceError::Fields(faults)) }
}

/// Whether this can open a node from now on: the rule for passwords.
///
/// # Errors
/// [`ServiceError::Fields`].
pub fn check_passphrase(passphrase: &SecretString) -> Result<(), ServiceError> {
    check_password(passphrase, "").map_err(|fault| ServiceError::request("passphrase", fault))
}

/// The text to show to a member that is to invite this unit. It changes with the name and with the keys.
///
/// # Errors
/// [`ServiceError::Fields`] for a name that cannot be used.
pub fn identity(unit: &UnitAnswers, keys: &Keys, now: Timestamp, rng: &mut dyn CryptoRng) -> Result<String, ServiceError> {
    let created = Core.act(&MemoryView::default(), now, rng, |txn| create_with(txn, setup(unit), keys));
    created.map(|(created, _)| created.genesis_text).map_err(field)
}

/// Whether this unit can join by this invitation. Gives the name of the unit that invites.
///
/// # Errors
/// [`ServiceError::Fields`] with what is wrong with it.
pub fn check_invitation(
    unit: &UnitAnswers,
    keys: &Keys,
    text: &str,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<String, ServiceError> {
    tried(unit, keys, now, rng, |txn| {
        let plan = joining::accept_invitation(txn, text);
        let plan = plan.map_err(|error| ServiceError::request("invitation", format!("an invitation for this unit: {error}")))?;
        Ok(plan.inviter_name.to_string())
    })
}

fn tried<T>(
    unit: &UnitAnswers,
    keys: &Keys,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
    work: impl FnOnce(&mut Txn<'_>) -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    let nothing = MemoryView::default();
    let done = Core.act(&nothing, now, rng, |txn| {
        create_with(txn, setup(unit), keys).map_err(field)?;
        work(txn)
    });
    done.map(|(done, _)| done)
}

fn setup(unit: &UnitAnswers) -> Setup {
    Setup {
        name: unit.name.clone(),
        class: unit.class,
        // A place that cannot be used is a fault of its own.
        jurisdiction: jurisdiction(unit).unwrap_or_default(),
        duty_contact: unit.duty_contact.clone(),
        addresses: Vec::new(),
    }
}

fn field(error: SetupError) -> ServiceError {
    match error {
        SetupError::Field { field: "name", .. } => {
            ServiceError::request("name", "one line, at most 120 Latin letters or 40 of another script")
        }
        SetupError::Field { field, expected } => ServiceError::request(&field.replace(' ', "_"), expected),
        SetupError::Store(error) => error.into(),
        other => ServiceError::Refused(other.to_string()),
    }
}
