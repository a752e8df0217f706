//! Newcomers, honest and not; proposals that meet.
//! Not the rules of a single epoch: see `charter` beside this.

use super::super::charter::{self as charters, Charter};
use super::super::invitation::{self, InvitationError};
use super::super::joining::{self as joins, JoinError, JoinOutcome, JoinReply, Proposed, RefusalCode, Welcome};
use super::super::news::{TRIES, follow_up};
use super::super::{charter_sync, own, peering, prekey};
use super::{Node, forge, meet, pair, pull};
use crate::bounded::BoundedVec;
use crate::machine::Gossip;
use crate::time::HOUR;
use crate::wire;

#[test]
fn the_second_unit_needs_the_founder_alone() {
    let (shillong, guwahati) = pair();
    assert_eq!(shillong.charter(), guwahati.charter());
    assert_eq!((guwahati.epoch(), guwahati.charter().threshold), (1, 2));
    assert_eq!(shillong.charter().blinding, guwahati.charter().blinding);
    for (here, there) in [(&shillong, &guwahati), (&guwahati, &shillong)] {
        let known = prekey::newest(&here.view, there.unit()).unwrap().unwrap();
        assert_eq!(prekey::secret(&there.view, known.number).unwrap().unwrap().public(), known.key);
    }
    let words = peering::words_input(&shillong.view, guwahati.unit()).unwrap();
    assert!(words.is_some());
    assert_eq!(words, peering::words_input(&guwahati.view, shillong.unit()).unwrap());
    assert!(peering::load(&shillong.view, guwahati.unit()).unwrap().invitation.is_some());
    assert!(joins::pending(&guwahati.view).unwrap().is_none());
}

#[test]
fn the_third_unit_needs_both() {
    let (mut shillong, mut guwahati) = pair();
    let mut kathmandu = Node::new(3, "Partner in Kathmandu");
    shillong.invite(&mut kathmandu);
    assert!(joins::expected_keys(&shillong.view, shillong.now).unwrap().contains(&kathmandu.key().public()));
    assert_eq!(kathmandu.ask(&mut shillong), JoinOutcome::Pending);
    assert_eq!(kathmandu.ask(&mut shillong), JoinOutcome::Pending, "asking again changes nothing");
    assert!(charters::head(&kathmandu.view).unwrap().is_none());

    meet(&mut guwahati, &mut shillong);
    let open = joins::proposals(&guwahati.view).unwrap();
    assert_eq!(open.len(), 1);
    let Proposed::Admit(added) = &open[0].proposed else { panic!("{:?}", open[0].proposed) };
    assert_eq!((added.unit, open[0].proposer, open[0].approved_here), (kathmandu.unit(), shillong.unit(), false));
    assert_eq!(kathmandu.ask(&mut shillong), JoinOutcome::Pending, "seeing a proposal is not a yes");

    let (approved, effects) = guwahati.step(|txn| joins::approve(txn, open[0].hash));
    assert_eq!(approved, Ok(shillong.unit()));
    assert!(effects.sync.contains(&shillong.unit()));
    let request = charter_sync::request(&guwahati.view, shillong.unit()).unwrap().unwrap();
    let from = guwahati.unit();
    let (reply, effects) = shillong.step(|txn| charter_sync::handle_request(txn, from, &request));
    let Some(Gossip::Charter(news)) = effects.gossip.first() else { panic!("the new epoch is not announced") };
    assert!(effects.charter_changed);
    let to = shillong.unit();
    let hears = |node: &mut Node, bytes: &[u8]| node.step(|txn| charter_sync::handle_gossip(txn, to, bytes)).0;
    assert_eq!(hears(&mut guwahati, news), Ok(charter_sync::News::Fetch));
    assert_eq!(hears(&mut guwahati, &news[1..]), Ok(charter_sync::News::Refused));
    // Whoever passed it on may not have had it: it is asked again, but not for ever.
    let again = |node: &mut Node| node.step(follow_up).1.sync.contains(&to);
    assert!((0..TRIES).all(|_| again(&mut guwahati)));
    assert!((0..2).all(|_| !again(&mut guwahati)));
    assert_eq!(hears(&mut guwahati, news), Ok(charter_sync::News::Fetch));
    assert!(again(&mut guwahati), "news heard once more");
    guwahati.step(|txn| charter_sync::handle_reply(txn, to, &reply.unwrap().unwrap())).0.unwrap();
    assert_eq!(hears(&mut guwahati, news), Ok(charter_sync::News::Known));
    assert!((0..2).all(|_| !again(&mut guwahati)), "it is here");

    assert_eq!(kathmandu.ask(&mut shillong), JoinOutcome::Joined);
    for node in [&shillong, &guwahati, &kathmandu] {
        assert_eq!((node.epoch(), node.charter().members.len(), node.charter().threshold), (2, 3, 2));
        assert!(joins::proposals(&node.view).unwrap().is_empty());
        for other in [&shillong, &guwahati, &kathmandu] {
            assert!(prekey::newest(&node.view, other.unit()).unwrap().is_some());
        }
    }
    // These two met through the charter: no invitation enters their words, on either side.
    let words = peering::words_input(&guwahati.view, kathmandu.unit()).unwrap();
    assert!(words.is_some());
    assert_eq!(words, peering::words_input(&kathmandu.view, guwahati.unit()).unwrap());
    assert_eq!(peering::load(&guwahati.view, kathmandu.unit()).unwrap().invitation, None);
}

