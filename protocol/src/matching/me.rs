//! Who this node is and who the others are, read once for a step.
//! Not kept between steps: a charter may have changed in between.

use super::rows::Indexed;
use super::weights;
use crate::bounded::BoundedVec;
use crate::crypto::NodeSecret;
use crate::federation::charter::Blinding;
use crate::federation::member::Member;
use crate::federation::{Secret32, charter, own};
use crate::fingerprint::Weights;
use crate::ids::{FederationId, NodeKey, SubjectId, Token, UnitId};
use crate::machine::{Announcer, View, ViewError};
use crate::time::Timestamp;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Me {
    pub(super) federation: FederationId,
    pub(super) unit: UnitId,
    pub(super) key: NodeSecret,
    /// The other members whose tokens are indexed.
    pub(super) others: BTreeSet<UnitId>,
    /// What agreement and contradiction are worth.
    pub(super) weights: Cow<'static, Weights>,
    index_secret: Secret32,
    present_keys: BTreeMap<NodeKey, UnitId>,
    past_keys: BTreeMap<NodeKey, UnitId>,
    /// The present blinding epoch; the first of a federation without keepers.
    pub(super) epoch: u64,
    /// The one before, and until when it counts.
    former: Option<(u64, Timestamp)>,
}

impl Me {
    /// None before the unit founded or joined a federation.
    pub(super) fn load(view: &dyn View) -> Result<Option<Self>, ViewError> {
        let Some(charter) = charter::current(view)? else {
            return Ok(None);
        };
        let own = own::load(view)?;
        let keys = charter.members.iter().filter_map(|member| Some((member.present_key()?, member.unit)));
        let past = |member: &Member| {
            let unit = member.unit;
            member.keys.iter().filter(|key| key.until.is_some()).map(|key| (key.key, unit)).collect::<Vec<_>>()
        };
        Ok(Some(Self {
            federation: charter.federation,
            unit: own.unit,
            key: own.key(),
            others: Indexed::load(view)?.units,
            weights: weights::load(view)?,
            index_secret: own.index_secret.clone(),
            present_keys: keys.collect(),
            past_keys: charter.members.iter().flat_map(past).collect(),
            epoch: charter.blinding.as_ref().map_or(0, Blinding::epoch),
            former: charter.former.as_ref().map(|former| (former.blinding.epoch(), former.until)),
        }))
    }

    /// The member that signs with this key now.
    pub(super) fn unit_of(&self, key: NodeKey) -> Option<UnitId> {
        self.present_keys.get(&key).copied()
    }

    /// The member that signed with this key before it had its present one.
    pub(super) fn past_unit_of(&self, key: NodeKey) -> Option<UnitId> {
        self.past_keys.get(&key).copied()
    }

    /// The blinding epoch before the present one, while it counts.
    pub(super) fn former(&self, now: Timestamp) -> Option<u64> {
        self.former.filter(|(_, until)| now < *until).map(|(epoch, _)| epoch)
    }

    /// Whether beacons of a blinding epoch count now.
    pub(super) fn counts(&self, epoch: u64, now: Timestamp) -> bool {
        epoch == self.epoch || self.former(now) == Some(epoch)
    }

    /// The token of one y of a blinding epoch as `unit` announces it.
    pub(super) fn token(&self, epoch: u64, unit: UnitId, y: &[u8; 64]) -> Token {
        self.announcer(epoch, unit).token(y)
    }

    /// Whose tokens those of `unit` are.
    pub(super) fn announcer(&self, epoch: u64, unit: UnitId) -> Announcer {
        Announcer { federation: self.federation, epoch, unit }
    }

    /// A subject's y's of the present key as the token list of our own beacon.
    pub(super) fn padded<'a>(&self, subject: SubjectId, ys: impl IntoIterator<Item = &'a [u8; 64]>) -> BoundedVec<Token, 24> {
        let tokens = ys.into_iter().map(|y| self.token(self.epoch, self.unit, y));
        super::beacon::padded(&self.index_secret, self.epoch, subject, tokens)
    }
}
