//! The words that pages use for shares and other units.
//! Not their rules: those are the protocol's.

use icmc_protocol::dictionary::Dictionary;

/// What a share can be for.
pub(crate) const PURPOSES: &[&str] = &["verification", "referral", "repatriation", "investigation"];
/// On what ground a person can be named.
pub(crate) const BASES: &[&str] = &["consent", "law_enforcement", "vital_interest", "court_order", "child_best_interest"];
/// What a receiver may do.
pub(crate) const RIGHTS: &[&str] = &["read", "contribute"];
/// Handling codes.
pub(crate) const HANDLING: &[&str] = &["H0", "H1", "H2", "H3"];
/// Whether it may be passed on.
pub(crate) const ONWARD: &[&str] = &["none", "ask", "allowed"];
/// For how long.
pub(crate) const DAYS: &[(&str, &str)] = &[("7", "7 days"), ("30", "30 days"), ("90", "90 days")];

/// What a share is for.
pub(crate) fn purpose(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "verification" => "Verification of an address or identity",
        "referral" => "Referral: work is asked for",
        "repatriation" => "Repatriation: a person returns home",
        "investigation" => "Investigation",
        _ => "Purpose not known",
    }
}

/// On what ground.
pub(crate) fn basis(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "consent" => "Consent of the person",
        "law_enforcement" => "Duty of law enforcement",
        "vital_interest" => "Life or limb",
        "court_order" => "Order of a court",
        "child_best_interest" => "Best interest of the child",
        _ => "Ground not known",
    }
}

/// Why a share is declined: code and words, which the owner reads.
pub(crate) const DECLINES: &[(&str, &str)] = &[
    ("area", "Not our area or task"),
    ("capacity", "We cannot take it on now"),
    ("known", "We work on this already"),
    ("unclear", "We need to know more first"),
    ("mistake", "It seems to be meant for another unit"),
    ("other", "Other"),
];

/// The reason that the owner reads: the words of a code and what was typed.
pub(crate) fn declined(code: &str, typed: &str) -> String {
    let words = DECLINES.iter().find(|(known, _)| *known == code).map(|(_, words)| *words);
    match (words, typed.trim()) {
        (None, typed) | (Some("Other"), typed) => typed.to_owned(),
        (Some(words), "") => words.to_owned(),
        (Some(words), typed) => format!("{words}: {typed}"),
    }
}

/// In what two linked cases are the same.
pub(crate) fn link(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "person" => "the same person",
        _ => "the same matter",
    }
}

/// What stands where a section of a case is empty: of another unit's case it may not be shared.
pub(crate) fn absent(not_shared: &[String], section: &str, empty: &'static str) -> &'static str {
    let known = Dictionary::builtin().sections().iter().find(|known| known.id == section);
    if known.is_some_and(|known| not_shared.contains(&known.label)) { "Not shared with this unit." } else { empty }
}

/// Why somebody of this unit can open a case.
pub(crate) fn sees_why(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "entered" => "entered the case here, or accepted it",
        "team" => "was put on the case",
        _ => "the role reaches every case",
    }
}

/// What two persons decide.
pub(crate) fn decision(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "override" => "A ground in place of the consent",
        "hold" => "A hold on the case",
        "release" => "The end of a hold",
        _ => "A decision",
    }
}

/// Where another unit's contribution stands.
pub(crate) fn contribution_state(state: impl AsRef<str>) -> &'static str {
    match state.as_ref() {
        "pending" => "waits for your yes or no",
        "admitted" => "admitted",
        "refused" => "refused",
        "taken_back" => "taken back, or past its time",
        _ => "state not known",
    }
}

/// The colour that goes with it; the words say the same.
pub(crate) fn contribution_tag(state: impl AsRef<str>) -> &'static str {
    match state.as_ref() {
        "pending" => " warn",
        "admitted" => " good",
        "refused" => " bad",
        _ => "",
    }
}

/// What a message says of a contribution, before the name of the unit that it is about.
pub(crate) fn form(what: impl AsRef<str>) -> &'static str {
    match what.as_ref() {
        "refused" => "Refuses a contribution",
        "may_pass" => "Asks whether a contribution may be passed on to",
        "pass" => "Yes, a contribution may be passed on to",
        "not_pass" => "No, a contribution may not be passed on to",
        _ => "Says something of a contribution",
    }
}

/// What stands where nobody is named.
pub(crate) fn nobody(not_shared: &[String]) -> &'static str {
    if !absent(not_shared, "identity", "").is_empty() {
        "Not shared with this unit: who the people are."
    } else if not_shared.iter().any(|one| one == "any person") {
        "No person was named in what was shared."
    } else {
        "Nobody is named here."
    }
}

/// Whether a section is one that is not shared.
pub(crate) fn is_absent(not_shared: &[String], section: &str) -> bool {
    !absent(not_shared, section, "").is_empty()
}

