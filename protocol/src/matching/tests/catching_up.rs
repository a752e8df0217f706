//! Beacons that gossip lost, heads, holes, renewal.
//! Not what a beacon does once it has come: see `alerts`.

use super::super::{Outcome, Role, State, Synced, daily_head, handle_reply, handle_request, incomplete, request};
use super::{CASE, NOON, Node, PROBABLE, SUSPECT, deliver, named, rafiqul, rofiqul, story, three};
use crate::fingerprint::Identity;
use crate::ids::{EntityId, UnitId};
use crate::machine::{Table, Verdict};
use crate::time::DAY;

/// One exchange in which `to` learns what `from` has.
fn exchange(to: &mut Node, from: &mut Node) -> Synced {
    let request = request(&to.view).unwrap().unwrap();
    let (asking, answering) = (to.unit, from.unit);
    let reply = from.step(|txn| handle_request(txn, asking, &request)).0.unwrap().unwrap();
    to.step(|txn| handle_reply(txn, answering, &reply)).0.unwrap()
}

fn days_later(nodes: &mut [Node], days: u64) {
    for node in nodes {
        node.now = node.now.plus(days * DAY);
        node.step(daily_head).0.unwrap();
    }
}

fn person(number: u64) -> EntityId {
    EntityId::from_slice(&[[0; 8], number.to_be_bytes()].concat()).unwrap()
}

#[test]
fn what_gossip_lost_comes_with_the_next_exchange_also_through_a_third() {
    let mut nodes = three();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    let lost = nodes[0].sent.remove(0);
    let [mut guwahati, mut shillong, mut kathmandu] = nodes;
    assert_eq!(kathmandu.hears(&lost), Verdict::Accept);
    assert_eq!(exchange(&mut shillong, &mut kathmandu), Synced { new: 1, more: false });
    assert_eq!(shillong.alert().class, PROBABLE);
    assert_eq!(exchange(&mut shillong, &mut kathmandu), Synced { new: 0, more: false });
    assert_eq!(exchange(&mut guwahati, &mut shillong), Synced { new: 1, more: false });
    assert_eq!(guwahati.alert().class, PROBABLE);
}

#[test]
fn a_hole_is_fetched_and_nothing_else() {
    let mut nodes = three();
    for number in 0..5 {
        nodes[0].announces(person(number), Some(&named(&format!("Someone{number}"), "Das", "Hari", "Jorhat", "Teok")));
    }
    let [mut guwahati, mut shillong, _] = nodes;
    for place in [0, 1, 4] {
        shillong.hears(&guwahati.sent[place].clone());
    }
    assert_eq!(exchange(&mut shillong, &mut guwahati), Synced { new: 2, more: false });
    assert_eq!(shillong.count(Table::BEACONS), 5);
}

#[test]
fn many_beacons_come_in_several_replies() {
    let mut nodes = three();
    for number in 0..1_700 {
        let identity = Identity {
            phones: vec![format!("98{number:08}")],
            ..Identity {
                birth_date: "1990-01-01".to_owned(),
                ..named(&format!("Someone {number}"), "Das", "Hari", "Jorhat", "Teok")
            }
        };
        nodes[0].announces(person(number), Some(&identity));
    }
    let [mut guwahati, mut shillong, _] = nodes;
    let first = exchange(&mut shillong, &mut guwahati);
    assert!(first.more && (500..1_700).contains(&first.new), "{first:?}");
    let mut new = first.new;
    loop {
        let next = exchange(&mut shillong, &mut guwahati);
        new += next.new;
        if !next.more {
            break;
        }
    }
    assert_eq!(new, 1_700);
}

#[test]
fn without_a_young_head_or_with_a_hole_matches_may_be_incomplete() {
    let mut nodes = story();
    assert_eq!(incomplete(&nodes[1].view, NOON).unwrap().len(), 2, "nobody has sent a head");
    days_later(&mut nodes, 0);
    let [mut guwahati, mut shillong, mut kathmandu] = nodes;
    exchange(&mut shillong, &mut guwahati);
    assert_eq!(incomplete(&shillong.view, NOON).unwrap(), [kathmandu.unit]);
    exchange(&mut shillong, &mut kathmandu);
    assert_eq!(incomplete(&shillong.view, NOON.plus(3 * DAY)).unwrap(), []);
    assert_eq!(incomplete(&shillong.view, NOON.plus(3 * DAY + 1)).unwrap().len(), 2);

    guwahati.now = NOON.plus(DAY);
    guwahati.announces(person(1), Some(&named("Ramesh", "Gogoi", "Haren", "Jorhat", "Teok")));
    guwahati.step(daily_head).0.unwrap();
    shillong.now = NOON.plus(DAY);
    let request = request(&guwahati.view).unwrap().unwrap();
    shillong.step(|txn| handle_request(txn, guwahati.unit, &request)).0.unwrap();
    assert_eq!(incomplete(&shillong.view, shillong.now).unwrap(), [guwahati.unit], "the head says there is a number more");
    exchange(&mut shillong, &mut guwahati);
    assert_eq!(incomplete(&shillong.view, shillong.now).unwrap(), []);
}

