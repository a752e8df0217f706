//! Words between two units about one request or one share, kept under the key of what they are about, so that they go with it.
//! Not a chat: no message without something that it is about.

use super::refusal::RequestRefusal;
use super::rows::{RequestIn, RequestOut, in_key, out_key};
use crate::bounded::BoundedText;
use crate::envelope::{Kind, Received, outbox};
use crate::ids::{ShareId, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::sharing::{ShareIn, ShareOut, Taken, sealing};
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::{Deserialize, Serialize};

/// Most bytes of one message.
const TEXT_MAX: usize = 4000;
/// Most messages about one thing.
const MOST: usize = 500;
/// How long a message is worth delivering.
const WORTH: u64 = 60 * DAY;

/// The payload of [`Kind::Message`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MessagePayload {
    pub(super) about: ShareId,
    pub(super) text: BoundedText<TEXT_MAX>,
}

/// One message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessageRow {
    /// Whether it was written here.
    pub own: bool,
    /// When it was written, or came.
    pub at: Timestamp,
    /// What it says.
    pub text: BoundedText<4000>,
}

impl Record for MessageRow {
    const TABLE: Table = Table::REQUESTS;
}

/// What a message is about: with whom, and under which key; none once that is over.
struct About {
    peer: UnitId,
    scope: Option<Scope>,
    notice: Notice,
}

fn about(txn: &Txn<'_>, id: ShareId, now: Timestamp) -> Result<Option<About>, ViewError> {
    if let Some(row) = txn.get::<RequestOut>(&out_key(id))? {
        let open = row.receipt.is_none() && (row.state.is_waiting() || row.answer.is_some());
        return Ok(Some(About { peer: row.to, scope: open.then_some(Scope::Case(row.case)), notice: Notice::Share(id) }));
    }
    if let Some(row) = txn.get::<RequestIn>(&in_key(id))? {
        let open = row.is_open() && now < row.expires;
        return Ok(Some(About { peer: row.from, scope: open.then(|| row.scope(id)), notice: Notice::Inbox(id) }));
    }
    if let Some(row) = txn.get::<ShareOut>(id.as_bytes())? {
        let scope = row.state.is_open().then_some(Scope::Case(row.case));
        return Ok(Some(About { peer: row.to, scope, notice: Notice::Share(id) }));
    }
    let Some(row) = txn.get::<ShareIn>(id.as_bytes())? else { return Ok(None) };
    // Asked at each write: a share that is lowered has another key, and what was said before goes with the old one.
    let scope = sealing(txn, id)?.filter(|_| now < row.expires);
    Ok(Some(About { peer: row.from, scope, notice: Notice::Inbox(id) }))
}

/// A person here says something about a request or a share.
///
/// # Errors
/// [`RequestRefusal`], and nothing is sent.
pub fn say(txn: &mut Txn<'_>, id: ShareId, text: &str) -> Result<(), RequestRefusal> {
    let about = about(txn, id, txn.now)?.ok_or(RequestRefusal::Nothing)?;
    let Some(scope) = about.scope else { return Err(RequestRefusal::State("over")) };
    let text = BoundedText::new(text.trim())
        .ok()
        .filter(|text| !text.is_empty())
        .ok_or(RequestRefusal::Field("text", "a text of at most 4000 bytes"))?;
    if count(txn, id)? >= MOST {
        return Err(RequestRefusal::Full("messages"));
    }
    let payload = wire::encode(&MessagePayload { about: id, text: text.clone() });
    let number = outbox::queue_about(txn, about.peer, Kind::Message, payload, Some(WORTH), Some(id))?;
    keep(txn, id, scope, number, MessageRow { own: true, at: txn.now, text });
    txn.notify(about.notice);
    Ok(())
}

/// Takes [`Kind::Message`].
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn message(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Some(payload) =
        wire::decode::<MessagePayload>(&received.payload, TEXT_MAX + 256).ok().filter(|payload| !payload.text.trim().is_empty())
    else {
        return Ok(Taken::Refused("sent a message out of form"));
    };
    let id = payload.about;
    let Some(about) = about(txn, id, txn.now)? else {
        // What it is about may still be on its way; the sender has it, and tries again.
        return Ok(Taken::NotYet);
    };
    if about.peer != received.from {
        return Ok(Taken::Refused("sent a message about what is between other units"));
    }
    let Some(scope) = about.scope else { return Ok(Taken::Refused("sent a message about what is over")) };
    if count(txn, id)? >= MOST {
        return Ok(Taken::Refused("sent more messages than are kept"));
    }
    keep(txn, id, scope, received.pair_seq, MessageRow { own: false, at: txn.now, text: payload.text });
    txn.notify(about.notice);
    Ok(Taken::Applied)
}

fn keep(txn: &mut Txn<'_>, id: ShareId, scope: Scope, number: u64, row: MessageRow) {
    let key = [&prefix(id), row.at.0.to_be_bytes().as_slice(), &[u8::from(row.own)], &number.to_be_bytes()].concat();
    txn.put(&key, scope, &row);
}

fn prefix(id: ShareId) -> Vec<u8> {
    [b"m", id.as_bytes().as_slice()].concat()
}

fn count(view: &dyn View, id: ShareId) -> Result<usize, ViewError> {
    Ok(view.scan(Table::REQUESTS, &prefix(id), None, MOST)?.len())
}

/// What was said about a request or a share, in order; nothing once its key is destroyed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn messages(view: &dyn View, id: ShareId) -> Result<Vec<MessageRow>, ViewError> {
    view.scan(Table::REQUESTS, &prefix(id), None, MOST)?.iter().map(|(_, bytes)| read_row(bytes)).collect()
}
