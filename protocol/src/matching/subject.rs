//! Our own persons as subjects: what is blinded, what is announced, what still waits.
//! Not the beacons themselves: `publish` makes them.

use super::close::close_all_of;
use super::me::Me;
use super::publish::withdraw;
use super::rows::{Counters, read};
use crate::fingerprint::{self, Identity, Person, TokenType};
use crate::ids::{CaseId, EntityId, PersonRef, SubjectId};
use crate::machine::{OwnRow, Record, Scope, Table, ToBlind, Txn, View, ViewError, read_row};
use crate::wire;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

/// Most requests repeated at once.
const RESUME_MAX: usize = 1_000;

/// What a person is in its case, as far as it decides who is told first of a match. Never announced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// A victim, or whoever else a suspect's people could harm: witness, informant, complainant.
    Protected,
    /// Suspected, accused or convicted, and not also a victim.
    Suspect,
    /// Neither, or not known.
    #[default]
    Other,
}

/// An announcement of a subject with the key of one blinding epoch.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Announced {
    pub(super) epoch: u64,
    /// The number of its beacon.
    pub(super) number: u64,
    /// One for each feature.
    pub(super) ys: Vec<ByteArray<64>>,
}

/// One handle of one person, with its features. A person whose features change gets a new handle.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Subject {
    pub(super) subject: SubjectId,
    pub(super) case: CaseId,
    pub(super) person: EntityId,
    /// Type and blinding input, in keeping order.
    pub(super) features: Vec<(TokenType, ByteBuf)>,
    /// Asked for under this reference and not answered yet: the first time, or with a new key.
    pub(super) asking: Option<PersonRef>,
    /// The oldest key first: the present one, and the one before while it counts. Empty before the first answer.
    pub(super) announced: Vec<Announced>,
    /// What is compared with other units beyond the features, in normal form; may be newer than the announcement.
    pub(super) facts: Person,
    pub(super) role: Role,
}

impl Record for Subject {
    const TABLE: Table = Table::SUBJECTS;
}

impl Subject {
    /// Its features with their y's of one key; nothing if it is not announced with it.
    pub(super) fn blinded(&self, epoch: u64) -> impl Iterator<Item = (TokenType, &[u8; 64])> {
        let of_key = self.announced.iter().find(|announced| announced.epoch == epoch);
        let ys = of_key.map_or(&[] as &[_], |announced| announced.ys.as_slice());
        self.features.iter().zip(ys).map(|((kind, _), y)| (*kind, &**y))
    }

    /// Its announcement with the newest key.
    pub(super) fn newest(&self) -> Option<&Announced> {
        self.announced.last()
    }

    /// The number of the beacon that announces it with the newest key; none while it is pending.
    pub(super) fn number(&self) -> Option<u64> {
        self.newest().map(|announced| announced.number)
    }

    /// Whether the beacon of this number announces it.
    pub(super) fn announces(&self, number: u64) -> bool {
        self.announced.iter().any(|announced| announced.number == number)
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.role == Role::Suspect
    }

    pub(super) fn scope(&self) -> Scope {
        Scope::Case(self.case)
    }

    /// Writes it, and what it is found by.
    pub(super) fn put(&self, txn: &mut Txn<'_>) {
        let key = self.subject.as_bytes();
        txn.put(key, self.scope(), self);
        match self.own_row() {
            Some(row) => txn.put(key, self.scope(), &row),
            None => txn.delete(Table::OWN_TOKENS, key),
        }
    }

    pub(super) fn delete(txn: &mut Txn<'_>, subject: SubjectId) {
        for table in [Table::SUBJECTS, Table::OWN_TOKENS] {
            txn.delete(table, subject.as_bytes());
        }
    }

    /// What it is found by; none while nothing announces it.
    fn own_row(&self) -> Option<OwnRow> {
        let ys = |announced: &Announced| ByteBuf::from(announced.ys.iter().flat_map(|y| **y).collect::<Vec<u8>>());
        let announced: Vec<_> = self.announced.iter().map(|announced| (announced.epoch, ys(announced))).collect();
        (!announced.is_empty()).then_some(OwnRow { announced })
    }
}

/// The row of what a subject is found by, made of its own row: for stores of the first format, which had other ones. None while
/// nothing announces it.
///
/// # Errors
/// [`ViewError`] if the row is damaged.
pub fn own_row_of_subject(row: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
    Ok(read_row::<Subject>(row)?.own_row().map(|row| wire::encode(&row)))
}

/// The handles of a person: one announced, one on its way to replace it.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Handles {
    pub(super) announced: Option<SubjectId>,
    pub(super) pending: Option<SubjectId>,
}

impl Record for Handles {
    const TABLE: Table = Table::SUBJECT_OF;
}

impl Handles {
    pub(super) fn put(&self, txn: &mut Txn<'_>, case: CaseId, person: EntityId) {
        let key = person_key(case, person);
        if self.announced.is_none() && self.pending.is_none() {
            txn.delete(Table::SUBJECT_OF, &key);
        } else {
            txn.put(&key, Scope::Case(case), self);
        }
    }
}

/// Which subject an answer of the blinding is for.
#[derive(Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) subject: SubjectId,
    /// The same each time it is asked for.
    pub(super) number: u64,
}

impl Record for Waiting {
    const TABLE: Table = Table::OWN;
}

pub(super) fn waiting_key(person_ref: PersonRef) -> Vec<u8> {
    [WAITING, person_ref.as_bytes().as_slice()].concat()
}

const WAITING: &[u8] = b"matching-waiting/";

