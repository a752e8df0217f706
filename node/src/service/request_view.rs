//! From the rows of requests to what pages show.
//! Not who may see it: that was asked before.

use super::held::held;
use super::model::{RequestAbout, RequestAnswer, RequestView, RequestWords};
use super::reader::{Reader, value_text};
use super::request_words::{ask_word, check_word, refusal_word, work_word};
use super::share_words::{basis_word, handling_word, purpose_word};
use super::summary::{line, row_of};
use super::units::Units;
use crate::casework::Displays;
use icmc_protocol::crypto::Signed;
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::ids::ShareId;
use icmc_protocol::machine::{Txn, ViewError};
use icmc_protocol::requests::{self, ANSWER_KIND, RequestOut, VerificationAnswer, VerificationRequest, WorkState};
use std::collections::BTreeSet;

/// A request made.
pub(super) fn made(txn: &Txn<'_>, units: &Units, row: &RequestOut) -> Result<RequestView, ViewError> {
    let request = &row.request;
    let (number, display) = match held(txn, row.case, txn.now)? {
        Some(held) => {
            let reader = Reader::new(&held.folded, units, BTreeSet::new());
            (line(&row_of(&reader, false), units, 0).number, reader.display(row.person))
        }
        None => Default::default(),
    };
    Ok(RequestView {
        id: request.id,
        own: true,
        peer: units.of(row.to),
        state: ask_word(row.state),
        waiting: row.state.is_waiting(),
        overdue: row.state.is_waiting() && txn.now > request.due,
        due: request.due,
        expires: request.expires,
        history: row.history.iter().map(|(state, at)| (ask_word(*state), *at)).collect(),
        said: Some(said(request)),
        about: Some(RequestAbout {
            case: row.case,
            number,
            person: row.person,
            display,
            reason: row.reason.to_string(),
            put: row.put.map(|(entity, _)| entity),
        }),
        refused: row.refused.as_ref().map(|(reason, text)| (refusal_word(*reason), text.to_string())),
        answer: answered(row.answer.as_ref()),
        receipt_at: row.receipt.as_ref().and_then(|receipt| receipt.stored().ok()).map(|receipt| receipt.at),
        unread: requests::unread_of(txn, request.id)?,
    })
}

/// A request received.
pub(super) fn received(txn: &Txn<'_>, units: &Units, id: ShareId) -> Result<Option<RequestView>, ViewError> {
    let Some((row, work)) = requests::work_of(txn, id)? else { return Ok(None) };
    let waiting = matches!(row.state, WorkState::New | WorkState::Taken) && txn.now < row.expires;
    let (request, answer) = work.map_or((None, None), |(request, answer)| (Some(request), answer));
    Ok(Some(RequestView {
        id,
        own: false,
        peer: units.of(row.from),
        state: work_word(row.state),
        waiting,
        overdue: waiting && txn.now > row.due,
        due: row.due,
        expires: row.expires,
        history: row.history.iter().map(|(state, at)| (work_word(*state), *at)).collect(),
        said: request.as_ref().map(said),
        about: None,
        refused: None,
        answer: answered(answer.as_ref()),
        receipt_at: None,
        unread: requests::unread_of(txn, id)?,
    }))
}

fn said(request: &VerificationRequest) -> RequestWords {
    RequestWords {
        name: request.name.to_string(),
        address: request.address.to_string(),
        district: request.district.to_string(),
        checks: request.checks.iter().map(|check| check_word(*check)).collect(),
        question: request.question.to_string(),
        basis: basis_word(request.basis),
        purpose: purpose_word(request.purpose),
        handling: handling_word(request.handling),
    }
}

/// The fields in the order of the form, then those that this dictionary does not know, under their bare names.
fn answered(answer: Option<&Signed<VerificationAnswer>>) -> Option<RequestAnswer> {
    // Verified when it came, and sealed since: what does not open is damage that the store reports elsewhere.
    let answer = answer?.stored().ok()?;
    let (displays, dictionary) = (Displays::default(), Dictionary::builtin());
    let mut fields: Vec<(usize, String, String)> = answer
        .fields
        .iter()
        .map(|(name, value)| {
            let place = VerificationAnswer::questions().position(|field| *field.name == **name).unwrap_or(usize::MAX);
            let label = dictionary.field(ANSWER_KIND, name).map_or(&**name, |field| &field.label);
            (place, label.to_owned(), value_text(ANSWER_KIND, name, value, &displays))
        })
        .collect();
    fields.sort();
    Some(RequestAnswer { at: answer.at, fields: fields.into_iter().map(|(_, label, text)| (label, text)).collect() })
}
