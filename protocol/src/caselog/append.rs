//! Writing into a case: drafts are checked against the dictionary, become changes, and enter this unit's chain.
//! Not who may write: `node::access` and `sharing` decide before; the fold decides what counts.

use super::entry::{MOST, pad};
use super::rows::{CaseRow, ChangeRow, EntryRow, change_key, entry_key};
use super::{Change, Entry, FIELD_PARENT, FIELD_REMOVED, KIND_ENTRY, LogEntry, Name, case_row};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::dictionary::{self, Dictionary, FieldError, Value};
use crate::federation::{own, restored};
use crate::ids::{CaseId, Commitment, EntityId, EntryHash, Salt};
use crate::machine::{Scope, Txn, ViewError};
use crate::wire;

/// A change as a person or the API asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Which entity; a new random id makes a new one.
    pub entity: EntityId,
    /// Of which kind.
    pub kind: Name,
    /// Which field.
    pub field: Name,
    /// The new value.
    pub value: Value,
    /// The values the form was rendered from.
    pub replaces: Vec<Commitment>,
}

/// Who wrote, as the log keeps it (class I).
#[derive(Debug, Clone)]
pub struct Author {
    /// Name of the person at this unit.
    pub name: String,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Appended {
    /// The last entry made.
    pub head: EntryHash,
    /// The commitment of each draft, in their order.
    pub commitments: Vec<Commitment>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum LogRefusal {
    /// The node does not hold this case.
    #[error("there is no such case here")]
    NoCase,
    /// A value does not fit its field.
    #[error("{} of the fields cannot be saved as they are", .0.len())]
    Fields(Vec<FieldError>),
    /// Nothing to save, or more than one save can take.
    #[error("a save takes 1 to 2000 changes")]
    Count,
    /// Too many versions stand beside each other.
    #[error("this field holds too many versions side by side")]
    TooManyVersions,
    /// The case is frozen: its owner signed two different entries of one number.
    #[error("this case is frozen until a person has decided which of two histories holds")]
    Frozen,
    /// The node was restored from a backup, and others may hold entries of this unit that are not here.
    #[error("this node was restored from a backup: nothing can be written in older cases until every unit has been connected")]
    Restored,
    /// Its author is no member any more.
    #[error("the unit that wrote this is no member any more: only what was let count before still counts")]
    FormerMember,
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Most drafts of one save.
const MOST_DRAFTS: usize = 2000;
/// Most bytes of the values of one entry, unless a single one is larger.
const ENTRY_BYTES: usize = 256 * 1024;
/// Room in each entry for its own `at`, `by` and dictionary.
const META: usize = 3;

/// Appends drafts to this unit's chain in a case that the node holds.
///
/// # Errors
/// [`LogRefusal`], and nothing is written.
pub fn append(txn: &mut Txn<'_>, case: CaseId, drafts: &[Draft], author: &Author) -> Result<Appended, LogRefusal> {
    let row = case_row(txn, case)?.ok_or(LogRefusal::NoCase)?;
    if drafts.is_empty() || drafts.len() > MOST_DRAFTS {
        return Err(LogRefusal::Count);
    }
    let faults: Vec<FieldError> = drafts.iter().filter_map(|draft| check(draft).err()).collect();
    if !faults.is_empty() {
        return Err(LogRefusal::Fields(faults));
    }
    let changes = drafts.iter().map(|draft| change(draft, txn)).collect::<Result<Vec<_>, _>>()?;
    write(txn, case, row, changes, author)
}

/// Writes ready changes, in as many entries as they need.
pub(super) fn write(
    txn: &mut Txn<'_>,
    case: CaseId,
    mut row: CaseRow,
    changes: Vec<Change>,
    author: &Author,
) -> Result<Appended, LogRefusal> {
    if row.is_frozen() {
        return Err(LogRefusal::Frozen);
    }
    if !restored::may_continue(txn, case)? {
        return Err(LogRefusal::Restored);
    }
    let own = own::load(txn)?;
    let key = own.key();
    let commitments = changes.iter().map(Change::commitment).collect();
    let mut head = None;
    for mut part in cut(changes) {
        part.extend(meta(txn, author));
        let (seq, prev) = row.heads.get(&own.unit).map_or((0, None), |(seq, hash)| (seq + 1, Some(*hash)));
        let entry = Entry {
            case,
            unit: own.unit,
            seq,
            prev,
            base: row.heads.get(&row.owner).map(|(_, hash)| *hash),
            commitments: pad(part.iter().map(Change::commitment).collect(), txn.rng),
        };
        let signed = Signed::sign(&entry, &key);
        let made = signed.stored().map_err(|error| ViewError(error.to_string()))?;
        let made = LogEntry::new(signed, made);
        txn.put(&entry_key(case, own.unit, seq), Scope::Master, &EntryRow { signed: made.signed.clone() });
        for change in part {
            let scope = Scope::Case(case);
            txn.put(&change_key(case, change.commitment(), scope), scope, &ChangeRow { change });
        }
        row.heads.insert(own.unit, (seq, made.hash));
        head = Some(made.hash);
    }
    txn.put(case.as_bytes(), Scope::Master, &row);
    txn.touch(case);
    Ok(Appended { head: head.ok_or(LogRefusal::Count)?, commitments })
}

/// Parts that fit an entry each, and an envelope each with all their values.
fn cut(changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut parts: Vec<Vec<Change>> = Vec::new();
    let mut size = 0;
    for change in changes {
        let bytes = wire::encode(&change).len();
        match parts.last_mut().filter(|part| part.len() < MOST - META && size + bytes <= ENTRY_BYTES) {
            Some(part) => part.push(change),
            None => {
                parts.push(vec![change]);
                size = 0;
            }
        }
        size += bytes;
    }
    parts
}

/// The structural changes of every entry.
fn meta(txn: &mut Txn<'_>, author: &Author) -> [Change; META] {
    let at = i64::try_from(txn.now.0).unwrap_or(i64::MAX);
    [("at", Value::Int(at)), ("by", Value::Text(author.name.clone())), ("dictionary", Value::Int(i64::from(dictionary::VERSION)))]
        .map(|(field, value)| new_change(txn, EntityId([0; 16]), KIND_ENTRY, field, value))
}

pub(super) fn new_change(txn: &mut Txn<'_>, entity: EntityId, kind: &str, field: &str, value: Value) -> Change {
    Change {
        entity,
        kind: Name::new(kind).expect("names in this crate are short"),
        field: Name::new(field).expect("names in this crate are short"),
        value,
        replaces: BoundedVec::default(),
        salt: Salt::random(txn.rng),
    }
}

fn change(draft: &Draft, txn: &mut Txn<'_>) -> Result<Change, LogRefusal> {
    Ok(Change {
        entity: draft.entity,
        kind: draft.kind.clone(),
        field: draft.field.clone(),
        value: draft.value.clone(),
        replaces: BoundedVec::new(draft.replaces.clone()).map_err(|_| LogRefusal::TooManyVersions)?,
        salt: Salt::random(txn.rng),
    })
}

fn check(draft: &Draft) -> Result<(), FieldError> {
    let fault = |expected: &str| FieldError {
        kind: draft.kind.to_string(),
        field: draft.field.to_string(),
        expected: expected.to_owned(),
    };
    let kind = Dictionary::builtin()
        .kind(&draft.kind)
        .filter(|kind| !kind.structural)
        .ok_or_else(|| fault("a kind of the dictionary"))?;
    match (&*draft.field, &draft.value) {
        (FIELD_REMOVED, Value::Bool(_)) => Ok(()),
        (FIELD_REMOVED, _) => Err(fault("yes or no")),
        (FIELD_PARENT, Value::Bytes(bytes)) if kind.parent.is_some() && bytes.len() == EntityId::LEN => Ok(()),
        (FIELD_PARENT, _) => Err(fault("the id of an entity, for members of a list")),
        (name, value) => {
            kind.field(name).filter(|field| !field.structural).ok_or_else(|| fault("a field of the dictionary"))?.check(value)
        }
    }
}
