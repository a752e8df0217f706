//! Who may set the node up: the one browser that showed the word from the terminal, once and in time.
//! Not sign-in: there are no accounts yet.

use axum::http::{HeaderMap, HeaderValue, header};
use icmc_node::clock::SystemRng;
use icmc_node::service::first_run::FirstToken;
use icmc_node::sessions::Token;
use icmc_protocol::time::{MINUTE, Timestamp};
use secrecy::ExposeSecret as _;

/// How long the word can be used.
const WORD: u64 = 30 * MINUTE;
/// How long the one session lasts without a request.
const IDLE: u64 = 60 * MINUTE;

const COOKIE: &str = "icmc-set-up";

/// The word, and after it the session of the browser that showed it.
#[derive(Debug)]
pub(super) struct Gate {
    token: FirstToken,
    made: Timestamp,
    session: Option<Session>,
}

#[derive(Debug)]
struct Session {
    key: [u8; 32],
    csrf: String,
    seen: Timestamp,
}

/// How the gate stands for somebody outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// The word can be shown.
    Open,
    /// Another browser has shown it.
    Used,
    /// Nobody showed it in time, or the session was left alone for too long.
    Over,
}

impl Gate {
    pub(super) const fn new(token: FirstToken, now: Timestamp) -> Self {
        Self { token, made: now, session: None }
    }

    pub(super) fn door(&self, now: Timestamp) -> Door {
        match &self.session {
            Some(session) if now.since(session.seen) < IDLE => Door::Used,
            None if now.since(self.made) < WORD => Door::Open,
            _ => Door::Over,
        }
    }

    /// The cookie for the browser that shows the word; none if it is not the word, or too late.
    pub(super) fn enter(&mut self, typed: &str, now: Timestamp) -> Option<HeaderValue> {
        if self.door(now) != Door::Open || !self.token.matches(typed) {
            return None;
        }
        let token = Token::random(&mut SystemRng);
        self.session = Some(Session { key: token.key(), csrf: token.csrf(), seen: now });
        let text = format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/", token.reveal().expose_secret());
        let mut cookie = HeaderValue::from_str(&text).expect("a name and hexadecimal digits are a header's value");
        cookie.set_sensitive(true);
        Some(cookie)
    }

    /// What the forms of the one session carry, if this request is of it.
    pub(super) fn session(&mut self, headers: &HeaderMap, now: Timestamp) -> Option<String> {
        let shown = shown(headers)?.key();
        let session = self.session.as_mut().filter(|session| session.key == shown && now.since(session.seen) < IDLE)?;
        session.seen = now;
        Some(session.csrf.clone())
    }
}

/// The token in the cookie, if there is exactly one.
fn shown(headers: &HeaderMap) -> Option<Token> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE);
    let (_, value) = found.next()?;
    found.next().is_none().then(|| Token::parse(value)).flatten()
}
