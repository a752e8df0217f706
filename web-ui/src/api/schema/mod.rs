//! The shapes of requests and replies as the document describes them, apart from the node so that it knows nothing of HTTP.
//! Nothing is made of these types: the service's own are read and sent, and the tests hold what is sent against them.

mod asked;
mod case;
mod custody;
mod document;
mod entity;
mod keepers;
mod life;
mod list;
mod publication;
mod request;
mod room;
mod same;
mod share;
mod unit;

pub use asked::{
    AnswerRequest, AskRequest, FormView, MessageView, RequestAbout, RequestAnswer, RequestPage, RequestView, RequestWords,
    UnreadView,
};
pub use case::{
    CaseRights, CaseView, ContributionView, LinkView, Matching, PersonPage, PersonView, ReceivedView, StageView, StepView,
};
pub use custody::{CustodyView, TenureView, TransferView};
pub use document::{DocumentView, FileView, NewDocument};
pub use entity::{EntityView, FieldView, OptionView, UnitRef, VersionView};
pub use keepers::{CountView, GenerationView, KeeperView, KeepersView};
pub use life::{
    AccountSees, AskedView, ContributedView, DecisionRequest, DecisionView, KeepsView, OnwardView, RevisionView, SeesView,
    TermsRequest, TermsView, WhoSees,
};
pub use list::{CasePage, CaseSummary, MatchedBy, SearchHit};
pub use publication::{
    ContactView, EntryText, EntryView, MaterialText, MaterialView, PublicationHead, PublishEntry, PublishMaterial,
};
pub use request::{
    AlertAnswer, AlertOutcome, AlertStep, CaseFilter, ChangeRequest, NewAccount, NewCase, NewPerson, Owner, PersonRequest,
    SearchQuery,
};
pub use room::{
    RoomChoiceView, RoomChosen, RoomFields, RoomNo, RoomOfficer, RoomStepView, RoomView, RoomYes, StepSide, ToldLine,
};
pub use same::{
    AlikeFound, AlikeQuery, CandidateView, DecidedView, LineView, NotedView, PersonLinkView, SameGroup, SameRequest, SameStep,
    SameView, SideView,
};
pub use share::{
    AlertView, AskState, ComparisonView, InboxItem, InboxPreview, SharePersonView, SharePreview, ShareTermsView, ShareView, Undo,
};
pub use unit::{
    AccountView, Actor, AuditCheck, AuditPage, AuditView, Colleague, CutOffView, EndView, FormerView, FreezeView, FrozenView,
    IdentityView, JoinView, Me, OwnView, PeerView, ProofView, ProposalView, Role, Status, WordsView,
};
