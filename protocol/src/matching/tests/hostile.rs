//! Beacons that no honest unit sends: nothing of them is believed, and what misbehaved is named.
//! Not hostile catching up: see `catching_up`.

use super::super::heard::MOST_LIVE;
use super::super::rows::UnitRow;
use super::super::{Action, BEACON_MAX, Beacon, LIFETIME, daily_head};
use super::{FEDERATION, NOON, Node, SUSPECT, rafiqul, rofiqul, three};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::{FederationId, SubjectId, Token};
use crate::machine::{Table, Verdict};
use crate::time::DAY;

/// Guwahati's beacon about the suspect whom Shillong has too, and the units.
fn waiting() -> ([Node; 3], Vec<u8>) {
    let mut nodes = three();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    let beacon = nodes[0].sent.remove(0);
    (nodes, beacon)
}

fn read(bytes: &[u8]) -> Beacon {
    Signed::<Beacon>::from_bytes(bytes.to_vec()).stored().unwrap().into_value()
}

fn sign(beacon: &Beacon, by: &Node) -> Vec<u8> {
    Signed::sign(beacon, &by.own().key()).as_bytes().to_vec()
}

#[test]
fn a_beacon_copied_under_another_name_matches_nothing() {
    let (mut nodes, beacon) = waiting();
    let signed = sign(&read(&beacon), &nodes[2]);
    assert_eq!(nodes[1].hears(&signed), Verdict::Accept);
    assert!(nodes[1].alerts().is_empty());
    assert_eq!(nodes[1].hears(&beacon), Verdict::Accept, "the real one still counts");
    assert_eq!(nodes[1].alerts().len(), 1);
}

#[test]
fn every_flipped_bit_and_every_shortening_is_without_effect() {
    let (mut nodes, beacon) = waiting();
    let rows = nodes[1].view.rows().count();
    for bit in (0..beacon.len() * 8).step_by(5) {
        let mut spoilt = beacon.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(nodes[1].hears(&spoilt), Verdict::Accept, "bit {bit}");
    }
    for length in 0..beacon.len() {
        assert_eq!(nodes[1].hears(&beacon[..length]), Verdict::Reject);
    }
    assert_eq!(nodes[1].hears(&vec![0; BEACON_MAX + 1]), Verdict::Reject);
    assert_eq!(nodes[1].view.rows().count(), rows);
}

#[test]
fn what_is_signed_but_out_of_form_is_refused_and_named() {
    let (mut nodes, beacon) = waiting();
    let good = read(&beacon);
    let with = |change: fn(&mut Beacon)| {
        let mut beacon = good.clone();
        change(&mut beacon);
        beacon
    };
    let wrong = [
        with(|b| b.federation = FederationId([8; 32])),
        with(|b| b.number = 0),
        with(|b| b.action = Action::Withdraw(1)),
        with(|b| b.tokens = BoundedVec::new(b.tokens[..15].to_vec()).unwrap()),
        with(|b| b.tokens = BoundedVec::new(b.tokens.iter().rev().copied().collect()).unwrap()),
        with(|b| b.tokens = BoundedVec::new(vec![b.tokens[0]; 8]).unwrap()),
    ];
    for beacon in &wrong {
        let signed = sign(beacon, &nodes[0]);
        assert_eq!(nodes[1].hears(&signed), Verdict::Reject, "{beacon:?}");
    }
    assert_eq!(nodes[1].incidents.iter().filter(|incident| incident.peer == Some(nodes[0].unit)).count(), wrong.len());
    for beacon in [with(|b| b.epoch = 1), with(|b| b.expires = NOON), with(|b| b.expires = NOON.plus(2 * LIFETIME))] {
        let signed = sign(&beacon, &nodes[0]);
        assert_eq!(nodes[1].hears(&signed), Verdict::Ignore);
    }
    assert_eq!(nodes[1].heard_tokens().len(), 0);
    assert!(nodes[1].alerts().is_empty());
}

