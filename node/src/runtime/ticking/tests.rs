//! A node whose ticks fail, and one of whose ticks breaks, as on a full disk or over a damaged row.
//! What a tick does is tested with the machines.

use super::*;
use crate::clock::{SystemClock, SystemRng};
use crate::runtime::{DOCUMENT_MAX, Hooks, Node, NodeConfig};
use crate::store::Store;
use crate::vault::{KeySource, create_key_file};
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Effects, Txn, View, ViewError};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch;

/// Counts steps; some of them fail, and one breaks.
#[derive(Debug)]
struct Failing(watch::Sender<u32>);

impl Hooks for Failing {
    fn after(&self, _: &mut Txn<'_>, _: &Effects) -> Result<(), ViewError> {
        let mut at = 0;
        self.0.send_modify(|count| {
            *count += 1;
            at = *count;
        });
        match at {
            // The first is that of the start.
            2 | 3 => Err(ViewError("no room on the disk".to_owned())),
            4 => panic!("a step that breaks"),
            _ => Ok(()),
        }
    }

    fn committed(&self, _: &dyn View, _: &BTreeSet<CaseId>) {}

    fn erasing(&self) {}
}

#[tokio::test]
async fn after_a_tick_that_failed_and_one_that_broke_time_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    create_key_file(&folder.path().join("key"), &mut SystemRng).unwrap();
    let key = KeySource::KeyFile(folder.path().join("key"));
    drop(Store::create(&folder.path().join("data"), &key, &mut SystemRng).unwrap());
    let (count, mut seen) = watch::channel(0);
    let config = NodeConfig {
        dir: folder.path().join("data"),
        key,
        listen: Vec::new(),
        clock: Arc::new(SystemClock),
        hooks: Arc::new(Failing(count)),
        document_max: DOCUMENT_MAX,
    };
    let node = Node::start(config).await.unwrap();
    let ticks = tokio::spawn(run(node.weak(), Duration::from_millis(5), node.stopped()));
    let later = tokio::time::timeout(Duration::from_secs(20), seen.wait_for(|count| *count >= 7));
    assert!(later.await.expect("time went on").is_ok());
    assert!(!ticks.is_finished());
    node.stop().await;
    ticks.await.unwrap();
}
