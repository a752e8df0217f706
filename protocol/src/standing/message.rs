//! The payload of [`crate::envelope::Kind::Standing`], in as many envelopes as it needs.
//! Each fact speaks for itself; what the restored unit signed is verified by it.

use crate::caselog::{Change, Entry, HandoverProof};
use crate::crypto::Signed;
use crate::ids::{CaseId, EntryHash, ShareId, UnitId};
use crate::matching::{Beacon, BeaconHead};
use crate::requests::Between;
use crate::sharing::{Ended, Share};
use crate::transfer::{Again, Part};
use serde::{Deserialize, Serialize};

/// One of the envelopes that answer one question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Standing {
    /// Tells the answers to two questions apart.
    pub(super) round: u64,
    pub(super) index: u32,
    pub(super) of: u32,
    /// Whether the sender shows all; not if the safety words of the keys in use were not compared.
    pub(super) whole: bool,
    /// The highest number of the restored unit's envelopes that was seen.
    pub(super) pair_seq: u64,
    /// The highest number of its beacons that was heard.
    pub(super) beacon: u64,
    pub(super) facts: Vec<Fact>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Fact {
    /// The newest entry of the restored unit's chain in a case.
    Head(Head),
    /// One of its entries, as asked for.
    Entry(Shown),
    /// A share that it gave.
    Held(Held),
    /// A share that it was given.
    Given(Given),
    /// A beacon of its own, as asked for.
    Beacon(Signed<Beacon>),
    /// A contribution to a case of its own that has ended.
    TakenBack(TakenBack),
    /// A request between the two.
    Request(Between),
    /// A case that the sender handed to the restored unit, as asked for; its parts come after it.
    Again(Again),
    /// A part of it.
    Part(Part),
    /// A case that was asked for so and is not given again.
    Gone(ShareId),
    /// How a case came to its owner, before the entries of it: the restored unit may have owned it in between.
    Line(Line),
    /// Its newest word on how far its beacons reach: what counts no more is dropped everywhere, and its number is not given again.
    BeaconHead(Signed<BeaconHead>),
    /// Beacons were asked for after this number: with those that are in this answer, and no others are left but newer ones.
    BeaconsAfter(u64),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) case: CaseId,
    pub(super) owner: UnitId,
    /// What the case was opened with.
    #[serde(with = "serde_bytes")]
    pub(super) opening: Vec<u8>,
    pub(super) custody: Vec<HandoverProof>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) case: CaseId,
    pub(super) owner: UnitId,
    pub(super) seq: u64,
    pub(super) hash: EntryHash,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) owner: UnitId,
    pub(super) entry: Signed<Entry>,
    /// Those of its values that are open at the sender.
    pub(super) changes: Vec<Change>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) id: ShareId,
    /// What was signed, while the sender can read it.
    pub(super) share: Option<Signed<Share>>,
    pub(super) state: HeldState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum HeldState {
    Waiting,
    Active,
    Ended(Ended),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Given {
    pub(super) id: ShareId,
    pub(super) state: GivenState,
    /// Its newest revision that took something away; 0 if none did.
    pub(super) lowered: u64,
}

/// A contribution that the sender took back.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct TakenBack {
    pub(super) case: CaseId,
    pub(super) entry: EntryHash,
    pub(super) share: ShareId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum GivenState {
    Open,
    Over,
    /// The restored unit owns the case, and may have forgotten that.
    Transferred,
}
