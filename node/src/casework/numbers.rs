//! Case numbers: "SH-26-0042", a unit's prefix, the year, a serial number of the year.
//! Which serial is next is kept by the service.

use icmc_protocol::fingerprint::plain;

/// The number of a case opened on `day` (YYYY-MM-DD).
#[must_use]
pub fn case_number(prefix: &str, day: &str, serial: u32) -> String {
    format!("{prefix}-{}-{serial:04}", day.get(2..4).unwrap_or("00"))
}

/// A number as numbers are compared: ASCII letters and digits in upper case.
#[must_use]
pub fn plain_number(text: &str) -> String {
    plain(text).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_prefix_year_and_serial() {
        assert_eq!(case_number("SH", "2026-11-23", 42), "SH-26-0042");
        assert_eq!(case_number("SH", "2026-11-23", 12_345), "SH-26-12345");
    }

    #[test]
    fn numbers_compare_without_signs_and_in_any_digits() {
        assert_eq!(plain_number(" sh-26/0042 "), "SH260042");
        assert_eq!(plain_number("SH-२६-००४२"), "SH260042");
    }
}
