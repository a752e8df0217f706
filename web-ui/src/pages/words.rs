//! The words that pages use for states and codes. Labels of fields and their answers are the dictionary's.
//! No sentence here says more than the state does.

use icmc_node::service::model::{AlertView, AskState, FieldView, MatchedBy, Matching, PersonView};
use icmc_protocol::dictionary::Dictionary;

pub(crate) use super::words_peer::*;
pub(crate) use super::words_request::*;
pub(crate) use super::words_room::*;
pub(crate) use super::words_same::*;
pub(crate) use super::words_share::*;

/// The label of a code of a field; the code itself if it is not known.
pub(crate) fn label(kind: &str, field: &str, code: impl AsRef<str>) -> String {
    let code = code.as_ref();
    Dictionary::builtin().field(kind, field).and_then(|field| field.label_of(code)).unwrap_or(code).to_owned()
}

/// The answers of a field, as code and label.
pub(crate) fn answers(kind: &str, field: &str) -> Vec<(&'static str, &'static str)> {
    let field = Dictionary::builtin().field(kind, field);
    field.map(|field| field.codes.iter().map(|code| (code.code.as_str(), code.label.as_str())).collect()).unwrap_or_default()
}

/// "R3 Rehabilitation".
pub(crate) fn stage(code: impl AsRef<str>) -> String {
    let code = code.as_ref();
    let label = Dictionary::builtin().stages().iter().find(|stage| stage.code == code).map(|stage| stage.label.as_str());
    label.map_or_else(|| code.to_owned(), |label| format!("{code} {label}"))
}

/// A date as far as it is known.
pub(crate) fn date(iso: impl AsRef<str>) -> String {
    crate::format::date(iso.as_ref())
}

/// What a field shows.
pub(crate) fn shown(field: &FieldView) -> String {
    if matches!(field.kind_of, "date" | "pdate") { date(&field.text) } else { field.text.clone() }
}

/// Whether a field has anything to show. References are shown by what they hang on.
pub(crate) fn tells(field: &FieldView) -> bool {
    !field.text.is_empty() || !field.conflict.is_empty() || !field.pending.is_empty()
}

/// Several names with commas between them.
pub(crate) fn joined(names: &[impl AsRef<str>]) -> String {
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

/// A code as words: "case_viewed" becomes "case viewed".
pub(crate) fn plain(code: impl AsRef<str>) -> String {
    code.as_ref().replace('_', " ")
}

/// The beginning of each id in the audit's column.
pub(crate) fn brief(object: impl AsRef<str>) -> String {
    object.as_ref().split('/').map(|id| id.get(..12).unwrap_or(id)).collect::<Vec<_>>().join(" / ")
}

/// Whether the person goes through the six stages.
pub(crate) fn in_process(person: &PersonView) -> bool {
    let victim = |role: &str| role == "victim" || role == "possible_victim";
    let is_victim = person.roles.iter().filter_map(|role| role.field("role")?.value.as_ref()?.as_array()).flatten();
    is_victim.filter_map(|code| code.as_str()).any(victim) || person.stages.iter().any(|stage| stage.entity.is_some())
}

/// How a person is called where names are left out.
pub(crate) fn masked(person: &PersonView, number: &usize) -> String {
    let sex = person.entity.text("sex");
    let letter = if in_process(person) { "V" } else { "P" };
    if sex.is_empty() { format!("{letter}-{number}") } else { format!("{letter}-{number}, {sex}") }
}

/// Where a person stands in matching.
pub(crate) fn matching(matching: &Matching) -> &'static str {
    match matching {
        Matching::No => "no, there is no ground for it",
        Matching::Pending => "being prepared",
        Matching::Yes => "yes",
        Matching::Withdrawn => "withdrawn",
    }
}

