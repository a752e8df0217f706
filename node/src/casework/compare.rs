//! Two persons side by side, field by field: agree, sound alike, differ, or not known on one side.
//! Pure, and no verdict: how sure a match is, is `search::score`'s to say; whether it is one, a person's.

use super::known::Known;
use super::{dates, plain_number};
use core::fmt;
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::fingerprint::{Document, Person, key1, key2, words};

/// Years that two births may be apart when one of them comes from an age.
const YEARS: u64 = 2;

/// How two values stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// The same.
    Agree,
    /// The same to the ear, or as nearly as can be known: "Bikas" and "Vikash", an age and a date of birth.
    Alike,
    /// Not the same.
    Differ,
    /// Missing on one side, or not to be compared.
    Unknown,
}

/// What is compared, in the order in which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// Given and family name.
    Name,
    /// Aliases, also those written into a name.
    OtherNames,
    /// Sex.
    Sex,
    /// Date or year of birth, or an age.
    Birth,
    /// Father's name.
    Father,
    /// Mother's name.
    Mother,
    /// Guardian's name.
    Guardian,
    /// Husband's or wife's name.
    Spouse,
    /// Nationality.
    Nationality,
    /// State of the home.
    State,
    /// District of the home.
    District,
    /// Village or town of the home.
    Village,
    /// Telephone numbers.
    Phones,
    /// Identity papers.
    Papers,
}

impl Fact {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::OtherNames => "other_names",
            Self::Sex => "sex",
            Self::Birth => "birth",
            Self::Father => "father",
            Self::Mother => "mother",
            Self::Guardian => "guardian",
            Self::Spouse => "spouse",
            Self::Nationality => "nationality",
            Self::State => "state",
            Self::District => "district",
            Self::Village => "village",
            Self::Phones => "phones",
            Self::Papers => "papers",
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::OtherNames => "Other names",
            Self::Sex => "Sex",
            Self::Birth => "Birth",
            Self::Father => "Father",
            Self::Mother => "Mother",
            Self::Guardian => "Guardian",
            Self::Spouse => "Husband or wife",
            Self::Nationality => "Nationality",
            Self::State => "State",
            Self::District => "District",
            Self::Village => "Village or town",
            Self::Phones => "Phones",
            Self::Papers => "Identity papers",
        }
    }

    /// Whether a person has only one of it for life: that it differs speaks against one person. People move house, change
    /// their telephone and marry; that these differ says little.
    #[must_use]
    pub const fn is_lasting(self) -> bool {
        matches!(self, Self::Name | Self::Sex | Self::Birth | Self::Father | Self::Mother | Self::Papers)
    }
}

/// One line of the comparison. A fact that neither side knows has none.
#[derive(Clone, PartialEq, Eq)]
pub struct Compared {
    /// What.
    pub fact: Fact,
    /// The one side, to show.
    pub ours: String,
    /// The other side, to show.
    pub theirs: String,
    /// How they stand.
    pub agreement: Agreement,
}

impl Compared {
    /// Whether the line speaks for one person.
    #[must_use]
    pub const fn speaks_for(&self) -> bool {
        matches!(self.agreement, Agreement::Agree | Agreement::Alike)
    }

    /// Whether the line speaks against one person.
    #[must_use]
    pub fn speaks_against(&self) -> bool {
        self.agreement == Agreement::Differ && self.fact.is_lasting()
    }
}

// No value is shown: these are facts about a person and must not reach a log or an error.
impl fmt::Debug for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Compared({:?}, {:?})", self.fact, self.agreement)
    }
}

