//! Who is alerted, about what, and how an alert ends.
//! Not hostile beacons, and not orders of arrival: those are beside this file.

use super::super::{Account, Outcome, Refusal, Role, State, Status, Step, pending, set_state, status};
use super::{CASE, NOON, Node, PROBABLE, SUSPECT, deliver, named, rafiqul, rofiqul, sita, story, three};
use crate::crypto::Signed;
use crate::fingerprint::{AgreedKind, Identity};
use crate::ids::EntityId;
use crate::machine::{Notice, Scope, Table, Verdict};
use crate::matching::{Action, Beacon, announce, blinded};
use std::collections::BTreeSet;

const CLERK: Account = Account([9; 16]);

#[test]
fn the_same_suspect_alerts_both_units_and_nobody_else() {
    let nodes = story();
    for node in &nodes[..2] {
        let alert = node.alert();
        assert_eq!((alert.class, alert.score), (PROBABLE, 10_399));
        assert_eq!((alert.case, alert.person, alert.state, alert.raised_at), (CASE, SUSPECT, State::New, NOON));
        assert!(alert.agreed.contains(&AgreedKind::Guardian) && alert.agreed.contains(&AgreedKind::District));
        assert!(node.notices.contains(&Notice::Alert(alert.id)));
    }
    assert_eq!(nodes[0].alert().peer, nodes[1].unit);
    assert_eq!(nodes[1].alert().peer, nodes[0].unit);
    assert_eq!(nodes[0].alert().peer_subject, nodes[1].alert().subject);
    assert_eq!(nodes[0].alert().peer_beacon, nodes[1].alert().own_beacon);
    assert!(nodes[2].alerts().is_empty());
    assert!(nodes.iter().all(|node| node.incidents.is_empty()));
}

#[test]
fn who_is_entered_later_finds_who_was_announced_before() {
    let mut nodes = three();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    deliver(&mut nodes);
    assert!(nodes[1].alerts().is_empty());
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    assert_eq!(nodes[1].alert().class, PROBABLE);
    assert!(nodes[0].alerts().is_empty());
    deliver(&mut nodes);
    assert_eq!(nodes[0].alert().class, PROBABLE);
}

#[test]
fn a_victim_in_devanagari_meets_herself_in_latin_letters() {
    let mut nodes = three();
    let latin = Identity { birth_date: "2009".to_owned(), ..named("Asha", "Gurung", "Maya", "Sindhupalchok", "Melamchi") };
    let native = Identity {
        birth_date: "२००९".to_owned(), ..named("आशा", "गुरुङ", "माया", "Sindhupalchok", "मेलम्ची")
    };
    nodes[1].announces(SUSPECT, Some(&latin));
    nodes[2].announces(SUSPECT, Some(&native));
    deliver(&mut nodes);
    assert_eq!((nodes[1].alert().class, nodes[2].alert().class), (PROBABLE, PROBABLE));
    assert!(nodes[0].alerts().is_empty());
}

#[test]
fn what_is_announced_of_one_person_looks_unrelated_in_every_unit() {
    let mut nodes = three();
    let mut seen = BTreeSet::new();
    for node in &mut nodes {
        node.announces(SUSPECT, Some(&rofiqul()));
        let beacon = sent(node, 0);
        assert_eq!(beacon.tokens.len(), 24); // 18 of him
        for token in beacon.tokens.iter() {
            assert!(seen.insert(*token), "a token stands in two units' beacons");
        }
    }
}

#[test]
fn nothing_changed_is_nothing_sent() {
    let mut nodes = story();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    let with_sex = Identity { sex: "M".to_owned(), ..rofiqul() };
    nodes[0].announces(SUSPECT, Some(&with_sex));
    assert!(nodes[0].sent.is_empty());
    nodes[0].announces(EntityId([3; 16]), None);
    nodes[0].announces(EntityId([4; 16]), Some(&named("Sita", "", "", "", "")));
    assert!(nodes[0].sent.is_empty());
    assert_eq!(status(&nodes[0].view, CASE, EntityId([4; 16])).unwrap(), Status::Quiet);
}