/// What a consent lacks for a share.
pub(crate) fn consent_gap(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "none" => "no consent is entered",
        "incomplete" => "it does not say who gave it and how",
        "withdrawn" => "it was withdrawn, or is over",
        "not_yet" => "it is not valid yet",
        "expiry" => "the share would last longer than the consent",
        "recipient" => "it names neither this unit nor its kind",
        "purpose" => "it is not for this purpose",
        "classes" => "it does not allow so much",
        _ => "it does not cover this share",
    }
}

/// What the receiver may do.
pub(crate) fn rights(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "contribute" => "May read and contribute",
        _ => "May read",
    }
}

/// What may be done with it.
pub(crate) fn handling(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "H0" => "H0, lawful use against crime",
        "H1" => "H1, not in court without leave",
        "H2" => "H2, not passed on without leave",
        "H3" => "H3, other: as the word with it says",
        _ => "not shown",
    }
}

/// Whether it may be passed on.
pub(crate) fn onward(code: impl AsRef<str>) -> &'static str {
    match code.as_ref() {
        "allowed" => "May be passed on",
        "ask" => "To be passed on only after asking, unit by unit",
        _ => "Not to be passed on",
    }
}

/// Handling, if it is known.
pub(crate) fn maybe_handling(code: &Option<&'static str>) -> &'static str {
    handling(code.unwrap_or_default())
}

/// Where a share given stands.
pub(crate) fn share_state(state: impl AsRef<str>) -> &'static str {
    match state.as_ref() {
        "sent" => "Sent",
        "delivered" => "Delivered",
        "previewed" => "Looked at",
        "active" => "Accepted",
        "declined" => "Declined",
        "refused" => "Refused by the other node",
        "expired" => "Expired",
        "recalled" => "Recalled",
        "transferred" => "Ended: the case was handed over to it",
        _ => "State not known",
    }
}

/// Where a share received stands.
pub(crate) fn inbox_state(state: impl AsRef<str>) -> &'static str {
    match state.as_ref() {
        "arriving" => "Arriving, not complete yet",
        "offered" => "New",
        "previewed" => "Looked at, not answered",
        "active" => "Accepted",
        "recalled" => "Recalled by its owner",
        "expired" => "Expired",
        "declined" => "Declined",
        "transferred" => "Ended: the case is ours now",
        "locked" => "Closed until that unit has been connected, since this node was restored from a backup",
        _ => "State not known",
    }
}

/// Where an offer to hand a case over stands, before the name of the other unit.
pub(crate) fn transfer(state: impl AsRef<str>, given: &bool) -> &'static str {
    match (state.as_ref(), given) {
        ("proposed", _) => "Offered, not answered yet, to",
        ("handed_over", _) => "Handed over, not arrived yet, to",
        ("taken", _) => "Handed over to",
        ("declined", true) => "Declined by",
        ("stopped", _) => "Stopped, since the case had changed after it was offered to",
        ("withdrawn", true) => "Offer taken back from",
        ("offered", _) => "Offered to this unit by",
        ("accepted", _) => "We said yes; the case is on its way from",
        ("owner", _) => "Taken over from",
        ("declined", false) => "Declined by this unit. It was offered by",
        ("withdrawn", false) => "The offer does not stand any more. It came from",
        _ => "State not known:",
    }
}

/// Why a received case is closed to us.
pub(crate) fn ended(state: impl AsRef<str>) -> &'static str {
    match state.as_ref() {
        "recalled" => "its owner recalled it",
        "expired" => "its time was over",
        "declined" => "this unit declined it",
        "transferred" => "the case became this unit's own",
        _ => "it ended",
    }
}

/// Labels of sections.
pub(crate) fn sections(ids: &[String]) -> String {
    let known = Dictionary::builtin().sections();
    let label = |id: &'_ String| {
        known.iter().find(|section| section.id == *id).map_or_else(|| id.clone(), |section| section.label.clone())
    };
    if ids.is_empty() { "none".to_owned() } else { ids.iter().map(label).collect::<Vec<_>>().join(", ") }
}

/// How much of the sections goes, in words.
pub(crate) fn share_class(code: &str) -> &'static str {
    match code {
        "S" => "Statistical: sex, age, districts, dates, stages",
        "B" => "Basic coordination: case number, roles, suspected part",
        "I" => "Identity: names, phones, papers, birth, villages, free text",
        _ => "Restricted",
    }
}

/// What kind of unit.
pub(crate) fn unit_class(class: impl AsRef<str>) -> &'static str {
    match class.as_ref() {
        "police" => "Police unit",
        "ngo" => "NGO",
        "foreign" => "Partner abroad",
        _ => "Unit",
    }
}

/// What a proposed list of members would do.
pub(crate) fn proposed(change: &str) -> &'static str {
    match change {
        "admit" => "New member:",
        "data" => "New data of",
        "key" => "New node key of",
        "replace" => "Lost node key of",
        "remove" => "Revocation of",
        "left" => "Leaves by its own word:",
        "keepers" => "Other keepers, proposed by",
        _ => "End of the freeze",
    }
}
