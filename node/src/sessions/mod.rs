//! Who is signed in: server-side sessions under the hash of a random token, and growing delays after failures.
//! Not passwords (`accounts`), nor rights (`access`).

mod delays;
mod session;
mod token;

#[cfg(test)]
mod tests;

pub use delays::{Attempt, Delays, TooSoon};
pub use session::{ABSOLUTE, Checked, IDLE, Opened, SESSIONS_OF_ONE, Session, SessionKind, check, end, end_all, open, touch};
pub use token::Token;
