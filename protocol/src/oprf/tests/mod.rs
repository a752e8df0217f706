//! Keepers who generated a key together, and a client who asks them.
//! Not the exchange between units: these call each other directly.

mod generation;
mod hostile;
mod rfc9497;
mod threshold;
mod vectors;

use super::generation::{Commitment, Dealt, add_shares, check_share, group_key, public_share, transcript};
use super::*;
use crate::bounded::BoundedVec;
use crate::testing::rng::SeededRng;

/// What names a generation in these tests.
const CONTEXT: &[u8] = b"an invented federation, generation 1";

fn index(number: u16) -> KeyIndex {
    KeyIndex::new(number).unwrap()
}

/// The group after a generation in which all were honest.
struct Keepers {
    shares: Vec<KeyShare>,
    public: Vec<Point>,
    group: Point,
    dealt: Vec<Dealt>,
}

impl Keepers {
    /// The whole generation, every check made.
    fn generate(t: u16, n: u16, rng: &mut SeededRng) -> Self {
        let all: Vec<KeyIndex> = (1..=n).map(index).collect();
        let dealt: Vec<Dealt> = all.iter().map(|_| Dealt::new(t, rng).unwrap()).collect();
        let shown: Vec<Commitment> = all.iter().zip(&dealt).map(|(at, dealt)| dealt.commitment(CONTEXT, *at, rng)).collect();
        assert!(all.iter().zip(&shown).all(|(at, shown)| shown.check(CONTEXT, *at, t).is_ok()));
        let share = |receiver: &KeyIndex| {
            let received: Vec<KeyShare> = dealt.iter().map(|dealt| dealt.share_for(*receiver)).collect();
            assert!(shown.iter().zip(&received).all(|(shown, share)| check_share(shown, *receiver, share)));
            add_shares(&received).unwrap()
        };
        Self {
            shares: all.iter().map(share).collect(),
            public: all.iter().map(|at| public_share(&shown, *at).unwrap()).collect(),
            group: group_key(&shown).unwrap(),
            dealt,
        }
    }

    /// The answer of a keeper to a request, verified as a client does.
    fn answer(&self, keeper: u16, points: &[Point], rng: &mut SeededRng) -> Evaluation {
        let at = usize::from(keeper - 1);
        let evaluation = evaluate(&self.shares[at], points, rng).unwrap();
        verify(&self.public[at], points, &evaluation).unwrap();
        evaluation
    }

    /// The key that nobody holds, put together for comparison.
    fn whole_key(&self) -> KeyShare {
        let constant = |dealt: &Dealt| {
            // Interpolated from the dealer's own values, by the same coefficients as everything else.
            let all: Vec<KeyIndex> = (1..=16).map(index).collect();
            let weighted = interpolate::at_zero(&all).unwrap();
            let value = |(at, weight): (&KeyIndex, &curve25519_dalek::Scalar)| dealt.share_for(*at).secret().scalar() * weight;
            KeyShare::from(secret::SecretScalar::new(all.iter().zip(&weighted).map(value).sum()).unwrap())
        };
        add_shares(&self.dealt.iter().map(constant).collect::<Vec<_>>()).unwrap()
    }
}

/// A client's request: inputs, what blinds them, the points that go out.
struct Request {
    inputs: Vec<Vec<u8>>,
    blinds: Vec<Blind>,
    points: Vec<Point>,
}

impl Request {
    fn new(inputs: &[&str], rng: &mut SeededRng) -> Self {
        let inputs: Vec<Vec<u8>> = inputs.iter().map(|input| input.as_bytes().to_vec()).collect();
        let blinds: Vec<Blind> = inputs.iter().map(|_| Blind::random(rng)).collect();
        let points = inputs.iter().zip(&blinds).map(|(input, with)| blind(input, with).unwrap()).collect();
        Self { inputs, blinds, points }
    }

    fn finish(&self, combined: &[Point]) -> Vec<[u8; 64]> {
        assert_eq!(combined.len(), self.inputs.len());
        let one = |((input, with), point): ((&Vec<u8>, &Blind), &Point)| finish(input, with, point).unwrap();
        self.inputs.iter().zip(&self.blinds).zip(combined).map(one).collect()
    }

    /// The y's through these keepers, in the order in which they are given.
    fn through(&self, keepers: &Keepers, asked: &[u16], rng: &mut SeededRng) -> Vec<[u8; 64]> {
        let answers: Vec<Evaluation> = asked.iter().map(|keeper| keepers.answer(*keeper, &self.points, rng)).collect();
        let parts: Vec<(KeyIndex, &[Point])> =
            asked.iter().zip(&answers).map(|(keeper, answer)| (index(*keeper), &*answer.points)).collect();
        self.finish(&combine(&parts).unwrap())
    }

    /// The y's under one whole key, as the RFC computes them.
    fn under(&self, key: &KeyShare, rng: &mut SeededRng) -> Vec<[u8; 64]> {
        let answer = evaluate(key, &self.points, rng).unwrap();
        verify(&key.public(), &self.points, &answer).unwrap();
        self.finish(&answer.points)
    }
}