#[test]
fn a_member_that_was_away_catches_up_page_by_page() {
    let (mut shillong, mut guwahati) = pair();
    // Shillong has moved on by more epochs than a page holds.
    let signers = [(shillong.unit(), shillong.key()), (guwahati.unit(), guwahati.key())];
    for _ in 0..70 {
        let epoch = forge(&super::following(&shillong), &signers);
        shillong.step(|txn| charters::accept(txn, &[epoch])).0.unwrap();
    }
    assert!(pull(&mut guwahati, &mut shillong), "there is more");
    assert_eq!(guwahati.epoch(), 65);
    assert!(!pull(&mut guwahati, &mut shillong));
    assert_eq!(guwahati.charter(), shillong.charter());
}

#[test]
fn two_proposals_of_one_number_do_not_block_each_other() {
    let (mut shillong, mut guwahati) = pair();
    let (mut north, mut south) = (Node::new(3, "AHTU North"), Node::new(4, "AHTU South"));
    shillong.invite(&mut north);
    guwahati.invite(&mut south);
    assert_eq!(north.ask(&mut shillong), JoinOutcome::Pending);
    assert_eq!(south.ask(&mut guwahati), JoinOutcome::Pending);
    for _ in 0..2 {
        meet(&mut shillong, &mut guwahati);
        for node in [&mut shillong, &mut guwahati] {
            for open in joins::proposals(&node.view).unwrap() {
                // Whoever still holds its own proposal has signed that one and cannot sign the other.
                match node.step(|txn| joins::approve(txn, open.hash)).0 {
                    Ok(_) | Err(JoinError::AlreadyVoted) => {}
                    other => panic!("{other:?}"),
                }
            }
        }
        meet(&mut shillong, &mut guwahati);
        for (newcomer, inviter) in [(&mut north, &mut shillong), (&mut south, &mut guwahati)] {
            if joins::pending(&newcomer.view).unwrap().is_some() {
                newcomer.ask(inviter);
            }
        }
    }
    for node in [&shillong, &guwahati] {
        assert_eq!((node.epoch(), node.charter().members.len()), (3, 4));
        assert!(!charters::is_frozen(&node.view).unwrap());
    }
    assert!(joins::pending(&north.view).unwrap().is_none() && joins::pending(&south.view).unwrap().is_none());
}

#[test]
fn a_unit_signs_one_proposal_of_a_number() {
    let (mut shillong, mut guwahati) = pair();
    let (mut north, mut south) = (Node::new(3, "AHTU North"), Node::new(4, "AHTU South"));
    shillong.invite(&mut north);
    assert_eq!(north.ask(&mut shillong), JoinOutcome::Pending);
    meet(&mut guwahati, &mut shillong);
    let hash = joins::proposals(&guwahati.view).unwrap()[0].hash;
    guwahati.step(|txn| joins::approve(txn, hash)).0.unwrap();

    // The same number again, from a Shillong whose disk was set back.
    let mut other = Node::new(1, "AHTU Shillong");
    other.view = before_proposing(&shillong);
    other.invite(&mut south);
    assert_eq!(south.ask(&mut other), JoinOutcome::Pending);
    pull(&mut guwahati, &mut other);
    let second = joins::proposals(&guwahati.view).unwrap()[0].hash;
    assert_ne!(second, hash);
    assert_eq!(guwahati.step(|txn| joins::approve(txn, second)).0, Err(JoinError::AlreadyVoted));
    assert_eq!(guwahati.step(|txn| joins::approve(txn, hash)).0, Err(JoinError::NoProposal));
}

/// Shillong's node as it was before it proposed anything.
fn before_proposing(shillong: &Node) -> crate::machine::MemoryView {
    let mut view = shillong.view.clone();
    let stale: Vec<_> = view
        .rows()
        .filter(|(table, key, ..)| *table == crate::machine::Table::JOINING && matches!(key.first(), Some(b'p' | b'v' | b'i')))
        .map(|(table, key, ..)| crate::machine::Write { table, key: key.to_vec(), value: None })
        .collect();
    view.apply(&stale);
    view
}

