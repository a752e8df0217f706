//! What owner and author say to each other of one contribution in a fixed form: the owner's no with its reason; the owner's question
//! whether it may pass to one unit, and the author's answer. Not free words, which stand in the text of the same message.

use super::refusal::RequestRefusal;
use super::thread::{About, messages, send};
use crate::ids::{CaseId, EntryHash, ShareId, UnitId};
use crate::machine::{Txn, View, ViewError};
use crate::sharing::{self, ContributionState, Onward, contributed_of, contribution_of, grant, incoming_of, outgoing_of};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a message says of a contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// The owner does not let it count. Why is the text.
    Refused {
        /// The contribution.
        entry: EntryHash,
    },
    /// The owner asks its author whether it may pass it on.
    MayPass {
        /// The contribution.
        entry: EntryHash,
        /// To whom.
        to: UnitId,
    },
    /// A person of its author says yes or no.
    Pass {
        /// The contribution.
        entry: EntryHash,
        /// To whom.
        to: UnitId,
        /// Whether it may.
        yes: bool,
    },
}

/// A question whether a contribution may be passed on, at either side, with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    /// The share under which it is talked about.
    pub about: ShareId,
    /// The contribution.
    pub entry: EntryHash,
    /// To whom.
    pub to: UnitId,
    /// When it was asked.
    pub at: Timestamp,
    /// Why it is asked.
    pub why: String,
    /// The answer, and the words with it.
    pub answer: Option<(bool, String)>,
}

/// A person of the owner refuses a contribution; its author is told why. Says whether there is a share under which it can be told.
///
/// # Errors
/// [`RequestRefusal`], and nothing is changed.
pub fn refuse_contribution(txn: &mut Txn<'_>, case: CaseId, entry: EntryHash, reason: &str) -> Result<bool, RequestRefusal> {
    if reason.trim().is_empty() {
        return Err(RequestRefusal::Field("reason", "why, for the unit that wrote it"));
    }
    sharing::refuse(txn, case, entry)?;
    let row = contribution_of(txn, case, entry)?.ok_or(RequestRefusal::Nothing)?;
    let Some(about) = share_with(txn, case, row.from, row.share)? else { return Ok(false) };
    match send(txn, about, reason, Some(Form::Refused { entry })) {
        Err(RequestRefusal::Peer(_)) => Ok(false),
        sent => sent.map(|()| true),
    }
}

/// A person of the owner asks the author of a contribution whether it may be passed to one unit.
///
/// # Errors
/// [`RequestRefusal`], and nothing is sent.
pub fn ask_to_pass(txn: &mut Txn<'_>, case: CaseId, entry: EntryHash, to: UnitId, why: &str) -> Result<(), RequestRefusal> {
    let row = contribution_of(txn, case, entry)?.ok_or(RequestRefusal::Nothing)?;
    if row.onward != Onward::Ask {
        return Err(RequestRefusal::Contribution("of these terms is not asked about: its author has said yes or no already"));
    }
    if row.state == ContributionState::TakenBack || row.from == to || row.granted.contains(&to) {
        return Err(RequestRefusal::Contribution("is taken back, or may pass to that unit already"));
    }
    if passings(txn, case)?.iter().any(|one| one.entry == entry && one.to == to) {
        return Err(RequestRefusal::Contribution("was asked about for that unit already"));
    }
    let about = share_with(txn, case, row.from, row.share)?;
    let about = about.ok_or(RequestRefusal::Contribution("cannot be talked about: no share with its author is open"))?;
    send(txn, about, why, Some(Form::MayPass { entry, to }))
}

/// A person of its author answers; with a yes the owner passes it to that unit.
///
/// # Errors
/// [`RequestRefusal`], and nothing is sent.
pub fn answer_passing(
    txn: &mut Txn<'_>,
    case: CaseId,
    entry: EntryHash,
    to: UnitId,
    yes: bool,
    text: &str,
) -> Result<(), RequestRefusal> {
    let asked = passings(txn, case)?.into_iter().find(|one| one.entry == entry && one.to == to);
    let asked = asked.ok_or(RequestRefusal::Nothing)?;
    if asked.answer.is_some() {
        return Err(RequestRefusal::Contribution("was answered for already"));
    }
    if contributed_of(txn, case, entry)?.ok_or(RequestRefusal::Nothing)?.taken_back.is_some() {
        return Err(RequestRefusal::Contribution("was taken back"));
    }
    send(txn, asked.about, text, Some(Form::Pass { entry, to, yes }))
}

