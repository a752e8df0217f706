//! How numbers, days and times are shown: 22 Nov 2026, 14:05.
//! Not for what is stored or sent: that is milliseconds UTC and ISO dates.

use icmc_protocol::time::{DAY, HOUR, MINUTE, Timestamp};
use jiff::tz::TimeZone;

/// The time zone of shown times where the configuration names none.
pub const DEFAULT_ZONE: &str = "Asia/Kolkata";

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The zone with this name. A system without a list of zones still knows India's; anything else unknown is UTC.
#[must_use]
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or_else(|_| match (name, jiff::tz::Offset::from_seconds(5 * 3600 + 1800)) {
        (DEFAULT_ZONE, Ok(offset)) => TimeZone::fixed(offset),
        _ => TimeZone::UTC,
    })
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<jiff::ZonedDateTime> {
    let millis = i64::try_from(at.0).ok()?;
    Some(jiff::Timestamp::from_millisecond(millis).ok()?.to_zoned_datetime(zone.clone()))
}

fn month(number: i8) -> &'static str {
    usize::try_from(number - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or("?")
}

/// Day and time: 22 Nov 2026, 14:05.
#[must_use]
pub fn time(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map_or_else(String::new, |at| {
        format!("{} {} {}, {:02}:{:02}", at.day(), month(at.month()), at.year(), at.hour(), at.minute())
    })
}

/// The day: 22 Nov 2026.
#[must_use]
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map_or_else(String::new, |at| format!("{} {} {}", at.day(), month(at.month()), at.year()))
}

/// The day as a form field holds it: 2026-11-22.
#[must_use]
pub fn iso_day(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map_or_else(String::new, |at| at.date().to_string())
}

/// The last moment of a day YYYY-MM-DD in a zone.
#[must_use]
pub fn day_end(iso: &str, zone: &TimeZone) -> Option<Timestamp> {
    let next = iso.parse::<jiff::civil::Date>().ok()?.tomorrow().ok()?.to_zoned_datetime(zone.clone()).ok()?;
    Some(Timestamp(u64::try_from(next.timestamp().as_millisecond()).ok()?).minus(1))
}

/// As much of an ISO date as there is: 22 Nov 2026, Nov 2026, 2026. Anything else is left as it is.
#[must_use]
pub fn date(iso: &str) -> String {
    let parts: Vec<&str> = iso.split('-').collect();
    let month_of = |text: &str| text.parse().ok().filter(|number| (1..=12).contains(number)).map(month);
    match parts.as_slice() {
        [year, m] => month_of(m).map(|m| format!("{m} {year}")),
        [year, m, d] => month_of(m).zip(d.parse::<u8>().ok()).map(|(m, d)| format!("{d} {m} {year}")),
        _ => None,
    }
    .unwrap_or_else(|| iso.to_owned())
}

/// How long ago: "just now", "12 min ago", "2 h ago", "3 days ago".
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    match now.since(at) {
        span if span < MINUTE => "just now".to_owned(),
        span if span < HOUR => format!("{} min ago", span / MINUTE),
        span if span < 2 * DAY => format!("{} h ago", span / HOUR),
        span => format!("{} days ago", span / DAY),
    }
}

/// A count in the Indian grouping: 1,23,456.
#[must_use]
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let (head, tail) = digits.split_at(digits.len().saturating_sub(3));
    let mut shown = String::new();
    for (at, digit) in head.chars().enumerate() {
        shown.push(digit);
        if (head.len() - at) % 2 == 1 {
            shown.push(',');
        }
    }
    shown + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_in_the_zone_of_the_unit() {
        let at = Timestamp(1_795_336_500_000); // 2026-11-22T08:35:00Z
        assert_eq!(time(at, &zone("Asia/Kolkata")), "22 Nov 2026, 14:05");
        assert_eq!(day(at, &TimeZone::UTC), "22 Nov 2026");
        assert_eq!(iso_day(at, &TimeZone::UTC), "2026-11-22");
        assert_eq!(time(Timestamp(u64::MAX), &TimeZone::UTC), "");
        let end = day_end("2026-11-22", &zone("Asia/Kolkata")).unwrap();
        assert_eq!(time(end, &zone("Asia/Kolkata")), "22 Nov 2026, 23:59");
        assert_eq!(time(end.plus(1), &TimeZone::UTC), "22 Nov 2026, 18:30");
        assert_eq!(day_end("2026-13-01", &TimeZone::UTC), None);
    }

    #[test]
    fn partial_dates_show_what_is_known() {
        assert_eq!(date("2026-11-02"), "2 Nov 2026");
        assert_eq!(date("2026-11"), "Nov 2026");
        assert_eq!(date("2026"), "2026");
        assert_eq!(date("2026-99-02"), "2026-99-02");
    }

    #[test]
    fn counts_are_grouped_as_in_india() {
        for (value, shown) in [(7, "7"), (123, "123"), (1234, "1,234"), (123_456, "1,23,456"), (12_345_678, "1,23,45,678")] {
            assert_eq!(number(value), shown);
        }
    }

    #[test]
    fn ages_of_contact_are_in_words() {
        let now = Timestamp(10 * DAY);
        assert_eq!(ago(now.minus(5), now), "just now");
        assert_eq!(ago(now.minus(2 * HOUR), now), "2 h ago");
        assert_eq!(ago(now.minus(3 * DAY), now), "3 days ago");
        assert_eq!(ago(now.plus(DAY), now), "just now");
    }
}