/// Why a search found something.
pub(crate) fn matched(why: &MatchedBy) -> &'static str {
    match why {
        MatchedBy::Number => "case number",
        MatchedBy::Identifier => "identity paper",
        MatchedBy::Phone => "phone",
        MatchedBy::Name => "name",
        MatchedBy::Sound => "sounds alike",
    }
}

/// How sure a match is.
pub(crate) fn class(class: impl AsRef<str>) -> &'static str {
    match class.as_ref() {
        "exact" => "Exact match",
        "probable" => "Probable match",
        _ => "Possible match",
    }
}

/// What agreed, in kind.
pub(crate) fn agreed(kinds: &[&'static str]) -> String {
    let words: Vec<String> = kinds
        .iter()
        .map(|kind| match *kind {
            "document_number" => "number of an identity paper".to_owned(),
            "document_last_four" => "last four digits of an identity paper".to_owned(),
            "name_or_alias" => "name or alias".to_owned(),
            "guardian" => "guardian's name".to_owned(),
            "birth_year_near" => "birth year, nearly".to_owned(),
            other => plain(other),
        })
        .collect();
    words.join(", ")
}

/// Where an alert stands.
pub(crate) fn alert_state(state: impl AsRef<str>) -> String {
    match state.as_ref() {
        "in_hand" => "in hand".to_owned(),
        other => other.to_owned(),
    }
}

/// How an alert can end by a person's hand.
pub(crate) const OUTCOMES: &[&str] = &["same", "not_same", "muted", "no_answer"];

/// How an alert ended.
pub(crate) fn outcome(outcome: impl AsRef<str>) -> &'static str {
    match outcome.as_ref() {
        "same" => "The same person",
        "not_same" => "Not the same person",
        "muted" => "Not to be shown again",
        "no_answer" => "The other unit did not answer",
        "contradicted" => "The comparison of both units spoke against it",
        _ => "One of the two units announces the person no more",
    }
}

/// What the two units said to each other.
pub(crate) fn contact(contact: &AskState) -> &'static str {
    match contact {
        AskState::None => "Nobody has asked yet.",
        AskState::Asked => "We asked; the other unit has not answered yet.",
        AskState::AskedByPeer => "The other unit asks for contact.",
        AskState::Yes => "Contact agreed: call each other.",
        AskState::No => "No contact.",
        AskState::PeerLater => "The other unit said: later.",
        AskState::OwnLater => "We said: later.",
    }
}

/// Whether asking makes sense now.
pub(crate) fn can_ask(contact: &AskState) -> bool {
    matches!(contact, AskState::None | AskState::PeerLater)
}

/// Whether the other unit waits for an answer.
pub(crate) fn can_answer(contact: &AskState) -> bool {
    matches!(contact, AskState::AskedByPeer | AskState::OwnLater)
}

/// Whether a person can still move the alert: a withdrawal or a contradiction closes it for good.
pub(crate) fn can_move(alert: &AlertView) -> bool {
    !matches!(alert.outcome, Some("withdrawn" | "contradicted"))
}

/// What the comparison with the other unit has said.
pub(crate) fn confirmed(alert: &AlertView) -> &'static str {
    match alert.confirmed {
        "yes" => "Both units have weighed what they know of it, without showing it to each other.",
        "waiting" => "To be confirmed: it rests on fingerprints alone until the other unit has answered.",
        "contradicted" => "Since then the comparison of both units spoke against it.",
        _ => "Not confirmed: it rests on fingerprints alone.",
    }
}

/// Whether a person here decides if the other unit is told: it holds a suspect, and we do not.
pub(crate) fn can_tell(alert: &AlertView) -> bool {
    alert.confirmed == "yes" && !alert.told && alert.state != "closed"
}

/// Whether a case is closed by its status.
pub(crate) fn is_closed(status: impl AsRef<str>) -> bool {
    status.as_ref().starts_with("closed")
}

