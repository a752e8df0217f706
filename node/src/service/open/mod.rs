//! Reads all that stands around a case and makes its view: shares, contributions, matching, what this person may do.
//! Called with a grant only, inside the step that wrote the audit.

use super::ServiceError;
use super::case_view::{Around, case_view};
use super::decisions::is_on_hold;
use super::document_view::files;
use super::folds::Folds;
use super::held::{Held, held_with, steering};
use super::lifecycle::undo_until;
use super::links::links;
use super::model::{CaseRights, CaseView, CustodyView, Matching, ReceivedView};
use super::reader::Reader;
use super::same::links_of;
use super::share_words::{handling_word, in_word, onward_word, rights_word};
use super::shares::share_views;
use super::summary::{line, row_in, shared_with};
use super::transfers::custody_of;
use super::units::Units;
use crate::access::{Action, Actor, Grant, authorize};
use crate::casework::{not_covered, persons, roles_of};
use icmc_protocol::fingerprint::AgreedKind;
use icmc_protocol::ids::{CaseId, Commitment, EntityId, ShareId};
use icmc_protocol::machine::{View, ViewError};
use icmc_protocol::matching::{self, Status};
use icmc_protocol::requests::{passings, refusals};
use icmc_protocol::sharing::{OutState, Share, ShareOut, contributions, may_contribute, outgoing_of, terms};
use icmc_protocol::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The case that a grant is for. What is kept of it in memory is brought forward to the `committed` rows.
pub(super) fn open(
    view: &dyn View,
    kept: (&Folds, &dyn View),
    by: &Actor,
    grant: &Grant<CaseId>,
    now: Timestamp,
) -> Result<CaseView, ServiceError> {
    let case = grant.object();
    let (folds, committed) = kept;
    let held = held_with(folds, Some(committed), view, case, now)?.ok_or(ServiceError::NotFound)?;
    let units = Units::load(view)?;
    let terms = terms_in_force(view, &held)?;
    let stale: BTreeSet<Commitment> = terms.iter().flat_map(|(_, stale)| stale.iter().copied()).collect();
    let reader = Reader::new(&held.folded, &units, stale);
    let row = row_in(view, &reader, &held)?;
    let summary = line(&row, &units, if held.own { shared_with(view, case)? } else { 0 });
    // Of a case that was handed over, those of the own time: what became of them is still told here.
    let shares = share_views(view, &units, outgoing_of(view, case)?, &summary.number, &reader.displays)?;
    let custody = custody_of(view, &units, case)?;
    let around = Around {
        shares,
        received: received(&held, &units, &terms, now),
        files: files(view, &held, case)?,
        contributions: if held.own { contributions(view, case)? } else { Vec::new() },
        passings: if held.own { passings(view, case)? } else { Vec::new() },
        refusals: if held.own { refusals(view, case)? } else { Vec::new() },
        rights: rights(view, by, &held, &custody, now)?,
        links: links(view, by, &units, case)?,
        same: links_of(view, by, &units, case)?,
        custody,
        not_shared: if held.active().is_empty() { Vec::new() } else { not_covered(terms.iter().map(|(share, _)| share)) },
        deleted_until: if held.is_deleted() { undo_until(view, case)? } else { None },
        matching: if held.own { matching_of(view, &reader)? } else { BTreeMap::new() },
        muted: if held.own { muted_of(view, &reader)? } else { BTreeMap::new() },
        alerted: if held.own { alerted(view, case)? } else { BTreeSet::new() },
        steering: steering(&held.log),
    };
    Ok(case_view(&reader, summary, around))
}

type Terms = (Share, BTreeSet<Commitment>);

/// What the shares in force say.
fn terms_in_force(view: &dyn View, held: &Held) -> Result<Vec<Terms>, ViewError> {
    held.active().iter().filter_map(|(id, _)| terms(view, *id).transpose()).collect()
}

