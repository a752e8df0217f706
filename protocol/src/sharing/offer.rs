//! The owner gives a share: checks, preview, signing, sending.
//! What the receiver will see is computed by the same call for the preview and for the sending.

use super::consent;
use super::outgoing::{Since, allowed_of, send_disclosure};
use super::refusal::ShareRefusal;
use super::rows::{OfCase, OutState, ShareOut, of_case_key};
use super::share::{Basis, Share};
use crate::caselog::{self, Disclosure, FoldedCase, HandoverProof, Log, LogEntry, disclose, fold, load, opening};
use crate::crypto::Signed;
use crate::dictionary::{Dictionary, ShareClass};
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, outbox};
use crate::federation::{charter, own, peering};
use crate::ids::{Commitment, ShareId, UnitId};
use crate::machine::{Notice, Scope, Txn, View, ViewError};
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a person asks for: a share without id, revision and owner.
pub type Request = Share;

/// The payload of [`Kind::Share`]: entries follow under [`Kind::Entries`] until these heads and this many changes are there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SharePayload {
    pub(super) share: Signed<Share>,
    /// What the owner opened the case with: shows that it is its own to share.
    #[serde(with = "serde_bytes")]
    pub(super) opening: Vec<u8>,
    pub(super) heads: Vec<(UnitId, u64)>,
    pub(super) changes: u32,
    /// What was shown and is not to be shown any more: the receiver keeps `kept` under a new key and destroys the old one.
    pub(super) lowers: bool,
    pub(super) kept: Vec<Commitment>,
    /// How the case came to this owner, if it did not open it.
    pub(super) custody: Vec<HandoverProof>,
}

/// Longest life of a share, in milliseconds.
const LONGEST: u64 = 5 * 365 * DAY;

/// The case exactly as the receiver will see it.
///
/// # Errors
/// [`ShareRefusal`] as for [`create`].
pub fn preview(view: &dyn View, now: Timestamp, request: &Request) -> Result<FoldedCase, ShareRefusal> {
    let log = check(view, now, request, None)?;
    let disclosure = disclosure(view, &log, request, now)?;
    Ok(received(&log, &disclosure)?)
}

/// The fold of what a receiver gets and nothing else.
pub(super) fn received(whole: &Log, disclosure: &Disclosure) -> Result<FoldedCase, ViewError> {
    let mut log = Log { handovers: whole.handovers.clone(), ..Log::new(whole.case, whole.owner) };
    for signed in &disclosure.entries {
        let entry = signed.stored().map_err(|error| ViewError(error.to_string()))?;
        log.chains.entry(entry.unit).or_default().push(LogEntry::new(signed.clone(), entry));
    }
    log.changes = disclosure.changes.iter().map(|change| (change.commitment(), change.clone())).collect();
    Ok(fold(&log))
}

/// Signs and sends a share. `request.id`, `revision` and `from` are set here.
///
/// # Errors
/// [`ShareRefusal`], and nothing is sent.
pub fn create(txn: &mut Txn<'_>, request: Request) -> Result<ShareId, ShareRefusal> {
    let own = own::load(txn)?;
    let share = Share { id: ShareId::random(txn.rng), revision: 0, from: own.unit, ..request };
    let log = check(txn, txn.now, &share, None)?;
    let disclosure = disclosure(txn, &log, &share, txn.now)?;
    let mut row = ShareOut {
        share: Signed::sign(&share, &own.key()),
        case: share.case,
        to: share.to,
        state: OutState::Sent,
        history: vec![(OutState::Sent, txn.now)],
        heads: BTreeMap::new(),
        sent: BTreeSet::new(),
        stale: BTreeSet::new(),
        reason: None,
        receipt: None,
        taken_back: BTreeSet::new(),
        revisions: Vec::new(),
        above: 0,
        reminded: 0,
    };
    send(txn, &log, &share, &mut row, disclosure, Since::Sent)?;
    txn.put(share.id.as_bytes(), Scope::Case(share.case), &row);
    txn.put(&of_case_key(share.case, share.id), Scope::Master, &OfCase { given: true });
    txn.notify(Notice::Share(share.id));
    Ok(share.id)
}

/// What goes ahead of the parts of a share.
pub(super) fn payload(log: &Log, signed: &Signed<Share>, disclosure: &Disclosure) -> Result<SharePayload, ShareRefusal> {
    let mut heads: BTreeMap<UnitId, u64> = BTreeMap::new();
    for entry in &disclosure.entries {
        let entry = entry.stored().map_err(|error| ViewError(error.to_string()))?;
        heads.insert(entry.unit, entry.seq);
    }
    Ok(SharePayload {
        share: signed.clone(),
        opening: opening(log).ok_or(ShareRefusal::NotOwner)?.to_vec(),
        heads: heads.into_iter().collect(),
        changes: u32::try_from(disclosure.changes.len()).unwrap_or(u32::MAX),
        lowers: false,
        kept: Vec::new(),
        custody: caselog::proofs(log),
    })
}

