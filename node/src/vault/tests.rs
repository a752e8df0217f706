//! Wrong secrets are refused, erased keys are gone from the file, and none comes back.

use super::*;
use crate::clock::SystemRng;
use icmc_protocol::ids::{CaseId, ShareId, UnitId};
use icmc_protocol::machine::Scope;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn key_file(dir: &Path) -> KeySource {
    let path = dir.join("key");
    create_key_file(&path, &mut SystemRng).unwrap();
    KeySource::KeyFile(path)
}

fn scopes() -> [Scope; 3] {
    let case = CaseId::random(&mut SystemRng);
    [Scope::Case(case), Scope::Share(ShareId::random(&mut SystemRng)), Scope::Contribution(case, UnitId::random(&mut SystemRng))]
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_wrong_passphrase_is_refused_and_the_right_one_gives_the_same_keys() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.redb");
    let right = KeySource::Passphrase("the river is high in july".to_owned().into());
    let wrong = KeySource::Passphrase("the river is high in june".to_owned().into());
    let [case, ..] = scopes();
    let vault = Vault::create(&path, &right, &mut SystemRng).unwrap();
    vault.ensure(&BTreeSet::from([case]), &mut SystemRng).unwrap();
    let before = vault.key(&case).unwrap();
    drop(vault);
    let error = Vault::open(&path, &wrong).unwrap_err();
    assert!(matches!(error, VaultError::WrongPassphrase));
    assert_eq!(error.to_string(), "the passphrase is wrong");
    let vault = Vault::open(&path, &right).unwrap();
    assert_eq!(vault.key(&case).unwrap().bytes(), before.bytes());
}

/// One bit of each byte; with `ICMC_LONG` every bit.
#[test]
fn every_flipped_bit_and_every_length_of_the_header_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (path, files) = (dir.path().join("keys.redb"), crate::disk::real());
    let source = key_file(dir.path());
    drop(Vault::create(&path, &source, &mut SystemRng).unwrap());
    let contents = file::read(&file::open(&files, &path).unwrap()).unwrap();
    let good = icmc_protocol::wire::encode(&contents.header);
    let decode = |bytes: &[u8]| icmc_protocol::wire::decode::<file::Header>(bytes, 1024);
    assert!((0..good.len()).all(|length| decode(&good[..length]).is_err()));
    for at in 0..good.len() {
        for bit in if std::env::var_os("ICMC_LONG").is_some() { 0..8 } else { at % 8..at % 8 + 1 } {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            let Ok(header) = decode(&bytes) else { continue };
            let bent = dir.path().join("bent.redb");
            drop(file::create(&files, &bent, &file::Contents { header, ..contents.clone() }).unwrap());
            assert!(Vault::open(&bent, &source).is_err(), "byte {at}, bit {bit}");
            fs::remove_file(&bent).unwrap();
        }
    }
    assert!(Vault::open(&path, &source).is_ok());
}

#[test]
fn key_files_are_told_apart_from_each_other_and_from_passphrases() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.redb");
    let source = key_file(dir.path());
    drop(Vault::create(&path, &source, &mut SystemRng).unwrap());
    let other = dir.path().join("other");
    create_key_file(&other, &mut SystemRng).unwrap();
    assert!(matches!(Vault::open(&path, &KeySource::KeyFile(other.clone())), Err(VaultError::WrongKeyFile)));
    let passphrase = KeySource::Passphrase("the river is high in july".to_owned().into());
    assert!(matches!(Vault::open(&path, &passphrase), Err(VaultError::OtherSource { expected: "a key file" })));
    fs::write(&other, "0123").unwrap();
    assert!(matches!(Vault::open(&path, &KeySource::KeyFile(other.clone())), Err(VaultError::KeyFileContent { .. })));
    assert!(matches!(create_key_file(&other, &mut SystemRng), Err(VaultError::KeyFile { .. })));
    assert!(Vault::open(&path, &source).is_ok());
}

#[test]
fn an_erased_key_is_gone_from_the_file_and_never_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.redb");
    let source = key_file(dir.path());
    let [case, share, contribution] = scopes();
    let vault = Vault::create(&path, &source, &mut SystemRng).unwrap();
    vault.ensure(&BTreeSet::from([case, share, contribution]), &mut SystemRng).unwrap();
    let kept = vault.key(&case).unwrap();
    let (share_tag, case_tag) = (vault.tag(&share), vault.tag(&case));
    drop(vault);
    let rows = file::read(&file::open(&crate::disk::real(), &path).unwrap()).unwrap().keys;
    let (share_row, case_row) = (rows[&share_tag].clone(), rows[&case_tag].clone());
    let raw = fs::read(&path).unwrap();
    assert!(contains(&raw, &share_row) && contains(&raw, &case_row), "otherwise the search below proves nothing");
    let mut old = fs::File::open(&path).unwrap();

    let vault = Vault::open(&path, &source).unwrap();
    vault.erase(&[share]).unwrap();
    vault.erase(&[share]).unwrap();
    assert!(vault.key(&share).is_none());
    assert!(
        matches!(vault.ensure(&BTreeSet::from([case, share]), &mut SystemRng), Err(VaultError::Erased(scope)) if scope == share)
    );
    assert!(matches!(vault.erase(&[Scope::Master]), Err(VaultError::MasterScope)));
    let raw = fs::read(&path).unwrap();
    assert!(!contains(&raw, &share_row) && contains(&raw, &case_row));
    // The replaced file, still held open here, was overwritten.
    let mut left = Vec::new();
    std::io::Read::read_to_end(&mut old, &mut left).unwrap();
    assert!(!left.is_empty() && left.iter().all(|byte| *byte == 0));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "the key file and keys.redb, nothing beside");
    drop(vault);

    let vault = Vault::open(&path, &source).unwrap();
    assert!(vault.key(&share).is_none());
    assert!(matches!(vault.ensure(&BTreeSet::from([share]), &mut SystemRng), Err(VaultError::Erased(_))));
    assert_eq!(vault.key(&case).unwrap().bytes(), kept.bytes());
}

#[test]
fn a_scope_erased_before_it_had_a_key_stays_erased() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::create(&dir.path().join("keys.redb"), &key_file(dir.path()), &mut SystemRng).unwrap();
    let [case, ..] = scopes();
    vault.erase(&[case]).unwrap();
    assert!(matches!(vault.ensure(&BTreeSet::from([case]), &mut SystemRng), Err(VaultError::Erased(_))));
}

#[test]
fn a_swapped_or_changed_wrapped_key_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.redb");
    let source = key_file(dir.path());
    let [case, share, _] = scopes();
    let vault = Vault::create(&path, &source, &mut SystemRng).unwrap();
    vault.ensure(&BTreeSet::from([case, share]), &mut SystemRng).unwrap();
    let tags = (vault.tag(&case), vault.tag(&share));
    drop(vault);
    let raw = file::open(&crate::disk::real(), &path).unwrap();
    let mut rows = file::read(&raw).unwrap().keys;
    let moved = rows.remove(&tags.0).unwrap();
    rows.insert(tags.1, moved);
    file::add(&raw, &rows).unwrap();
    drop(raw);
    assert!(matches!(Vault::open(&path, &source), Err(VaultError::Damaged)));
}

#[test]
fn each_purpose_has_its_own_key() {
    let master = SecretKey::random(&mut SystemRng);
    let all: BTreeSet<_> = [labels::WRAP, labels::ROWS, labels::SCOPE].map(|label| *master.derive(label).bytes()).into();
    assert_eq!(all.len(), 3);
    assert!(!all.contains(master.bytes()));
}
