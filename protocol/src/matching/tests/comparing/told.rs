//! Who is told of a match, and when: a victim's side before a suspect's.
//! Not what is compared: that is `steps`.

use super::super::super::{Contact, Refusal, ask, receive_contact, release};
use super::*;
use crate::machine::Notice;

/// Both have entered the person, connected. The first role is the starter's.
fn met(roles: [Role; 2]) -> (World, [&'static str; 2]) {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    enters(&mut world, starter, PERSON, &one, roles[0]);
    enters(&mut world, other, PERSON, &two, roles[1]);
    (world, [starter, other])
}

/// The unit that holds a suspect and the one that holds somebody else, whichever of the two starts.
fn apart_by(role: Role) -> impl Iterator<Item = (World, &'static str, &'static str)> {
    [true, false].into_iter().map(move |suspect_starts| {
        if suspect_starts {
            let (world, [suspect, other]) = met([Role::Suspect, role]);
            (world, suspect, other)
        } else {
            let (world, [other, suspect]) = met([role, Role::Suspect]);
            (world, suspect, other)
        }
    })
}

#[test]
fn two_victims_two_suspects_and_unknown_are_told_on_both_sides_at_once() {
    use Role::{Other, Protected, Suspect};
    for roles in [[Protected, Protected], [Suspect, Suspect], [Other, Other], [Protected, Other], [Other, Protected]] {
        let (world, units) = met(roles);
        for unit in units {
            assert!(alert(&world, unit).told && is_confirmed(&alert(&world, unit)), "{roles:?}");
        }
    }
}

#[test]
fn the_suspects_side_learns_nothing_before_a_person_at_the_victims_side_lets_it() {
    for (mut world, suspects, victims) in apart_by(Role::Protected) {
        assert!(alerts(&world, suspects).is_empty());
        assert!(!world[suspects].notices.iter().any(|notice| matches!(notice, Notice::Alert(_))));
        let first = alert(&world, victims);
        assert!(!first.told && is_confirmed(&first));
        world.advance(crate::time::DAY);
        assert!(alerts(&world, suspects).is_empty());

        world.act(victims, |txn| release(txn, first.id)).unwrap();
        world.settle();
        assert!(alert(&world, victims).told);
        let told = alert(&world, suspects);
        assert_eq!((told.class, told.score, told.told), (first.class, first.score, true));
        assert!(matches!(world.act(victims, |txn| release(txn, first.id)), Err(Refusal::State)));
        assert!(matches!(world.act(suspects, |txn| release(txn, told.id)), Err(Refusal::State)));
    }
}

#[test]
fn asking_for_contact_tells() {
    for (mut world, suspects, victims) in apart_by(Role::Protected) {
        let id = alert(&world, victims).id;
        world.act(victims, |txn| ask(txn, id)).unwrap();
        world.settle();
        let told = alert(&world, suspects);
        assert!(is_confirmed(&told) && matches!(told.contact, Contact::AskedByPeer { .. }));
        assert!(alert(&world, victims).told);
        assert!(world[suspects].incidents.is_empty(), "{:?}", world[suspects].incidents);
    }
}

#[test]
fn who_has_nobody_to_protect_tells_by_itself() {
    for (world, suspects, others) in apart_by(Role::Other) {
        assert!(alert(&world, suspects).told && alert(&world, others).told);
    }
}

#[test]
fn tokens_alone_never_raise_an_alert_about_a_suspect() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    apart(&mut world, (starter, &one, Role::Suspect), (other, &two, Role::Protected));
    pull(&mut world, other, starter);
    assert!(alerts(&world, starter).is_empty());
    assert_eq!(alert(&world, other).confirmed, Confirmed::Waiting);
    world.online(other);
    assert!(alerts(&world, starter).is_empty());
    assert!(!alert(&world, other).told);
}

#[test]
fn below_possible_nobody_says_what_its_person_is() {
    let (mut world, starter, other) = two();
    let (one, two) = namesakes();
    apart(&mut world, (starter, &one, Role::Suspect), (other, &two, Role::Protected));
    carry(&mut world, starter, other);
    carry(&mut world, other, starter);
    let third = carry(&mut world, starter, other);
    assert!(matches!(&third[..], [ConfirmMessage::Third(third)] if third.suspect.is_none()));
    assert!(waiting(&mut world, other, starter).is_empty());
    assert!(alerts(&world, starter).is_empty());
}

#[test]
fn a_release_that_overtakes_the_last_steps_is_taken_after_them() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    apart(&mut world, (starter, &one, Role::Protected), (other, &two, Role::Suspect));
    carry(&mut world, starter, other);
    carry(&mut world, other, starter);
    let id = alert(&world, starter).id;
    world.act(starter, |txn| release(txn, id)).unwrap();
    let steps = waiting(&mut world, starter, other);
    let [third, let_know] = &steps[..] else { panic!("{} steps", steps.len()) };
    assert_eq!(hands(&mut world, other, starter, let_know), super::super::super::Compared::NotYet);
    assert!(alerts(&world, other).is_empty());
    hands(&mut world, other, starter, third);
    assert!(alerts(&world, other).is_empty());
    hands(&mut world, other, starter, let_know);
    assert!(alert(&world, other).told);
}

#[test]
fn a_request_for_contact_tells_of_nothing_that_the_comparison_spoke_against() {
    let (mut world, starter, other) = two();
    let (one, two) = namesakes();
    apart(&mut world, (starter, &one, Role::Protected), (other, &two, Role::Suspect));
    let id = alert(&world, starter).id;
    world.act(starter, |txn| ask(txn, id)).unwrap();
    let asked = super::super::super::contact::message(&alert(&world, starter), super::super::super::ContactStep::Ask);
    carry(&mut world, starter, other);
    carry(&mut world, other, starter);
    carry(&mut world, starter, other);
    let from = world[starter].id;
    let payload = wire::encode(&asked);
    world.act::<_, ViewError>(other, |txn| receive_contact(txn, from, &payload)).unwrap();
    assert!(alerts(&world, other).iter().all(|alert| alert.confirmed == Confirmed::Contradicted));
}
