//! What arrives under a share at its receiver: the share itself, its parts, its updates.
//! Parts wait for their predecessors; the share can be looked at once it is complete.

use super::Taken;
use super::crowded;
use super::offer::SharePayload;
use super::outgoing::EntriesPayload;
use super::revised::revised;
use super::room;
use super::rows::{InState, OfCase, ShareIn, TermsRow, Waiting, of_case_key, scope, waiting_key};
use super::share::Share;
use super::view::incoming_of;
use crate::caselog::{self, Followed, ForeignError, case_row, load};
use crate::envelope::{PAYLOAD_MAX, Received};
use crate::federation::{charter, own};
use crate::ids::{CaseId, Commitment, ShareId, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, View, ViewError};
use crate::time::Timestamp;
use crate::wire;
use std::collections::{BTreeMap, BTreeSet};

/// Most parts that wait under one share, each of at most 1 MiB.
pub(super) const MOST_WAITING: usize = 64;

/// Takes [`crate::envelope::Kind::Share`].
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn share(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(payload) = wire::decode::<SharePayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("sent a share out of form"));
    };
    // The envelope was verified with the key in use; the share may have been signed before that was.
    let Some(share) = charter::verify_of(txn, received.from, &payload.share)? else {
        return Ok(Taken::Refused("sent a share whose signature does not hold"));
    };
    if share.from != received.from || share.to != own::load(txn)?.unit {
        return Ok(Taken::Refused("sent a share between other units"));
    }
    if let Some(before) = txn.get::<ShareIn>(share.id.as_bytes())? {
        return if before.from == received.from {
            revised(txn, before, &share, &payload)
        } else {
            Ok(Taken::Refused("sent a share under another unit's handle"))
        };
    }
    if share.expires <= txn.now {
        return Ok(Taken::Refused("sent a share past its time"));
    }
    let line = match caselog::verify(txn, share.case, &payload.opening, share.from, &payload.custody)? {
        Ok(line) => line,
        Err(why) => return Ok(Taken::Refused(why)),
    };
    if caselog::follow(txn, share.case, share.from, line, &payload.custody)? == Followed::Other {
        return Ok(Taken::Refused("sent a share of a case that another unit owns"));
    }
    if !crowded::make_room(txn, share.from)? {
        return Ok(Taken::Refused("sent more shares than may be open from one unit"));
    }
    if !room::share(txn, share.from)? {
        return Ok(Taken::Refused("sent more shares than any unit gives"));
    }
    let row = ShareIn {
        case: Some(share.case),
        from: share.from,
        revision: share.revision,
        state: InState::Arriving,
        history: vec![(InState::Arriving, txn.now)],
        expires: share.expires,
        heads: payload.heads.into_iter().collect(),
        changes: payload.changes,
        contributed: 0,
        receipted: false,
        keyed: share.revision,
        lowered: share.revision,
        reminded: 0,
    };
    let (id, case) = (share.id, share.case);
    txn.put(id.as_bytes(), Scope::Master, &row);
    txn.put(id.as_bytes(), scope(id, &row), &TermsRow { share: payload.share.clone(), stale: BTreeSet::new() });
    txn.put(&of_case_key(case, id), Scope::Master, &OfCase { given: false });
    complete(txn, id)?;
    Ok(Taken::Applied)
}

/// Takes [`crate::envelope::Kind::Entries`].
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn entries(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(payload) = wire::decode::<EntriesPayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("sent entries out of form"));
    };
    let Some(id) = payload.share else { return Ok(Taken::Refused("sent entries without a share")) };
    let Some(row) = txn.get::<ShareIn>(id.as_bytes())? else {
        // Nothing is kept for a share that may never come, or was refused: the sender has it, and tries again.
        return Ok(Taken::NotYet);
    };
    if payload.revision > row.revision && row.from == received.from && !matches!(row.state, InState::Ended(_)) {
        return Ok(Taken::NotYet);
    }
    match part(txn, id, received.from, &payload)? {
        Part::Taken => {
            take_waiting(txn, id, received.from)?;
            complete(txn, id)?;
            Ok(Taken::Applied)
        }
        Part::Early => {
            if txn.scan(Table::WAITING, id.as_bytes(), None, MOST_WAITING)?.len() >= MOST_WAITING {
                return Ok(Taken::Refused("sent more entries ahead of their predecessors than can wait"));
            }
            let waiting = Waiting { payload: received.payload.clone() };
            txn.put(&waiting_key(id, received.pair_seq), scope(id, &row), &waiting);
            Ok(Taken::Applied)
        }
        Part::Refused(why) => Ok(Taken::Refused(why)),
    }
}

