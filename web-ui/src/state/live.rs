//! Numbers what happens in the node and keeps the newest of it, for pages that come late or come back.
//! Does not know who listens, nor who may.

use icmc_node::runtime::Node;
use icmc_protocol::machine::Notice;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, broadcast};

/// Events kept for a stream that comes back.
const KEPT: usize = 256;
/// Most streams at a time.
const STREAMS: usize = 256;

/// One event with its number.
pub(crate) type Numbered = (u64, Notice);

/// Numbers what happens and keeps the newest of it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live(pub(crate) Arc<Hub>);

#[derive(Debug)]
pub(crate) struct Hub {
    kept: Mutex<Kept>,
    news: broadcast::Sender<Numbered>,
    pub(crate) streams: Arc<Semaphore>,
}

#[derive(Debug)]
struct Kept {
    newest: u64,
    events: VecDeque<Numbered>,
}

impl Live {
    /// Begins to listen to a node. Numbers begin at the time of day in milliseconds, so they rise over restarts too.
    #[must_use]
    pub fn start(node: &Node) -> Self {
        let hub = Arc::new(Hub {
            kept: Mutex::new(Kept { newest: node.now().0, events: VecDeque::with_capacity(KEPT) }),
            news: broadcast::channel(KEPT).0,
            streams: Arc::new(Semaphore::new(STREAMS)),
        });
        let (weak, mut events) = (Arc::downgrade(&hub), node.events());
        tokio::spawn(async move {
            loop {
                let notice = match events.recv().await {
                    Ok(notice) => Some(notice),
                    Err(broadcast::error::RecvError::Lagged(_)) => None,
                    Err(broadcast::error::RecvError::Closed) => return,
                };
                let Some(hub) = weak.upgrade() else { return };
                hub.take(notice);
            }
        });
        Self(hub)
    }

    /// The number of the newest event: a page that was made after asking for it has missed nothing up to it.
    #[must_use]
    pub fn newest(&self) -> u64 {
        self.0.kept().newest
    }

    /// What came after a number, and what will come; none if what came is not kept any more.
    pub(crate) fn after(&self, seen: Option<u64>) -> (Option<VecDeque<Numbered>>, broadcast::Receiver<Numbered>) {
        let kept = self.0.kept();
        let oldest = kept.events.front().map_or(kept.newest + 1, |(number, _)| *number);
        let missed = match seen {
            None => Some(VecDeque::new()),
            Some(seen) if seen.saturating_add(1) >= oldest => {
                Some(kept.events.iter().filter(|(number, _)| *number > seen).copied().collect())
            }
            Some(_) => None,
        };
        (missed, self.0.news.subscribe())
    }
}

impl Hub {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None means that some were missed: then no number before this one can be continued from.
    fn take(&self, notice: Option<Notice>) {
        let mut kept = self.kept();
        kept.newest += 1;
        let Some(notice) = notice else {
            kept.events.clear();
            return;
        };
        if kept.events.len() == KEPT {
            kept.events.pop_front();
        }
        let event = (kept.newest, notice);
        kept.events.push_back(event);
        // Nobody may be listening.
        let _ = self.news.send(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use icmc_protocol::ids::CaseId;

    fn live() -> Live {
        Live(Arc::new(Hub {
            kept: Mutex::new(Kept { newest: 1000, events: VecDeque::new() }),
            news: broadcast::channel(KEPT).0,
            streams: Arc::new(Semaphore::new(1)),
        }))
    }

    fn numbers(missed: Option<VecDeque<Numbered>>) -> Option<Vec<u64>> {
        missed.map(|missed| missed.into_iter().map(|(number, _)| number).collect())
    }

    #[test]
    fn a_page_gets_what_came_after_it_was_made_and_nothing_twice() {
        let live = live();
        let made = live.newest();
        for byte in 1..=3 {
            live.0.take(Some(Notice::Case(CaseId([byte; 32]))));
        }
        assert_eq!(numbers(live.after(Some(made)).0), Some(vec![1001, 1002, 1003]));
        assert_eq!(numbers(live.after(Some(1002)).0), Some(vec![1003]));
        assert_eq!(numbers(live.after(Some(1003)).0), Some(vec![]));
        assert_eq!(numbers(live.after(None).0), Some(vec![]));
    }

    #[test]
    fn what_is_not_kept_any_more_is_said_to_be_missed() {
        let live = live();
        for _ in 0..KEPT + 1 {
            live.0.take(Some(Notice::Peers));
        }
        assert_eq!(live.0.kept().events.len(), KEPT);
        assert_eq!(numbers(live.after(Some(1000)).0), None, "the first one is gone");
        assert_eq!(numbers(live.after(Some(1001)).0).map(|all| all.len()), Some(KEPT));
        live.0.take(None);
        assert_eq!(numbers(live.after(Some(1001 + KEPT as u64)).0), None, "the node was faster than this listener");
        assert_eq!(numbers(live.after(Some(5)).0), None, "from before a restart");
    }
}
