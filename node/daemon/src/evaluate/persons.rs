//! Persons from a CSV file, as `shared` test data and other units' lists have them.
//! A field that is empty is not known; a column that is missing is an error that names it.

use anyhow::{Context as _, Result, bail};
use icmc_protocol::fingerprint::{Feature, Identifier, Identity, Person, features};
use std::collections::BTreeSet;
use std::path::Path;

/// The columns that are read. `role` may be there too and is never looked at.
const COLUMNS: [&str; 16] = [
    "record_id",
    "given_name",
    "family_name",
    "alias",
    "sex",
    "birth_date",
    "age_at_record",
    "recorded_on",
    "guardian_name",
    "nationality",
    "state",
    "district",
    "village",
    "phone",
    "id_type",
    "id_number",
];
/// Most bytes of a file: some million persons.
const FILE_MAX: u64 = 512 * 1024 * 1024;

/// One line of a file.
pub(super) struct Record {
    pub(super) id: String,
    pub(super) person: Person,
    pub(super) features: Vec<Feature>,
}

/// All records of a file.
pub(super) fn read(file: &Path) -> Result<Vec<Record>> {
    let shown = file.display();
    let length = std::fs::metadata(file).with_context(|| format!("{shown} could not be read"))?.len();
    if length > FILE_MAX {
        bail!("{shown} is larger than {} MiB: split it", FILE_MAX / 1024 / 1024);
    }
    let bytes = std::fs::read(file).with_context(|| format!("{shown} could not be read"))?;
    // Spreadsheets write a byte order mark.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers().with_context(|| format!("{shown} has no header line in UTF-8"))?.clone();
    let mut at = [0; COLUMNS.len()];
    for (place, name) in at.iter_mut().zip(COLUMNS) {
        let found = header.iter().position(|column| column.trim() == name);
        *place = found.with_context(|| format!("{shown} has no column {name}; it needs {}", COLUMNS.join(", ")))?;
    }
    let (mut records, mut seen) = (Vec::new(), BTreeSet::new());
    for (number, line) in (2_u64..).zip(reader.records()) {
        let line = line.with_context(|| format!("{shown}, record {number} is not CSV in UTF-8 with {} columns", header.len()))?;
        let record = record(&at.map(|place| line.get(place).unwrap_or_default()));
        if record.id.is_empty() || !seen.insert(record.id.clone()) {
            bail!("{shown}, record {number}: record_id is empty or was there before");
        }
        records.push(record);
    }
    Ok(records)
}

fn record(fields: &[&str; COLUMNS.len()]) -> Record {
    let [
        id,
        given,
        family,
        alias,
        sex,
        birth,
        age,
        recorded,
        guardian,
        nationality,
        state,
        district,
        village,
        phone,
        kind,
        number,
    ] = fields.map(str::to_owned);
    let identity = Identity {
        given_name: given,
        family_name: family,
        aliases: vec![alias],
        sex,
        birth_date: birth,
        age_at_record: age,
        recorded_on: recorded,
        guardian_name: guardian,
        nationality,
        state,
        district,
        village,
        phones: vec![phone],
        identifiers: vec![Identifier { kind, number }],
    };
    let person = Person::from(&identity);
    Record { id: id.trim().to_owned(), features: features(&person), person }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn why(text: &str) -> String {
        let Err(error) = read(file(text).path()) else { panic!("it was taken") };
        format!("{error:#}")
    }

    #[test]
    fn a_file_is_read_with_its_mark_and_in_any_order_of_columns() {
        let header = COLUMNS.iter().rev().copied().collect::<Vec<_>>().join(",");
        let text = format!("\u{feff}{header}\n7001234567,voter,,Rongpur,Barpeta,,,,,,2001-02-03,,,Das,Mina,r1\n");
        let records = read(file(&text).path()).unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].id, "r1");
        assert!(records[0].features.len() > 3);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        assert!(why("record_id,given_name\n").contains("no column family_name"));
        let header = COLUMNS.join(",");
        assert!(why(&format!("{header}\na,b\n")).contains("record 2"));
        let empty = ",".repeat(COLUMNS.len() - 1);
        assert!(why(&format!("{header}\nr1{empty}\nr1{empty}\n")).contains("record 3: record_id"));
    }
}
