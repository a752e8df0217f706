//! Who carries which token: our subjects in a heard beacon, heard subjects for one of ours, and how common a token is.
//! Reads only; `hit` judges, `alert` writes.

use super::beacon::{Action, Beacon};
use super::hit::{Hit, judge};
use super::me::Me;
use super::rows::{BeaconRow, Counters, HeardToken, beacon_key, heard_prefix, read, subject_of};
use super::subject::Subject;
use crate::fingerprint::{Df, TokenType};
use crate::ids::{SubjectId, UnitId};
use crate::machine::{Table, View, ViewError, read_row};
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// Most carriers of one token that are looked at in one place. Beyond it a token counts as this common.
const CARRIERS_MAX: usize = 4_096;

/// Our subjects that share at least one token with a beacon.
pub(super) fn ours_in(view: &dyn View, me: &Me, beacon: &Beacon) -> Result<BTreeSet<SubjectId>, ViewError> {
    let mut found = BTreeSet::new();
    for token in beacon.tokens.iter() {
        let rows = view.scan(Table::OWN_TOKENS, &me.own_prefix(beacon.unit, *token), None, CARRIERS_MAX)?;
        found.extend(rows.iter().filter_map(|(key, _)| subject_of(key)));
    }
    Ok(found)
}

/// Beacons heard that share at least one token with a subject of ours.
pub(super) fn heard_like(view: &dyn View, me: &Me, subject: &Subject) -> Result<BTreeSet<(UnitId, u64)>, ViewError> {
    let mut found = BTreeSet::new();
    for (epoch, y) in subject.every_y() {
        for unit in &me.others {
            let rows = view.scan(Table::HEARD_TOKENS, &heard_prefix(me.token(epoch, *unit, y), *unit), None, CARRIERS_MAX)?;
            for (_, bytes) in rows {
                found.insert((*unit, read_row::<HeardToken>(&bytes)?.number));
            }
        }
    }
    Ok(found)
}

/// Judges one subject of ours against one beacon. None if what is shared is not worth comparing the two.
pub(super) fn compare(view: &dyn View, me: &Me, subject: &Subject, beacon: &Beacon) -> Result<Option<Hit>, ViewError> {
    Ok(judge(shared(view, me, subject, beacon)?, Counters::load(view)?.persons(), &me.weights))
}

/// The tokens that a subject of ours shares with a beacon, and how many carry each: by type, then by blinded value, which is the
/// same order on both sides.
pub(super) fn shared(view: &dyn View, me: &Me, subject: &Subject, beacon: &Beacon) -> Result<Vec<(TokenType, Df)>, ViewError> {
    let in_beacon =
        |(_, y): &(TokenType, &[u8; 64])| beacon.tokens.binary_search(&me.token(beacon.epoch, beacon.unit, y)).is_ok();
    let mut found: Vec<(TokenType, &[u8; 64])> = subject.blinded(beacon.epoch).filter(in_beacon).collect();
    found.sort_unstable();
    found.into_iter().map(|(kind, y)| Ok((kind, carriers(view, me, beacon, y)?))).collect()
}

/// A beacon that was heard and counts now.
pub(super) fn live(view: &dyn View, unit: UnitId, number: u64, now: Timestamp) -> Result<Option<Beacon>, ViewError> {
    let Some(row) = read::<BeaconRow>(view, &beacon_key(unit, number))? else {
        return Ok(None);
    };
    let beacon = row.beacon()?;
    let counts = |beacon: &Beacon| row.withdrawn_by.is_none() && beacon.action == Action::Announce && beacon.expires > now;
    Ok(beacon.filter(counts))
}

/// How many subjects, ours and heard, carry a y of the beacon's key. Ours are counted through their rows for its unit.
fn carriers(view: &dyn View, me: &Me, beacon: &Beacon, y: &[u8; 64]) -> Result<Df, ViewError> {
    let ours = me.own_prefix(beacon.unit, me.token(beacon.epoch, beacon.unit, y));
    let mut count = view.scan(Table::OWN_TOKENS, &ours, None, CARRIERS_MAX)?.len();
    for unit in &me.others {
        let heard = heard_prefix(me.token(beacon.epoch, *unit, y), *unit);
        count += view.scan(Table::HEARD_TOKENS, &heard, None, CARRIERS_MAX)?.len();
    }
    Ok(Df(u64::try_from(count).unwrap_or(u64::MAX)))
}
