//! What of a case leaves the node: one function, and the only one.
//! It reads a rule and the log; it does not send.

use super::person::{Hangs, person_of};
use super::superseded::superseded_by;
use super::{
    Change, Entity, EntityKey, Entry, FIELD_PARENT, FIELD_REMOVED, FIELD_TAKEOVER, FIELD_TRANSFER, Field, FoldedCase, KIND_ENTRY,
    KIND_LOG, Log, LogEntry, Name, Version,
};
use crate::crypto::Signed;
use crate::dictionary::{Dictionary, Kind, ShareClass, Value};
use crate::ids::{Commitment, EntityId, EntryHash, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// What one receiver is allowed, taken from a share.
#[derive(Debug, Clone)]
pub struct Allowed {
    /// The receiver: its own chain is not sent back, but its admissions are.
    pub to: UnitId,
    /// Persons named with a basis of their own.
    pub persons: BTreeSet<EntityId>,
    /// Sections of the dictionary.
    pub sections: BTreeSet<String>,
    /// Classes; X counts only through `items`.
    pub classes: BTreeSet<ShareClass>,
    /// Single values of class X, by commitment: today's, never later ones.
    pub items: BTreeSet<Commitment>,
    /// Entries of third units that may not be passed on.
    pub withheld: BTreeSet<EntryHash>,
    /// Entities of which something destroyed may have said whom they concern: nothing of them leaves before that is said again.
    pub unmoored: BTreeSet<EntityId>,
}

/// What is to be sent.
#[derive(Debug, Clone, Default)]
pub struct Disclosure {
    /// Headers, in the order of each chain.
    pub entries: Vec<Signed<Entry>>,
    /// Open changes.
    pub changes: Vec<Change>,
    /// Sent before, and replaced by what may not be shown: "no longer current".
    pub stale: Vec<Commitment>,
}

/// The present values and open conflicts that the rule allows, never earlier ones.
///
/// `sent` is what this receiver was shown before under the same share.
#[must_use]
pub fn disclose(log: &Log, folded: &FoldedCase, allowed: &Allowed, sent: &BTreeSet<Commitment>) -> Disclosure {
    let withheld = withheld(log, allowed);
    let mut shown: BTreeSet<Commitment> = BTreeSet::new();
    for (key, entity) in &folded.entities {
        let of_entity = present(folded, key, entity, allowed, &withheld);
        if entity.removed && knows_of(log, folded, key, entity, allowed) {
            shown.extend(structural(entity, &withheld));
        }
        if entity.removed && of_entity.is_disjoint(sent) && !structural(entity, &withheld).any(|one| sent.contains(&one)) {
            continue;
        }
        if !of_entity.is_empty() {
            shown.extend(of_entity);
            shown.extend(structural(entity, &withheld));
            shown.extend(concerned(key, entity, &withheld));
        }
    }
    let mut stale: BTreeSet<Commitment> = sent.iter().filter(|one| !shown.contains(one) && is_value(log, one)).copied().collect();
    stale.extend(replaced_of(log, folded, allowed));
    assemble(log, allowed, shown, stale.into_iter().collect())
}

/// What the receiver wrote itself and has for good, and that stands no more: of what the rule lets through what counts and is replaced,
/// perhaps by what may not be shown; and what a former owner said of values that are not here.
fn replaced_of(log: &Log, folded: &FoldedCase, allowed: &Allowed) -> Vec<Commitment> {
    let own = log.chains.get(&allowed.to).map(Vec::as_slice).unwrap_or_default();
    let all: BTreeSet<&Commitment> = own.iter().flat_map(|entry| entry.entry.commitments.iter()).collect();
    let said = log.chains.values().flatten().filter(|entry| !all.is_empty() && log.is_owners(entry.entry.unit, entry.entry.seq));
    let said = said.flat_map(|entry| log.changes_of(entry)).flat_map(|(_, change)| superseded_by(change).unwrap_or_default());
    let said: Vec<Commitment> = said.filter(|one| all.contains(one) && !log.changes.contains_key(one)).collect();
    let counts: BTreeSet<EntryHash> =
        folded.steps.iter().filter(|step| step.unit == allowed.to && step.admitted).map(|step| step.hash).collect();
    let is_over = |(one, change): &(Commitment, &Change)| {
        let key = (change.kind.clone(), change.entity);
        let field = folded.entities.get(&key).and_then(|entity| entity.field(&change.field));
        let is_there = |field: &Field| field.versions.iter().chain(&field.pending).any(|version| version.commitment == *one);
        is_value(log, one) && covers(folded, &key, allowed).is_some() && field.is_none_or(|field| !is_there(field))
    };
    let own = own.iter().filter(|entry| counts.contains(&entry.hash)).flat_map(|entry| log.changes_of(entry));
    own.filter(is_over).map(|(one, _)| one).chain(said).collect()
}

/// Commitments of contributions that their author does not let pass.
fn withheld(log: &Log, allowed: &Allowed) -> BTreeSet<Commitment> {
    log.chains
        .values()
        .flatten()
        .filter(|entry| allowed.withheld.contains(&entry.hash))
        .flat_map(|entry| entry.entry.commitments.to_vec())
        .collect()
}

/// The kind of an entity, if the rule lets anything of it through: by its section, and by whom it concerns.
fn covers(folded: &FoldedCase, key: &EntityKey, allowed: &Allowed) -> Option<&'static Kind> {
    let kind = Dictionary::builtin().kind(&key.0).filter(|kind| !kind.structural)?;
    let section = kind.section.as_ref().is_some_and(|section| allowed.sections.contains(section));
    let person = match person_of(folded, key) {
        Hangs::OnNobody => !is_unmoored(folded, key, &allowed.unmoored),
        Hangs::On(person) => allowed.persons.contains(&person),
        Hangs::Unknown => false,
    };
    (section && person).then_some(kind)
}

