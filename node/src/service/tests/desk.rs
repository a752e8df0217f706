//! A unit with two accounts, and a clock that the test moves.
//! Their passwords are in the clear here; nobody real has them.

use crate::access::Actor;
use crate::accounts::{NewAccount, PasswordHash, Role};
use crate::clock::{Clock as _, ManualClock, SystemRng};
use crate::runtime::{Hooks, Node, NodeConfig};
use crate::service::{AuditView, Service, ServiceError, SignedIn, setup};
use crate::sessions::SessionKind;
use crate::store::Store;
use crate::vault::{KeySource, create_key_file};
use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::setup::{Setup, create};
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Effects, Txn, View, ViewError};
use icmc_protocol::time::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;

pub(super) const ADMIN: &str = "banri.kharkongor";
pub(super) const OFFICER: &str = "meera.lyngdoh";
pub(super) const PASSWORD: &str = "a lantern over the ferry ghat";
pub(super) const OTHER: &str = "seven boats went up the river";

/// Computed once: it is meant to be slow.
static HASH: LazyLock<PasswordHash> = LazyLock::new(|| setup::hash_password(OFFICER, &secret(PASSWORD), &mut SystemRng).unwrap());

#[derive(Debug)]
struct NoHooks;

impl Hooks for NoHooks {
    fn after(&self, _: &mut Txn<'_>, _: &Effects) -> Result<(), ViewError> {
        Ok(())
    }

    fn committed(&self, _: &dyn View, _: &BTreeSet<CaseId>) {}
}

pub(super) struct Desk {
    pub(super) service: Service,
    pub(super) clock: Arc<ManualClock>,
    pub(super) folder: TempDir,
}

pub(super) fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

impl Desk {
    /// A unit that was set up; the administrator and the officer have [`PASSWORD`], which the officer has to change.
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("key");
        create_key_file(&key_file, &mut SystemRng).unwrap();
        let (dir, key) = (folder.path().join("data"), KeySource::KeyFile(key_file));
        let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000)));
        let store = Store::create(&dir, &key, &mut SystemRng).unwrap();
        let snapshot = store.snapshot().unwrap();
        let mut rng = SystemRng;
        let mut txn = Txn::new(&snapshot, clock.now(), &mut rng);
        let words = |text: &str| text.to_owned();
        let unit = Setup {
            name: words("AHTU Shillong"),
            class: UnitClass::Police,
            jurisdiction: words("Meghalaya"),
            duty_contact: words("duty desk, invented"),
            addresses: Vec::new(),
        };
        create(&mut txn, unit).unwrap();
        for (sign_in, name, role, must_change) in
            [(ADMIN, "Banri Kharkongor", Role::Administrator, false), (OFFICER, "Meera Lyngdoh", Role::Officer, true)]
        {
            let new = NewAccount { sign_in: words(sign_in), name: words(name), role };
            setup::create_account(&mut txn, new, HASH.clone(), must_change).unwrap();
        }
        let writes = txn.finish().writes;
        drop(snapshot);
        store.commit(&writes, &mut SystemRng).unwrap();
        drop(store);
        let config = NodeConfig {
            dir: dir.clone(),
            key,
            listen: Vec::new(),
            clock: clock.clone(),
            hooks: Arc::new(NoHooks),
            document_max: crate::runtime::DOCUMENT_MAX,
        };
        Self { service: Service::new(Node::start(config).await.unwrap(), &dir), clock, folder }
    }

    pub(super) async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, ServiceError> {
        self.service.sign_in_from(name, secret(password), SessionKind::Browser, "192.0.2.7").await
    }

    /// Who is behind the token now.
    pub(super) async fn who(&self, signed_in: &SignedIn) -> Result<Actor, ServiceError> {
        self.service.actor(signed_in.token.expose_secret(), SessionKind::Browser, true).await.map(|(actor, _)| actor)
    }

    pub(super) async fn admin(&self) -> Actor {
        self.sign_in(ADMIN, PASSWORD).await.unwrap().actor
    }

    /// The newest entries of the audit; reading it adds the first of them.
    pub(super) async fn newest(&self, count: usize) -> Vec<AuditView> {
        let admin = self.admin().await;
        let page = self.service.audit(&admin, crate::audit::Filter::default(), 1).await.unwrap();
        // Without the two entries of this very look.
        page.items.into_iter().skip(2).take(count).collect()
    }

    pub(super) async fn newest_actions(&self, count: usize) -> Vec<(String, String)> {
        self.newest(count).await.into_iter().map(|entry| (entry.action, entry.reason)).collect()
    }
}
