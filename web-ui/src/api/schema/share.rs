//! Shares, inbox and alerts, as the document describes them.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use super::{CaseSummary, CaseView, UnitRef};
use serde::Serialize;
use utoipa::ToSchema;

/// A person named in a share.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharePersonView {
    /// The person.
    pub entity: String,
    /// The name in the case, if it can be told here.
    pub display: String,
    /// The ground, as in the request.
    pub basis: String,
    /// Why.
    pub reason: String,
}

/// A share given.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareView {
    /// The share.
    pub id: String,
    /// The case.
    pub case: String,
    /// The case's number.
    pub number: String,
    /// To whom.
    pub to: UnitRef,
    /// sent, delivered, previewed, active, declined, refused, expired, recalled.
    pub state: String,
    /// Whether it can be recalled.
    pub open: bool,
    /// Each state and when it came.
    pub history: Vec<(String, u64)>,
    /// When it ends by itself.
    pub expires: u64,
    /// `read` or `contribute`.
    pub rights: String,
    /// What for.
    pub purpose: String,
    /// `H0` to `H3`.
    pub handling: String,
    /// `none`, `ask` or `allowed`.
    pub onward: String,
    /// Section ids of the dictionary.
    pub sections: Vec<String>,
    /// `S`, `B`, `I`.
    pub classes: Vec<String>,
    /// Who is named.
    pub persons: Vec<SharePersonView>,
    /// How many restricted values were chosen one by one.
    pub items: u32,
    /// Which, by their commitment.
    pub chosen: Vec<String>,
    /// A word to the receiver.
    pub note: String,
    /// The receiver's reason for declining.
    pub reason: Option<String>,
    /// When the receiver destroyed the key, by its signed word.
    pub receipt_at: Option<u64>,
    /// It is over, was there as far as is known, and the receiver has not shown yet that the key is destroyed.
    pub awaits_receipt: bool,
    /// Messages of the other unit about it that nobody here has looked at.
    pub unread: u32,
}

/// What a share says beside the case itself, as its receiver reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareTermsView {
    /// What for.
    pub purpose: String,
    /// `read` or `contribute`.
    pub rights: String,
    /// `H0` to `H3`.
    pub handling: String,
    /// `none`, `ask` or `allowed`.
    pub onward: String,
    /// When it ends by itself.
    pub expires: u64,
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
#[derive(Debug, Serialize, ToSchema)]
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

/// A share received.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxItem {
    /// The share.
    pub id: String,
    /// From whom.
    pub from: UnitRef,
    /// arriving, offered, previewed, active, recalled, expired, declined.
    pub state: String,
    /// Whether it waits for an answer of this unit.
    pub waiting: bool,
    /// When it came.
    pub received_at: u64,
    /// When it ends by itself.
    pub expires: u64,
    /// The case, once it is accepted.
    pub case: Option<String>,
    /// The case's number, if it is shown.
    pub number: String,
    /// What for; none once it has ended.
    pub purpose: Option<String>,
    /// `read` or `contribute`; none once it has ended.
    pub rights: Option<String>,
    /// `H0` to `H3`; none once it has ended.
    pub handling: Option<String>,
    /// `none`, `ask` or `allowed`; none once it has ended.
    pub onward: Option<String>,
    /// How many people are named.
    pub persons: u32,
    /// The owner's word with it.
    pub note: String,
    /// Messages of the owner about it that nobody here has looked at.
    pub unread: u32,
}

/// A share looked at before it is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxPreview {
    /// The share.
    pub item: InboxItem,
    /// The case as this share shows it.
    pub case: CaseView,
    /// What the share says beside it.
    pub terms: ShareTermsView,
}

/// How long a deletion can be undone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Undo {
    /// Not after this.
    pub until: u64,
}

/// How far the two units have come with each other.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskState {
    /// Nobody asked.
    None,
    /// We asked and wait.
    Asked,
    /// They asked and wait.
    AskedByPeer,
    /// Somebody said yes.
    Yes,
    /// Somebody said no.
    No,
    /// They said later.
    PeerLater,
    /// We said later.
    OwnLater,
}

/// One alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertView {
    /// The alert.
    pub id: String,
    /// possible, probable, exact.
    pub class: String,
    /// What agreed, in kind.
    pub agreed: Vec<String>,
    /// Our case in one line.
    pub case: CaseSummary,
    /// Our person.
    pub person: String,
    /// Our person's name.
    pub display: String,
    /// The other unit.
    pub peer: UnitRef,
    /// Its public duty contact.
    pub peer_contact: String,
    /// Whether we may share with it.
    pub peer_confirmed: bool,
    /// new, seen, in_hand, closed.
    pub state: String,
    /// same, not_same, muted, no_answer, withdrawn, contradicted.
    pub outcome: Option<String>,
    /// Who moved it last.
    pub by: Option<String>,
    /// When it was moved last.
    pub at: Option<u64>,
    /// What the units said to each other.
    pub contact: AskState,
    /// When that was said last.
    pub contact_at: Option<u64>,
    /// When it was raised.
    pub raised_at: u64,
    /// What the comparison with the other unit has said: yes, waiting, no (there was none), contradicted.
    pub confirmed: String,
    /// Whether people at the other unit may know of it.
    pub told: bool,
}

/// A comparison that waits for a decision, or that went wrong at the other unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparisonView {
    /// The comparison.
    pub id: String,
    /// waiting (for a decision here), unfinished (by the other unit), guesses (its fingerprint may be made of them).
    pub kind: String,
    /// Our case in one line.
    pub case: CaseSummary,
    /// Our person.
    pub person: String,
    /// Our person's name.
    pub display: String,
    /// The other unit.
    pub peer: UnitRef,
    /// Its public duty contact.
    pub peer_contact: String,
    /// Since when.
    pub since: u64,
    /// When the other unit finished it after all.
    pub finished: Option<u64>,
}
