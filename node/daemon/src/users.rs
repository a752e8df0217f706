//! `icmc users`: adds, lists and resets accounts.
//! Not how that is done: see `control`.

use crate::cli::{Folder, RoleArg, UsersCommand};
use crate::control::{AccountLine, ControlReply, ControlRequest, ask};
use crate::output::{say, table};
use anyhow::{Result, bail};
use icmc_node::access::Role;

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Administrator => Self::Administrator,
            RoleArg::NodalOfficer => Self::NodalOfficer,
            RoleArg::Officer => Self::Officer,
            RoleArg::ReadOnly => Self::ReadOnly,
        }
    }
}

/// Carries the command out.
pub async fn run(folder: &Folder, command: UsersCommand) -> Result<()> {
    let request = match command {
        UsersCommand::Add { sign_in, name, role } => ControlRequest::AddUser { sign_in, name, role: role.into() },
        UsersCommand::List => ControlRequest::ListUsers,
        UsersCommand::Reset { sign_in } => ControlRequest::ResetUser { sign_in },
    };
    match ask(folder, request).await? {
        ControlReply::Password { sign_in, password } => say(format!(
            "Password of {sign_in} for the first sign-in, shown this once; it holds for seven days:\n\n  {password}\n"
        )),
        ControlReply::Users(accounts) => say(table(&accounts.iter().map(row).collect::<Vec<_>>())),
        _ => bail!("the node answered something else"),
    }
}

fn row(account: &AccountLine) -> Vec<String> {
    let state = match account {
        AccountLine { disabled: true, .. } => "disabled",
        AccountLine { must_change_password: true, .. } => "has not chosen a password yet",
        _ => "",
    };
    vec![account.sign_in.clone(), account.role.label().to_owned(), account.name.clone(), state.to_owned()]
}