/// The notice for what was just done.
pub(crate) fn said(code: &str) -> Option<&'static str> {
    Some(match code {
        "saved" => "Saved.",
        "created" => "The case is saved.",
        "admitted" => "Admitted: it counts now, and those who may see it get it.",
        "contribution_refused" => "Refused. Its author reads why.",
        "contribution_refused_untold" => "Refused. No share with its author is open, so it cannot be told here: call it.",
        "asked_author" => "Asked. The answer shows with the contribution.",
        "shared" => "Sealed and sent. What becomes of it shows below and under Shares.",
        "linked" => "Linked. Both cases show it; neither was changed.",
        "unlinked" => "The link is taken away.",
        "same" => "The same person: both cases show the link; neither was changed.",
        "not_same" => "Not the same: the two are not proposed again.",
        "undecided_same" => "Undone: it is open again whether they are the same person.",
        "not_linked" => "Accepted, but not linked: no case of that number is open to you. Link it below.",
        "taken_back" => "Taken back. The receipt shows here once the other unit has destroyed it.",
        "decided" => "Two persons have decided it.",
        "undecided" => "It is off the list.",
        "asked_second" => "Asked. It holds once a second person has agreed.",
        "revised" => "Sealed and sent. The new terms hold once the other unit has them.",
        "recalled" => "Recalled. The receipt shows here once the other unit has destroyed the key.",
        "accepted" => "Accepted. The case is among yours now.",
        "declined" => "Declined. Nothing of it was kept.",
        "offered" => "Offered. The case is theirs once they have said yes and all of it has arrived.",
        "released" => "This node does not wait for that unit any more.",
        "closed" => "The case is closed.",
        "reopened" => "The case is open again.",
        "restored" => "The deletion is undone.",
        "undone" => "Brought back.",
        "told" => "They are told. Their people see the alert now, and which unit it comes from.",
        "compared" => "The comparison goes on. Its alert comes here if there is one.",
        "not_compared" => "There will be no comparison. What fingerprints alone say stays as it is.",
        "asked" => "Asked. The answer shows here when it comes.",
        "answered" => "Your answer is on its way.",
        "sent" => "Sealed and sent. What becomes of it shows here.",
        "taken" => "In hand. The other unit is told.",
        "refused" => "Refused. Nothing of it was kept.",
        "ended" => "Ended. The receipt shows here once the other unit has destroyed the key.",
        "put" => "The answer stands in the case.",
        "said" => "Your message is on its way.",
        "alert" => "The alert is moved.",
        "room_yes" => "Your yes is on its way. What you tell goes once the other unit has said yes, too.",
        "room_no" => "Your no is on its way.",
        "room_stopped" => "Stopped. What was received is deleted here, and there once it has heard.",
        "confirmed" => "Confirmed here. Sharing opens once the other unit has confirmed too.",
        "paused" => "Paused. Only what ends something goes to that unit and is taken from it.",
        "resumed" => "Gone on. What waited here goes now; what waits there comes within a few minutes.",
        "let_in" => "Let in. It is dialled now, and what it sends is taken again.",
        "parted" => "Ended. The receipts show with the shares once that unit has destroyed the keys.",
        "proposed" => "Proposed. It holds once enough members have approved; how far it is shows below.",
        "keepers" => "Asked. A person at each of them says yes; how far it is shows here.",
        "keeping" => "This unit takes part. The key is made once all have said yes.",
        "not_keeping" => "It is over, here and at the others.",
        "burst" => "Asked for, for today. What waits is blinded within a minute.",
        "withdrawn" => "Taken back. Whoever had approved it can approve something else.",
        "left" => "This unit has left. Keep this node running until the others have heard it.",
        "later" => "Nothing was done. The proposal stays open until its proposer takes it back.",
        "approved" => "Your yes is on its way.",
        "joining" => "The request to join is on its way.",
        "account" => "The account is changed.",
        "password" => "Your password is changed. Sign in with the new one.",
        "out" => "You are signed out.",
        "ready" => "The unit is set up. Sign in with a name and a password that you chose.",
        _ => return None,
    })
}
