//! What people here are told when a case cannot be handed over.
//! What peers do wrong is in `hostile`.

use super::super::{Request, TransferRefusal, accept, decline, propose, withdraw};
use super::{GIRL, MAN, SHARED, SISTER, everybody, offer};
use crate::sharing::{self, ShareRefusal};
use crate::testing::World;
use crate::testing::drafts;

fn refusal(world: &mut World, request: Request) -> TransferRefusal {
    let before = world["guwahati"].state();
    let refused = world.act("guwahati", |txn| propose(txn, request, &drafts::author("Officer Das"))).unwrap_err();
    assert_eq!(world["guwahati"].state(), before);
    refused
}

#[test]
fn a_case_goes_whole_or_not_at_all() {
    let (mut world, case, _) = SHARED.clone();
    let to = world["shillong"].id;
    let request = Request { case, to, persons: everybody(&[GIRL, MAN]) };
    assert!(matches!(refusal(&mut world, request), TransferRefusal::Persons));
    let mut persons = everybody(&[GIRL, MAN, SISTER]);
    persons[0].reason = crate::bounded::BoundedText::default();
    let request = Request { case, to, persons };
    assert!(matches!(refusal(&mut world, request), TransferRefusal::Share(ShareRefusal::Reason)));
}

#[test]
fn only_a_unit_that_works_on_it_can_become_its_owner() {
    let (mut world, case, share) = SHARED.clone();
    let all = || everybody(&[GIRL, MAN, SISTER]);
    let request = Request { case, to: world["imphal"].id, persons: all() };
    assert!(matches!(refusal(&mut world, request), TransferRefusal::NoActiveShare));
    world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    world.settle();
    let request = Request { case, to: world["shillong"].id, persons: all() };
    assert!(matches!(refusal(&mut world, request), TransferRefusal::NoActiveShare));
}

#[test]
fn a_unit_whose_key_nobody_has_compared_is_offered_nothing() {
    let (mut world, case, _) = SHARED.clone();
    let to = world["shillong"].id;
    let peer = crate::federation::peering::Peer {
        words_there: None,
        ..crate::federation::peering::load(&world["guwahati"].view, to).unwrap()
    };
    world
        .act("guwahati", |txn| {
            txn.put(to.as_bytes(), crate::machine::Scope::Master, &peer);
            Ok::<_, crate::machine::ViewError>(())
        })
        .unwrap();
    let request = Request { case, to, persons: everybody(&[GIRL, MAN, SISTER]) };
    assert!(matches!(refusal(&mut world, request), TransferRefusal::Share(ShareRefusal::Peer(_))));
}

#[test]
fn one_offer_at_a_time_and_answers_only_to_an_open_one() {
    let (mut world, case, _) = SHARED.clone();
    assert!(matches!(world.act("guwahati", |txn| withdraw(txn, case)), Err(TransferRefusal::NoOffer)));
    assert!(matches!(world.act("shillong", |txn| decline(txn, case, "no")), Err(TransferRefusal::NoOffer)));
    offer(&mut world, case, "shillong").unwrap();
    assert!(matches!(offer(&mut world, case, "kathmandu"), Err(TransferRefusal::Underway)));
    assert!(matches!(world.act("shillong", |txn| decline(txn, case, " ")), Err(TransferRefusal::Reason)));
    let author = drafts::author("Officer");
    assert!(matches!(world.act("kathmandu", |txn| accept(txn, case, &author)), Err(TransferRefusal::NoOffer)));
}

#[test]
fn the_offer_goes_with_the_share_it_lies_under() {
    let (mut world, case, share) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    world.settle();
    let author = drafts::author("Officer Lyngdoh");
    assert!(matches!(world.act("shillong", |txn| accept(txn, case, &author)), Err(TransferRefusal::NoOffer)));
}

#[test]
fn only_the_owner_offers() {
    let (mut world, case) = super::HANDED.clone();
    let request = Request { case, to: world["shillong"].id, persons: everybody(&[GIRL, MAN, SISTER]) };
    let refused = refusal(&mut world, request);
    assert!(matches!(refused, TransferRefusal::NoActiveShare), "its share ended when the case went: {refused}");
}
