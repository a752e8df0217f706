//! Taking epochs into the store: the next one moves the charter on, a second one of a number freezes it.
//! Not fetching them: see `charter_sync`.

use super::super::{joining, leaving, own, proof};
use super::{Charter, CharterEpoch, CharterError, FROZEN, Frozen, HEAD, Head, check, former, frozen, head, keys, settle, stored};
use crate::ids::UnitId;
use crate::machine::{Notice, Scope, Txn, ViewError};
use crate::wire::MessageKind;
use std::collections::BTreeMap;

/// What became of the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// All were known.
    Nothing,
    /// The charter moved on.
    Advanced,
    /// Two of one number have passed, now or earlier; nothing more is taken.
    Frozen,
}

/// Takes a chain of epochs, each checked against the one before; known ones are passed over.
///
/// Without a charter the first must be an epoch 0. That anybody can make: who calls this on a node that has none yet
/// compares the outcome with what the invitation names.
///
/// A frozen charter moves on only by an epoch that settles which of the two is continued.
///
/// # Errors
/// [`CharterError`] at the first epoch that is refused; the ones before it stay taken.
pub fn accept(txn: &mut Txn<'_>, epochs: &[CharterEpoch]) -> Result<Accepted, CharterError> {
    let mut outcome = Accepted::Nothing;
    for epoch in epochs {
        if frozen(txn)?.is_some() {
            break;
        }
        match accept_one(txn, epoch)? {
            Took::Known | Took::Frozen => {}
            Took::Next => outcome = Accepted::Advanced,
            // What follows upon a charter that was given up is given up with it.
            Took::GivenUp => return Ok(outcome),
        }
    }
    match frozen(txn)? {
        Some(frozen) if settle::settle(txn, &frozen, epochs)? => Ok(Accepted::Advanced),
        Some(_) => Ok(Accepted::Frozen),
        None => Ok(outcome),
    }
}

/// What became of one epoch.
enum Took {
    Known,
    Next,
    GivenUp,
    Frozen,
}

fn accept_one(txn: &mut Txn<'_>, epoch: &CharterEpoch) -> Result<Took, CharterError> {
    let charter = epoch.charter()?;
    let Some(head) = head(txn)? else {
        check::founding(&charter, epoch)?;
        advance(txn, None, &charter, epoch)?;
        return Ok(Took::Next);
    };
    if charter.federation != head.federation {
        return Err(CharterError::Federation);
    }
    if charter.epoch > head.epoch {
        let (before, before_epoch) = held(txn, head.epoch)?;
        check::next(&before, before_epoch.hash(), &charter, epoch)?;
        advance(txn, Some(&before), &charter, epoch)?;
        return Ok(Took::Next);
    }
    if settle::is_given_up(txn, epoch.hash())? {
        return Ok(Took::GivenUp);
    }
    let (ours, ours_epoch) = held(txn, charter.epoch)?;
    if ours_epoch.hash() == epoch.hash() {
        return Ok(Took::Known);
    }
    let double = double_signers(&ours_epoch, epoch);
    match charter.epoch.checked_sub(1) {
        Some(before) => {
            let (before, before_epoch) = held(txn, before)?;
            check::next(&before, before_epoch.hash(), &charter, epoch)?;
        }
        None => {
            check::founding(&charter, epoch)?;
            // Anybody can sign an epoch 0 of their own. It is a second one of ours only if all founders signed that too.
            if !ours.members.iter().all(|member| double.contains_key(&member.unit)) {
                return Err(CharterError::Quorum);
            }
        }
    }
    for (unit, (one, other)) in &double {
        proof::keep(txn, *unit, MessageKind::CharterApproval, one, other)?;
    }
    txn.put(FROZEN, Scope::Master, &Frozen { epoch: charter.epoch, held: ours_epoch.hash(), other: epoch.clone() });
    txn.incident(double.keys().next().copied(), "two charters of one number passed; the charter is frozen");
    txn.notify(Notice::Peers);
    // What was proposed until now continues one of the two; those who signed it are free again.
    joining::let_go(txn)?;
    Ok(Took::Frozen)
}

/// Makes an epoch that was checked the newest one. `before` is the charter held until now.
pub(super) fn advance(
    txn: &mut Txn<'_>,
    before: Option<&Charter>,
    charter: &Charter,
    epoch: &CharterEpoch,
) -> Result<(), CharterError> {
    if keys::takes_foreign_key(txn, charter)? {
        return Err(CharterError::Member);
    }
    txn.put(&charter.epoch.to_be_bytes(), Scope::Master, epoch);
    txn.put(HEAD, Scope::Master, &Head { federation: charter.federation, epoch: charter.epoch, hash: epoch.hash() });
    keys::index(txn, before, charter)?;
    if let Some(before) = before {
        former::follow(txn, before, charter)?;
    }
    settle::give_up(txn, charter);
    leaving::forget(txn, charter)?;
    own::follow(txn, charter)?;
    txn.charter_changed();
    txn.notify(Notice::Peers);
    Ok(())
}

pub(super) fn held(txn: &Txn<'_>, number: u64) -> Result<(Charter, CharterEpoch), ViewError> {
    let epoch = stored(txn, number)?.ok_or_else(|| ViewError("an accepted charter epoch is missing".to_owned()))?;
    Ok((epoch.stored()?, epoch))
}

/// Units that signed both, with both signatures. Those of `other` count only once it is checked; then the signer is who it says.
fn double_signers(ours: &CharterEpoch, other: &CharterEpoch) -> BTreeMap<UnitId, (Vec<u8>, Vec<u8>)> {
    let by_key = |epoch: &CharterEpoch| -> BTreeMap<_, _> {
        epoch.approvals().iter().filter_map(|signed| Some((signed.claimed_signer().ok()?, signed.clone()))).collect()
    };
    let ours = by_key(ours);
    by_key(other)
        .into_iter()
        .filter_map(|(key, theirs)| {
            let mine = ours.get(&key)?;
            Some((mine.stored().ok()?.unit, (mine.as_bytes().to_vec(), theirs.as_bytes().to_vec())))
        })
        .collect()
}
