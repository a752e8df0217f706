//! What members change of themselves, lost keys, departures and removals: proposed, signed, and forged.
//! Not newcomers: see `joining` beside this.

use super::super::charter::{self as charters, Charter, CharterEpoch, CharterError, Grounds};
use super::super::genesis::{self, Genesis};
use super::super::joining::{self as joins, JoinError, JoinOutcome, Proposed};
use super::super::leaving::{self, Leave, LeaveError};
use super::super::member::{Member, MemberKey};
use super::super::prekey::{self, PrekeyError};
use super::super::recovery::{self, Recovery, RecoveryError, Replacement};
use super::super::{own, peering, restored, setup};
use super::{NOON, Node, answers, following, forge, meet, pair, pull};
use crate::bounded::{BoundedText, BoundedVec};
use crate::crypto::{NodeSecret, Signed};
use crate::ids::UnitId;
use crate::testing::rng::SeededRng;
use crate::time::HOUR;

/// Shillong founds; Guwahati and Kathmandu join.
fn three() -> [Node; 3] {
    let (mut shillong, mut guwahati) = pair();
    let mut kathmandu = Node::new(3, "Partner in Kathmandu");
    shillong.invite(&mut kathmandu);
    kathmandu.ask(&mut shillong);
    meet(&mut guwahati, &mut shillong);
    approve(&mut guwahati);
    meet(&mut guwahati, &mut shillong);
    assert_eq!(kathmandu.ask(&mut shillong), JoinOutcome::Joined);
    [shillong, guwahati, kathmandu]
}

/// A person here says yes to all that is open and not this unit's own.
fn approve(node: &mut Node) {
    for open in joins::proposals(&node.view).unwrap().into_iter().filter(|open| !open.approved_here) {
        node.step(|txn| joins::approve(txn, open.hash)).0.unwrap();
    }
}

/// `one` proposed; `other` sees it, says yes, and both know what came of it.
fn agree(one: &mut Node, other: &mut Node) {
    meet(one, other);
    approve(other);
    meet(one, other);
}

fn member(node: &Node, unit: UnitId) -> Member {
    node.charter().member(unit).unwrap().clone()
}

fn altered(node: &Node, unit: UnitId, alter: impl FnOnce(&mut Member)) -> Charter {
    let next = following(node);
    let mut members = next.members.to_vec();
    alter(members.iter_mut().find(|member| member.unit == unit).unwrap());
    Charter { members: BoundedVec::new(members).unwrap(), ..next }
}

fn without(node: &Node, unit: UnitId) -> Charter {
    let next = following(node);
    let mut members = next.members.to_vec();
    members.retain(|member| member.unit != unit);
    Charter { threshold: charters::least_threshold(members.len()), members: BoundedVec::new(members).unwrap(), ..next }
}

fn signer(node: &Node) -> (UnitId, NodeSecret) {
    (node.unit(), node.key())
}

fn take(node: &mut Node, epoch: CharterEpoch) -> Result<charters::Accepted, CharterError> {
    node.step(|txn| charters::accept(txn, &[epoch])).0
}

#[test]
fn a_unit_says_something_else_of_itself_and_everybody_sees_before_and_after() {
    let (mut shillong, mut guwahati) = pair();
    let says = super::Setup { duty_contact: "new desk, +91 361 000 0000".to_owned(), ..answers("AHTU Guwahati") };
    let same = guwahati.step(|txn| joins::propose_data(txn, answers("AHTU Guwahati"))).0;
    assert_eq!(same, Err(JoinError::Nothing));
    let hidden = super::Setup { name: "AHTU \u{202e}drawkcab".to_owned(), ..answers("") };
    assert!(guwahati.step(|txn| joins::propose_data(txn, hidden)).0.is_err());
    guwahati.step(|txn| joins::propose_data(txn, says)).0.unwrap();
    meet(&mut guwahati, &mut shillong);
    let open = joins::proposals(&shillong.view).unwrap();
    let Proposed::Data { before, after } = &open[0].proposed else { panic!("{open:?}") };
    assert_eq!((&*before.duty_contact, &*after.duty_contact), ("duty desk, +91 364 000 0000", "new desk, +91 361 000 0000"));
    assert_eq!((open[0].approvals, open[0].needed), (0, 2), "the proposer keeps its own signature to itself");
    agree(&mut guwahati, &mut shillong);
    for node in [&shillong, &guwahati] {
        assert_eq!(&*member(node, guwahati.unit()).duty_contact, "new desk, +91 361 000 0000");
        assert!(joins::proposals(&node.view).unwrap().is_empty());
    }
    assert_eq!(&*own::load(&guwahati.view).unwrap().duty_contact, "new desk, +91 361 000 0000");
}

