//! What somebody typed before entering a case, read as a person: for comparing with those who are here already.
//! Not a search for one word: that is `crate::search::Query`.

use crate::casework::Known;
use crate::service::ServiceError;
use crate::service::model::{AlikeQuery, SearchQuery};
use icmc_protocol::fingerprint::{Identifier, Identity};

/// Most characters of one field.
const FIELD_MAX: usize = 200;
/// The oldest person that an age is read for, and the first year that a year is.
const AGE_MAX: i32 = 120;
const YEAR_MIN: i32 = 1850;

/// Refuses what is too long.
pub(super) fn check(query: &AlikeQuery) -> Result<(), ServiceError> {
    for (name, text) in fields(query) {
        if text.chars().count() > FIELD_MAX {
            return Err(ServiceError::request(name, "at most 200 characters"));
        }
    }
    Ok(())
}

fn fields(query: &AlikeQuery) -> [(&'static str, &String); 8] {
    [
        ("name", &query.name),
        ("age", &query.age),
        ("sex", &query.sex),
        ("guardian", &query.guardian),
        ("village", &query.village),
        ("district", &query.district),
        ("phone", &query.phone),
        ("paper", &query.paper),
    ]
}

/// All that was typed on one line, to be kept sealed.
pub(super) fn line(query: &AlikeQuery) -> String {
    let typed = fields(query).into_iter().map(|(_, text)| text.trim()).filter(|text| !text.is_empty());
    typed.collect::<Vec<_>>().join(", ").chars().take(FIELD_MAX).collect()
}

/// The searches for single words that belong to it.
pub(super) fn searches(query: &AlikeQuery, today: &str) -> Vec<SearchQuery> {
    let year = year(&query.age, today);
    let search = |text: &String, year| SearchQuery { text: text.clone(), year };
    let all = [search(&query.name, year), search(&query.phone, None), search(&query.paper, None)];
    all.into_iter().filter(|search| !search.text.trim().is_empty()).collect()
}

/// The year of birth from an age, a year or a date.
fn year(typed: &str, today: &str) -> Option<i32> {
    let this: i32 = today.get(..4)?.parse().ok()?;
    match typed.trim().parse::<i32>() {
        Ok(age @ 0..=AGE_MAX) => Some(this - age),
        Ok(year) => Some(year).filter(|year| (YEAR_MIN..=this).contains(year)),
        Err(_) => typed.trim().get(..4)?.parse().ok(),
    }
}

/// The person that was typed.
pub(super) fn known(query: &AlikeQuery, today: &str) -> Known {
    let name = query.name.trim();
    let (given, family) = name.rsplit_once(char::is_whitespace).unwrap_or((name, ""));
    let guardian = query.guardian.trim().to_owned();
    let mut identity = Identity {
        given_name: given.trim().to_owned(),
        family_name: family.to_owned(),
        sex: query.sex.trim().to_owned(),
        guardian_name: guardian.clone(),
        district: query.district.trim().to_owned(),
        village: query.village.trim().to_owned(),
        phones: one(&query.phone),
        identifiers: one(&query.paper).into_iter().map(|number| Identifier { kind: String::new(), number }).collect(),
        ..Identity::default()
    };
    match query.age.trim().parse::<i32>() {
        Ok(age @ 0..=AGE_MAX) => (identity.age_at_record, identity.recorded_on) = (age.to_string(), today.to_owned()),
        _ => query.age.trim().clone_into(&mut identity.birth_date),
    }
    // Whoever it is to the person stands where the record of the other side has somebody of that name.
    Known::new(identity, [String::new(), String::new(), guardian, String::new()])
}

fn one(text: &str) -> Vec<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aged(age: &str) -> AlikeQuery {
        AlikeQuery { name: " Sita  Devi Rai ".to_owned(), age: age.to_owned(), ..AlikeQuery::default() }
    }

    #[test]
    fn an_age_a_year_and_a_date_are_told_apart() {
        let today = "2026-11-23";
        let read = |age: &str| {
            let Known { identity, .. } = known(&aged(age), today);
            (identity.age_at_record, identity.birth_date, year(age, today))
        };
        let text = |text: &str| text.to_owned();
        assert_eq!(read("16"), (text("16"), text(""), Some(2010)));
        assert_eq!(read("2010"), (text(""), text("2010"), Some(2010)));
        assert_eq!(read("2010-04-03"), (text(""), text("2010-04-03"), Some(2010)));
        assert_eq!(read("3000").2, None);
        assert_eq!(read("young"), (text(""), text("young"), None));
    }

    #[test]
    fn what_was_typed_is_one_person_and_some_searches() {
        let query = AlikeQuery { phone: " 98640 12345 ".to_owned(), ..aged("16") };
        let person = known(&query, "2026-11-23");
        assert_eq!((person.identity.given_name.as_str(), person.identity.family_name.as_str()), ("Sita  Devi", "Rai"));
        assert_eq!(person.identity.phones, ["98640 12345"]);
        let searches = searches(&query, "2026-11-23");
        assert_eq!(searches.iter().map(|search| search.year).collect::<Vec<_>>(), [Some(2010), None]);
        assert_eq!(line(&query), "Sita  Devi Rai, 16, 98640 12345");
        assert!(check(&query).is_ok() && check(&AlikeQuery { village: "x".repeat(201), ..query }).is_err());
    }
}
