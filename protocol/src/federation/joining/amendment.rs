//! One change of the charter: how it travels, which epoch it makes, and what people are shown of it.
//! Not who signs it: see `proposal`.

use super::super::charter::{self, Blinding, Charter, Frozen, Grounds};
use super::super::leaving;
use super::super::member::{Member, MemberData, Name};
use super::super::recovery::Recovery;
use super::super::text;
use super::JoinError;
use super::messages::{self, JoinRequest, Newcomer};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::{CharterHash, NodeKey, UnitId};
use crate::machine::{View, ViewError};
use crate::time::{MINUTE, Timestamp};
use crate::wire;
use serde::{Deserialize, Serialize};

/// How far a proposer's clock may be ahead.
const AHEAD: u64 = 10 * MINUTE;

/// A change as it travels: small, since everybody can build the epoch from it and compare the hash. Never reordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::federation) enum Amendment {
    /// A newcomer, by its own word; what is added is exactly this.
    Admit(Signed<JoinRequest>),
    /// The proposer says something else of itself.
    Data(OwnData),
    /// The proposer has a new node key.
    Key(NodeKey),
    /// A unit has a new node key by the word of its recovery key. Any member may propose it.
    Replace(Recovery),
    /// A unit is left out: because it left, or because the members decide so.
    Remove(UnitId),
    /// The way out of a freeze: this one of the two charters is continued.
    Settle(CharterHash),
    /// A new blinding key, which all its keepers have signed; its beginning is the epoch's.
    Keepers(Box<Blinding>),
}

/// What a unit says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::federation) struct OwnData {
    pub(super) name: Name,
    pub(super) data: MemberData,
}

/// What changes, for a person to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposed {
    /// This unit becomes a member.
    Admit(Member),
    /// A member says something else of itself.
    Data {
        /// As it stands.
        before: Member,
        /// As it would be.
        after: Member,
    },
    /// A member changes its node key, by the key it has. The words have to be compared again.
    Key(Member),
    /// A member replaces its node key by its key on paper: the old one is lost or in foreign hands. Call it before saying yes.
    Replace(Member),
    /// A member is left out.
    Remove {
        /// Which.
        member: Member,
        /// It left by its own word.
        left: bool,
    },
    /// The freeze ends: one charter is continued and the other given up.
    Settle {
        /// This one is continued.
        keep: CharterHash,
        /// This one is given up.
        give_up: CharterHash,
    },
    /// Other keepers, another threshold or another recipe: a new blinding key.
    Keepers {
        /// The present one.
        before: Option<Box<Blinding>>,
        /// The new one.
        after: Box<Blinding>,
    },
}

/// The charter that an epoch continues.
pub(super) struct Base {
    pub(super) charter: Charter,
    pub(super) hash: CharterHash,
    frozen: Option<Frozen>,
}

/// The epoch that an amendment makes.
pub(super) struct Built {
    pub(super) payload: Vec<u8>,
    pub(super) grounds: Grounds,
    pub(super) proposed: Proposed,
    /// For a newcomer, what it asked.
    pub(super) newcomer: Option<Newcomer>,
    /// How many members must sign.
    pub(super) needed: usize,
}

/// The charter that this amendment would continue, if that is possible now.
pub(super) fn base(view: &dyn View, amendment: &Amendment) -> Result<Base, JoinError> {
    let head = charter::head(view)?.ok_or(JoinError::NotAMember)?;
    let charter = charter::whole(view)?.ok_or(JoinError::NotAMember)?;
    match (charter::frozen(view)?, amendment) {
        (None, Amendment::Settle(_)) => Err(JoinError::NotFrozen),
        (None, _) => Ok(Base { charter, hash: head.hash, frozen: None }),
        (Some(frozen), Amendment::Settle(keep)) if *keep == frozen.held => {
            Ok(Base { charter, hash: head.hash, frozen: Some(frozen) })
        }
        (Some(frozen), Amendment::Settle(keep)) if *keep == frozen.other.hash() => {
            Ok(Base { charter: frozen.other.charter()?, hash: *keep, frozen: Some(frozen) })
        }
        (Some(_), Amendment::Settle(_)) => Err(JoinError::NoProposal),
        (Some(_), _) => Err(JoinError::Frozen),
    }
}

