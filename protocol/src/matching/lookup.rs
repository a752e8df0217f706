//! Who carries which token: our subjects in a heard beacon, heard subjects for one of ours, and how common a token is.
//! Reads only; `hit` judges, `alert` writes.

use super::beacon::{Action, UnitBeacon};
use super::hit::{Hit, judge};
use super::me::Me;
use super::rows::{BeaconRow, Counters, beacon_in, beacon_key, read};
use super::subject::Subject;
use crate::fingerprint::{Df, TokenType};
use crate::ids::{SubjectId, Token, UnitId};
use crate::machine::{View, ViewError};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Our subjects that share at least one token with a beacon.
pub(super) fn ours_in(view: &dyn View, me: &Me, beacon: &UnitBeacon) -> Result<BTreeSet<SubjectId>, ViewError> {
    let found = view.own(&me.announcer(beacon.epoch, beacon.unit), &beacon.tokens)?;
    Ok(found.into_iter().flatten().collect())
}

/// One token of a subject of ours as a unit announced it.
struct Common {
    kind: TokenType,
    epoch: u64,
    token: Token,
    df: Df,
}

/// Beacons heard that count now and share enough with a subject of ours to compare the two. Of one person of another unit only the
/// newest: whoever was announced anew stands there twice until the first beacon is withdrawn.
///
/// Scores are made of what the index of the view says; only beacons that could be a hit are read, and judged by what is in them.
pub(super) fn heard_like(
    view: &dyn View,
    me: &Me,
    subject: &Subject,
    now: Timestamp,
) -> Result<Vec<(UnitBeacon, Hit)>, ViewError> {
    let mut common: BTreeMap<(UnitId, u64), Vec<Common>> = BTreeMap::new();
    for epoch in subject.announced.iter().map(|announced| announced.epoch) {
        let (mut carried, mut ys) = (Vec::new(), Vec::new());
        for (kind, y) in subject.blinded(epoch) {
            let (asked, found) = heard_with(view, me, epoch, y)?;
            if found.iter().any(|numbers| !numbers.is_empty()) {
                carried.push((kind, asked, found));
                ys.push(y);
            }
        }
        for ((kind, asked, found), ours) in carried.into_iter().zip(ours_with(view, me, epoch, &ys)?) {
            let df = df(&found, ours);
            for ((unit, token), numbers) in asked.into_iter().zip(found) {
                for number in numbers {
                    common.entry((unit, number)).or_default().push(Common { kind, epoch, token, df });
                }
            }
        }
    }
    let persons = Counters::load(view)?.persons();
    let judged = |common: &[Common]| judge(common.iter().map(|common| (common.kind, common.df)), persons, &me.weights);
    let mut hits = BTreeMap::new();
    for ((unit, number), mut common) in common {
        if judged(&common).is_none() {
            continue;
        }
        let Some(beacon) = live(view, me, unit, number, now)? else { continue };
        common.retain(|common| common.epoch == beacon.epoch && beacon.tokens.binary_search(&common.token).is_ok());
        if let Some(hit) = judged(&common) {
            hits.insert((unit, beacon.subject), (beacon, hit));
        }
    }
    Ok(hits.into_values().collect())
}

/// Judges one subject of ours against one beacon. None if what is shared is not worth comparing the two.
pub(super) fn compare(view: &dyn View, me: &Me, subject: &Subject, beacon: &UnitBeacon) -> Result<Option<Hit>, ViewError> {
    Ok(judge(shared(view, me, subject, beacon)?, Counters::load(view)?.persons(), &me.weights))
}

/// The tokens that a subject of ours shares with a beacon, and how many carry each: by type, then by blinded value, which is the
/// same order on both sides.
pub(super) fn shared(
    view: &dyn View,
    me: &Me,
    subject: &Subject,
    beacon: &UnitBeacon,
) -> Result<Vec<(TokenType, Df)>, ViewError> {
    let in_beacon =
        |(_, y): &(TokenType, &[u8; 64])| beacon.tokens.binary_search(&me.token(beacon.epoch, beacon.unit, y)).is_ok();
    let mut found: Vec<(TokenType, &[u8; 64])> = subject.blinded(beacon.epoch).filter(in_beacon).collect();
    found.sort_unstable();
    let ys: Vec<&[u8; 64]> = found.iter().map(|(_, y)| *y).collect();
    let counted = df_of(view, me, beacon.epoch, &ys)?;
    Ok(found.iter().map(|(kind, _)| *kind).zip(counted).collect())
}

/// A beacon that was heard and counts now.
pub(super) fn live(view: &dyn View, me: &Me, unit: UnitId, number: u64, now: Timestamp) -> Result<Option<UnitBeacon>, ViewError> {
    let Some(row) = read::<BeaconRow>(view, &beacon_key(unit, number))? else {
        return Ok(None);
    };
    let beacon = beacon_in(&row, me.federation, unit, number)?;
    let counts = |beacon: &UnitBeacon| row.withdrawn_by.is_none() && beacon.action == Action::Announce && beacon.expires > now;
    Ok(beacon.filter(counts))
}

/// A y as each other unit would have announced it, and which of its beacons do.
type Heard = (Vec<(UnitId, Token)>, Vec<Vec<u64>>);

fn heard_with(view: &dyn View, me: &Me, epoch: u64, y: &[u8; 64]) -> Result<Heard, ViewError> {
    let asked: Vec<(UnitId, Token)> = me.others.iter().map(|unit| (*unit, me.token(epoch, *unit, y))).collect();
    let found = view.heard(&asked)?;
    Ok((asked, found))
}

/// How many subjects, ours and heard, carry each of these y's.
pub(super) fn df_of(view: &dyn View, me: &Me, epoch: u64, ys: &[&[u8; 64]]) -> Result<Vec<Df>, ViewError> {
    let count = |(y, ours): (&&[u8; 64], usize)| Ok(df(&heard_with(view, me, epoch, y)?.1, ours));
    ys.iter().zip(ours_with(view, me, epoch, ys)?).map(count).collect()
}

/// How many of our own have each of these y's: counted by what we announce ourselves.
fn ours_with(view: &dyn View, me: &Me, epoch: u64, ys: &[&[u8; 64]]) -> Result<Vec<usize>, ViewError> {
    if ys.is_empty() {
        return Ok(Vec::new());
    }
    let by = me.announcer(epoch, me.unit);
    let tokens: Vec<Token> = ys.iter().map(|y| by.token(y)).collect();
    Ok(view.own(&by, &tokens)?.iter().map(Vec::len).collect())
}

/// How many subjects, ours and heard, carry a y.
fn df(heard: &[Vec<u64>], ours: usize) -> Df {
    Df(u64::try_from(heard.iter().map(Vec::len).sum::<usize>() + ours).unwrap_or(u64::MAX))
}
