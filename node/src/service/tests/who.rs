//! Who has what of a case beside its shares, what waits for an answer, and what a hold keeps: invented units in memory.
//! Rows in memory; what units do to each other is tested in the protocol.

use super::two_persons::{GUWAHATI, SHILLONG, entered, person};
use crate::service::ServiceError;
use crate::service::decisions::{agree, ask as ask_second};
use crate::service::messages::unread;
use crate::service::model::{DecisionRequest, ShareRequest, WhoSees};
use crate::service::share_request::read;
use crate::service::units::Units;
use crate::service::who::who_sees;
use icmc_protocol::bounded::{BoundedText, BoundedVec};
use icmc_protocol::caselog::Author;
use icmc_protocol::ids::{CaseId, EntityId, ShareId};
use icmc_protocol::requests::{self, Asked, Check, VerificationRequest};
use icmc_protocol::sharing::{self, Basis, Handling, Purpose, SharePerson};
use icmc_protocol::testing::World;
use icmc_protocol::time::DAY;
use icmc_protocol::transfer::{self, GivenState};
use serde_json::json;

fn give(world: &mut World, case: CaseId, girl: EntityId) -> ShareId {
    let request: ShareRequest = serde_json::from_value(json!({
        "case": case, "to": world[SHILLONG].id,
        "persons": [{ "entity": girl, "basis": "law_enforcement", "reason": "Both inquire into the same report." }],
        "sections": ["identity"], "classes": ["S", "B", "I"], "rights": "contribute",
        "purpose": "investigation", "handling": "H2", "onward": "none", "days": 30
    }))
    .unwrap();
    let made = world.act(GUWAHATI, |txn| {
        let share = read(&request, Units::load(txn)?.own, txn.now).map_err(ServiceError::Fields)?;
        Ok::<_, ServiceError>(sharing::create(txn, share)?)
    });
    made.unwrap()
}

fn who(world: &World, unit: &str, case: CaseId) -> WhoSees {
    who_sees(&world[unit].view, case, world.now).unwrap()
}

fn offer(world: &mut World, case: CaseId, girl: EntityId) -> Result<(), ServiceError> {
    let reason = BoundedText::new("the case moves to the district of the home (invented)").unwrap();
    let persons = vec![SharePerson { entity: girl, basis: Basis::LawEnforcement, reason }];
    let wanted = transfer::Request { case, to: world[SHILLONG].id, persons };
    world.act(GUWAHATI, |txn| {
        transfer::propose(txn, wanted, &Author { name: "Meera Das".to_owned() })?;
        Ok::<_, ServiceError>(())
    })?;
    world.settle();
    Ok(())
}

