//! The demo in a temporary folder of its own leaves nothing behind, however it is asked to end.
//! What it shows while it runs is told by the stories.

use icmc_tests::ports;
use icmc_tests::process::{Output, Process, executable};
use std::time::Duration;
use tokio::process::Command;

/// Longest wait for a demo to be ready: it enters sixty cases.
const READY: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_that_is_terminated_cleans_up_as_on_ctrl_c() {
    for (signal, awaited) in [("TERM", "The demo is ready"), ("INT", "The demo is ready"), ("TERM", "Starting three units")] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(executable().unwrap());
        command.args(["demo", "--port", &ports::block().unwrap().to_string()]).env("TMPDIR", folder.path());
        let mut demo = Process::start("the demo", command, &Output::default()).unwrap();
        demo.says(awaited, READY).await.unwrap();
        let status = demo.stop(signal).await.unwrap();
        assert!(status.success() || awaited != "The demo is ready", "{signal}: {status}");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert!(left.is_empty(), "{signal} left {left:?}");
    }
}
