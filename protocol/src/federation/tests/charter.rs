//! The rules of an epoch, each broken on its own by a cheat who signs properly otherwise.
//! Not how epochs are proposed.

use super::super::charter::{self as charters, Accepted, Charter, CharterEpoch, CharterError};
use super::super::joining::{self as joins, JoinError};
use super::super::member::{Member, MemberKey};
use super::{NOON, Node, following, forge, meet, pair, pull};
use crate::bounded::BoundedVec;
use crate::crypto::NodeSecret;
use crate::ids::NodeKey;
use crate::machine::Table;
use crate::testing::rng::SeededRng;

fn outsider(seed: u64) -> (NodeSecret, Member) {
    let node = Node::founder(seed, "AHTU Imphal");
    (node.key(), node.charter().members[0].clone())
}

fn with(charter: &Charter, change: impl FnOnce(&mut Vec<Member>)) -> Charter {
    let mut members = charter.members.to_vec();
    change(&mut members);
    Charter { members: BoundedVec::new(members).unwrap(), ..charter.clone() }
}

#[test]
fn every_rule_holds_against_properly_signed_epochs() {
    let mut founder = Node::founder(1, "AHTU Shillong");
    let signers = [(founder.unit(), founder.key())];
    let (_, mut other) = outsider(5);
    if other.unit < founder.unit() {
        // So that the broken orders below are broken.
        other = outsider(6).1;
    }
    let next = following(&founder);
    let both = Charter { threshold: 2, ..with(&next, |members| members.push(other.clone())) };
    let sorted = { with(&both, |members| members.sort_by_key(|member| member.unit)) };
    let keys = |keys: Vec<MemberKey>| Member { keys: BoundedVec::new(keys).unwrap(), ..other.clone() };
    let present = other.keys[0];
    let add = |member: Member| {
        with(&sorted, |members| members.iter_mut().filter(|held| held.unit == other.unit).for_each(|held| *held = member.clone()))
    };
    let mut weak = [0; 32];
    weak[0] = 1;
    let cases = [
        ("no member", with(&next, Vec::clear), CharterError::Members),
        ("one member twice", with(&sorted, |members| members.push(members[1].clone())), CharterError::Members),
        ("out of order", with(&sorted, |members| members.reverse()), CharterError::Members),
        ("no key", add(keys(Vec::new())), CharterError::Member),
        ("no present key", add(keys(vec![MemberKey { until: Some(NOON), ..present }])), CharterError::Member),
        (
            "two present keys",
            add(keys(vec![MemberKey { key: founder.key().public(), ..present }, present])),
            CharterError::Member,
        ),
        ("weak key", add(keys(vec![MemberKey { key: NodeKey(weak), ..present }])), CharterError::Member),
        ("another's key", add(keys(vec![MemberKey { key: founder.key().public(), ..present }])), CharterError::Member),
        ("threshold of half", Charter { threshold: 1, ..sorted.clone() }, CharterError::Threshold),
        ("threshold beyond all", Charter { threshold: 3, ..sorted.clone() }, CharterError::Threshold),
        ("threshold nought", Charter { threshold: 0, ..next.clone() }, CharterError::Threshold),
        ("no previous", Charter { previous: None, ..sorted.clone() }, CharterError::NotNext),
        ("other previous", Charter { previous: Some(crate::ids::CharterHash([7; 32])), ..sorted.clone() }, CharterError::NotNext),
        ("a number left out", Charter { epoch: 2, ..sorted.clone() }, CharterError::NotNext),
        ("the highest number", Charter { epoch: u64::MAX, ..sorted.clone() }, CharterError::NotNext),
        (
            "other federation",
            Charter { federation: crate::ids::FederationId([7; 32]), ..sorted.clone() },
            CharterError::Federation,
        ),
    ];
    for (what, charter, expected) in cases {
        let outcome = founder.step(|txn| charters::accept(txn, &[forge(&charter, &signers)])).0;
        assert_eq!(outcome, Err(expected), "{what}");
        assert_eq!(founder.epoch(), 0, "{what}");
    }
    // What the cases were made from is in order.
    assert_eq!(founder.step(|txn| charters::accept(txn, &[forge(&sorted, &signers)])).0, Ok(Accepted::Advanced));
}

