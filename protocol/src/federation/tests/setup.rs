//! Setting up a unit and founding a federation.
//! Not joining one.

use super::super::setup::{SetupError, create, found};
use super::super::{charter, own, prekey, text};
use super::{NOON, Node, answers};
use crate::crypto::NodeSecret;
use crate::machine::{MemoryView, Txn};
use crate::testing::rng::SeededRng;

#[test]
fn the_recovery_key_is_on_paper_only() {
    let node = Node::new(1, "AHTU Shillong");
    let seed = text::parse(text::RECOVERY, &node.created.recovery).unwrap();
    let seed: [u8; 32] = seed.as_slice().try_into().unwrap();
    let genesis = own::load(&node.view).unwrap().genesis.stored().unwrap().into_value();
    assert_eq!(NodeSecret::from_seed(&seed).public(), genesis.recovery_key);
    for (.., value) in node.view.rows() {
        assert!(!value.windows(32).any(|window| window == seed), "the secret stands in a row");
    }
    assert!(!format!("{:?}", node.created).contains(&node.created.recovery[20..30]));
}

#[test]
fn a_founder_is_alone_with_one_of_one() {
    let mut node = Node::founder(1, "AHTU Shillong");
    let charter = node.charter();
    assert_eq!((charter.epoch, charter.threshold, charter.members.len()), (0, 1, 1));
    assert_eq!(charter::unit_of_key(&node.view, node.key().public()).unwrap(), Some(node.unit()));
    let prekey = prekey::newest(&node.view, node.unit()).unwrap().unwrap();
    assert_eq!((prekey.number, prekey.not_after), (1, NOON.plus(prekey::LIFE)));
    assert_eq!(prekey::secret(&node.view, 1).unwrap().unwrap().public(), prekey.key);
    assert!(prekey::secret(&node.view, 2).unwrap().is_none());
    let blinding = charter.blinding.unwrap();
    assert_eq!((blinding.epoch(), blinding.terms.threshold, &*blinding.terms.keepers), (0, 1, &[node.unit()][..]));
    let share = charter::own_share(&node.view, &blinding).unwrap().unwrap();
    assert_eq!((share.public().as_bytes(), blinding.key), (blinding.shares[0].as_bytes(), blinding.shares[0]));

    assert_eq!(node.step(found).0, Err(SetupError::AlreadyMember));
    assert_eq!(node.step(|txn| create(txn, answers("again")).map(|_| ())).0, Err(SetupError::AlreadySetUp));
}

#[test]
fn unusable_answers_are_named() {
    let cases = [
        ("name", super::Setup { name: "  ".into(), ..answers("") }),
        ("name", super::Setup { name: "x".repeat(121), ..answers("") }),
        ("name", super::Setup { name: "AHTU \u{202e}gnollihS".into(), ..answers("") }),
        ("jurisdiction", super::Setup { jurisdiction: "two\nlines".into(), ..answers("a") }),
        ("duty contact", super::Setup { duty_contact: "x".repeat(201), ..answers("a") }),
        ("addresses", super::Setup { addresses: vec![String::new(); 9], ..answers("a") }),
    ];
    for (expected, setup) in cases {
        let (view, mut rng) = (MemoryView::default(), SeededRng::new(1));
        let outcome = create(&mut Txn::new(&view, NOON, &mut rng), setup).map(|_| ());
        assert!(matches!(outcome, Err(SetupError::Field { field, .. }) if field == expected), "{expected}: {outcome:?}");
    }
}
