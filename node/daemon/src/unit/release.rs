//! Waits until a stopped unit has let go of its folder: the lock goes after the files are closed, and that may take the disk a moment.
//! Not the stopping itself.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// Looks so often, with this pause: ten seconds.
const LOOKS: u32 = 1_000;
const PAUSE: Duration = Duration::from_millis(10);

/// Whether the folder is free now, and can be opened again.
pub(super) async fn released(dir: &Path) -> bool {
    for _ in 0..LOOKS {
        if is_free(dir) {
            return true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}

/// A folder that has gone, or has no lock, is free as well.
fn is_free(dir: &Path) -> bool {
    File::options().write(true).open(dir.join("lock")).map_or(true, |file| file.try_lock().is_ok())
}
