//! Where alerts come from: a hit raises one for its pair, a corrected person takes hers along.
//! Not their end: that is `close`, or a person's `alert::set_state`.

use super::alert::{Alert, AlertOf, Contact, Outcome, PER_SUBJECT, State, get, pair_key};
use super::beacon::Beacon;
use super::hit::Hit;
use super::subject::Subject;
use crate::ids::AlertId;
use crate::machine::{Notice, Txn, ViewError};
use std::collections::BTreeSet;

/// Raises the alert of a pair, or raises the class of the one there is. What a person closed stays closed.
pub(super) fn raise(txn: &mut Txn<'_>, subject: &Subject, beacon: &Beacon, hit: &Hit) -> Result<AlertId, ViewError> {
    let own_beacon = subject.newest().map_or(0, |announced| announced.number);
    let key = pair_key(subject.subject, beacon.unit, beacon.subject);
    let before = match txn.get::<AlertOf>(&key)? {
        Some(of) => get(txn, of.alert)?,
        None => None,
    };
    let Some(mut alert) = before else {
        let alert = Alert {
            id: AlertId::random(txn.rng),
            subject: subject.subject,
            case: subject.case,
            person: subject.person,
            peer: beacon.unit,
            peer_subject: beacon.subject,
            peer_beacon: beacon.number,
            own_beacon,
            class: hit.class,
            agreed: hit.agreed.clone(),
            score: hit.score,
            raised_at: txn.now,
            state: State::New,
            contact: Contact::None,
        };
        alert.put(txn);
        txn.put(&key, subject.scope(), &AlertOf { alert: alert.id });
        txn.notify(Notice::Alert(alert.id));
        return Ok(alert.id);
    };
    alert.peer_beacon = alert.peer_beacon.max(beacon.number);
    let reopened = matches!(alert.state, State::Closed { outcome: Outcome::Withdrawn, .. });
    if reopened {
        alert.state = State::New;
    }
    let raised = hit.class > alert.class;
    if raised {
        alert.class = hit.class;
        alert.agreed.clone_from(&hit.agreed);
        alert.score = hit.score;
    }
    alert.put(txn);
    if reopened || raised {
        txn.notify(Notice::Alert(alert.id));
    }
    Ok(alert.id)
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
