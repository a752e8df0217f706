//! Invented persons as blinded features: how many each has, and how common each feature is, about as in the DEV set.
//! No names and no keepers: y's are made up, since only their equality matters here.

/// A blinded feature.
type Y = [u8; 64];

/// How many values a feature of each place has: some as common as the commonest of DEV (ten in 10,000), most rarer. Beyond these every
/// person has values of its own.
const VALUES: [u64; 12] = [1_000, 5_000, 5_000, 40_000, 40_000, 40_000, 40_000, 40_000, 40_000, 40_000, 40_000, 40_000];
/// How many features of a person others have too.
pub(crate) const COMMON: usize = VALUES.len();
/// How many features a person has, in turn: 14.7 on average.
const COUNTS: [usize; 7] = [9, 12, 14, 15, 16, 17, 20];

/// How many features a heard person has.
pub(crate) const fn count(person: usize) -> usize {
    COUNTS[person % COUNTS.len()]
}

/// The features of a heard person.
pub(crate) fn heard(person: usize, count: usize) -> Vec<Y> {
    features(person as u64, count)
}

/// The features of one of our own, whom nobody else has.
pub(crate) fn own(person: usize, count: usize) -> Vec<Y> {
    features((1 << 40) + person as u64, count)
}

fn features(person: u64, count: usize) -> Vec<Y> {
    (0..count).map(|place| feature(person, place)).collect()
}

fn feature(person: u64, place: usize) -> Y {
    let value = VALUES.get(place).map_or(person, |values| mixed(person ^ ((place as u64) << 48)) % values);
    let mut y = [0; 64];
    y[0] = u8::try_from(place).unwrap_or(u8::MAX);
    y[1..9].copy_from_slice(&value.to_be_bytes());
    y
}

/// SplitMix64 (Steele, Lea, Flood 2014): evenly spread and always the same.
const fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
