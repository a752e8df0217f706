//! Golden bytes in `tests/vectors`, one hexadecimal file each.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of its message.

use data_encoding::HEXLOWER;
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    folder().join(name).with_extension("hex")
}

/// Fails if the bytes are not the golden ones.
pub(crate) fn compare(name: &str, bytes: &[u8]) {
    let lines: Vec<String> = bytes.chunks(64).map(|line| HEXLOWER.encode(line)).collect();
    let text = lines.join("\n") + "\n";
    let path = path(name);
    if std::env::var_os("ICMC_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, golden, "{name}: the bytes of this message have changed");
}

/// Fails if a text that people pass on, print or read aloud is not the golden one. It stands in a file `.txt` of its own.
pub(crate) fn compare_text(name: &str, text: &str) {
    let path = folder().join(name).with_extension("txt");
    if std::env::var_os("ICMC_WRITE_VECTORS").is_some() {
        std::fs::write(&path, format!("{text}\n")).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{text}\n"), "{name}: this text has changed");
}

/// The golden bytes.
pub(crate) fn read(name: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(path(name)).unwrap();
    HEXLOWER.decode(text.replace('\n', "").as_bytes()).unwrap()
}

/// Where they stand.
pub(crate) fn folder() -> PathBuf {
    Path::new(&package()).join("tests/vectors")
}

/// This package's folder, as cargo says when the tests run: a build folder may serve several clones.
fn package() -> std::ffi::OsString {
    std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into())
}
