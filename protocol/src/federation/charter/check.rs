//! The rules of `protocol.md`, "Federation": what an epoch may say, and who must have signed it.
//! Not what is done with an epoch that passes: see `accept`.

use super::super::member::Member;
use super::{Blinding, Charter, CharterEpoch, CharterError, blinding};
use crate::ids::{CharterHash, UnitId};
use std::collections::BTreeSet;

/// What can be told from the payload alone.
pub(super) fn content(charter: &Charter) -> Result<(), CharterError> {
    let members = &charter.members;
    if members.is_empty() || !members.is_sorted_by(|one, next| one.unit < next.unit) {
        return Err(CharterError::Members);
    }
    let mut keys = BTreeSet::new();
    let usable = members.iter().all(|member| member.is_usable() && member.keys.iter().all(|key| keys.insert(key.key)));
    if !usable {
        return Err(CharterError::Member);
    }
    let threshold = usize::from(charter.threshold);
    if threshold * 2 <= members.len() || threshold > members.len() {
        return Err(CharterError::Threshold);
    }
    if (charter.epoch == 0) != charter.previous.is_none() || (charter.epoch == 0 && charter.settles.is_some()) {
        return Err(CharterError::NotNext);
    }
    let former = charter.former.as_ref().map(|former| &former.blinding);
    let later = |former: &Blinding| charter.blinding.as_ref().is_some_and(|present| present.epoch() > former.epoch());
    let keys = charter.blinding.iter().chain(former);
    if !keys.into_iter().all(|key| key.is_usable()) || !former.is_none_or(later) {
        return Err(CharterError::Keepers);
    }
    Ok(())
}

/// Epoch 0: every one of its members signed it.
pub(super) fn founding(charter: &Charter, epoch: &CharterEpoch) -> Result<(), CharterError> {
    if charter.epoch != 0 {
        return Err(CharterError::NotNext);
    }
    if signers(charter, charter, epoch)?.len() < charter.members.len() {
        return Err(CharterError::Quorum);
    }
    let first = |key: &Blinding| key.epoch() == 0 && key.from == charter.made && key.is_signed(charter);
    if !charter.blinding.as_ref().is_none_or(first) || charter.former.is_some() {
        return Err(CharterError::Keepers);
    }
    Ok(())
}

/// Epoch n + 1: it names the hash of epoch n, and enough of epoch n's members signed it.
pub(super) fn next(
    before: &Charter,
    before_hash: CharterHash,
    charter: &Charter,
    epoch: &CharterEpoch,
) -> Result<(), CharterError> {
    if charter.federation != before.federation {
        return Err(CharterError::Federation);
    }
    if before.epoch.checked_add(1) != Some(charter.epoch) || charter.previous != Some(before_hash) {
        return Err(CharterError::NotNext);
    }
    let signers = signers(before, charter, epoch)?;
    let gone = leavers(before, charter, epoch)?;
    if signers.difference(&gone).count() < needed(before, gone.len(), charter.settles.is_some()) {
        return Err(CharterError::Quorum);
    }
    blinding::follows(before, charter)?;
    own_words(before, charter, epoch, &signers)
}

/// How many of epoch n's members must sign epoch n + 1, if so many of them have left by their own word.
///
/// Whoever left for a number has signed nothing of that number, so two epochs of it cannot both pass among honest members, however
/// many departures each rests on: each needs more than half of those who stay.
pub(in crate::federation) fn needed(before: &Charter, gone: usize, settles: bool) -> usize {
    let members = before.members.len();
    if settles {
        return (members * 2).div_ceil(3).max(usize::from(before.threshold));
    }
    let staying = members.saturating_sub(gone);
    usize::from(before.threshold).saturating_sub(gone).max(staying / 2 + 1)
}

/// Who of `before` signed. One bad signature refuses the whole, so that nobody can hang something on an epoch.
fn signers(before: &Charter, charter: &Charter, epoch: &CharterEpoch) -> Result<BTreeSet<UnitId>, CharterError> {
    let hash = epoch.hash();
    let mut units = BTreeSet::new();
    for signed in epoch.approvals() {
        let signer = signed.claimed_signer().map_err(|_| CharterError::Approval)?;
        let approval = signed.verify(&signer).map_err(|_| CharterError::Approval)?;
        let of_member = before.member(approval.unit).and_then(Member::present_key) == Some(signer);
        let of_this = approval.federation == charter.federation && approval.epoch == charter.epoch && approval.hash == hash;
        if !of_member || !of_this || !units.insert(approval.unit) {
            return Err(CharterError::Approval);
        }
    }
    Ok(units)
}

/// Who of `before` left by its own word and is left out.
fn leavers(before: &Charter, charter: &Charter, epoch: &CharterEpoch) -> Result<BTreeSet<UnitId>, CharterError> {
    let mut units = BTreeSet::new();
    for signed in epoch.grounds().leaves.iter() {
        let signer = signed.claimed_signer().map_err(|_| CharterError::Grounds)?;
        let leave = signed.verify(&signer).map_err(|_| CharterError::Grounds)?;
        let of_member = before.member(leave.unit).and_then(Member::present_key) == Some(signer);
        let counts = leave.federation == charter.federation && leave.epoch <= charter.epoch;
        if !of_member || !counts || charter.member(leave.unit).is_some() || !units.insert(leave.unit) {
            return Err(CharterError::Grounds);
        }
    }
    Ok(units)
}

/// What a member says of itself, and its key, change only with its own signature; a lost key with that of its recovery key.
/// Past keys stay as they are: what they signed has to stay verifiable.
fn own_words(before: &Charter, charter: &Charter, epoch: &CharterEpoch, signers: &BTreeSet<UnitId>) -> Result<(), CharterError> {
    let recovery = epoch.grounds().recovery.as_ref();
    let recovered = recovery.map(|recovery| recovery.check().map_err(|_| CharterError::Grounds)).transpose()?;
    let mut used = false;
    for (was, is) in before.members.iter().filter_map(|was| Some((was, charter.member(was.unit)?))) {
        let signed = signers.contains(&was.unit);
        if was.says() != is.says() && !signed {
            return Err(CharterError::OwnWords);
        }
        if was.keys == is.keys {
            continue;
        }
        let new = is.key_after(was).ok_or(CharterError::OwnWords)?;
        let by_recovery = recovered.is_some_and(|word| word.unit == is.unit && word.key == new);
        used |= by_recovery;
        if !signed && !by_recovery {
            return Err(CharterError::OwnWords);
        }
    }
    if recovered.is_some() && !used { Err(CharterError::Grounds) } else { Ok(()) }
}
