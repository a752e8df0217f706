//! The rules of `protocol.md`, "Federation": what an epoch may say, and who must have signed it.
//! Not what is done with an epoch that passes: see `accept`.

use super::{Charter, CharterEpoch, CharterError};
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
    if (charter.epoch == 0) != charter.previous.is_none() {
        return Err(CharterError::NotNext);
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
    Ok(())
}

/// Epoch n + 1: it names the hash of epoch n, and epoch n's threshold of epoch n's members signed it.
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
    if signers(before, charter, epoch)?.len() < usize::from(before.threshold) {
        return Err(CharterError::Quorum);
    }
    Ok(())
}

/// Who of `before` signed. One bad signature refuses the whole, so that nobody can hang something on an epoch.
fn signers(before: &Charter, charter: &Charter, epoch: &CharterEpoch) -> Result<BTreeSet<UnitId>, CharterError> {
    let hash = epoch.hash();
    let mut units = BTreeSet::new();
    for signed in epoch.approvals() {
        let signer = signed.claimed_signer().map_err(|_| CharterError::Approval)?;
        let approval = signed.verify(&signer).map_err(|_| CharterError::Approval)?;
        let of_member = before.member(approval.unit).and_then(|member| member.present_key()) == Some(signer);
        let of_this = approval.federation == charter.federation && approval.epoch == charter.epoch && approval.hash == hash;
        if !of_member || !of_this || !units.insert(approval.unit) {
            return Err(CharterError::Approval);
        }
    }
    Ok(units)
}
