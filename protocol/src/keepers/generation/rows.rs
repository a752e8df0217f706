//! How a generation stands in the store. What is secret in it is under a key of its own, destroyed with its end.
//! Not own shares of finished keys: those outlive it.

use super::super::Fault;
use super::step::{Step, Steps};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::federation::charter::{Blinding, KeeperWord, KeyTerms};
use crate::ids::{GenerationId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, ViewError};
use crate::oprf::generation::Dealt;
use crate::sharing;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub(super) const RUN: &[u8] = b"g";
const DEALT: &[u8] = b"d";
const DEALT_TO: &[u8] = b"r";

/// How far a generation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Keepers say yes, or send their steps.
    Running,
    /// Every keeper has given its word. Whoever wanted the key proposes it.
    Done(Box<Blinding>),
    /// It has come to nothing.
    Over(Ended),
}

/// Why a generation came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// A person at this unit said no, or took the wish back.
    Declined(UnitId),
    /// This keeper cheated or failed; the proof is kept.
    Failed(UnitId, Fault),
    /// It took longer than fourteen days.
    TooLong,
    /// Whoever wanted it wants another one, or another key of its number has begun.
    Replaced,
    /// A message to another keeper could not be sent.
    Unsent,
}

/// A generation. Key: the letter, then its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) terms: Signed<KeyTerms>,
    pub(super) seen: Timestamp,
    pub(super) state: State,
    /// A person here said yes.
    pub(super) yes: bool,
    pub(super) hashes: BTreeMap<UnitId, Signed<Step>>,
    pub(super) commitments: BTreeMap<UnitId, Signed<Step>>,
    pub(super) words: BTreeMap<UnitId, Signed<KeeperWord>>,
    /// What this keeper has sent beyond its hash.
    pub(super) shown: bool,
    pub(super) dealt: bool,
    /// The key was proposed: only at the unit that wanted it.
    pub(super) proposed: bool,
}

impl Record for Run {
    const TABLE: Table = Table::KEEPING;
}

/// What this keeper dealt, until the end. Key: the letter, then the generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dealing {
    pub(super) dealt: Dealt,
    pub(super) commitment: Signed<Step>,
}

impl Record for Dealing {
    const TABLE: Table = Table::KEEPING;
}

/// What this keeper was dealt by another, as that one signed it. Key: the letter, the generation, the dealer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DealtTo(pub(super) Signed<Step>);

impl Record for DealtTo {
    const TABLE: Table = Table::KEEPING;
}

pub(super) fn run_key(id: GenerationId) -> Vec<u8> {
    [RUN, id.as_bytes()].concat()
}

pub(super) fn dealing_key(id: GenerationId) -> Vec<u8> {
    [DEALT, id.as_bytes()].concat()
}

pub(super) fn dealt_to_prefix(id: GenerationId) -> Vec<u8> {
    [DEALT_TO, id.as_bytes()].concat()
}

pub(super) fn dealt_to_key(id: GenerationId, dealer: UnitId) -> Vec<u8> {
    [DEALT_TO, id.as_bytes(), dealer.as_bytes().as_slice()].concat()
}

impl Run {
    pub(super) fn new(terms: Signed<KeyTerms>, now: Timestamp) -> Self {
        Self {
            terms,
            seen: now,
            state: State::Running,
            yes: false,
            hashes: BTreeMap::new(),
            commitments: BTreeMap::new(),
            words: BTreeMap::new(),
            shown: false,
            dealt: false,
            proposed: false,
        }
    }

    /// The terms, which were verified before they were stored.
    pub(super) fn terms(&self) -> Result<KeyTerms, ViewError> {
        stored(&self.terms)
    }

    pub(super) fn put(&self, txn: &mut Txn<'_>, id: GenerationId) {
        txn.put(&run_key(id), Scope::Master, self);
    }

    /// Nothing follows any more; what is secret goes.
    pub(super) fn end(&mut self, txn: &mut Txn<'_>, id: GenerationId, why: Ended) {
        self.state = State::Over(why);
        forget_secrets(txn, id, self.yes);
    }

    /// Steps with the terms around them.
    pub(super) fn around(&self, steps: Vec<Signed<Step>>, word: Option<Signed<KeeperWord>>) -> Steps {
        let steps = BoundedVec::new(steps).expect("there are no more than one for each keeper and two");
        Steps { terms: self.terms.clone(), steps, word }
    }
}

pub(super) fn stored<T: crate::crypto::Message>(signed: &Signed<T>) -> Result<T, ViewError> {
    let value = signed.stored().map_err(|error| ViewError(format!("a stored step of a generation: {error}")))?;
    Ok(value.into_value())
}

/// Destroys what this keeper dealt and was dealt.
pub(super) fn forget_secrets(txn: &mut Txn<'_>, id: GenerationId, took_part: bool) {
    if took_part {
        sharing::erase_only(txn, Scope::Dealing(id));
    }
}
