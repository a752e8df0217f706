//! The owner raises, lowers or renews a share it gave: a higher revision, signed and sent with what is new under it.
//! What the receiver does with it is in `revised`.

use super::offer::{Request, check, disclosure, payload, received};
use super::outgoing::{Since, allowed_of, send_disclosure};
use super::refusal::ShareRefusal;
use super::rows::{MOST_REVISIONS, Revision, ShareOut};
use super::share::Share;
use crate::caselog::{FoldedCase, Log, disclose, fold, load};
use crate::crypto::Signed;
use crate::envelope::{Kind, outbox};
use crate::federation::own;
use crate::ids::{Commitment, ShareId};
use crate::machine::{Notice, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::Timestamp;
use crate::wire;
use std::collections::BTreeSet;

/// Most values that one revision names as kept, so that it fits its envelope. Others are sent anew.
const MOST_KEPT: usize = 20_000;

/// Gives a share other terms from now on. Handle, case and both units stay; gives the number of the revision.
///
/// # Errors
/// [`ShareRefusal`], and nothing is sent.
pub fn revise(txn: &mut Txn<'_>, id: ShareId, request: Request) -> Result<u64, ShareRefusal> {
    let (row, before) = open(txn, id)?;
    let Share { case, from, to, .. } = before;
    let share = Share { id, revision: next(&row, &before), case, from, to, ..request };
    if share == (Share { revision: share.revision, ..before.clone() }) {
        return Err(ShareRefusal::Unchanged);
    }
    let log = check(txn, txn.now, &share, Some(&before))?;
    let lowers = before.is_lowered_by(&share);
    give(txn, row, &before, &share, &log, lowers)?;
    Ok(share.revision)
}

/// The case as the receiver sees it under the share as it stands, and as it would see it with other terms.
///
/// # Errors
/// [`ShareRefusal`] as for [`revise`].
pub fn preview_revision(
    view: &dyn View,
    now: Timestamp,
    id: ShareId,
    request: &Request,
) -> Result<(FoldedCase, FoldedCase), ShareRefusal> {
    let (row, before) = open(view, id)?;
    let Share { case, from, to, .. } = before;
    let share = Share { id, revision: next(&row, &before), case, from, to, ..request.clone() };
    if share == (Share { revision: share.revision, ..before.clone() }) {
        return Err(ShareRefusal::Unchanged);
    }
    let log = check(view, now, &share, Some(&before))?;
    let shown = |share: &Share| received(&log, &disclosure(view, &log, share, now)?);
    Ok((shown(&before)?, shown(&share)?))
}

/// The same terms under a new number, so that the receiver destroys what it was sent and is not shown any more.
pub(super) fn lower_again(txn: &mut Txn<'_>, id: ShareId) -> Result<(), ShareRefusal> {
    let (row, before) = open(txn, id)?;
    let share = Share { revision: next(&row, &before), ..before.clone() };
    let log = load(txn, share.case)?.ok_or(ShareRefusal::NotOwner)?;
    give(txn, row, &before, &share, &log, true)
}

/// Brings a receiver that stands at an older revision to the present one.
pub(super) fn send_again(txn: &mut Txn<'_>, mut row: ShareOut, holds: u64) -> Result<(), ShareRefusal> {
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    let Some(log) = load(txn, share.case)? else { return Ok(()) };
    let lowers = row.revisions.iter().any(|one| one.lowers && one.number > holds);
    send(txn, &mut row, &share, &log, lowers, Since::Beginning, share.expires.since(txn.now))?;
    txn.put(share.id.as_bytes(), Scope::Case(share.case), &row);
    Ok(())
}

/// The same terms under a new number, with all that is shown now: what this node sent under the number before is lost with its backup,
/// and what that was is not known.
pub(super) fn anew(txn: &mut Txn<'_>, id: ShareId) -> Result<(), ShareRefusal> {
    let (row, before) = open(txn, id)?;
    let share = Share { revision: next(&row, &before), ..before.clone() };
    let log = load(txn, share.case)?.ok_or(ShareRefusal::NotOwner)?;
    give(txn, row, &before, &share, &log, false)
}

fn open(view: &dyn View, id: ShareId) -> Result<(ShareOut, Share), ShareRefusal> {
    let row: ShareOut = match view.get(Table::SHARES_OUT, id.as_bytes())? {
        Some(bytes) => read_row(&bytes)?,
        None => return Err(ShareRefusal::NoShare),
    };
    if !row.state.is_open() {
        return Err(ShareRefusal::State("over"));
    }
    if row.revisions.len() >= MOST_REVISIONS {
        return Err(ShareRefusal::TooManyRevisions);
    }
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    Ok((row, share))
}

fn next(row: &ShareOut, before: &Share) -> u64 {
    before.revision.max(row.above).saturating_add(1)
}

fn give(
    txn: &mut Txn<'_>,
    mut row: ShareOut,
    before: &Share,
    share: &Share,
    log: &Log,
    lowers: bool,
) -> Result<(), ShareRefusal> {
    // A lower revision that was not answered may never have come: this one does its work too.
    let lowers = lowers || row.revisions.iter().any(Revision::awaits_receipt);
    // What is still on its way was written for the revision before.
    let since = if outbox::serves(txn, row.to, share.id)? { Since::Beginning } else { Since::Sent };
    if since == Since::Beginning {
        outbox::void_share(txn, row.to, share.id)?;
    }
    row.share = Signed::sign(share, &own::load(txn)?.key());
    let lifetime = share.expires.max(before.expires).since(txn.now);
    send(txn, &mut row, share, log, lowers, since, lifetime)?;
    row.revisions.push(Revision { number: share.revision, at: txn.now, lowers, refused: false, receipt: None });
    row.reminded = 0;
    txn.touch(share.case);
    txn.put(share.id.as_bytes(), Scope::Case(share.case), &row);
    txn.notify(Notice::Share(share.id));
    Ok(())
}

/// Queues the revision and what is new under it.
fn send(
    txn: &mut Txn<'_>,
    row: &mut ShareOut,
    share: &Share,
    log: &Log,
    lowers: bool,
    since: Since,
    lifetime: u64,
) -> Result<(), ShareRefusal> {
    let mut disclosure = disclose(log, &fold(log), &allowed_of(txn, share, txn.now)?, &row.sent);
    let mut payload = payload(log, &row.share, &disclosure)?;
    if lowers {
        let shown: BTreeSet<Commitment> = disclosure.changes.iter().map(crate::caselog::Change::commitment).collect();
        let kept: BTreeSet<Commitment> = row.sent.intersection(&shown).take(MOST_KEPT).copied().collect();
        row.taken_back.extend(row.sent.difference(&kept));
        row.stale.clear();
        disclosure.stale.clear();
        payload.lowers = true;
        payload.kept = kept.iter().copied().collect();
        row.sent = kept;
    }
    outbox::queue_about(txn, share.to, Kind::Share, wire::encode(&payload), Some(lifetime), Some(share.id))?;
    send_disclosure(txn, share, row, disclosure, since)?;
    Ok(())
}
