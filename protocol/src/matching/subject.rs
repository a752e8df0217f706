//! Our own persons as subjects: what is blinded, what is announced, what still waits.
//! Not the beacons themselves: `publish` makes them.

use super::close::close_all_of;
use super::me::Me;
use super::publish::withdraw;
use super::rows::read;
use crate::fingerprint::{self, Identity, Person, TokenType};
use crate::ids::{CaseId, EntityId, PersonRef, SubjectId};
use crate::machine::{BlindRequest, Record, Scope, Table, Txn, View, ViewError, read_row};
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

/// How far the blinding of a subject has come.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Progress {
    /// Asked for under this reference.
    Pending(PersonRef),
    /// Announced under this number; one y for each feature.
    Announced { number: u64, ys: Vec<ByteArray<64>> },
}

/// One handle of one person, with its features. A person whose features change gets a new handle.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Subject {
    pub(super) subject: SubjectId,
    pub(super) case: CaseId,
    pub(super) person: EntityId,
    /// Type and blinding input, in keeping order.
    pub(super) features: Vec<(TokenType, ByteBuf)>,
    pub(super) progress: Progress,
    /// What is compared with other units beyond the features, in normal form; may be newer than the announcement.
    pub(super) facts: Person,
    pub(super) role: Role,
}

impl Record for Subject {
    const TABLE: Table = Table::SUBJECTS;
}

impl Subject {
    /// Its features with their y's; nothing while it is pending.
    pub(super) fn blinded(&self) -> impl Iterator<Item = (TokenType, &[u8; 64])> {
        let ys = match &self.progress {
            Progress::Announced { ys, .. } => ys.as_slice(),
            Progress::Pending(_) => &[],
        };
        self.features.iter().zip(ys).map(|((kind, _), y)| (*kind, &**y))
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.role == Role::Suspect
    }

    /// The number of the beacon that announces it; none while it is pending.
    pub(super) const fn number(&self) -> Option<u64> {
        match self.progress {
            Progress::Announced { number, .. } => Some(number),
            Progress::Pending(_) => None,
        }
    }

    pub(super) fn scope(&self) -> Scope {
        Scope::Case(self.case)
    }

    pub(super) fn put(&self, txn: &mut Txn<'_>) {
        txn.put(self.subject.as_bytes(), self.scope(), self);
    }
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
            let person_ref = PersonRef::random(txn.rng);
            let row = Subject { subject, case, person, features, progress: Progress::Pending(person_ref), facts, role };
            row.put(txn);
            txn.put(&waiting_key(person_ref), Scope::Case(case), &Waiting { subject });
            txn.blind(request(person_ref, &row));
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
        if let Progress::Pending(person_ref) = subject.progress {
            txn.blind(request(person_ref, &subject));
        }
    }
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
        Handles { announced: Some(_), .. } => Status::Announced,
        _ => Status::Quiet,
    })
}

fn request(person_ref: PersonRef, subject: &Subject) -> BlindRequest {
    let inputs = subject.features.iter().map(|(_, input)| input.to_vec()).collect();
    BlindRequest { person_ref, inputs }
}

fn forget_pending(txn: &mut Txn<'_>, subject: SubjectId) -> Result<(), ViewError> {
    if let Some(Subject { progress: Progress::Pending(person_ref), .. }) = read(txn, subject.as_bytes())? {
        txn.delete(Table::OWN, &waiting_key(person_ref));
    }
    txn.delete(Table::SUBJECTS, subject.as_bytes());
    Ok(())
}