#[test]
fn a_stranger_is_not_heard() {
    let (mut nodes, _) = waiting();
    let stranger = Node::new(9, "Nobody");
    let beacon = Beacon {
        federation: FEDERATION,
        epoch: 0,
        number: 1,
        subject: SubjectId([4; 16]),
        action: Action::Withdraw(0),
        tokens: BoundedVec::default(),
        expires: NOON.plus(LIFETIME),
    };
    let signed = sign(&beacon, &stranger);
    assert_eq!(nodes[1].hears(&signed), Verdict::Ignore);
    assert_eq!(nodes[1].count(Table::BEACONS), 1, "only Shillong's own");
}

#[test]
fn two_beacons_of_one_number_are_kept_as_a_proof() {
    let (mut nodes, beacon) = waiting();
    let other = sign(&Beacon { subject: SubjectId([4; 16]), ..read(&beacon) }, &nodes[0]);
    assert_eq!(nodes[1].hears(&beacon), Verdict::Accept);
    let alert = nodes[1].alert();
    assert_eq!(nodes[1].hears(&other), Verdict::Ignore, "whoever passed it on is not at fault");
    assert_eq!(nodes[1].hears(&other), Verdict::Ignore);
    assert_eq!(nodes[1].count(Table::PROOFS), 1);
    assert_eq!(nodes[1].incidents.last().unwrap().peer, Some(nodes[0].unit));
    assert_eq!(nodes[1].alert(), alert);
}

#[test]
fn a_thousand_numbers_signed_twice_are_sixty_four_proofs() {
    let (mut nodes, beacon) = waiting();
    for number in 2..200 {
        for subject in [4, 5] {
            let other = Beacon { number, subject: SubjectId([subject; 16]), ..read(&beacon) };
            let signed = sign(&other, &nodes[0]);
            nodes[1].hears(&signed);
        }
    }
    assert_eq!(nodes[1].count(Table::PROOFS), 64);
}

#[test]
fn more_announcements_than_a_unit_can_need_are_refused_and_named() {
    let (mut nodes, beacon) = waiting();
    let (unit, good) = (nodes[0].unit, read(&beacon));
    let holds = |node: &mut Node, to: u64| {
        node.step(|txn| {
            let mut row = UnitRow::of(txn, unit).unwrap();
            assert!(row.held.insert(2, to));
            row.put(txn, unit);
        });
    };
    let announce = |number| Beacon { number, ..good.clone() };
    let withdraw = |number| Beacon { number, action: Action::Withdraw(1), tokens: BoundedVec::default(), ..good.clone() };
    let hears = |nodes: &mut [Node; 3], beacon: &Beacon| {
        let signed = sign(beacon, &nodes[0]);
        nodes[1].hears(&signed)
    };
    holds(&mut nodes[1], MOST_LIVE);
    assert_eq!(hears(&mut nodes, &announce(MOST_LIVE + 1)), Verdict::Accept, "199,999 numbers were held");
    assert_eq!(hears(&mut nodes, &announce(MOST_LIVE + 2)), Verdict::Ignore);
    assert_eq!(nodes[1].incidents.last().unwrap().what, "announces more than is kept of one unit");
    assert_eq!(hears(&mut nodes, &withdraw(MOST_LIVE + 3)), Verdict::Accept, "what ends something is taken");
    holds(&mut nodes[1], 2 * MOST_LIVE + 3);
    assert_eq!(hears(&mut nodes, &withdraw(2 * MOST_LIVE + 4)), Verdict::Ignore);
}

