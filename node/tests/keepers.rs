//! Three nodes over TCP, each with its store on disk: they generate a key, any two of three, and find the same person by it; then with
//! one of them down. All units and people are invented. Not what a cheat can do: that is tested in the protocol.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use icmc_node::clock::{Clock as _, SystemClock, SystemRng};
use icmc_node::runtime::{DOCUMENT_MAX, Hooks, Node, NodeConfig};
use icmc_node::store::Store;
use icmc_node::vault::{KeySource, create_key_file};
use icmc_protocol::caselog::open_case;
use icmc_protocol::federation::joining::{self, JoinError};
use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::setup::{self, Setup};
use icmc_protocol::federation::{charter, genesis, own};
use icmc_protocol::ids::{CaseId, UnitId};
use icmc_protocol::keepers::KeepersError;
use icmc_protocol::keepers::generation::{self, runs};
use icmc_protocol::machine::{Effects, Txn, View, ViewError};
use icmc_protocol::matching;
use icmc_protocol::testing::drafts::{self, SUSPECT, Sketch, id};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const ROFIQUL: Sketch<'static> =
    Sketch { given: "Md. Rofiqul", family: "Islam", father: "Abdul Karim", village: "Kalgachia", birth: "1984", ..SUSPECT };
const RAFIQUL: Sketch<'static> = Sketch {
    given: "Mohammad Rafiqul",
    family: "Islam",
    father: "Abdul Kareem",
    village: "Kalgachhia",
    age: Some(40),
    ..SUSPECT
};
const BIKRAM: Sketch<'static> =
    Sketch { given: "Bikram", family: "Thapa", father: "Dhan Bahadur", village: "Barama", birth: "1979", ..SUSPECT };

#[derive(Debug)]
struct Nothing;

impl Hooks for Nothing {
    fn after(&self, _: &mut Txn<'_>, _: &Effects) -> Result<(), ViewError> {
        Ok(())
    }

    fn committed(&self, _: &dyn View, _: &BTreeSet<CaseId>) {}

    fn erasing(&self) {}
}

/// What a step refused, or a node that stopped.
#[derive(Debug)]
struct Refused(#[expect(dead_code, reason = "shown if a test fails")] String);

macro_rules! refused {
    ($($error:ty),*) => {$(
        impl From<$error> for Refused {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        }
    )*};
}

refused!(
    ViewError,
    JoinError,
    KeepersError,
    setup::SetupError,
    icmc_node::runtime::RuntimeError,
    icmc_protocol::caselog::LogRefusal
);

struct Unit {
    node: Node,
    id: UnitId,
    _folder: TempDir,
}

impl Unit {
    async fn start(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("/ip4/127.0.0.1/tcp/{port}");
        create_key_file(&folder.path().join("key"), &mut SystemRng).unwrap();
        let (dir, key) = (folder.path().join("data"), KeySource::KeyFile(folder.path().join("key")));
        let id = create(&dir, &key, name, &address);
        let config = NodeConfig {
            dir,
            key,
            listen: vec![address],
            clock: Arc::new(SystemClock),
            hooks: Arc::new(Nothing),
            document_max: DOCUMENT_MAX,
        };
        Self { node: Node::start(config).await.unwrap(), id, _folder: folder }
    }

    async fn act<T: Send + 'static>(&self, work: impl FnOnce(&mut Txn<'_>) -> Result<T, Refused> + Send + 'static) -> T {
        self.node.act(work).await.unwrap()
    }

    /// Waits for something in the rows; only a node that never gets there exhausts the looks.
    async fn sees<T>(&self, what: &str, look: impl Fn(&dyn View) -> Option<T>) -> T {
        for _ in 0..3_000 {
            if let Some(found) = look(&self.node.snapshot().unwrap()) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what}: never seen");
    }

    fn epoch(&self) -> u64 {
        let view = self.node.snapshot().unwrap();
        charter::current(&view).unwrap().map_or(0, |charter| charter.blinding.unwrap().epoch())
    }

    async fn enters(&self, number: &str, sketch: Sketch<'static>) {
        let drafts = [drafts::case(number), drafts::person(id(20), &sketch)].concat();
        self.act(move |txn| Ok(open_case(txn, &drafts, &drafts::author("Officer Das"))?)).await;
    }
}

