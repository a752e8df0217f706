//! Shares given and received, as pages show them.
//! What a share lets through is decided by `protocol::caselog::disclose`.

use super::{CaseView, UnitRef, quiet};
use icmc_protocol::ids::{CaseId, Commitment, EntityId, ShareId};
use icmc_protocol::time::Timestamp;
use serde::Serialize;

/// A person named in a share.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SharePersonView {
    /// The person.
    pub entity: EntityId,
    /// The name in the case, if it can be told here.
    pub display: String,
    /// The ground, as in the request.
    pub basis: &'static str,
    /// Why.
    pub reason: String,
}

/// A share given.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ShareView {
    /// The share.
    pub id: ShareId,
    /// The case.
    pub case: CaseId,
    /// The case's number.
    pub number: String,
    /// To whom.
    pub to: UnitRef,
    /// sent, delivered, previewed, active, declined, refused, expired, recalled.
    pub state: &'static str,
    /// Whether it can be recalled.
    pub open: bool,
    /// Each state and when it came.
    pub history: Vec<(&'static str, Timestamp)>,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// `read` or `contribute`.
    pub rights: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// `H0` to `H3`.
    pub handling: &'static str,
    /// `none`, `ask` or `allowed`.
    pub onward: &'static str,
    /// Section ids of the dictionary.
    pub sections: Vec<String>,
    /// `S`, `B`, `I`.
    pub classes: Vec<String>,
    /// Who is named.
    pub persons: Vec<SharePersonView>,
    /// How many restricted values were chosen one by one.
    pub items: u32,
    /// Which.
    pub chosen: Vec<Commitment>,
    /// A word to the receiver.
    pub note: String,
    /// The receiver's reason for declining.
    pub reason: Option<String>,
    /// When the receiver destroyed the key, by its signed word.
    pub receipt_at: Option<Timestamp>,
    /// It is over, was there as far as is known, and the receiver has not shown yet that the key is destroyed.
    pub awaits_receipt: bool,
    /// Messages of the other unit about it that nobody here has looked at.
    pub unread: u32,
}

/// What a share says beside the case itself, as its receiver reads it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ShareTermsView {
    /// What for.
    pub purpose: &'static str,
    /// `read` or `contribute`.
    pub rights: &'static str,
    /// `H0` to `H3`.
    pub handling: &'static str,
    /// `none`, `ask` or `allowed`.
    pub onward: &'static str,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// Section ids of the dictionary.
    pub sections: Vec<String>,
    /// `S`, `B`, `I`.
    pub classes: Vec<String>,
    /// Who is named, on what ground.
    pub persons: Vec<SharePersonView>,
    /// How many restricted values were chosen one by one.
    pub items: u32,
    /// A word to the receiver.
    pub note: String,
}

/// What the receiver of a share that is not made yet would see.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SharePreview {
    /// Exactly what the receiver would see.
    pub case: CaseView,
    /// To whom.
    pub to: UnitRef,
    /// What the share would say beside it.
    pub terms: ShareTermsView,
    /// Values that go.
    pub shown: u32,
    /// Values of the case that stay here.
    pub kept: u32,
    /// Nothing was ever shared with this unit before.
    pub first: bool,
    /// Of a share with other terms: what the receiver has and would not have any more.
    pub gone: Vec<String>,
    /// Of a share with other terms: what the receiver would have and has not.
    pub added: Vec<String>,
}

/// A person whose consent does not cover a share.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ConsentLack {
    /// The person.
    pub person: EntityId,
    /// The name.
    pub display: String,
    /// For which units, and what is missing: none, incomplete, withdrawn, not_yet, expiry, recipient, purpose, classes.
    pub units: Vec<(UnitRef, Vec<&'static str>)>,
}

/// A share received.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct InboxItem {
    /// The share.
    pub id: ShareId,
    /// From whom.
    pub from: UnitRef,
    /// arriving, offered, previewed, active, recalled, expired, declined.
    pub state: &'static str,
    /// Whether it waits for an answer of this unit.
    pub waiting: bool,
    /// When it came.
    pub received_at: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// The case, once it is accepted.
    pub case: Option<CaseId>,
    /// The case's number, if it is shown.
    pub number: String,
    /// What for; none once it has ended.
    pub purpose: Option<&'static str>,
    /// `read` or `contribute`; none once it has ended.
    pub rights: Option<&'static str>,
    /// `H0` to `H3`; none once it has ended.
    pub handling: Option<&'static str>,
    /// `none`, `ask` or `allowed`; none once it has ended.
    pub onward: Option<&'static str>,
    /// How many people are named.
    pub persons: u32,
    /// The owner's word with it.
    pub note: String,
    /// Messages of the owner about it that nobody here has looked at.
    pub unread: u32,
}

/// A share looked at before it is answered.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct InboxPreview {
    /// The share.
    pub item: InboxItem,
    /// The case as this share shows it.
    pub case: CaseView,
    /// What the share says beside it.
    pub terms: ShareTermsView,
}

/// How long a deletion can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Undo {
    /// Not after this.
    pub until: Timestamp,
}

quiet!(SharePersonView, ShareTermsView, ShareView, SharePreview, ConsentLack, InboxItem, InboxPreview);
