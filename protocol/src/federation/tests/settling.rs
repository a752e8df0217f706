//! Two proposals of one number, two charters of one number, and how both come to an end.
//! Not the rules of a single epoch: see `charter` beside this.

use super::super::charter::{self as charters, Accepted, Charter, CharterEpoch, CharterError};
use super::super::charter_sync;
use super::super::joining::{self as joins, JoinError, JoinOutcome, Proposed};
use super::super::member::Address;
use super::{Node, following, forge, meet, pair};
use crate::bounded::BoundedVec;
use crate::crypto::NodeSecret;
use crate::ids::{CharterHash, UnitId};
use crate::testing::vectors::compare;

/// Four members, threshold three.
fn four() -> [Node; 4] {
    let (mut one, mut two) = pair();
    let mut nodes = Vec::new();
    for (seed, name) in [(3, "AHTU Third"), (4, "AHTU Fourth")] {
        let mut newcomer = Node::new(seed, name);
        one.invite(&mut newcomer);
        newcomer.ask(&mut one);
        for other in [&mut two].into_iter().chain(nodes.iter_mut()) {
            meet(&mut one, other);
            approve_all(other);
            meet(&mut one, other);
        }
        assert_eq!(newcomer.ask(&mut one), JoinOutcome::Joined);
        nodes.push(newcomer);
    }
    for node in &mut nodes {
        meet(&mut one, node);
    }
    meet(&mut one, &mut two);
    let [three, four] = nodes.try_into().unwrap_or_else(|_| unreachable!());
    [one, two, three, four]
}