/// Compares two persons; at most one line for each [`Fact`], in the order of facts.
#[must_use]
pub fn compare(a: &Side<'_>, b: &Side<'_>) -> Vec<Compared> {
    let (ours, theirs) = (a.known, b.known);
    let (left, right) = (&ours.identity, &theirs.identity);
    let mut lines = vec![
        line(Fact::Name, (a.written.clone(), b.written.clone()), name(a, b)),
        line(Fact::OtherNames, (left.aliases.join(", "), right.aliases.join(", ")), other_names(a, b)),
        line(Fact::Sex, (code("sex", &left.sex), code("sex", &right.sex)), sex(&left.sex, &right.sex)),
        line(Fact::Birth, (birth_text(ours), birth_text(theirs)), birth(&a.person, &b.person)),
    ];
    for (at, fact) in [Fact::Father, Fact::Mother, Fact::Guardian, Fact::Spouse].into_iter().enumerate() {
        let (mine, other) = (&ours.relatives[at], &theirs.relatives[at]);
        lines.push(line(fact, (mine.clone(), other.clone()), names_agree(&words(mine), &words(other), (mine, other))));
    }
    let (one, two) = (&a.person, &b.person);
    let country = |text: &str| code("citizenship", text);
    lines.extend([
        line(
            Fact::Nationality,
            (country(&left.nationality), country(&right.nationality)),
            equal(&one.nationality, &two.nationality),
        ),
        line(Fact::State, (left.state.clone(), right.state.clone()), equal(&one.state, &two.state)),
        line(Fact::District, (left.district.clone(), right.district.clone()), equal(&one.district, &two.district)),
        line(Fact::Village, (left.village.clone(), right.village.clone()), village(a, b, (&left.village, &right.village))),
        line(Fact::Phones, (left.phones.join(", "), right.phones.join(", ")), phones(&one.phones, &two.phones)),
        line(Fact::Papers, (papers_text(ours), papers_text(theirs)), papers(&one.documents, &two.documents)),
    ]);
    lines.retain(|line| !(line.ours.is_empty() && line.theirs.is_empty()));
    lines
}

/// One person with its normal form, made once for all comparisons.
pub struct Side<'a> {
    known: &'a Known,
    person: Person,
    /// All words of the name together.
    name: Vec<String>,
    written: String,
}

impl<'a> Side<'a> {
    /// Reads a person.
    #[must_use]
    pub fn of(known: &'a Known) -> Self {
        let person = Person::from(&known.identity);
        let name = person.given.iter().chain(&person.family).cloned().collect();
        Self { known, person, name, written: known.name() }
    }

    /// The normal form.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.person
    }
}

impl fmt::Debug for Side<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Side")
    }
}

fn line(fact: Fact, (ours, theirs): (String, String), agreement: Agreement) -> Compared {
    Compared { fact, ours, theirs, agreement }
}

/// The name of one may be what the other is also called.
fn name(a: &Side<'_>, b: &Side<'_>) -> Agreement {
    let by_name = names_agree(&a.name, &b.name, (&a.written, &b.written));
    let crossed = [(&a.name, &b.person.alias), (&b.name, &a.person.alias)];
    let by_alias = crossed.into_iter().any(|(name, alias)| is_among(name, alias, close));
    if by_name == Agreement::Differ && by_alias { Agreement::Alike } else { by_name }
}

fn other_names(a: &Side<'_>, b: &Side<'_>) -> Agreement {
    let (one, two) = (&a.person.alias, &b.person.alias);
    let shares =
        |left: &[String], right: &[String]| left.iter().any(|word| right.iter().any(|other| close(word) == close(other)));
    if one.is_empty() || two.is_empty() {
        let crossed = shares(one, &b.name) || shares(two, &a.name);
        return if crossed { Agreement::Alike } else { Agreement::Unknown };
    }
    if one.iter().any(|word| two.contains(word)) {
        Agreement::Agree
    } else if shares(one, two) || shares(one, &b.name) || shares(two, &a.name) {
        Agreement::Alike
    } else {
        Agreement::Differ
    }
}

/// Two names as words, and as written where a script gives no words: the shorter one must be in the longer one.
fn names_agree(one: &[String], two: &[String], (one_text, two_text): (&str, &str)) -> Agreement {
    if one.is_empty() || two.is_empty() {
        let (one_text, two_text) = (one_text.trim().to_lowercase(), two_text.trim().to_lowercase());
        return if one_text.is_empty() || one_text != two_text { Agreement::Unknown } else { Agreement::Agree };
    }
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    let same_length = short.len() == long.len();
    if same_length && is_among(short, long, str::to_owned) {
        Agreement::Agree
    } else if [close as fn(&str) -> String, far].into_iter().any(|key| is_among(short, long, key))
        || close(&one.concat()) == close(&two.concat())
    {
        Agreement::Alike
    } else {
        Agreement::Differ
    }
}

/// How a word sounds, as a search hears it: Tamang and तामाङ, n for ng.
fn close(word: &str) -> String {
    key1(&word.replace("ng", "n"))
}

/// The same from afar.
fn far(word: &str) -> String {
    key2(&word.replace("ng", "n"))
}

