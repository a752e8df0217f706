//! A unit with its people, on disk in a temporary folder, and an invented case for it.
//! Nobody signs in here: that is tested beside the service.

use icmc_node::access::{Actor, Role};
use icmc_node::accounts::{NewAccount, PasswordHash};
use icmc_node::clock::{Clock as _, SystemClock, SystemRng};
use icmc_node::runtime::{Hooks, Node, NodeConfig};
use icmc_node::service::model::NewCase;
use icmc_node::service::settings::{self, Settings};
use icmc_node::service::{Service, ServiceHooks, setup};
use icmc_node::store::Store;
use icmc_node::vault::{KeySource, create_key_file};
use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::setup::{Setup, create};
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Effects, Txn, View, ViewError};
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Computed once: it is meant to be slow.
static HASH: LazyLock<PasswordHash> = LazyLock::new(|| {
    setup::hash_password("nobody.real", &SecretString::from("a lantern over the ferry ghat"), &mut SystemRng)
        .expect("a good password")
});

/// A running unit.
pub(crate) struct Desk {
    pub(crate) service: Service,
    pub(crate) admin: Actor,
    pub(crate) nodal: Actor,
    /// Who enters the cases.
    pub(crate) meera: Actor,
    /// Another officer.
    pub(crate) kabir: Actor,
    pub(crate) reader: Actor,
    folder: TempDir,
    /// Closes when the node has given up its folder.
    gone: mpsc::Receiver<()>,
}

/// The service's hooks, which the driver drops after the store.
#[derive(Debug)]
struct Watched {
    hooks: ServiceHooks,
    _gone: mpsc::Sender<()>,
}

impl Hooks for Watched {
    fn after(&self, txn: &mut Txn<'_>, effects: &Effects) -> Result<(), ViewError> {
        self.hooks.after(txn, effects)
    }

    fn committed(&self, view: &dyn View, touched: &BTreeSet<CaseId>) {
        self.hooks.committed(view, touched);
    }

    fn erasing(&self) {
        self.hooks.erasing();
    }
}

impl Desk {
    /// Where the sealed chunks of documents are.
    pub(crate) fn blobs(&self) -> std::path::PathBuf {
        self.folder.path().join("data/blobs")
    }

    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        create_key_file(&folder.path().join("key"), &mut SystemRng).expect("a key file");
        let store = Store::create(&folder.path().join("data"), &key(folder.path()), &mut SystemRng).expect("a new store");
        let snapshot = store.snapshot().expect("a store");
        let mut rng = SystemRng;
        let mut txn = Txn::new(&snapshot, SystemClock.now(), &mut rng);
        let unit = Setup {
            name: "AHTU Shillong".to_owned(),
            class: UnitClass::Police,
            jurisdiction: "Meghalaya".to_owned(),
            duty_contact: "duty desk, invented".to_owned(),
            addresses: Vec::new(),
        };
        create(&mut txn, unit).expect("usable answers");
        settings::keep(&mut txn, &Settings { case_prefix: "SH".to_owned(), ..Settings::default() }).expect("a good prefix");
        let mut account = |sign_in: &str, name: &str, role| {
            let new = NewAccount { sign_in: sign_in.to_owned(), name: name.to_owned(), role };
            let account = setup::create_account(&mut txn, new, HASH.clone(), false).expect("a free name");
            Actor { account, sign_in: sign_in.to_owned(), name: name.to_owned(), role, must_change_password: false }
        };
        let admin = account("banri", "Banri Kharkongor", Role::Administrator);
        let nodal = account("ibansara", "Ibansara Syiem", Role::NodalOfficer);
        let meera = account("meera", "Meera Lyngdoh", Role::Officer);
        let kabir = account("kabir", "Kabir Das", Role::Officer);
        let reader = account("daphi", "Daphi Nongrum", Role::ReadOnly);
        let writes = txn.finish().writes;
        drop(snapshot);
        store.commit(&writes, &mut SystemRng).expect("a commit");
        drop(store);
        let (service, gone) = start(folder.path()).await;
        Self { service, admin, nodal, meera, kabir, reader, folder, gone }
    }

    /// The same unit after its node was stopped and started again.
    pub(crate) async fn restart(self) -> Self {
        let Self { service, admin, nodal, meera, kabir, reader, folder, mut gone } = self;
        let node = service.node.clone();
        drop(service);
        node.stop().await;
        assert_eq!(gone.recv().await, None);
        let (service, gone) = start(folder.path()).await;
        Self { service, admin, nodal, meera, kabir, reader, folder, gone }
    }
}

fn key(folder: &Path) -> KeySource {
    KeySource::KeyFile(folder.join("key"))
}

async fn start(folder: &Path) -> (Service, mpsc::Receiver<()>) {
    let (dir, hooks) = (folder.join("data"), ServiceHooks::default());
    let (sender, gone) = mpsc::channel(1);
    let config = NodeConfig {
        dir: dir.clone(),
        key: key(folder),
        listen: Vec::new(),
        clock: Arc::new(SystemClock),
        hooks: Arc::new(Watched { hooks: hooks.clone(), _gone: sender }),
        document_max: icmc_node::runtime::DOCUMENT_MAX,
    };
    (hooks.service(Node::start(config).await.expect("the node starts"), &dir), gone)
}

/// A case as a form would send it.
pub(crate) fn anjali() -> NewCase {
    serde_json::from_value(json!({
        "case": { "title": "One girl", "kind": "suspected_trafficking", "priority": "high", "source_channel": "family",
                  "legal_basis": "vital_interest" },
        "persons": [{ "ref": "a", "person": { "sex": "female", "age_stated": 16 }, "names": [{ "given": "Anjali", "family": "Tamang" }],
                      "roles": [{ "role": ["victim"] }] }],
        "stages": [{ "person": "a", "stage": "R1", "state": "in_progress" }]
    }))
    .expect("a case in form")
}