pub(super) fn person_key(case: CaseId, person: EntityId) -> Vec<u8> {
    [case.as_bytes().as_slice(), person.as_bytes()].concat()
}

/// Where a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not announced, and not to be.
    Quiet,
    /// The blinding has not answered yet; what was announced before still stands.
    Pending,
    /// Announced as it is entered now.
    Announced,
}

/// Brings the announcement of a person in line with the case: to be called after every change of a person, its basis or its case.
///
/// `identity` is none when there is no basis for matching, consent was withdrawn, or the case was closed: then whatever was
/// announced is withdrawn. Unchanged features announce nothing anew; changed ones are blinded again, and the old beacon stands
/// until the answer has come. What is only compared, and `role`, is kept up to date beside.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn announce(
    txn: &mut Txn<'_>,
    case: CaseId,
    person: EntityId,
    identity: Option<&Identity>,
    role: Role,
) -> Result<(), ViewError> {
    let mut handles: Handles = read(txn, &person_key(case, person))?.unwrap_or_default();
    let facts = identity.map(Person::from).unwrap_or_default();
    let features: Vec<(TokenType, ByteBuf)> =
        fingerprint::features(&facts).iter().map(|feature| (feature.kind, ByteBuf::from(feature.input()))).collect();
    let newest = match handles.pending.or(handles.announced) {
        Some(subject) => read::<Subject>(txn, subject.as_bytes())?,
        None => None,
    };
    if newest.as_ref().map(|newest| newest.features.as_slice()).unwrap_or_default() == features.as_slice() {
        if let Some(newest) = newest.filter(|newest| newest.facts != facts || newest.role != role) {
            Subject { facts, role, ..newest }.put(txn);
        }
        return Ok(());
    }
    if let Some(pending) = handles.pending.take() {
        forget_pending(txn, pending)?;
    }
    let announced = match handles.announced {
        Some(subject) => read::<Subject>(txn, subject.as_bytes())?,
        None => None,
    };
    match announced {
        Some(subject) if features.is_empty() => {
            if let Some(me) = Me::load(txn)? {
                withdraw(txn, &me, &subject)?;
                close_all_of(txn, &subject)?;
            }
            handles.announced = None;
        }
        // Back to what is announced, or never announced: there is nothing to blind.
        Some(subject) if subject.features == features => Subject { facts, role, ..subject }.put(txn),
        None if features.is_empty() => {}
        _ => {
            let subject = SubjectId::random(txn.rng);
            let row = Subject { subject, case, person, features, asking: None, announced: Vec::new(), facts, role };
            wait_for(txn, row)?;
            handles.pending = Some(subject);
        }
    }
    handles.put(txn, case, person);
    Ok(())
}

/// Asks again for every blinding that was not answered: to be called at start and after joining a federation.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn resume(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    for (_, waiting) in txn.list::<Waiting>(WAITING, None, RESUME_MAX)? {
        let Some(subject) = read::<Subject>(txn, waiting.subject.as_bytes())? else {
            continue;
        };
        if let Some(person_ref) = subject.asking {
            txn.blind(request(person_ref, waiting.number, &subject));
        }
    }
    Ok(())
}

/// Asks the keepers for a subject's y's of the present key; what is announced with another one stands until then.
pub(super) fn wait_for(txn: &mut Txn<'_>, mut subject: Subject) -> Result<(), ViewError> {
    let person_ref = PersonRef::random(txn.rng);
    subject.asking = Some(person_ref);
    subject.put(txn);
    let number = Counters::load(txn)?.asked + 1;
    Counters::change(txn, |counters| counters.asked = number)?;
    txn.put(&waiting_key(person_ref), subject.scope(), &Waiting { subject: subject.subject, number });
    txn.blind(request(person_ref, number, &subject));
    Ok(())
}

/// The persons whose matching is pending, at most `limit`.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn pending(view: &dyn View, limit: usize) -> Result<Vec<(CaseId, EntityId)>, ViewError> {
    let mut found = Vec::new();
    for (_, bytes) in view.scan(Table::OWN, WAITING, None, limit)? {
        let waiting: Waiting = read_row(&bytes)?;
        if let Some(subject) = read::<Subject>(view, waiting.subject.as_bytes())? {
            found.push((subject.case, subject.person));
        }
    }
    Ok(found)
}

/// Where a person stands.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn status(view: &dyn View, case: CaseId, person: EntityId) -> Result<Status, ViewError> {
    let handles: Handles = read(view, &person_key(case, person))?.unwrap_or_default();
    Ok(match handles {
        Handles { pending: Some(_), .. } => Status::Pending,
        // All keys that it was announced with are over, and the present one has not been asked yet.
        Handles { announced: Some(subject), .. } => match read::<Subject>(view, subject.as_bytes())? {
            Some(subject) if subject.announced.is_empty() => Status::Pending,
            _ => Status::Announced,
        },
        _ => Status::Quiet,
    })
}

fn request(person_ref: PersonRef, number: u64, subject: &Subject) -> ToBlind {
    let inputs = subject.features.iter().map(|(_, input)| input.to_vec()).collect();
    ToBlind { person_ref, number, inputs }
}

fn forget_pending(txn: &mut Txn<'_>, subject: SubjectId) -> Result<(), ViewError> {
    if let Some(Subject { asking: Some(person_ref), .. }) = read(txn, subject.as_bytes())? {
        txn.delete(Table::OWN, &waiting_key(person_ref));
    }
    Subject::delete(txn, subject);
    Ok(())
}
