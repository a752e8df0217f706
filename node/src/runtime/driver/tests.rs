//! Several steps of one commit, one of which the store refuses.
//! Over a real store; the machines have nothing to do here.

use super::*;
use crate::clock::SystemClock;
use crate::vault::{KeySource, create_key_file};
use icmc_protocol::ids::ShareId;
use icmc_protocol::machine::{Table, Write};
use std::sync::Mutex;

#[derive(Debug)]
struct NoHooks;

impl Hooks for NoHooks {
    fn after(&self, _: &mut Txn<'_>, _: &Effects) -> Result<(), ViewError> {
        Ok(())
    }

    fn committed(&self, _: &dyn View, _: &BTreeSet<CaseId>) {}

    fn erasing(&self) {}
}

const TABLE: Table = Table::PROOFS;

/// What each step wrote, whether it saw the row it looked for, and whether it was committed.
type Answers = Arc<Mutex<Vec<(u8, bool, bool)>>>;

/// A step that notes whether it sees a row, and then writes one; its answer goes to `answers`.
fn step(answers: &Answers, looks: u8, writes: u8, scope: Scope) -> Step {
    let answers = answers.clone();
    Box::new(move |_, view, _, _| {
        let sees = view.get(TABLE, &[looks]).unwrap().is_some();
        let write = Write { table: TABLE, key: vec![writes], value: Some((scope, vec![writes])) };
        let effects = Effects { writes: vec![write], ..Effects::default() };
        let finish = move |done: Result<Committed, RuntimeError>| answers.lock().unwrap().push((writes, sees, done.is_ok()));
        (Some(effects), Box::new(finish))
    })
}

#[test]
fn what_the_store_refuses_of_one_step_leaves_the_others_of_its_commit_alone() {
    let folder = tempfile::tempdir().unwrap();
    create_key_file(&folder.path().join("key"), &mut SystemRng).unwrap();
    let key = KeySource::KeyFile(folder.path().join("key"));
    let store = Arc::new(Store::create(&folder.path().join("data"), &key, &mut SystemRng).unwrap());
    let gone = Scope::Share(ShareId([7; 16]));
    store.erase(&[gone]).unwrap();
    let (_steps, steps) = mpsc::channel(1);
    let (dispatch, _sent) = mpsc::channel(8);
    let driver = Driver { store: store.clone(), clock: Arc::new(SystemClock), hooks: Arc::new(NoHooks), steps, dispatch };

    let answers = Arc::default();
    let steps = [(9, 1, Scope::Master), (1, 2, gone), (2, 3, Scope::Master)];
    driver.batch(steps.into_iter().map(|(looks, writes, scope)| step(&answers, looks, writes, scope)).collect());
    let mut answers = answers.lock().unwrap().clone();
    answers.sort_unstable();
    assert_eq!(answers, [(1, false, true), (2, true, false), (3, false, true)], "(step, saw its row, was saved)");
    let rows = store.snapshot().unwrap();
    let keys: Vec<_> = rows.scan(TABLE, &[], None, 9).unwrap().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, [vec![1], vec![3]]);
}