#[test]
fn numbers_full_of_holes_are_not_followed_without_end() {
    let mut nodes = three();
    for place in 0..1_100u64 {
        let beacon = Beacon {
            federation: FEDERATION,
            epoch: 0,
            number: place * 2 + 2,
            subject: SubjectId([4; 16]),
            action: Action::Withdraw(1),
            tokens: BoundedVec::default(),
            expires: NOON.plus(LIFETIME),
        };
        let signed = sign(&beacon, &nodes[0]);
        let expected = if place < 1_024 { Verdict::Accept } else { Verdict::Ignore };
        assert_eq!(nodes[1].hears(&signed), expected, "{place}");
    }
}

#[test]
fn nobody_withdraws_another_units_subject() {
    let (mut nodes, beacon) = waiting();
    assert_eq!(nodes[1].hears(&beacon), Verdict::Accept);
    let (alert, theirs) = (nodes[1].alert(), read(&beacon));
    let tokens = nodes[1].heard_tokens();
    let withdrawal = Beacon { number: 9, action: Action::Withdraw(theirs.number), tokens: BoundedVec::default(), ..theirs };
    // Of the same number and the same subject, signed by Kathmandu: that is a number of its own, and ends nothing of Guwahati's.
    let in_its_own = sign(&withdrawal, &nodes[2]);
    assert_eq!(nodes[1].hears(&in_its_own), Verdict::Accept);
    assert_eq!((nodes[1].alert(), nodes[1].heard_tokens()), (alert, tokens));
}

#[test]
fn a_flood_of_beacons_neither_hides_an_honest_one_nor_matches_anybody() {
    let (mut nodes, beacon) = waiting();
    let honest = read(&beacon);
    // Kathmandu announces two thousand strangers, each with tokens that it copied from Guwahati, and fills the rest at will.
    for number in 1..=2_000_u64 {
        let mut tokens: Vec<Token> = honest.tokens[..4].to_vec();
        tokens.extend((0..4_u8).map(|place| {
            let mut token = [place; 16];
            token[1..9].copy_from_slice(&number.to_be_bytes());
            Token(token)
        }));
        tokens.sort_unstable();
        let mut handle = [4; 16];
        handle[..8].copy_from_slice(&number.to_be_bytes());
        let tokens = BoundedVec::new(tokens).unwrap();
        let flood = Beacon { number, subject: SubjectId(handle), tokens, ..honest.clone() };
        let flood = sign(&flood, &nodes[2]);
        assert_eq!(nodes[1].hears(&flood), Verdict::Accept);
    }
    assert!(nodes[1].alerts().is_empty());
    assert_eq!(nodes[1].hears(&beacon), Verdict::Accept);
    assert_eq!(nodes[1].alert().peer, nodes[0].unit);
    // Withdrawn again, it leaves nothing to be found.
    let withdrawal = Beacon { number: 2, action: Action::Withdraw(1), tokens: BoundedVec::default(), ..honest };
    let withdrawal = sign(&withdrawal, &nodes[0]);
    assert_eq!(nodes[1].hears(&withdrawal), Verdict::Accept);
    assert!(nodes[1].heard_tokens().iter().all(|(unit, ..)| *unit == nodes[2].unit));
}

#[test]
fn two_announcements_of_one_subject_cannot_be_told_apart_from_their_padding() {
    let mut nodes = three();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[0].now = NOON.plus(340 * DAY);
    nodes[0].step(daily_head).0.unwrap();
    let sent: Vec<Beacon> = nodes[0].sent.iter().map(|beacon| read(beacon)).collect();
    let announced: Vec<&Beacon> = sent.iter().filter(|beacon| beacon.action == Action::Announce).collect();
    assert_eq!(announced.len(), 2, "announced, and renewed before it ends");
    assert_eq!((announced[0].subject, &announced[0].tokens), (announced[1].subject, &announced[1].tokens));
    assert!(rofiqul_has_fewer_features_than(&announced[0].tokens), "so some of them are padding");
}

fn rofiqul_has_fewer_features_than(tokens: &[Token]) -> bool {
    crate::fingerprint::features(&crate::fingerprint::Person::from(&rofiqul())).len() < tokens.len()
}
