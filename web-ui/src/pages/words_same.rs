//! Words for two persons side by side.
//! Not for matches with other units: those are beside the alerts' words.

use icmc_node::service::model::{CandidateView, LineView};

/// How two values stand to each other.
pub(crate) fn agreement(line: &LineView) -> &'static str {
    match (line.agreement, line.fact) {
        ("agree", _) => "agree",
        ("alike", "birth" | "papers") => "nearly agree",
        ("alike", _) => "sound alike",
        ("differ", _) => "differ",
        _ => "unknown",
    }
}

/// The class of the tag beside it; the word says the same.
pub(crate) fn agreement_mark(line: &LineView) -> &'static str {
    match line.agreement {
        "agree" | "alike" => " good",
        "differ" => " bad",
        _ => "",
    }
}

/// Whether the two are probably one person.
pub(crate) fn is_likely(candidate: &CandidateView) -> bool {
    matches!(candidate.class, Some("probable" | "exact"))
}

/// The answers for the sex of somebody looked for; not knowing it is leaving it empty.
pub(crate) fn sexes() -> Vec<(&'static str, &'static str)> {
    super::words::answers("person", "sex").into_iter().filter(|(code, _)| *code != "unknown").collect()
}

/// How sure it is, or why somebody was found at all.
pub(crate) fn likeness(candidate: &CandidateView) -> String {
    match (candidate.class, &candidate.why) {
        (Some(class), _) => super::words::class(class).to_owned(),
        (None, Some(why)) => format!("Found by {}", super::words::matched(why)),
        (None, None) => "Found".to_owned(),
    }
}
