//! Words between two units about one request or one share, kept under the key of what they are about, so that they go with it.
//! Not a chat: no message without something that it is about.

use super::onward::{Form, take};
use super::refusal::RequestRefusal;
use super::rows::{RequestIn, RequestOut, in_key, out_key};
use crate::bounded::BoundedText;
use crate::envelope::{Kind, Received, outbox};
use crate::ids::{CaseId, ShareId, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::sharing::{ShareIn, ShareOut, Taken, sealing};
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of one message.
const TEXT_MAX: usize = 4000;
/// Most messages about one thing.
const MOST: usize = 500;
/// Most messages looked at for the counts of all that is unread.
const MOST_COUNTED: usize = 50_000;
/// Before the keys of messages.
const MESSAGES: &[u8] = b"m";
/// Bytes of a time in a key.
const AT_LEN: usize = 8;
/// What a text has to be.
const TEXT: &str = "a text of at most 4000 bytes";
/// How long a message is worth delivering.
const WORTH: u64 = 60 * DAY;

/// The payload of [`Kind::Message`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MessagePayload {
    pub(super) about: ShareId,
    pub(super) text: BoundedText<TEXT_MAX>,
    /// What it says of one contribution in a fixed form, beside the text.
    pub(super) form: Option<Form>,
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
    /// What it says of one contribution in a fixed form.
    pub form: Option<Form>,
}

impl Record for MessageRow {
    const TABLE: Table = Table::REQUESTS;
}

/// What of the other unit's messages people here have looked at, by their numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
struct SeenRow {
    numbers: BTreeSet<u64>,
}

impl Record for SeenRow {
    const TABLE: Table = Table::REQUESTS;
}

/// What a message is about: with whom, and under which key; none once that is over.
pub(super) struct About {
    pub(super) peer: UnitId,
    scope: Option<Scope>,
    notice: Notice,
    /// The case of a share.
    pub(super) case: Option<CaseId>,
    /// It is a share, or a request, of this unit.
    pub(super) own: bool,
}

pub(super) fn about(txn: &Txn<'_>, id: ShareId, now: Timestamp) -> Result<Option<About>, ViewError> {
    let made = |peer, scope, case| About { peer, scope, notice: Notice::Share(id), case, own: true };
    let came = |peer, scope, case| About { peer, scope, notice: Notice::Inbox(id), case, own: false };
    if let Some(row) = txn.get::<RequestOut>(&out_key(id))? {
        let open = row.receipt.is_none() && (row.state.is_waiting() || row.answer.is_some());
        return Ok(Some(made(row.to, open.then_some(Scope::Case(row.case)), None)));
    }
    if let Some(row) = txn.get::<RequestIn>(&in_key(id))? {
        let open = row.is_open() && now < row.expires;
        return Ok(Some(came(row.from, open.then(|| row.scope(id)), None)));
    }
    if let Some(row) = txn.get::<ShareOut>(id.as_bytes())? {
        let scope = row.state.is_open().then_some(Scope::Case(row.case));
        return Ok(Some(made(row.to, scope, Some(row.case))));
    }
    let Some(row) = txn.get::<ShareIn>(id.as_bytes())? else { return Ok(None) };
    // Asked at each write: a share that is lowered has another key, and what was said before goes with the old one.
    let scope = sealing(txn, id)?.filter(|_| now < row.expires);
    Ok(Some(came(row.from, scope, row.case)))
}

/// A person here says something about a request or a share.
///
/// # Errors
/// [`RequestRefusal`], and nothing is sent.
pub fn say(txn: &mut Txn<'_>, id: ShareId, text: &str) -> Result<(), RequestRefusal> {
    if text.trim().is_empty() {
        return Err(RequestRefusal::Field("text", TEXT));
    }
    send(txn, id, text, None)
}

