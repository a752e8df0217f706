//! Does what a command asks, as the operator: whoever can read the data folder's key or its socket.
//! Decides nothing: the service does, and writes it into the audit.

use super::request::AccountLine;
use super::{ControlReply, ControlRequest, envelopes, keepers, peers};
use anyhow::{Context, Result};
use icmc_node::access::Actor;
use icmc_node::accounts::{NewAccount, OneTimePassword, normal_sign_in};
use icmc_node::service::{OwnWords, Service, Wish};
use secrecy::ExposeSecret as _;

/// Has it done; what is refused comes back as [`ControlReply::Refused`].
pub async fn handle(service: &Service, request: ControlRequest) -> ControlReply {
    match attempt(service, &Actor::operator(), request).await {
        Ok(reply) => reply,
        Err(error) => ControlReply::Refused(crate::sentence(&error)),
    }
}

async fn attempt(service: &Service, operator: &Actor, request: ControlRequest) -> Result<ControlReply> {
    match request {
        ControlRequest::Identity => peers::identity(service, operator),
        ControlRequest::AddUser { sign_in, name, role } => {
            let new = NewAccount { sign_in: sign_in.clone(), name, role };
            Ok(password(normal_sign_in(&sign_in), &service.add_account(operator, new).await?))
        }
        ControlRequest::ListUsers => users(service, operator).await,
        ControlRequest::ResetUser { sign_in } => reset(service, operator, &sign_in).await,
        ControlRequest::Invite { identity } => peers::invite(service, operator, &identity).await,
        ControlRequest::Join { invitation } => peers::join(service, operator, &invitation).await,
        ControlRequest::RotateKey => peers::propose(service, operator, Wish::Key).await,
        ControlRequest::OwnWords { name, class, jurisdiction, duty_contact, addresses } => {
            let words = OwnWords { name, class, jurisdiction, duty_contact, addresses };
            peers::propose(service, operator, Wish::Words(words)).await
        }
        ControlRequest::Revoke { unit } => peers::revoke(service, operator, &unit).await,
        ControlRequest::Replace { text } => peers::propose(service, operator, Wish::Replacement(text)).await,
        ControlRequest::Settle { charter } => peers::settle(service, operator, charter.as_deref()).await,
        ControlRequest::Withdraw => peers::withdraw(service, operator).await,
        ControlRequest::Leave => peers::leave(service, operator).await,
        ControlRequest::Recover { recovery_key } => peers::recover(service, operator, recovery_key).await,
        ControlRequest::ListProposals => peers::proposals(service, operator).await,
        ControlRequest::Approve { proposal } => peers::approve(service, operator, &proposal).await,
        ControlRequest::ListPeers => peers::list(service, operator).await,
        ControlRequest::Pause { unit, paused } => peers::pause(service, operator, &unit, paused).await,
        ControlRequest::Release { unit } => peers::release(service, operator, &unit).await,
        ControlRequest::Words { unit } => peers::words(service, operator, &unit).await,
        ControlRequest::Confirm { unit, words } => peers::confirm(service, operator, &unit, &words).await,
        ControlRequest::ListKeepers => keepers::list(service, operator).await,
        ControlRequest::WantKeepers { threshold, keepers } => keepers::want(service, operator, threshold, &keepers).await,
        ControlRequest::Keep { generation, yes } => keepers::keep(service, operator, &generation, yes).await,
        ControlRequest::ExportEnvelopes { unit, out } => envelopes::export(service, operator, &unit, &out).await,
        ControlRequest::ExportDocuments { unit, out, most } => {
            envelopes::export_documents(service, operator, &unit, &out, most).await
        }
        ControlRequest::ImportEnvelopes { file } => envelopes::import(service, operator, &file).await,
    }
}

async fn users(service: &Service, operator: &Actor) -> Result<ControlReply> {
    let accounts = service.accounts(operator).await?;
    let line = |account: icmc_node::service::AccountView| AccountLine {
        sign_in: account.sign_in,
        name: account.name,
        role: account.role,
        disabled: account.disabled,
        must_change_password: account.must_change_password,
    };
    Ok(ControlReply::Users(accounts.into_iter().map(line).collect()))
}

async fn reset(service: &Service, operator: &Actor, sign_in: &str) -> Result<ControlReply> {
    let wanted = normal_sign_in(sign_in);
    let account = service.accounts(operator).await?.into_iter().find(|account| account.sign_in == wanted);
    let account = account.context("there is no account of this name: see `icmc users list`")?;
    Ok(password(wanted, &service.reset_account(operator, account.id).await?))
}

fn password(sign_in: String, password: &OneTimePassword) -> ControlReply {
    ControlReply::Password { sign_in, password: password.0.expose_secret().to_owned() }
}
