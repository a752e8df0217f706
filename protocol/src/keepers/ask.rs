//! How a unit has one person's inputs blinded: whom it asks, what it asks, whether an answer holds, and the y's in the end.
//! In memory and without a network: who carries bytes calls it, and a restart begins anew with the same requests.

use super::marks::mark;
use super::request::{BlindAnswer, BlindRefusal, BlindReply, BlindRequest, REPLY_MAX};
use crate::bounded::BoundedVec;
use crate::crypto::{NodeSecret, Signed};
use crate::federation::{charter, own, peering};
use crate::ids::{FederationId, NodeKey, PersonRef, UnitId};
use crate::machine::{ToBlind, View, ViewError};
use crate::oprf::{self, Blind, KeyIndex, OprfError, Point};
use crate::time::{DAY, Timestamp};
use crate::wire;
use std::collections::VecDeque;

/// One person's inputs on their way through t keepers of the present key.
pub struct Asking {
    federation: FederationId,
    epoch: u64,
    person_ref: PersonRef,
    number: u64,
    inputs: Vec<Vec<u8>>,
    blinds: Vec<Blind>,
    points: BoundedVec<Point, { oprf::POINTS_MAX }>,
    threshold: usize,
    key: NodeSecret,
    waiting: VecDeque<Keeper>,
    asked: Vec<Keeper>,
    parts: Vec<(KeyIndex, Vec<Point>)>,
}

#[derive(Clone, Copy)]
struct Keeper {
    unit: UnitId,
    key: NodeKey,
    index: KeyIndex,
    public: Point,
}

/// What a keeper's answer turned out to be.
#[derive(Clone, PartialEq, Eq)]
pub enum Told {
    /// Its proof holds.
    Good,
    /// It is signed, and its proof does not hold: both messages show it to everybody.
    Wrong {
        /// What was asked.
        request: Vec<u8>,
        /// What was answered.
        reply: Vec<u8>,
    },
    /// The keeper says why not.
    Refused(BlindRefusal),
    /// Not an answer to this request that the keeper signed.
    Unreadable,
}

impl core::fmt::Debug for Told {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Good => f.write_str("Good"),
            Self::Wrong { .. } => f.write_str("Wrong"),
            Self::Refused(refusal) => write!(f, "Refused({refusal:?})"),
            Self::Unreadable => f.write_str("Unreadable"),
        }
    }
}

impl core::fmt::Debug for Asking {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Asking({} inputs, {} of {} answers)", self.inputs.len(), self.parts.len(), self.threshold)
    }
}

