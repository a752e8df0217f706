//! Units that join and leave after persons were announced.
//! Not how a charter passes: it is made by hand here.

use super::super::{Outcome, State, Status, status};
use super::{CASE, Node, PROBABLE, SUSPECT, deliver, epoch, rafiqul, rofiqul, sita, takes};
use crate::federation::charter;
use crate::machine::Table;

#[test]
fn a_newcomer_finds_and_is_found_and_a_former_member_is_forgotten() {
    let mut nodes = [Node::new(1, "AHTU Guwahati"), Node::new(2, "AHTU Shillong"), Node::new(3, "Partner in Kathmandu")];
    let founding = epoch(0, None, &[&nodes[0], &nodes[2]], &[&nodes[0], &nodes[2]]);
    takes(&mut nodes[0], std::slice::from_ref(&founding));
    takes(&mut nodes[2], std::slice::from_ref(&founding));
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[2].announces(SUSPECT, Some(&sita()));
    deliver(&mut nodes);
    let before = nodes[0].count(Table::OWN_TOKENS);

    // Shillong has a case before it belongs to the federation: nothing is sent, nothing is lost.
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    assert!(nodes[1].sent.is_empty());
    assert_eq!(status(&nodes[1].view, CASE, SUSPECT).unwrap(), Status::Pending);

    let second = epoch(1, Some(founding.hash()), &[&nodes[0], &nodes[1], &nodes[2]], &[&nodes[0], &nodes[2]]);
    for node in &mut nodes {
        takes(node, &[founding.clone(), second.clone()]);
        assert!(charter::member(&node.view, node.unit).unwrap().is_some());
    }
    assert_eq!(nodes[0].count(Table::OWN_TOKENS), before, "what is found by tokens of any unit is written once");
    nodes[1].step(super::super::resume).0.unwrap();
    assert_eq!(deliver(&mut nodes), 1);
    assert_eq!(nodes[0].alert().class, PROBABLE);

    let third = epoch(2, Some(second.hash()), &[&nodes[0], &nodes[2]], &[&nodes[0], &nodes[2]]);
    takes(&mut nodes[0], &[third]);
    assert!(matches!(nodes[0].alert().state, State::Closed { outcome: Outcome::Withdrawn, .. }));
    assert_eq!(nodes[0].count(Table::OWN_TOKENS), before);
    let left = nodes[1].unit;
    for table in [Table::BEACONS, Table::BEACON_HEADS] {
        assert!(nodes[0].view.rows().all(|row| row.0 != table || !row.1.starts_with(left.as_bytes())));
    }
    assert_eq!(nodes[0].heard_tokens().len(), 24, "Kathmandu's");
}
