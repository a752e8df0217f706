//! Samples of what is around a case: shares, inbox, alerts, other units, finds.
//! Not of a case: see the module above.

use super::{NOW, onward, summary, unit};
use icmc_node::accounts::Role;
use icmc_node::service::model::{
    AccountSees, AlertView, AskState, AskedView, ComparisonView, ContributedView, CutOffView, DecisionView, InboxItem, KeepsView,
    MatchedBy, PeerView, ProofView, RevisionView, RoomChoiceView, RoomStepView, RoomView, SearchHit, SeesView, SharePersonView,
    ShareTermsView, ShareView, StepSide, ToldLine, UnitRef, WhoSees,
};
use icmc_protocol::dictionary::ShareClass;
use icmc_protocol::ids::{AlertId, CaseId, Commitment, ConfirmId, EntityId, EntryHash, ShareId, UnitId};
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
        chosen: vec![Commitment([17; 32])],
        note: text.to_owned(),
        reason: Some(text.to_owned()),
        receipt_at: None,
        awaits_receipt: false,
        unread: 2,
    }
}

/// What a share says beside the case.
pub(in crate::pages) fn share_terms(text: &str) -> ShareTermsView {
    let share = share(text);
    ShareTermsView {
        purpose: share.purpose,
        rights: share.rights,
        handling: share.handling,
        onward: share.onward,
        expires: share.expires,
        sections: share.sections,
        classes: share.classes,
        persons: share.persons,
        items: share.items,
        note: share.note,
    }
}

fn decision(what: &'static str, byte: u8, second: bool, text: &str) -> DecisionView {
    DecisionView {
        id: EntityId([byte; 16]),
        what,
        person: (what == "override").then_some(EntityId([3; 16])),
        reason: text.to_owned(),
        until: (what == "hold").then_some(NOW),
        by: text.to_owned(),
        at: NOW,
        second: second.then(|| text.to_owned()),
        second_at: second.then_some(NOW),
    }
}

pub(in crate::pages) fn sees(text: &str) -> SeesView {
    let revision = |number, lowers, refused, answered_at| RevisionView { number, at: NOW, lowers, refused, answered_at };
    SeesView {
        share: share(text),
        revision: 3,
        revisions: vec![
            revision(1, true, false, Some(NOW)),
            revision(2, false, true, None),
            revision(3, true, false, None),
            revision(4, false, false, None),
        ],
        awaits_answer: true,
        passed_on: vec![unit(text)],
    }
}

pub(in crate::pages) fn who(text: &str) -> WhoSees {
    let account = |why| AccountSees { name: text.to_owned(), role: Role::Officer, why };
    WhoSees {
        case: CaseId([1; 32]),
        owner: UnitRef { own: true, ..unit(text) },
        units: vec![sees(text)],
        kept_by: vec![KeepsView { unit: unit(text), until: Some(NOW) }],
        asked: vec![AskedView {
            id: ShareId([1; 16]),
            to: unit(text),
            state: "delivered",
            person: EntityId([3; 16]),
            display: text.to_owned(),
            told: vec!["name", "address"],
            held: true,
            expires: NOW,
            receipt_at: None,
        }],
        people: ["entered", "team", "role"].map(account).into(),
        decisions: vec![
            decision("override", 40, false, text),
            decision("hold", 41, true, text),
            decision("hold", 42, true, text),
            decision("release", 43, false, text),
            decision("override", 44, true, text),
        ],
    }
}

/// One that stands, one that was taken back, one that is destroyed.
pub(in crate::pages) fn contributed() -> Vec<ContributedView> {
    let one = |byte, taken_back_at, receipt_at| ContributedView {
        refused: Some("Refused with a reason".to_owned()),
        asked: vec![onward("AHTU Guwahati", None), onward("AHTU Guwahati", Some(false))],
        entry: EntryHash([byte; 32]),
        handling: "H2",
        onward: "none",
        expires: Some(NOW),
        taken_back_at,
        receipt_at,
    };
    vec![one(5, None, None), one(7, Some(NOW), None), one(8, Some(NOW), Some(NOW))]
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
        unread: 1,
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
        confirmed: "waiting",
        told: true,
    }
}

pub(in crate::pages) fn room(text: &str) -> RoomView {
    let line = ToldLine { label: text.to_owned(), text: text.to_owned(), group: 0 };
    let yes = StepSide {
        said: "yes",
        at: Some(NOW),
        by: Some(text.to_owned()),
        told: true,
        lines: vec![line],
        basis: Some("consent"),
        handling: Some("H2"),
        purpose: Some("investigation"),
        ..StepSide::default()
    };
    let no = StepSide { said: "no", at: Some(NOW), reason: Some("danger"), text: text.to_owned(), ..StepSide::default() };
    let none = StepSide { said: "nothing", ..StepSide::default() };
    let step = |step, open, own: &StepSide, peer: &StepSide| RoomStepView { step, open, own: own.clone(), peer: peer.clone() };
    RoomView {
        alert: AlertId([1; 16]),
        case: CaseId([1; 32]),
        number: text.to_owned(),
        person: EntityId([3; 16]),
        display: text.to_owned(),
        peer: unit(text),
        peer_contact: text.to_owned(),
        peer_heard: Some(NOW),
        state: "open",
        next: Some("fields"),
        waiting: false,
        untold: false,
        steps: vec![step("officer", true, &yes, &yes), step("case", false, &yes, &no), step("fields", false, &none, &none)],
        ended: None,
        ended_text: text.to_owned(),
        peer_ended_text: text.to_owned(),
        expires: Some(NOW),
        own_name: text.to_owned(),
        own_role: "Officer".to_owned(),
        year: 2026,
        stage: "R2".to_owned(),
        own_case: true,
    }
}

pub(in crate::pages) fn room_choice(text: &str) -> RoomChoiceView {
    RoomChoiceView {
        commitment: Commitment([4; 32]),
        entity: EntityId([3; 16]),
        kind: text.to_owned(),
        label: text.to_owned(),
        text: text.to_owned(),
        class: ShareClass::X,
    }
}

pub(in crate::pages) fn comparison(text: &str) -> ComparisonView {
    ComparisonView {
        id: ConfirmId([1; 16]),
        kind: "waiting",
        case: summary(text),
        person: EntityId([3; 16]),
        display: text.to_owned(),
        peer: unit(text),
        peer_contact: text.to_owned(),
        since: NOW,
        finished: None,
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
        kept_off: true,
        prekey_expired: true,
        cut_off: Some(CutOffView { at: NOW, until: NOW, out: true, why: text.to_owned(), refused: 12_034, times: 2 }),
        proofs: vec![ProofView { kind: text.to_owned(), hash: "0f".repeat(32) }],
    }
}

pub(in crate::pages) fn hit(text: &str) -> SearchHit {
    SearchHit { case: summary(text), person: Some(EntityId([3; 16])), display: text.to_owned(), why: MatchedBy::Sound }
}
