//! Answers that can be used and answers that cannot. Everybody in them is invented.

use super::*;
use crate::clock::SystemRng;
use crate::service::ServiceError;
use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::setup::{self, Setup};
use icmc_protocol::machine::{MemoryView, Txn};
use icmc_protocol::time::Timestamp;
use secrecy::ExposeSecret as _;
use std::net::TcpListener;

const NOW: Timestamp = Timestamp(1_795_000_000_000);

fn unit() -> UnitAnswers {
    let text = |text: &str| text.to_owned();
    UnitAnswers {
        name: text("AHTU Testpur"),
        class: UnitClass::Police,
        country: text("India"),
        state: text("meghalaya"),
        district: text("ri bhoi"),
        duty_contact: text("Duty officer, +91 364 000 0101"),
        prefix: text("TP"),
    }
}

/// The fields that were refused.
fn refused<T: core::fmt::Debug>(outcome: Result<T, ServiceError>) -> Vec<String> {
    let Err(ServiceError::Fields(faults)) = outcome else { panic!("{outcome:?}") };
    faults.into_iter().map(|fault| fault.field).collect()
}

#[test]
fn all_faults_of_a_unit_are_told_at_once() {
    check_unit(&unit(), NOW, &mut SystemRng).unwrap();
    let wrong = UnitAnswers {
        name: String::new(),
        state: "Atlantis".to_owned(),
        duty_contact: " ".to_owned(),
        prefix: "lower".to_owned(),
        ..unit()
    };
    assert_eq!(refused(check_unit(&wrong, NOW, &mut SystemRng)), ["name", "state", "duty_contact"]);
    let wrong = UnitAnswers { prefix: "lower".to_owned(), ..unit() };
    assert_eq!(refused(check_unit(&wrong, NOW, &mut SystemRng)), ["case_prefix"]);
}

#[test]
fn places_are_those_of_the_gazetteer() {
    let place = |country: &str, state: &str, district: &str| {
        let (country, state, district) = (country.to_owned(), state.to_owned(), district.to_owned());
        jurisdiction(&UnitAnswers { country, state, district, ..unit() })
    };
    assert_eq!(place("India", "meghalaya", " ri bhoi").unwrap(), "Ri-Bhoi, Meghalaya");
    assert_eq!(place("india", "Assam", "").unwrap(), "Assam");
    assert_eq!(place("Nepal", "", "").unwrap(), "Nepal");
    assert_eq!(place("Germany", "Bayern", "").unwrap(), "Bayern, Germany");
    assert_eq!(refused(place("Atlantis", "", "")), ["country"]);
    assert_eq!(refused(place("India", "Bagmati", "")), ["state"]);
    assert_eq!(refused(place("India", "Meghalaya", "Barpeta")), ["district"]);
    assert_eq!(refused(place("India", "", "Barpeta")), ["state"]);
}

#[test]
fn people_need_names_and_long_passwords() {
    let person = |sign_in: &str, name: &str, password: &str| {
        let (sign_in, name) = (sign_in.to_owned(), name.to_owned());
        check_person(&PersonAnswers { sign_in, name, password: SecretString::from(password) })
    };
    person("Admin", "B. Kharkongor", "a lantern over the ferry ghat").unwrap();
    assert_eq!(refused(person("a b", "", "short")), ["sign_in", "name", "password"]);
    assert_eq!(refused(check_passphrase(&SecretString::from("short"))), ["passphrase"]);
    check_passphrase(&SecretString::from("five words by the ghat")).unwrap();
}

#[test]
fn an_address_is_one_that_others_can_dial() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    assert_eq!(refused(reach(&format!("127.0.0.1:{port}"))), ["address"]);
    drop(taken);
    let own = format!("/ip4/127.0.0.1/tcp/{port}");
    assert_eq!(reach(&format!(" 127.0.0.1:{port} ")).unwrap(), Reach { listen: own.clone(), addresses: vec![own] });
    let outside = reach(&format!("203.0.113.5:{port}")).unwrap();
    assert_eq!(outside.listen, format!("/ip4/0.0.0.0/tcp/{port}"));
    assert_eq!(outside.addresses, [format!("/ip4/203.0.113.5/tcp/{port}")]);
    for wrong in ["0.0.0.0:7711", "203.0.113.5:0", "unit.example:7711", "/ip4/203.0.113.5/tcp/7711"] {
        assert_eq!(refused(reach(wrong)), ["address"], "{wrong}");
    }
}