#[test]
fn until_the_blinding_answers_the_person_is_pending_and_the_old_beacon_stands() {
    let mut nodes = story();
    let corrected = Identity { birth_date: "1985".to_owned(), ..rofiqul() };
    let (_, effects) = nodes[0].bare_step(|txn| announce(txn, CASE, SUSPECT, Some(&corrected), Role::Other));
    assert_eq!(effects.blind.len(), 1);
    assert!(nodes[0].sent.is_empty());
    assert_eq!(status(&nodes[0].view, CASE, SUSPECT).unwrap(), Status::Pending);
    assert_eq!(pending(&nodes[0].view, 10).unwrap(), [(CASE, SUSPECT)]);
    let (_, again) = nodes[0].bare_step(|txn| announce(txn, CASE, SUSPECT, Some(&corrected), Role::Other));
    assert!(again.blind.is_empty());
    // After a restart the request is made again, and its answer counts.
    nodes[0].step(super::super::resume).0.unwrap();
    assert_eq!(status(&nodes[0].view, CASE, SUSPECT).unwrap(), Status::Announced);
    assert_eq!((sent(&nodes[0], 0).action, sent(&nodes[0], 1).action), (Action::Withdraw(1), Action::Announce));
    assert_ne!(sent(&nodes[0], 0).subject, sent(&nodes[0], 1).subject);
    assert!(pending(&nodes[0].view, 10).unwrap().is_empty());
}

#[test]
fn of_two_corrections_only_the_last_is_announced() {
    let mut nodes = three();
    let (_, first) = nodes[0].bare_step(|txn| announce(txn, CASE, SUSPECT, Some(&sita()), Role::Other));
    let (_, second) = nodes[0].bare_step(|txn| announce(txn, CASE, SUSPECT, Some(&rofiqul()), Role::Other));
    assert_eq!(pending(&nodes[0].view, 10).unwrap().len(), 1);
    for request in first.blind.iter().chain(&second.blind) {
        let ys = vec![[1; 64]; request.inputs.len()];
        nodes[0].bare_step(|txn| blinded(txn, request.person_ref, 0, &ys)).0.unwrap();
    }
    assert_eq!((nodes[0].sent.len(), nodes[0].count(Table::SUBJECTS)), (1, 1));
    assert_eq!(status(&nodes[0].view, CASE, SUSPECT).unwrap(), Status::Announced);
    // The correction is taken back before it is blinded: what was announced stands.
    nodes[0].bare_step(|txn| announce(txn, CASE, SUSPECT, Some(&sita()), Role::Other)).0.unwrap();
    nodes[0].bare_step(|txn| announce(txn, CASE, SUSPECT, Some(&rofiqul()), Role::Other)).0.unwrap();
    assert_eq!(status(&nodes[0].view, CASE, SUSPECT).unwrap(), Status::Announced);
    assert_eq!((nodes[0].sent.len(), nodes[0].count(Table::SUBJECTS)), (1, 1));
}

#[test]
fn an_answer_of_another_length_is_not_taken() {
    let mut nodes = three();
    let (_, asked) = nodes[0].bare_step(|txn| announce(txn, CASE, SUSPECT, Some(&rofiqul()), Role::Other));
    nodes[0].bare_step(|txn| blinded(txn, asked.blind[0].person_ref, 0, &[[1; 64]])).0.unwrap();
    assert_eq!(status(&nodes[0].view, CASE, SUSPECT).unwrap(), Status::Pending);
    assert_eq!((nodes[0].sent.len(), nodes[0].incidents.len()), (0, 1));
}

#[test]
fn a_correction_keeps_the_own_alert_and_renews_the_others() {
    let mut nodes = story();
    let (own, theirs) = (nodes[0].alert(), nodes[1].alert());
    nodes[0].announces(SUSPECT, Some(&Identity { birth_date: "1985".to_owned(), ..rofiqul() }));
    deliver(&mut nodes);
    let kept = nodes[0].alert();
    assert_eq!((kept.id, kept.state, kept.own_beacon), (own.id, State::New, 3));
    assert_ne!(kept.subject, own.subject);
    let (old, new): (Vec<_>, Vec<_>) = nodes[1].alerts().into_iter().partition(|alert| alert.id == theirs.id);
    assert!(matches!(old[0].state, State::Closed { outcome: Outcome::Withdrawn, by: None, .. }));
    assert_eq!((new.len(), new[0].peer_subject, new[0].peer_beacon), (1, kept.subject, 3));
}

#[test]
fn a_correction_to_somebody_else_ends_the_alert_on_both_sides() {
    let mut nodes = story();
    nodes[0].announces(SUSPECT, Some(&named("Ramesh", "Gogoi", "Haren", "Jorhat", "Teok")));
    deliver(&mut nodes);
    for node in &nodes[..2] {
        assert!(matches!(node.alert().state, State::Closed { outcome: Outcome::Withdrawn, .. }));
    }
}

