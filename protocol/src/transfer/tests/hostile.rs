//! An owner that hands one case to two, and peers that send what is not theirs to send.
//! Each leaves the honest units as they were, or frozen and with the proof.

use super::super::messages::{FromOwner, Handing, Named, Part, ToOwner, TransferOffer};
use super::super::{GivenState, TakenState, TransferRefusal, accept, decide, decline};
use super::{GIRL, HANDED, MAN, SHARED, SISTER, everybody, folded, give, last_incident, offer, owner, say_yes, write};
use crate::bounded::BoundedVec;
use crate::caselog::{LogRefusal, append, case_row, rival};
use crate::crypto::Signed;
use crate::envelope::{Kind, outbox};
use crate::federation::own;
use crate::ids::{CaseId, EntryHash, TransferId, UnitId};
use crate::machine::{Scope, Table, ViewError};
use crate::testing::World;
use crate::testing::drafts::{self, note, text};
use crate::wire;

/// Guwahati hands the case to Shillong, and then, from the same number, to Kathmandu.
fn twice() -> (World, CaseId) {
    let (mut world, case, _) = SHARED.clone();
    let before = world["guwahati"].view.clone();
    offer(&mut world, case, "shillong").unwrap();
    // Kathmandu hears nothing of the recall: that is part of the trick.
    world.offline("kathmandu");
    say_yes(&mut world, case, "shillong");
    world.put_back("guwahati", before);
    world.offline("shillong");
    world.online("kathmandu");
    offer(&mut world, case, "kathmandu").unwrap();
    say_yes(&mut world, case, "kathmandu");
    world.online("shillong");
    let ids = (owner(&world, "shillong", case), owner(&world, "kathmandu", case));
    assert_eq!(ids, (world["shillong"].id, world["kathmandu"].id));
    (world, case)
}

#[test]
fn two_transfers_from_one_number_freeze_the_case_until_a_person_decides() {
    let (mut world, case) = twice();
    give(&mut world, "shillong", case, "imphal");
    assert_eq!(owner(&world, "imphal", case), world["shillong"].id);
    let request = drafts::request(case, world["imphal"].id, &[GIRL, MAN], world.now.plus(crate::time::DAY));
    let second = world.act("kathmandu", |txn| crate::sharing::create(txn, request)).unwrap();
    world.settle();

    let row = case_row(&world["imphal"].view, case).unwrap().unwrap();
    assert!(row.disputed && row.is_frozen() && row.owner == world["shillong"].id, "nobody is believed over the other");
    assert_eq!(rival(&world["imphal"].view, case).unwrap(), Some(world["kathmandu"].id));
    assert_eq!(world["imphal"].count(Table::PROOFS), 1, "the two entries are kept");
    let saved = world.act("imphal", |txn| append(txn, case, &note(drafts::id(70), "?"), &drafts::author("Officer")));
    assert!(matches!(saved, Err(LogRefusal::Frozen)));
    // Updates of either wait.
    write(&mut world, "shillong", case, &[text(MAN, "person", "father", "Karim")]);
    assert!(folded(&world, "imphal", case).entity("person", MAN).unwrap().text("father").is_empty());

    // By one decision or the other the case goes on.
    for (chosen, father) in [("shillong", "Karim"), ("kathmandu", "")] {
        let mut world = world.clone();
        let unit = world[chosen].id;
        world.act("imphal", |txn| decide(txn, case, unit)).unwrap();
        world.settle();
        let row = case_row(&world["imphal"].view, case).unwrap().unwrap();
        assert!(!row.is_frozen() && row.owner == unit, "{chosen}");
        assert_eq!(folded(&world, "imphal", case).entity("person", MAN).unwrap().text("father"), father, "{chosen}");
        if chosen == "kathmandu" {
            world.act("imphal", |txn| crate::sharing::accept(txn, second)).unwrap();
            world.settle();
            write(&mut world, "kathmandu", case, &[text(MAN, "person", "mother", "Rahima")]);
            assert_eq!(folded(&world, "imphal", case).entity("person", MAN).unwrap().text("mother"), "Rahima");
        }
        let stranger = world["guwahati"].id;
        let again = world.act("imphal", |txn| decide(txn, case, stranger));
        assert!(matches!(again, Err(TransferRefusal::NotDisputed)));
    }
}