#[test]
fn a_new_node_key_is_in_use_once_it_has_passed() {
    let (mut shillong, mut guwahati) = pair();
    let old = guwahati.key();
    let before = prekey::newest_signed(&shillong.view, guwahati.unit()).unwrap().unwrap();
    guwahati.step(joins::propose_key).0.unwrap();
    meet(&mut guwahati, &mut shillong);
    assert_eq!(guwahati.key().public(), old.public(), "not yet");
    assert!(
        matches!(&joins::proposals(&shillong.view).unwrap()[0].proposed, Proposed::Key(member) if member.unit == guwahati.unit())
    );
    agree(&mut guwahati, &mut shillong);
    let new = guwahati.key().public();
    assert_ne!(new, old.public());
    for node in [&shillong, &guwahati] {
        assert_eq!(member(node, guwahati.unit()).present_key(), Some(new));
        assert_eq!(charters::unit_of_key(&node.view, old.public()).unwrap(), None);
        let past = charters::owner_of_key(&node.view, old.public()).unwrap().unwrap();
        assert_eq!((past.unit, past.rank, past.in_use), (guwahati.unit(), 0, false));
        let present = charters::owner_of_key(&node.view, new).unwrap().unwrap();
        assert_eq!((present.rank, present.in_use), (1, true));
    }
    assert!(!peering::is_confirmed(&shillong.view, guwahati.unit()).unwrap());
    // Its prekey is signed anew, and the old one is not taken again.
    let (fresh, signed) = prekey::newest_signed(&shillong.view, guwahati.unit()).unwrap().unwrap();
    assert_eq!((fresh.number, signed.claimed_signer().unwrap()), (before.0.number + 1, new));
    assert_eq!(shillong.step(|txn| prekey::accept(txn, &before.1)).0, Err(PrekeyError::Stranger));
    let later = prekey::Prekey { number: 99, ..before.0 };
    assert_eq!(shillong.step(|txn| prekey::accept(txn, &Signed::sign(&later, &old))).0, Err(PrekeyError::Stranger));
}

#[test]
fn nobody_changes_what_another_says_of_itself_not_even_the_quorum() {
    let [mut shillong, guwahati, kathmandu] = three();
    let (signers, victim) = ([signer(&shillong), signer(&guwahati)], kathmandu.unit());
    let foreign = NodeSecret::generate(&mut SeededRng::new(77)).public();
    let text = |text: &str| BoundedText::new(text).unwrap();
    let cases: [(&str, Charter); 6] = [
        ("its contact", altered(&shillong, victim, |member| member.duty_contact = BoundedText::new("eve, +91 1").unwrap())),
        ("its name", altered(&shillong, victim, |member| member.name = text("Eve"))),
        ("its key", altered(&shillong, victim, |member| *member = member.with_key(foreign, NOON.plus(1)).unwrap())),
        (
            "its key, the past one gone",
            altered(&shillong, victim, |member| {
                member.keys = BoundedVec::new(vec![MemberKey { key: foreign, from: NOON, until: None }]).unwrap();
            }),
        ),
        (
            "when its key began",
            altered(&shillong, victim, |member| {
                member.keys = BoundedVec::new(vec![MemberKey { from: NOON.plus(7), ..member.keys[0] }]).unwrap();
            }),
        ),
        (
            "two keys at once",
            altered(&shillong, victim, |member| {
                let other = NodeSecret::generate(&mut SeededRng::new(78)).public();
                *member = member.with_key(foreign, NOON.plus(1)).unwrap().with_key(other, NOON.plus(2)).unwrap();
            }),
        ),
    ];
    for (what, charter) in cases {
        assert_eq!(take(&mut shillong, forge(&charter, &signers)), Err(CharterError::OwnWords), "{what}");
    }
    // With its own signature a past key still cannot be rewritten.
    let all = [signers[0].clone(), signers[1].clone(), signer(&kathmandu)];
    let rewritten = altered(&shillong, victim, |member| {
        member.keys = BoundedVec::new(vec![MemberKey { from: NOON.plus(7), ..member.keys[0] }]).unwrap();
    });
    assert_eq!(take(&mut shillong, forge(&rewritten, &all)), Err(CharterError::OwnWords));
    // A key that is another unit's, or was.
    let stolen = altered(&shillong, victim, |member| *member = member.with_key(foreign, NOON.plus(1)).unwrap());
    assert_eq!(take(&mut shillong, forge(&stolen, &all)), Ok(charters::Accepted::Advanced));
    let gone = without(&shillong, victim);
    assert_eq!(take(&mut shillong, forge(&gone, &signers)), Ok(charters::Accepted::Advanced));
    let reused = altered(&shillong, guwahati.unit(), |member| *member = member.with_key(foreign, NOON.plus(9)).unwrap());
    assert_eq!(take(&mut shillong, forge(&reused, &signers)), Err(CharterError::Member));
}

