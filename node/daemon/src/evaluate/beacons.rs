//! The beacons that a unit would send for its persons, as bytes on the wire.
//! Not who finds them: that is `hits`.

use super::blinding::{Ys, shared_out};
use super::persons::Record;
use super::progress::Bar;
use anyhow::Result;
use icmc_node::clock::{Clock as _, SystemClock, SystemRng};
use icmc_protocol::bounded::BoundedVec;
use icmc_protocol::crypto::{NodeSecret, Signed};
use icmc_protocol::ids::{FederationId, SubjectId, Token, UnitId};
use icmc_protocol::matching::{Action, Beacon, LIFETIME, padded, token};

const FEDERATION: FederationId = FederationId([0xe0; 32]);
const EPOCH: u64 = 1;

/// The persons of one unit with their y's.
pub(super) struct Announced<'a> {
    pub(super) records: &'a [Record],
    pub(super) ys: &'a [Ys],
    pub(super) unit: UnitId,
}

/// A beacon as it is heard, and how many bytes it takes.
pub(super) struct Heard {
    pub(super) tokens: BoundedVec<Token, 24>,
    bare: usize,
    sent: usize,
}

/// Sizes in bytes: means, and the largest.
pub(super) struct Sizes {
    pub(super) bare: f64,
    pub(super) largest_bare: usize,
    pub(super) sent: f64,
    pub(super) largest_sent: usize,
}

impl Announced<'_> {
    /// Two units.
    pub(super) const fn units() -> [UnitId; 2] {
        [UnitId([1; 32]), UnitId([2; 32])]
    }

    /// The tokens of one person as `unit` announces or would announce them.
    pub(super) fn tokens(&self, person: usize, unit: UnitId) -> impl Iterator<Item = Token> {
        self.ys[person].iter().map(move |y| token(FEDERATION, EPOCH, unit, y))
    }

    /// One beacon for each person, signed.
    pub(super) fn beacons(&self, bar: &Bar) -> Result<Vec<Heard>> {
        let key = NodeSecret::generate(&mut SystemRng);
        let secret = key.seed();
        let expires = SystemClock.now().plus(LIFETIME);
        let places: Vec<usize> = (0..self.records.len()).collect();
        shared_out(&places, |person| {
            let subject = SubjectId::random(&mut SystemRng);
            let number = u64::try_from(*person).unwrap_or(u64::MAX).saturating_add(1);
            let beacon = |tokens| Beacon {
                federation: FEDERATION,
                epoch: EPOCH,
                number,
                subject,
                action: Action::Announce,
                tokens,
                expires,
            };
            let own: Vec<Token> = self.tokens(*person, self.unit).collect();
            let bare = Signed::sign(&beacon(BoundedVec::new(own.clone()).unwrap_or_default()), &key).as_bytes().len();
            let signed = Signed::sign(&beacon(padded(&secret, EPOCH, subject, own)), &key);
            bar.step();
            Ok(Heard { bare, sent: signed.as_bytes().len(), tokens: signed.verify(&key.public())?.into_value().tokens })
        })
    }
}

impl Sizes {
    pub(super) fn of<'a>(beacons: impl Iterator<Item = &'a Heard> + Clone) -> Self {
        let all = |size: fn(&Heard) -> usize| beacons.clone().map(size);
        let mean = |size| all(size).sum::<usize>() as f64 / beacons.clone().count().max(1) as f64;
        let largest = |size| all(size).max().unwrap_or_default();
        let (bare, sent) = (|one: &Heard| one.bare, |one: &Heard| one.sent);
        Self { bare: mean(bare), largest_bare: largest(bare), sent: mean(sent), largest_sent: largest(sent) }
    }
}
