//! What the counts of a comparison lead to: the score, the alert, who is told of it and when.
//! Not the score itself: that is `fingerprint::comparison`.

use super::begin::{found, reference, send};
use super::message::{ConfirmMessage, Said};
use super::points::Sizes;
use super::receive::{Compared, Place};
use super::rows::{self, Counted, Pair, Run, Stage};
use crate::envelope::outbox::OutboxError;
use crate::fingerprint::{
    Agreement, ConfirmFacts, Df, ListKind, TokenType, agreed_in_kind, confirm_class, confirm_score, rarest_by_type,
};
use crate::ids::{AlertId, SubjectId, UnitId};
use crate::machine::{Notice, Txn, ViewError};
use crate::matching::alert::{self, Alert, Confirmed, Refusal, State};
use crate::matching::beacon::UnitBeacon;
use crate::matching::lookup::{compare, live};
use crate::matching::me::Me;
use crate::matching::raise::{self, Grounds, Peer};
use crate::matching::subject::{Role, Subject};

/// All that both sides know of each other in the end.
pub(super) struct Counts<'a> {
    pub(super) kinds: &'a [TokenType],
    pub(super) said: &'a Said,
    pub(super) theirs: &'a Said,
    pub(super) sizes: Sizes,
    pub(super) their_sizes: Sizes,
    pub(super) common: Sizes,
}

impl Counts<'_> {
    /// The same facts on both sides, and so the same score. None below *possible*.
    pub(super) fn judged(&self, me: &Me) -> Option<Counted> {
        let facts = self.facts();
        let score = confirm_score(&facts, &me.weights);
        let class = confirm_class(&facts, score)?;
        let agreed = agreed_in_kind(facts.shared.keys().copied());
        Some(Counted { class, score, agreed, peer_suspect: None, released: false })
    }

    fn facts(&self) -> ConfirmFacts {
        let persons = self.said.persons.max(self.theirs.persons);
        let larger = self.said.carriers.iter().zip(self.theirs.carriers.iter()).map(|(ours, theirs)| Df(*ours.max(theirs)));
        let agreement = |kind: ListKind| {
            let place = kind.place();
            Agreement { own: self.sizes[place], other: self.their_sizes[place], common: self.common[place] }
        };
        ConfirmFacts {
            persons,
            own_types: self.said.types(),
            other_types: self.theirs.types(),
            shared: rarest_by_type(self.kinds.iter().copied().zip(larger), persons),
            lists: ListKind::ALL.map(agreement),
        }
    }
}

/// The comparison is over, and this is what it came to.
pub(super) fn conclude(txn: &mut Txn<'_>, at: Place, counted: Option<Counted>) -> Result<(), OutboxError> {
    let Place { pair, subject, run } = at;
    let run = Run { since: txn.now, stage: Stage::Counted(counted.clone()), ..run };
    rows::put(txn, subject.case, &pair, &run);
    let alert = raise::of_pair(txn, pair.own, pair.peer, pair.peer_subject)?;
    match counted {
        None => {
            if let Some(alert) = alert {
                raise::contradict(txn, alert);
            }
        }
        Some(counted) => show(txn, &pair, &subject, &run, counted, alert)?,
    }
    Ok(())
}

/// As [`conclude`], and goes on with what was announced meanwhile.
pub(super) fn counted_at_last(txn: &mut Txn<'_>, me: &Me, at: Place, counted: Option<Counted>) -> Result<(), OutboxError> {
    let next = match &at.run.stage {
        Stage::Answered(answered) => answered.next,
        _ => None,
    };
    let (pair, subject) = (at.pair, at.subject.clone());
    conclude(txn, at, counted)?;
    Ok(go_on(txn, me, &pair, &subject, next)?)
}

/// A newer beacon that had to wait is compared.
pub(super) fn go_on(txn: &mut Txn<'_>, me: &Me, pair: &Pair, subject: &Subject, next: Option<u64>) -> Result<(), ViewError> {
    let Some(number) = next else { return Ok(()) };
    if let Some(beacon) = live(txn, me, pair.peer, number, txn.now)?
        && let Some(hit) = compare(txn, me, subject, &beacon)?
    {
        found(txn, me, subject, &beacon, &hit)?;
    }
    Ok(())
}

/// Raises the alert, or keeps the result back.
fn show(
    txn: &mut Txn<'_>,
    pair: &Pair,
    subject: &Subject,
    run: &Run,
    counted: Counted,
    alert: Option<Alert>,
) -> Result<(), OutboxError> {
    let peer_suspect = counted.peer_suspect;
    // Kept back from people here, unless they know of it already.
    if subject.is_suspect() && peer_suspect != Some(true) && !counted.released && alert.is_none() {
        return Ok(());
    }
    let lets_know = peer_suspect == Some(true) && subject.role == Role::Other && alert.is_none_or(|alert| !alert.told);
    if lets_know {
        send(txn, pair, &ConfirmMessage::Release(reference(pair, run.id)))?;
    }
    let told = lets_know || subject.is_suspect() || peer_suspect == Some(false);
    let peer = Peer { unit: pair.peer, subject: pair.peer_subject, beacon: run.numbers.peer };
    raise::raise(txn, subject, peer, counted.grounds(told))?;
    Ok(())
}

