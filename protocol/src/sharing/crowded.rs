//! How many shares of one unit may be open here at a time, counted without reading them all for each new one.
//! Not what a share says: any one of them may be fine.

use super::rows::{InState, ShareIn};
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::{MINUTE, Timestamp};
use serde::{Deserialize, Serialize};

/// Most shares of one unit that are open at the same time.
pub(super) const MOST_OPEN: u64 = 2_000;
/// Rows read at once.
const PAGE: usize = 512;
/// How long a count that gave too many is believed, in milliseconds.
const BELIEVED: u64 = MINUTE;

/// At least as many as are open. Key: a word ‖ UnitId.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct OpenFrom {
    most: u64,
    counted: Option<Timestamp>,
}

impl Record for OpenFrom {
    const TABLE: Table = Table::OWN;
}

/// Whether one more share of the unit may be kept; if so it is counted.
pub(super) fn make_room(txn: &mut Txn<'_>, unit: UnitId) -> Result<bool, ViewError> {
    let key = [b"shares-open/".as_slice(), unit.as_bytes()].concat();
    let mut row = txn.get::<OpenFrom>(&key)?.unwrap_or_default();
    if row.most >= MOST_OPEN {
        // Those that have ended since then are still in it.
        if row.counted.is_some_and(|at| at <= txn.now && txn.now.since(at) < BELIEVED) {
            return Ok(false);
        }
        row = OpenFrom { most: count(txn, unit)?, counted: Some(txn.now) };
    }
    let room = row.most < MOST_OPEN;
    row.most += u64::from(room);
    txn.put(&key, Scope::Master, &row);
    Ok(room)
}

fn count(view: &dyn View, unit: UnitId) -> Result<u64, ViewError> {
    let (mut open, mut after) = (0, None::<Vec<u8>>);
    loop {
        let page = view.scan(Table::SHARES_IN, &[], after.as_deref(), PAGE)?;
        for (key, bytes) in &page {
            let row: ShareIn = read_row(bytes)?;
            open += u64::from(row.from == unit && !matches!(row.state, InState::Ended(_)));
            after = Some(key.clone());
        }
        if page.len() < PAGE {
            return Ok(open);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ShareId;
    use crate::machine::MemoryView;
    use crate::sharing::share::Ended;
    use crate::testing::rng::SeededRng;

    const EVE: UnitId = UnitId([3; 32]);

    fn share(state: InState) -> ShareIn {
        ShareIn { state, ..ShareIn::unknown(EVE, 0) }
    }

    fn step<T>(view: &mut MemoryView, now: u64, run: impl FnOnce(&mut Txn<'_>) -> T) -> T {
        let before = view.clone();
        let mut rng = SeededRng::new(1);
        let mut txn = Txn::new(&before, Timestamp(now), &mut rng);
        let outcome = run(&mut txn);
        view.apply(&txn.finish().writes);
        outcome
    }

    fn put(txn: &mut Txn<'_>, number: u64, state: InState) {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_be_bytes());
        txn.put(ShareId(id).as_bytes(), Scope::Master, &share(state));
    }

    #[test]
    fn a_unit_may_fill_its_room_and_what_ends_makes_room_again() {
        let mut view = MemoryView::default();
        step(&mut view, 0, |txn| {
            for number in 0..MOST_OPEN {
                assert!(make_room(txn, EVE).unwrap());
                put(txn, number, InState::Offered);
            }
        });
        assert!(!step(&mut view, 0, |txn| make_room(txn, EVE).unwrap()));
        assert!(step(&mut view, 0, |txn| make_room(txn, UnitId([4; 32])).unwrap()), "another unit has its own");
        step(&mut view, 0, |txn| (0..10).for_each(|number| put(txn, number, InState::Ended(Ended::Expired))));
        assert!(!step(&mut view, BELIEVED - 1, |txn| make_room(txn, EVE).unwrap()), "it was counted just now");
        let fits = (0..12).filter(|_| step(&mut view, BELIEVED, |txn| make_room(txn, EVE).unwrap()));
        assert_eq!(fits.count(), 10);
    }
}
