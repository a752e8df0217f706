//! The row of a session and its life: opened at sign-in, kept alive by requests, ended by time, sign-out or a change of password.
//! At most [`SESSIONS_OF_ONE`] an account.

use super::token::Token;
use crate::accounts::{ACCOUNTS_MAX, AccountId};
use crate::rows::{row, rows};
use crate::store::tables;
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use icmc_protocol::time::{HOUR, MINUTE, Timestamp};
use serde::{Deserialize, Serialize};

/// Milliseconds without a request after which a session is over.
pub const IDLE: u64 = 15 * MINUTE;
/// Milliseconds after which a session is over in any case.
pub const ABSOLUTE: u64 = 12 * HOUR;
/// Most sessions of one account; the oldest gives way.
pub const SESSIONS_OF_ONE: usize = 10;
/// A use is written down if the last one noted is older than this, so that not every request is a commit.
const NOTED_EVERY: u64 = MINUTE / 2;
const ALL: usize = ACCOUNTS_MAX * SESSIONS_OF_ONE;

/// How the token travels; one kind is not taken for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// In a cookie.
    Browser,
    /// In the header `Authorization`.
    Api,
}

/// Key: hash of the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// Which kind.
    pub kind: SessionKind,
    /// When it was opened.
    pub created: Timestamp,
    /// When it was last used, to within half a minute.
    pub used: Timestamp,
}

impl Record for Session {
    const TABLE: Table = tables::SESSIONS;
}

impl Session {
    /// When it is over unless it is used.
    #[must_use]
    pub const fn expires_idle(&self) -> Timestamp {
        self.used.plus(IDLE)
    }

    /// When it is over in any case.
    #[must_use]
    pub const fn expires_absolute(&self) -> Timestamp {
        self.created.plus(ABSOLUTE)
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires_idle() || now >= self.expires_absolute()
    }

    /// Whether a use at this instant is to be written down.
    #[must_use]
    pub const fn is_due(&self, now: Timestamp) -> bool {
        now.since(self.used) >= NOTED_EVERY
    }
}

/// A session that has just begun.
#[derive(Debug)]
pub struct Opened {
    /// Its secret, shown once.
    pub token: Token,
    /// Its row.
    pub session: Session,
}

/// What a token is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// No session of this node and kind.
    Unknown,
    /// It was one.
    Over,
    /// It is one.
    Live(Session),
}

/// Opens a session and clears away those that are over.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn open(txn: &mut Txn<'_>, account: AccountId, kind: SessionKind) -> Result<Opened, ViewError> {
    let mut own = Vec::new();
    for (key, session) in rows::<Session>(txn, &[], None, ALL)? {
        if session.is_over(txn.now) {
            txn.delete(Session::TABLE, &key);
        } else if session.account == account {
            own.push((session.created, key));
        }
    }
    own.sort();
    for (_, key) in own.iter().rev().skip(SESSIONS_OF_ONE - 1) {
        txn.delete(Session::TABLE, key);
    }
    let token = Token::random(txn.rng);
    let session = Session { account, kind, created: txn.now, used: txn.now };
    txn.put(&token.key(), Scope::Master, &session);
    Ok(Opened { token, session })
}

/// Looks a token up.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn check(view: &dyn View, token: &Token, kind: SessionKind, now: Timestamp) -> Result<Checked, ViewError> {
    Ok(match row::<Session>(view, &token.key())? {
        Some(session) if session.kind != kind => Checked::Unknown,
        Some(session) if session.is_over(now) => Checked::Over,
        Some(session) => Checked::Live(session),
        None => Checked::Unknown,
    })
}

/// Notes that a session was used, unless it ended meanwhile.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn touch(txn: &mut Txn<'_>, token: &Token) -> Result<(), ViewError> {
    let key = token.key();
    if let Some(session) = txn.get::<Session>(&key)?.filter(|session| !session.is_over(txn.now)) {
        let used = session.used.max(txn.now);
        txn.put(&key, Scope::Master, &Session { used, ..session });
    }
    Ok(())
}

/// Ends one session and says whose it was.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn end(txn: &mut Txn<'_>, token: &Token) -> Result<Option<AccountId>, ViewError> {
    let session = txn.get::<Session>(&token.key())?;
    txn.delete(Session::TABLE, &token.key());
    Ok(session.map(|session| session.account))
}

/// Ends every session of an account: after a change of password or role, a reset, a disabling.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn end_all(txn: &mut Txn<'_>, account: AccountId) -> Result<(), ViewError> {
    for (key, session) in rows::<Session>(txn, &[], None, ALL)? {
        if session.account == account {
            txn.delete(Session::TABLE, &key);
        }
    }
    Ok(())
}
