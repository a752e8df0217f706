//! Candidates, decisions and pairs as pages and API are handed them.
//! Who may see the other case was asked before.

use super::rows::{Decision, What};
use crate::casework::{Agreement, Compared, Known, Side, compare};
use crate::search::{Like, MatchedBy, PersonRow, SummaryRow};
use crate::service::cases::summary_of;
use crate::service::model::{CandidateView, DecidedView, LineView, SideView};
use crate::service::units::Units;
use icmc_protocol::fingerprint::MatchClass;
use icmc_protocol::ids::EntityId;
use icmc_protocol::machine::{View, ViewError};

pub(super) const fn class_word(class: MatchClass) -> &'static str {
    match class {
        MatchClass::Possible => "possible",
        MatchClass::Probable => "probable",
        MatchClass::Exact => "exact",
    }
}

/// The number of a case, or the beginning of its id.
pub(super) fn number(row: &SummaryRow) -> String {
    if row.number.is_empty() { format!("#{}", row.case.short()) } else { row.number.clone() }
}

/// A person of a row.
pub(super) fn person_of(row: &SummaryRow, person: EntityId) -> Option<&PersonRow> {
    row.people.iter().find(|one| one.person == person)
}

/// A pair that shares enough to have a class.
pub(super) fn candidate(view: &dyn View, units: &Units, like: Like) -> Result<CandidateView, ViewError> {
    let class = Some(class_word(like.judged.class));
    shown(view, units, &like.row, like.person, class, None, like.judged.lines)
}

/// Somebody found by what was typed, whom nothing but that speaks for.
pub(super) fn found(
    view: &dyn View,
    units: &Units,
    who: &Known,
    (row, person): (&SummaryRow, &PersonRow),
    why: MatchedBy,
) -> Result<CandidateView, ViewError> {
    shown(view, units, row, person.person, None, Some(why), compare(&Side::of(who), &Side::of(&person.known)))
}

fn shown(
    view: &dyn View,
    units: &Units,
    row: &SummaryRow,
    person: EntityId,
    class: Option<&'static str>,
    why: Option<MatchedBy>,
    lines: Vec<Compared>,
) -> Result<CandidateView, ViewError> {
    let labels = |wanted: fn(&Compared) -> bool| lines.iter().filter(|line| wanted(line)).map(|line| line.fact.label()).collect();
    Ok(CandidateView {
        case: summary_of(view, row, units)?,
        person,
        display: person_of(row, person).map(|person| person.display.clone()).unwrap_or_default(),
        class,
        why,
        speaks_for: labels(Compared::speaks_for),
        speaks_against: labels(Compared::speaks_against),
        lines: line_views(lines),
    })
}

pub(super) fn decided(
    view: &dyn View,
    units: &Units,
    who: &Known,
    (row, person): (&SummaryRow, &PersonRow),
    decision: Decision,
) -> Result<DecidedView, ViewError> {
    Ok(DecidedView {
        case: summary_of(view, row, units)?,
        person: person.person,
        display: person.display.clone(),
        same: decision.what == What::Same,
        by: decision.by,
        at: decision.at,
        reason: decision.reason,
        lines: line_views(compare(&Side::of(who), &Side::of(&person.known))),
    })
}

/// One side of a pair.
pub(super) fn side(view: &dyn View, units: &Units, row: &SummaryRow, person: &PersonRow) -> Result<SideView, ViewError> {
    Ok(SideView { case: summary_of(view, row, units)?, person: person.person, display: person.display.clone() })
}

fn line_views(lines: Vec<Compared>) -> Vec<LineView> {
    let view = |line: Compared| LineView {
        fact: line.fact.word(),
        label: line.fact.label(),
        ours: line.ours,
        theirs: line.theirs,
        agreement: match line.agreement {
            Agreement::Agree => "agree",
            Agreement::Alike => "alike",
            Agreement::Differ => "differ",
            Agreement::Unknown => "unknown",
        },
    };
    lines.into_iter().map(view).collect()
}
