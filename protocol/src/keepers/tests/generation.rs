//! Generations that go well, whatever the network does: order, copies, a restart in the middle, somebody away, somebody who says no.
//! All units are invented.

use super::super::KeepersError;
use super::super::generation::{Ended, State, runs, say_no, say_yes, start};
use super::{FIVE, KEPT, MEMBERS, generate, pass, present, state, want};
use crate::federation::charter::{self, keeps};
use crate::machine::{Scope, Table, View as _};
use crate::testing::World;
use crate::time::DAY;

#[test]
fn five_keepers_have_five_shares_of_one_key_and_nobody_has_more() {
    let world = &*KEPT;
    let blinding = present(world, "tezpur");
    assert_eq!((blinding.terms.threshold, blinding.shares.len(), blinding.words.len()), (3, 5, 5));
    for (place, unit) in FIVE.iter().enumerate() {
        let share = charter::own_share(&world[unit].view, &blinding).unwrap().unwrap();
        assert_eq!(share.public().as_bytes(), blinding.shares[place].as_bytes());
        assert!(
            world[unit].view.rows().all(|(.., scope, _)| !matches!(scope, Scope::Dealing(_))),
            "{unit} has destroyed what it dealt"
        );
    }
    assert!(charter::own_share(&world["tezpur"].view, &blinding).unwrap().is_none());
    for (at, one) in blinding.shares.iter().enumerate() {
        assert!(blinding.shares[at + 1..].iter().all(|other| other != one));
    }
    // The charter carries the key before for thirty days.
    let former = charter::current(&world["tezpur"].view).unwrap().unwrap().former.unwrap();
    assert_eq!((former.blinding.epoch(), former.until), (0, blinding.from.plus(30 * DAY)));
}

#[test]
fn what_cannot_be_is_not_begun() {
    let mut world = MEMBERS.clone();
    let ids: Vec<_> = FIVE.iter().map(|unit| world[unit].id).collect();
    let mut refused = |threshold, keepers| world.act("guwahati", |txn| start(txn, threshold, keepers)).unwrap_err();
    for (threshold, keepers) in [(0, &ids[..1]), (2, &ids[..1]), (2, &ids[..4]), (6, &ids[..]), (1, &[])] {
        assert!(matches!(refused(threshold, keepers.to_vec()), KeepersError::Impossible), "{threshold} of {}", keepers.len());
    }
    assert!(matches!(refused(2, vec![ids[0], ids[1], ids[0]]), KeepersError::Impossible));
    assert!(matches!(refused(1, vec![crate::ids::UnitId([9; 32])]), KeepersError::NotAMemberKeeper));
}

#[test]
fn a_keeper_that_was_away_and_one_that_restarted_do_not_stop_it() {
    let mut world = MEMBERS.clone();
    world.offline("kathmandu");
    let wanted = want(&mut world, "guwahati", 3, &FIVE);
    for unit in ["shillong", "delhi", "kolkata"] {
        world.act(unit, |txn| say_yes(txn, wanted)).unwrap();
        world.settle();
    }
    world.online("kathmandu");
    assert!(runs(&world["kathmandu"].view).unwrap()[0].asks_here);
    // The process of Delhi ends after each step of it from here on: only its rows are left, and what waits is sent again.
    world.offline("delhi");
    world.act("kathmandu", |txn| say_yes(txn, wanted)).unwrap();
    world.settle();
    assert_eq!(state(&world, "kathmandu", wanted), State::Running);
    let rows = world["delhi"].view.clone();
    world.put_back("delhi", rows);
    world.online("delhi");
    world.advance(crate::time::MINUTE);
    for unit in FIVE {
        assert!(matches!(state(&world, unit, wanted), State::Done(_)), "{unit}");
    }
    pass(&mut world);
    assert_eq!(present(&world, "tezpur").terms.id(), wanted);
}