impl Counted {
    fn grounds(self, told: bool) -> Grounds {
        let confirmed = Confirmed::Yes { score: self.score };
        Grounds { class: self.class, score: self.score, agreed: self.agreed, confirmed, told }
    }
}

/// What the other side says after both have counted.
pub(super) fn follow(txn: &mut Txn<'_>, at: Place, change: impl FnOnce(&mut Counted)) -> Result<Compared, OutboxError> {
    let mut counted = match &at.run.stage {
        Stage::Counted(Some(counted)) => counted.clone(),
        // It was overtaken by what it follows upon.
        Stage::Asked { .. } | Stage::Answered(_) => return Ok(Compared::NotYet),
        _ => return Ok(Compared::Applied),
    };
    let before = counted.clone();
    change(&mut counted);
    // Said once; what is said again changes nothing.
    if before.peer_suspect.is_some() && before.peer_suspect != counted.peer_suspect {
        return Ok(Compared::Refused("said another thing about its person than before"));
    }
    if counted != before {
        conclude(txn, at, Some(counted))?;
    }
    Ok(Compared::Applied)
}

/// The other side will not compare.
pub(super) fn decline(txn: &mut Txn<'_>, at: Place) -> Result<Compared, OutboxError> {
    if matches!(at.run.stage, Stage::Asked { .. }) {
        give_up(txn, &at.pair, &at.subject, at.run)?;
    }
    Ok(Compared::Applied)
}

/// There will be no comparison of these beacons. What was shown of them says so.
pub(super) fn give_up(txn: &mut Txn<'_>, pair: &Pair, subject: &Subject, run: Run) -> Result<(), ViewError> {
    rows::put(txn, subject.case, pair, &Run { since: txn.now, stage: Stage::Declined, ..run });
    let alert = raise::of_pair(txn, pair.own, pair.peer, pair.peer_subject)?;
    if let Some(alert) = alert.filter(|alert| alert.confirmed == Confirmed::Waiting) {
        let alert = Alert { confirmed: Confirmed::No, ..alert };
        alert.put(txn);
        txn.notify(Notice::Alert(alert.id));
    }
    Ok(())
}

/// A person lets the other side, which holds a suspect, know of an alert.
///
/// # Errors
/// [`Refusal::State`] if the other side knows, or the alert was not confirmed, or is closed.
pub fn release(txn: &mut Txn<'_>, id: AlertId) -> Result<Alert, Refusal> {
    let mut alert = alert::get(txn, id)?.ok_or(Refusal::Unknown)?;
    let pair = Pair { own: alert.subject, peer: alert.peer, peer_subject: alert.peer_subject };
    let run = rows::load(txn, &pair)?.filter(|run| matches!(run.stage, Stage::Counted(Some(_))));
    let (false, State::New | State::Seen { .. } | State::InHand { .. }, Some(run)) = (alert.told, alert.state, run) else {
        return Err(Refusal::State);
    };
    send(txn, &pair, &ConfirmMessage::Release(reference(&pair, run.id)))?;
    alert.told = true;
    alert.put(txn);
    txn.notify(Notice::Alert(id));
    Ok(alert)
}

/// The other side of an alert about this beacon.
pub(in crate::matching) fn peer(beacon: &UnitBeacon) -> Peer {
    Peer { unit: beacon.unit, subject: beacon.subject, beacon: beacon.number }
}

/// Where the comparison of a pair stands, for whoever is asked for contact about it.
pub(in crate::matching) enum Standing {
    /// There is none.
    Nothing,
    /// Not over.
    Open,
    /// Over, and kept back from people here until the other side speaks of it.
    KeptBack(Grounds),
    /// It spoke against the pair.
    Contradicted,
}

/// See [`Standing`].
pub(in crate::matching) fn standing(
    txn: &Txn<'_>,
    subject: &Subject,
    peer: UnitId,
    peer_subject: SubjectId,
) -> Result<Standing, ViewError> {
    let pair = Pair { own: subject.subject, peer, peer_subject };
    Ok(match rows::load(txn, &pair)?.map(|run| run.stage) {
        None | Some(Stage::Declined) => Standing::Nothing,
        Some(Stage::Counted(None)) => Standing::Contradicted,
        Some(Stage::Counted(Some(counted))) => Standing::KeptBack(counted.grounds(true)),
        Some(Stage::Expected | Stage::Due | Stage::Held(_) | Stage::Asked { .. } | Stage::Answered(_)) => Standing::Open,
    })
}
