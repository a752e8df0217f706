//! Samples of what is around a case: shares, inbox, alerts, other units, finds.
//! Not of a case: see the module above.

use super::{NOW, summary, unit};
use icmc_node::service::model::{AlertView, AskState, InboxItem, MatchedBy, PeerView, SearchHit, SharePersonView, ShareView};
use icmc_protocol::ids::{AlertId, CaseId, EntityId, ShareId, UnitId};
use icmc_protocol::time::DAY;

pub(in crate::pages) fn share(text: &str) -> ShareView {
    ShareView {
        id: ShareId([1; 16]),
        case: CaseId([1; 32]),
        number: text.to_owned(),
        to: unit(text),
        state: "active",
        open: true,
        history: vec![("sent", NOW), ("active", NOW)],
        expires: NOW.plus(3 * DAY),
        rights: "contribute",
        purpose: "investigation",
        handling: "H2",
        onward: "none",
        sections: vec!["identity".to_owned(), text.to_owned()],
        classes: vec!["S".to_owned()],
        persons: vec![SharePersonView {
            entity: EntityId([3; 16]),
            display: text.to_owned(),
            basis: "law_enforcement",
            reason: text.to_owned(),
        }],
        items: 1,
        note: text.to_owned(),
        reason: Some(text.to_owned()),
        receipt_at: None,
    }
}

pub(in crate::pages) fn inbox_item(text: &str) -> InboxItem {
    InboxItem {
        id: ShareId([1; 16]),
        from: unit(text),
        state: "offered",
        waiting: true,
        received_at: NOW,
        expires: NOW.plus(30 * DAY),
        case: None,
        number: text.to_owned(),
        purpose: Some("investigation"),
        rights: Some("read"),
        handling: Some("H2"),
        onward: Some("none"),
        persons: 2,
        note: text.to_owned(),
    }
}

pub(in crate::pages) fn alert(text: &str) -> AlertView {
    AlertView {
        id: AlertId([1; 16]),
        class: "probable",
        agreed: vec!["name", "district", "guardian"],
        case: summary(text),
        person: EntityId([3; 16]),
        display: text.to_owned(),
        peer: unit(text),
        peer_contact: text.to_owned(),
        peer_confirmed: true,
        state: "new",
        outcome: None,
        by: Some(text.to_owned()),
        at: Some(NOW),
        contact: AskState::None,
        contact_at: Some(NOW),
        raised_at: NOW,
    }
}

pub(in crate::pages) fn peer(text: &str) -> PeerView {
    PeerView {
        unit: UnitId([9; 32]),
        name: text.to_owned(),
        class: "police",
        jurisdiction: text.to_owned(),
        duty_contact: text.to_owned(),
        confirmed: true,
        words_here: true,
        words_there: true,
        connected: false,
        last_contact: Some(NOW),
        waiting_out: 3,
        oldest_out: Some(NOW),
        waiting_in: 2,
        paused: Some(NOW),
        clock_ahead: Some(-700_000),
        version: Some(text.to_owned()),
        met: "charter",
        shares_out: 2,
        shares_in: 1,
        locked: true,
        prekey_expired: true,
    }
}

pub(in crate::pages) fn hit(text: &str) -> SearchHit {
    SearchHit { case: summary(text), person: Some(EntityId([3; 16])), display: text.to_owned(), why: MatchedBy::Sound }
}