#[test]
fn one_of_the_two_owners_that_hears_of_the_other_freezes_its_case() {
    let (mut world, case) = twice();
    let request = drafts::request(case, world["shillong"].id, &[GIRL, MAN], world.now.plus(crate::time::DAY));
    world.act("kathmandu", |txn| crate::sharing::create(txn, request)).unwrap();
    world.settle();
    assert!(case_row(&world["shillong"].view, case).unwrap().unwrap().is_frozen());
    let saved = world.act("shillong", |txn| append(txn, case, &note(drafts::id(70), "?"), &drafts::author("Officer")));
    assert!(matches!(saved, Err(LogRefusal::Frozen)));
    let shillong = world["shillong"].id;
    world.act("shillong", |txn| decide(txn, case, shillong)).unwrap();
    write(&mut world, "shillong", case, &note(drafts::id(70), "we go on"));
}

#[test]
fn a_case_whose_owner_signed_two_histories_of_it_is_not_taken_and_can_be_declined() {
    let (mut world, case, _) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    let mut row = case_row(&world["shillong"].view, case).unwrap().unwrap();
    row.frozen_for.insert(row.owner);
    world
        .act("shillong", |txn| {
            txn.put(case.as_bytes(), Scope::Master, &row);
            Ok::<_, ViewError>(())
        })
        .unwrap();
    let said = world.act("shillong", |txn| accept(txn, case, &drafts::author("Officer Lyngdoh")));
    assert!(
        matches!(said, Err(TransferRefusal::Contradicted)),
        "what came after the yes would be refused, and nobody would own it"
    );
    world.act("shillong", |txn| decline(txn, case, "two histories")).unwrap();
    world.settle();
    assert_eq!(super::states(&world, case), (GivenState::Declined, TakenState::Declined));
}

fn send(world: &mut World, from: &str, to: &str, kind: Kind, payload: Vec<u8>) {
    let to = world[to].id;
    world.act(from, |txn| outbox::queue(txn, to, kind, payload, None)).unwrap();
    world.settle();
}

fn forged(world: &World, signer: &str, case: CaseId, change: impl FnOnce(&mut TransferOffer)) -> Vec<u8> {
    let mut offer = TransferOffer {
        id: TransferId([1; 16]),
        case,
        share: SHARED.2,
        from: world["guwahati"].id,
        to: world["shillong"].id,
        persons: BoundedVec::new(everybody(&[GIRL, MAN, SISTER])).unwrap(),
        items: BoundedVec::default(),
        at: world.now,
    };
    change(&mut offer);
    let key = own::load(&world[signer].view).unwrap().key();
    wire::encode(&FromOwner::Offer(Signed::sign(&offer, &key)))
}

#[test]
fn offers_that_are_not_the_owners_are_refused() {
    let (world, case, _) = SHARED.clone();
    type Change = fn(&mut TransferOffer, UnitId);
    let cases: [(&str, &str, Change, &str); 5] = [
        ("kathmandu", "kathmandu", |_, _| {}, "offered a case between other units"),
        ("kathmandu", "guwahati", |_, _| {}, "offered a case by a signature that does not hold"),
        (
            "kathmandu",
            "kathmandu",
            |offer, me| offer.from = me,
            "offered a case that is not worked on here under a share of its own",
        ),
        ("guwahati", "guwahati", |offer, me| offer.to = me, "offered a case between other units"),
        (
            "guwahati",
            "guwahati",
            |offer, _| offer.case = CaseId([7; 32]),
            "offered a case that is not worked on here under a share of its own",
        ),
    ];
    for (sender, signer, change, why) in cases {
        let mut world = world.clone();
        let before = world["shillong"].state();
        let me = world[sender].id;
        let payload = forged(&world, signer, case, |offer| change(offer, me));
        send(&mut world, sender, "shillong", Kind::Transfer, payload);
        assert_eq!(last_incident(&world, "shillong"), why);
        assert!(world["shillong"].state() == before, "{why}");
    }
}

