//! A CSV file with a header: its columns by name, and what is wrong with it by file, line and column.
//! Not for what the columns mean. No error shows a value: it may be about a person.

use anyhow::{Context as _, Error, Result, anyhow, bail};
use std::path::Path;

/// Most bytes of a file: some million persons.
const FILE_MAX: u64 = 512 * 1024 * 1024;

/// A whole file in memory.
pub(super) struct Table {
    shown: String,
    text: Vec<u8>,
    header: Vec<String>,
}

/// One line of it, or several where a quoted value goes on.
pub(super) struct Row<'a> {
    table: &'a Table,
    fields: csv::ByteRecord,
}

impl Table {
    /// Reads the file and its header.
    ///
    /// # Errors
    /// It cannot be read, is too large, or has no header in UTF-8 with commas.
    pub(super) fn open(file: &Path) -> Result<Self> {
        let shown = file.display().to_string();
        let unread = || format!("{shown} could not be read");
        let length = std::fs::metadata(file).with_context(unread)?.len();
        if length > FILE_MAX {
            bail!("{shown} is larger than {} MiB: split it", FILE_MAX / 1024 / 1024);
        }
        let mut text = std::fs::read(file).with_context(unread)?;
        if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
            bail!("{shown}, line 1: this is UTF-16: save it as CSV in UTF-8");
        }
        // Spreadsheets write a byte order mark.
        if text.starts_with(b"\xef\xbb\xbf") {
            text.drain(..3);
        }
        let mut table = Self { shown, text, header: Vec::new() };
        let first = table.reader().byte_headers().map_err(|error| table.broken(&error))?.clone();
        let names: Result<Vec<&str>, _> = first.iter().map(core::str::from_utf8).collect();
        let names = names.map_err(|_| anyhow!("{}, line 1: the header is not UTF-8", table.shown))?;
        if let [one] = names[..]
            && one.contains([';', '\t'])
        {
            bail!("{}, line 1: columns are separated by commas", table.shown);
        }
        table.header = names.into_iter().map(|name| name.trim().to_lowercase()).collect();
        let twice =
            table.header.iter().enumerate().find(|(place, name)| !name.is_empty() && table.header[..*place].contains(name));
        if let Some((_, name)) = twice {
            bail!("{}, line 1: there are two columns {name}", table.shown);
        }
        Ok(table)
    }

    /// The name by which the file was given.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// The names of the columns, in lower case.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// The place of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The place of a column that must be there.
    ///
    /// # Errors
    /// It is not.
    pub(super) fn needed(&self, name: &str) -> Result<usize> {
        self.column(name).with_context(|| format!("{}, line 1: there is no column {name}", self.shown))
    }

    /// All lines after the header.
    pub(super) fn rows(&self) -> impl Iterator<Item = Result<Row<'_>>> {
        let rows = self.reader().into_byte_records();
        rows.map(|row| row.map(|fields| Row { table: self, fields }).map_err(|error| self.broken(&error)))
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        csv::Reader::from_reader(&self.text[..])
    }

    /// The line on which the record that begins at this byte is: the reader counts line ends that it has not passed yet. Looks at
    /// all of the file before it, so it is for errors only.
    pub(super) fn line(&self, byte: u64) -> usize {
        let ends = |c: &&u8| matches!(c, b'\r' | b'\n');
        let start = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let before = start + self.text[start..].iter().take_while(ends).count();
        1 + self.text[..before].iter().filter(|c| **c == b'\n').count()
    }

    fn broken(&self, error: &csv::Error) -> Error {
        let Some(place) = error.position() else { return anyhow!("{} is not CSV in UTF-8", self.shown) };
        let line = self.line(place.byte());
        match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let last = usize::try_from(*len.min(expected_len)).unwrap_or(usize::MAX).saturating_sub(1);
                let last = self.header.get(last).map_or("", String::as_str);
                anyhow!(
                    "{}, line {line}: {len} columns instead of {expected_len}; look at column {last} and behind it, \
                     and for a quotation mark without its second",
                    self.shown
                )
            }
            _ => anyhow!("{}, line {line}: not CSV in UTF-8", self.shown),
        }
    }
}

impl Row<'_> {
    /// The value in a column, without white space around it.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub(super) fn text(&self, column: usize) -> Result<&str> {
        let value = self.fields.get(column).unwrap_or_default();
        core::str::from_utf8(value).map(str::trim).map_err(|_| self.wrong(column, "not UTF-8"))
    }

    /// An error about this place.
    pub(super) fn wrong(&self, column: usize, what: &str) -> Error {
        let name = self.table.header.get(column).map_or("", String::as_str);
        anyhow!("{}, line {}, column {name}: {what}", self.table.shown, self.table.line(self.start()))
    }

    /// The byte it begins at; [`Table::line`] makes a line of it.
    pub(super) fn start(&self) -> u64 {
        self.fields.position().map_or(0, csv::Position::byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn read(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let table = Table::open(file.path())?;
        let columns = 0..table.header().len();
        let row = |row: Row<'_>| {
            let values = columns.clone().map(|column| row.text(column).map(str::to_owned)).collect::<Result<_>>()?;
            Ok((table.line(row.start()), values))
        };
        table.rows().map(|one| row(one?)).collect()
    }

    fn why(bytes: &[u8]) -> String {
        let said = format!("{:#}", read(bytes).unwrap_err());
        said.split_once(", ").map_or(said.clone(), |(_, rest)| rest.to_owned())
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let lines = |bytes: &[u8]| read(bytes).unwrap().into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines(b"a,b\n1,2\n3,4\n"), [2, 3]);
        assert_eq!(lines(b"\xef\xbb\xbfa,b\r\n1,2\r\n\r\n\"3\r\n\",4\r\n5,6"), [2, 4, 6]);
        assert_eq!(lines(b""), [0; 0]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        assert!(why(b"a;b\n1;2\n").starts_with("line 1: columns are separated by commas"));
        assert_eq!(why(b"a,b,A\n1,2,3\n"), "line 1: there are two columns a");
        assert!(why(b"\xff\xfea\0").starts_with("line 1: this is UTF-16"));
        assert_eq!(why(b"a,\xe9\n"), "line 1: the header is not UTF-8");
        assert!(why(b"a,b,c\r\n1,2,3\r\n1,2\r\n").starts_with("line 3: 2 columns instead of 3; look at column b"));
        assert!(why(b"a,b\n1,2\n1,2,3,4\n").starts_with("line 3: 4 columns instead of 2; look at column b"));
        assert!(why(b"a,b,c\n1,2,3\n1,\"2,3\n4,5,6\n").starts_with("line 3: 2 columns instead of 3; look at column b"));
        assert_eq!(why(b"a,b\n1,2\n\n3,M\xfcller\n"), "line 4, column b: not UTF-8");
        let missing = Table::open(Path::new("/nowhere/persons.csv")).err().unwrap();
        assert_eq!(missing.to_string(), "/nowhere/persons.csv could not be read");
    }
}