/// The field values of an entity that the rule lets through.
fn present(
    folded: &FoldedCase,
    key: &EntityKey,
    entity: &Entity,
    allowed: &Allowed,
    withheld: &BTreeSet<Commitment>,
) -> BTreeSet<Commitment> {
    let Some(kind) = covers(folded, key, allowed).filter(|kind| !is_named_apart(kind, entity, withheld)) else {
        return BTreeSet::new();
    };
    let mut through = BTreeSet::new();
    for (name, field) in &entity.fields {
        let Some(known) = kind.field(name).filter(|field| !field.structural) else { continue };
        for version in &field.versions {
            let class = known.class_of(&version.value);
            let by_class = class != ShareClass::X && allowed.classes.contains(&class);
            let by_item = class == ShareClass::X && allowed.items.contains(&version.commitment);
            if (by_class || by_item) && !withheld.contains(&version.commitment) {
                through.insert(version.commitment);
            }
        }
    }
    through
}

/// Whether only what is kept back says whom an entity concerns: where that does not come it would concern nobody, and go to everybody.
fn is_named_apart(kind: &Kind, entity: &Entity, withheld: &BTreeSet<Commitment>) -> bool {
    let says = kind.person_ref.as_deref().and_then(|field| entity.field(field));
    says.is_some_and(|field| {
        let mut named = field.versions.iter().filter(|version| !version.value.is_cleared()).peekable();
        named.peek().is_some() && named.all(|version| withheld.contains(&version.commitment))
    })
}

/// Whether it was once said whom an entity, or the one it belongs to, concerns, and nothing that counts says so now.
fn is_unmoored(folded: &FoldedCase, key: &EntityKey, unmoored: &BTreeSet<EntityId>) -> bool {
    let mut at = key.clone();
    while let (Some(entity), Some(kind)) = (folded.entities.get(&at), Dictionary::builtin().kind(&at.0)) {
        let says = kind.person_ref.as_deref().and_then(|field| entity.field(field));
        if unmoored.contains(&at.1) && says.is_none_or(|field| field.versions.is_empty()) {
            return true;
        }
        let (Some(parent), Some(id)) = (&kind.parent, entity.parent) else { return false };
        at = (Name::new(parent.as_str()).unwrap_or_default(), id);
    }
    false
}

/// Whether the receiver has of a removed entity what it was not sent under the share: because it wrote in it; or because it owned the
/// case, and the entity was removed by a later owner, of which only that has come here.
fn knows_of(log: &Log, folded: &FoldedCase, key: &EntityKey, entity: &Entity, allowed: &Allowed) -> bool {
    let theirs = |version: &Version| folded.steps.get(version.step).is_some_and(|step| step.unit == allowed.to);
    let wrote = entity.fields.values().flat_map(|field| field.versions.iter().chain(&field.pending)).any(theirs);
    let bare = entity.fields.keys().all(|name| matches!(&**name, FIELD_PARENT | FIELD_REMOVED));
    let owned = log.handovers.iter().any(|one| one.from == allowed.to);
    wrote && covers(folded, key, allowed).is_some() || bare && owned
}

