//! Golden bytes of what keepers and clients send, made with fixed keys.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of its message.

use super::*;
use crate::testing::vectors::{compare, read};
use crate::wire;

const LIMIT: usize = 4096;

#[test]
fn bytes_of_points_evaluations_and_commitments_are_the_golden_ones() {
    let with = |place| Blind::derive(&[9; 32], b"an invented request", place);
    let points: Vec<Point> =
        (0..3).zip(["laila", "rustam", "imran"]).map(|(place, name)| blind(name.as_bytes(), &with(place)).unwrap()).collect();
    let rng = &mut SeededRng::new(11);
    let dealt = Dealt::new(3, rng).unwrap();
    let commitment = dealt.commitment(CONTEXT, index(2), rng);
    let share = dealt.share_for(index(5));
    let evaluation = evaluate(&share, &points, rng).unwrap();
    compare("oprf-point", &wire::encode(&points[0]));
    compare("oprf-evaluation", &wire::encode(&evaluation));
    compare("oprf-commitment", &wire::encode(&commitment));
    compare("oprf-share", &wire::encode(&share));
    compare("oprf-dealt", &wire::encode(&dealt));
    compare("oprf-transcript", &transcript(CONTEXT, &[(index(2), &commitment)]));
    compare("oprf-commitment-hash", &commitment.hash(CONTEXT, index(2)));
    let y = finish(b"laila", &with(0), &combine(&[(index(5), &evaluation.points)]).unwrap()[0]).unwrap();
    compare("oprf-y", &y);
}

#[test]
fn golden_bytes_are_still_read_and_still_hold() {
    let evaluation: Evaluation = wire::decode(&read("oprf-evaluation"), LIMIT).unwrap();
    let share: KeyShare = wire::decode(&read("oprf-share"), LIMIT).unwrap();
    let point: Point = wire::decode(&read("oprf-point"), LIMIT).unwrap();
    let commitment: Commitment = wire::decode(&read("oprf-commitment"), LIMIT).unwrap();
    assert_eq!(commitment.check(CONTEXT, index(2), 3), Ok(()));
    assert!(check_share(&commitment, index(5), &share));
    let again = evaluate(&share, &[point], &mut SeededRng::new(1)).unwrap();
    assert_eq!(again.points[0], evaluation.points[0]);
    assert_eq!((evaluation.points.len(), wire::encode(&point).len()), (3, 34));
}
