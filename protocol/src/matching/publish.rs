//! Our own beacons: the answer of the blinding becomes an announcement, its end a withdrawal.
//! Not the rows by which the beacons of others find our subjects: those go with the subject.

use super::beacon::{Action, Beacon, LIFETIME};
use super::close;
use super::confirm;
use super::lookup::heard_like;
use super::me::Me;
use super::raise;
use super::rows::{BeaconRow, Counters, UnitRow, beacon_key, read, row_of};
use super::subject::{Announced, Handles, Subject, Waiting, person_key, waiting_key};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::federation::restored;
use crate::ids::{AlertId, PersonRef, SubjectId, Token};
use crate::keepers;
use crate::machine::{Gossip, Scope, Table, Txn, ViewError};
use serde_bytes::ByteArray;
use std::collections::BTreeSet;

/// Takes the answer of the keepers: announces the subject, withdraws the one it replaces, and looks for hits among what was
/// heard. An answer nobody waits for any more changes nothing, nor does one of a key that is not the present one: it is asked
/// for again.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn blinded(txn: &mut Txn<'_>, person_ref: PersonRef, epoch: u64, ys: &[[u8; 64]]) -> Result<(), ViewError> {
    let key = waiting_key(person_ref);
    let Some(waiting) = txn.get::<Waiting>(&key)? else {
        return Ok(());
    };
    // A restored node does not know yet which numbers it has used; the question is asked again on a tick.
    if restored::since(txn)?.is_some() {
        return Ok(());
    }
    let (Some(me), Some(subject)) = (Me::load(txn)?, txn.get::<Subject>(waiting.subject.as_bytes())?) else {
        return Ok(());
    };
    if epoch != me.epoch {
        return Ok(());
    }
    if ys.len() != subject.features.len() {
        txn.incident(None, "the blinding answered with another number of values than it was asked for");
        return Ok(());
    }
    txn.delete(Table::OWN, &key);
    let handles: Handles = read(txn, &person_key(subject.case, subject.person))?.unwrap_or_default();
    if handles.announced == Some(subject.subject) {
        stand_again(txn, &me, subject, ys)
    } else {
        stand(txn, &me, subject, handles, ys)
    }
}

/// Announces a subject with the present key beside what it was announced with before, which goes on until that key is over. The
/// handle stays, so its alerts go on and are not raised again.
fn stand_again(txn: &mut Txn<'_>, me: &Me, mut subject: Subject, ys: &[[u8; 64]]) -> Result<(), ViewError> {
    let number = announce_with(txn, me, &mut subject, ys)?;
    raise::carry(txn, &subject, &subject, number)?;
    hits(txn, me, &subject).map(|_| ())
}

/// Signs the announcement with the present key.
fn announce_with(txn: &mut Txn<'_>, me: &Me, subject: &mut Subject, ys: &[[u8; 64]]) -> Result<u64, ViewError> {
    let tokens = me.padded(subject.subject, ys);
    let number = publish(txn, me, me.epoch, subject.subject, Action::Announce, tokens)?;
    let ys = ys.iter().map(|y| ByteArray::new(*y)).collect();
    subject.asking = None;
    subject.announced.retain(|announced| announced.epoch != me.epoch);
    subject.announced.push(Announced { epoch: me.epoch, number, ys });
    subject.put(txn);
    Ok(number)
}

/// Raises an alert for whoever of the others was heard like it.
fn hits(txn: &mut Txn<'_>, me: &Me, subject: &Subject) -> Result<BTreeSet<AlertId>, ViewError> {
    let mut found = BTreeSet::new();
    for (beacon, hit) in heard_like(txn, me, subject, txn.now)? {
        found.extend(confirm::found(txn, me, subject, &beacon, &hit)?);
    }
    Ok(found)
}

