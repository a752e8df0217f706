//! From the text of a form to a checked value of a field.
//! It understands codes, not labels, and ids and bytes as hexadecimal.

use data_encoding::HEXLOWER_PERMISSIVE;

use super::{Field, FieldError, FieldType, Value, digits};

impl Field {
    /// Reads what a person typed and checks it. Nothing typed is [`Value::cleared`]; several codes are separated by commas;
    /// digits of any script in use here count as digits in dates and numbers.
    ///
    /// # Errors
    /// Names the kind, the field and what is expected there.
    pub fn parse(&self, text: &str) -> Result<Value, FieldError> {
        let text = text.trim();
        let value = match &self.ty {
            FieldType::Codes => Value::Codes(self.in_order(text)),
            _ if text.is_empty() => Value::cleared(),
            FieldType::Text | FieldType::Code => Value::Text(text.to_owned()),
            FieldType::Long => Value::Text(text.replace("\r\n", "\n").replace('\r', "\n")),
            FieldType::Date | FieldType::PartialDate => Value::Text(digits::ascii_digits(text)),
            FieldType::Bool => Value::Bool(yes_or_no(text).ok_or_else(|| self.error())?),
            FieldType::Int | FieldType::Timestamp => Value::Int(digits::ascii_digits(text).parse().map_err(|_| self.error())?),
            FieldType::Ref(_) | FieldType::Bytes => {
                Value::Bytes(HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(|_| self.error())?)
            }
        };
        self.check(&value)?;
        Ok(value)
    }

    /// The codes, each once, in the order of the list, unknown ones last for `check` to refuse:
    /// so the same choice is the same value.
    fn in_order(&self, text: &str) -> Vec<String> {
        let mut codes: Vec<String> = text.split(',').map(|code| code.trim().to_owned()).filter(|code| !code.is_empty()).collect();
        let place = |code: &String| self.codes.iter().position(|known| known.code == *code).unwrap_or(self.codes.len());
        codes.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.cmp(b)));
        codes.dedup();
        codes
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" | "1" => Some(true),
        "no" | "false" | "off" | "0" => Some(false),
        _ => None,
    }
}
