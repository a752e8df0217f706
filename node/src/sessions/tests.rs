//! The life of a session against a clock that the test moves.

use super::*;
use crate::accounts::AccountId;
use crate::store::tables;
use icmc_protocol::machine::{MemoryView, Txn};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::time::{MINUTE, Timestamp};
use secrecy::ExposeSecret as _;

const ALICE: AccountId = AccountId([1; 16]);
const BOB: AccountId = AccountId([2; 16]);
const START: Timestamp = Timestamp(1_700_000_000_000);

struct Unit {
    view: MemoryView,
    rng: SeededRng,
    now: Timestamp,
}

impl Unit {
    fn new(seed: u64) -> Self {
        Self { view: MemoryView::default(), rng: SeededRng::new(seed), now: START }
    }

    fn act<T>(&mut self, work: impl FnOnce(&mut Txn<'_>) -> T) -> T {
        let before = self.view.clone();
        let mut txn = Txn::new(&before, self.now, &mut self.rng);
        let done = work(&mut txn);
        self.view.apply(&txn.finish().writes);
        done
    }

    fn open(&mut self, account: AccountId, kind: SessionKind) -> Token {
        self.act(|txn| open(txn, account, kind).unwrap()).token
    }

    fn check(&self, token: &Token, kind: SessionKind) -> Checked {
        check(&self.view, token, kind, self.now).unwrap()
    }

    fn is_live(&self, token: &Token) -> bool {
        matches!(self.check(token, SessionKind::Browser), Checked::Live(_))
    }

    fn after(&mut self, millis: u64) {
        self.now = self.now.plus(millis);
    }
}

#[test]
fn idle_ends_it_and_use_keeps_it() {
    let mut unit = Unit::new(1);
    let token = unit.open(ALICE, SessionKind::Browser);
    unit.after(IDLE - 1);
    assert!(unit.is_live(&token));
    unit.act(|txn| touch(txn, &token).unwrap());
    unit.after(IDLE - 1);
    assert!(unit.is_live(&token));
    unit.after(1);
    assert_eq!(unit.check(&token, SessionKind::Browser), Checked::Over);
    unit.act(|txn| touch(txn, &token).unwrap());
    assert_eq!(unit.check(&token, SessionKind::Browser), Checked::Over, "what is over stays over");
}

#[test]
fn twelve_hours_end_it_however_often_it_is_used() {
    let mut unit = Unit::new(2);
    let token = unit.open(ALICE, SessionKind::Browser);
    while unit.now < START.plus(ABSOLUTE - MINUTE) {
        unit.after(MINUTE);
        assert!(unit.is_live(&token));
        unit.act(|txn| touch(txn, &token).unwrap());
    }
    unit.after(MINUTE);
    assert_eq!(unit.check(&token, SessionKind::Browser), Checked::Over);
}

#[test]
fn a_token_is_of_one_kind_and_of_one_node() {
    let (mut here, there) = (Unit::new(3), Unit::new(4));
    let token = here.open(ALICE, SessionKind::Api);
    assert!(matches!(here.check(&token, SessionKind::Api), Checked::Live(_)));
    assert_eq!(here.check(&token, SessionKind::Browser), Checked::Unknown);
    assert_eq!(there.check(&token, SessionKind::Api), Checked::Unknown);
}

#[test]
fn the_store_has_no_token_and_debug_shows_none() {
    let mut unit = Unit::new(5);
    let token = unit.open(ALICE, SessionKind::Browser);
    let secret = token.reveal();
    let raw = data_encoding::HEXLOWER.decode(secret.expose_secret().as_bytes()).unwrap();
    for (_, key, _, value) in unit.view.rows() {
        assert!(!key.windows(32).chain(value.windows(32)).any(|part| part == raw));
    }
    assert_ne!(token.csrf(), secret.expose_secret());
    assert_eq!(format!("{token:?}"), "Token");
    let again = Token::parse(secret.expose_secret()).unwrap();
    assert_eq!((again.key(), again.csrf()), (token.key(), token.csrf()));
    for bad in ["", "00", &"g".repeat(64), &"0".repeat(66)] {
        assert!(Token::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn ending_all_leaves_others_alone() {
    let mut unit = Unit::new(6);
    let (first, second, other) =
        (unit.open(ALICE, SessionKind::Browser), unit.open(ALICE, SessionKind::Browser), unit.open(BOB, SessionKind::Browser));
    assert_eq!(unit.act(|txn| end(txn, &first).unwrap()), Some(ALICE));
    assert_eq!((unit.is_live(&first), unit.is_live(&second)), (false, true));
    unit.act(|txn| end_all(txn, ALICE).unwrap());
    assert_eq!((unit.is_live(&second), unit.is_live(&other)), (false, true));
}

#[test]
fn sessions_of_one_account_are_few_and_dead_ones_are_cleared_away() {
    let mut unit = Unit::new(7);
    let bob = unit.open(BOB, SessionKind::Browser);
    let mut tokens = Vec::new();
    for _ in 0..SESSIONS_OF_ONE + 3 {
        unit.after(1);
        tokens.push(unit.open(ALICE, SessionKind::Browser));
    }
    let live: Vec<bool> = tokens.iter().map(|token| unit.is_live(token)).collect();
    assert_eq!(live.iter().position(|live| *live), Some(3), "the oldest gave way");
    assert!(unit.is_live(&bob));
    unit.after(ABSOLUTE);
    unit.open(BOB, SessionKind::Api);
    assert_eq!(unit.view.rows().filter(|(table, ..)| *table == tables::SESSIONS).count(), 1);
}