/// `parent` and `removed` travel with any field of their entity.
fn structural<'a>(entity: &'a Entity, withheld: &'a BTreeSet<Commitment>) -> impl Iterator<Item = Commitment> + 'a {
    [FIELD_PARENT, FIELD_REMOVED]
        .into_iter()
        .filter_map(|name| entity.field(name))
        .flat_map(Field::seen)
        .filter(|one| !withheld.contains(one))
}

/// Whom an entity concerns, of whatever class that is: the receiver is to know, and to be able to say it to an owner that lost it.
fn concerned<'a>(
    key: &EntityKey,
    entity: &'a Entity,
    withheld: &'a BTreeSet<Commitment>,
) -> impl Iterator<Item = Commitment> + use<'a> {
    let names = Dictionary::builtin().kind(&key.0).and_then(|kind| kind.person_ref.as_deref());
    let field = names.and_then(|name| entity.field(name));
    field.into_iter().flat_map(Field::seen).filter(|one| !withheld.contains(one))
}

fn is_value(log: &Log, commitment: &Commitment) -> bool {
    log.changes.get(commitment).is_some_and(|change| {
        !matches!(&*change.kind, KIND_ENTRY | KIND_LOG) && !matches!(&*change.field, FIELD_PARENT | FIELD_REMOVED)
    })
}

/// Adds what belongs to each entry, and the headers up to the last one that has something.
fn assemble(log: &Log, allowed: &Allowed, mut shown: BTreeSet<Commitment>, stale: Vec<Commitment>) -> Disclosure {
    let carries = |entry: &LogEntry, shown: &BTreeSet<Commitment>| entry.entry.commitments.iter().any(|one| shown.contains(one));
    let passed: BTreeSet<EntryHash> = log
        .chains
        .values()
        .flatten()
        .filter(|entry| {
            entry.entry.unit == allowed.to || (!log.is_owners(entry.entry.unit, entry.entry.seq) && carries(entry, &shown))
        })
        .map(|entry| entry.hash)
        .collect();
    let mut meta = BTreeSet::new();
    for entry in log.chains.values().flatten() {
        let with_values = carries(entry, &shown) && entry.entry.unit != allowed.to;
        for (commitment, change) in log.changes_of(entry) {
            let goes = match (&*change.kind, &*change.field) {
                (KIND_ENTRY, "at" | "dictionary") => with_values,
                (KIND_ENTRY, "by") => with_values && allowed.classes.contains(&ShareClass::I),
                (KIND_LOG, "opening" | FIELD_TRANSFER | FIELD_TAKEOVER) => true,
                (KIND_LOG, "admit") => {
                    matches!(&change.value, Value::Bytes(hash) if EntryHash::from_slice(hash).is_some_and(|hash| passed.contains(&hash)))
                }
                _ => false,
            };
            if goes {
                meta.insert(commitment);
            }
        }
    }
    // An admission makes its entry carry something, and so its time and dictionary go with it.
    let steering: Vec<&LogEntry> = log.chains.values().flatten().filter(|entry| carries(entry, &meta)).collect();
    for entry in steering {
        meta.extend(
            log.changes_of(entry).filter(|(_, change)| &*change.kind == KIND_ENTRY && &*change.field != "by").map(|(one, _)| one),
        );
    }
    shown.extend(meta);
    let mut disclosure = Disclosure { stale, ..Disclosure::default() };
    let mut last: BTreeMap<UnitId, u64> = BTreeMap::new();
    for entry in log.chains.values().flatten().filter(|entry| carries(entry, &shown) && entry.entry.unit != allowed.to) {
        last.entry(entry.entry.unit).and_modify(|seq| *seq = entry.entry.seq.max(*seq)).or_insert(entry.entry.seq);
        disclosure.changes.extend(log.changes_of(entry).filter(|(one, _)| shown.contains(one)).map(|(_, change)| change.clone()));
    }
    for entry in log.chains.values().flatten() {
        if last.get(&entry.entry.unit).is_some_and(|seq| entry.entry.seq <= *seq) {
            disclosure.entries.push(entry.signed.clone());
        }
    }
    disclosure
}