/// What became of one part of a case.
pub(super) enum Part {
    /// In the log, or there before.
    Taken,
    /// Its predecessor is missing: it waits.
    Early,
    /// Not due or not valid.
    Refused(&'static str),
}

fn part(txn: &mut Txn<'_>, id: ShareId, from: UnitId, payload: &EntriesPayload) -> Result<Part, ViewError> {
    let Some(row) = txn.get::<ShareIn>(id.as_bytes())? else { return Ok(Part::Early) };
    let Some(case) = row.case else { return Ok(Part::Refused("sent entries under a share that has ended")) };
    if row.from != from {
        return Ok(Part::Refused("sent entries under another unit's share"));
    }
    if matches!(row.state, InState::Ended(_)) || txn.now >= row.expires {
        return Ok(Part::Refused("sent entries under a share that has ended"));
    }
    if payload.revision < row.keyed {
        // Overtaken by a lower revision: what it still covers is sent again under that one.
        return Ok(Part::Taken);
    }
    let held = case_row(txn, case)?;
    if held.as_ref().is_some_and(|row| row.disputed) {
        return Ok(Part::Early);
    }
    let heads = held.map(|row| row.heads).unwrap_or_default();
    if !payload.after.iter().all(|(unit, seq)| heads.get(unit).is_some_and(|(held, _)| held >= seq)) {
        return Ok(Part::Early);
    }
    match caselog::check(txn, case, from, &payload.entries, &payload.changes) {
        Ok(checked) => checked.write(txn, scope(id, &row)),
        Err(ForeignError::Gap) => return Ok(Part::Early),
        Err(ForeignError::Invalid(why)) => return Ok(Part::Refused(why)),
        Err(ForeignError::Equivocation(proof)) => return proof.keep(txn).map(|()| Part::Taken),
        Err(ForeignError::View(error)) => return Err(error),
    };
    if !payload.stale.is_empty()
        && let Some(mut terms) = txn.get::<TermsRow>(id.as_bytes())?
    {
        // Only what an entry here holds can be no longer current here, so the list never outgrows the case. The value itself may come
        // after the word that it is old: the two are in different envelopes.
        let log = load(txn, case)?;
        let held = log.iter().flat_map(|log| log.chains.values().flatten()).flat_map(|entry| entry.entry.commitments.iter());
        let held: BTreeSet<&Commitment> = held.collect();
        terms.stale.extend(payload.stale.iter().filter(|one| held.contains(one)));
        txn.put(id.as_bytes(), scope(id, &row), &terms);
    }
    Ok(Part::Taken)
}

/// Tries the waiting parts again until none fits any more.
fn take_waiting(txn: &mut Txn<'_>, id: ShareId, from: UnitId) -> Result<(), ViewError> {
    loop {
        let mut progress = false;
        for (key, waiting) in txn.list::<Waiting>(id.as_bytes(), None, MOST_WAITING)? {
            let Ok(payload) = wire::decode::<EntriesPayload>(&waiting.payload, PAYLOAD_MAX) else { continue };
            match part(txn, id, from, &payload)? {
                Part::Early => {}
                Part::Taken => {
                    txn.delete(Table::WAITING, &key);
                    progress = true;
                }
                Part::Refused(why) => {
                    txn.incident(Some(from), why);
                    txn.delete(Table::WAITING, &key);
                }
            }
        }
        if !progress {
            return Ok(());
        }
    }
}

/// A case was frozen and is not any more: what waited under its shares is tried again.
pub(crate) fn retry(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    for (id, row) in incoming_of(txn, case)? {
        take_waiting(txn, id, row.from)?;
        complete(txn, id)?;
    }
    Ok(())
}

/// Offers the share to the people here once all of it has come.
pub(super) fn complete(txn: &mut Txn<'_>, id: ShareId) -> Result<(), ViewError> {
    let Some(mut row) = txn.get::<ShareIn>(id.as_bytes())? else { return Ok(()) };
    let Some(case) = row.case.filter(|_| row.state == InState::Arriving) else {
        txn.notify(Notice::Inbox(id));
        return Ok(());
    };
    let (heads, changes) = standing(txn, case, id)?;
    if row.heads.iter().all(|(unit, seq)| heads.get(unit).is_some_and(|held| held >= seq)) && changes >= row.changes {
        row.enter(InState::Offered, txn.now);
        txn.put(id.as_bytes(), Scope::Master, &row);
        txn.notify(Notice::Inbox(id));
    }
    Ok(())
}

/// How far the chains of a case reach here, and how many changes came under a share.
pub(super) fn standing(view: &dyn View, case: CaseId, id: ShareId) -> Result<(BTreeMap<UnitId, u64>, u32), ViewError> {
    let heads =
        case_row(view, case)?.map(|row| row.heads.iter().map(|(unit, (seq, _))| (*unit, *seq)).collect()).unwrap_or_default();
    let mut count = 0;
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = view.scan(Table::CHANGES, case.as_bytes(), after.as_deref(), 512)?;
        count += page.iter().filter(|(key, _)| key.ends_with(id.as_bytes())).count();
        match page.into_iter().last() {
            Some((key, _)) => after = Some(key),
            None => return Ok((heads, u32::try_from(count).unwrap_or(u32::MAX))),
        }
    }
}

/// The signed terms of a share received, while its key lives.
pub(super) fn terms_of(view: &dyn View, id: ShareId) -> Result<Option<(Share, BTreeSet<Commitment>)>, ViewError> {
    let Some(bytes) = view.get(Table::SHARE_TERMS, id.as_bytes())? else { return Ok(None) };
    let row: TermsRow = crate::machine::read_row(&bytes)?;
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    Ok(Some((share, row.stale)))
}

/// What was signed, as received, while the share's key lives.
pub(crate) fn signed_terms(view: &dyn View, id: ShareId) -> Result<Option<crate::crypto::Signed<Share>>, ViewError> {
    let bytes = view.get(Table::SHARE_TERMS, id.as_bytes())?;
    bytes.map(|bytes| Ok(crate::machine::read_row::<TermsRow>(&bytes)?.share)).transpose()
}

/// Whether a share received is in force at this time.
pub(super) fn in_force(row: &ShareIn, now: Timestamp) -> bool {
    row.state == InState::Active && now < row.expires
}
