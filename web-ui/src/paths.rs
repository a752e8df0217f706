//! Every address of the node's web side, in one place: handlers route by it and templates link by it.
//! No text about a person ever stands in an address: ids and codes only.

use std::fmt::Display;

/// What every address of the API begins with.
pub const API: &str = "/api/v1";
/// Where a program signs in.
pub const API_SESSION: &str = "/api/v1/session";
/// Whether the process answers; says nothing else.
pub const HEALTH: &str = "/healthz";

/// Whether an address is of the API, which answers with problems instead of pages.
#[must_use]
pub fn is_api(path: &str) -> bool {
    path.strip_prefix(API).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Fixed addresses of pages.
macro_rules! fixed {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {
        $($(#[$doc])* #[must_use] pub fn $name() -> &'static str { $path })*
    };
}

fixed! {
    /// Today, the first page.
    today = "/";
    /// Sign in.
    sign_in = "/sign-in";
    /// Sign out (POST).
    sign_out = "/sign-out";
    /// Change the own password.
    password = "/password";
    /// Everything that the phone's bottom bar leaves out.
    more = "/more";
    /// Built-in help.
    help = "/help";
    /// The stream of live updates.
    events = "/events";
    /// The list of cases.
    cases = "/cases";
    /// Search.
    search = "/search";
    /// New case: searching first.
    new_case = "/cases/new";
    /// Shares given, of all cases.
    shares = "/shares";
    /// What other units shared.
    inbox = "/inbox";
    /// Requests to check something, made and received.
    requests = "/requests";
    /// Who can be of help.
    directory = "/directory";
    /// Texts to print or to read.
    resources = "/resources";
    /// Alerts.
    alerts = "/alerts";
    /// The alerts of one day: today, or the day in the query.
    digest = "/alerts/day";
    /// The other units.
    peers = "/peers";
    /// Invite a unit (POST).
    invite = "/peers/invite";
    /// Join a federation by an invitation (POST).
    join = "/peers/join";
    /// An invitation that was just made, as a file (POST).
    invitation_file = "/peers/invite/file";
    /// Approve a proposed list of members (POST).
    approve = "/peers/approve";
    /// Take a file of envelopes or of documents of another unit (POST).
    import_envelopes = "/peers/import";
    /// This unit in the federation: what it says of itself, its key, leaving.
    own_unit = "/peers/own";
    /// This unit's identity as a picture that a camera reads.
    identity_picture = "/peers/own/identity.svg";
    /// This unit's identity as a file.
    identity_file = "/peers/own/identity.txt";
    /// Propose a new node key (POST).
    own_key = "/peers/own/key";
    /// Take back what this unit proposes (POST).
    withdraw = "/peers/own/withdraw";
    /// Leave the federation (POST).
    leave = "/peers/own/leave";
    /// Keepers of the blinding key; wanting others, saying yes or no (POST).
    keepers = "/peers/keepers";
    /// Propose which of two lists of members is continued (POST).
    settle = "/peers/settle";
    /// What to do after a computer was lost.
    lost = "/peers/lost";
    /// A new node key by the key on paper (POST).
    recover = "/peers/lost/recover";
    /// Propose the new key of another unit that lost its own (POST).
    replace = "/peers/lost/replace";
    /// End every session (POST).
    end_sessions = "/peers/lost/sessions";
    /// Accounts of this unit.
    accounts = "/accounts";
    /// The audit.
    audit = "/audit";
    /// Check the audit's chain (POST).
    verify_audit = "/audit/verify";
    /// The door of the first-run wizard, while there is no unit.
    set_up = "/set-up";
    /// The new unit's identity as a QR code.
    set_up_picture = "/set-up/identity.svg";
    /// The new unit's identity as a file.
    set_up_file = "/set-up/identity.txt";
}

/// The alerts of a day YYYY-MM-DD.
pub fn alerts_of_day(day: impl Display) -> String {
    format!("{}?day={day}", digest())
}

/// A page of the first-run wizard.
pub fn set_up_step(step: impl Display) -> String {
    format!("/set-up/{step}")
}

/// One case.
pub fn case(case: impl Display) -> String {
    format!("/cases/{case}")
}

/// One step of a case (POST): close, reopen, delete, restore, team, transfer.
pub fn case_step(case: impl Display, step: impl Display) -> String {
    format!("/cases/{case}/{step}")
}

/// Who of a case may be somebody in another case of this unit.
pub fn same(case: impl Display) -> String {
    format!("/cases/{case}/same")
}

/// A case on paper.
pub fn print_case(case: impl Display) -> String {
    format!("/cases/{case}/print")
}

/// Edit one entity of a case.
pub fn edit(case: impl Display, kind: impl Display, entity: impl Display) -> String {
    format!("/cases/{case}/edit/{kind}/{entity}")
}

/// Remove one entity of a case, or undo that (POST).
pub fn remove(case: impl Display, kind: impl Display, entity: impl Display) -> String {
    format!("/cases/{case}/remove/{kind}/{entity}")
}

/// Add an entity to a case.
pub fn add(case: impl Display, kind: impl Display) -> String {
    format!("/cases/{case}/add/{kind}")
}

/// Add an entity that belongs to a person.
pub fn add_for(case: impl Display, kind: impl Display, person: impl Display) -> String {
    format!("/cases/{case}/add/{kind}?person={person}")
}

/// Add a document to a case.
pub fn documents(case: impl Display) -> String {
    format!("/cases/{case}/documents")
}

/// The file of a document.
pub fn document(case: impl Display, document: impl Display) -> String {
    format!("/cases/{case}/documents/{document}")
}

/// Whether a form at this address can bring a small text file beside its boxes.
#[must_use]
pub fn takes_small_file(path: &str) -> bool {
    [invite(), join()].contains(&path)
}

/// Whether a route takes a file, by its pattern.
#[must_use]
pub fn takes_files(pattern: &str) -> bool {
    [documents("{case}").as_str(), import_envelopes()].contains(&pattern)
        || pattern.strip_prefix(API).is_some_and(|rest| rest == documents("{id}"))
}

/// Admit a contribution (POST).
pub fn admit(case: impl Display, entry: impl Display) -> String {
    format!("/cases/{case}/admit/{entry}")
}

/// One step with a contribution (POST): refuse it, or ask its author.
pub fn contribution_step(case: impl Display, entry: impl Display, step: impl Display) -> String {
    format!("/cases/{case}/contributions/{entry}/{step}")
}

/// Share a case.
pub fn share(case: impl Display) -> String {
    format!("/cases/{case}/share")
}

/// Who can see a case, and why.
pub fn who(case: impl Display) -> String {
    format!("/cases/{case}/who")
}

/// A share given, with all that became of it.
pub fn given(share: impl Display) -> String {
    format!("/shares/{share}")
}

/// Give a share other terms.
pub fn revise(share: impl Display) -> String {
    format!("/shares/{share}/revise")
}

/// Recall a share (POST).
pub fn recall(share: impl Display) -> String {
    format!("/shares/{share}/recall")
}

/// A received share before it is accepted.
pub fn preview(share: impl Display) -> String {
    format!("/inbox/{share}")
}

/// Accept or decline a received share (POST).
pub fn inbox_step(share: impl Display, step: impl Display) -> String {
    format!("/inbox/{share}/{step}")
}

/// Decide about a comparison (POST): allow, deny, seen.
pub fn comparison_step(comparison: impl Display, step: impl Display) -> String {
    format!("/alerts/comparisons/{comparison}/{step}")
}

/// Move an alert (POST): seen, take, ask, answer, tell, close.
pub fn alert_step(alert: impl Display, step: impl Display) -> String {
    format!("/alerts/{alert}/{step}")
}

/// The disclosure room of an alert.
pub fn room(alert: impl Display) -> String {
    format!("/alerts/{alert}/room")
}

/// Say something in a disclosure room (POST): yes, no, stop.
pub fn room_step(alert: impl Display, step: impl Display) -> String {
    format!("/alerts/{alert}/room/{step}")
}

/// The safety words with another unit.
pub fn words(unit: impl Display) -> String {
    format!("/peers/{unit}/words")
}

/// Do not wait for a unit after a restore (POST).
pub fn release(unit: impl Display) -> String {
    format!("/peers/{unit}/release")
}

/// One proof against a unit, as a file.
pub fn proof(unit: impl Display, hash: impl Display) -> String {
    format!("/peers/{unit}/proofs/{hash}")
}

/// One step with another unit (POST): pause, resume, let-in; and ending with it.
pub fn peer_step(unit: impl Display, step: impl Display) -> String {
    format!("/peers/{unit}/{step}")
}

/// What waits for another unit and can be carried to it by hand.
pub fn carry(unit: impl Display) -> String {
    format!("/peers/{unit}/carry")
}

/// All that waits for another unit, as a file (POST).
pub fn export_envelopes(unit: impl Display) -> String {
    format!("/peers/{unit}/export")
}

/// What another unit may have of documents, as a file (POST).
pub fn export_documents(unit: impl Display) -> String {
    format!("/peers/{unit}/export-documents")
}

/// One step on an account (POST): reset, role, disable, enable.
pub fn account_step(account: impl Display, step: impl Display) -> String {
    format!("/accounts/{account}/{step}")
}

/// Ask another unit to check something about a person of a case.
pub fn ask(case: impl Display, person: impl Display) -> String {
    format!("/cases/{case}/ask/{person}")
}

/// One request.
pub fn request(request: impl Display) -> String {
    format!("/requests/{request}")
}

/// One step of a request (POST): take, refuse, close, put; and its answer.
pub fn request_step(request: impl Display, step: impl Display) -> String {
    format!("/requests/{request}/{step}")
}

/// Words about a share, or one more about a share or a request (POST).
pub fn messages(about: impl Display) -> String {
    format!("/messages/{about}")
}
