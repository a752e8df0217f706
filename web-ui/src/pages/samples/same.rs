//! Samples of the same person in two cases.
//! Not of matches with other units: those are among the others.

use super::{NOW, hit, summary, unit};
use icmc_node::service::model::{
    AlikeFound, CandidateView, CaseSummary, DecidedView, LineView, MatchedBy, NotedView, PersonLinkView, SameGroup, SameView,
    SideView,
};
use icmc_protocol::ids::{CaseId, EntityId};

fn lines(text: &str) -> Vec<LineView> {
    let line = |fact, label, ours: &str, theirs: &str, agreement| LineView {
        fact,
        label,
        ours: ours.to_owned(),
        theirs: theirs.to_owned(),
        agreement,
    };
    vec![
        line("name", "Name", text, text, "alike"),
        line("sex", "Sex", "Female", "Female", "agree"),
        line("birth", "Birth", "3 Apr 2010", "16 years on 2 Nov 2026", "alike"),
        line("father", "Father", text, text, "differ"),
        line("district", "District", "", text, "unknown"),
    ]
}

fn other_case(byte: u8, text: &str) -> CaseSummary {
    CaseSummary { id: CaseId([byte; 32]), number: format!("{text} number {byte}"), ..summary(text) }
}

fn candidate(byte: u8, class: Option<&'static str>, text: &str) -> CandidateView {
    CandidateView {
        case: other_case(byte, text),
        person: EntityId([byte; 16]),
        display: text.to_owned(),
        class,
        why: class.is_none().then_some(MatchedBy::Sound),
        speaks_for: vec!["Name", "Sex"],
        speaks_against: vec!["Father"],
        lines: lines(text),
    }
}

fn decided(byte: u8, same: bool, text: &str) -> DecidedView {
    DecidedView {
        case: other_case(byte, text),
        person: EntityId([byte; 16]),
        display: text.to_owned(),
        same,
        by: text.to_owned(),
        at: NOW,
        reason: text.to_owned(),
        lines: lines(text),
    }
}

/// What search first finds.
pub(in crate::pages) fn alike(text: &str) -> AlikeFound {
    AlikeFound {
        candidates: vec![candidate(4, Some("exact"), text), candidate(5, Some("possible"), text), candidate(6, None, text)],
        others: vec![hit(text)],
    }
}

/// A person with candidates and decisions, and one without.
pub(in crate::pages) fn same(text: &str) -> SameView {
    let group = SameGroup {
        person: EntityId([3; 16]),
        display: text.to_owned(),
        candidates: vec![
            candidate(4, Some("probable"), text),
            candidate(5, Some("possible"), text),
            CandidateView { speaks_for: Vec::new(), speaks_against: Vec::new(), ..candidate(6, Some("possible"), text) },
        ],
        decided: vec![decided(7, true, text), decided(8, false, text)],
    };
    let lone = SameGroup { person: EntityId([9; 16]), candidates: Vec::new(), decided: Vec::new(), ..group.clone() };
    SameView { case: summary(text), groups: vec![group, lone], may_decide: true }
}

/// A link on a person's card.
pub(in crate::pages) fn person_link(text: &str) -> PersonLinkView {
    PersonLinkView {
        case: CaseId([4; 32]),
        number: text.to_owned(),
        owner: unit(text),
        person: EntityId([4; 16]),
        display: text.to_owned(),
        by: text.to_owned(),
        at: NOW,
    }
}

/// A pair that the nodal officer is told of.
pub(in crate::pages) fn noted(text: &str) -> NotedView {
    let side = |byte: u8| SideView { case: other_case(byte, text), person: EntityId([byte; 16]), display: text.to_owned() };
    NotedView { one: side(4), other: side(5), class: "probable", at: NOW }
}
