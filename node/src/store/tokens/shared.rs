//! The indices between one writer and many snapshots: they may be ahead of a snapshot, never behind it.
//! Not how they are laid out: that is `protocol::machine`.

use crate::vault::ScopeTag;
use icmc_protocol::ids::{SubjectId, Token, UnitId};
use icmc_protocol::machine::{Announcer, HeardIndex, Held, OwnHeld, OwnIndex};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;

/// Most cores that make tokens at once.
const CORES: usize = 4;

/// What a snapshot holds for as long as it lives: what is retired afterwards stays until then.
#[derive(Debug, Default)]
pub(in crate::store) struct Age(());

/// Rows by what is to be found of them.
#[derive(Debug, Default)]
pub(in crate::store) struct Rows {
    pub(in crate::store) beacons: Vec<Held>,
    pub(in crate::store) subjects: Vec<OwnHeld>,
}

impl Rows {
    fn is_empty(&self) -> bool {
        self.beacons.is_empty() && self.subjects.is_empty()
    }

    /// Leaves out what comes back.
    fn spare(&mut self, back: &Self) {
        for held in &back.beacons {
            let same = |gone: &&mut Held| (gone.unit, gone.number) == (held.unit, held.number);
            self.beacons.iter_mut().filter(same).for_each(|gone| gone.tokens.retain(|token| !held.tokens.contains(token)));
        }
        for own in &back.subjects {
            let same = |gone: &&mut OwnHeld| gone.subject == own.subject;
            self.subjects.iter_mut().filter(same).for_each(|gone| gone.ys.retain(|y| !own.ys.contains(y)));
        }
    }
}

/// The indices of all snapshots of a store.
///
/// What a commit adds is put in before the commit, what it takes away is retired after it. A snapshot takes the present [`Age`] before
/// it begins to read; what was retired under an age goes once no snapshot holds that age or an older one.
pub(in crate::store) struct Tokens {
    heard: RwLock<HeardIndex>,
    owned: Mutex<OwnIndex>,
    leaving: Mutex<Leaving>,
}

#[derive(Default)]
struct Leaving {
    age: Arc<Age>,
    /// Oldest first. As many as were retired while one snapshot lived, which is a request's or a step's time.
    retired: VecDeque<(Arc<Age>, Rows)>,
}

impl core::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// Empty; `key` is random and for this run of the node only.
    pub(in crate::store) fn new(key: [u8; 32]) -> Self {
        Self { heard: RwLock::new(HeardIndex::new(key)), owned: Mutex::new(OwnIndex::new(spread)), leaving: Mutex::default() }
    }

    /// To be taken before a snapshot begins to read, and held with it.
    pub(in crate::store) fn age(&self) -> Arc<Age> {
        Arc::clone(&self.leaving().age)
    }

    /// For each unit and token, the numbers of its beacons that hold it.
    pub(in crate::store) fn heard(&self, asked: &[(UnitId, Token)]) -> Vec<Vec<u64>> {
        self.read().find(asked)
    }

    /// For each token, our subjects that have it as `by` would announce them.
    pub(in crate::store) fn own(&self, by: &Announcer, tokens: &[Token]) -> Vec<Vec<SubjectId>> {
        self.owned().find(by, tokens)
    }

    /// To be called before the commit that brings these.
    pub(in crate::store) fn add(&self, added: &Rows) {
        if added.is_empty() {
            return;
        }
        let mut leaving = self.leaving();
        // What comes back stays, whoever still reads what was before.
        leaving.retired.iter_mut().for_each(|(_, gone)| gone.spare(added));
        let (mut heard, mut owned) = (self.write(), self.owned());
        added.beacons.iter().for_each(|held| heard.add(held));
        added.subjects.iter().for_each(|own| owned.add(own));
    }

    /// To be called after the commit that took these away, or that failed to bring them.
    pub(in crate::store) fn retire(&self, gone: Rows) {
        let mut leaving = self.leaving();
        if !gone.is_empty() {
            let age = core::mem::take(&mut leaving.age);
            leaving.retired.push_back((age, gone));
        }
        while leaving.retired.front_mut().is_some_and(|(age, _)| Arc::get_mut(age).is_some()) {
            let Some((_, gone)) = leaving.retired.pop_front() else { return };
            let (mut heard, mut owned) = (self.write(), self.owned());
            gone.beacons.iter().for_each(|held| heard.remove(held));
            gone.subjects.iter().for_each(|own| owned.remove(own));
        }
    }

    /// To be called once these keys are destroyed: then no snapshot shows their rows either.
    pub(in crate::store) fn forget(&self, tags: &[ScopeTag]) {
        self.owned().forget(&tags.iter().map(|tag| tag.0).collect::<Vec<_>>());
    }

    /// Fills empty indices.
    pub(super) fn fill<E>(
        &self,
        rows: impl FnOnce(&mut dyn FnMut(&Held), &mut dyn FnMut(&OwnHeld)) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut heard, mut owned) = (self.write(), self.owned());
        let filled = rows(&mut |held| heard.push(held), &mut |own| owned.add(own));
        heard.sort();
        filled
    }

    /// How many heard tokens are in it.
    pub(in crate::store) fn len(&self) -> usize {
        self.read().len()
    }

    fn read(&self) -> RwLockReadGuard<'_, HeardIndex> {
        self.heard.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HeardIndex> {
        self.heard.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn owned(&self) -> MutexGuard<'_, OwnIndex> {
        self.owned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leaving(&self) -> MutexGuard<'_, Leaving> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does a job for each number below a count, on several cores.
fn spread(count: usize, job: &(dyn Fn(usize) + Sync)) {
    let cores = thread::available_parallelism().map_or(1, usize::from).min(CORES).min(count).max(1);
    let part = move |first: usize| (first..count).step_by(cores).for_each(job);
    thread::scope(|scope| {
        for first in 1..cores {
            scope.spawn(move || part(first));
        }
        part(0);
    });
}