#[test]
fn only_enough_of_the_members_before_can_sign() {
    let (mut shillong, guwahati) = pair();
    let (eve_key, eve) = outsider(9);
    let next = following(&shillong);
    let takeover = Charter {
        threshold: 2,
        ..with(&next, |members| {
            members.push(eve.clone());
            members.sort_by_key(|member| member.unit);
        })
    };
    let (a, b, e) = ((shillong.unit(), shillong.key()), (guwahati.unit(), guwahati.key()), (eve.unit, eve_key.clone()));
    let cases = [
        ("nobody", vec![], CharterError::Quorum),
        ("one of two", vec![a.clone()], CharterError::Quorum),
        ("herself", vec![e.clone()], CharterError::Approval),
        ("herself beside one", vec![a.clone(), e], CharterError::Approval),
        ("one twice", vec![a.clone(), a.clone()], CharterError::Approval),
        ("in another's name", vec![a.clone(), (guwahati.unit(), eve_key)], CharterError::Approval),
    ];
    for (what, signers, expected) in cases {
        assert_eq!(shillong.step(|txn| charters::accept(txn, &[forge(&takeover, &signers)])).0, Err(expected), "{what}");
    }
    assert_eq!(shillong.epoch(), 1);
    assert_eq!(shillong.step(|txn| charters::accept(txn, &[forge(&takeover, &[a, b])])).0, Ok(Accepted::Advanced));
}

#[test]
fn old_epochs_change_nothing_and_a_stranger_cannot_freeze() {
    let (mut shillong, _) = pair();
    let old: Vec<CharterEpoch> = (0..=1).map(|number| charters::stored(&shillong.view, number).unwrap().unwrap()).collect();
    let (outcome, effects) = shillong.step(|txn| charters::accept(txn, &[old[0].clone(), old[1].clone(), old[0].clone()]));
    assert_eq!(outcome, Ok(Accepted::Nothing));
    assert!(effects.writes.is_empty());

    let (eve_key, eve) = outsider(9);
    let zero = Charter {
        federation: shillong.federation(),
        epoch: 0,
        previous: None,
        threshold: 1,
        blinding: None,
        former: None,
        settles: None,
        made: NOON,
        members: BoundedVec::new(vec![eve.clone()]).unwrap(),
    };
    let outcome = shillong.step(|txn| charters::accept(txn, &[forge(&zero, &[(eve.unit, eve_key)])])).0;
    assert_eq!(outcome, Err(CharterError::Quorum));
    assert!(!charters::is_frozen(&shillong.view).unwrap());
}

#[test]
fn two_charters_of_one_number_freeze_both_ends() {
    let (mut shillong, mut guwahati) = pair();
    let signers = [(shillong.unit(), shillong.key()), (guwahati.unit(), guwahati.key())];
    let one = following(&shillong);
    let other = with(&one, |members| members[0].addresses = BoundedVec::default());
    let (one, other) = (forge(&one, &signers), forge(&other, &signers));
    shillong.step(|txn| charters::accept(txn, core::slice::from_ref(&one))).0.unwrap();
    guwahati.step(|txn| charters::accept(txn, core::slice::from_ref(&other))).0.unwrap();
    meet(&mut shillong, &mut guwahati);
    for (node, held, unwanted) in [(&mut shillong, &one, &other), (&mut guwahati, &other, &one)] {
        let frozen = charters::frozen(&node.view).unwrap().unwrap();
        assert_eq!((frozen.epoch, frozen.held, frozen.other), (2, held.hash(), unwanted.clone()));
        let proofs = node.view.rows().filter(|(table, ..)| *table == Table::PROOFS).count();
        assert_eq!(proofs, 2, "both signed both");
        let text = Node::new(7, "AHTU Aizawl").created.genesis_text;
        assert_eq!(node.step(|txn| joins::invite(txn, &text)).0, Err(JoinError::Frozen));
        let further = forge(&following(node), &signers);
        assert_eq!(node.step(|txn| charters::accept(txn, &[further])).0, Ok(Accepted::Frozen));
        assert_eq!(node.epoch(), 2);
    }
    pull(&mut shillong, &mut guwahati);
    assert_eq!(shillong.epoch(), 2);
}

#[test]
fn a_past_key_belongs_to_nobody_and_signs_nothing() {
    let mut founder = Node::founder(1, "AHTU Shillong");
    let old = founder.key();
    let new = NodeSecret::generate(&mut SeededRng::new(77));
    let changed = with(&following(&founder), |members| {
        let past = MemberKey { until: Some(NOON), ..members[0].keys[0] };
        let present = MemberKey { key: new.public(), from: NOON, until: None };
        members[0].keys = BoundedVec::new(vec![past, present]).unwrap();
    });
    founder.step(|txn| charters::accept(txn, &[forge(&changed, &[(founder_unit(&changed), old.clone())])])).0.unwrap();
    assert_eq!(charters::unit_of_key(&founder.view, old.public()).unwrap(), None);
    assert_eq!(charters::unit_of_key(&founder.view, new.public()).unwrap(), Some(founder.unit()));
    let next = following(&founder);
    assert_eq!(
        founder.step(|txn| charters::accept(txn, &[forge(&next, &[(founder_unit(&next), old)])])).0,
        Err(CharterError::Approval)
    );
    assert_eq!(
        founder.step(|txn| charters::accept(txn, &[forge(&next, &[(founder_unit(&next), new)])])).0,
        Ok(Accepted::Advanced)
    );
}

fn founder_unit(charter: &Charter) -> crate::ids::UnitId {
    charter.members[0].unit
}
