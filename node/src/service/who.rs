//! "Who can see this case and why": every unit with its share, former owners, units that were asked to check something, and every
//! person of this unit with the reason.
//! It shows what was decided elsewhere and decides nothing.

use super::audit::audited;
use super::decisions::decisions;
use super::held::held;
use super::model::{AccountSees, AskedView, KeepsView, RevisionView, SeesView, WhoSees};
use super::previews::case_of;
use super::reader::Reader;
use super::request_words::ask_word;
use super::shares::share_views;
use super::summary::{line, row_of};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, authorize, case_access, sees};
use crate::accounts;
use crate::audit::actions;
use icmc_protocol::caselog::{Log, custody};
use icmc_protocol::ids::{CaseId, ShareId, UnitId};
use icmc_protocol::machine::View;
use icmc_protocol::requests::{self, AskState, RequestOut};
use icmc_protocol::sharing::{Revision, ShareOut, outgoing_of};
use icmc_protocol::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl Service {
    /// Who can see a case, and why.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the case is not there, or not there for this person.
    pub async fn who_sees(&self, actor: &Actor, case: CaseId) -> Result<WhoSees, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_WHO_SEES, case, move |txn| {
            let grant = authorize(txn, &by, Action::ViewCase, case)?;
            audited(txn, &by, actions::CASE_WHO_SEES, case)?;
            who_sees(txn, grant.object(), txn.now)
        })
        .await
    }
}

impl Service {
    /// One share given, with all that became of it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a share of a case that this person may not see.
    pub async fn share_given(&self, actor: &Actor, share: ShareId) -> Result<SeesView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARES_LISTED, share, move |txn| {
            let grant = authorize(txn, &by, Action::ViewCase, case_of(txn, share)?)?;
            audited(txn, &by, actions::SHARES_LISTED, format!("{}/{share}", grant.object()))?;
            let given = who_sees(txn, grant.object(), txn.now)?.units;
            given.into_iter().find(|one| one.share.id == share).ok_or(ServiceError::NotFound)
        })
        .await
    }
}

pub(super) fn who_sees(view: &dyn View, case: CaseId, now: Timestamp) -> Result<WhoSees, ServiceError> {
    let held = held(view, case, now)?.ok_or(ServiceError::NotFound)?;
    let units = Units::load(view)?;
    let reader = Reader::new(&held.folded, &units, BTreeSet::new());
    let number = line(&row_of(&reader, !held.own), &units, 0).number;
    let given = outgoing_of(view, case)?;
    let rows: BTreeMap<_, _> = given.iter().cloned().collect();
    let views = share_views(view, &units, given, &number, &reader.displays)?;
    let seen = views.into_iter().filter_map(|share| {
        let row = rows.get(&share.id)?;
        Some(SeesView {
            revision: row.share.stored().ok()?.revision,
            revisions: row.revisions.iter().map(revision).collect(),
            // While a share stands, each lower revision has a receipt of its own; afterwards that of the share says it all.
            awaits_answer: share.awaits_receipt || share.open && row.revisions.iter().any(Revision::awaits_receipt),
            passed_on: passed_on(&held.log, row).into_iter().map(|unit| units.of(unit)).collect(),
            share,
        })
    });
    Ok(WhoSees {
        case,
        owner: units.of(held.folded.owner),
        units: seen.collect(),
        kept_by: kept_by(view, &units, case)?,
        asked: asked(view, &units, &reader, now)?,
        people: people(view, case)?,
        decisions: decisions(view, case)?,
    })
}

/// Whoever owned it before: it handed the case over and kept its copy.
fn kept_by(view: &dyn View, units: &Units, case: CaseId) -> Result<Vec<KeepsView>, ServiceError> {
    let tenures = custody(view, case)?.unwrap_or_default().into_iter();
    let ended = tenures.filter_map(|one| Some(KeepsView { unit: units.of(one.unit), until: one.until?.1 }));
    Ok(ended.collect())
}

/// Requests about its people: a name, an address and a question went out with each.
fn asked(view: &dyn View, units: &Units, reader: &Reader<'_>, now: Timestamp) -> Result<Vec<AskedView>, ServiceError> {
    let mut rows = requests::asked_list(view)?;
    rows.retain(|row| row.case == reader.folded.case);
    rows.sort_by_key(|row| core::cmp::Reverse(row.history.first().map(|(_, at)| *at)));
    let view = |row: &RequestOut| {
        let request = &row.request;
        let texts = [
            ("name", &*request.name),
            ("address", &*request.address),
            ("district", &*request.district),
            ("question", &*request.question),
        ];
        // A refusal destroys it there; what was not taken never got so far.
        let never = matches!(row.state, AskState::Refused | AskState::Undeliverable);
        AskedView {
            id: request.id,
            to: units.of(row.to),
            state: ask_word(row.state),
            person: row.person,
            display: reader.display(row.person),
            told: texts.into_iter().filter(|(_, text)| !text.trim().is_empty()).map(|(word, _)| word).collect(),
            held: !never && row.receipt.is_none() && now < request.expires,
            expires: request.expires,
            receipt_at: row.receipt.as_ref().and_then(|receipt| receipt.stored().ok()).map(|receipt| receipt.at),
        }
    };
    Ok(rows.iter().map(view).collect())
}

fn revision(revision: &Revision) -> RevisionView {
    RevisionView {
        number: revision.number,
        at: revision.at,
        lowers: revision.lowers,
        refused: revision.refused,
        answered_at: revision.receipt.as_ref().and_then(|receipt| receipt.stored().ok()).map(|receipt| receipt.at),
    }
}

/// Third units of whose contributions something was sent under a share and is not taken back.
fn passed_on(log: &Log, row: &ShareOut) -> Vec<UnitId> {
    let others = log.chains.iter().filter(|(unit, _)| **unit != log.owner && **unit != row.to);
    let sent = |entry: &icmc_protocol::caselog::LogEntry| entry.entry.commitments.iter().any(|one| row.sent.contains(one));
    others.filter(|(_, chain)| chain.iter().any(sent)).map(|(unit, _)| *unit).collect()
}

/// People of this unit who can open the case, by name.
fn people(view: &dyn View, case: CaseId) -> Result<Vec<AccountSees>, ServiceError> {
    let access = case_access(view, case)?;
    let mut people = Vec::new();
    for (id, account) in accounts::all(view)? {
        if account.disabled || !sees(view, &Actor::of(id, &account), case)? {
            continue;
        }
        let why = match &access {
            Some(access) if access.registered_by == id => "entered",
            Some(access) if access.team.contains(&id) => "team",
            _ => "role",
        };
        people.push(AccountSees { name: account.name, role: account.role, why });
    }
    people.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(people)
}
