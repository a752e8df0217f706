//! Ending with a unit: all at once, by whoever may end each part of it, and told as it is.
//! Rows in memory; what an end does on the other side is tested in the protocol.

use super::two_persons::{GUWAHATI, SHILLONG, entered, person};
use crate::access::{Actor, Role};
use crate::service::ServiceError;
use crate::service::model::{PeerView, ShareRequest};
use crate::service::peer_end::end;
use crate::service::peer_view::{Around, peer};
use crate::service::share_request::read;
use crate::service::units::Units;
use icmc_protocol::federation::{charter, joining, peering};
use icmc_protocol::ids::{ShareId, UnitId};
use icmc_protocol::sharing;
use icmc_protocol::testing::World;
use icmc_protocol::time::HOUR;
use serde_json::json;
use std::collections::BTreeSet;

/// A case of Guwahati, shared with Shillong and accepted there.
fn shared() -> (World, ShareId) {
    let (mut world, case, girl) = entered();
    let request: ShareRequest = serde_json::from_value(json!({
        "case": case, "to": world[SHILLONG].id,
        "persons": [{ "entity": girl, "basis": "law_enforcement", "reason": "Both inquire into the same report." }],
        "sections": ["identity"], "classes": ["S", "B", "I"], "rights": "read",
        "purpose": "investigation", "handling": "H2", "onward": "none", "days": 30
    }))
    .unwrap();
    let share = world.act(GUWAHATI, |txn| {
        let share = read(&request, Units::load(txn)?.own, txn.now).map_err(ServiceError::Fields)?;
        Ok::<_, ServiceError>(sharing::create(txn, share)?)
    });
    let share = share.unwrap();
    world.settle();
    world.act(SHILLONG, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    (world, share)
}

fn seen(world: &mut World, here: &str, of: &str) -> PeerView {
    let unit = world[of].id;
    let look = |txn: &mut icmc_protocol::machine::Txn<'_>| {
        let member = charter::member(txn, unit)?.unwrap();
        peer(txn, &member, &BTreeSet::new(), &Around::load(txn)?)
    };
    world.act(here, look).unwrap()
}

#[test]
fn what_a_page_tells_of_a_unit_is_how_it_stands() {
    let (mut world, _) = shared();
    let before = seen(&mut world, GUWAHATI, SHILLONG);
    assert_eq!((before.shares_out, before.shares_in, before.waiting_out, before.waiting_in), (1, 0, 0, 0));
    assert_eq!((before.clock_ahead, before.paused, before.met), (Some(0), None, "invitation"));
    assert_eq!(before.version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(seen(&mut world, SHILLONG, GUWAHATI).shares_in, 1);
    let (since, shillong) = (world.now, world[SHILLONG].id);
    world.act(GUWAHATI, |txn| peering::pause(txn, shillong, true)).unwrap();
    world.act(GUWAHATI, |txn| sharing::announce_state(txn, shillong)).unwrap();
    let after = seen(&mut world, GUWAHATI, SHILLONG);
    assert_eq!((after.paused, after.waiting_out, after.oldest_out), (Some(since), 1, Some(since)));
}

#[test]
fn ending_recalls_and_pauses_and_asks_the_others_if_it_is_to() {
    let (mut world, share) = shared();
    let (guwahati, shillong) = (world[GUWAHATI].id, world[SHILLONG].id);
    let refused = |world: &mut World, by: &Actor, unit: UnitId| world.act(GUWAHATI, |txn| end(txn, by, unit, true));
    let officer = Actor { role: Role::Officer, ..person(1, "Meera Das") };
    assert!(matches!(refused(&mut world, &officer, shillong), Err(ServiceError::Forbidden(_))));
    // Whoever looks after units but sees no case cannot end what is shared of cases.
    let admin = Actor { role: Role::Administrator, ..person(1, "Meera Das") };
    assert!(refused(&mut world, &admin, shillong).is_err());
    let nodal = person(1, "Meera Das");
    for nobody in [guwahati, UnitId([3; 32])] {
        assert!(matches!(refused(&mut world, &nodal, nobody), Err(ServiceError::NotFound)));
    }
    assert_eq!(seen(&mut world, GUWAHATI, SHILLONG).shares_out, 1, "nothing happened yet");

    world.act(GUWAHATI, |txn| end(txn, &nodal, shillong, true)).unwrap();
    world.settle();
    assert!(!world[SHILLONG].holds("Anjali"));
    let given = sharing::outgoing_list(&world[GUWAHATI].view, |_| true).unwrap();
    assert!(given.iter().any(|(id, row)| *id == share && row.receipt.is_some()));
    let after = seen(&mut world, GUWAHATI, SHILLONG);
    assert_eq!((after.shares_out, after.paused.is_some()), (0, true));
    assert_eq!(joining::proposals(&world[GUWAHATI].view).unwrap().len(), 1);
    // Twice is once.
    world.advance(HOUR);
    world.act(GUWAHATI, |txn| end(txn, &nodal, shillong, false)).unwrap();
    world.act(GUWAHATI, |txn| end(txn, &nodal, shillong, true)).unwrap();
    assert_eq!(joining::proposals(&world[GUWAHATI].view).unwrap().len(), 1);
}
