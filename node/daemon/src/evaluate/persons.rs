//! Persons from a CSV file, as the test data and other units' lists have them.
//! A value that is empty is not known; so is a column that is missing, and that is said.

use super::blinding::shared_out;
use super::progress::Bar;
use super::table::{Row, Table};
use anyhow::{Result, bail};
use icmc_protocol::fingerprint::{Feature, Identifier, Identity, Person, features};
use std::collections::BTreeMap;
use std::path::Path;

/// The column that names a record.
const ID: &str = "record_id";
/// The columns that are read beside it.
const COLUMNS: [&str; 15] = [
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
/// May be there and is never looked at: victims become suspects.
const ROLE: &str = "role";

/// One line of a file, as it was written.
pub(super) struct Written {
    id: String,
    identity: Identity,
}

/// One person.
pub(super) struct Record {
    pub(super) id: String,
    pub(super) person: Person,
    pub(super) features: Vec<Feature>,
}

/// All lines of a file, and what a reader should know about its columns.
///
/// # Errors
/// What is wrong, with file, line and column.
pub(super) fn read(file: &Path) -> Result<(Vec<Written>, Vec<String>)> {
    let table = Table::open(file)?;
    let id = table.needed(ID)?;
    let at = COLUMNS.map(|name| table.column(name));
    if at.iter().all(Option::is_none) {
        bail!("{}, line 1: beside {ID} there is none of the columns {}", table.shown(), COLUMNS.join(", "));
    }
    let (mut lines, mut seen) = (Vec::new(), BTreeMap::new());
    for row in table.rows() {
        let row = row?;
        let name = row.text(id)?;
        if name.is_empty() {
            return Err(row.wrong(id, "empty"));
        }
        if let Some(before) = seen.insert(name.to_owned(), row.start()) {
            return Err(row.wrong(id, &format!("the same as on line {}", table.line(before))));
        }
        lines.push(Written { id: name.to_owned(), identity: identity(&row, at)? });
    }
    Ok((lines, notes(&table)))
}

fn notes(table: &Table) -> Vec<String> {
    let missing: Vec<&str> = COLUMNS.into_iter().filter(|name| table.column(name).is_none()).collect();
    let known = |name: &&str| name.is_empty() || COLUMNS.contains(name) || [ID, ROLE].contains(name);
    let unread: Vec<&str> = table.header().iter().map(String::as_str).filter(|name| !known(name)).collect();
    let note =
        |what: &str, names: Vec<&str>| (!names.is_empty()).then(|| format!("{} {what} {}", table.shown(), names.join(", ")));
    [note("lacks, and nothing is known of:", missing), note("has columns that are not read:", unread)]
        .into_iter()
        .flatten()
        .collect()
}

fn identity(row: &Row<'_>, at: [Option<usize>; COLUMNS.len()]) -> Result<Identity> {
    let mut values: [String; COLUMNS.len()] = Default::default();
    for (value, column) in values.iter_mut().zip(at) {
        if let Some(column) = column {
            row.text(column)?.clone_into(value);
        }
    }
    let [
        given_name,
        family_name,
        alias,
        sex,
        birth_date,
        age_at_record,
        recorded_on,
        guardian_name,
        nationality,
        state,
        district,
        village,
        phone,
        kind,
        number,
    ] = values;
    Ok(Identity {
        given_name,
        family_name,
        aliases: vec![alias],
        sex,
        birth_date,
        age_at_record,
        recorded_on,
        guardian_name,
        nationality,
        state,
        district,
        village,
        phones: vec![phone],
        identifiers: vec![Identifier { kind, number }],
    })
}

/// The persons in the order of the lines.
pub(super) fn normalised(lines: &[Written], bar: &Bar) -> Result<Vec<Record>> {
    shared_out(lines, |line| {
        let person = Person::from(&line.identity);
        bar.step();
        Ok(Record { id: line.id.clone(), features: features(&person), person })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn taken(text: &str) -> Result<(Vec<Written>, Vec<String>)> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read(file.path())
    }

    fn why(text: &str) -> String {
        let Err(error) = taken(text) else { panic!("it was taken") };
        format!("{error:#}")
    }

    #[test]
    fn a_file_is_read_in_any_order_of_columns() {
        let header = COLUMNS.iter().rev().copied().collect::<Vec<_>>().join(",");
        let (lines, notes) = taken(&format!(
            "{header},Role, Record_ID\n7001234567,voter,,Rongpur,Barpeta,,,,,,2001-02-03,,,Das,Mina,victim, r1 \n"
        ))
        .unwrap();
        assert!(notes.is_empty(), "{notes:?}");
        let records = normalised(&lines, &Bar::unseen()).unwrap();
        assert_eq!((records.len(), records[0].id.as_str()), (1, "r1"));
        assert!(records[0].features.len() > 3);
    }

    #[test]
    fn a_missing_column_is_not_known_and_said() {
        let (lines, notes) = taken("record_id,given_name,phone,shoe size\nr1,Mina,98640 00001,38\n").unwrap();
        assert_eq!(normalised(&lines, &Bar::unseen()).unwrap()[0].features.len(), 2);
        assert!(notes[0].contains("family_name, alias") && !notes[0].contains("phone"), "{notes:?}");
        assert!(notes[1].ends_with("not read: shoe size"), "{notes:?}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        assert!(why("given_name\nMina\n").ends_with("line 1: there is no column record_id"));
        assert!(why("record_id,name\nr1,Mina\n").contains("line 1: beside record_id there is none of the columns given_name, "));
        assert!(why("record_id,phone\nr1,\n,98640 00001\n").ends_with("line 3, column record_id: empty"));
        assert!(why("record_id,phone\nr1,\n\nr1,\n").ends_with("line 4, column record_id: the same as on line 2"));
        assert!(why("").ends_with("line 1: there is no column record_id"));
    }
}
