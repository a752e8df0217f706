//! What can be asked for, as `roles.toml` names it.
//! Not the names in the audit: those are finer and stand in `audit::actions`.

use serde::Deserialize;

/// Something a role may do, or may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See the list of cases and search it.
    ListCases,
    /// Enter a new case.
    CreateCase,
    /// See one case, its people, timeline and shares.
    ViewCase,
    /// Write in a case, or contribute to one received.
    ChangeCase,
    /// Say who works on a case.
    SetTeam,
    /// Close and reopen a case.
    CloseCase,
    /// Delete a case and undo that.
    DeleteCase,
    /// Share a case, see what the other side would see, recall.
    ShareCase,
    /// Admit what another unit contributed.
    AdmitContribution,
    /// List, preview, accept and decline what other units shared.
    UseInbox,
    /// List alerts.
    ListAlerts,
    /// Move an alert of a case, ask, answer.
    HandleAlert,
    /// Let a comparison beyond the limits go on or not, and see what went wrong with one.
    DecideComparison,
    /// Be told which cases of this unit may hold the same person, where nobody works on both.
    OverseePairs,
    /// See who is in the federation and how it is reached.
    ViewPeers,
    /// Invite, join, approve, confirm.
    ManagePeers,
    /// Add, reset, disable accounts and change their roles.
    ManageAccounts,
    /// Read and verify the audit.
    ReadAudit,
    /// See the state of this node.
    ViewStatus,
}

impl Action {
    /// Every action, for tests and for the check of `roles.toml`.
    pub const ALL: [Self; 19] = [
        Self::ListCases,
        Self::CreateCase,
        Self::ViewCase,
        Self::ChangeCase,
        Self::SetTeam,
        Self::CloseCase,
        Self::DeleteCase,
        Self::ShareCase,
        Self::AdmitContribution,
        Self::UseInbox,
        Self::ListAlerts,
        Self::HandleAlert,
        Self::DecideComparison,
        Self::OverseePairs,
        Self::ViewPeers,
        Self::ManagePeers,
        Self::ManageAccounts,
        Self::ReadAudit,
        Self::ViewStatus,
    ];

    /// What a person without the right is told.
    #[must_use]
    pub const fn refusal(self) -> &'static str {
        match self {
            Self::ListCases | Self::ViewCase => "your role has no access to cases",
            Self::CreateCase | Self::ChangeCase => "your role may not write in cases",
            Self::SetTeam => "your role may not change who works on a case",
            Self::CloseCase => "your role may not close or reopen cases",
            Self::DeleteCase => "your role may not delete cases",
            Self::ShareCase => "your role may not share cases",
            Self::AdmitContribution => "your role may not admit contributions",
            Self::UseInbox => "your role has no access to the inbox",
            Self::ListAlerts | Self::HandleAlert => "your role has no access to alerts",
            Self::DecideComparison => "only a nodal officer decides about comparisons",
            Self::OverseePairs => "this is for the nodal officer",
            Self::ViewPeers | Self::ManagePeers => "your role may not see or change other units' standing here",
            Self::ManageAccounts => "only an administrator may change accounts",
            Self::ReadAudit => "your role may not read the audit",
            Self::ViewStatus => "your role may not see the state of this node",
        }
    }
}