/// The key on paper of a unit that was set up.
fn paper(node: &Node) -> NodeSecret {
    let text = super::super::text::parse(super::super::text::RECOVERY, &node.created.recovery).unwrap();
    NodeSecret::from_seed(text.as_slice().try_into().unwrap())
}

#[test]
fn a_lost_key_is_replaced_by_the_key_on_paper() {
    let [mut shillong, mut guwahati, mut kathmandu] = three();
    let (thief, unit) = (kathmandu.key(), kathmandu.unit());
    let others = shillong.created.recovery.clone();
    assert_eq!(kathmandu.step(|txn| recovery::recover(txn, &others)).0, Err(RecoveryError::OtherUnit));
    let paper = kathmandu.created.recovery.clone();
    let text = kathmandu.step(|txn| recovery::recover(txn, &paper)).0.unwrap();
    let new = kathmandu.key().public();
    assert_ne!(new, thief.public());
    assert_eq!(shillong.step(|txn| joins::propose_replacement(txn, &text)).0, Ok(unit));
    meet(&mut shillong, &mut guwahati);
    assert!(matches!(&joins::proposals(&guwahati.view).unwrap()[0].proposed, Proposed::Replace(member) if member.unit == unit));
    agree(&mut shillong, &mut guwahati);
    meet(&mut kathmandu, &mut guwahati);
    for node in [&shillong, &guwahati, &kathmandu] {
        assert_eq!(member(node, unit).present_key(), Some(new));
    }
    // The thief's key signs nothing any more; the paper's word does not work twice.
    let next = following(&shillong);
    let by_thief = forge(&next, &[signer(&guwahati), (unit, thief)]);
    assert_eq!(take(&mut shillong, by_thief), Err(CharterError::Approval));
    assert_eq!(shillong.step(|txn| joins::propose_replacement(txn, &text)).0, Err(JoinError::Request));
    // The unit receives under its new key as soon as it hears that.
    meet(&mut kathmandu, &mut shillong);
    let newest = prekey::newest_signed(&shillong.view, unit).unwrap().unwrap().1;
    assert_eq!(newest.claimed_signer().unwrap(), new);
}

#[test]
fn a_node_whose_key_was_lost_keeps_off_until_it_has_another() {
    let [_, _, mut kathmandu] = three();
    let (paper, others) = (kathmandu.created.recovery.clone(), Node::new(7, "Somebody else").created.recovery);
    let off = |node: &Node| restored::keeps_off(&node.view).unwrap();
    assert!(!off(&kathmandu));
    kathmandu.step(|txn| setup::mark_restored(txn, true)).0.unwrap();
    assert!(off(&kathmandu));
    // Whether it waits for anybody has nothing to do with it.
    kathmandu.step(|txn| setup::mark_restored(txn, false)).0.unwrap();
    assert!(!off(&kathmandu), "it turned up again, and was marked anew");
    kathmandu.step(|txn| setup::mark_restored(txn, true)).0.unwrap();
    assert_eq!(kathmandu.step(|txn| recovery::recover(txn, &others)).0, Err(RecoveryError::OtherUnit));
    assert!(off(&kathmandu));
    kathmandu.step(|txn| recovery::recover(txn, &paper)).0.unwrap();
    assert!(!off(&kathmandu));
}

