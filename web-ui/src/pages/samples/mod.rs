//! Data for the tests of templates: each view with one text planted in every field that a person or a peer can fill.
//! Invented; only for tests.

mod asked;
mod others;
mod same;

pub(in crate::pages) use asked::{entry, material, message, received, request, unread};
pub(in crate::pages) use others::{
    alert, comparison, contributed, hit, inbox_item, peer, room, room_choice, sees, share, share_terms, who,
};
pub(in crate::pages) use same::{alike, noted, person_link, same};

use super::shell::{Shell, User};
use crate::format;
use icmc_node::service::model::{
    CaseRights, CaseSummary, CaseView, ContributionView, CustodyView, DocumentView, EntityView, FieldView, FileView, LinkView,
    Matching, OnwardView, PersonView, ReceivedView, StageView, StepView, TenureView, TransferView, UnitRef, VersionView,
};
use icmc_protocol::dictionary::{Dictionary, FieldType};
use icmc_protocol::ids::{CaseId, Commitment, EntityId, EntryHash, UnitId};
use icmc_protocol::time::Timestamp;
use serde_json::json;

/// 22 Nov 2026, 14:05 in India.
pub(in crate::pages) const NOW: Timestamp = Timestamp(1_795_336_500_000);

/// The frame for a nodal officer.
pub(in crate::pages) fn shell() -> Shell {
    Shell {
        title: "SH-26-0012".to_owned(),
        unit: "AHTU Shillong".to_owned(),
        colour: "unit-1",
        demo: true,
        user: Some(User {
            name: "A. Lyngdoh".to_owned(),
            role: "Nodal officer",
            cases: true,
            write: true,
            peers: true,
            accounts: true,
            audit: true,
        }),
        csrf: "0f".repeat(32),
        here: "cases",
        alerts: 2,
        inbox: 0,
        frozen: true,
        newest: 7,
        said: None,
        faults: Vec::new(),
        now: NOW,
        zone: format::zone(format::DEFAULT_ZONE),
        zone_name: format::DEFAULT_ZONE.to_owned(),
    }
}

pub(in crate::pages) fn unit(text: &str) -> UnitRef {
    UnitRef { id: UnitId([9; 32]), name: format!("{text} unit"), own: false }
}

pub(in crate::pages) fn summary(text: &str) -> CaseSummary {
    CaseSummary {
        id: CaseId([1; 32]),
        number: format!("{text} number"),
        title: format!("{text} title"),
        kind: "missing_person".to_owned(),
        status: "open".to_owned(),
        priority: "high".to_owned(),
        opened_on: "2026-11-02".to_owned(),
        owner: UnitRef { own: true, ..unit(text) },
        stages: vec!["R1".to_owned(), text.to_owned()],
        people: 1,
        shared_with: 1,
        received: false,
        pending: 1,
        updated: NOW,
    }
}

fn version(text: &str, byte: u8) -> VersionView {
    let value = json!(format!("{text} value"));
    VersionView {
        text: format!("{text} value"),
        value,
        commitment: Commitment([byte; 32]),
        unit: unit(text),
        at: Some(NOW),
        by: Some(text.to_owned()),
    }
}

/// An entity with the text in every field of text; the second such field has two versions, the third a proposal.
pub(in crate::pages) fn entity(kind: &str, byte: u8, text: &str) -> EntityView {
    let known = Dictionary::builtin().kind(kind).expect("a kind of the dictionary");
    let mut texts = 0;
    let fields = known.fields.iter().filter(|field| !field.structural).map(|field| {
        let (kind_of, value, shown) = match &field.ty {
            FieldType::Text | FieldType::Long => ("text", json!(format!("{text} value")), format!("{text} value")),
            FieldType::Code => ("code", json!(field.codes[0].code), field.codes[0].label.clone()),
            FieldType::Codes => ("codes", json!([field.codes[0].code]), field.codes[0].label.clone()),
            FieldType::Date | FieldType::PartialDate => ("date", json!("2026-11-02"), "2026-11-02".to_owned()),
            FieldType::Int | FieldType::Timestamp => ("int", json!(4), "4".to_owned()),
            FieldType::Bool => ("bool", json!(true), "Yes".to_owned()),
            FieldType::Ref(_) | FieldType::Bytes => ("ref", json!("03".repeat(16)), format!("{text} name")),
        };
        texts += usize::from(kind_of == "text");
        FieldView {
            name: field.name.clone(),
            label: field.label.clone(),
            class: field.class,
            kind_of,
            value: Some(value),
            text: shown,
            seen: vec![Commitment([byte; 32])],
            conflict: if texts == 2 && kind_of == "text" { vec![version(text, 1), version(text, 2)] } else { Vec::new() },
            pending: if texts == 3 && kind_of == "text" { vec![version(text, 3)] } else { Vec::new() },
            stale: texts == 1,
            owner_only: field.owner_only,
            required: field.required,
            depends_on: field.depends_on.clone(),
            help: field.help.clone(),
            options: Vec::new(),
        }
    });
    EntityView {
        kind: kind.to_owned(),
        label: known.label.clone(),
        id: EntityId([byte; 16]),
        title: format!("{text} name"),
        fields: fields.collect(),
        removed: false,
        pending: false,
        person: None,
        entry: None,
    }
}

