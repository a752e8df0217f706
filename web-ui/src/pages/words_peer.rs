//! The words for how another unit's node stands: its clock, its queue, what it was cut off for.
//! Who the unit is, is told in `words_share`.

/// One minute, in milliseconds. Clocks that differ by less agree.
const MINUTE: u64 = 60_000;
/// What is sent from so far ahead is refused at the other side.
const TOO_FAR: u64 = 10 * MINUTE;

/// How its clock stands against the own one.
pub(crate) fn clock(ahead: &i64) -> String {
    let apart = ahead.unsigned_abs();
    if apart < MINUTE {
        return "agrees with this one".to_owned();
    }
    let span = match apart / MINUTE {
        minutes @ 0..120 => format!("{minutes} min"),
        minutes @ 120..2_880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1_440),
    };
    format!("{span} {} this one", if *ahead > 0 { "ahead of" } else { "behind" })
}

/// What follows from clocks that are too far apart.
pub(crate) fn clock_advice(ahead: &i64) -> Option<&'static str> {
    match *ahead {
        ahead if ahead.unsigned_abs() < TOO_FAR => None,
        1.. => Some("What it sends is refused here until both clocks are right. Compare both with a telephone's."),
        _ => Some("What is sent to it is refused there until both clocks are right. Compare both with a telephone's."),
    }
}

/// How far a new blinding key is.
pub(crate) fn generation(state: &str) -> &'static str {
    match state {
        "running" => "in the making",
        "done" => "made",
        _ => "over",
    }
}

/// "1 share", "2 shares".
pub(crate) fn counted(number: &u32, one: &str) -> String {
    if *number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// For what a unit was cut off.
pub(crate) fn offence(why: &str) -> &'static str {
    match why {
        "flood" => "flooding this node",
        "oversize" => "frames far too large",
        "garbage" => "bytes that no honest node sends",
        "subscriptions" => "a storm of subscriptions",
        "slow_reading" => "not reading the replies that it asked for",
        _ => "what it sent",
    }
}

/// What two messages prove that no honest unit signs both of, by their kind in the protocol.
pub(crate) fn proof(kind: &str) -> &'static str {
    match kind {
        "entry" => "two different steps of a case under one number",
        "beacon" => "two different announcements under one number",
        "prekey" => "two different keys under one number",
        "charter-approval" => "a yes to two different lists of members with one number",
        "blind-reply" => "an answer as a keeper that does not fit its key",
        "key-step" | "keeper-word" => "steps of making a key that do not go together",
        _ => "two messages that exclude each other",
    }
}

/// "1 message", "12,034 messages".
pub(crate) fn messages(number: &u64) -> String {
    if *number == 1 {
        return "1 message".to_owned();
    }
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    format!("{shown} messages")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_told_in_plain_words_and_warned_of_when_it_matters() {
        for (ahead, words, warns) in [
            (0, "agrees with this one", false),
            (-59_999, "agrees with this one", false),
            (60_000, "1 min ahead of this one", false),
            (-599_999, "9 min behind this one", false),
            (600_000, "10 min ahead of this one", true),
            (-7_200_000, "2 h behind this one", true),
            (i64::MIN, "106751991167 days behind this one", true),
        ] {
            assert_eq!((clock(&ahead).as_str(), clock_advice(&ahead).is_some()), (words, warns));
        }
        assert!(clock_advice(&600_000).is_some_and(|says| says.starts_with("What it sends")));
        assert!(clock_advice(&-600_000).is_some_and(|says| says.starts_with("What is sent")));
        let told = [0, 1, 12, 601, 1_000, 12_034, 1_234_567].map(|number| messages(&number));
        let expected =
            ["0 messages", "1 message", "12 messages", "601 messages", "1,000 messages", "12,034 messages", "1,234,567 messages"];
        assert_eq!(told, expected);
        assert_eq!((counted(&1, "share"), counted(&0, "share")), ("1 share".to_owned(), "0 shares".to_owned()));
    }
}
