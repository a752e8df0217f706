//! Argon2id beside the driver: at most [`AT_ONCE`] at a time, 64 MiB each, and at most [`WAITING`] in line.
//! Not what a password has to be: see `accounts::rules`.

use super::ServiceError;
use crate::accounts::PasswordHash;
use crate::clock::SystemRng;
use secrecy::SecretString;
use tokio::sync::Semaphore;

/// Hashes computed at the same time.
const AT_ONCE: usize = 2;
/// Those that wait, with those being computed.
const WAITING: usize = 32;

const TOO_MANY: &str = "too many people are signing in at once; try again in a few seconds";

/// The line in front of Argon2id.
#[derive(Debug)]
pub(super) struct Hashing {
    line: Semaphore,
    running: Semaphore,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { line: Semaphore::new(WAITING), running: Semaphore::new(AT_ONCE) }
    }
}

impl Hashing {
    /// Whether this is the password.
    pub(super) async fn matches(&self, hash: PasswordHash, password: SecretString) -> Result<bool, ServiceError> {
        self.run(move || hash.matches(&password)).await
    }

    /// The hash of a new password.
    pub(super) async fn hash(&self, password: SecretString) -> Result<PasswordHash, ServiceError> {
        Ok(self.run(move || PasswordHash::new(&password, &mut SystemRng)).await??)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ServiceError> {
        let _in_line = self.line.try_acquire().map_err(|_| ServiceError::Busy(TOO_MANY))?;
        let _running = self.running.acquire().await.map_err(|_| ServiceError::Internal)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| ServiceError::Internal)
    }
}