#[test]
fn a_backup_folder_is_written_to_and_left_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (data, disk) = (dir.path().join("data"), dir.path().join("disk"));
    std::fs::create_dir(&disk).unwrap();
    std::fs::create_dir_all(data.join("inside")).unwrap();
    let check = |path: &std::path::Path| check_backup(path.to_str().unwrap(), &data, &mut SystemRng);
    assert_eq!(check(&disk).unwrap().unwrap(), disk.canonicalize().unwrap());
    assert_eq!(std::fs::read_dir(&disk).unwrap().count(), 0, "nothing is left");
    assert_eq!(check_backup(" ", &data, &mut SystemRng).unwrap(), None);
    std::fs::write(dir.path().join("file"), "").unwrap();
    for wrong in ["relative/path", dir.path().join("nowhere").to_str().unwrap(), dir.path().join("file").to_str().unwrap()] {
        assert_eq!(refused(check_backup(wrong, &data, &mut SystemRng)), ["backup"], "{wrong}");
    }
    assert_eq!(refused(check(&data.join("inside"))), ["backup"]);
    // There even root cannot write.
    assert_eq!(refused(check_backup("/proc", &data, &mut SystemRng)), ["backup"]);
}

#[test]
fn one_name_and_one_set_of_keys_are_one_identity_which_can_be_invited() {
    let keys = Keys::generate(&mut SystemRng);
    let text = identity(&unit(), &keys, NOW, &mut SystemRng).unwrap();
    assert_eq!(text, identity(&UnitAnswers { class: UnitClass::Ngo, ..unit() }, &keys, NOW, &mut SystemRng).unwrap());
    let other = UnitAnswers { name: "AHTU Otherpur".to_owned(), ..unit() };
    assert_ne!(text, identity(&other, &keys, NOW, &mut SystemRng).unwrap());

    let (nothing, mut rng) = (MemoryView::default(), SystemRng);
    let mut founder = Txn::new(&nothing, NOW, &mut rng);
    let answers = Setup {
        name: "AHTU Founderpur".to_owned(),
        class: UnitClass::Police,
        jurisdiction: String::new(),
        duty_contact: String::new(),
        addresses: Vec::new(),
    };
    setup::create(&mut founder, answers).unwrap();
    setup::found(&mut founder).unwrap();
    let invitation = icmc_protocol::federation::joining::invite(&mut founder, &text).unwrap();
    let inviter = check_invitation(&unit(), &keys, &invitation, NOW, &mut SystemRng).unwrap();
    assert_eq!(inviter, "AHTU Founderpur");
    assert_eq!(refused(check_invitation(&other, &keys, &invitation, NOW, &mut SystemRng)), ["invitation"]);
    assert_eq!(refused(check_invitation(&unit(), &keys, "nonsense", NOW, &mut SystemRng)), ["invitation"]);
}

#[test]
fn the_token_is_forgiving_about_signs_and_about_nothing_else() {
    let (token, word) = FirstToken::generate(&mut SystemRng);
    let word = word.expose_secret().to_owned();
    assert_eq!(word.len(), 31, "26 letters in groups of five");
    assert!(token.matches(&word) && token.matches(&format!(" {} ", word.to_lowercase().replace('-', " "))));
    assert!(!token.matches("") && !token.matches(&word[1..]) && !token.matches(&format!("{word}A")));
    let (_, other) = FirstToken::generate(&mut SystemRng);
    assert!(!token.matches(other.expose_secret()));
    assert_eq!(format!("{token:?}"), "FirstToken");
}