#[test]
fn an_older_head_changes_nothing() {
    let [mut guwahati, mut shillong, _] = story();
    let request = request(&shillong.view).unwrap().unwrap();
    let mut reply = |day: u64| {
        guwahati.now = NOON.plus(day * DAY);
        guwahati.step(daily_head).0.unwrap();
        guwahati.step(|txn| handle_request(txn, shillong.unit, &request)).0.unwrap().unwrap()
    };
    let (old, new) = (reply(0), reply(1));
    shillong.now = NOON.plus(DAY);
    for reply in [new, old] {
        shillong.step(|txn| handle_reply(txn, guwahati.unit, &reply)).0.unwrap();
        assert!(!incomplete(&shillong.view, NOON.plus(3 * DAY + 1)).unwrap().contains(&guwahati.unit));
    }
}

#[test]
fn a_head_is_signed_once_a_day() {
    let mut nodes = story();
    let head = |node: &mut Node| node.step(daily_head).0.unwrap();
    assert!(head(&mut nodes[0]));
    nodes[0].now = NOON.plus(DAY - 1);
    assert!(!head(&mut nodes[0]));
    nodes[0].now = NOON.plus(DAY);
    assert!(head(&mut nodes[0]));
}

#[test]
fn the_floor_takes_along_what_was_withdrawn_though_nobody_heard_the_withdrawal() {
    let mut nodes = story();
    nodes[0].announces(SUSPECT, None);
    nodes[0].sent.clear();
    days_later(&mut nodes, 0);
    let [mut guwahati, mut shillong, _] = nodes;
    assert_eq!(exchange(&mut shillong, &mut guwahati).new, 0);
    assert!(matches!(shillong.alert().state, State::Closed { outcome: Outcome::Withdrawn, .. }));
    assert_eq!(incomplete(&shillong.view, NOON).unwrap().len(), 1, "only Kathmandu's head is missing");
    assert_eq!(shillong.heard_tokens().len(), 24, "Kathmandu's");
    assert_eq!(guwahati.count(Table::BEACONS), 2, "what the two others announced");
}

#[test]
fn what_would_expire_is_announced_again_and_alerts_go_on() {
    let mut nodes = story();
    let before = [nodes[0].alert(), nodes[1].alert()];
    days_later(&mut nodes, 340);
    assert_eq!(deliver(&mut nodes), 6);
    for (node, before) in nodes.iter().zip(&before) {
        let alert = node.alert();
        assert_eq!(
            (alert.id, alert.subject, alert.peer_subject, alert.state),
            (before.id, before.subject, before.peer_subject, State::New)
        );
        assert_eq!((alert.own_beacon, alert.peer_beacon), (2, 2));
    }
    days_later(&mut nodes, 1);
    assert_eq!(deliver(&mut nodes), 0);
    // Half a year later, when the first announcement is long over, a newcomer's person is still found.
    days_later(&mut nodes, 180);
    nodes[2].step(|txn| super::super::announce(txn, CASE, person(5), Some(&rofiqul()), Role::Other)).0.unwrap();
    assert_eq!(nodes[2].alerts().len(), 2);
}

#[test]
fn hostile_catching_up_is_refused_and_named() {
    let mut nodes = story();
    let from = UnitId([3; 32]);
    let long = vec![0xff; 2 * 1024 * 1024];
    assert_eq!(nodes[1].step(|txn| handle_request(txn, from, &long)).0.unwrap(), None);
    assert_eq!(nodes[1].step(|txn| handle_reply(txn, from, &long)).0.unwrap(), Synced { new: 0, more: false });
    assert_eq!(nodes[1].incidents.len(), 2);
    let [mut guwahati, mut shillong, _] = nodes;
    let request = request(&shillong.view).unwrap().unwrap();
    let reply = guwahati.step(|txn| handle_request(txn, shillong.unit, &request)).0.unwrap().unwrap();
    for place in 0..request.len() {
        let mut spoilt = request.clone();
        spoilt[place] ^= 1;
        guwahati.step(|txn| handle_request(txn, shillong.unit, &spoilt)).0.unwrap();
    }
    let rows = shillong.count(Table::BEACONS);
    for place in 0..reply.len() {
        let mut spoilt = reply.clone();
        spoilt[place] ^= 1;
        shillong.step(|txn| handle_reply(txn, guwahati.unit, &spoilt)).0.unwrap();
    }
    assert_eq!(shillong.count(Table::BEACONS), rows);
}
