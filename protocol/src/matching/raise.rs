//! Where alerts come from: a hit or a comparison raises one for its pair, a corrected person takes hers along.
//! Not their end: that is `close`, or a person's `alert::set_state`.

use super::alert::{Alert, AlertOf, Confirmed, Contact, Outcome, PER_SUBJECT, State, get, pair_key};
use super::subject::Subject;
use crate::fingerprint::{AgreedKind, MatchClass};
use crate::ids::{AlertId, SubjectId, UnitId};
use crate::machine::{Notice, Txn, ViewError};
use std::collections::BTreeSet;

/// The other side of an alert.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    pub(super) unit: UnitId,
    pub(super) subject: SubjectId,
    pub(super) beacon: u64,
}

/// Why an alert is raised.
#[derive(Debug, Clone)]
pub(super) struct Grounds {
    pub(super) class: MatchClass,
    pub(super) score: i64,
    pub(super) agreed: Vec<AgreedKind>,
    pub(super) confirmed: Confirmed,
    pub(super) told: bool,
}

/// The alert of a pair.
pub(super) fn of_pair(txn: &Txn<'_>, own: SubjectId, peer: UnitId, peer_subject: SubjectId) -> Result<Option<Alert>, ViewError> {
    match txn.get::<AlertOf>(&pair_key(own, peer, peer_subject))? {
        Some(of) => get(txn, of.alert),
        None => Ok(None),
    }
}

/// Raises the alert of a pair, or brings the one there is up to date. What a person closed stays closed.
pub(super) fn raise(txn: &mut Txn<'_>, subject: &Subject, peer: Peer, grounds: Grounds) -> Result<AlertId, ViewError> {
    let Grounds { class, score, agreed, confirmed, told } = grounds;
    let Some(mut alert) = of_pair(txn, subject.subject, peer.unit, peer.subject)? else {
        let alert = Alert {
            id: AlertId::random(txn.rng),
            subject: subject.subject,
            case: subject.case,
            person: subject.person,
            peer: peer.unit,
            peer_subject: peer.subject,
            peer_beacon: peer.beacon,
            own_beacon: subject.number().unwrap_or(0),
            class,
            agreed,
            score,
            raised_at: txn.now,
            state: State::New,
            contact: Contact::None,
            confirmed,
            told,
        };
        alert.put(txn);
        txn.put(&pair_key(subject.subject, peer.unit, peer.subject), subject.scope(), &AlertOf { alert: alert.id });
        txn.notify(Notice::Alert(alert.id));
        return Ok(alert.id);
    };
    let before = alert.clone();
    alert.peer_beacon = alert.peer_beacon.max(peer.beacon);
    let reopened = matches!(alert.state, State::Closed { outcome: Outcome::Withdrawn | Outcome::Contradicted, .. });
    if reopened {
        alert.state = State::New;
    }
    // What both units counted stands until they count again; shared tokens alone only ever raise.
    let compared = matches!(confirmed, Confirmed::Yes { .. });
    let alone = matches!(alert.confirmed, Confirmed::No | Confirmed::Waiting);
    if compared || reopened || alone && class > alert.class {
        alert.class = class;
        alert.agreed = agreed;
        alert.score = score;
    }
    if compared || reopened || alone {
        alert.confirmed = confirmed;
    }
    alert.told |= told;
    alert.put(txn);
    if reopened || (alert.class, alert.confirmed, alert.told) != (before.class, before.confirmed, before.told) {
        txn.notify(Notice::Alert(alert.id));
    }
    Ok(alert.id)
}

/// The comparison spoke against a pair: its alert is taken back, unless somebody works on it. Then it says so.
pub(super) fn contradict(txn: &mut Txn<'_>, mut alert: Alert) {
    alert.confirmed = Confirmed::Contradicted;
    if matches!(alert.state, State::New | State::Seen { .. }) && alert.contact == Contact::None {
        alert.state = State::Closed { by: None, at: txn.now, outcome: Outcome::Contradicted };
    }
    alert.put(txn);
    txn.notify(Notice::Alert(alert.id));
}

/// The alerts of a subject go over to the one that replaces it. The old handle still finds them, for requests on their way.
pub(super) fn carry(txn: &mut Txn<'_>, old: &Subject, new: &Subject, own_beacon: u64) -> Result<BTreeSet<AlertId>, ViewError> {
    let mut carried = BTreeSet::new();
    for (_, of) in txn.list::<AlertOf>(old.subject.as_bytes(), None, PER_SUBJECT)? {
        let Some(alert) = get(txn, of.alert)? else {
            continue;
        };
        txn.put(&pair_key(new.subject, alert.peer, alert.peer_subject), new.scope(), &of);
        carried.insert(alert.id);
        Alert { subject: new.subject, own_beacon, ..alert }.put(txn);
    }
    Ok(carried)
}