fn received(held: &Held, units: &Units, terms: &[Terms], now: Timestamp) -> Option<ReceivedView> {
    let (share, row) = held.accepted.first()?;
    let in_force = terms.first().map(|(share, _)| share).filter(|_| held.in_force > 0);
    let last = row.history.last().map_or(now, |(_, at)| *at);
    let by_time = now >= row.expires && in_word(row.state) == "active";
    Some(ReceivedView {
        share: *share,
        from: units.of(row.from),
        state: if by_time { "expired" } else { in_word(row.state) },
        expires: row.expires,
        handling: in_force.map(|share| handling_word(share.handling)),
        rights: in_force.map(|share| rights_word(share.rights)),
        onward: in_force.map(|share| onward_word(share.onward)),
        note: in_force.map(|share| share.note.to_string()).unwrap_or_default(),
        ended: if held.in_force > 0 { None } else { Some(if by_time { row.expires } else { last }) },
    })
}

fn rights(view: &dyn View, by: &Actor, held: &Held, custody: &CustodyView, now: Timestamp) -> Result<CaseRights, ServiceError> {
    let case = held.folded.case;
    let may = |action| authorize(view, by, action, case).is_ok();
    let standing = held.own && !held.is_deleted();
    let offered = |state: &str| custody.transfer.as_ref().is_some_and(|transfer| transfer.state == state);
    let works_on_it = |share: &(ShareId, ShareOut)| share.1.state == OutState::Active;
    let kept = is_on_hold(view, case, now)?;
    let given = standing && !kept && !offered("proposed") && outgoing_of(view, case)?.iter().any(works_on_it);
    Ok(CaseRights {
        edit: standing && may(Action::ChangeCase),
        share: standing && may(Action::ShareCase),
        close: standing && may(Action::CloseCase),
        delete: held.own && may(Action::DeleteCase) && !kept,
        admit: standing && may(Action::AdmitContribution),
        contribute: !held.own && may(Action::ChangeCase) && may_contribute(view, case, now)?,
        team: may(Action::SetTeam),
        hand_over: given && may(Action::ShareCase),
        withdraw: standing && offered("proposed") && may(Action::ShareCase),
        answer: offered("offered") && may(Action::ShareCase),
        decide: custody.rival.is_some() && may(Action::ShareCase),
    })
}

/// Where each person stands in matching.
fn matching_of(view: &dyn View, reader: &Reader<'_>) -> Result<BTreeMap<EntityId, Matching>, ViewError> {
    let persons = persons(reader.folded, &reader.order).into_iter();
    persons
        .map(|person| {
            let roles = roles_of(reader.folded, &reader.order, person);
            let has_ground = roles.iter().any(|(_, role)| !role.text("matching_basis").is_empty());
            let state = match matching::status(view, reader.folded.case, person)? {
                Status::Announced => Matching::Yes,
                Status::Pending => Matching::Pending,
                Status::Quiet if has_ground => Matching::Withdrawn,
                Status::Quiet => Matching::No,
            };
            Ok((person, state))
        })
        .collect()
}

/// What of each person is too common to count.
fn muted_of(view: &dyn View, reader: &Reader<'_>) -> Result<BTreeMap<EntityId, Vec<String>>, ViewError> {
    let words = |kinds: &Vec<AgreedKind>| kinds.iter().map(|kind| kind.label()).collect::<Vec<_>>().join(" and ");
    let persons = persons(reader.folded, &reader.order).into_iter();
    let muted = |person| Ok((person, matching::muted(view, reader.folded.case, person)?.iter().map(words).collect()));
    persons.map(muted).collect()
}

/// The persons of a case about whom an alert is open.
fn alerted(view: &dyn View, case: CaseId) -> Result<BTreeSet<EntityId>, ViewError> {
    Ok(matching::open_of(view, case)?.into_iter().map(|alert| alert.person).collect())
}

#[cfg(test)]
mod tests;