#[test]
fn a_forged_recovery_replaces_nothing() {
    let [mut shillong, guwahati, kathmandu] = three();
    let (signers, unit) = ([signer(&shillong), signer(&guwahati)], kathmandu.unit());
    let new = NodeSecret::generate(&mut SeededRng::new(77)).public();
    let charter = altered(&shillong, unit, |member| *member = member.with_key(new, NOON.plus(1)).unwrap());
    let word = Replacement { unit, key: new, at: NOON };
    let real = own::load(&kathmandu.view).unwrap().genesis;
    let eve = NodeSecret::generate(&mut SeededRng::new(66));
    let name = BoundedText::new("Partner in Kathmandu").unwrap();
    let own_key = kathmandu.key();
    let with_eves_paper =
        Signed::sign(&Genesis { name, key: own_key.public(), recovery_key: eve.public(), nonce: [0; 16] }, &own_key);
    let eves_unit = genesis::check(&with_eves_paper).unwrap().unit;
    let paper = paper(&kathmandu);
    let recovery = |genesis: &Signed<Genesis>, word: Replacement, by: &NodeSecret| {
        Some(Recovery { genesis: genesis.clone(), replacement: Signed::sign(&word, by) })
    };
    let cases = [
        ("no word at all", None, CharterError::OwnWords),
        ("signed by somebody else", recovery(&real, word, &eve), CharterError::Grounds),
        ("signed by the node key", recovery(&real, word, &own_key), CharterError::Grounds),
        ("another genesis", recovery(&with_eves_paper, word, &eve), CharterError::Grounds),
        ("another unit", recovery(&with_eves_paper, Replacement { unit: eves_unit, ..word }, &eve), CharterError::OwnWords),
        ("another key", recovery(&real, Replacement { key: eve.public(), ..word }, &paper), CharterError::OwnWords),
    ];
    for (what, recovery, expected) in cases {
        let epoch = forge(&charter, &signers).on(Grounds { recovery, ..Grounds::default() });
        assert_eq!(take(&mut shillong, epoch), Err(expected), "{what}");
    }
    let good = Grounds { recovery: recovery(&real, word, &paper), ..Grounds::default() };
    let unused = forge(&following(&shillong), &signers).on(good.clone());
    assert_eq!(take(&mut shillong, unused), Err(CharterError::Grounds), "nothing hangs on an epoch that it does not need");
    assert_eq!(take(&mut shillong, forge(&charter, &signers[..1]).on(good.clone())), Err(CharterError::Quorum));
    assert_eq!(take(&mut shillong, forge(&charter, &signers).on(good)), Ok(charters::Accepted::Advanced));
}

#[test]
fn whoever_leaves_is_no_member_at_the_next_contact() {
    let [mut shillong, mut guwahati, mut kathmandu] = three();
    let unit = kathmandu.unit();
    kathmandu.step(leaving::leave).0.unwrap();
    assert_eq!(kathmandu.step(leaving::leave).0, Err(LeaveError::NotAMember));
    pull(&mut kathmandu, &mut shillong);
    meet(&mut shillong, &mut guwahati);
    for node in [&shillong, &guwahati] {
        assert!(charters::member(&node.view, unit).unwrap().is_none());
        assert_eq!((node.epoch(), charters::is_frozen(&node.view)), (2, Ok(false)));
        assert_eq!(charters::owner_of_key(&node.view, kathmandu.key().public()).unwrap().map(|owner| owner.in_use), Some(false));
    }
    // Two who stay pass the epoch without it; a departure that was used is forgotten.
    shillong.step(|txn| joins::propose_removal(txn, unit)).0.unwrap();
    meet(&mut shillong, &mut guwahati);
    let open = joins::proposals(&guwahati.view).unwrap();
    assert!(matches!(&open[0].proposed, Proposed::Remove { member, left: true } if member.unit == unit));
    agree(&mut shillong, &mut guwahati);
    assert_eq!((guwahati.epoch(), guwahati.charter().members.len()), (3, 2));
    assert!(leaving::of(&guwahati.view, unit).unwrap().is_none());
}

