//! Both sides of a comparison in one place: what two units count, with both secrets at hand. For measuring the matching.
//! Not for two units: there each side keeps its secret, and steps travel as messages.

use super::points::{Frame, hide};
use crate::fingerprint::{Agreement, ListKind, Person, Side};
use crate::ids::{ConfirmId, FederationId, SubjectId, UnitId};
use crate::oprf::{Exponent, OprfError};
use rand_core::CryptoRng;

/// What the units of `one` and `other` learn of the two: counts, by the points that they would send each other.
///
/// # Errors
/// [`OprfError`] if a point cannot be raised, which happens with no honest secret.
pub fn count_in_private(
    one: &Person,
    other: &Person,
    rng: &mut dyn CryptoRng,
) -> Result<[Agreement; ListKind::ALL.len()], OprfError> {
    let frame = Frame {
        federation: FederationId([0; 32]),
        units: [UnitId([1; 32]), UnitId([2; 32])],
        subjects: [SubjectId::random(rng), SubjectId::random(rng)],
        run: ConfirmId::random(rng),
    };
    let (a, b) = (Exponent::random(rng), Exponent::random(rng));
    let first = hide(one, Side::First, &frame, &a, rng)?;
    let second = hide(other, Side::Second, &frame, &b, rng)?;
    let common = first.raised(&b)?.common(&second.raised(&a)?);
    let (own, others) = (first.sizes(), second.sizes());
    let agreement =
        |kind: ListKind| Agreement { own: own[kind.place()], other: others[kind.place()], common: common[kind.place()] };
    Ok(ListKind::ALL.map(agreement))
}
