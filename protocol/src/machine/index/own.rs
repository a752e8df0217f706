//! Which of our subjects have a token as some unit would announce them: all tokens of a unit are made when it is first asked for.
//! One thread at a time. The y's stay in memory as long as their rows have a key; tokens of units long not asked for are forgotten.

use super::parts::Parts;
use crate::ids::{SubjectId, Token};
use crate::machine::{Announcer, Y};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Parts of the tokens of one unit: at 5,000 subjects one has some 300.
const PARTS: usize = 256;
/// Most tokens of all units together that are kept, eight bytes each.
const KEPT: usize = 2 * 1024 * 1024;
/// Subjects whose tokens are made in one go.
const SHARE: usize = 256;
/// Most units, each with each key, whose tokens are kept.
const MADE: usize = 512;

/// A subject and what it is announced by.
#[derive(Clone)]
pub struct OwnHeld {
    /// Her handle.
    pub subject: SubjectId,
    /// Names the key that her row is sealed with.
    pub seal: [u8; 16],
    /// Her y's with the epochs of their keys.
    pub ys: Zeroizing<Vec<(u64, Y)>>,
}

impl core::fmt::Debug for OwnHeld {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OwnHeld({:?})", self.subject)
    }
}

/// Does a job once for each number below a count, in any order, at the same time if it likes: this crate starts no threads.
pub type Spread = fn(usize, &(dyn Fn(usize) + Sync));

/// All tokens of one announcer.
struct Made {
    parts: Parts,
    /// When it was last asked for, in questions.
    asked: u64,
}

pub struct OwnIndex {
    spread: Spread,
    /// Slot → subject; none: free.
    slots: Vec<Option<OwnHeld>>,
    free: Vec<usize>,
    places: BTreeMap<SubjectId, usize>,
    made: BTreeMap<Announcer, Made>,
    asked: u64,
}

impl core::fmt::Debug for OwnIndex {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OwnIndex({} subjects, {} announcers)", self.places.len(), self.made.len())
    }
}

impl OwnIndex {
    /// Empty; tokens are made by way of `spread`.
    #[must_use]
    pub fn new(spread: Spread) -> Self {
        Self { spread, slots: Vec::new(), free: Vec::new(), places: BTreeMap::new(), made: BTreeMap::new(), asked: 0 }
    }

    /// For each token our subjects that have it as `by` would announce them, ascending.
    pub fn find(&mut self, by: &Announcer, tokens: &[Token]) -> Vec<Vec<SubjectId>> {
        if let Some(found) = self.known(by, tokens) {
            return found;
        }
        self.make(by);
        self.known(by, tokens).unwrap_or_default()
    }

    /// Nothing if the tokens of this announcer were not made yet.
    fn known(&mut self, by: &Announcer, tokens: &[Token]) -> Option<Vec<Vec<SubjectId>>> {
        self.asked += 1;
        let made = self.made.get_mut(by)?;
        made.asked = self.asked;
        let each = |token: &Token| {
            let slots = made.parts.slots(made.parts.place(first(token)));
            let mut found: Vec<SubjectId> = slots.filter_map(|slot| Some(self.slots[slot].as_ref()?.subject)).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        Some(tokens.iter().map(each).collect())
    }

    /// Makes the tokens of an announcer: what asked waits for it.
    fn make(&mut self, by: &Announcer) {
        let held: Vec<_> = self.slots.iter().enumerate().filter_map(|(slot, own)| Some((slot, own.as_ref()?))).collect();
        let shares: Vec<_> = held.chunks(SHARE).map(|share| (share, OnceLock::new())).collect();
        (self.spread)(shares.len(), &|number| {
            let (share, made) = &shares[number];
            made.get_or_init(|| hashes(by, share));
        });
        let made = || shares.iter().filter_map(|(_, made)| made.get()).flatten();
        let mut parts = Parts::with_room(PARTS, made().count());
        made().for_each(|(hash, slot)| parts.push(parts.place(*hash), *slot));
        parts.sort();
        self.made.insert(*by, Made { parts, asked: self.asked });
        let too_many = |made: &BTreeMap<Announcer, Made>| {
            made.len() > MADE || made.len() > 1 && made.values().map(|made| made.parts.len()).sum::<usize>() > KEPT
        };
        while too_many(&self.made) {
            let longest_ago = self.made.iter().min_by_key(|(_, made)| made.asked).map(|(by, _)| *by);
            longest_ago.and_then(|by| self.made.remove(&by));
        }
    }

    /// Adds what is not there yet.
    pub fn add(&mut self, own: &OwnHeld) {
        let slot = match self.places.entry(own.subject) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(vacant) => {
                let slot = self.free.pop().unwrap_or(self.slots.len());
                if slot == self.slots.len() {
                    self.slots.push(None);
                }
                *vacant.insert(slot)
            }
        };
        let held = self.slots[slot].get_or_insert_with(|| OwnHeld { ys: Zeroizing::default(), ..own.clone() });
        held.seal = own.seal;
        for new in own.ys.iter() {
            if !held.ys.contains(new) {
                held.ys.push(*new);
            }
            for (by, made) in self.made.iter_mut().filter(|(by, _)| by.epoch == new.0) {
                made.parts.insert(made.parts.place(first(&by.token(&new.1))), slot);
            }
        }
    }

    /// Takes away what is there.
    pub fn remove(&mut self, own: &OwnHeld) {
        let Some(slot) = self.places.get(&own.subject).copied() else { return };
        for gone in own.ys.iter() {
            for (by, made) in self.made.iter_mut().filter(|(by, _)| by.epoch == gone.0) {
                made.parts.remove(made.parts.place(first(&by.token(&gone.1))), slot);
            }
        }
        let Some(held) = &mut self.slots[slot] else { return };
        held.ys.retain(|y| !own.ys.contains(y));
        if held.ys.is_empty() {
            self.slots[slot] = None;
            self.places.remove(&own.subject);
            self.free.push(slot);
        }
    }

    /// Forgets what was sealed with these keys.
    pub fn forget(&mut self, seals: &[[u8; 16]]) {
        let erased: Vec<OwnHeld> = self.slots.iter().flatten().filter(|own| seals.contains(&own.seal)).cloned().collect();
        erased.iter().for_each(|own| self.remove(own));
    }
}

/// What is kept of the tokens of these subjects, with their slots.
fn hashes(by: &Announcer, share: &[(usize, &OwnHeld)]) -> Vec<([u8; 6], usize)> {
    let maker = by.maker();
    let ys = share.iter().flat_map(|(slot, own)| own.ys.iter().map(|(epoch, y)| (*epoch, y, *slot)));
    ys.filter(|(epoch, ..)| *epoch == by.epoch).map(|(_, y, slot)| (first(&maker.token(y)), slot)).collect()
}

/// Tokens are hashes of what nobody else knows: their own bits will do.
fn first(token: &Token) -> [u8; 6] {
    let [a, b, c, d, e, f, ..] = token.0;
    [a, b, c, d, e, f]
}