#[test]
fn a_former_owner_keeps_its_copy_and_both_units_are_told() {
    let (mut world, case, girl) = entered();
    let share = give(&mut world, case, girl);
    world.settle();
    world.act(SHILLONG, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    assert!(who(&world, GUWAHATI, case).kept_by.is_empty());
    offer(&mut world, case, girl).unwrap();
    world.act(SHILLONG, |txn| transfer::accept(txn, case, &Author { name: "Officer Lyngdoh".to_owned() })).unwrap();
    world.settle();
    for unit in [GUWAHATI, SHILLONG] {
        let who = who(&world, unit, case);
        assert_eq!(who.owner.own, unit == SHILLONG);
        let [kept] = who.kept_by.as_slice() else { panic!("{unit}") };
        assert_eq!((kept.unit.id, kept.unit.own, kept.until.is_some()), (world[GUWAHATI].id, unit == GUWAHATI, true));
    }
    let [given] = who(&world, GUWAHATI, case).units.try_into().unwrap_or_else(|_| panic!("its own share is told"));
    assert_eq!((given.share.id, given.share.state, given.awaits_answer), (share, "transferred", false));
}

#[test]
fn whoever_was_asked_to_check_something_was_told_something() {
    let (mut world, case, girl) = entered();
    let asked = Asked {
        case,
        person: girl,
        reason: BoundedText::new("FIR 12 of 2026, invented").unwrap(),
        to: world[SHILLONG].id,
        request: VerificationRequest {
            id: ShareId([0; 16]),
            name: BoundedText::new("Anjali").unwrap(),
            address: BoundedText::new("Lane 7, Umsning (invented)").unwrap(),
            district: BoundedText::default(),
            checks: BoundedVec::new(vec![Check::Address]).unwrap(),
            question: BoundedText::default(),
            basis: Basis::LawEnforcement,
            purpose: Purpose::Verification,
            handling: Handling::H2,
            due: world.now.plus(7 * DAY),
            expires: world.now,
        },
    };
    let id = world.act(GUWAHATI, |txn| requests::ask(txn, asked)).unwrap();
    world.settle();
    let [one] = who(&world, GUWAHATI, case).asked.try_into().unwrap_or_else(|_| panic!("it is told"));
    assert_eq!((one.id, one.to.id, one.person, one.held), (id, world[SHILLONG].id, girl, true));
    assert_eq!((one.told, one.display.as_str()), (vec!["name", "address"], "Anjali Tamang"));
    // Nobody has read what the other says about it, until somebody has.
    world.act(SHILLONG, |txn| requests::say(txn, id, "Which of the two lanes?")).unwrap();
    world.settle();
    let by = person(1, "Meera Das");
    let waiting = |world: &mut World| world.act(GUWAHATI, |txn| unread(txn, &by)).unwrap();
    let [new] = waiting(&mut world).try_into().unwrap_or_else(|_| panic!("one thread"));
    assert_eq!((new.about, new.request, new.from.id, new.count), (id, true, world[SHILLONG].id, 1));
    world.act(GUWAHATI, |txn| requests::seen(txn, id)).unwrap();
    assert!(waiting(&mut world).is_empty());
    world.act(GUWAHATI, |txn| requests::close(txn, id)).unwrap();
    assert!(who(&world, GUWAHATI, case).asked[0].held, "the other unit has not shown yet that it is destroyed");
    world.settle();
    let after = who(&world, GUWAHATI, case).asked.remove(0);
    assert!(!after.held && after.receipt_at.is_some());
}

#[test]
fn an_answer_is_waited_for_only_where_there_is_something_to_destroy() {
    let (mut world, case, girl) = entered();
    let awaits = |world: &World| who(world, GUWAHATI, case).units[0].awaits_answer;
    // It expires while it still lies here.
    let mut away = world.clone();
    away.offline(SHILLONG);
    give(&mut away, case, girl);
    away.settle();
    away.advance(31 * DAY);
    assert_eq!((who(&away, GUWAHATI, case).units[0].share.state, awaits(&away)), ("expired", false));
    // Delivered, and out of reach when its time is over: nobody has shown yet that it is destroyed.
    let share = give(&mut world, case, girl);
    world.settle();
    world.offline(SHILLONG);
    world.advance(31 * DAY);
    assert_eq!((who(&world, GUWAHATI, case).units[0].share.state, awaits(&world)), ("expired", true));
    world.online(SHILLONG);
    assert!(!awaits(&world), "the receipt came");
    assert!(
        sharing::outgoing_of(&world[GUWAHATI].view, case).unwrap().iter().any(|(id, row)| *id == share && row.receipt.is_some())
    );
}

#[test]
fn a_hold_takes_an_open_offer_back() {
    let (mut world, case, girl) = entered();
    let share = give(&mut world, case, girl);
    world.settle();
    world.act(SHILLONG, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    offer(&mut world, case, girl).unwrap();
    let wish: DecisionRequest =
        serde_json::from_value(json!({ "what": "hold", "reason": "An invented appeal", "days": 9 })).unwrap();
    let id = world.act(GUWAHATI, |txn| ask_second(txn, &person(1, "Meera Das"), case, &wish)).unwrap();
    let state = |world: &World| transfer::given(&world[GUWAHATI].view, case).unwrap().unwrap().state;
    assert_eq!(state(&world), GivenState::Proposed, "one person alone changes nothing");
    world.act(GUWAHATI, |txn| agree(txn, &person(2, "Meera Das"), case, id)).unwrap();
    assert_eq!(state(&world), GivenState::Withdrawn);
}
