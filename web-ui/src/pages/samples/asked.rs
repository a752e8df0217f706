//! Samples of requests, messages and publications.
//! Not of shares: see `others`.

use super::{NOW, unit};
use icmc_node::service::model::{
    ContactView, EntryText, EntryView, FormView, MaterialText, MaterialView, MessageView, PublicationHead, RequestAbout,
    RequestAnswer, RequestView, RequestWords, UnreadView,
};
use icmc_protocol::ids::{CaseId, EntityId, EntryHash, PublicationId, ShareId};
use icmc_protocol::time::DAY;

pub(in crate::pages) fn request(text: &str) -> RequestView {
    RequestView {
        id: ShareId([1; 16]),
        own: true,
        peer: unit(text),
        state: "answered",
        waiting: false,
        overdue: false,
        due: NOW.plus(3 * DAY),
        expires: NOW.plus(93 * DAY),
        history: vec![("sent", NOW), ("answered", NOW)],
        said: Some(RequestWords {
            name: text.to_owned(),
            address: text.to_owned(),
            district: text.to_owned(),
            checks: vec!["address", "safety"],
            question: text.to_owned(),
            basis: "law_enforcement",
            purpose: "verification",
            handling: "H2",
        }),
        about: Some(RequestAbout {
            case: CaseId([1; 32]),
            number: text.to_owned(),
            person: EntityId([3; 16]),
            display: text.to_owned(),
            reason: text.to_owned(),
            put: None,
        }),
        refused: Some(("other", text.to_owned())),
        answer: Some(RequestAnswer { at: NOW, fields: vec![(text.to_owned(), text.to_owned())] }),
        receipt_at: Some(NOW),
        unread: 1,
    }
}

pub(in crate::pages) fn received(text: &str) -> RequestView {
    RequestView {
        id: ShareId([2; 16]),
        own: false,
        state: "new",
        waiting: true,
        overdue: true,
        about: None,
        refused: None,
        answer: None,
        receipt_at: None,
        ..request(text)
    }
}

pub(in crate::pages) fn message(text: &str) -> MessageView {
    let form = FormView { what: "may_pass", case: CaseId([1; 32]), entry: EntryHash([5; 32]), to: Some(unit(text)) };
    MessageView { own: false, at: NOW, text: text.to_owned(), form: Some(form) }
}

pub(in crate::pages) fn unread(text: &str, request: bool) -> UnreadView {
    UnreadView { about: ShareId([1; 16]), request, from: unit(text), count: 2 }
}

fn head(text: &str) -> PublicationHead {
    PublicationHead { id: PublicationId([4; 16]), author: unit(text), version: 2, signed_at: NOW, to: vec![unit(text)] }
}

pub(in crate::pages) fn entry(text: &str) -> EntryView {
    let several = || vec![text.to_owned()];
    let contact = ContactView {
        person: text.to_owned(),
        role: text.to_owned(),
        phones: several(),
        email: text.to_owned(),
        emergency: true,
    };
    EntryView {
        head: head(text),
        entry: EntryText {
            name: text.to_owned(),
            kind: text.to_owned(),
            areas: several(),
            services: several(),
            languages: several(),
            groups: several(),
            capacity: text.to_owned(),
            hours: text.to_owned(),
            contacts: vec![contact],
            verified_on: text.to_owned(),
            trust: text.to_owned(),
            notes: text.to_owned(),
        },
        stale: true,
    }
}

pub(in crate::pages) fn material(text: &str) -> MaterialView {
    MaterialView {
        head: head(text),
        material: MaterialText {
            title: text.to_owned(),
            kind: text.to_owned(),
            audience: text.to_owned(),
            languages: vec![text.to_owned()],
            body: text.to_owned(),
            licence: text.to_owned(),
            reviewed_on: text.to_owned(),
        },
    }
}