#[test]
fn an_invitation_is_for_one_unit_once_and_for_a_day() {
    let mut shillong = Node::founder(1, "AHTU Shillong");
    let (mut guwahati, mut eve) = (Node::new(2, "AHTU Guwahati"), Node::new(9, "Eve"));
    let text = shillong.step(|txn| joins::invite(txn, &guwahati.created.genesis_text)).0.unwrap();

    assert_eq!(eve.step(|txn| joins::accept_invitation(txn, &text)).0, Err(JoinError::OtherUnit));
    guwahati.now = guwahati.now.plus(24 * HOUR + 1);
    let late = guwahati.step(|txn| joins::accept_invitation(txn, &text)).0;
    assert_eq!(late, Err(JoinError::Invitation(InvitationError::Expired)));
    guwahati.now = super::NOON;
    guwahati.step(|txn| joins::accept_invitation(txn, &text)).0.unwrap();

    let request = joins::join_request(&guwahati.view).unwrap();
    let (guwahati_key, eve_key) = (guwahati.key().public(), eve.key().public());
    let ask = |shillong: &mut Node, from, request: &[u8]| {
        let reply = shillong.step(|txn| joins::handle_request(txn, from, request)).0.unwrap();
        wire::decode::<JoinReply>(&reply, joins::JOIN_REPLY_MAX).unwrap()
    };
    // Over another transport key, and for Eve under Guwahati's invitation.
    assert_eq!(ask(&mut shillong, eve_key, &request), JoinReply::Refused(RefusalCode::Malformed));
    let theirs = eve_request(&mut eve, &request, &shillong);
    assert_eq!(ask(&mut shillong, eve_key, &theirs), JoinReply::Refused(RefusalCode::Unknown));
    // Too late at the inviter.
    shillong.now = super::NOON.plus(24 * HOUR + 1);
    assert_eq!(ask(&mut shillong, guwahati_key, &request), JoinReply::Refused(RefusalCode::Expired));
    shillong.now = super::NOON;
    assert_eq!(shillong.epoch(), 0);

    assert!(matches!(ask(&mut shillong, guwahati_key, &request), JoinReply::Joined(_)));
    // The same request again gives the same answer; another one under the used invitation gives none.
    assert!(matches!(ask(&mut shillong, guwahati_key, &request), JoinReply::Joined(_)));
    guwahati.step(|txn| joins::accept_invitation(txn, &text)).0.unwrap();
    let again = joins::join_request(&guwahati.view).unwrap();
    assert_ne!(again, request);
    assert_eq!(ask(&mut shillong, guwahati_key, &again), JoinReply::Refused(RefusalCode::Unknown));
    assert_eq!(shillong.epoch(), 1);
}

/// Eve's own request under the invitation that another unit's request names.
fn eve_request(eve: &mut Node, request: &[u8], inviter: &Node) -> Vec<u8> {
    let invitation = crate::crypto::Signed::<joins::JoinRequest>::from_bytes(request.to_vec()).stored().unwrap().invitation;
    let own = own::load(&eve.view).unwrap();
    let federation = inviter.federation();
    let statement = eve.step(|txn| prekey::issue(txn, &own, federation)).0.unwrap();
    let request = joins::JoinRequest { invitation, genesis: own.genesis.clone(), data: own.data(), prekey: statement };
    crate::crypto::Signed::sign(&request, &own.key()).as_bytes().to_vec()
}

#[test]
fn nobody_is_invited_twice_or_by_itself_or_into_nothing() {
    let (mut shillong, mut guwahati) = pair();
    let member = guwahati.created.genesis_text.clone();
    assert_eq!(shillong.step(|txn| joins::invite(txn, &member)).0, Err(JoinError::MemberAlready));
    let own = shillong.created.genesis_text.clone();
    assert_eq!(shillong.step(|txn| joins::invite(txn, &own)).0, Err(JoinError::OwnGenesis));
    let mut alone = Node::new(3, "AHTU Imphal");
    assert_eq!(alone.step(|txn| joins::invite(txn, &member)).0, Err(JoinError::NotAMember));
    assert_eq!(joins::join_request(&alone.view), Err(JoinError::NothingPending));

    let text = shillong.step(|txn| joins::invite(txn, &alone.created.genesis_text)).0.unwrap();
    assert_eq!(guwahati.step(|txn| joins::accept_invitation(txn, &text)).0, Err(JoinError::AlreadyMember));
    // A second invitation makes the first, unused one worthless.
    alone.step(|txn| joins::accept_invitation(txn, &text)).0.unwrap();
    shillong.step(|txn| joins::invite(txn, &alone.created.genesis_text)).0.unwrap();
    assert_eq!(alone.ask(&mut shillong), JoinOutcome::Refused(RefusalCode::Unknown));
}

