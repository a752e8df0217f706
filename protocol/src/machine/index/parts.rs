//! Eight-byte entries, 32 bits of a hash and a slot, in many sorted parts: looked up and inserted in a microsecond, nothing unused.
//! What a slot stands for is the business of `heard` and `own`.

/// A hash as it is used here: which part, and what stands in the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    part: usize,
    hash: u32,
}

/// Hash → slots.
pub(super) struct Parts(Vec<Vec<u64>>);

impl Parts {
    /// Empty; `count` is a power of two of at most 2^16, such that a part has some thousand entries.
    pub(super) fn new(count: usize) -> Self {
        Self(vec![Vec::new(); count])
    }

    /// The same with room for so many hashes: an eighth more in each part, which is as evenly as they spread.
    pub(super) fn with_room(count: usize, entries: usize) -> Self {
        let each = entries.div_ceil(count);
        Self(core::iter::repeat_with(|| Vec::with_capacity(each + each / 8 + 8)).take(count).collect())
    }

    /// The part is taken from the first 16 bits, the entry from the 32 behind them.
    pub(super) fn place(&self, hash: [u8; 6]) -> Place {
        let part = usize::from(u16::from_be_bytes([hash[0], hash[1]])) & (self.0.len() - 1);
        Place { part, hash: u32::from_be_bytes([hash[2], hash[3], hash[4], hash[5]]) }
    }

    /// The slots under a hash, ascending.
    pub(super) fn slots(&self, at: Place) -> impl Iterator<Item = usize> + '_ {
        let part = &self.0[at.part];
        let from = part.partition_point(|entry| entry >> 32 < u64::from(at.hash));
        let same = part[from..].iter().take_while(move |entry| **entry >> 32 == u64::from(at.hash));
        same.map(|entry| usize::try_from(entry & u64::from(u32::MAX)).expect("an address has at least 32 bits"))
    }

    /// Adds an entry if it is not there.
    pub(super) fn insert(&mut self, at: Place, slot: usize) {
        let part = &mut self.0[at.part];
        let entry = entry(at, slot);
        if let Err(before) = part.binary_search(&entry) {
            make_room(part);
            part.insert(before, entry);
        }
    }

    /// Takes an entry away if it is there.
    pub(super) fn remove(&mut self, at: Place, slot: usize) {
        let part = &mut self.0[at.part];
        if let Ok(found) = part.binary_search(&entry(at, slot)) {
            part.remove(found);
        }
    }

    /// Adds an entry out of order: [`Self::sort`] is to follow before anything else.
    pub(super) fn push(&mut self, at: Place, slot: usize) {
        let part = &mut self.0[at.part];
        make_room(part);
        part.push(entry(at, slot));
    }

    /// Puts what was pushed in order.
    pub(super) fn sort(&mut self) {
        for part in &mut self.0 {
            part.sort_unstable();
            part.shrink_to_fit();
        }
    }

    /// How many entries.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
}

fn entry(at: Place, slot: usize) -> u64 {
    (u64::from(at.hash) << 32) | u64::try_from(slot).expect("an address has at most 64 bits")
}

/// An eighth at a time: doubling would leave half of the memory unused.
fn make_room(part: &mut Vec<u64>) {
    if part.len() == part.capacity() {
        part.reserve_exact(8 + part.len() / 8);
    }
}