impl Asking {
    /// Begins with the present key. None if there is none, or fewer keepers than needed can be asked now: then it waits, and
    /// nothing weaker is made in its place.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    pub fn begin(
        view: &dyn View,
        wanted: &ToBlind,
        now: Timestamp,
        is_reachable: impl Fn(UnitId) -> bool,
    ) -> Result<Option<Self>, ViewError> {
        let Some(charter) = charter::current(view)? else { return Ok(None) };
        let (own, Some(blinding)) = (own::load(view)?, &charter.blinding) else { return Ok(None) };
        let keepers = &blinding.terms.keepers;
        let turn = usize::from(wanted.person_ref.as_bytes()[0]);
        let mut order = Vec::new();
        for (place, unit) in keepers.iter().enumerate() {
            let key = charter.member(*unit).and_then(|member| member.present_key());
            let (Some(key), Some((index, public))) = (key, blinding.keeper(*unit)) else { continue };
            let mark = mark(view, *unit)?;
            if !mark.is_asked(now) || *unit != own.unit && !is_reachable(*unit) {
                continue;
            }
            let failed = mark.fault.is_some_and(|(_, at)| now.since(at) < DAY);
            let known = *unit == own.unit || peering::is_confirmed(view, *unit)?;
            // Load goes round: every person begins with another keeper.
            let round = (place + turn) % keepers.len();
            order.push(((*unit != own.unit, failed, !known, round), Keeper { unit: *unit, key, index, public }));
        }
        let threshold = usize::from(blinding.terms.threshold);
        if order.len() < threshold || wanted.inputs.is_empty() {
            return Ok(None);
        }
        order.sort_by_key(|(rank, _)| *rank);
        let context = [wanted.person_ref.as_bytes().as_slice(), &blinding.epoch().to_be_bytes()].concat();
        let blinds: Vec<Blind> =
            (0..).zip(&wanted.inputs).map(|(place, _)| Blind::derive(&own.index_secret, &context, place)).collect();
        let points = wanted.inputs.iter().zip(&blinds).map(|(input, blind)| oprf::blind(input, blind)).collect::<Result<_, _>>();
        let damaged = |error: OprfError| ViewError(format!("what is to be blinded: {error}"));
        let points = BoundedVec::new(points.map_err(damaged)?).map_err(|_| damaged(OprfError::Count))?;
        Ok(Some(Self {
            federation: charter.federation,
            epoch: blinding.epoch(),
            person_ref: wanted.person_ref,
            number: wanted.number,
            inputs: wanted.inputs.clone(),
            blinds,
            points,
            threshold,
            key: own.key(),
            waiting: order.into_iter().map(|(_, keeper)| keeper).collect(),
            asked: Vec::new(),
            parts: Vec::new(),
        }))
    }

    /// The blinding epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How many good answers are still needed.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.threshold - self.parts.len()
    }

    /// The next keeper to ask, and what; none if all were asked.
    pub fn next_keeper(&mut self) -> Option<(UnitId, Vec<u8>)> {
        let keeper = self.waiting.pop_front()?;
        self.asked.push(keeper);
        Some((keeper.unit, self.request(keeper.unit)))
    }

    fn request(&self, keeper: UnitId) -> Vec<u8> {
        let request = BlindRequest {
            federation: self.federation,
            epoch: self.epoch,
            keeper,
            number: self.number,
            person_ref: self.person_ref,
            points: self.points.clone(),
        };
        Signed::sign(&request, &self.key).as_bytes().to_vec()
    }

    /// Takes the answer of a keeper that was asked. A wrong one counts nothing; what it was is to be told to [`super::told`].
    pub fn take(&mut self, unit: UnitId, bytes: &[u8]) -> Told {
        let Some(keeper) = self.asked.iter().find(|keeper| keeper.unit == unit).copied() else { return Told::Unreadable };
        let signed = match wire::decode::<BlindAnswer>(bytes, REPLY_MAX) {
            Ok(BlindAnswer::Evaluated(signed)) => signed,
            Ok(BlindAnswer::Refused(refusal)) => return Told::Refused(refusal),
            Err(_) => return Told::Unreadable,
        };
        let Ok(reply) = signed.verify(&keeper.key) else { return Told::Unreadable };
        let BlindReply { federation, epoch, keeper: by, number, evaluation } = &*reply;
        if (*federation, *epoch, *by, *number) != (self.federation, self.epoch, unit, self.number) {
            return Told::Unreadable;
        }
        if oprf::verify(&keeper.public, &self.points, evaluation).is_err() {
            return Told::Wrong { request: self.request(unit), reply: signed.as_bytes().to_vec() };
        }
        if self.missing() > 0 && self.parts.iter().all(|(index, _)| *index != keeper.index) {
            self.parts.push((keeper.index, evaluation.points.to_vec()));
        }
        Told::Good
    }

    /// The y of each input, once nothing is missing.
    ///
    /// # Errors
    /// [`OprfError`] if answers are missing.
    pub fn finish(&self) -> Result<Vec<[u8; 64]>, OprfError> {
        if self.missing() > 0 {
            return Err(OprfError::Threshold);
        }
        let parts: Vec<(KeyIndex, &[Point])> = self.parts.iter().map(|(index, points)| (*index, points.as_slice())).collect();
        let combined = oprf::combine(&parts)?;
        let each = self.inputs.iter().zip(&self.blinds).zip(&combined);
        each.map(|((input, blind), point)| oprf::finish(input, blind, point)).collect()
    }
}
