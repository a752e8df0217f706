//! Digits and dates as people write them: native digits, phone numbers, Aadhaar numbers, calendar days.
//! Only yes or no and digits; nothing here keeps or formats a value.

/// First digits of the decimal blocks in use here: Arabic, Persian, nine Indic scripts, Thai, Tibetan, Burmese.
const ZEROS: [u32; 14] = [0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xF20, 0x1040];

/// The digit that a character stands for, in any of these scripts.
pub(super) fn digit(ch: char) -> Option<u8> {
    if let Some(value) = ch.to_digit(10) {
        return u8::try_from(value).ok();
    }
    let code = u32::from(ch);
    ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).and_then(|zero| u8::try_from(code - zero).ok())
}

/// The same text with native digits in ASCII.
pub(super) fn ascii_digits(text: &str) -> String {
    text.chars().map(|ch| digit(ch).map_or(ch, |value| char::from(b'0' + value))).collect()
}

/// True for a number that may be a full Aadhaar: twelve digits, the first 2 to 9. Beside letters (a driving licence)
/// only if the check digit fits too; without letters a slip of the pen must not let one through.
pub(super) fn may_be_aadhaar(text: &str) -> bool {
    let digits: Vec<u8> = text.chars().filter_map(digit).collect();
    let letters = text.chars().any(|ch| ch.is_alphabetic());
    digits.len() == 12 && digits[0] >= 2 && (!letters || verhoeff(&digits))
}

/// True for exactly four digits and nothing else.
pub(super) fn four_digits(text: &str) -> bool {
    text.chars().count() == 4 && text.chars().all(|ch| digit(ch).is_some())
}

/// True for 5 to 15 digits (E.164) with the usual signs between them.
pub(super) fn phone(text: &str) -> bool {
    let count = text.chars().filter(|ch| digit(*ch).is_some()).count();
    (5..=15).contains(&count) && text.chars().all(|ch| digit(ch).is_some() || "+-() ./".contains(ch))
}

/// True for YYYY-MM-DD, a day of the calendar from 1850 to 2199.
pub(super) fn date(text: &str) -> bool {
    parts(text).is_some_and(|found| found.len() == 3)
}

/// True for YYYY, YYYY-MM or YYYY-MM-DD.
pub(super) fn partial_date(text: &str) -> bool {
    parts(text).is_some()
}

/// Year, month and day as far as given, if they exist in the calendar.
fn parts(text: &str) -> Option<Vec<u32>> {
    let mut found = Vec::with_capacity(3);
    for (at, part) in text.split('-').enumerate() {
        if at > 2 || part.len() != if at == 0 { 4 } else { 2 } || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        found.push(part.parse::<u32>().ok()?);
    }
    let year = found[0];
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let month = found.get(1).copied().unwrap_or(1);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let exists =
        (1850..2200).contains(&year) && (1..=12).contains(&month) && found.get(2).is_none_or(|day| (1..=days).contains(day));
    exists.then_some(found)
}

/// The check digit of Aadhaar (Verhoeff): multiplication in the dihedral group of ten elements.
fn verhoeff(digits: &[u8]) -> bool {
    const TURN: [usize; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let multiply = |a: usize, b: usize| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let sum = digits.iter().rev().enumerate().fold(0, |sum, (place, value)| {
        let turned = (0..place % 8).fold(usize::from(*value), |value, _| TURN[value]);
        multiply(sum, turned)
    });
    sum == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_verhoeff() {
        let digits = |text: &str| text.bytes().map(|byte| byte - b'0').collect::<Vec<_>>();
        assert!(verhoeff(&digits("2363")), "236 has the check digit 3");
        assert!(verhoeff(&digits("123451")), "12345 has the check digit 1");
        assert!(verhoeff(&digits("234123412346")));
        for wrong in ["2364", "123452", "234123412347", "243123412346"] {
            assert!(!verhoeff(&digits(wrong)), "{wrong}");
        }
    }

    #[test]
    fn a_full_aadhaar_is_seen_however_it_is_written() {
        for text in [
            "234123412346",
            "2341 2341 2346",
            "2341-2341-2346",
            "२३४१ २३४१ २३४६",
            "২৩৪১২৩৪১২৩৪৬",
            "234123412347",
            "UID 2341 2341 2346",
        ] {
            assert!(may_be_aadhaar(text), "{text}");
        }
        for text in ["2346", "1804 2341 2346", "AS01 2019 0012 34", "27-01-70-12345", "19881234567890123", ""] {
            assert!(!may_be_aadhaar(text), "{text}");
        }
    }

    #[test]
    fn days_are_days_of_the_calendar() {
        for text in ["2026-11-23", "2024-02-29", "2000-02-29", "1984-12-31"] {
            assert!(date(text), "{text}");
        }
        for text in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-1-2",
            "26-01-02",
            "2026-01-02-03",
            "2026",
            "2026-11",
            "",
            "-",
            "２０２６-01-01",
        ] {
            assert!(!date(text), "{text}");
        }
        assert!(partial_date("1984") && partial_date("1984-07") && partial_date("1984-07-01"));
        assert!(!partial_date("1984-") && !partial_date("1984-07-") && !partial_date("0984") && !partial_date("about 1984"));
    }
}
