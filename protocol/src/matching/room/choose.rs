//! Which values of a person may be chosen for a room, and whether those that were chosen may be told: as a share of the same would be
//! judged. What leaves is what `caselog::disclose` lets through.

use super::RoomRefusal;
use super::act::{Chosen, Offer};
use super::given::{FIELDS_MAX, Fields, GivenField, can_be_given};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{FoldedCase, Hangs, Log, Name, Version, fold, load, person_of};
use crate::dictionary::{Dictionary, ShareClass, Value};
use crate::federation::own;
use crate::ids::{CaseId, Commitment, EntityId, ShareId, UnitId};
use crate::machine::{View, ViewError};
use crate::matching::alert::Alert;
use crate::sharing::{self, Basis, Handling, Onward, Purpose, Rights, Share, SharePerson};
use crate::time::{DAY, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The consent that values rest on must last this long beyond the telling: the other side may keep them so long.
const KEPT: u64 = super::rows::LASTS + DAY;
/// Most restricted values that a share can name.
const ITEMS_MAX: usize = 256;

/// A value of the person that could be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What names it.
    pub commitment: Commitment,
    /// The entity that it stands in.
    pub entity: EntityId,
    /// The kind in the dictionary.
    pub kind: Name,
    /// The field in the dictionary.
    pub field: Name,
    /// How far it may travel; X needs a reason of its own.
    pub class: ShareClass,
    /// The value.
    pub value: Value,
}

/// What of our person could be told to the other unit of an alert, in the order of the dictionary's kinds.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn choices(view: &dyn View, alert: &Alert, now: Timestamp) -> Result<Vec<Choice>, ViewError> {
    let Some(log) = load(view, alert.case)? else { return Ok(Vec::new()) };
    let folded = fold(&log);
    let items = of_person(&folded, alert.person).into_iter().filter(|one| one.class == ShareClass::X).map(|one| one.commitment);
    let items: Vec<Commitment> = items.take(ITEMS_MAX).collect();
    let classes = BTreeSet::from([ShareClass::S, ShareClass::B, ShareClass::I]);
    let offer =
        Offer { basis: Basis::LawEnforcement, purpose: Purpose::Investigation, handling: Handling::H2, ..Offer::default() };
    let share = terms(alert.case, alert.person, alert.peer, &offer, &classes, items, now);
    tellable(view, &log, &folded, alert.person, &share, now)
}

/// The values chosen, once each is found to be one of those that may be told, on terms that a share of them could have.
pub(super) fn chosen(
    view: &dyn View,
    alert: &Alert,
    offer: &Offer,
    now: Timestamp,
) -> Result<(Fields, Option<Share>, Vec<Commitment>), RoomRefusal> {
    let fields = |fields| Fields { basis: offer.basis, purpose: offer.purpose, handling: offer.handling, fields };
    if offer.fields.is_empty() {
        return Ok((fields(BoundedVec::default()), None, Vec::new()));
    }
    let known: BTreeMap<Commitment, Choice> =
        choices(view, alert, now)?.into_iter().map(|choice| (choice.commitment, choice)).collect();
    let mut wanted: Vec<&Choice> = Vec::new();
    for Chosen { commitment, reason } in &offer.fields {
        let choice = known.get(commitment).ok_or(RoomRefusal::Field("fields", "values of this person that stand today"))?;
        if choice.class == ShareClass::X && reason.trim().is_empty() {
            return Err(RoomRefusal::Field("reason", "a reason for each restricted value"));
        }
        if wanted.iter().any(|one| one.commitment == *commitment) || wanted.len() >= FIELDS_MAX {
            return Err(RoomRefusal::Field("fields", "at most 64 values, each once"));
        }
        wanted.push(choice);
    }
    let classes = wanted.iter().map(|one| one.class).filter(|class| *class != ShareClass::X).collect();
    let items = wanted.iter().filter(|one| one.class == ShareClass::X).map(|one| one.commitment).collect();
    let share = terms(alert.case, alert.person, alert.peer, offer, &classes, items, now);
    let may = allowed(view, alert.person, &share, now)?;
    if wanted.iter().any(|one| !may.contains(&one.commitment)) {
        return Err(RoomRefusal::Field("fields", "values of this person that may be told to this unit"));
    }
    let commitments = wanted.iter().map(|one| one.commitment).collect();
    let mut groups: Vec<EntityId> = Vec::new();
    let given = wanted.into_iter().map(|one| {
        let at = groups.iter().position(|entity| *entity == one.entity).unwrap_or_else(|| {
            groups.push(one.entity);
            groups.len() - 1
        });
        let group = u8::try_from(at).unwrap_or(u8::MAX);
        GivenField { group, kind: one.kind.clone(), field: one.field.clone(), value: one.value.clone() }
    });
    let given = BoundedVec::new(given.collect()).map_err(|_| RoomRefusal::Field("fields", "at most 64 values"))?;
    Ok((fields(given), Some(share), commitments))
}

