//! The normal form of a person: what two records of the same person ought to have in common.
//! Not for display or storage: the record as entered stays what people see.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    districts,
    identity::{Identifier, Identity},
    script::{decimal, is_space, plain},
    words::{split_alias, words},
};

/// Longest field read, in characters; what is beyond is not compared.
const MAX_FIELD: usize = 1_000;
/// Most aliases read of one person.
const MAX_ALIASES: usize = 16;
/// Most phones, and most documents, read of one person: more would push every name out of a beacon.
const MAX_NUMBERS: usize = 4;

/// One person, normalised. Empty or `None` means not known.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Words of the first names.
    pub given: Vec<String>,
    /// Words of the family name.
    pub family: Vec<String>,
    /// Words of all aliases, also of those written into the names.
    pub alias: Vec<String>,
    /// Words of the guardian's name.
    pub guardian: Vec<String>,
    /// The village in one word.
    pub village: String,
    /// The district under its present name.
    pub district: String,
    /// The state, plain.
    pub state: String,
    /// The nationality, plain.
    pub nationality: String,
    /// The code as entered.
    pub sex: String,
    /// `YYYY-MM-DD`, or empty.
    pub birth: String,
    /// `YYYY-MM`, or empty.
    pub birth_month: String,
    /// Birth year, stated or from age and date of record.
    pub year: Option<i64>,
    /// Whether the year comes from an age.
    pub year_estimated: bool,
    /// The last nine digits of each phone, at most four.
    pub phones: Vec<String>,
    /// The documents, at most four.
    pub documents: Vec<Document>,
}

/// A document number, normalised.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Code of the kind, as entered.
    pub kind: String,
    /// Upper-case letters and digits; empty if masked or too short.
    pub number: String,
    /// The last four digits of an Aadhaar, masked or not.
    pub last4: String,
}

impl From<&Identity> for Person {
    fn from(identity: &Identity) -> Self {
        let (given, given_alias) = split_alias(field(&identity.given_name));
        let (family, family_alias) = split_alias(field(&identity.family_name));
        let mut aliases: Vec<&str> = identity.aliases.iter().take(MAX_ALIASES).map(|alias| field(alias)).collect();
        aliases.extend([given_alias.as_str(), family_alias.as_str()]);
        let (state, nationality) = (plain(field(&identity.state)), plain(field(&identity.nationality)));
        let district = field(&identity.district);
        let birth = known_date(plain(field(&identity.birth_date)));
        let stated = prefix(&birth, "dddd").and_then(|year| year.parse().ok());
        let estimated = || year_from_age(&identity.age_at_record, &identity.recorded_on);
        Self {
            given: words(&given),
            family: words(&family),
            alias: words(&aliases.join(" ")),
            guardian: words(field(&identity.guardian_name)),
            village: words(field(&identity.village)).concat(),
            district: districts::present_name(plain(district), &state, &nationality, !district.is_ascii()),
            state,
            nationality,
            sex: field(&identity.sex).to_owned(),
            birth_month: prefix(&birth, "dddd-dd").unwrap_or_default().to_owned(),
            year: stated.or_else(estimated),
            year_estimated: stated.is_none() && estimated().is_some(),
            phones: identity.phones.iter().take(MAX_NUMBERS).filter_map(|p| phone(p)).collect(),
            documents: identity.identifiers.iter().take(MAX_NUMBERS).map(document).collect(),
            birth: prefix(&birth, "dddd-dd-dd").filter(|date| date.len() == birth.len()).unwrap_or_default().to_owned(),
        }
    }
}

/// The field without white space around it, and not longer than what is read.
fn field(text: &str) -> &str {
    let text = text.trim_matches(is_space);
    let end = text.char_indices().nth(MAX_FIELD).map(|(place, _)| place);
    &text[..end.unwrap_or(text.len())]
}

/// Without a month or day that cannot be: `1999-00-00` is how some forms write that only the year is known.
fn known_date(mut date: String) -> String {
    for (end, most) in [(7, 12), (10, 31)] {
        let part = date.get(end - 2..end).and_then(|part| part.parse::<u32>().ok());
        // Whatever stands where a dash should: it is no date then, and may be a character of several bytes.
        if part.is_some_and(|part| !(1..=most).contains(&part)) && date.is_char_boundary(end - 3) {
            date.truncate(end - 3);
        }
    }
    date
}

/// The beginning of `text` if it looks like `shape`, where d is a digit.
fn prefix<'a>(text: &'a str, shape: &str) -> Option<&'a str> {
    let start = text.get(..shape.len())?;
    let fits = |(c, s): (u8, u8)| {
        if s == b'd' { c.is_ascii_digit() } else { c == s }
    };
    start.bytes().zip(shape.bytes()).all(fits).then_some(start)
}

fn year_from_age(age: &str, recorded_on: &str) -> Option<i64> {
    let age: i64 = plain(field(age)).parse().ok().filter(|age| *age >= 0)?;
    let recorded = field(recorded_on).chars().take(4);
    let digits: Option<Vec<u32>> = recorded.map(decimal).collect();
    let digits = digits.filter(|digits| !digits.is_empty())?;
    let year = digits.into_iter().fold(0, |year, digit| year * 10 + i64::from(digit));
    Some(year - age)
}

fn phone(text: &str) -> Option<String> {
    let mut digits = plain(field(text));
    digits.retain(|c| c.is_ascii_digit());
    let last = &digits[digits.len().saturating_sub(9)..];
    (last.len() >= 8).then(|| last.to_owned())
}

fn document(identifier: &Identifier) -> Document {
    let mut number = plain(field(&identifier.number)).to_uppercase();
    number.retain(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let kind = field(&identifier.kind).to_owned();
    let end = &number[number.len().saturating_sub(4)..];
    let last4 = if kind == "aadhaar" && end.bytes().all(|c| c.is_ascii_digit()) { end.to_owned() } else { String::new() };
    if number.contains("XXXX") || number.len() < 6 {
        number.clear();
    }
    Document { kind, number, last4 }
}

// No field is shown: these values must not reach a log or an error.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").finish_non_exhaustive()
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_date_is_no_birth_date_whatever_its_characters_are() {
        for (text, month, birth) in [
            ("1999-00-00", "", ""),
            ("1999-02-00", "1999-02", ""),
            ("aa\u{20ac}70", "", ""),
            ("1999\u{20ac}70", "", ""),
            ("1999-0\u{20ac}99", "", ""),
            ("1999-02-03", "1999-02", "1999-02-03"),
        ] {
            let person = Person::from(&Identity { birth_date: text.to_owned(), ..Identity::default() });
            assert_eq!((person.birth_month.as_str(), person.birth.as_str()), (month, birth), "{text}");
        }
    }
}
