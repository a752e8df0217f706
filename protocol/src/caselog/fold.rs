//! The fold: entries and open changes to a case, the same for all who hold the same, and how it goes on when entries come on top.
//! Signatures are checked before; what a unit may see was decided before; nothing here decides either.

use super::opened::{Changes, Opened};
use super::spine::Spine;
use super::structure::settle;
use super::superseded::superseded_by;
use super::{
    Change, Entity, EntityKey, FIELD_PARENT, FIELD_REMOVED, Field, FoldedCase, KIND_ENTRY, KIND_LOG, Log, LogEntry, Step, Version,
};
use crate::dictionary::{Dictionary, Value};
use crate::ids::Commitment;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Most entries that are put on top one by one; more are folded anew with the rest.
const ON_TOP: usize = 256;

/// Folds a log.
#[must_use]
pub fn fold(log: &Log) -> FoldedCase {
    Folding::of(log).folded
}

/// A folded case that can take what comes on top without being folded anew.
#[derive(Debug, Clone)]
pub struct Folding {
    folded: FoldedCase,
    spine: Spine,
    /// How many of the steps count; the others follow them.
    placed: usize,
    /// Commitments that a counting change replaces in its own field.
    replaced: BTreeSet<Commitment>,
    /// Commitments that a counting change names and that are not open here.
    unknown: BTreeSet<Commitment>,
    /// Something that decides who hangs on whom has changed.
    unsettled: bool,
}

impl core::ops::Deref for Folding {
    type Target = FoldedCase;
    fn deref(&self) -> &FoldedCase {
        &self.folded
    }
}

impl Folding {
    /// Folds a log from its beginning.
    #[must_use]
    pub fn of(log: &Log) -> Self {
        let mut folding = Self {
            folded: FoldedCase { case: log.case, owner: log.owner, entities: BTreeMap::new(), steps: Vec::new() },
            spine: Spine::default(),
            placed: 0,
            replaced: BTreeSet::new(),
            unknown: BTreeSet::new(),
            unsettled: true,
        };
        let changes = Changes::all(log);
        // All at once: the later first, by turning each list round at the end.
        folding.take(log, &changes, |field, version| field.versions.push(version));
        for field in folding.folded.entities.values_mut().flat_map(|entity| entity.fields.values_mut()) {
            field.versions.reverse();
        }
        folding.finish(log, &changes);
        folding
    }

    /// Takes the entries that the log holds more than at the last time; gives how many entries were folded for it.
    ///
    /// Of the entries that it held then, the same changes must be open: when others are, begin with [`Folding::of`].
    pub fn go_on(&mut self, log: &Log) -> usize {
        let opens = |entry: &LogEntry| log.changes_of(entry).any(|(commitment, _)| self.unknown.contains(&commitment));
        let new = self.spine.new_entries(log).filter(|new| new.len() <= ON_TOP && !new.iter().any(|entry| opens(entry)));
        match new.map(|new| new.len()) {
            Some(0) => 0,
            Some(new) => {
                self.withdraw_pending();
                let changes = Changes::Few(log);
                self.take(log, &changes, |field, version| field.versions.insert(0, version));
                self.finish(log, &changes);
                new
            }
            None => {
                *self = Self::of(log);
                self.folded.steps.len()
            }
        }
    }

    /// Places what is new and counts.
    fn take(&mut self, log: &Log, changes: &Changes<'_>, add: impl Fn(&mut Field, Version)) {
        let placed = self.spine.place(log, changes);
        let mut replaced = Vec::new();
        for opened in &placed {
            self.replace(log, changes, opened, &mut replaced);
        }
        if self.replaced.is_empty() {
            // Made of a list at once: much faster than one by one.
            self.replaced = replaced.into_iter().collect();
        } else {
            self.replaced.extend(replaced);
        }
        self.folded.steps.reserve(placed.len());
        for opened in &placed {
            self.step(log, opened, true, &add);
        }
        self.placed = self.folded.steps.len();
    }

    /// Puts what does not count behind what does, and settles who hangs on whom.
    fn finish(&mut self, log: &Log, changes: &Changes<'_>) {
        for opened in self.spine.pending(log, changes) {
            self.step(log, &opened, false, &|_, _| {});
        }
        if core::mem::take(&mut self.unsettled) {
            settle(&mut self.folded);
        }
    }

