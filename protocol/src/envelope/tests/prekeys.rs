//! Prekeys over months: made each week, deleted on time, fetched after an absence. Guwahati and Shillong, and Kathmandu who is away.
//! Not who may sign a prekey: see `federation`.

use super::{Answer, Kind, PAIR, answer, body, outcome, receive, seal, sign};
use crate::envelope::outbox::{self, HeldBack};
use crate::envelope::{Body, Outcome};
use crate::federation::prekey;
use crate::ids::UnitId;
use crate::machine::Table;
use crate::testing::World;
use crate::time::{DAY, HOUR};

fn number(world: &World, here: &str, of: &str) -> u64 {
    prekey::newest(&world[here].view, world[of].id).unwrap().unwrap().number
}

fn secrets(world: &World, unit: &str) -> usize {
    world[unit].view.rows().filter(|(table, key, ..)| *table == Table::OWN && key.starts_with(b"prekey:")).count()
}

fn contact(world: &mut World, from: &str, to: UnitId) -> u64 {
    world.act(from, |txn| outbox::queue(txn, to, Kind::Void, Vec::new(), None)).unwrap()
}

#[test]
fn a_new_one_each_week_is_known_to_everybody_who_is_there_and_old_secrets_go() {
    let mut world = PAIR.clone();
    let first = number(&world, "shillong", "shillong");
    let early = seal(&world, "shillong", sign(&world, "guwahati", &body(&world)).as_bytes());
    let (shillong, kathmandu) = (world["shillong"].id, world["kathmandu"].id);
    for week in 1..=10_u64 {
        // Kathmandu is away for thirty days.
        if week == 3 {
            world.offline("kathmandu");
        }
        for _ in 0..7 {
            world.advance(DAY);
        }
        if week == 7 {
            let sealed_while_away = contact(&mut world, "guwahati", kathmandu);
            world.settle();
            assert_eq!(outbox::is_gone(&world["guwahati"].view, kathmandu, sealed_while_away), Ok(false));
            world.online("kathmandu");
            assert_eq!(outbox::is_gone(&world["guwahati"].view, kathmandu, sealed_while_away), Ok(true));
        }
        assert_eq!(number(&world, "shillong", "shillong"), first + week, "week {week}");
        assert_eq!(number(&world, "guwahati", "shillong"), first + week, "week {week}");
        assert!(secrets(&world, "shillong") <= 6, "{} secrets in week {week}", secrets(&world, "shillong"));
        let sent = contact(&mut world, "guwahati", shillong);
        world.settle();
        assert_eq!(outbox::is_gone(&world["guwahati"].view, shillong, sent), Ok(true), "week {week}");
    }
    assert_eq!(number(&world, "kathmandu", "shillong"), first + 10);
    // What was sealed in the first week opens with no key that is left; the answer says what to seal to.
    let effects = receive(&mut world, "guwahati", early);
    let Answer::UnknownPrekey(newest) = answer(&effects) else { panic!("{effects:?}") };
    assert_eq!(newest.stored().unwrap().number, first + 10);
}

#[test]
fn an_envelope_of_a_month_ago_is_opened_and_one_of_five_weeks_is_not() {
    let world = PAIR.clone();
    let unsent = |mut world: World, days: u64| {
        let good = Body { created: world.now, ..body(&world) };
        let bytes = seal(&world, "shillong", sign(&world, "guwahati", &good).as_bytes());
        for _ in 0..days {
            world.advance(DAY);
        }
        let effects = receive(&mut world, "guwahati", bytes);
        (world, effects)
    };
    let (world_then, effects) = unsent(world.clone(), 30);
    assert_eq!(outcome(&world_then, &effects), Outcome::Applied);
    let (_, effects) = unsent(world, 36);
    assert!(matches!(answer(&effects), Answer::UnknownPrekey(_)));
}

#[test]
fn what_waits_longer_than_a_prekey_lives_is_held_back_and_sent_after_the_next_contact() {
    let mut world = PAIR.clone();
    let shillong = world["shillong"].id;
    world.offline("shillong");
    let sent = contact(&mut world, "guwahati", shillong);
    world.advance(34 * DAY);
    assert_eq!(outbox::held_back(&world["guwahati"].view, shillong, world.now), Ok(None));
    assert_eq!(world.sealed("guwahati", "shillong").len(), 1);
    world.advance(DAY + HOUR);
    assert_eq!(outbox::held_back(&world["guwahati"].view, shillong, world.now), Ok(Some(HeldBack::PrekeyExpired)));
    let row = outbox::due(&world["guwahati"].view, shillong, 1).unwrap().remove(0).1;
    let now = world.now;
    let view = world["guwahati"].view.clone();
    assert_eq!(outbox::seal_row(&view, shillong, &row, now, world.rng("guwahati")), Ok(None), "nothing is sealed to it any more");
    world.online("shillong");
    assert_eq!(outbox::is_gone(&world["guwahati"].view, shillong, sent), Ok(true), "sent with the new one");
}
