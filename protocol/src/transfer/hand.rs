//! The moment of handing over: the owner's last entry, the whole case in parts, the shares that end with it.
//! All of it in one step: a crash leaves either an owner or a handover.

use super::give::{end_other_shares, put};
use super::messages::{FromOwner, Handing, Named, Part, Passed, TransferOffer};
use super::refusal::TransferRefusal;
use super::rows::{GivenState, TransferOut};
use crate::caselog::{
    self, Allowed, Author, Disclosure, FIELD_PARENT, FIELD_REMOVED, FIELD_SUPERSEDED, FIELD_TRANSFER, FoldedCase, Handover, Log,
    TransferValue, case_row, disclose, fold, load,
};
use crate::dictionary::{Dictionary, ShareClass, Value};
use crate::envelope::{Kind, outbox};
use crate::ids::{CaseId, Commitment, EntryHash, UnitId};
use crate::machine::{Scope, Txn, View, ViewError};
use crate::sharing::{ContributionRow, ContributionTerms, PART, passing, unmoored, withheld_from};
use crate::time::Timestamp;
use crate::wire;
use std::collections::{BTreeMap, BTreeSet};

/// Hands a case over to whoever said yes. From here on this unit does not own it.
pub(super) fn hand_over(
    txn: &mut Txn<'_>,
    mut row: TransferOut,
    offer: &TransferOffer,
    log: &Log,
) -> Result<(), TransferRefusal> {
    let (case, to) = (offer.case, offer.to);
    let heads: Vec<(UnitId, u64, EntryHash)> = counting(log).into_iter().map(|(unit, (seq, hash))| (unit, seq, hash)).collect();
    let value = wire::encode(&TransferValue { to, heads: heads.clone() });
    let author = Author { name: row.by.clone() };
    let over = over(txn, txn.now, log, offer, &heads)?.into_iter().map(|value| (FIELD_SUPERSEDED, value));
    let written = caselog::steer(txn, case, over.chain([(FIELD_TRANSFER, Value::Bytes(value))]).collect(), &author)?;

    let log = load(txn, case)?.ok_or_else(|| ViewError("a case that was just written in".to_owned()))?;
    let folded = fold(&log);
    let disclosure = whole(txn, txn.now, &log, &folded, offer, &heads)?;
    row.kept = kept(&folded, &disclosure, to);
    let gone: BTreeSet<Commitment> = disclosure.changes.iter().map(caselog::Change::commitment).collect();
    row.receivers = end_other_shares(txn, case, to, &gone)?;

    let mut held = case_row(txn, case)?.ok_or_else(|| ViewError("a case that was just written in".to_owned()))?;
    let seq = held.heads.get(&offer.from).map_or(0, |(seq, _)| *seq);
    held.owner = to;
    held.handovers.push(Handover { from: offer.from, last: (seq, written.head), to, first: None });
    txn.put(case.as_bytes(), Scope::Master, &held);
    txn.touch(case);

    let named = Named { id: offer.id, case };
    let parts = cut(named, disclosure, contributed(txn, case, to)?);
    let handing = Handing {
        named,
        parts: u32::try_from(parts.len()).unwrap_or(u32::MAX),
        last: written.head,
        receivers: row.receivers.clone(),
        kept: row.kept,
    };
    // Like a recall, this never expires on its way: between the two nobody can write in the case.
    for message in parts.into_iter().map(FromOwner::Part).chain([FromOwner::Handing(handing)]) {
        outbox::queue(txn, to, Kind::Transfer, wire::encode(&message), None)?;
    }
    row.enter(GivenState::HandedOver, txn.now);
    put(txn, case, &row);
    Ok(())
}

/// What others contributed and let pass on, with their terms.
pub(super) fn contributed(txn: &Txn<'_>, case: CaseId, to: UnitId) -> Result<Vec<Passed>, ViewError> {
    let held = |(entry, row): (EntryHash, ContributionRow)| {
        let ContributionRow { share, handling, onward, expires, at, .. } = row;
        Passed { entry, share, terms: ContributionTerms { handling, onward, expires }, at }
    };
    Ok(passing(txn, case, to, txn.now)?.into_iter().map(held).collect())
}

/// The newest entry that counts of each chain but the owner's own.
fn counting(log: &Log) -> BTreeMap<UnitId, (u64, EntryHash)> {
    let mut heads: BTreeMap<UnitId, (u64, EntryHash)> = BTreeMap::new();
    let admitted: BTreeSet<EntryHash> = fold(log).steps.iter().filter(|step| step.admitted).map(|step| step.hash).collect();
    for entry in log.chains.values().flatten().filter(|entry| entry.entry.unit != log.owner && admitted.contains(&entry.hash)) {
        heads.insert(entry.entry.unit, (entry.entry.seq, entry.hash));
    }
    heads
}

/// What stands no more and what goes along does not show: earlier values stay.
fn over(
    view: &dyn View,
    now: Timestamp,
    log: &Log,
    offer: &TransferOffer,
    heads: &[(UnitId, u64, EntryHash)],
) -> Result<Vec<Value>, ViewError> {
    let folded = fold(log);
    let disclosure = whole(view, now, log, &folded, offer, heads)?;
    let going: BTreeSet<Commitment> = disclosure.changes.iter().map(caselog::Change::commitment).collect();
    let theirs = of_chain(log, offer.to);
    let goes = |one: &Commitment| going.contains(one) || theirs.contains(one);
    Ok(caselog::superseded(log, &folded, goes, &withheld_from(view, offer.case, offer.to, now)?))
}

