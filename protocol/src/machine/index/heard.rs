//! Which beacons hold a token: for each token 32 bits of its keyed hash and the beacon, eight bytes together.
//! One thread at a time; that readers see what their snapshot holds is the store's business.

use super::parts::{Parts, Place};
use crate::ids::{Token, UnitId};
use crate::machine::HEARD_MAX;
use std::collections::{BTreeMap, BTreeSet};

/// Parts: at 20 million tokens one has 5,000.
const PARTS: usize = 4_096;
/// Bits of a number: the protocol stops at 2^40.
const NUMBER_BITS: u32 = 44;
/// Bits of how many entries a beacon has: it has at most 24 tokens.
const COUNT_BITS: u32 = 5;

/// A beacon that holds tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Who announced it.
    pub unit: UnitId,
    /// Its number, at most 2^40.
    pub number: u64,
    /// The tokens, at most 24.
    pub tokens: Vec<Token>,
}

/// Token → beacons. A stranger comes with an answer where two tokens agree in 44 bits of their keyed hash: whoever does not know the
/// key cannot make such tokens, nor many that fall into one part.
pub struct HeardIndex {
    key: [u8; 32],
    parts: Parts,
    /// Slot → unit ‖ number ‖ how many entries point here; zero entries: free. Tokens of one beacon that came at different times have
    /// different slots.
    slots: Vec<u64>,
    free: Vec<u32>,
    units: BTreeMap<UnitId, u64>,
}

impl core::fmt::Debug for HeardIndex {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "HeardIndex({} tokens)", self.len())
    }
}

impl HeardIndex {
    /// Empty; `key` is random and for this run of the node only.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key, parts: Parts::new(PARTS), slots: Vec::new(), free: Vec::new(), units: BTreeMap::new() }
    }

    /// For each unit and token, the numbers of its beacons that hold it, ascending, at most [`HEARD_MAX`].
    #[must_use]
    pub fn find(&self, asked: &[(UnitId, Token)]) -> Vec<Vec<u64>> {
        asked.iter().map(|(unit, token)| self.numbers(*unit, *token)).collect()
    }

    fn numbers(&self, unit: UnitId, token: Token) -> Vec<u64> {
        let Some(unit) = self.units.get(&unit).copied() else { return Vec::new() };
        let slots = self.parts.slots(self.place(unit, token)).map(|slot| unpack(self.slots[slot]));
        let mut numbers: Vec<u64> = slots.filter(|(of, ..)| *of == unit).map(|(_, number, _)| number).collect();
        numbers.sort_unstable();
        // Two tokens of one beacon may agree in what is kept of them.
        numbers.dedup();
        numbers.truncate(HEARD_MAX);
        numbers
    }

    /// Adds what is not there yet.
    pub fn add(&mut self, held: &Held) {
        let (unit, mut places) = self.places(held);
        places.retain(|place| self.slot_at(unit, held.number, *place).is_none());
        if places.is_empty() {
            return;
        }
        let slot = self.take_slot(unit, held.number);
        for place in places {
            self.parts.insert(place, slot);
            self.slots[slot] += 1;
        }
    }

    /// Takes away what is there.
    pub fn remove(&mut self, held: &Held) {
        let (unit, places) = self.places(held);
        for place in places {
            let Some(slot) = self.slot_at(unit, held.number, place) else { continue };
            self.parts.remove(place, slot);
            self.slots[slot] -= 1;
            if unpack(self.slots[slot]).2 == 0 {
                self.free.push(u32::try_from(slot).expect("slots are numbered in 32 bits"));
            }
        }
    }

    /// Adds a beacon that is not there, out of order: [`Self::sort`] is to follow before anything else.
    pub fn push(&mut self, held: &Held) {
        let (unit, places) = self.places(held);
        let slot = self.take_slot(unit, held.number);
        for place in places {
            self.parts.push(place, slot);
            self.slots[slot] += 1;
        }
    }

    /// Puts what was pushed in order.
    pub fn sort(&mut self) {
        self.parts.sort();
        self.slots.shrink_to_fit();
    }

    /// How many tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where its tokens belong, each place once: tokens that agree in what is kept of them are one entry.
    fn places(&mut self, held: &Held) -> (u64, BTreeSet<Place>) {
        let next = u64::try_from(self.units.len()).expect("there are fewer units than that");
        let unit = *self.units.entry(held.unit).or_insert(next);
        (unit, held.tokens.iter().map(|token| self.place(unit, *token)).collect())
    }

    fn place(&self, unit: u64, token: Token) -> Place {
        let mut input = [0; 8 + Token::LEN];
        input[..8].copy_from_slice(&unit.to_be_bytes());
        input[8..].copy_from_slice(token.as_bytes());
        let hash = *blake3::keyed_hash(&self.key, &input).as_bytes();
        self.parts.place([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5]])
    }

    /// The slot of a beacon that has an entry at this place.
    fn slot_at(&self, unit: u64, number: u64, place: Place) -> Option<usize> {
        let mut slots = self.parts.slots(place);
        slots.find(|slot| matches!(unpack(self.slots[*slot]), (of, at, _) if (of, at) == (unit, number)))
    }

    fn take_slot(&mut self, unit: u64, number: u64) -> usize {
        let packed = ((unit << NUMBER_BITS) | number) << COUNT_BITS;
        let Some(slot) = self.free.pop() else {
            self.slots.push(packed);
            return self.slots.len() - 1;
        };
        let slot = usize::try_from(slot).expect("an address has at least 32 bits");
        self.slots[slot] = packed;
        slot
    }
}

/// Unit, number, entries.
const fn unpack(slot: u64) -> (u64, u64, u64) {
    let place = slot >> COUNT_BITS;
    (place >> NUMBER_BITS, place & ((1 << NUMBER_BITS) - 1), slot & ((1 << COUNT_BITS) - 1))
}