/// Whether what was chosen may still be told: the case is ours, consent covers it, and nothing of it was taken back by its author.
/// A value that was corrected since goes as it was chosen: the yes binds it.
pub(super) fn still_allowed(view: &dyn View, share: &Share, chosen: &[Commitment], now: Timestamp) -> Result<bool, ViewError> {
    let own = own::load(view)?.unit;
    let Some(log) = load(view, share.case)?.filter(|log| log.owner == own) else { return Ok(false) };
    let stands = chosen.iter().all(|one| log.changes.contains_key(one));
    Ok(stands && sharing::missing_consents(view, now, share)?.is_empty())
}

fn allowed(view: &dyn View, person: EntityId, share: &Share, now: Timestamp) -> Result<BTreeSet<Commitment>, RoomRefusal> {
    let log = sharing::check(view, now, share, None)?;
    let folded = fold(&log);
    Ok(tellable(view, &log, &folded, person, share, now)?.into_iter().map(|choice| choice.commitment).collect())
}

fn tellable(
    view: &dyn View,
    log: &Log,
    folded: &FoldedCase,
    person: EntityId,
    share: &Share,
    now: Timestamp,
) -> Result<Vec<Choice>, ViewError> {
    let through = sharing::open_values(view, log, share, now)?;
    Ok(of_person(folded, person).into_iter().filter(|choice| through.contains(&choice.commitment)).collect())
}

/// The shown values of a person and of what hangs on it.
fn of_person(folded: &FoldedCase, person: EntityId) -> Vec<Choice> {
    let dictionary = Dictionary::builtin();
    let mut found = Vec::new();
    for (key, entity) in &folded.entities {
        let Some(kind) = dictionary.kind(&key.0).filter(|kind| !kind.structural) else { continue };
        if entity.removed || person_of(folded, key) != Hangs::On(person) {
            continue;
        }
        for known in kind.fields.iter().filter(|field| can_be_given(field)) {
            let version = entity.field(&known.name).and_then(|field| field.versions.first());
            let Some(Version { value, commitment, .. }) = version.filter(|version| !version.value.is_cleared()) else { continue };
            let (Ok(kind), Ok(field)) = (Name::new(kind.name.as_str()), Name::new(known.name.as_str())) else { continue };
            let (value, class) = (value.clone(), known.class_of(value));
            found.push(Choice { commitment: *commitment, entity: key.1, kind, field, class, value });
        }
    }
    found
}

/// The share that would let the same values through.
fn terms(
    case: CaseId,
    person: EntityId,
    to: UnitId,
    offer: &Offer,
    classes: &BTreeSet<ShareClass>,
    items: Vec<Commitment>,
    now: Timestamp,
) -> Share {
    let sections = Dictionary::builtin().sections().iter().filter_map(|section| Name::new(section.id.as_str()).ok()).collect();
    // A share names at least one class; statistical values say nothing that was not chosen.
    let classes = if classes.is_empty() { vec![ShareClass::S] } else { classes.iter().copied().collect() };
    let person = SharePerson { entity: person, basis: offer.basis, reason: offer.reason.clone() };
    Share {
        id: ShareId([0; 16]),
        revision: 0,
        case,
        from: UnitId([0; 32]),
        to,
        persons: BoundedVec::new(vec![person]).unwrap_or_default(),
        sections: BoundedVec::new(sections).unwrap_or_default(),
        classes: BoundedVec::new(classes).unwrap_or_default(),
        items: BoundedVec::new(items).unwrap_or_default(),
        rights: Rights::Read,
        purpose: offer.purpose,
        handling: offer.handling,
        onward: Onward::None,
        expires: now.plus(KEPT),
        note: BoundedText::default(),
    }
}
