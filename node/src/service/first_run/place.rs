//! Places: what a unit works for, by the gazetteer; and the folder for backups, tried out.
//! The gazetteer has nothing below the district, and for many countries nothing below the country.

use super::UnitAnswers;
use crate::service::ServiceError;
use core::fmt::Display;
use data_encoding::HEXLOWER;
use icmc_protocol::dictionary::{Place, Places};
use rand_core::CryptoRng;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Bytes of the file that tries a folder out.
const PROBE: usize = 64;

/// What the unit works for, as the charter will say it: "East Khasi Hills, Meghalaya".
///
/// # Errors
/// [`ServiceError::Fields`] for a place that the gazetteer does not have.
pub fn jurisdiction(unit: &UnitAnswers) -> Result<String, ServiceError> {
    let places = Places::builtin();
    let (country, state, district) = (unit.country.trim(), unit.state.trim(), unit.district.trim());
    let known = places.find(country, None);
    let country = known.ok_or_else(|| ServiceError::request("country", "a country of the list, for example India"))?;
    let within = |field: &str, typed: &str, parent: &Place| -> Result<Option<String>, ServiceError> {
        if typed.is_empty() {
            return Ok(None);
        }
        let Some(example) = places.children(&parent.code).next() else { return Ok(Some(typed.to_owned())) };
        let found = places.find(typed, Some(&parent.code));
        let wrong = || format!("a {field} of {}, for example {}; or nothing", parent.name, example.name);
        found.map(|place| Some(place.name.clone())).ok_or_else(|| ServiceError::request(field, wrong()))
    };
    let state_name = within("state", state, country)?;
    let district_name = match places.find(state, Some(&country.code)) {
        Some(state) => within("district", district, state)?,
        None if district.is_empty() || !state.is_empty() => Some(district.to_owned()).filter(|name| !name.is_empty()),
        None => return Err(ServiceError::request("state", "the state that the district lies in")),
    };
    // Within India the state says enough.
    let country = if country.code == "IN" && state_name.is_some() { None } else { Some(country.name.clone()) };
    Ok(district_name.into_iter().chain(state_name).chain(country).collect::<Vec<_>>().join(", "))
}

/// The folder for backups, after a file was written there and read again; none for an empty answer.
///
/// # Errors
/// [`ServiceError::Fields`] for what is no folder, or none that can be used.
pub fn check_backup(typed: &str, data: &Path, rng: &mut dyn CryptoRng) -> Result<Option<PathBuf>, ServiceError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let fault = |expected: &dyn Display| ServiceError::request("backup", expected);
    let folder = Path::new(typed);
    if !folder.is_absolute() {
        return Err(fault(&"a whole path that begins with /"));
    }
    let folder =
        fs::canonicalize(folder).map_err(|_| fault(&"a folder that is there; make it, or attach the disk, and try again"))?;
    if !folder.is_dir() {
        return Err(fault(&"a folder, and this is something else"));
    }
    let data = std::path::absolute(data).map_err(|_| fault(&"a folder"))?;
    if folder.starts_with(fs::canonicalize(&data).unwrap_or(data)) {
        return Err(fault(&"a folder outside the data folder, best on another disk"));
    }
    probe(&folder, rng).map_err(|error| fault(&format!("a folder that can be written to and read from: {error}")))?;
    Ok(Some(folder))
}

fn probe(folder: &Path, rng: &mut dyn CryptoRng) -> io::Result<()> {
    let (mut name, mut wrote, mut read) = ([0; 8], [0; PROBE], Vec::new());
    rng.fill_bytes(&mut name);
    rng.fill_bytes(&mut wrote);
    let path = folder.join(format!("icmc-probe-{}", HEXLOWER.encode(&name)));
    let mut file = File::create_new(&path)?;
    let tried = file
        .write_all(&wrote)
        .and_then(|()| file.sync_all())
        .and_then(|()| File::open(&path)?.take(2 * PROBE as u64).read_to_end(&mut read));
    fs::remove_file(&path)?;
    tried?;
    if read == wrote { Ok(()) } else { Err(io::Error::other("what was written came back as something else")) }
}