/// The epoch that `proposer` would have with this amendment.
pub(super) fn build(
    view: &dyn View,
    base: &Base,
    proposer: UnitId,
    amendment: &Amendment,
    made: Timestamp,
    now: Timestamp,
) -> Result<Built, JoinError> {
    if made > now.plus(AHEAD) {
        return Err(JoinError::Request);
    }
    let mut members = base.charter.members.to_vec();
    let find = |members: &[Member], unit| members.iter().position(|member| member.unit == unit).ok_or(JoinError::NotOther);
    let (mut grounds, mut newcomer, mut settles) = (Grounds::default(), None, None);
    let mut blinding = base.charter.blinding.clone();
    let mut former = base.charter.former.clone().filter(|former| former.until > made);
    let proposed = match amendment {
        Amendment::Admit(request) => {
            let asked = messages::check(request, base.charter.federation, now)?;
            let genesis = &asked.unit.genesis;
            let added = Member::new(asked.unit.unit, genesis.name.clone(), asked.request.data.clone(), genesis.key, made);
            match members.binary_search_by_key(&added.unit, |member| member.unit) {
                Ok(_) => return Err(JoinError::MemberAlready),
                Err(at) => members.insert(at, added.clone()),
            }
            newcomer = Some(asked);
            Proposed::Admit(added)
        }
        Amendment::Data(OwnData { name, data }) => {
            let at = find(&members, proposer)?;
            if name.trim().is_empty() || !text::is_plain(name) || !data.is_plain() {
                return Err(JoinError::Request);
            }
            let before = members[at].clone();
            let MemberData { class, jurisdiction, duty_contact, addresses } = data.clone();
            let after = Member { name: name.clone(), class, jurisdiction, duty_contact, addresses, ..before.clone() };
            members[at] = after.clone();
            Proposed::Data { before, after }
        }
        Amendment::Key(key) => {
            let at = find(&members, proposer)?;
            members[at] = new_key(&members[at], *key, made)?;
            Proposed::Key(members[at].clone())
        }
        Amendment::Replace(recovery) => {
            let word = recovery.check()?;
            let at = find(&members, word.unit)?;
            members[at] = new_key(&members[at], word.key, made)?;
            grounds.recovery = Some(recovery.clone());
            Proposed::Replace(members[at].clone())
        }
        Amendment::Remove(unit) => {
            let member = members.remove(find(&members, *unit)?);
            let left = leaving::of(view, *unit)?;
            // A departure counts only for numbers for which its unit has signed nothing.
            let counts = left.clone().filter(|left| left.stored().is_ok_and(|left| left.epoch <= base.charter.epoch + 1));
            grounds.leaves = BoundedVec::new(counts.into_iter().collect()).expect("one is within the limit");
            Proposed::Remove { member, left: left.is_some() }
        }
        Amendment::Settle(keep) => {
            let frozen = base.frozen.as_ref().ok_or(JoinError::NotFrozen)?;
            let give_up = if *keep == frozen.held { frozen.other.hash() } else { frozen.held };
            settles = Some(give_up);
            Proposed::Settle { keep: *keep, give_up }
        }
        Amendment::Keepers(new) => {
            let before = blinding.take();
            former = before.as_ref().map(|before| charter::former_blinding(before, made));
            let after = Blinding { from: made, ..(**new).clone() };
            blinding = Some(after.clone());
            Proposed::Keepers { before: before.map(Box::new), after: Box::new(after) }
        }
    };
    if members.is_empty() {
        return Err(JoinError::NotOther);
    }
    let next = Charter {
        federation: base.charter.federation,
        epoch: base.charter.epoch + 1,
        previous: Some(base.hash),
        threshold: charter::least_threshold(members.len()),
        members: BoundedVec::new(members).map_err(|_| JoinError::Full)?,
        blinding,
        former,
        settles,
        made,
    };
    charter::keeps(&base.charter, &next).map_err(JoinError::Charter)?;
    let needed = charter::needed(&base.charter, grounds.leaves.len(), settles.is_some());
    Ok(Built { payload: wire::encode(&next), grounds, proposed, newcomer, needed })
}

fn new_key(member: &Member, key: NodeKey, from: Timestamp) -> Result<Member, JoinError> {
    key.check().map_err(|_| JoinError::Request)?;
    if member.keys.iter().any(|known| known.key == key) {
        return Err(JoinError::Request);
    }
    member.with_key(key, from).ok_or(JoinError::TooManyKeys)
}

/// Whether a proposal that was stored can still be built.
pub(super) fn continues(view: &dyn View, amendment: &Amendment, epoch: u64) -> Result<bool, ViewError> {
    match base(view, amendment) {
        Ok(base) => Ok(epoch == base.charter.epoch + 1),
        Err(JoinError::Store(error)) => Err(error),
        Err(_) => Ok(false),
    }
}