#[test]
fn a_welcome_that_the_invitation_does_not_fit_leaves_nothing_behind() {
    let mut shillong = Node::founder(1, "AHTU Shillong");
    let (mut guwahati, mut eve) = (Node::new(2, "AHTU Guwahati"), Node::founder(9, "Eve"));
    shillong.invite(&mut guwahati);
    let real = shillong.charter();
    let newcomer = guwahati.unit();

    // Eve's own federation under the id of the real one, with the inviter and the newcomer in it.
    let own_of_guwahati = own::load(&guwahati.view).unwrap();
    let joined = super::super::member::Member::new(
        newcomer,
        own_of_guwahati.name.clone(),
        own_of_guwahati.data(),
        own_of_guwahati.public(),
        super::NOON,
    );
    let mut members = vec![eve.charter().members[0].clone()];
    let founding = Charter {
        federation: real.federation,
        members: BoundedVec::new(members.clone()).unwrap(),
        blinding: None,
        ..real.clone()
    };
    let zero = forge(&founding, &[(eve.unit(), eve.key())]);
    members.extend([real.members[0].clone(), joined]);
    members.sort_by_key(|member| member.unit);
    let next =
        Charter { epoch: 1, previous: Some(zero.hash()), members: BoundedVec::new(members).unwrap(), threshold: 2, ..founding };
    let one = forge(&next, &[(eve.unit(), eve.key())]);
    let epochs = vec![zero, one];
    // The chain in itself is in order: only the invitation tells that it is not the right one.
    let mut bystander = Node::new(8, "AHTU Imphal");
    assert_eq!(bystander.step(|txn| charters::accept(txn, &epochs)).0, Ok(charters::Accepted::Advanced));

    let welcome = Welcome { epochs: BoundedVec::new(epochs).unwrap(), prekeys: BoundedVec::default() };
    let reply = wire::encode(&JoinReply::Joined(welcome));
    let before = guwahati.view.clone();
    let (outcome, effects) = guwahati.step(|txn| joins::handle_reply(txn, &reply));
    assert_eq!(outcome, Err(JoinError::Reply));
    assert!(effects.writes.is_empty() && !effects.incidents.is_empty());
    assert!(guwahati.view.rows().eq(before.rows()));
    assert_eq!(guwahati.step(|txn| joins::handle_reply(txn, &reply[1..])).0, Err(JoinError::Reply));

    // The true answer is still taken.
    assert_eq!(guwahati.ask(&mut shillong), JoinOutcome::Joined);
    // And an invitation of Eve's in the inviter's name is none.
    let forged = eve.step(|txn| joins::invite(txn, &Node::new(5, "AHTU Aizawl").created.genesis_text)).0.unwrap();
    assert!(invitation::parse_text(&forged, super::NOON).is_ok_and(|(_, checked)| checked.inviter.unit == eve.unit()));
}

#[test]
fn a_proposal_must_be_exactly_one_newcomer_who_asked() {
    let (mut shillong, mut guwahati) = pair();
    let mut kathmandu = Node::new(3, "Partner in Kathmandu");
    shillong.invite(&mut kathmandu);
    kathmandu.ask(&mut shillong);
    let request = charter_sync::request(&shillong.view, guwahati.unit()).unwrap().unwrap();
    let from = shillong.unit();
    let mut whole = Node { view: guwahati.view.clone(), ..Node::new(2, "AHTU Guwahati") };
    whole.step(|txn| charter_sync::handle_request(txn, from, &request)).0.unwrap().unwrap();
    let good = joins::proposals(&whole.view).unwrap();
    assert_eq!(good.len(), 1);
    // Bits all over the offer, hash and inner request included. What stands before it says only what the sender has.
    let (mut refused, mut tried) = (0, 0);
    let offer = request.windows(32).position(|part| part == good[0].hash.as_bytes()).unwrap();
    for bit in (offer * 8..request.len() * 8).step_by(31) {
        let mut spoilt = request.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        let mut node = Node { view: guwahati.view.clone(), ..Node::new(2, "AHTU Guwahati") };
        node.step(|txn| charter_sync::handle_request(txn, from, &spoilt)).0.unwrap();
        let found = joins::proposals(&node.view).unwrap();
        assert!(found.is_empty() || found == good, "bit {bit} made another proposal");
        tried += 1;
        refused += usize::from(found.is_empty());
    }
    assert!(refused * 100 > tried * 95, "{refused} of {tried} refused");
    // A stranger is not heard at all.
    let stranger = kathmandu.unit();
    assert_eq!(guwahati.step(|txn| charter_sync::handle_request(txn, stranger, &request)).0, Ok(None));
}
