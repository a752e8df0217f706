//! The names of everything that is audited. They stand in stored rows: a name is never changed, nor used for another thing.
//! Not the rights: those are `access::Action`.

macro_rules! actions {
    ($($(#[$doc:meta])* $constant:ident = $name:literal;)*) => {
        $($(#[$doc])* pub const $constant: &str = $name;)*

        /// Every name, for the filter of the audit page.
        pub const ALL: &[&str] = &[$($constant),*];
    };
}

actions! {
    /// A person signed in.
    SIGN_IN = "sign_in";
    /// A name or password was wrong; the object is the account, if there is one.
    SIGN_IN_FAILED = "sign_in_failed";
    /// A person signed out.
    SIGN_OUT = "sign_out";
    /// A person chose a password.
    PASSWORD_CHANGED = "password_changed";
    /// An account was added.
    ACCOUNT_ADDED = "account_added";
    /// An account was given a one-time password.
    ACCOUNT_RESET = "account_reset";
    /// An account was disabled.
    ACCOUNT_DISABLED = "account_disabled";
    /// An account was given back.
    ACCOUNT_ENABLED = "account_enabled";
    /// An account was given another role.
    ACCOUNT_ROLE = "account_role";
    /// The list of accounts was seen.
    ACCOUNTS_LISTED = "accounts_listed";
    /// A case was seen.
    CASE_VIEWED = "case_viewed";
    /// The list of cases was seen.
    CASE_LISTED = "case_listed";
    /// Cases were searched.
    CASE_SEARCHED = "case_searched";
    /// A case was entered.
    CASE_CREATED = "case_created";
    /// Something was written in a case.
    CASE_CHANGED = "case_changed";
    /// A document was added to a case, or was tried to be.
    DOCUMENT_ADDED = "document_added";
    /// The file of a document was read.
    DOCUMENT_READ = "document_read";
    /// Two cases were linked.
    CASE_LINKED = "case_linked";
    /// A link of two cases was taken away.
    CASE_UNLINKED = "case_unlinked";
    /// A person in a case was shown beside one who may be the same.
    PERSONS_COMPARED = "persons_compared";
    /// Two persons were found to be the same.
    PERSON_SAME = "person_same";
    /// Two persons were found not to be the same.
    PERSON_NOT_SAME = "person_not_same";
    /// What was found about two persons was taken back.
    PERSON_UNDECIDED = "person_undecided";
    /// Pairs of this unit's own cases that may hold the same person were seen.
    NOTED_LISTED = "noted_listed";
    /// Who works on a case was changed.
    CASE_TEAM = "case_team";
    /// A case was closed.
    CASE_CLOSED = "case_closed";
    /// A case was reopened.
    CASE_REOPENED = "case_reopened";
    /// A case was deleted.
    CASE_DELETED = "case_deleted";
    /// A deletion was undone.
    CASE_RESTORED = "case_restored";
    /// A person in a case was seen.
    PERSON_VIEWED = "person_viewed";
    /// The shares of a case, or all of them, were seen.
    SHARES_LISTED = "shares_listed";
    /// What another unit would see was looked at.
    SHARE_PREVIEWED = "share_previewed";
    /// A case was shared.
    SHARE_CREATED = "share_created";
    /// A share was raised, lowered or renewed.
    SHARE_REVISED = "share_revised";
    /// Somebody looked at who can see a case.
    CASE_WHO_SEES = "case_who_sees";
    /// The terms of contributions to a case were changed.
    CONTRIBUTION_TERMS = "contribution_terms";
    /// A contribution was taken back.
    CONTRIBUTION_TAKEN_BACK = "contribution_taken_back";
    /// A person asked for what takes two; the reason is what.
    DECISION_ASKED = "decision_asked";
    /// A second person agreed; the reason is to what.
    DECISION_AGREED = "decision_agreed";
    /// What takes two persons was taken off the list; the reason is what.
    DECISION_REFUSED = "decision_refused";
    /// A share was recalled.
    SHARE_RECALLED = "share_recalled";
    /// Another unit's contribution was admitted.
    CONTRIBUTION_ADMITTED = "contribution_admitted";
    /// Another unit's contribution was refused.
    CONTRIBUTION_REFUSED = "contribution_refused";
    /// The author of a contribution was asked whether it may be passed to one unit.
    ONWARD_ASKED = "onward_asked";
    /// Such a question was answered.
    ONWARD_ANSWERED = "onward_answered";
    /// The inbox was seen.
    INBOX_LISTED = "inbox_listed";
    /// A received share was previewed.
    INBOX_PREVIEWED = "inbox_previewed";
    /// A received share was accepted.
    SHARE_ACCEPTED = "share_accepted";
    /// A received share was declined.
    SHARE_DECLINED = "share_declined";
    /// Requests to check something were seen.
    REQUESTS_LISTED = "requests_listed";
    /// One of them was opened.
    REQUEST_VIEWED = "request_viewed";
    /// Another unit was asked to check something.
    REQUEST_MADE = "request_made";
    /// Another unit's request was taken.
    REQUEST_TAKEN = "request_taken";
    /// Another unit's request was refused.
    REQUEST_REFUSED = "request_refused";
    /// Another unit's request was answered.
    REQUEST_ANSWERED = "request_answered";
    /// A request was withdrawn, or closed.
    REQUEST_CLOSED = "request_closed";
    /// The answer to a request was written into its case.
    REQUEST_PUT = "request_put";
    /// Messages about a request or a share were read.
    MESSAGES_READ = "messages_read";
    /// A message about a request or a share was written.
    MESSAGE_WRITTEN = "message_written";
    /// The directory or the materials were seen.
    PUBLICATIONS_LISTED = "publications_listed";
    /// A directory entry or a material was published.
    PUBLISHED = "published";
    /// A directory entry or a material was withdrawn.
    PUBLICATION_WITHDRAWN = "publication_withdrawn";
    /// Alerts were seen.
    ALERTS_LISTED = "alerts_listed";
    /// An alert was opened, taken in hand or closed.
    ALERT_STATE = "alert_state";
    /// Another unit was asked for contact.
    ALERT_ASKED = "alert_asked";
    /// Another unit's wish for contact was answered.
    ALERT_ANSWERED = "alert_answered";
    /// The other unit, which holds a suspect, was allowed to know of an alert.
    ALERT_TOLD = "alert_told";
    /// The disclosure room of an alert was seen; with the reason, what of our person could be told in it.
    ROOM_VIEWED = "room_viewed";
    /// A person said yes to a step of a disclosure room; the reason is the step.
    ROOM_YES = "room_yes";
    /// A person said no to a step of a disclosure room; the reason is why.
    ROOM_NO = "room_no";
    /// A person stopped a disclosure room.
    ROOM_STOPPED = "room_stopped";
    /// A disclosure room ended with a share.
    ROOM_SHARED = "room_shared";
    /// The other unit of an alert said something in its disclosure room, or this node gave what was chosen; the reason is what.
    ROOM_HEARD = "room_heard";
    /// Comparisons that wait for a decision or went wrong were seen.
    COMPARISONS_LISTED = "comparisons_listed";
    /// Somebody let a comparison go on, or not.
    COMPARISON_DECIDED = "comparison_decided";
    /// Somebody has seen what went wrong with a comparison.
    COMPARISON_SEEN = "comparison_seen";
    /// A case was offered to another unit.
    CASE_OFFERED = "case_offered";
    /// Such an offer was taken back.
    CASE_OFFER_WITHDRAWN = "case_offer_withdrawn";
    /// Another unit's offer was answered.
    CASE_OFFER_ANSWERED = "case_offer_answered";
    /// Somebody decided whose a disputed case is.
    CUSTODY_DECIDED = "custody_decided";
    /// This node was put back from a backup.
    NODE_RESTORED = "node_restored";
    /// A unit was not waited for after a restore.
    PEER_RELEASED = "peer_released";
    /// The other units were seen.
    PEERS_LISTED = "peers_listed";
    /// A unit was invited.
    PEER_INVITED = "peer_invited";
    /// This unit took an invitation.
    PEER_JOINED = "peer_joined";
    /// A charter was approved.
    PROPOSAL_APPROVED = "proposal_approved";
    /// A change of the charter was proposed.
    CHANGE_PROPOSED = "change_proposed";
    /// Another blinding key was wanted.
    KEEPERS_WANTED = "keepers_wanted";
    /// A person said that this unit takes part in generating a key.
    KEEPER_AGREED = "keeper_agreed";
    /// A person said that it does not, or took back what was wanted.
    KEEPER_REFUSED = "keeper_refused";
    /// More evaluations were asked for on one day.
    BURST_ASKED = "burst_asked";
    /// The second person agreed to that.
    BURST_AGREED = "burst_agreed";
    /// A proposed change of the charter was taken back.
    CHANGE_WITHDRAWN = "change_withdrawn";
    /// This unit left the federation.
    FEDERATION_LEFT = "federation_left";
    /// This unit replaced its node key by its recovery key.
    KEY_REPLACED = "key_replaced";
    /// Every session of this unit was ended.
    SESSIONS_ENDED = "sessions_ended";
    /// Safety words were found to agree.
    PEER_CONFIRMED = "peer_confirmed";
    /// A unit was paused.
    PEER_PAUSED = "peer_paused";
    /// A paused unit was gone on with.
    PEER_RESUMED = "peer_resumed";
    /// A unit that had been cut off for what it sent was let in again.
    PEER_LET_IN = "peer_let_in";
    /// What was shared with a unit was ended.
    PEER_ENDED = "peer_ended";
    /// A file of envelopes was made for another unit.
    ENVELOPES_EXPORTED = "envelopes_exported";
    /// A file of envelopes of another unit was taken.
    ENVELOPES_IMPORTED = "envelopes_imported";
    /// A file of documents was made for another unit.
    DOCUMENTS_EXPORTED = "documents_exported";
    /// A file of documents of another unit was taken.
    DOCUMENTS_IMPORTED = "documents_imported";
    /// The state of this node was seen.
    STATUS_VIEWED = "status_viewed";
    /// The settings of this unit were changed.
    SETTINGS_CHANGED = "settings_changed";
    /// The audit was read or verified.
    AUDIT_READ = "audit_read";
    /// A person asked for what the role does not allow, or for what is not there; the reason is the action.
    REFUSED = "refused";
    /// A peer did something that was refused; the reason is a fixed sentence.
    INCIDENT = "incident";
}
