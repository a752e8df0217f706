//! What pages and API are handed: views of cases, shares, alerts and peers, and what they ask for.
//! Plain data that holds no rights and reads nothing; what a person may see was decided before it was made.

mod alert;
mod asked;
mod carried;
mod case;
mod custody;
mod document;
mod entity;
mod keepers;
mod life;
mod list;
mod peer;
mod publication;
mod request;
mod room;
mod same;
mod share;

pub use crate::casework::StageView;
pub use crate::search::MatchedBy;
pub use alert::{AlertView, AskState, ComparisonView};
pub use asked::{
    AnswerRequest, AskRequest, FormView, MessageView, RequestAbout, RequestAnswer, RequestPage, RequestView, RequestWords,
    UnreadView,
};
pub use carried::{CarriedFile, CarryView, TakenDocuments, TakenView, made};
pub use case::{CaseRights, CaseView, ContributionView, LinkView, Matching, PersonPage, PersonView, ReceivedView, StepView};
pub use custody::{CustodyView, TenureView, TransferRequest, TransferView};
pub use document::{DocumentView, FileView};
pub use entity::{EntityView, FieldView, OptionView, UnitRef, VersionView};
pub use keepers::{CountView, GenerationView, KeeperView, KeepersView};
pub use life::{
    AccountSees, AskedView, ContributedView, DecisionRequest, DecisionView, KeepsView, OnwardView, PassingAnswer, RevisionView,
    SeesView, TermsRequest, TermsView, WhoSees,
};
pub use list::{CaseSummary, Page, SearchHit};
pub use peer::{
    CutOffView, EndView, FormerView, FreezeView, FrozenView, IdentityView, JoinView, OwnView, PeerView, ProofView, ProposalView,
    WordsView,
};
pub use publication::{ContactView, EntryText, EntryView, MaterialText, MaterialView, PublicationHead, PublishRequest};
pub use request::{
    AlertAnswer, AlertOutcome, AlertStep, CaseFilter, ChangeRequest, Fields, LinkRequest, NewCase, NewPerson, Owner,
    PersonRequest, SearchQuery, ShareRequest,
};
pub use room::{
    RoomChoiceView, RoomChosen, RoomFields, RoomNo, RoomOfficer, RoomStepView, RoomView, RoomYes, StepSide, ToldLine,
};
pub use same::{
    AlikeFound, AlikeQuery, CandidateView, DecidedView, LineView, NotedView, PersonLinkView, SameGroup, SameRequest, SameStep,
    SameView, SideView,
};
pub use share::{ConsentLack, InboxItem, InboxPreview, SharePersonView, SharePreview, ShareTermsView, ShareView, Undo};

/// `Debug` that shows no value: views are about persons and do not belong in logs.
macro_rules! quiet {
    ($($name:ident),+ $(,)?) => {
        $(impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(stringify!($name))
            }
        })+
    };
}
pub(crate) use quiet;