#[test]
fn the_one_who_stays_needs_nobody_who_left() {
    let (mut shillong, mut guwahati) = pair();
    guwahati.step(leaving::leave).0.unwrap();
    let unit = guwahati.unit();
    let alone = forge(&without(&shillong, unit), &[signer(&shillong)]);
    assert_eq!(take(&mut shillong, alone), Err(CharterError::Quorum), "not without its word");
    let forged = Signed::sign(&Leave { federation: shillong.federation(), unit, epoch: 2 }, &shillong.key());
    assert_eq!(shillong.step(|txn| leaving::accept(txn, &forged)).0, Err(LeaveError::Stranger));
    let grounds = Grounds { leaves: BoundedVec::new(vec![forged]).unwrap(), ..Grounds::default() };
    let forged = forge(&without(&shillong, unit), &[signer(&shillong)]).on(grounds);
    assert_eq!(take(&mut shillong, forged), Err(CharterError::Grounds));
    pull(&mut guwahati, &mut shillong);
    shillong.step(|txn| joins::propose_removal(txn, unit)).0.unwrap();
    assert_eq!((shillong.epoch(), shillong.charter().members.len(), shillong.charter().threshold), (2, 1, 1));
    assert_eq!(shillong.step(leaving::leave).0, Err(LeaveError::OnlyMember));
}

#[test]
fn an_old_departure_does_not_end_a_new_membership() {
    let (mut shillong, mut guwahati) = pair();
    let unit = guwahati.unit();
    guwahati.step(leaving::leave).0.unwrap();
    let word = leaving::of(&guwahati.view, unit).unwrap().unwrap();
    pull(&mut guwahati, &mut shillong);
    shillong.step(|txn| joins::propose_removal(txn, unit)).0.unwrap();
    shillong.now = shillong.now.plus(HOUR);
    let mut again = Node { now: shillong.now, ..Node::new(2, "AHTU Guwahati") };
    // Its prekeys go on where they were.
    let (own, federation) = (own::load(&again.view).unwrap(), shillong.federation());
    again.step(|txn| prekey::issue(txn, &own, federation)).0.unwrap();
    shillong.invite(&mut again);
    assert_eq!((again.ask(&mut shillong), again.unit()), (JoinOutcome::Joined, unit));
    assert_eq!(shillong.step(|txn| leaving::accept(txn, &word)).0, Err(LeaveError::Stranger));
    assert!(charters::member(&shillong.view, unit).unwrap().is_some());
}

#[test]
fn whoever_signed_for_a_number_leaves_with_the_next() {
    let [mut shillong, mut guwahati, mut kathmandu] = three();
    shillong.step(joins::propose_key).0.unwrap();
    meet(&mut shillong, &mut kathmandu);
    approve(&mut kathmandu);
    // Its signature may be on its way; were its departure to count for the same number, two charters could pass.
    kathmandu.step(leaving::leave).0.unwrap();
    let word = leaving::of(&kathmandu.view, kathmandu.unit()).unwrap().unwrap();
    assert_eq!(word.stored().unwrap().epoch, 4);
    let early = forge(&without(&guwahati, kathmandu.unit()), &[signer(&guwahati), signer(&shillong)])
        .on(Grounds { leaves: BoundedVec::new(vec![word]).unwrap(), ..Grounds::default() });
    assert_eq!(take(&mut guwahati, early), Err(CharterError::Grounds));
}

#[test]
fn the_members_leave_one_out_who_is_lost_to_them() {
    let [mut shillong, mut guwahati, mut kathmandu] = three();
    let unit = kathmandu.unit();
    let own = shillong.unit();
    assert_eq!(shillong.step(|txn| joins::propose_removal(txn, own)).0, Err(JoinError::NotOther));
    shillong.step(|txn| joins::propose_removal(txn, unit)).0.unwrap();
    assert_eq!(shillong.step(joins::propose_key).0, Err(JoinError::WantsAlready), "one wish at a time");
    agree(&mut shillong, &mut guwahati);
    assert!(charters::member(&guwahati.view, unit).unwrap().is_none());
    let request = super::super::charter_sync::request(&kathmandu.view, shillong.unit()).unwrap().unwrap();
    let (reply, effects) = shillong.step(|txn| super::super::charter_sync::handle_request(txn, unit, &request));
    assert_eq!((reply, effects.incidents.len()), (Ok(None), 1), "refused at the next contact");
    assert!(kathmandu.step(leaving::leave).0.is_ok(), "what it says now reaches nobody");
}