/// Whether every word of the first has one like it in the second, and there is a word at all.
fn is_among(short: &[String], long: &[String], key: impl Fn(&str) -> String) -> bool {
    let keys: Vec<String> = long.iter().map(|word| key(word)).collect();
    !short.is_empty() && short.iter().all(|word| keys.contains(&key(word)))
}

fn equal(one: &str, two: &str) -> Agreement {
    match (one.is_empty() || two.is_empty(), one == two) {
        (true, _) => Agreement::Unknown,
        (false, true) => Agreement::Agree,
        (false, false) => Agreement::Differ,
    }
}

fn sex(one: &str, two: &str) -> Agreement {
    let said = |code: &str| !matches!(code, "" | "unknown" | "not_asked" | "declined" | "other");
    if said(one) && said(two) { equal(one, two) } else { Agreement::Unknown }
}

fn birth(one: &Person, two: &Person) -> Agreement {
    let (Some(year), Some(other)) = (one.year, two.year) else { return Agreement::Unknown };
    if one.year_estimated || two.year_estimated {
        return if year.abs_diff(other) <= YEARS { Agreement::Alike } else { Agreement::Differ };
    }
    if year != other {
        return Agreement::Differ;
    }
    if !one.birth.is_empty() && !two.birth.is_empty() {
        return match (one.birth == two.birth, swapped(&one.birth) == two.birth) {
            (true, _) => Agreement::Agree,
            (false, true) => Agreement::Alike,
            (false, false) => Agreement::Differ,
        };
    }
    if one.birth_month.is_empty() || two.birth_month.is_empty() {
        return Agreement::Agree;
    }
    equal(&one.birth_month, &two.birth_month)
}

/// YYYY-MM-DD with day and month the other way round: who writes 3 April as 4 March means the same day.
fn swapped(date: &str) -> String {
    match date.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => format!("{year}-{day}-{month}"),
        _ => String::new(),
    }
}

fn birth_text(known: &Known) -> String {
    let identity = &known.identity;
    if !identity.birth_date.is_empty() {
        return dates::shown(&identity.birth_date);
    }
    match (identity.age_at_record.as_str(), identity.recorded_on.as_str()) {
        ("", _) => String::new(),
        (age, "") => format!("{age} years"),
        (age, on) => format!("{age} years on {}", dates::shown(on)),
    }
}

fn village(a: &Side<'_>, b: &Side<'_>, (one_text, two_text): (&str, &str)) -> Agreement {
    let word = |side: &Side<'_>| Vec::from_iter(Some(side.person.village.clone()).filter(|word| !word.is_empty()));
    names_agree(&word(a), &word(b), (one_text, two_text))
}

fn phones(one: &[String], two: &[String]) -> Agreement {
    if one.is_empty() || two.is_empty() {
        Agreement::Unknown
    } else if one.iter().any(|phone| two.contains(phone)) {
        Agreement::Agree
    } else {
        Agreement::Differ
    }
}

fn papers(one: &[Document], two: &[Document]) -> Agreement {
    let pairs = || one.iter().flat_map(|paper| two.iter().map(move |other| (paper, other)));
    let last4 = |(paper, other): (&Document, &Document)| !paper.last4.is_empty() && paper.last4 == other.last4;
    let whole = |paper: &Document, other: &Document| !paper.number.is_empty() && !other.number.is_empty();
    if pairs().any(|(paper, other)| whole(paper, other) && paper.number == other.number) {
        Agreement::Agree
    } else if pairs().any(last4) {
        Agreement::Alike
    } else if pairs().any(|(paper, other)| {
        let other_last4 = !paper.last4.is_empty() && !other.last4.is_empty();
        paper.kind == other.kind && (whole(paper, other) || other_last4)
    }) {
        Agreement::Differ
    } else {
        Agreement::Unknown
    }
}

fn papers_text(known: &Known) -> String {
    let shown = known.identity.identifiers.iter().filter(|paper| !plain_number(&paper.number).is_empty()).map(|paper| {
        let field = Dictionary::builtin().field("person_identifier", "kind");
        let kind = field.and_then(|field| field.label_of(&paper.kind)).unwrap_or(&paper.kind);
        format!("{kind} {}", paper.number).trim().to_owned()
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn code(field: &str, code: &str) -> String {
    Dictionary::builtin().field("person", field).and_then(|field| field.label_of(code)).unwrap_or(code).to_owned()
}

#[cfg(test)]
#[path = "tests/compare.rs"]
mod tests;