fn person(text: &str) -> PersonView {
    let stages = Dictionary::builtin().stages();
    PersonView {
        id: EntityId([3; 16]),
        display: format!("{text} name"),
        role_words: "Victim".to_owned(),
        entity: entity("person", 3, text),
        names: vec![entity("person_name", 11, text)],
        phones: vec![entity("person_phone", 12, text)],
        identifiers: vec![entity("person_identifier", 13, text)],
        roles: vec![entity("case_person", 14, text)],
        stages: std::array::from_fn(|at| StageView {
            code: stages[at].code.clone(),
            label: stages[at].label.clone(),
            state: "in_progress".to_owned(),
            state_label: "In progress".to_owned(),
            entered_on: Some("2026-11-02".to_owned()),
            outcome: Some("In shelter".to_owned()),
            entity: Some(EntityId([15; 16])),
        }),
        matching: Matching::Yes,
        muted: vec!["name and district".to_owned(), "village".to_owned()],
        in_alert: true,
        same: vec![person_link(text)],
    }
}

/// A question about a contribution, with its answer.
pub(in crate::pages) fn onward(text: &str, yes: Option<bool>) -> OnwardView {
    OnwardView { to: unit(text), at: NOW, why: text.to_owned(), yes, words: text.to_owned() }
}

/// How a case of another unit came.
pub(in crate::pages) fn received_view(text: &str) -> ReceivedView {
    ReceivedView {
        share: icmc_protocol::ids::ShareId([1; 16]),
        from: unit(text),
        state: "active",
        expires: NOW,
        handling: Some("H2"),
        rights: Some("contribute"),
        onward: Some("none"),
        note: text.to_owned(),
        ended: None,
    }
}

fn link(why: &'static str, byte: u8, text: &str) -> LinkView {
    LinkView { case: CaseId([byte; 32]), number: text.to_owned(), owner: unit(text), why, by: text.to_owned(), at: NOW }
}

fn custody(text: &str) -> CustodyView {
    let tenure = |own| TenureView {
        unit: UnitRef { own, ..unit(text) },
        from: Some(NOW),
        from_entry: Some(EntryHash([5; 32])),
        until: None,
        until_entry: None,
    };
    let transfer = TransferView {
        given: true,
        unit: unit(text),
        state: "declined",
        at: NOW,
        persons: 2,
        items: 1,
        kept: 1,
        receivers: vec![unit(text)],
        reason: text.to_owned(),
    };
    CustodyView { tenures: vec![tenure(false), tenure(true)], transfer: Some(transfer), rival: Some(unit(text)) }
}

fn document(state: &'static str, text: &str) -> DocumentView {
    let file = FileView {
        name: format!("{text} file"),
        media: format!("{text} media"),
        size: 1000,
        sha256: "0a".repeat(32),
        blake3: "0b".repeat(32),
        state,
        arrived: 250,
        place: None,
    };
    // Each an entity of its own, so that their marks differ.
    let byte = 30 + u8::try_from(state.len()).unwrap();
    DocumentView { entity: entity("restricted_document", byte, text), restricted: true, file: Some(file) }
}

/// A case with one of everything, open to its owner.
pub(in crate::pages) fn case(text: &str) -> CaseView {
    CaseView {
        summary: summary(text),
        head: entity("case", 2, text),
        people: vec![person(text)],
        legs: vec![entity("route_leg", 16, text)],
        stages: vec![entity("stage_entry", 15, text)],
        inquiries: vec![entity("home_investigation", 25, text)],
        notes: vec![entity("note", 17, text), EntityView { removed: true, pending: true, ..entity("note", 18, text) }],
        consents: vec![entity("consent", 26, text)],
        documents: ["here", "coming", "damaged", "too_large", "not_here"].map(|state| document(state, text)).into(),
        timeline: vec![StepView {
            at: Some(NOW),
            by: Some(format!("{text} officer")),
            unit: unit(text),
            seq: 1,
            admitted: false,
            lines: vec!["Person: Sex".to_owned()],
            entry: EntryHash([5; 32]),
        }],
        shares: vec![share(text)],
        received: None,
        contributions: vec![ContributionView {
            entry: EntryHash([6; 32]),
            from: unit(text),
            at: NOW,
            state: "pending",
            changes: vec![format!("{text} value")],
            handling: "H2",
            onward: "ask",
            expires: Some(NOW),
            refused: None,
            asked: vec![onward(text, None), onward(text, Some(true))],
            may_ask: vec![unit(text)],
        }],
        rights: CaseRights {
            edit: true,
            share: true,
            close: true,
            delete: true,
            admit: true,
            contribute: false,
            team: true,
            hand_over: true,
            withdraw: true,
            answer: true,
            decide: true,
        },
        links: vec![link("person", 1, text), link("matter", 2, text)],
        custody: custody(text),
        not_shared: vec!["Notes".to_owned()],
        deleted_until: None,
    }
}
