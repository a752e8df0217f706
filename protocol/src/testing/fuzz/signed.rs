//! Bytes as every one of the signed messages.
//! Not what those that verify bring about: they come inside the inputs and payloads.

use crate::carried::{Manifest, documents::Header};
use crate::caselog::Entry;
use crate::crypto::{Message, Signed};
use crate::envelope::{Ack, Body};
use crate::federation::charter::{CharterApproval, CharterEpoch, KeeperWord, KeyTerms};
use crate::federation::genesis::Genesis;
use crate::federation::invitation::Invitation;
use crate::federation::joining::{JoinRequest, Withdrawal};
use crate::federation::leaving::Leave;
use crate::federation::prekey::Prekey;
use crate::federation::recovery::Replacement;
use crate::keepers::generation::Step;
use crate::keepers::{BlindReply, BlindRequest, Burst};
use crate::matching::StepYes;
use crate::matching::{Beacon, BeaconHead};
use crate::requests::{DirectoryEntry, Material, VerificationAnswer};
use crate::sharing::{Receipt, Share};
use crate::transfer::{TransferAnswer, TransferOffer};
use crate::wire::{self, MessageKind};

/// Most bytes of a charter epoch that are looked at.
const EPOCH_MAX: usize = 2 * 1024 * 1024;

/// Bytes as any of the signed messages.
pub fn signed(data: &[u8]) {
    for kind in MessageKind::ALL {
        taken_as(kind, data);
    }
}

/// Bytes as a signed message of this kind. Says whether they verify under the key that they name.
///
/// A new kind is not compiled without an arm here.
pub(super) fn taken_as(kind: MessageKind, data: &[u8]) -> bool {
    match kind {
        MessageKind::Genesis => one::<Genesis>(data),
        // Its signatures are the approvals beside it.
        MessageKind::Charter => wire::decode::<CharterEpoch>(data, EPOCH_MAX).is_ok_and(|epoch| {
            let approved = epoch.approvals().iter().all(|one| one.claimed_signer().is_ok_and(|key| one.verify(&key).is_ok()));
            let rests = epoch.grounds().recovery.as_ref().is_none_or(|recovery| recovery.check().is_ok());
            epoch.charter().is_ok() && approved && rests
        }),
        MessageKind::CharterApproval => one::<CharterApproval>(data),
        MessageKind::Invitation => one::<Invitation>(data),
        MessageKind::Join => one::<JoinRequest>(data),
        MessageKind::Prekey => one::<Prekey>(data),
        MessageKind::Body => one::<Body>(data),
        MessageKind::Ack => one::<Ack>(data),
        MessageKind::Entry => one::<Entry>(data),
        MessageKind::Share => one::<Share>(data),
        MessageKind::Receipt => one::<Receipt>(data),
        MessageKind::Beacon => one::<Beacon>(data),
        MessageKind::BeaconHead => one::<BeaconHead>(data),
        MessageKind::TransferOffer => one::<TransferOffer>(data),
        MessageKind::TransferAnswer => one::<TransferAnswer>(data),
        MessageKind::Carried => one::<Manifest>(data),
        MessageKind::Leave => one::<Leave>(data),
        MessageKind::Withdrawal => one::<Withdrawal>(data),
        MessageKind::Replacement => one::<Replacement>(data),
        MessageKind::VerificationAnswer => one::<VerificationAnswer>(data),
        MessageKind::DirectoryEntry => one::<DirectoryEntry>(data),
        MessageKind::Material => one::<Material>(data),
        MessageKind::KeyTerms => one::<KeyTerms>(data),
        MessageKind::KeyStep => one::<Step>(data),
        MessageKind::KeeperWord => one::<KeeperWord>(data),
        MessageKind::BlindRequest => one::<BlindRequest>(data),
        MessageKind::BlindReply => one::<BlindReply>(data),
        MessageKind::Burst => one::<Burst>(data),
        MessageKind::StepYes => one::<StepYes>(data),
        MessageKind::CarriedDocuments => one::<Header>(data),
    }
}

fn one<T: Message>(data: &[u8]) -> bool {
    let signed = Signed::<T>::from_bytes(data.to_vec());
    let _ = signed.stored();
    // Nobody can hold the key to bytes that fuzzing made up; what stands in the corpus verifies.
    signed.claimed_signer().is_ok_and(|key| signed.verify(&key).is_ok())
}