/// Announces a subject in place of the one that its person had.
fn stand(txn: &mut Txn<'_>, me: &Me, mut subject: Subject, mut handles: Handles, ys: &[[u8; 64]]) -> Result<(), ViewError> {
    let replaced = match handles.announced {
        Some(old) => read::<Subject>(txn, old.as_bytes())?,
        None => None,
    };
    if let Some(old) = &replaced {
        withdraw(txn, me, old)?;
    }
    let number = announce_with(txn, me, &mut subject, ys)?;
    Counters::change(txn, |counters| counters.own += 1)?;
    handles.announced = Some(subject.subject);
    handles.pending = handles.pending.filter(|pending| *pending != subject.subject);
    handles.put(txn, subject.case, subject.person);

    let carried = match &replaced {
        Some(old) => raise::carry(txn, old, &subject, number)?,
        None => BTreeSet::new(),
    };
    let found = hits(txn, me, &subject)?;
    for alert in carried.difference(&found) {
        close::close(txn, *alert)?;
    }
    Ok(())
}

/// Announces again what would soon expire under `number`: the same subject and tokens, so that alerts go on. What no subject
/// stands behind is withdrawn.
pub(super) fn renew(txn: &mut Txn<'_>, me: &Me, number: u64, beacon: &Beacon) -> Result<(), ViewError> {
    if let Some(mut subject) = read::<Subject>(txn, beacon.subject.as_bytes())?
        && subject.announced.iter().any(|announced| announced.number == number)
    {
        let renewed = publish(txn, me, beacon.epoch, subject.subject, Action::Announce, beacon.tokens.clone())?;
        for announced in subject.announced.iter_mut().filter(|announced| announced.number == number) {
            announced.number = renewed;
        }
        subject.put(txn);
        raise::carry(txn, &subject, &subject, renewed)?;
    }
    withdraw_number(txn, me, beacon.subject, number)
}

/// Takes an announced subject back: signed withdrawals, its rows gone. Its alerts are the caller's.
pub(super) fn withdraw(txn: &mut Txn<'_>, me: &Me, subject: &Subject) -> Result<(), ViewError> {
    for announced in &subject.announced {
        withdraw_number(txn, me, subject.subject, announced.number)?;
    }
    if let Some(person_ref) = subject.asking {
        txn.delete(Table::OWN, &waiting_key(person_ref));
    }
    confirm::forget(txn, subject.subject)?;
    Subject::delete(txn, subject.subject);
    Counters::change(txn, |counters| counters.own = counters.own.saturating_sub(1))
}

pub(super) fn withdraw_number(txn: &mut Txn<'_>, me: &Me, subject: SubjectId, number: u64) -> Result<(), ViewError> {
    let by = publish(txn, me, me.epoch, subject, Action::Withdraw(number), BoundedVec::default())?;
    let key = beacon_key(me.unit, number);
    let announced: BeaconRow = read(txn, &key)?.unwrap_or_default();
    txn.put(&key, Scope::Master, &BeaconRow { withdrawn_by: Some(by), ..announced });
    Ok(())
}

/// Signs a beacon under the next number, keeps it and sends it to everybody.
pub(super) fn publish(
    txn: &mut Txn<'_>,
    me: &Me,
    epoch: u64,
    subject: SubjectId,
    action: Action,
    tokens: BoundedVec<Token, 24>,
) -> Result<u64, ViewError> {
    let number = Counters::load(txn)?.last_number + 1;
    Counters::change(txn, |counters| counters.last_number = number)?;
    let beacon = Beacon { federation: me.federation, epoch, number, subject, action, tokens, expires: txn.now.plus(LIFETIME) };
    if action == Action::Announce {
        keepers::announced(txn, me.unit)?;
    }
    let signed = Signed::sign(&beacon, &me.key);
    txn.gossip(Gossip::Beacon(signed.as_bytes().to_vec()));
    txn.put(&beacon_key(me.unit, number), Scope::Master, &row_of(&signed, &beacon, None)?);
    let mut row = UnitRow::of(txn, me.unit)?;
    let fits = row.held.insert(number, number);
    debug_assert!(fits, "own numbers have no holes");
    row.put(txn, me.unit);
    Ok(number)
}
