//! Signing in and out, and who is behind a token.
//! Not what they may do then: each method asks `access`.

use super::{Service, ServiceError};
use crate::access::Actor;
use crate::accounts::{self, Account, AccountId, PasswordHash, normal_sign_in};
use crate::audit::{Event, actions, append};
use crate::sessions::{self, Attempt, Checked, Opened, Session, SessionKind, Token};
use icmc_protocol::machine::{Txn, View};
use icmc_protocol::time::Timestamp;
use secrecy::SecretString;
use std::sync::PoisonError;

/// A session that has just begun. Prints nothing of its secrets.
pub struct SignedIn {
    /// 64 hexadecimal digits, shown this once.
    pub token: SecretString,
    /// Who signed in.
    pub actor: Actor,
    /// What forms of this session carry.
    pub csrf: String,
    /// When it ends unless it is used.
    pub expires_idle: Timestamp,
    /// When it ends in any case.
    pub expires_absolute: Timestamp,
}

impl core::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SignedIn({:?})", self.actor.account)
    }
}

impl Service {
    /// As [`Self::sign_in_from`], for a caller that knows no address.
    ///
    /// # Errors
    /// The same.
    pub async fn sign_in(&self, sign_in: &str, password: SecretString, kind: SessionKind) -> Result<SignedIn, ServiceError> {
        self.sign_in_from(sign_in, password, kind, "").await
    }

    /// Opens a session. `address` is where the request came from, for the delays after failures; it is not kept.
    ///
    /// # Errors
    /// [`ServiceError::WrongCredentials`] for whatever reason; [`ServiceError::Busy`] if it is too soon after failures.
    pub async fn sign_in_from(
        &self,
        sign_in: &str,
        password: SecretString,
        kind: SessionKind,
        address: &str,
    ) -> Result<SignedIn, ServiceError> {
        let normal = normal_sign_in(sign_in);
        let attempt = self.attempt(&normal, address)?;
        let found = accounts::by_sign_in(&self.node.snapshot()?, &normal)?;
        // The same work whether there is such an account or not.
        let hash = found.as_ref().map_or_else(PasswordHash::nobody, |(_, account)| account.hash.clone());
        let right = self.hashing.matches(hash, password).await?;
        let outcome = self.node.act(move |txn| enter(txn, found, right, kind)).await?;
        let (id, account, opened) = outcome.ok_or(ServiceError::WrongCredentials)?;
        self.succeeded(&attempt);
        Ok(SignedIn {
            token: opened.token.reveal(),
            actor: Actor::of(id, &account),
            csrf: opened.token.csrf(),
            expires_idle: opened.session.expires_idle(),
            expires_absolute: opened.session.expires_absolute(),
        })
    }

    /// Who is behind a token, as the accounts stand now, and what forms of the session carry.
    /// `touch` keeps the session alive: false for requests that no person made.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`] or [`ServiceError::SessionExpired`].
    pub async fn actor(&self, token: &str, kind: SessionKind, touch: bool) -> Result<(Actor, String), ServiceError> {
        let token = Token::parse(token).ok_or(ServiceError::NotSignedIn)?;
        let now = self.node.now();
        let (actor, session) = behind(&self.node.snapshot()?, &token, kind, now)?;
        let csrf = token.csrf();
        if touch && session.is_due(now) {
            self.node.act(move |txn| sessions::touch(txn, &token).map_err(ServiceError::from)).await?;
        }
        Ok((actor, csrf))
    }

    /// Ends a session; nothing happens if there is none.
    ///
    /// # Errors
    /// Only if the store fails.
    pub async fn sign_out(&self, token: &str) -> Result<(), ServiceError> {
        let Some(token) = Token::parse(token) else { return Ok(()) };
        self.node.act(move |txn| leave(txn, &token)).await
    }

    /// Lets a try to give a password through, or not.
    pub(super) fn attempt(&self, sign_in: &str, address: &str) -> Result<Attempt, ServiceError> {
        let mut delays = self.delays.lock().unwrap_or_else(PoisonError::into_inner);
        let too_soon = "too many wrong passwords; wait a minute and try again";
        delays.begin(sign_in, address, self.node.now()).map_err(|_| ServiceError::Busy(too_soon))
    }

    pub(super) fn succeeded(&self, attempt: &Attempt) {
        self.delays.lock().unwrap_or_else(PoisonError::into_inner).succeeded(attempt);
    }
}

/// Opens a session, or writes down why not.
pub(super) fn enter(
    txn: &mut Txn<'_>,
    found: Option<(AccountId, Account)>,
    right: bool,
    kind: SessionKind,
) -> Result<Option<(AccountId, Account, Opened)>, ServiceError> {
    let failed = Event::new(actions::SIGN_IN_FAILED);
    let Some((id, checked)) = found else {
        append(txn, failed.because("unknown_name"))?;
        return Ok(None);
    };
    // As it stands now: it may have been disabled or given another password while the hash was computed.
    let account = accounts::find(txn, id)?.filter(|account| account.hash == checked.hash);
    let why = match &account {
        _ if !right => "wrong_password",
        Some(account) if account.can_sign_in(txn.now) => "",
        Some(account) if account.disabled => "disabled",
        Some(_) => "one_time_password_expired",
        None => "changed_meanwhile",
    };
    match account {
        Some(account) if why.is_empty() => {
            let opened = sessions::open(txn, id, kind)?;
            append(txn, Event::new(actions::SIGN_IN).by(id))?;
            Ok(Some((id, account, opened)))
        }
        _ => {
            append(txn, failed.on(id).because(why))?;
            Ok(None)
        }
    }
}

/// The person behind a token.
pub(super) fn behind(
    view: &dyn View,
    token: &Token,
    kind: SessionKind,
    now: Timestamp,
) -> Result<(Actor, Session), ServiceError> {
    let session = match sessions::check(view, token, kind, now)? {
        Checked::Live(session) => session,
        Checked::Over => return Err(ServiceError::SessionExpired),
        Checked::Unknown => return Err(ServiceError::NotSignedIn),
    };
    let account = accounts::find(view, session.account)?.filter(|account| !account.disabled);
    let account = account.ok_or(ServiceError::NotSignedIn)?;
    Ok((Actor::of(session.account, &account), session))
}

fn leave(txn: &mut Txn<'_>, token: &Token) -> Result<(), ServiceError> {
    if let Some(account) = sessions::end(txn, token)? {
        append(txn, Event::new(actions::SIGN_OUT).by(account))?;
    }
    Ok(())
}