fn approve_all(node: &mut Node) {
    for open in joins::proposals(&node.view).unwrap().into_iter().filter(|open| !open.approved_here) {
        // Whoever has signed one continuation cannot sign the other.
        match node.step(|txn| joins::approve(txn, open.hash)).0 {
            Ok(_) | Err(JoinError::AlreadyVoted) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn everybody_meets(nodes: &mut [Node; 4]) {
    for _ in 0..2 {
        for at in 0..nodes.len() {
            let (before, rest) = nodes.split_at_mut(at);
            let (one, after) = rest.split_first_mut().unwrap();
            for other in before.iter_mut().chain(after) {
                meet(one, other);
            }
        }
    }
}

fn signer(node: &Node) -> (UnitId, NodeSecret) {
    (node.unit(), node.key())
}

fn proposal(node: &Node, proposer: &Node) -> Option<CharterHash> {
    let open = joins::proposals(&node.view).unwrap();
    open.into_iter().find(|open| open.proposer == proposer.unit()).map(|open| open.hash)
}

#[test]
fn two_proposals_with_foreign_signatures_both_pass_in_turn() {
    let mut nodes = four();
    // Two pairs that do not hear of each other until all four have signed.
    let [one, two, three, four] = &mut nodes;
    one.step(joins::propose_key).0.unwrap();
    three.step(joins::propose_key).0.unwrap();
    for (proposer, other) in [(&mut *one, &mut *two), (&mut *three, &mut *four)] {
        meet(proposer, other);
        approve_all(other);
        meet(proposer, other);
    }
    let (first, second) = (proposal(one, one).unwrap(), proposal(three, three).unwrap());
    let approvals = |node: &Node| joins::proposals(&node.view).unwrap().iter().map(|open| open.approvals).max();
    assert_eq!((approvals(one), approvals(three)), (Some(2), Some(2)), "two of three each: neither can pass");
    let before = one.epoch();
    for _ in 0..3 {
        everybody_meets(&mut nodes);
        nodes.iter_mut().for_each(approve_all);
        everybody_meets(&mut nodes);
        for node in &mut nodes {
            node.now = node.now.plus(1);
            node.step(joins::keep_up).0.unwrap();
        }
    }
    for node in &nodes {
        assert_eq!(node.epoch(), before + 2, "both are through");
        assert!(!charters::is_frozen(&node.view).unwrap());
    }
    let passed = charters::stored(&nodes[0].view, before + 1).unwrap().unwrap().hash();
    assert_eq!(passed, first.min(second), "the lowest goes first");
}

#[test]
fn only_the_proposer_frees_whoever_signed() {
    let [mut one, mut two, mut three, _] = four();
    one.step(joins::propose_key).0.unwrap();
    meet(&mut one, &mut two);
    approve_all(&mut two);
    let first = proposal(&two, &one).unwrap();
    three.step(joins::propose_key).0.unwrap();
    meet(&mut three, &mut two);
    let second = proposal(&two, &three).unwrap();
    assert_eq!(two.step(|txn| joins::approve(txn, second)).0, Err(JoinError::AlreadyVoted));
    // Three claims that the other's was let go; it is not heard.
    let word = joins::Withdrawal::of(three.federation(), three.epoch() + 1, first, three.unit());
    let forged = crate::crypto::Signed::sign(&word, &three.key());
    let from = three.unit();
    two.step(|txn| joins::accept_withdrawn(txn, from, &[forged])).0.unwrap();
    assert_eq!(two.step(|txn| joins::approve(txn, second)).0, Err(JoinError::AlreadyVoted));
    // A person at One takes it back.
    one.step(joins::withdraw).0.unwrap();
    assert_eq!(one.step(joins::withdraw).0, Err(JoinError::NoProposal));
    meet(&mut one, &mut two);
    assert_eq!(proposal(&two, &one), None);
    assert_eq!(two.step(|txn| joins::approve(txn, second)).0, Ok(three.unit()));
}

#[test]
fn one_member_alone_freezes_nothing() {
    let [mut one, two, three, _] = four();
    let eve = signer(&two);
    let base = following(&one);
    let other = |addresses: &str| {
        let next = base.clone();
        let mut members = next.members.to_vec();
        let own = members.iter_mut().find(|member| member.unit == two.unit()).unwrap();
        own.addresses = BoundedVec::new(vec![Address::new(addresses).unwrap()]).unwrap();
        Charter { members: BoundedVec::new(members).unwrap(), ..next }
    };
    for charter in [other("/ip4/1"), other("/ip4/2")] {
        let alone = forge(&charter, core::slice::from_ref(&eve));
        assert_eq!(one.step(|txn| charters::accept(txn, &[alone])).0, Err(CharterError::Quorum));
    }
    // Nor with a second hand: two of three that are needed.
    let both = forge(&other("/ip4/1"), &[eve, signer(&three)]);
    assert_eq!(one.step(|txn| charters::accept(txn, &[both])).0, Err(CharterError::Quorum));
    assert!(!charters::is_frozen(&one.view).unwrap());
}

/// Four members, of whom the first two hold one charter of a number and the others another: somebody cheated.
fn split() -> ([Node; 4], CharterEpoch, CharterEpoch) {
    let mut nodes = four();
    let signers: Vec<_> = nodes.iter().map(signer).collect();
    let one = following(&nodes[0]);
    let mut members = one.members.to_vec();
    members[0].addresses = BoundedVec::default();
    let other = Charter { members: BoundedVec::new(members).unwrap(), ..one.clone() };
    let (one, other) = (forge(&one, &signers), forge(&other, &signers));
    for (node, epoch) in nodes.iter_mut().zip([&one, &one, &other, &other]) {
        node.step(|txn| charters::accept(txn, core::slice::from_ref(epoch))).0.unwrap();
    }
    (nodes, one, other)
}

#[test]
fn two_thirds_lead_out_of_a_freeze() {
    let (mut nodes, held, other) = split();
    // Two go on before they hear of it.
    let next = forge(&following(&nodes[0]), &nodes.iter().map(signer).collect::<Vec<_>>());
    nodes[0].step(|txn| charters::accept(txn, core::slice::from_ref(&next))).0.unwrap();
    everybody_meets(&mut nodes);
    for node in &mut nodes {
        assert!(charters::is_frozen(&node.view).unwrap());
        assert_eq!(node.step(joins::propose_key).0, Ok(()), "a wish that waits");
        assert!(joins::proposals(&node.view).unwrap().is_empty());
        node.step(joins::withdraw).0.unwrap();
    }
    let stranger = CharterHash([9; 32]);
    assert_eq!(nodes[0].step(|txn| joins::propose_settlement(txn, stranger)).0, Err(JoinError::NoProposal));
    // The other one is kept, which the first two do not hold.
    let keep = other.hash();
    nodes[3].step(|txn| joins::propose_settlement(txn, keep)).0.unwrap();
    everybody_meets(&mut nodes);
    let to = nodes[0].unit();
    compare("charter-request-settle", &charter_sync::request(&nodes[3].view, to).unwrap().unwrap());
    let open = joins::proposals(&nodes[0].view).unwrap();
    assert_eq!(open[0].proposed, Proposed::Settle { keep, give_up: held.hash() });
    assert_eq!(open[0].needed, 3, "two thirds of four");
    approve_all(&mut nodes[0]);
    everybody_meets(&mut nodes);
    assert!(charters::is_frozen(&nodes[3].view).unwrap(), "two are not enough");
    approve_all(&mut nodes[1]);
    everybody_meets(&mut nodes);
    let head = charters::head(&nodes[0].view).unwrap();
    let settled = charters::stored(&nodes[0].view, head.unwrap().epoch).unwrap().unwrap();
    assert_eq!(settled.charter().unwrap().settles, Some(held.hash()));
    compare("charter-settles", &crate::wire::encode(&settled));
    for node in &mut nodes {
        assert!(!charters::is_frozen(&node.view).unwrap());
        assert_eq!(charters::head(&node.view).unwrap(), head);
        assert_eq!(charters::stored(&node.view, other.charter().unwrap().epoch).unwrap().unwrap().hash(), keep);
        // What was given up, and what went on from it, freezes nobody again.
        let old = [held.clone(), next.clone()];
        assert_eq!(node.step(|txn| charters::accept(txn, &old)).0, Ok(Accepted::Nothing));
        assert!(!charters::is_frozen(&node.view).unwrap());
    }
    // And the charter goes on from there.
    nodes[2].step(joins::propose_key).0.unwrap();
    everybody_meets(&mut nodes);
    nodes.iter_mut().for_each(approve_all);
    everybody_meets(&mut nodes);
    assert!(nodes.iter().all(|node| node.epoch() == head.unwrap().epoch + 1));
}

#[test]
fn the_way_out_is_not_found_by_fewer_nor_by_an_ordinary_epoch() {
    let (mut nodes, held, other) = split();
    everybody_meets(&mut nodes);
    let all: Vec<_> = nodes.iter().map(signer).collect();
    let after = |node: &Node, settles| Charter { settles, ..following(node) };
    let cases = [
        ("does not say so", after(&nodes[0], None), 4),
        ("gives itself up", after(&nodes[0], Some(held.hash())), 4),
        ("gives up something else", after(&nodes[0], Some(CharterHash([9; 32]))), 4),
    ];
    for (what, charter, signers) in cases {
        let epoch = forge(&charter, &all[..signers]);
        assert_eq!(nodes[0].step(|txn| charters::accept(txn, &[epoch])).0, Ok(Accepted::Frozen), "{what}");
    }
    let way = after(&nodes[0], Some(other.hash()));
    let half = forge(&way, &all[..2]);
    assert_eq!(nodes[0].step(|txn| charters::accept(txn, &[half])).0, Err(CharterError::Quorum));
    assert!(charters::is_frozen(&nodes[0].view).unwrap());
    let enough = forge(&way, &all[..3]);
    // Whoever holds the other one finds the way, too, once it sees what the way continues.
    for node in [0, 2] {
        assert_eq!(nodes[node].step(|txn| charters::accept(txn, core::slice::from_ref(&enough))).0, Ok(Accepted::Advanced));
        assert_eq!(charters::head(&nodes[node].view).unwrap().unwrap().hash, enough.hash());
    }
    // Whoever holds the one that is kept, and never saw the freeze, is not frozen by the other one afterwards.
    let mut calm = Node { view: split().0[0].view.clone(), ..Node::new(1, "AHTU First") };
    assert_eq!(calm.step(|txn| charters::accept(txn, core::slice::from_ref(&enough))).0, Ok(Accepted::Advanced));
    assert_eq!(calm.step(|txn| charters::accept(txn, core::slice::from_ref(&other))).0, Ok(Accepted::Nothing));
    assert!(!charters::is_frozen(&calm.view).unwrap());
    // Whoever never saw the freeze sees both at once.
    let mut late = Node { view: nodes[3].view.clone(), ..Node::new(4, "AHTU Fourth") };
    assert_eq!(late.step(|txn| charters::accept(txn, &[held, enough])).0, Ok(Accepted::Advanced));
}