pub(super) fn disclosure(view: &dyn View, log: &Log, share: &Share, now: Timestamp) -> Result<Disclosure, ViewError> {
    Ok(disclose(log, &fold(log), &allowed_of(view, share, now)?, &BTreeSet::new()))
}

/// The values that a share would open, by the same rule as for sending one.
pub(crate) fn open_values(view: &dyn View, log: &Log, share: &Share, now: Timestamp) -> Result<BTreeSet<Commitment>, ViewError> {
    Ok(disclosure(view, log, share, now)?.changes.iter().map(caselog::Change::commitment).collect())
}

/// Whether this unit may give this share, `before` being the revision that it takes the place of; hands the log back.
pub(crate) fn check(view: &dyn View, now: Timestamp, share: &Share, before: Option<&Share>) -> Result<Log, ShareRefusal> {
    let own = own::load(view)?;
    // Taking something away is an end, and ends go on.
    if charter::is_frozen(view)? && !before.is_some_and(|before| before.is_only_lowered_by(share)) {
        return Err(ShareRefusal::Frozen);
    }
    let log = load(view, share.case)?.filter(|log| log.owner == own.unit).ok_or(ShareRefusal::NotOwner)?;
    if charter::member(view, share.to)?.is_none() || share.to == own.unit {
        return Err(OutboxError::NotAMember.into());
    }
    if !peering::is_confirmed(view, share.to)? {
        return Err(OutboxError::NotConfirmed.into());
    }
    if share.expires <= now || share.expires.since(now) > LONGEST {
        return Err(ShareRefusal::Expiry);
    }
    if share.sections.is_empty() {
        return Err(ShareRefusal::Empty("sections"));
    }
    if share.classes.is_empty() {
        return Err(ShareRefusal::Empty("classes"));
    }
    if share.classes.contains(&ShareClass::X) {
        return Err(ShareRefusal::Field("classes: restricted values are chosen one by one"));
    }
    let known = Dictionary::builtin().sections();
    if share.sections.iter().any(|section| !known.iter().any(|known| known.id == **section)) {
        return Err(ShareRefusal::Field("sections: expected sections of the dictionary"));
    }
    let folded = fold(&log);
    for person in share.persons.iter() {
        let named_before = before.is_some_and(|before| before.persons.iter().any(|one| one.entity == person.entity));
        if !named_before && folded.entity("person", person.entity).is_none_or(|entity| entity.removed) {
            return Err(ShareRefusal::Person);
        }
        if person.basis != Basis::Consent && person.reason.trim().is_empty() {
            return Err(ShareRefusal::Reason);
        }
        let gaps = consent::gaps(view, &folded, share, person, now)?;
        if !gaps.is_empty() {
            return Err(ShareRefusal::Consent(person.entity, gaps));
        }
    }
    let current = current_restricted(&folded);
    let chosen_before = |item: &Commitment| before.is_some_and(|before| before.items.contains(item));
    if share.items.iter().any(|item| !current.contains(item) && !chosen_before(item)) {
        return Err(ShareRefusal::Field("items: one of them is not a restricted value that stands in the case today"));
    }
    Ok(log)
}

/// The share itself and its first parts.
fn send(
    txn: &mut Txn<'_>,
    log: &Log,
    share: &Share,
    row: &mut ShareOut,
    disclosure: Disclosure,
    since: Since,
) -> Result<(), ShareRefusal> {
    let payload = payload(log, &row.share, &disclosure)?;
    let lifetime = Some(share.expires.since(txn.now));
    outbox::queue_about(txn, share.to, Kind::Share, wire::encode(&payload), lifetime, Some(share.id))?;
    send_disclosure(txn, share, row, disclosure, since)?;
    Ok(())
}

/// Sends an open share from its beginning, to a receiver that has forgotten it. Its people are asked anew.
pub(super) fn give_again(txn: &mut Txn<'_>, id: ShareId) -> Result<(), ShareRefusal> {
    let Some(mut row) = txn.get::<ShareOut>(id.as_bytes())? else { return Ok(()) };
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    let Some(log) = load(txn, share.case)?.filter(|_| txn.now < share.expires) else { return Ok(()) };
    let disclosure = disclose(&log, &fold(&log), &allowed_of(txn, &share, txn.now)?, &row.sent);
    send(txn, &log, &share, &mut row, disclosure, Since::Beginning)?;
    row.enter(OutState::Sent, txn.now);
    txn.put(id.as_bytes(), Scope::Case(share.case), &row);
    txn.notify(Notice::Share(id));
    Ok(())
}

/// The values of class X that stand today.
pub(crate) fn current_restricted(folded: &FoldedCase) -> BTreeSet<Commitment> {
    let dictionary = Dictionary::builtin();
    let mut found = BTreeSet::new();
    for ((kind, _), entity) in &folded.entities {
        for (name, field) in &entity.fields {
            let Some(known) = dictionary.field(kind, name) else { continue };
            found.extend(
                field
                    .versions
                    .iter()
                    .filter(|version| known.class_of(&version.value) == ShareClass::X)
                    .map(|version| version.commitment),
            );
        }
    }
    found
}