fn create(dir: &Path, key: &KeySource, name: &str, address: &str) -> UnitId {
    let store = Store::create(dir, key, &mut SystemRng).unwrap();
    let snapshot = store.snapshot().unwrap();
    let mut rng = SystemRng;
    let mut txn = Txn::new(&snapshot, SystemClock.now(), &mut rng);
    let unit = Setup {
        name: name.to_owned(),
        class: UnitClass::Police,
        jurisdiction: "Assam".to_owned(),
        duty_contact: "duty desk, invented".to_owned(),
        addresses: vec![address.to_owned()],
    };
    let created = setup::create(&mut txn, unit).unwrap().unit;
    let writes = txn.finish().writes;
    drop(snapshot);
    store.commit(&writes, &mut SystemRng).unwrap();
    created
}

async fn join(inviter: &Unit, newcomer: &Unit, others: &[&Unit]) {
    let text = genesis::genesis_text(&own::load(&newcomer.node.snapshot().unwrap()).unwrap().genesis);
    let invitation = inviter.act(move |txn| Ok(joining::invite(txn, &text)?)).await;
    inviter.node.refresh_members().await;
    newcomer.act(move |txn| Ok(joining::accept_invitation(txn, &invitation)?)).await;
    for other in others {
        approve(other).await;
    }
    let unit = newcomer.id;
    newcomer.sees("the newcomer is a member", |view| charter::member(view, unit).ok().flatten()).await;
    for unit in others.iter().chain([&inviter]) {
        let joined = newcomer.id;
        unit.sees("the members know the newcomer", move |view| charter::member(view, joined).ok().flatten()).await;
    }
}

/// A person there approves what is proposed next.
async fn approve(unit: &Unit) {
    let open = |view: &dyn View| joining::proposals(view).unwrap().into_iter().find(|one| !one.approved_here).map(|one| one.hash);
    let hash = unit.sees("a proposal", open).await;
    unit.act(move |txn| Ok(joining::approve(txn, hash)?)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_nodes_make_a_key_and_find_the_same_person_by_it_with_one_of_them_down_too() {
    let (guwahati, shillong, delhi) =
        tokio::join!(Unit::start("AHTU Guwahati"), Unit::start("AHTU Shillong"), Unit::start("AHTU Delhi"));
    guwahati.act(|txn| Ok(setup::found(txn)?)).await;
    join(&guwahati, &shillong, &[]).await;
    join(&guwahati, &delhi, &[&shillong]).await;

    let keepers = vec![guwahati.id, shillong.id, delhi.id];
    guwahati.act(move |txn| Ok(generation::start(txn, 2, keepers)?)).await;
    for unit in [&shillong, &delhi] {
        let asked = |view: &dyn View| runs(view).unwrap().into_iter().find(|run| run.asks_here).map(|run| run.id);
        let wanted = unit.sees("a key waits for a yes", asked).await;
        unit.act(move |txn| Ok(generation::say_yes(txn, wanted)?)).await;
    }
    approve(&shillong).await;
    for unit in [&guwahati, &shillong, &delhi] {
        unit.sees("the new key", |view| charter::current(view).unwrap().filter(|it| it.blinding.as_ref().unwrap().epoch() == 1))
            .await;
        assert_eq!(unit.epoch(), 1);
    }

    guwahati.enters("GHY-1", ROFIQUL).await;
    shillong.enters("SHL-1", RAFIQUL).await;
    let alerts =
        |count: usize| move |view: &dyn View| Some(()).filter(|()| matching::list(view, None, 9).unwrap().len() == count);
    for unit in [&guwahati, &shillong] {
        unit.sees("an alert", alerts(1)).await;
    }
    delhi.node.stop().await;
    shillong.enters("SHL-2", BIKRAM).await;
    guwahati.enters("GHY-2", BIKRAM).await;
    for unit in [&guwahati, &shillong] {
        unit.sees("a second alert", alerts(2)).await;
    }
}
