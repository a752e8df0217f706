//! What of a person counts nothing at present, since too many persons carry it: shown beside where the person stands in matching, so
//! that nobody waits for an alert that such a thing alone can never raise.
//! Not the rule itself: `fingerprint::is_muted`.

use super::lookup::df_of;
use super::me::Me;
use super::rows::{Counters, read};
use super::subject::{Handles, Subject, person_key};
use crate::fingerprint::{AgreedKind, agreed_in_kind, is_muted};
use crate::ids::{CaseId, EntityId};
use crate::machine::{View, ViewError};
use std::collections::BTreeSet;

/// The features of an announced person that are too common, each as the kinds of facts that it is made of.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn muted(view: &dyn View, case: CaseId, person: EntityId) -> Result<Vec<Vec<AgreedKind>>, ViewError> {
    let handles: Handles = read(view, &person_key(case, person))?.unwrap_or_default();
    let Some(subject) = handles.announced.map(|id| read::<Subject>(view, id.as_bytes())).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let (Some(me), Some(newest)) = (Me::load(view)?, subject.newest()) else { return Ok(Vec::new()) };
    let (kinds, ys): (Vec<_>, Vec<_>) = subject.blinded(newest.epoch).unzip();
    let persons = Counters::load(view)?.persons();
    let counted = kinds.into_iter().zip(df_of(view, &me, newest.epoch, &ys)?);
    let muted = counted.filter(|(_, df)| is_muted(*df, persons)).map(|(kind, _)| agreed_in_kind([kind]));
    Ok(muted.collect::<BTreeSet<_>>().into_iter().collect())
}