#[test]
fn consent_that_ends_withdraws_the_beacon_and_closes_the_alerts() {
    let mut nodes = story();
    nodes[0].announces(SUSPECT, None);
    assert_eq!((sent(&nodes[0], 0).action, sent(&nodes[0], 0).tokens.len()), (Action::Withdraw(1), 0));
    deliver(&mut nodes);
    for node in &nodes[..2] {
        assert!(matches!(node.alert().state, State::Closed { outcome: Outcome::Withdrawn, by: None, .. }));
    }
    assert_eq!(nodes[0].count(Table::SUBJECTS) + nodes[0].count(Table::SUBJECT_OF) + nodes[0].count(Table::OWN_TOKENS), 0);
    assert_eq!(nodes[2].heard_tokens().len(), 16, "only Shillong's tokens are left");
    // What nobody announces any more finds nobody.
    nodes[2].announces(EntityId([3; 16]), Some(&rofiqul()));
    assert_eq!(nodes[2].alert().peer, nodes[1].unit);
}

#[test]
fn hearing_a_beacon_twice_changes_nothing() {
    let mut nodes = three();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    let beacon = nodes[0].sent[0].clone();
    assert_eq!(nodes[1].hears(&beacon), Verdict::Accept);
    let before = nodes[1].view.clone();
    assert_eq!(nodes[1].hears(&beacon), Verdict::Ignore);
    assert!(nodes[1].view.rows().eq(before.rows()));
    assert_eq!(nodes[0].hears(&beacon), Verdict::Ignore, "our own comes back");
}

#[test]
fn a_person_moves_an_alert_and_not_the_same_stays_so() {
    let mut nodes = story();
    let id = nodes[1].alert().id;
    let mut moves = |step| nodes[1].step(|txn| set_state(txn, id, CLERK, step)).0.map(|alert| alert.state);
    assert_eq!(moves(Step::See).unwrap(), State::Seen { by: CLERK, at: NOON });
    assert_eq!(moves(Step::Take).unwrap(), State::InHand { by: CLERK, at: NOON });
    assert_eq!(moves(Step::See).unwrap(), State::InHand { by: CLERK, at: NOON });
    assert!(matches!(moves(Step::Close(Outcome::Withdrawn)), Err(Refusal::State)));
    let closed = State::Closed { by: Some(CLERK), at: NOON, outcome: Outcome::NotSame };
    assert_eq!(moves(Step::Close(Outcome::NotSame)).unwrap(), closed);
    assert!(matches!(moves(Step::Close(Outcome::Same)), Err(Refusal::State)));
    // More of our own knowledge does not bring the pair back, nor does the other unit's withdrawal change what a person said.
    nodes[1].announces(SUSPECT, Some(&Identity { birth_date: "1985".to_owned(), ..rafiqul() }));
    nodes[0].announces(SUSPECT, None);
    deliver(&mut nodes);
    assert_eq!((nodes[1].alert().id, nodes[1].alert().state), (id, closed));
}

#[test]
fn an_alert_is_sealed_with_its_case_and_goes_with_it() {
    let mut nodes = story();
    let beacon = sent_again(&mut nodes[0]);
    let node = &mut nodes[1];
    for table in [Table::ALERTS, Table::ALERT_OF, Table::SUBJECTS, Table::SUBJECT_OF, Table::OWN_TOKENS] {
        assert!(node.view.rows().filter(|row| row.0 == table).all(|row| row.2 == Scope::Case(CASE)));
        assert_ne!(node.count(table), 0);
    }
    node.view.erase(Scope::Case(CASE));
    assert!(node.alerts().is_empty());
    assert_eq!(node.hears(&beacon), Verdict::Accept);
    node.announces(SUSPECT, None);
    assert!(node.alerts().is_empty());
}

#[test]
fn two_of_our_own_with_the_same_facts_are_each_alerted() {
    let mut nodes = three();
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    nodes[1].announces(EntityId([3; 16]), Some(&rafiqul()));
    nodes[1].announces(EntityId([4; 16]), Some(&sita()));
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    deliver(&mut nodes);
    let persons: BTreeSet<_> = nodes[1].alerts().iter().map(|alert| alert.person).collect();
    assert_eq!(persons, [SUSPECT, EntityId([3; 16])].into());
    assert_eq!(nodes[0].alerts().len(), 2);
}

fn sent(node: &Node, place: usize) -> Beacon {
    Signed::<Beacon>::from_bytes(node.sent[place].clone()).stored().unwrap().into_value()
}

/// A beacon about the suspect that nobody has heard yet.
fn sent_again(node: &mut Node) -> Vec<u8> {
    node.announces(EntityId([3; 16]), Some(&rofiqul()));
    node.sent.pop().unwrap()
}
