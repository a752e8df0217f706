//! A folder in use, empty, half set up, already set up, too new: each a sentence of its own.

use super::*;
use crate::vault::VaultError;
use std::fs;

#[test]
fn a_second_process_is_refused_until_the_first_is_gone() {
    let unit = Unit::new();
    let store = unit.create();
    let error = Store::open(&unit.dir(), &unit.source).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }));
    assert_eq!(error.to_string(), format!("another icmc uses this folder: {}", unit.dir().display()));
    assert!(matches!(Store::create(&unit.dir(), &unit.source, &mut SystemRng), Err(StoreError::InUse { .. })));
    drop(store);
    drop(unit.open());
}

#[test]
fn a_folder_is_set_up_once_and_opened_only_when_whole() {
    let unit = Unit::new();
    assert!(matches!(Store::open(&unit.dir(), &unit.source), Err(StoreError::Missing { .. })));
    assert!(!unit.dir().exists(), "looking leaves nothing behind");
    drop(unit.create());
    assert!(matches!(Store::create(&unit.dir(), &unit.source, &mut SystemRng), Err(StoreError::Exists { .. })));
    fs::rename(unit.dir().join("store.redb"), unit.base.path().join("away")).unwrap();
    assert!(matches!(Store::open(&unit.dir(), &unit.source), Err(StoreError::Incomplete { .. })));
    assert!(matches!(Store::create(&unit.dir(), &unit.source, &mut SystemRng), Err(StoreError::Incomplete { .. })));
}

#[test]
fn another_key_does_not_open_the_folder() {
    let (unit, other) = (Unit::new(), Unit::new());
    drop(unit.create());
    assert!(matches!(Store::open(&unit.dir(), &other.source), Err(StoreError::Vault(VaultError::WrongKeyFile))));
    drop(unit.open());
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let unit = Unit::new();
    let store = unit.create();
    let format = |number: u32| {
        let definition = redb::TableDefinition::<&str, u32>::new(tables::FORMAT.0);
        store.file.write(|txn| txn.open_table(definition)?.insert("format", number).map(drop).map_err(Into::into)).unwrap();
    };
    format(migrations::CURRENT + 1);
    drop(store);
    let error = Store::open(&unit.dir(), &unit.source).unwrap_err();
    assert_eq!(
        error.to_string(),
        "store.redb was written by a newer icmc (format 3, this one knows 2): install the newer version"
    );
}

#[test]
fn a_file_that_is_not_ours_is_called_damaged() {
    let unit = Unit::new();
    drop(unit.create());
    for file in ["store.redb", "keys.redb"] {
        let whole = fs::read(unit.dir().join(file)).unwrap();
        fs::write(unit.dir().join(file), vec![0x55; whole.len()]).unwrap();
        let error = Store::open(&unit.dir(), &unit.source).unwrap_err();
        assert_eq!(error.to_string(), format!("the file {file} is damaged: restore the last backup"));
        fs::write(unit.dir().join(file), whole).unwrap();
    }
    drop(unit.open());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let unit = Unit::new();
    drop(unit.create());
    assert_eq!(fs::metadata(unit.dir()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_store_may_be_used_from_several_threads() {
    fn check<T: Send + Sync>() {}
    check::<Store>();
    check::<Snapshot>();
}
