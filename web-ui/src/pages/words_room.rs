//! Words for disclosure rooms: steps, reasons, ends, and whose turn it is.
//! Not their rules: those are the protocol's.

use icmc_node::service::model::{AlertView, AskState, RoomView, StepSide};

/// Why somebody says no, as code and words.
pub(crate) const ROOM_NOS: &[(&str, &str)] = &[
    ("not_yet", "Not yet"),
    ("no_ground", "We see no legal ground"),
    ("danger", "It would put somebody in danger"),
    ("not_needed", "What is known is enough, or speaks against it"),
    ("other", "Other, as the text says"),
];

/// What a step is about.
pub(crate) fn room_step(step: impl AsRef<str>) -> &'static str {
    match step.as_ref() {
        "officer" => "Who works on it",
        "case" => "Year and stage of the case",
        "fields" => "Chosen values",
        _ => "Share or referral",
    }
}

/// Its number on the page; the contact request is the first.
pub(crate) fn room_number(step: impl AsRef<str>) -> u8 {
    match step.as_ref() {
        "officer" => 2,
        "case" => 3,
        "fields" => 4,
        _ => 5,
    }
}

/// Where the room stands, and whose turn it is.
pub(crate) fn room_state(room: &RoomView) -> &'static str {
    match (room.state, room.ended, room.next) {
        (_, Some("expired"), _) => "The room ended by itself: nobody said anything for 60 days. What was received is deleted.",
        (_, Some("withdrawn"), _) => {
            "The room ended: one of the two units may not tell of its person any more. What was received is deleted."
        }
        (_, Some("stopped"), _) => "The room was stopped. What was received is deleted on both sides.",
        (_, Some("shared"), _) => "The room ended with a share.",
        (_, Some("referred"), _) => "The room ended with a referral.",
        (_, Some(_), _) => "The room ended: not the same person. What was received is deleted on both sides.",
        ("no_contact", ..) => "Both units have to agree on contact first.",
        ("not_confirmed", ..) => {
            "The safety words have to be compared on both sides first. Until then no more than a contact request goes to that unit."
        }
        ("not_compared", ..) => "The comparison of both units has not confirmed the match yet. Nothing is told before.",
        ("closed", ..) => "The alert is closed. Take it up again to go on.",
        (_, _, Some("share")) => "All steps are open. Share or refer the case, or say that it is not the same person.",
        (_, _, Some(_)) if room.waiting => "We have said yes and wait for the other unit.",
        (_, _, Some(_)) => "It is your turn: yes or no to the next step.",
        _ if room.waiting => "We have said yes and wait for the other unit. What we tell goes once it has said yes, too.",
        _ => "Both have said yes. What the other unit tells is on its way.",
    }
}

/// Whether somebody here can still stop it.
pub(crate) fn can_stop(room: &RoomView) -> bool {
    room.state == "open" || room.state == "closed"
}

/// What a side says to a step.
pub(crate) fn room_said(side: &StepSide) -> &'static str {
    match side.said {
        "yes" => "Yes",
        "no" => "No",
        _ => "Nothing yet",
    }
}

/// Why it says no.
pub(crate) fn room_no(code: impl AsRef<str>) -> &'static str {
    ROOM_NOS.iter().find(|(known, _)| *known == code.as_ref()).map_or("Other", |(_, words)| words)
}

/// Whether the two units can tell each other more: they have agreed on contact.
pub(crate) fn has_room(alert: &AlertView) -> bool {
    alert.contact == AskState::Yes
}