#[test]
fn messages_in_any_order_and_twice_make_the_same_key() {
    let mut world = MEMBERS.clone();
    let wanted = want(&mut world, "guwahati", 2, &["guwahati", "shillong", "delhi"]);
    // Nothing travels while all say yes; then everything that waits is delivered from the last to the first, twice.
    for unit in ["guwahati", "shillong", "delhi"] {
        world.offline(unit);
    }
    for unit in ["shillong", "delhi"] {
        world.act(unit, |txn| say_yes(txn, wanted)).unwrap();
    }
    world.settle();
    for _ in 0..6 {
        for from in ["delhi", "shillong", "guwahati"] {
            for to in ["guwahati", "shillong", "delhi"] {
                if from != to {
                    deliver_backwards(&mut world, from, to);
                }
            }
        }
    }
    let keys: Vec<_> = ["guwahati", "shillong", "delhi"]
        .iter()
        .map(|unit| match state(&world, unit, wanted) {
            State::Done(blinding) => blinding.key,
            other => panic!("{unit}: {other:?}"),
        })
        .collect();
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
}

fn deliver_backwards(world: &mut World, from: &str, to: &str) {
    let waiting = world.sealed(from, to);
    for (number, bytes) in waiting.into_iter().rev() {
        world.deliver(from, to, bytes.clone());
        let answer = world.deliver(from, to, bytes);
        let to = world[to].id;
        world.handle(from, crate::core::Input::Answer { to, pair_seq: number, bytes: answer });
    }
}

#[test]
fn a_no_ends_it_everywhere_and_it_can_be_wanted_again() {
    let mut world = MEMBERS.clone();
    let wanted = want(&mut world, "guwahati", 2, &["guwahati", "shillong", "delhi"]);
    world.act("shillong", |txn| say_yes(txn, wanted)).unwrap();
    world.settle();
    world.act("delhi", |txn| say_no(txn, wanted)).unwrap();
    world.settle();
    let no = State::Over(Ended::Declined(world["delhi"].id));
    for unit in ["guwahati", "shillong", "delhi"] {
        assert_eq!(state(&world, unit, wanted), no, "{unit}");
        assert!(world[unit].view.rows().all(|(.., scope, _)| scope != Scope::Dealing(wanted)), "{unit}");
    }
    assert!(world.act("shillong", |txn| say_yes(txn, wanted)).is_err());
    generate(&mut world, "guwahati", 2, &["guwahati", "shillong", "kathmandu"]);
    pass(&mut world);
    assert_eq!(present(&world, "delhi").epoch(), 1);
}

#[test]
fn one_that_takes_longer_than_fourteen_days_is_over() {
    let mut world = MEMBERS.clone();
    let wanted = want(&mut world, "guwahati", 2, &["guwahati", "shillong", "delhi"]);
    world.advance(15 * DAY);
    assert_eq!(state(&world, "guwahati", wanted), State::Over(Ended::TooLong));
    assert!(world["guwahati"].view.scan(Table::KEEPING, b"d", None, 1).unwrap().is_empty());
}

#[test]
fn a_charter_with_keepers_that_did_not_sign_does_not_pass() {
    let world = &*KEPT;
    let charter = charter::current(&world["tezpur"].view).unwrap().unwrap();
    let before = charter::Charter { former: None, ..charter.clone() };
    let with = |change: fn(&mut charter::Blinding)| {
        let mut blinding = charter.blinding.clone().unwrap();
        blinding.terms.epoch = 2;
        change(&mut blinding);
        let former =
            Some(charter::FormerBlinding { blinding: charter.blinding.clone().unwrap(), until: charter.made.plus(30 * DAY) });
        charter::Charter { blinding: Some(blinding), former, ..charter.clone() }
    };
    // Its words are over another number.
    assert!(keeps(&before, &with(|_| {})).is_err());
    let swapped = with(|blinding| {
        let mut shares = blinding.shares.to_vec();
        shares.swap(0, 1);
        blinding.shares = crate::bounded::BoundedVec::new(shares).unwrap();
        blinding.terms.epoch = 1;
    });
    assert!(keeps(&before, &swapped).is_err());
    let removed = charter::Charter { blinding: None, ..charter.clone() };
    assert!(keeps(&charter, &removed).is_err());
    assert!(keeps(&charter, &charter).is_ok());
}
