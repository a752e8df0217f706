//! The numbers and names of all signed messages.
//! A number that was once given away is never given to another message.

/// What a signature or an envelope holds; the name enters content type and external AAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageKind {
    /// A unit's first statement.
    Genesis,
    /// One epoch of the charter.
    Charter,
    /// One member's yes to one epoch.
    CharterApproval,
    /// An invitation for one genesis.
    Invitation,
    /// A newcomer's request to join.
    Join,
    /// A key to seal envelopes to.
    Prekey,
    /// The inside of an envelope.
    Body,
    /// The answer to a body that was verified.
    Ack,
    /// One step of one unit's chain in a case.
    Entry,
    /// The owner's decision what one peer may have.
    Share,
    /// The receiver's statement that a share key is destroyed.
    Receipt,
    /// An announcement or withdrawal of one subject.
    Beacon,
    /// How far a unit's beacons reach.
    BeaconHead,
    /// An owner's wish to hand a case over.
    TransferOffer,
    /// The receiver's yes or no to that.
    TransferAnswer,
    /// The list of contents of a file of envelopes.
    Carried,
    /// A unit's word that it leaves the federation.
    Leave,
    /// A proposer's word that it lets its proposal go.
    Withdrawal,
    /// The recovery key's word that a unit has a new node key.
    Replacement,
    /// What a unit found when it was asked to check something.
    VerificationAnswer,
    /// An agency or a person that can be of help.
    DirectoryEntry,
    /// A text to print or to read.
    Material,
    /// Which key is to be generated, by whom.
    KeyTerms,
    /// A keeper's step while a key is generated.
    KeyStep,
    /// A keeper's word that this key was generated so.
    KeeperWord,
    /// A unit asks a keeper to blind.
    BlindRequest,
    /// The keeper's answer.
    BlindReply,
    /// Two persons of a unit want more evaluations on one day.
    Burst,
    /// A unit's yes to one step of a disclosure room.
    StepYes,
    /// The beginning of a file of documents.
    CarriedDocuments,
}

impl MessageKind {
    /// Every one of them, in their order.
    pub const ALL: [Self; 30] = [
        Self::Genesis,
        Self::Charter,
        Self::CharterApproval,
        Self::Invitation,
        Self::Join,
        Self::Prekey,
        Self::Body,
        Self::Ack,
        Self::Entry,
        Self::Share,
        Self::Receipt,
        Self::Beacon,
        Self::BeaconHead,
        Self::TransferOffer,
        Self::TransferAnswer,
        Self::Carried,
        Self::Leave,
        Self::Withdrawal,
        Self::Replacement,
        Self::VerificationAnswer,
        Self::DirectoryEntry,
        Self::Material,
        Self::KeyTerms,
        Self::KeyStep,
        Self::KeeperWord,
        Self::BlindRequest,
        Self::BlindReply,
        Self::Burst,
        Self::StepYes,
        Self::CarriedDocuments,
    ];

    /// The name as it stands in `application/vnd.icmc.<name>.v1+cbor` and `icmc/v1/<name>`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Genesis => "genesis",
            Self::Charter => "charter",
            Self::CharterApproval => "charter-approval",
            Self::Invitation => "invitation",
            Self::Join => "join",
            Self::Prekey => "prekey",
            Self::Body => "body",
            Self::Ack => "ack",
            Self::Entry => "entry",
            Self::Share => "share",
            Self::Receipt => "receipt",
            Self::Beacon => "beacon",
            Self::BeaconHead => "beacon-head",
            Self::TransferOffer => "transfer-offer",
            Self::TransferAnswer => "transfer-answer",
            Self::Carried => "carried",
            Self::Leave => "leave",
            Self::Withdrawal => "withdrawal",
            Self::Replacement => "replacement",
            Self::VerificationAnswer => "verification-answer",
            Self::DirectoryEntry => "directory-entry",
            Self::Material => "material",
            Self::KeyTerms => "key-terms",
            Self::KeyStep => "key-step",
            Self::KeeperWord => "keeper-word",
            Self::BlindRequest => "blind-request",
            Self::BlindReply => "blind-reply",
            Self::Burst => "burst",
            Self::StepYes => "step-yes",
            Self::CarriedDocuments => "carried-documents",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_of_all_lacks_none_and_no_two_have_one_name() {
        let named =
            include_str!("kinds.rs").lines().filter(|line| line.trim_start().starts_with("Self::") && line.contains(" => \""));
        assert_eq!(MessageKind::ALL.len(), named.count());
        let names: BTreeSet<&str> = MessageKind::ALL.into_iter().map(MessageKind::name).collect();
        assert_eq!(names.len(), MessageKind::ALL.len());
    }
}