/// The share under which its author can be written to: the one it came under, or another of the case that is open.
fn share_with(view: &dyn View, case: CaseId, author: UnitId, first: ShareId) -> Result<Option<ShareId>, ViewError> {
    let mut given = outgoing_of(view, case)?;
    given.retain(|(_, row)| row.to == author && row.state.is_open());
    let found = given.iter().find(|(id, _)| *id == first).or(given.last());
    Ok(found.map(|(id, _)| *id))
}

/// Takes the form of a message: what is said must be of a contribution between these two units, and fit what was said before.
pub(super) fn take(txn: &mut Txn<'_>, id: ShareId, about: &About, form: Form) -> Result<Result<(), &'static str>, ViewError> {
    let Some(case) = about.case else { return Ok(Err("spoke of a contribution about what is no share")) };
    match form {
        Form::Refused { entry } | Form::MayPass { entry, .. } => {
            let made = !about.own && contributed_of(txn, case, entry)?.is_some_and(|row| row.share.is_some());
            if !made {
                return Ok(Err("spoke of a contribution that it was not given"));
            }
            txn.touch(case);
        }
        Form::Pass { entry, to, yes } => {
            let row = if about.own { contribution_of(txn, case, entry)? } else { None };
            let said = messages(txn, id)?;
            let asked = said.iter().any(|row| row.own && row.form == Some(Form::MayPass { entry, to }));
            let answers = |form: &Form| matches!(form, Form::Pass { entry: of, to: whom, .. } if *of == entry && *whom == to);
            let answered = said.iter().filter(|row| !row.own).filter_map(|row| row.form.as_ref()).any(answers);
            if row.is_none_or(|row| row.from != about.peer) || !asked || answered {
                return Ok(Err("answered a question that it was not asked"));
            }
            if yes {
                grant(txn, case, entry, to)?;
            }
        }
    }
    Ok(Ok(()))
}

/// The questions of one case whether a contribution may be passed on: those asked here, or those asked of this unit, oldest first.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn passings(view: &dyn View, case: CaseId) -> Result<Vec<Passing>, ViewError> {
    let mut found: Vec<Passing> = Vec::new();
    let mut answers = Vec::new();
    for about in shares_of(view, case)? {
        for row in messages(view, about)? {
            match row.form {
                Some(Form::MayPass { entry, to }) => {
                    found.push(Passing { about, entry, to, at: row.at, why: row.text.to_string(), answer: None });
                }
                Some(Form::Pass { entry, to, yes }) => answers.push((entry, to, (yes, row.text.to_string()))),
                Some(Form::Refused { .. }) | None => {}
            }
        }
    }
    // Afterwards: a clock that was set back, or did not move, puts an answer before its question.
    for (entry, to, answer) in answers {
        if let Some(asked) = found.iter_mut().find(|one| one.entry == entry && one.to == to && one.answer.is_none()) {
            asked.answer = Some(answer);
        }
    }
    found.sort_by_key(|one| one.at);
    Ok(found)
}

/// Contributions that were refused, by the owner's word, with the reason.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn refusals(view: &dyn View, case: CaseId) -> Result<Vec<(EntryHash, String)>, ViewError> {
    let mut found = Vec::new();
    for about in shares_of(view, case)? {
        for row in messages(view, about)? {
            if let Some(Form::Refused { entry }) = row.form {
                found.push((entry, row.text.to_string()));
            }
        }
    }
    Ok(found)
}

fn shares_of(view: &dyn View, case: CaseId) -> Result<Vec<ShareId>, ViewError> {
    let given = outgoing_of(view, case)?.into_iter().map(|(id, _)| id);
    Ok(given.chain(incoming_of(view, case)?.into_iter().map(|(id, _)| id)).collect())
}
