//! Requests that a keeper refuses, and answers that a client does not take: each for its reason.
//! All units are invented.

use super::super::{Asking, BlindAnswer, BlindRefusal, BlindReply, BlindRequest, Told};
use super::{KEPT, request};
use crate::bounded::BoundedVec;
use crate::core::Input;
use crate::crypto::Signed;
use crate::federation::{own, peering};
use crate::ids::{FederationId, PersonRef};
use crate::machine::ToBlind;
use crate::testing::World;
use crate::wire;

fn refusal(world: &mut World, from: &str, to: &str, bytes: Vec<u8>) -> Option<BlindRefusal> {
    let from = world[from].id;
    let effects = world.handle(to, Input::BlindRequest { from, bytes });
    let reply = effects.reply?;
    assert!(effects.evaluate.is_none());
    match wire::decode(&reply, 4_096).unwrap() {
        BlindAnswer::Refused(refusal) => Some(refusal),
        BlindAnswer::Evaluated(_) => None,
    }
}

fn altered(world: &World, change: impl FnOnce(&mut BlindRequest)) -> Vec<u8> {
    let signed = Signed::<BlindRequest>::from_bytes(request(world, "tezpur", "shillong", 1, 1));
    let mut request = signed.stored().unwrap().into_value();
    change(&mut request);
    Signed::sign(&request, &own::load(&world["tezpur"].view).unwrap().key()).as_bytes().to_vec()
}

#[test]
fn a_keeper_refuses_what_is_not_for_it() {
    let mut world = KEPT.clone();
    let (tezpur, delhi) = (world["tezpur"].id, world["delhi"].id);
    let asked = altered(&world, |_| {});
    assert_eq!(refusal(&mut world, "tezpur", "shillong", asked.clone()), None, "as it is it is answered");
    let to_tezpur = altered(&world, |request| request.keeper = tezpur);
    let cases = [
        (altered(&world, |request| request.epoch = 7), BlindRefusal::UnknownEpoch),
        // Shillong kept nothing of the founding key, which still counts.
        (altered(&world, |request| request.epoch = 0), BlindRefusal::NotAKeeper),
        (altered(&world, |request| request.keeper = delhi), BlindRefusal::Malformed),
        (altered(&world, |request| request.federation = FederationId([1; 32])), BlindRefusal::Malformed),
        (altered(&world, |request| request.points = BoundedVec::default()), BlindRefusal::Malformed),
        (Vec::new(), BlindRefusal::Malformed),
        (vec![0; 100_000], BlindRefusal::Malformed),
    ];
    for (bytes, expected) in cases {
        assert_eq!(refusal(&mut world, "tezpur", "shillong", bytes), Some(expected));
    }
    // Brought by another member, signed by Tezpur.
    assert_eq!(refusal(&mut world, "delhi", "shillong", asked.clone()), Some(BlindRefusal::Malformed));
    let delhi_to_tezpur = refusal(&mut world, "tezpur", "tezpur", to_tezpur);
    assert_eq!(delhi_to_tezpur, Some(BlindRefusal::NotAKeeper));
    world.act("shillong", |txn| peering::pause(txn, tezpur, true)).unwrap();
    assert_eq!(refusal(&mut world, "tezpur", "shillong", asked), Some(BlindRefusal::NotServed));
    let stranger = crate::ids::UnitId([9; 32]);
    let reply = world.handle("shillong", Input::BlindRequest { from: stranger, bytes: Vec::new() }).reply.unwrap();
    assert_eq!(wire::decode::<BlindAnswer>(&reply, 4_096).unwrap(), BlindAnswer::Refused(BlindRefusal::NotServed));
}

#[test]
fn an_answer_counts_only_for_its_request_and_with_its_proof() {
    let mut world = KEPT.clone();
    let asking = |world: &World, reference: u8| {
        let wanted =
            ToBlind { person_ref: PersonRef([reference; 16]), number: u64::from(reference), inputs: vec![vec![1], vec![2]] };
        Asking::begin(&world["tezpur"].view, &wanted, world.now, |_| true).unwrap().unwrap()
    };
    let (mut one, mut other) = (asking(&world, 1), asking(&world, 2));
    let (keeper, asked) = one.next_keeper().unwrap();
    let from = world.at("tezpur");
    let name = super::ALL.into_iter().find(|name| world[name].id == keeper).unwrap();
    let answer = world.ask_keeper(from, world.at(name), asked).unwrap();
    // Nobody was asked yet; then the answer to one request, shown for another.
    assert_eq!(other.take(keeper, &answer), Told::Unreadable);
    while other.next_keeper().is_some() {}
    assert_eq!(other.take(keeper, &answer), Told::Unreadable);
    // Any bit of it spoilt.
    for place in (0..answer.len()).step_by(7) {
        let mut spoilt = answer.clone();
        spoilt[place] ^= 1;
        assert!(matches!(one.take(keeper, &spoilt), Told::Unreadable | Told::Refused(_)), "byte {place}");
    }
    // Signed by the keeper, with two answers exchanged: the proof does not hold, and it is named by its own signature.
    let BlindAnswer::Evaluated(signed) = wire::decode(&answer, 4_096).unwrap() else { panic!("not answered") };
    let mut reply: BlindReply = signed.stored().unwrap().into_value();
    let mut points = reply.evaluation.points.to_vec();
    points.swap(0, 1);
    reply.evaluation.points = BoundedVec::new(points).unwrap();
    let signed = Signed::sign(&reply, &own::load(&world[name].view).unwrap().key());
    assert!(matches!(one.take(keeper, &wire::encode(&BlindAnswer::Evaluated(signed))), Told::Wrong { .. }));
    assert_eq!(one.missing(), 3);
    assert_eq!(one.take(keeper, &answer), Told::Good);
    assert_eq!(one.take(keeper, &answer), Told::Good);
    assert_eq!(one.missing(), 2, "the same answer twice is one");
    assert!(one.finish().is_err());
}