/// The commitments of a unit's own entries.
fn of_chain(log: &Log, unit: UnitId) -> BTreeSet<Commitment> {
    log.chains.get(&unit).into_iter().flatten().flat_map(|entry| entry.entry.commitments.to_vec()).collect()
}

/// Everything that the owner may give: present values, and the headers of all chains as far as they count.
pub(super) fn whole(
    view: &dyn View,
    now: Timestamp,
    log: &Log,
    folded: &FoldedCase,
    offer: &TransferOffer,
    heads: &[(UnitId, u64, EntryHash)],
) -> Result<Disclosure, ViewError> {
    let allowed = Allowed {
        to: offer.to,
        persons: offer.persons.iter().map(|person| person.entity).collect(),
        sections: Dictionary::builtin().sections().iter().map(|section| section.id.clone()).collect(),
        classes: [ShareClass::S, ShareClass::B, ShareClass::I].into(),
        items: offer.items.iter().copied().collect(),
        withheld: withheld_from(view, offer.case, offer.to, now)?,
        unmoored: unmoored(view, offer.case)?,
    };
    // What it wrote itself it has for good, so it has to know of what that it stands no more, and of what that it is removed.
    let own = of_chain(log, offer.to);
    let mut disclosure = disclose(log, folded, &allowed, &own);
    let going: BTreeSet<Commitment> = disclosure.changes.iter().map(caselog::Change::commitment).collect();
    let steering = structure_of(log, folded, &allowed);
    let over = log.changes.values().filter(|change| caselog::steers(change, FIELD_SUPERSEDED));
    let missing = over.chain(steering).chain(log.own_admissions()).filter(|one| !going.contains(&one.commitment()));
    let missing: BTreeMap<Commitment, caselog::Change> = missing.map(|one| (one.commitment(), one.clone())).collect();
    disclosure.changes.extend(missing.into_values());
    let reach: BTreeMap<UnitId, u64> = heads.iter().map(|(unit, seq, _)| (*unit, *seq)).chain([(offer.from, u64::MAX)]).collect();
    disclosure.entries = log
        .chains
        .values()
        .flatten()
        .filter(|entry| entry.entry.unit != offer.to)
        .filter(|entry| reach.get(&entry.entry.unit).is_some_and(|seq| entry.entry.seq <= *seq))
        .map(|entry| entry.signed.clone())
        .collect();
    Ok(disclosure)
}

/// Whose member each entity is, also what does not count yet, and whether it is removed: also of those of which nothing else goes, so
/// that what one owner removed is removed for whoever owned the case before it.
fn structure_of<'a>(log: &'a Log, folded: &'a FoldedCase, allowed: &'a Allowed) -> impl Iterator<Item = &'a caselog::Change> {
    let entities = folded.entities.values();
    let steering = entities.flat_map(|entity| [FIELD_PARENT, FIELD_REMOVED].into_iter().filter_map(|name| entity.field(name)));
    let withheld = log.chains.values().flatten().filter(|entry| allowed.withheld.contains(&entry.hash));
    let withheld: BTreeSet<Commitment> = withheld.flat_map(|entry| entry.entry.commitments.to_vec()).collect();
    let seen = steering.flat_map(caselog::Field::seen).filter(move |one| !withheld.contains(one));
    seen.filter_map(|one| log.changes.get(&one))
}

/// Values of the case that do not go along.
fn kept(folded: &FoldedCase, disclosure: &Disclosure, to: UnitId) -> u32 {
    let gone: BTreeSet<Commitment> = disclosure.changes.iter().map(caselog::Change::commitment).collect();
    let fields = folded.entities.values().filter(|entity| !entity.removed).flat_map(|entity| entity.fields.values());
    // What the receiver wrote itself is not sent back, and not missing there either.
    let theirs = |step: usize| folded.steps.get(step).is_some_and(|step| step.unit == to);
    let left =
        fields.flat_map(|field| &field.versions).filter(|version| !gone.contains(&version.commitment) && !theirs(version.step));
    u32::try_from(left.count()).unwrap_or(u32::MAX)
}

pub(super) fn cut(named: Named, disclosure: Disclosure, contributed: Vec<Passed>) -> Vec<Part> {
    let mut parts = vec![Part { named: Some(named), ..Part::default() }];
    let mut size = 0;
    let mut room = |parts: &mut Vec<Part>, bytes: usize| {
        if size + bytes > PART && size > 0 {
            let index = u32::try_from(parts.len()).unwrap_or(u32::MAX);
            parts.push(Part { named: Some(named), index, ..Part::default() });
            size = 0;
        }
        size += bytes;
    };
    for signed in disclosure.entries {
        room(&mut parts, signed.as_bytes().len() + 8);
        parts.last_mut().expect("there is a first part").entries.push(signed);
    }
    for change in disclosure.changes {
        room(&mut parts, wire::encode(&change).len() + 8);
        parts.last_mut().expect("there is a first part").changes.push(change);
    }
    for passed in contributed {
        room(&mut parts, wire::encode(&passed).len() + 8);
        parts.last_mut().expect("there is a first part").contributed.push(passed);
    }
    parts
}
