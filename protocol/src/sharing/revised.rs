//! A later revision of a share at its receiver: raised, renewed, or lowered under a new key.
//! Not who may sign one, and not the parts that follow: those are checked in `incoming`.

use super::Taken;
use super::end::end_here;
use super::incoming::{MOST_WAITING, complete};
use super::offer::SharePayload;
use super::room::STEPS;
use super::rows::{ErasureRow, InState, ShareIn, TermsRow, Waiting, scope};
use super::share::{Ended, Share};
use crate::caselog::{self, ChangeRow};
use crate::envelope::outbox;
use crate::ids::{CaseId, Commitment, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use std::collections::BTreeSet;

/// Takes another revision of a share that is known here, signed by its owner.
pub(super) fn revised(txn: &mut Txn<'_>, mut row: ShareIn, share: &Share, payload: &SharePayload) -> Result<Taken, ViewError> {
    let id = share.id;
    // A share that ended, perhaps before it arrived, stays ended; an older revision was overtaken.
    let Some(case) = row.case.filter(|_| !matches!(row.state, InState::Ended(_)) && share.revision >= row.revision) else {
        return Ok(Taken::Applied);
    };
    let Some(terms) = txn.get::<TermsRow>(id.as_bytes())? else { return Ok(Taken::Applied) };
    let before = terms.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    if share.revision == row.revision {
        return Ok(if before == *share { Taken::Applied } else { Taken::Refused("signed two different shares of one revision") });
    }
    if share.case != case {
        return Ok(Taken::Refused("sent a revision that moves its share to another case"));
    }
    if row.history.len() >= STEPS {
        return Ok(Taken::Refused("revised a share more often than any unit does"));
    }
    if share.expires <= txn.now {
        end_here(txn, id, row, Ended::Expired)?;
        return Ok(Taken::Applied);
    }
    row.revision = share.revision;
    row.expires = share.expires;
    row.heads = payload.heads.iter().copied().collect();
    row.changes = payload.changes;
    row.reminded = 0;
    let mut stale = terms.stale;
    // A node put back from a backup may stand under the key of this revision already, with nothing under it.
    if (payload.lowers || before.is_lowered_by(share)) && row.keyed < share.revision {
        rekey(txn, id, case, &mut row, share.revision, &payload.kept.iter().copied().collect())?;
        stale.clear();
    }
    txn.put(id.as_bytes(), scope(id, &row), &TermsRow { share: payload.share.clone(), stale });
    if row.state != InState::Active && row.state != InState::Arriving {
        // A person here has to look at it again, once it is complete.
        row.enter(InState::Arriving, txn.now);
    }
    txn.put(id.as_bytes(), Scope::Master, &row);
    txn.touch(case);
    complete(txn, id)?;
    Ok(Taken::Applied)
}

/// A share that was lowered after the backup of this node was made: the key that the backup brought is destroyed at once, with all
/// that stood under it. What the share still covers comes again with its revision.
pub(crate) fn lowered_before(txn: &mut Txn<'_>, from: UnitId, id: ShareId, revision: u64) -> Result<(), ViewError> {
    let row = txn.get::<ShareIn>(id.as_bytes())?;
    let row = row.filter(|row| row.from == from && row.keyed < revision && !matches!(row.state, InState::Ended(_)));
    let (Some(mut row), Some(terms)) = (row, txn.get::<TermsRow>(id.as_bytes())?) else { return Ok(()) };
    let Some(case) = row.case else { return Ok(()) };
    rekey(txn, id, case, &mut row, revision, &BTreeSet::new())?;
    txn.put(id.as_bytes(), scope(id, &row), &TermsRow { stale: BTreeSet::new(), ..terms });
    txn.put(id.as_bytes(), Scope::Master, &row);
    txn.touch(case);
    Ok(())
}

/// Seals what is kept under a new key and destroys the old one with everything else under it; the receipt follows the erasure.
fn rekey(
    txn: &mut Txn<'_>,
    id: ShareId,
    case: CaseId,
    row: &mut ShareIn,
    revision: u64,
    kept: &BTreeSet<Commitment>,
) -> Result<(), ViewError> {
    let old = scope(id, row);
    row.keyed = revision;
    let new = scope(id, row);
    for (key, bytes) in under(txn, case, id)? {
        let commitment = Commitment::from_slice(&key[CaseId::LEN..CaseId::LEN + Commitment::LEN]);
        if commitment.is_some_and(|one| kept.contains(&one)) {
            let change: ChangeRow = read_row(&bytes)?;
            txn.put(&key, new, &change);
        } else {
            txn.delete(Table::CHANGES, &key);
        }
    }
    caselog::moved(txn, case)?;
    for (key, _) in txn.list::<Waiting>(id.as_bytes(), None, MOST_WAITING)? {
        txn.delete(Waiting::TABLE, &key);
    }
    outbox::void_shown(txn)?;
    ErasureRow { scope: old, share: id, revision, ended: Ended::Lowered, contribution: None }.decide(txn);
    Ok(())
}

/// The changes of a case that came under a share.
fn under(view: &dyn View, case: CaseId, id: ShareId) -> Result<Vec<crate::machine::Row>, ViewError> {
    let mut found = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = view.scan(Table::CHANGES, case.as_bytes(), after.as_deref(), 512)?;
        after = page.last().map(|(key, _)| key.clone());
        if after.is_none() {
            return Ok(found);
        }
        found.extend(page.into_iter().filter(|(key, _)| key.ends_with(id.as_bytes())));
    }
}
