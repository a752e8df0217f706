//! Whether a value fits its field, and whether the fields of an entity fit each other.
//! It says what is expected and never repeats what it was given.

use std::collections::BTreeMap;

use super::{Code, Field, FieldError, FieldType, Format, Kind, Places, Value, digits};

/// The code of the paper of which only the last four digits are kept.
const LAST_FOUR: &str = "aadhaar_last4";
/// Bytes of an entity's id.
const ID_BYTES: usize = 16;
/// Longer lists of codes are not spelt out in a message.
const CODES_SPELT_OUT: usize = 12;

impl Field {
    /// Refuses a value that does not fit. A field that is not required may hold [`Value::cleared`], whatever its type.
    ///
    /// # Errors
    /// Names the kind, the field and what is expected there.
    pub fn check(&self, value: &Value) -> Result<(), FieldError> {
        if value.is_cleared() {
            let fits = matches!(value, Value::Text(_)) || self.ty == FieldType::Codes;
            return if fits && !self.required && !self.structural { Ok(()) } else { Err(self.error()) };
        }
        let fits = match (&self.ty, value) {
            (FieldType::Text, Value::Text(text)) => self.short_enough(text) && readable(text, false),
            (FieldType::Long, Value::Text(text)) => self.short_enough(text) && readable(text, true),
            (FieldType::Date, Value::Text(text)) => digits::date(text),
            (FieldType::PartialDate, Value::Text(text)) => digits::partial_date(text),
            (FieldType::Code, Value::Text(code)) => self.code(code).is_some(),
            (FieldType::Codes, Value::Codes(codes)) => self.all_known_once(codes),
            (FieldType::Bool, Value::Bool(_)) => true,
            (FieldType::Int | FieldType::Timestamp, Value::Int(number)) => {
                u64::try_from(*number).is_ok_and(|number| number <= self.max)
            }
            (FieldType::Ref(_), Value::Bytes(bytes)) => bytes.len() == ID_BYTES,
            (FieldType::Bytes, Value::Bytes(bytes)) => u64::try_from(bytes.len()).is_ok_and(|len| len > 0 && len <= self.max),
            _ => false,
        };
        match (fits, self.format, value) {
            (false, _, _) => Err(self.error()),
            (true, Some(Format::Phone), Value::Text(text)) if !digits::phone(text) => Err(self.error()),
            (true, Some(Format::Document), Value::Text(text)) if digits::may_be_aadhaar(text) => {
                Err(self.expected("the last four digits of the Aadhaar number: the full number is never kept"))
            }
            _ => Ok(()),
        }
    }

    fn short_enough(&self, text: &str) -> bool {
        u64::try_from(text.chars().count()).is_ok_and(|count| count <= self.max)
    }

    fn all_known_once(&self, codes: &[String]) -> bool {
        let bounded = u64::try_from(codes.len()).is_ok_and(|count| count <= self.max);
        bounded && codes.iter().enumerate().all(|(at, code)| self.code(code).is_some() && !codes[..at].contains(code))
    }

    /// The error of this field: what is expected here by its type.
    pub(super) fn error(&self) -> FieldError {
        let max = self.max;
        let expected = match &self.ty {
            FieldType::Text if self.format == Some(Format::Phone) => "a phone number of 5 to 15 digits".to_owned(),
            FieldType::Text => format!("one line of text, at most {max} characters"),
            FieldType::Long => format!("text of at most {max} characters"),
            FieldType::Date => "a date like 2026-11-23".to_owned(),
            FieldType::PartialDate => "a date like 2026-11-23, or only 2026-11 or 2026".to_owned(),
            FieldType::Bool => "yes or no".to_owned(),
            FieldType::Int => format!("a whole number from 0 to {max}"),
            FieldType::Timestamp => "a time in milliseconds since 1970 UTC".to_owned(),
            FieldType::Code => format!("one of the codes {}", spell(&self.codes)),
            FieldType::Codes => format!("some of the codes {}, each once", spell(&self.codes)),
            FieldType::Ref(kind) => format!("the id of a {kind}, {ID_BYTES} bytes"),
            FieldType::Bytes => format!("1 to {max} bytes"),
        };
        self.expected(&expected)
    }

    fn expected(&self, expected: &str) -> FieldError {
        FieldError { kind: self.kind.clone(), field: self.name.clone(), expected: expected.to_owned() }
    }

    /// Whether the value fits what `depends_on` holds: a code to its `when`, a place to the place around it.
    fn check_beside(&self, value: &Value, other: &Value) -> Result<(), FieldError> {
        let Some(other) = other.as_text().filter(|text| !text.is_empty()) else {
            return Ok(());
        };
        if let Some(kind) = self.place {
            let places = Places::builtin();
            let known = value.as_text().and_then(|code| places.place(code));
            let around = places.place(other);
            // Free text is for where the gazetteer has nothing; a code must be of the right level and lie there.
            let fits = known.is_none_or(|place| {
                place.kind == kind && around.is_none_or(|around| place.parent.as_deref() == Some(around.code.as_str()))
            });
            return if fits { Ok(()) } else { Err(self.expected("a place that lies in the one given beside it")) };
        }
        if self.format == Some(Format::Document) {
            let fits = other != LAST_FOUR || value.as_text().is_some_and(digits::four_digits);
            return if fits { Ok(()) } else { Err(self.expected("exactly the last four digits of the Aadhaar number")) };
        }
        let allowed = |code: &Code| code.when.is_empty() || code.when.iter().any(|when| when == other);
        if value.codes().iter().filter_map(|code| self.code(code)).all(allowed) {
            return Ok(());
        }
        let fitting: Vec<Code> = self.codes.iter().filter(|code| allowed(code)).cloned().collect();
        Err(self.expected(&format!("one of the codes {}", spell(&fitting))))
    }
}

impl Kind {
    /// What is wrong with an entity as a whole: each known field by itself, required ones that are missing or
    /// cleared, and fields that do not fit each other. Names that this kind does not have are passed over.
    #[must_use]
    pub fn check_entity(&self, values: &BTreeMap<String, Value>) -> Vec<FieldError> {
        self.fields.iter().filter_map(|field| field.check_among(values).err()).collect()
    }
}

impl Field {
    fn check_among(&self, values: &BTreeMap<String, Value>) -> Result<(), FieldError> {
        let Some(value) = values.get(&self.name) else {
            return if self.required { Err(self.error()) } else { Ok(()) };
        };
        self.check(value)?;
        match self.depends_on.as_ref().and_then(|name| values.get(name)) {
            Some(other) if !value.is_cleared() => self.check_beside(value, other),
            _ => Ok(()),
        }
    }
}

/// Text that a person wrote: not blank, no control characters, nothing that turns the reading direction of what follows.
fn readable(text: &str, lines: bool) -> bool {
    let turns = |ch: char| matches!(ch, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let allowed = |ch: char| (lines && matches!(ch, '\n' | '\t')) || !(ch.is_control() || turns(ch));
    !text.trim().is_empty() && text.chars().all(allowed)
}

/// Codes for a message: all of a short list, the first few of a long one.
fn spell(codes: &[Code]) -> String {
    let names: Vec<&str> = codes.iter().take(CODES_SPELT_OUT).map(|code| code.code.as_str()).collect();
    let rest = if codes.len() > CODES_SPELT_OUT { format!(" ... ({} in all)", codes.len()) } else { String::new() };
    format!("{}{rest}", names.join(", "))
}
