//! Calendar days: today's, and dates as people read them.
//! Not instants: those are `Timestamp`.

use icmc_protocol::time::Timestamp;
use jiff::tz::Offset;

/// Five and a half hours: units work by Indian time until a unit can set its own zone.
const OFFSET: Offset = Offset::constant(5);
const HALF_HOUR: u64 = 30 * icmc_protocol::time::MINUTE;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The day of this instant, YYYY-MM-DD.
#[must_use]
pub fn today(now: Timestamp) -> String {
    let millis = i64::try_from(now.plus(HALF_HOUR).0).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    OFFSET.to_datetime(instant).date().to_string()
}

/// The year of a date, whatever part of it is known.
#[must_use]
pub fn year(date: &str) -> Option<i32> {
    date.get(..4)?.parse().ok()
}

/// "23 Nov 2026", "Nov 2026" or "2026" for YYYY-MM-DD, YYYY-MM and YYYY; anything else as it is.
#[must_use]
pub fn shown(date: &str) -> String {
    let month = |text: &str| text.parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    let parts: Vec<&str> = date.split('-').collect();
    match parts.as_slice() {
        [year, m] => month(m).map_or_else(|| date.to_owned(), |month| format!("{month} {year}")),
        [year, m, day] => {
            month(m).map_or_else(|| date.to_owned(), |month| format!("{} {month} {year}", day.trim_start_matches('0')))
        }
        _ => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_changes_at_midnight_in_india() {
        // 2026-11-22T18:29:59Z and one second later.
        assert_eq!(today(Timestamp(1_795_372_199_000)), "2026-11-22");
        assert_eq!(today(Timestamp(1_795_372_200_000)), "2026-11-23");
        assert_eq!(today(Timestamp(u64::MAX)).len(), 10);
    }

    #[test]
    fn dates_read_like_dates_whatever_is_known() {
        assert_eq!(shown("2026-11-03"), "3 Nov 2026");
        assert_eq!(shown("2026-11"), "Nov 2026");
        assert_eq!(shown("2026"), "2026");
        assert_eq!(shown("2026-13-01"), "2026-13-01");
        assert_eq!(year("1984"), Some(1984));
        assert_eq!(year("19"), None);
    }
}