/// The same, perhaps in a fixed form, for which it needs no text.
pub(super) fn send(txn: &mut Txn<'_>, id: ShareId, text: &str, form: Option<Form>) -> Result<(), RequestRefusal> {
    let about = about(txn, id, txn.now)?.ok_or(RequestRefusal::Nothing)?;
    let Some(scope) = about.scope else { return Err(RequestRefusal::State("over")) };
    let text = BoundedText::new(text.trim()).map_err(|_| RequestRefusal::Field("text", TEXT))?;
    if count(txn, id)? >= MOST {
        return Err(RequestRefusal::Full("messages"));
    }
    let payload = wire::encode(&MessagePayload { about: id, text: text.clone(), form });
    let number = outbox::queue_about(txn, about.peer, Kind::Message, payload, Some(WORTH), Some(id))?;
    keep(txn, id, scope, number, MessageRow { own: true, at: txn.now, text, form });
    txn.notify(about.notice);
    Ok(())
}

/// Takes [`Kind::Message`].
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn message(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let payload = wire::decode::<MessagePayload>(&received.payload, TEXT_MAX + 256).ok();
    let Some(payload) = payload.filter(|payload| payload.form.is_some() || !payload.text.trim().is_empty()) else {
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
    if let Some(form) = payload.form
        && let Err(why) = take(txn, id, &about, form)?
    {
        return Ok(Taken::Refused(why));
    }
    keep(txn, id, scope, received.pair_seq, MessageRow { own: false, at: txn.now, text: payload.text, form: payload.form });
    txn.notify(about.notice);
    Ok(Taken::Applied)
}

fn keep(txn: &mut Txn<'_>, id: ShareId, scope: Scope, number: u64, row: MessageRow) {
    let key = [&prefix(id), row.at.0.to_be_bytes().as_slice(), &[u8::from(row.own)], &number.to_be_bytes()].concat();
    txn.put(&key, scope, &row);
}

fn prefix(id: ShareId) -> Vec<u8> {
    [MESSAGES, id.as_bytes().as_slice()].concat()
}

fn seen_key(id: ShareId) -> Vec<u8> {
    [b"s", id.as_bytes().as_slice()].concat()
}

/// Of a message's key: what it is about, and its number unless it was written here.
fn place(key: &[u8]) -> Option<(ShareId, Option<u64>)> {
    let (about, rest) = key.get(MESSAGES.len()..)?.split_at_checked(ShareId::LEN)?;
    let number = u64::from_be_bytes(rest.get(AT_LEN + 1..)?.try_into().ok()?);
    Some((ShareId::from_slice(about)?, (rest[AT_LEN] == 0).then_some(number)))
}

/// People here have looked at what the other unit said about a request or a share.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn seen(txn: &mut Txn<'_>, id: ShareId) -> Result<(), ViewError> {
    let keys = txn.scan(Table::REQUESTS, &prefix(id), None, MOST)?;
    let numbers: BTreeSet<u64> = keys.iter().filter_map(|(key, _)| place(key)?.1).collect();
    let before = txn.get::<SeenRow>(&seen_key(id))?.unwrap_or_default().numbers;
    if numbers != before {
        txn.put(&seen_key(id), Scope::Master, &SeenRow { numbers });
    }
    Ok(())
}

/// How many messages of other units nobody here has looked at, by what they are about.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn unread(view: &dyn View) -> Result<BTreeMap<ShareId, u32>, ViewError> {
    unread_below(view, MESSAGES, MOST_COUNTED)
}

/// How many messages about one request or share nobody here has looked at.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn unread_of(view: &dyn View, id: ShareId) -> Result<u32, ViewError> {
    Ok(unread_below(view, &prefix(id), MOST)?.into_values().sum())
}

fn unread_below(view: &dyn View, below: &[u8], most: usize) -> Result<BTreeMap<ShareId, u32>, ViewError> {
    let mut came: BTreeMap<ShareId, BTreeSet<u64>> = BTreeMap::new();
    for (key, _) in view.scan(Table::REQUESTS, below, None, most)? {
        if let Some((about, Some(number))) = place(&key) {
            came.entry(about).or_default().insert(number);
        }
    }
    let mut unread = BTreeMap::new();
    for (about, numbers) in came {
        let seen = view.get(Table::REQUESTS, &seen_key(about))?.map(|bytes| read_row::<SeenRow>(&bytes)).transpose()?;
        let seen = seen.unwrap_or_default().numbers;
        let left = numbers.difference(&seen).count();
        if left > 0 {
            unread.insert(about, u32::try_from(left).unwrap_or(u32::MAX));
        }
    }
    Ok(unread)
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
