//! Whatever order beacons arrive in, doubled or not, by gossip or by catching up: the same alerts.
//! Not the content of an alert: see `alerts`.

use super::super::{Outcome, State, daily_head};
use super::{NOON, Node, SUSPECT, deliver, rafiqul, rofiqul, sita, three};
use crate::fingerprint::Identity;
use crate::ids::EntityId;
use crate::machine::Table;
use crate::time::DAY;
use proptest::prelude::*;

const VICTIM: EntityId = EntityId([3; 16]);

/// Shillong with both persons, and everything that the other two ever sent: announced, corrected, withdrawn, renewed.
fn sent() -> (Node, Vec<Vec<u8>>) {
    let mut nodes = three();
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    nodes[1].announces(VICTIM, Some(&sita()));
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[0].announces(SUSPECT, Some(&Identity { birth_date: "1985".to_owned(), ..rofiqul() }));
    nodes[0].announces(VICTIM, Some(&sita()));
    nodes[0].announces(VICTIM, None);
    nodes[2].announces(VICTIM, Some(&sita()));
    nodes[2].announces(SUSPECT, Some(&rofiqul()));
    nodes[2].announces(SUSPECT, None);
    nodes.iter_mut().for_each(|node| node.now = NOON.plus(340 * DAY));
    nodes[2].step(daily_head).0.unwrap();
    let [guwahati, shillong, kathmandu] = nodes;
    (shillong, [guwahati.sent, kathmandu.sent].concat())
}

/// What stands in the end: open alerts, tokens, numbers. Closed alerts depend on what was heard while it counted.
fn outcome(node: &Node) -> Vec<String> {
    let open =
        node.alerts().into_iter().filter(|alert| !matches!(alert.state, State::Closed { outcome: Outcome::Withdrawn, .. }));
    let mut lines: Vec<String> = open
        .map(|alert| {
            format!(
                "{:?} {:?} {:?} {} {:?} {:?}",
                alert.person, alert.peer, alert.peer_subject, alert.peer_beacon, alert.class, alert.agreed
            )
        })
        .collect();
    lines.sort();
    for table in [Table::BEACONS, Table::BEACON_HEADS, Table::OWN] {
        // How many comparisons were begun on the way depends on the way.
        let rows = node.view.rows().filter(|row| row.0 == table && !row.1.starts_with(b"sent/"));
        lines.extend(rows.map(|row| format!("{row:?}")));
    }
    lines
}

#[test]
fn in_the_order_of_sending_two_alerts_stay_open() {
    let (mut shillong, sent) = sent();
    sent.iter().for_each(|beacon| _ = shillong.hears(beacon));
    let open = shillong.alerts().into_iter().filter(|alert| alert.state == State::New).count();
    assert_eq!((sent.len(), open), (10, 2));
}

#[test]
fn a_withdrawal_that_comes_first_leaves_nothing_to_alert() {
    let mut nodes = three();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[0].announces(SUSPECT, None);
    nodes[0].sent.reverse();
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    assert_eq!(deliver(&mut nodes), 3);
    assert!(nodes[1].alerts().is_empty() && nodes[2].alerts().is_empty());
    assert!(nodes[1].incidents.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_order_with_any_repetition_ends_in_the_same(order in Just((0..10usize).collect::<Vec<_>>()).prop_shuffle(), again in proptest::collection::vec(0..10usize, 0..6)) {
        let (mut expected, sent) = sent();
        sent.iter().for_each(|beacon| _ = expected.hears(beacon));
        let (mut shillong, _) = self::sent();
        for place in order.iter().chain(&again) {
            shillong.hears(&sent[*place]);
        }
        prop_assert_eq!(outcome(&shillong), outcome(&expected));
        prop_assert!(shillong.incidents.is_empty());
    }
}
