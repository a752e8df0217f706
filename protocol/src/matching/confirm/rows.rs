//! How comparisons stand in the store: one row for each pair, and an index of those that are not over.
//! Everything that speaks of a person is sealed with its case; counts for each peer are not.

use super::message::{First, Said};
use super::points::{LISTS, Lists};
use crate::fingerprint::{AgreedKind, MatchClass, TokenType};
use crate::ids::{CaseId, ConfirmId, EntityId, SubjectId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, ViewError};
use crate::matching::alert::pair_key;
use crate::matching::subject::Subject;
use crate::oprf::Exponent;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

/// A pair of subjects, seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pair {
    pub(super) own: SubjectId,
    pub(super) peer: UnitId,
    pub(super) peer_subject: SubjectId,
}

impl Pair {
    fn key(&self) -> Vec<u8> {
        [b"r".as_slice(), &pair_key(self.own, self.peer, self.peer_subject)].concat()
    }
}

/// The beacons that are compared: for each two there is one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Numbers {
    pub(super) own: u64,
    pub(super) peer: u64,
}

impl Numbers {
    /// Whether a run about these may take the place of one about `before`: one of the two persons was announced again since.
    pub(super) const fn are_newer_than(self, before: Self) -> bool {
        self.own >= before.own && self.peer >= before.peer && (self.own > before.own || self.peer > before.peer)
    }
}

/// The newest comparison of a pair. Key: `r`, own subject, peer, its subject.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) id: ConfirmId,
    pub(super) numbers: Numbers,
    /// When it came to its stage.
    pub(super) since: Timestamp,
    pub(super) stage: Stage,
}

impl Record for Run {
    const TABLE: Table = Table::CONFIRMS;
}

/// How far a comparison has come.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Stage {
    /// The other unit has the smaller id and is to begin.
    Expected,
    /// Ours to begin, once an envelope can be queued.
    Due,
    /// A person has to decide: over a limit, or suspicious. With the first step if the other side has begun.
    Held(Option<Box<First>>),
    /// We have begun.
    Asked { secret: Exponent, sizes: ByteArray<LISTS>, kinds: Vec<TokenType>, said: Said },
    /// The other side began, and we answered.
    Answered(Box<Answered>),
    /// Both have counted. None below *possible*: then nothing is kept but that it was.
    Counted(Option<Counted>),
    /// There was none, and there will be none for these beacons.
    Declined,
}

/// What is needed to count once the third step comes.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Answered {
    pub(super) sizes: ByteArray<LISTS>,
    /// The other side's points under both secrets. Our own secret is not needed any more.
    pub(super) raised: Lists,
    pub(super) kinds: Vec<TokenType>,
    pub(super) said: Said,
    pub(super) theirs: Said,
    /// Number of the envelope that carries our answer.
    pub(super) sent_as: u64,
    /// When it was first seen that it had arrived.
    pub(super) arrived: Option<Timestamp>,
    /// The nodal officer was told that it stays unfinished.
    pub(super) alarmed: bool,
    /// A newer beacon of the pair, to be compared once this is over.
    pub(super) next: Option<u64>,
}

/// What a comparison came to, at least *possible*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) class: MatchClass,
    pub(super) score: i64,
    pub(super) agreed: Vec<AgreedKind>,
    /// Whether the other side's person is a suspect; none until it has said so.
    pub(super) peer_suspect: Option<bool>,
    /// The other side lets our people be told.
    pub(super) released: bool,
}

/// A comparison that is not over. Key: `o`, peer, run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Open {
    pub(super) id: ConfirmId,
    pub(super) pair: Pair,
    pub(super) case: CaseId,
    pub(super) person: EntityId,
    pub(super) since: Timestamp,
    /// When to look at it again.
    pub(super) look: Timestamp,
    /// Whether it waits for a person.
    pub(super) held: bool,
}

impl Record for Open {
    const TABLE: Table = Table::CONFIRMS;
}

pub(super) const OPEN: &[u8] = b"o";

pub(super) fn open_of(peer: UnitId) -> Vec<u8> {
    [OPEN, peer.as_bytes()].concat()
}

fn open_key(peer: UnitId, id: ConfirmId) -> Vec<u8> {
    [OPEN, peer.as_bytes(), id.as_bytes()].concat()
}

/// The newest comparison of a pair.
pub(super) fn load(txn: &Txn<'_>, pair: &Pair) -> Result<Option<Run>, ViewError> {
    txn.get(&pair.key())
}

/// Writes a comparison that is over, or that the other side is to begin.
pub(super) fn put(txn: &mut Txn<'_>, case: CaseId, pair: &Pair, run: &Run) {
    txn.put(&pair.key(), Scope::Case(case), run);
    txn.delete(Table::CONFIRMS, &open_key(pair.peer, run.id));
}

/// Writes one that is to be looked at again at `look`.
pub(super) fn put_open(txn: &mut Txn<'_>, subject: &Subject, pair: &Pair, run: &Run, look: Timestamp) {
    let scope = Scope::Case(subject.case);
    txn.put(&pair.key(), scope, run);
    let held = matches!(run.stage, Stage::Held(_));
    let open = Open { id: run.id, pair: *pair, case: subject.case, person: subject.person, since: run.since, look, held };
    txn.put(&open_key(pair.peer, run.id), scope, &open);
}

/// Forgets a comparison.
pub(super) fn delete(txn: &mut Txn<'_>, pair: &Pair, id: ConfirmId) {
    txn.delete(Table::CONFIRMS, &pair.key());
    txn.delete(Table::CONFIRMS, &open_key(pair.peer, id));
}

/// The comparisons of a subject of ours.
pub(super) fn of_subject(txn: &Txn<'_>, own: SubjectId, limit: usize) -> Result<Vec<(Pair, Run)>, ViewError> {
    let rows = txn.list::<Run>(&[b"r".as_slice(), own.as_bytes()].concat(), None, limit)?;
    let pair = |key: &[u8]| {
        let (unit, subject) = key.get(1 + SubjectId::LEN..)?.split_at_checked(UnitId::LEN)?;
        Some(Pair { own, peer: UnitId::from_slice(unit)?, peer_subject: SubjectId::from_slice(subject)? })
    };
    Ok(rows.into_iter().filter_map(|(key, run)| Some((pair(&key)?, run))).collect())
}
