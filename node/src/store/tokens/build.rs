//! What the rows say the indices are to hold: all of them at start, those that a commit changes afterwards.
//! Reads only; `shared` puts in and takes out.

use super::shared::{Rows, Tokens};
use crate::store::snapshot::Snapshot;
use crate::vault::{ScopeTag, Vault};
use icmc_protocol::ids::SubjectId;
use icmc_protocol::machine::{Held, OwnHeld, Table, View, ViewError, Write, beacon_place, heard_in, own_in};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// What a commit does to the indices.
#[derive(Debug, Default)]
pub(in crate::store) struct Followed {
    /// Before it.
    pub(in crate::store) added: Rows,
    /// After it.
    pub(in crate::store) gone: Rows,
}

/// Compares what these writes leave with what stands in the store now; `before` is only asked for if such rows are among them.
///
/// # Errors
/// What `before` gives, or [`ViewError`] if a value to be written is not one of its table.
pub(in crate::store) fn follow<E: From<ViewError>>(
    writes: &[Write],
    vault: &Vault,
    before: impl FnOnce() -> Result<Snapshot, E>,
) -> Result<Followed, E> {
    let concerned = writes.iter().filter(|write| [Table::BEACONS, Table::OWN_TOKENS].contains(&write.table));
    let last: BTreeMap<(Table, &[u8]), &Write> = concerned.map(|write| ((write.table, write.key.as_slice()), write)).collect();
    let mut followed = Followed::default();
    if last.is_empty() {
        return Ok(followed);
    }
    let before = before()?;
    for ((table, key), write) in last {
        // A row that cannot be read holds nothing to be found, and whoever reads it is told.
        let old = View::get(&before, table, key).ok().flatten();
        let new = write.value.as_ref();
        if table == Table::BEACONS {
            followed.beacon(key, old.as_deref(), new.map(|(_, value)| value.as_slice()))?;
        } else {
            followed.subject(key, old.as_deref(), new.map(|(scope, value)| (vault.tag(scope), value.as_slice())))?;
        }
    }
    Ok(followed)
}

impl Followed {
    fn beacon(&mut self, key: &[u8], old: Option<&[u8]>, new: Option<&[u8]>) -> Result<(), ViewError> {
        let Some((unit, number)) = beacon_place(key) else { return Ok(()) };
        let old = old.and_then(|row| heard_in(row).ok()).unwrap_or_default();
        let new = new.map(heard_in).transpose()?.unwrap_or_default();
        let (added, gone) = differences(&old, &new);
        let held = |tokens: Vec<_>| (!tokens.is_empty()).then_some(Held { unit, number, tokens });
        self.added.beacons.extend(held(added));
        self.gone.beacons.extend(held(gone));
        Ok(())
    }

    fn subject(&mut self, key: &[u8], old: Option<&[u8]>, new: Option<(ScopeTag, &[u8])>) -> Result<(), ViewError> {
        let Some(subject) = SubjectId::from_slice(key) else { return Ok(()) };
        let old = Zeroizing::new(old.and_then(|row| own_in(row).ok()).unwrap_or_default());
        let tag = new.map_or(ScopeTag::MASTER, |(tag, _)| tag);
        let new = Zeroizing::new(new.map(|(_, row)| own_in(row)).transpose()?.unwrap_or_default());
        let (added, gone) = differences(&old, &new);
        let own = |ys: Vec<_>| (!ys.is_empty()).then(|| OwnHeld { subject, seal: tag.0, ys: Zeroizing::new(ys) });
        self.added.subjects.extend(own(added));
        self.gone.subjects.extend(own(gone));
        Ok(())
    }
}

/// What is only in the second, and only in the first.
fn differences<T: PartialEq + Copy>(old: &[T], new: &[T]) -> (Vec<T>, Vec<T>) {
    let without = |these: &[T], those: &[T]| these.iter().filter(|one| !those.contains(one)).copied().collect();
    (without(new, old), without(old, new))
}

impl Tokens {
    /// Reads every row once: at start, before anything else uses the store.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    pub(in crate::store) fn build(&self, rows: &Snapshot) -> Result<(), ViewError> {
        let unreadable = |error| tracing::warn!(%error, "a row about matching cannot be read, and is not matched");
        self.fill(|push_heard, push_own| {
            rows.each(Table::BEACONS, |key, _, row| {
                let Some((unit, number)) = beacon_place(key) else { return };
                match row.and_then(|row| heard_in(&row)) {
                    Ok(tokens) if tokens.is_empty() => {}
                    Ok(tokens) => push_heard(&Held { unit, number, tokens }),
                    Err(error) => unreadable(error),
                }
            })?;
            rows.each(Table::OWN_TOKENS, |key, tag, row| {
                let Some(subject) = SubjectId::from_slice(key) else { return };
                match row.and_then(|row| own_in(&row)) {
                    Ok(ys) => push_own(&OwnHeld { subject, seal: tag.0, ys: Zeroizing::new(ys) }),
                    Err(error) => unreadable(error),
                }
            })
        })
    }
}
