//! Any t of n keepers give what the whole key would have given, and fewer give something else.
//! Not against lies: those are in `hostile`.

use super::*;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use std::collections::BTreeSet;

const INPUTS: [&str; 4] = ["laila, 2009, Barpeta", "rustam, 1987, Dhubri", "", "laila, 2009, Barpeta"];

/// n keepers, a threshold, and two choices of t of them in any order.
fn groups() -> impl Strategy<Value = (u16, u16, Vec<u16>, Vec<u16>)> {
    (1_u16..=7).prop_flat_map(|n| (1..=n, Just(n))).prop_flat_map(|(t, n)| {
        let chosen = || subsequence((1..=n).collect::<Vec<_>>(), usize::from(t)).prop_shuffle();
        (Just(t), Just(n), chosen(), chosen())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_t_of_n_give_what_the_whole_key_would((t, n, some, others) in groups(), seed: u64) {
        let rng = &mut SeededRng::new(seed);
        let keepers = Keepers::generate(t, n, rng);
        let whole = keepers.whole_key();
        prop_assert_eq!(whole.public(), keepers.group);
        for (share, public) in keepers.shares.iter().zip(&keepers.public) {
            prop_assert_eq!(share.public(), *public);
        }
        let expected = Request::new(&INPUTS, rng).under(&whole, rng);
        prop_assert_eq!(&Request::new(&INPUTS, rng).through(&keepers, &some, rng), &expected);
        prop_assert_eq!(&Request::new(&INPUTS, rng).through(&keepers, &others, rng), &expected);
        prop_assert_eq!(expected.iter().collect::<BTreeSet<_>>().len(), 3);
        prop_assert_eq!(expected[0], expected[3]);
    }

    #[test]
    fn one_keeper_too_few_gives_something_else((t, n, some, _) in groups(), seed: u64, left_out: Index) {
        prop_assume!(t > 1);
        let rng = &mut SeededRng::new(seed);
        let keepers = Keepers::generate(t, n, rng);
        let request = Request::new(&INPUTS, rng);
        let right = request.through(&keepers, &some, rng);
        let mut fewer = some.clone();
        fewer.remove(left_out.index(fewer.len()));
        for (wrong, right) in request.through(&keepers, &fewer, rng).iter().zip(right) {
            prop_assert_ne!(*wrong, right);
        }
    }

    #[test]
    fn shares_of_all_but_one_and_all_that_is_public_leave_y_open((t, n, some, _) in groups(), seed: u64, left_out: Index) {
        prop_assume!(t > 1);
        let rng = &mut SeededRng::new(seed);
        let keepers = Keepers::generate(t, n, rng);
        let request = Request::new(&INPUTS, rng);
        let right = request.through(&keepers, &some, rng);
        let honest = some[left_out.index(some.len())];
        // The others know their shares and hold a guess for the missing one: every guess gives a y, so the shares exclude none.
        let answers_with = |guess: &KeyShare, rng: &mut SeededRng| {
            let answer = |keeper: &u16| {
                let share = if *keeper == honest { guess } else { &keepers.shares[usize::from(*keeper - 1)] };
                (index(*keeper), evaluate(share, &request.points, rng).unwrap())
            };
            let answers: Vec<(KeyIndex, Evaluation)> = some.iter().map(answer).collect();
            let parts: Vec<(KeyIndex, &[Point])> = answers.iter().map(|(at, answer)| (*at, &*answer.points)).collect();
            request.finish(&combine(&parts).unwrap())
        };
        let guesses: Vec<KeyShare> = (0..3).map(|_| Dealt::new(1, rng).unwrap().share_for(index(1))).collect();
        let mut seen: BTreeSet<[u8; 64]> = [right[0]].into();
        for guess in &guesses {
            prop_assert!(seen.insert(answers_with(guess, rng)[0]), "a guess gave a y that was there");
            // The public share tells a guess of the whole share, nothing else: 2^252 of them.
            prop_assert_ne!(guess.public(), keepers.public[usize::from(honest - 1)]);
        }
        prop_assert_eq!(answers_with(&keepers.shares[usize::from(honest - 1)], rng), right);
    }
}

#[test]
fn one_of_one_is_the_same_code() {
    let rng = &mut SeededRng::new(1);
    let keepers = Keepers::generate(1, 1, rng);
    assert_eq!(keepers.public[0], keepers.group);
    let request = Request::new(&INPUTS, rng);
    assert_eq!(request.through(&keepers, &[1], rng), request.under(&keepers.shares[0], rng));
}

#[test]
fn another_key_gives_other_ys() {
    let rng = &mut SeededRng::new(1);
    let request = Request::new(&INPUTS, rng);
    let [one, other] = [(); 2].map(|()| Keepers::generate(2, 3, rng)).map(|keepers| request.through(&keepers, &[1, 3], rng));
    assert!(one.iter().zip(&other).all(|(one, other)| one != other));
}

#[test]
fn a_request_that_is_made_again_is_the_same_and_another_is_not() {
    let own = &[7; 32];
    let one = Blind::derive(own, b"request 1", 0);
    let point = |with: &Blind| blind(b"laila", with).unwrap();
    assert_eq!(point(&one), point(&Blind::derive(own, b"request 1", 0)));
    let others = [
        Blind::derive(own, b"request 1", 1),
        Blind::derive(own, b"request 2", 0),
        Blind::derive(own, b"", 0),
        Blind::derive(&[8; 32], b"request 1", 0),
    ];
    let points: BTreeSet<Point> = others.iter().map(point).chain([point(&one)]).collect();
    assert_eq!(points.len(), 5);
}

#[test]
fn two_proofs_never_share_a_nonce_even_if_the_generator_repeats_itself() {
    let keepers = Keepers::generate(1, 1, &mut SeededRng::new(1));
    let requests = [1, 2].map(|seed| Request::new(&INPUTS, &mut SeededRng::new(seed)));
    // The same stream of bytes for both proofs. With one nonce both commitments would be equal, and the share be their difference.
    let [one, two] =
        requests.each_ref().map(|asked| evaluate(&keepers.shares[0], &asked.points, &mut SeededRng::new(3)).unwrap());
    let again = evaluate(&keepers.shares[0], &requests[0].points, &mut SeededRng::new(3)).unwrap();
    let fresh = evaluate(&keepers.shares[0], &requests[0].points, &mut SeededRng::new(4)).unwrap();
    let nonce = |of: &Evaluation| {
        let [challenge, answer] = [0, 32].map(|at| {
            let half = of.proof.to_bytes()[at..at + 32].try_into().unwrap();
            curve25519_dalek::Scalar::from_canonical_bytes(half).unwrap()
        });
        answer + challenge * keepers.shares[0].secret().scalar()
    };
    assert_ne!(nonce(&one), nonce(&two));
    assert_ne!(nonce(&one), nonce(&fresh));
    assert_eq!(one, again);
}