#[test]
fn a_case_that_nobody_asked_for_is_not_taken() {
    let (mut world, case, _) = SHARED.clone();
    let named = Named { id: TransferId([1; 16]), case };
    let handing = Handing { named, parts: 0, last: EntryHash([1; 32]), receivers: Vec::new(), kept: 0 };
    let part = Part { named: Some(named), ..Part::default() };
    for message in [FromOwner::Handing(handing.clone()), FromOwner::Part(part)] {
        let before = world["shillong"].state();
        send(&mut world, "guwahati", "shillong", Kind::Transfer, wire::encode(&message));
        assert!(world["shillong"].state() == before);
        assert!(last_incident(&world, "shillong").contains("not asked for"));
    }
    // Said yes, and then handed nothing that says so.
    let id = offer(&mut world, case, "shillong").unwrap();
    world.offline("guwahati");
    say_yes(&mut world, case, "shillong");
    let named = Named { id, case };
    let message = FromOwner::Handing(Handing { named, ..handing });
    let received = crate::envelope::Received::by_hand(world["guwahati"].id, 900, Kind::Transfer, wire::encode(&message));
    let taken =
        world.act("shillong", |txn| super::super::offered(txn, &received).map_err(|_| crate::machine::ViewError(String::new())));
    assert_eq!(taken, Ok(crate::sharing::Taken::Refused("handed over a case by an entry that does not say so")));
    assert_eq!(case_row(&world["shillong"].view, case).unwrap().unwrap().owner, world["guwahati"].id);
}

#[test]
fn nobody_answers_for_another_unit() {
    let (mut world, case, _) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    world.offline("guwahati");
    say_yes(&mut world, case, "shillong");
    // Kathmandu signs a yes of its own for the same offer.
    let id = super::received(&world["shillong"].view, case).unwrap().unwrap().row.id;
    let said = super::super::TransferAnswer {
        id,
        case,
        from: world["guwahati"].id,
        to: world["kathmandu"].id,
        accepted: true,
        at: world.now,
    };
    let key = own::load(&world["kathmandu"].view).unwrap().key();
    let answer =
        super::super::messages::Answer { answer: Signed::sign(&said, &key), reason: crate::bounded::BoundedText::default() };
    world.offline("shillong");
    world.online("guwahati");
    send(&mut world, "kathmandu", "guwahati", Kind::TransferReply, wire::encode(&ToOwner::Answer(answer)));
    assert_eq!(last_incident(&world, "guwahati"), "answered an offer that it was not made");
    assert_eq!(owner(&world, "guwahati", case), world["guwahati"].id);
}

#[test]
fn a_former_owner_can_neither_share_nor_offer_the_case() {
    let (mut world, case) = HANDED.clone();
    let request = drafts::request(case, world["imphal"].id, &[GIRL], world.now.plus(crate::time::DAY));
    let shared = world.act("guwahati", |txn| crate::sharing::create(txn, request));
    assert!(matches!(shared, Err(crate::sharing::ShareRefusal::NotOwner)));
    // Put back to before, it can sign; whoever follows the line does not believe it.
    give(&mut world, "shillong", case, "imphal");
    let (old, ..) = SHARED.clone();
    world.put_back("guwahati", old["guwahati"].view.clone());
    let request = drafts::request(case, world["imphal"].id, &[GIRL], world.now.plus(crate::time::DAY));
    world.act("guwahati", |txn| crate::sharing::create(txn, request)).unwrap();
    world.settle();
    assert!(world["imphal"].incidents.iter().any(|incident| incident.what.contains("another unit owns")));
    assert_eq!(owner(&world, "imphal", case), world["shillong"].id);
}