    /// Takes the steps that do not count out again: some of them may count from now on, and all stand behind what is new.
    fn withdraw_pending(&mut self) {
        for step in self.folded.steps.drain(self.placed..) {
            for (key, name) in &step.changed {
                let Some(entity) = self.folded.entities.get_mut(key) else { continue };
                if let Some(field) = entity.fields.get_mut(name) {
                    field.pending.retain(|version| version.step < self.placed);
                    // What counts leaves at least one version, so nothing that counts ever wrote here.
                    if field.versions.is_empty() && field.pending.is_empty() {
                        entity.fields.remove(name);
                    }
                }
                if entity.fields.is_empty() {
                    self.folded.entities.remove(key);
                    self.unsettled = true;
                }
            }
        }
    }

    /// Takes out what the changes of an entry replace, or what its owner says stands no more, and names it, since it may come later.
    fn replace(&mut self, log: &Log, changes: &Changes<'_>, opened: &Opened<'_>, replaced: &mut Vec<Commitment>) {
        for (_, change) in opened.changes.iter().filter(|(_, change)| counts(log, opened.entry, change)) {
            for commitment in change.replaces.iter() {
                match changes.get(commitment) {
                    None => drop(self.unknown.insert(*commitment)),
                    Some(other) if same_field(other, change) => {
                        replaced.push(*commitment);
                        self.withdraw(commitment, other);
                    }
                    Some(_) => {}
                }
            }
            let by_owner = || log.is_owners(opened.entry.entry.unit, opened.entry.entry.seq);
            for commitment in superseded_by(change).filter(|_| by_owner()).into_iter().flatten() {
                replaced.push(commitment);
                if let Some(other) = changes.get(&commitment) {
                    self.unsettled |= matches!(&*other.field, FIELD_PARENT | FIELD_REMOVED);
                    self.withdraw(&commitment, other);
                }
            }
        }
    }

    /// A version that stood here stands no more.
    fn withdraw(&mut self, commitment: &Commitment, change: &Change) {
        if self.folded.entities.is_empty() {
            return;
        }
        let entity = self.folded.entities.get_mut(&(change.kind.clone(), change.entity));
        if let Some(field) = entity.and_then(|entity| entity.fields.get_mut(&change.field)) {
            field.versions.retain(|version| version.commitment != *commitment);
        }
    }

    fn step(&mut self, log: &Log, opened: &Opened<'_>, admitted: bool, add: &impl Fn(&mut Field, Version)) {
        let entry = opened.entry;
        let index = self.folded.steps.len();
        let mut step = Step {
            hash: entry.hash,
            unit: entry.entry.unit,
            seq: entry.entry.seq,
            at: None,
            by: None,
            admitted,
            changed: Vec::new(),
        };
        for (commitment, change) in &opened.changes {
            if &*change.kind == KIND_ENTRY {
                match (&*change.field, &change.value) {
                    ("at", Value::Int(at)) => step.at = u64::try_from(*at).ok().map(Timestamp),
                    ("by", Value::Text(by)) => step.by = Some(by.clone()),
                    _ => {}
                }
                continue;
            }
            if &*change.kind == KIND_LOG {
                continue;
            }
            let key: EntityKey = (change.kind.clone(), change.entity);
            step.changed.push((key.clone(), change.field.clone()));
            let entity = self.folded.entities.entry(key).or_default();
            let counts = admitted && counts(log, entry, change);
            self.unsettled |= settles(entity, change, counts);
            let field = entity.fields.entry(change.field.clone()).or_default();
            let version = Version { value: change.value.clone(), commitment: *commitment, step: index };
            if !counts {
                field.pending.push(version);
            } else if !self.replaced.contains(commitment) {
                add(field, version);
            }
        }
        self.folded.steps.push(step);
    }
}

/// Whether a change decides who hangs on whom: by what it says, or because its entity is new or counts from now on.
fn settles(entity: &Entity, change: &Change, counts: bool) -> bool {
    matches!(&*change.field, FIELD_PARENT | FIELD_REMOVED) || entity.fields.is_empty() || (counts && entity.is_pending())
}

pub(super) fn same_field(one: &Change, other: &Change) -> bool {
    (&one.kind, one.entity, &one.field) == (&other.kind, other.entity, &other.field)
}

/// An owner-only field counts from the owner alone; from others it is a proposal.
pub(super) fn counts(log: &Log, entry: &LogEntry, change: &Change) -> bool {
    let owner_only = || {
        Dictionary::builtin().kind(&change.kind).and_then(|kind| kind.field(&change.field)).is_some_and(|field| field.owner_only)
    };
    log.is_owners(entry.entry.unit, entry.entry.seq) || !owner_only()
}
