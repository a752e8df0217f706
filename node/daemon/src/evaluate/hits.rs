//! Which persons of one unit share a token with a beacon of the other, and how common each shared token is.
//! Not what that is worth: that is `compared`.

use super::beacons::{Announced, Heard};
use super::progress::Bar;
use icmc_protocol::fingerprint::{Df, TokenType, is_muted};
use icmc_protocol::ids::Token;
use std::collections::{BTreeMap, HashMap};

/// One of ours and a beacon of theirs.
pub(super) struct Found {
    pub(super) own: usize,
    pub(super) other: usize,
    pub(super) shared: Vec<(TokenType, Df)>,
}

/// The hits, and how many persons carry the token that most carry.
pub(super) struct Hits {
    pub(super) found: Vec<Found>,
    pub(super) most_carried: u64,
}

/// All pairs that share a token that counts. Of one file compared with itself, each pair once.
pub(super) fn find(ours: &Announced<'_>, theirs: &Announced<'_>, beacons: &[Heard], same: bool, bar: &Bar) -> Hits {
    // Our tokens as the other unit would have announced them.
    let mut index: HashMap<Token, Vec<(usize, TokenType)>> = HashMap::new();
    for (own, record) in ours.records.iter().enumerate() {
        for (token, feature) in ours.tokens(own, theirs.unit).zip(&record.features) {
            index.entry(token).or_default().push((own, feature.kind));
        }
    }
    let mut carriers: HashMap<Token, u64> = HashMap::new();
    for token in beacons.iter().flat_map(|beacon| beacon.tokens.iter()) {
        *carriers.entry(*token).or_default() += 1;
    }
    let held = |token: &Token| index.get(token).map_or(0, |holders| u64::try_from(holders.len()).unwrap_or(u64::MAX));
    let heard = |token: &Token| if same { 0 } else { carriers.get(token).copied().unwrap_or_default() };
    let df = |token: &Token| held(token).saturating_add(heard(token));
    let most_carried = index.keys().chain(carriers.keys()).map(df).max().unwrap_or_default();
    let persons = u64::try_from(ours.records.len() + if same { 0 } else { theirs.records.len() }).unwrap_or(u64::MAX);
    let mut found = Vec::new();
    for (other, beacon) in beacons.iter().enumerate() {
        let mut hits: BTreeMap<usize, Vec<(TokenType, Df)>> = BTreeMap::new();
        for token in beacon.tokens.iter() {
            let Some(holders) = index.get(token) else { continue };
            let df = Df(df(token));
            if is_muted(df, persons) {
                continue;
            }
            for (own, kind) in holders.iter().filter(|(own, _)| !same || *own < other) {
                hits.entry(*own).or_default().push((*kind, df));
            }
        }
        found.extend(hits.into_iter().map(|(own, shared)| Found { own, other, shared }));
        bar.step();
    }
    Hits { found, most_carried }
}
