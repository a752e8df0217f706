//! The words that pages use for requests and publications.
//! Not their rules: those are the protocol's.

/// What can be asked.
pub(crate) const CHECKS: &[&str] = &["address", "family", "identity", "willingness", "safety"];
/// Why a request can be refused.
pub(crate) const REFUSALS: &[&str] = &["not_our_area", "no_capacity", "too_little", "no_ground", "danger", "other"];
/// How soon an answer can be wanted.
pub(crate) const DUE: &[(&str, &str)] = &[("2", "2 days"), ("7", "7 days"), ("14", "14 days"), ("30", "30 days")];

/// What is to be found out.
pub(crate) fn check(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "address" => "Is there such an address",
        "family" => "Does the family live there",
        "identity" => "Is the person who she or he says",
        "willingness" => "Would the family receive her or him",
        "safety" => "Would it be safe there",
        _ => "Question not known",
    }
}

/// Why a request was refused.
pub(crate) fn refusal(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "not_our_area" => "Not our area",
        "no_capacity" => "Nobody is free in time",
        "too_little" => "Too little to find anything with",
        "no_ground" => "No legal ground",
        "danger" => "Looking would put somebody in danger",
        _ => "Another reason",
    }
}

/// Where a request stands.
pub(crate) fn request_state(state: impl AsRef<str>) -> &'static str {
    match state.as_ref() {
        "sent" => "Sent",
        "delivered" => "Delivered",
        "new" => "New",
        "taken" => "In hand",
        "answered" => "Answered",
        "refused" => "Refused",
        "closed" => "Closed",
        "withdrawn" => "Ended by the unit that asked",
        "expired" => "Expired",
        "undeliverable" => "Refused by the other node",
        _ => "State not known",
    }
}

/// How far an entry of the directory is trusted.
pub(crate) fn trust(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "verified" => "verified",
        "known" => "known",
        "avoid" => "to be avoided",
        _ => "not verified",
    }
}

/// Codes as words with commas between them.
pub(crate) fn plain_list(codes: &[String]) -> String {
    codes.iter().map(|code| code.replace('_', " ")).collect::<Vec<_>>().join(", ")
}
