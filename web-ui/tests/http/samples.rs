//! Views that need a second unit, made by hand and held against the document.
//! All units and people are invented.

use crate::schema;
use icmc_node::service::model::{
    AccountSees, AskedView, ContributedView, DecisionView, FormView, KeepsView, OnwardView, RevisionView, SeesView, TermsView,
    UnreadView, WhoSees,
};
use icmc_node::service::model::{
    CaseRights, CaseSummary, CaseView, CustodyView, EntityView, InboxItem, InboxPreview, ReceivedView, SharePersonView,
    SharePreview, ShareTermsView, ShareView, TenureView, TransferView, UnitRef, VersionView,
};
use icmc_node::service::model::{
    ContactView, ContributionView, DocumentView, EntryText, EntryView, FieldView, FileView, LinkView, MaterialText, MaterialView,
    MessageView, PublicationHead, RequestAbout, RequestAnswer, RequestPage, RequestView, RequestWords,
};
use icmc_protocol::dictionary::ShareClass;
use icmc_protocol::ids::{CaseId, Commitment, EntityId, EntryHash, PublicationId, ShareId, UnitId};
use icmc_protocol::time::Timestamp;
use serde_json::json;

pub(crate) const AT: Timestamp = Timestamp(1_795_000_000_000);

pub(crate) fn words(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn unit() -> UnitRef {
    UnitRef { id: UnitId([1; 32]), name: words("AHTU Guwahati"), own: false }
}

pub(crate) fn summary() -> CaseSummary {
    CaseSummary {
        id: CaseId([2; 32]),
        number: words("GU-26-0001"),
        title: words("Boys at a depot"),
        kind: words("missing_person"),
        status: words("open"),
        priority: words("high"),
        opened_on: words("2026-04-08"),
        owner: unit(),
        stages: vec![words("R1")],
        people: 1,
        shared_with: 1,
        received: true,
        pending: 1,
        updated: AT,
    }
}

fn version() -> VersionView {
    VersionView {
        text: words("Hasta"),
        value: json!("Hasta"),
        commitment: Commitment([3; 32]),
        unit: unit(),
        at: Some(AT),
        by: None,
    }
}

fn case() -> CaseView {
    let field = FieldView {
        name: words("father"),
        label: words("Father"),
        class: ShareClass::I,
        kind_of: "text",
        value: Some(json!("Hasta")),
        text: words("Hasta"),
        seen: vec![Commitment([3; 32])],
        conflict: vec![version(), version()],
        pending: vec![version()],
        stale: true,
        owner_only: false,
        required: false,
        depends_on: Some(words("home_state")),
        help: Some(words("One name")),
        options: vec![icmc_node::service::model::OptionView { code: words("a"), label: words("A"), when: vec![words("b")] }],
    };
    let head = EntityView {
        kind: words("case"),
        label: words("Case"),
        id: EntityId([4; 16]),
        title: words("GU-26-0001"),
        fields: vec![field],
        removed: false,
        pending: false,
        person: Some(EntityId([5; 16])),
        entry: Some(EntryHash([6; 32])),
    };
    CaseView {
        summary: summary(),
        head,
        people: Vec::new(),
        legs: Vec::new(),
        stages: Vec::new(),
        inquiries: Vec::new(),
        notes: Vec::new(),
        consents: Vec::new(),
        documents: vec![document()],
        timeline: Vec::new(),
        shares: vec![share()],
        received: Some(ReceivedView {
            share: ShareId([7; 16]),
            from: unit(),
            state: "active",
            expires: AT,
            handling: Some("H1"),
            rights: Some("contribute"),
            onward: Some("none"),
            note: words("please call"),
            ended: Some(AT),
        }),
        contributions: vec![ContributionView {
            entry: EntryHash([6; 32]),
            from: unit(),
            at: AT,
            state: "pending",
            changes: vec![words("Note: Text")],
            handling: "H2",
            onward: "ask",
            expires: Some(AT),
            refused: Some(words("not her")),
            asked: vec![onward()],
            may_ask: vec![unit()],
        }],
        links: vec![link()],
        custody: custody(),
        rights: CaseRights::default(),
        not_shared: vec![words("Notes")],
        deleted_until: Some(AT),
    }
}

fn onward() -> OnwardView {
    OnwardView { to: unit(), at: AT, why: words("they trace him"), yes: Some(true), words: words("go on") }
}

fn link() -> LinkView {
    LinkView { case: CaseId([9; 32]), number: words("SH-26-0007"), owner: unit(), why: "person", by: words("Meera"), at: AT }
}

fn custody() -> CustodyView {
    let entry = Some(EntryHash([6; 32]));
    let tenure = TenureView { unit: unit(), from: Some(AT), from_entry: entry, until: Some(AT), until_entry: entry };
    let transfer = TransferView {
        given: true,
        unit: unit(),
        state: "taken",
        at: AT,
        persons: 2,
        items: 1,
        kept: 1,
        receivers: vec![unit()],
        reason: words("not our district"),
    };
    CustodyView { tenures: vec![tenure], transfer: Some(transfer), rival: Some(unit()) }
}

fn document() -> DocumentView {
    let file = FileView {
        name: words("scan.pdf"),
        media: words("application/pdf"),
        size: 300_000,
        sha256: words("00ff"),
        blake3: words("00ff"),
        state: "coming",
        arrived: 245_760,
        place: None,
    };
    let entity = EntityView {
        kind: words("document"),
        label: words("Document"),
        id: EntityId([8; 16]),
        title: words("Invented paper"),
        fields: Vec::new(),
        removed: false,
        pending: false,
        person: None,
        entry: None,
    };
    DocumentView { entity, restricted: false, file: Some(file) }
}

fn person() -> SharePersonView {
    SharePersonView { entity: EntityId([5; 16]), display: words("Suraj Nepali"), basis: "consent", reason: String::new() }
}

fn share() -> ShareView {
    ShareView {
        id: ShareId([7; 16]),
        case: CaseId([2; 32]),
        number: words("GU-26-0001"),
        to: unit(),
        state: "active",
        open: true,
        history: vec![("sent", AT), ("active", AT)],
        expires: AT,
        rights: "contribute",
        purpose: "investigation",
        handling: "H1",
        onward: "none",
        sections: vec![words("identity")],
        classes: vec![words("S")],
        persons: vec![person()],
        items: 1,
        chosen: vec![Commitment([3; 32])],
        note: String::new(),
        reason: Some(words("not ours")),
        receipt_at: Some(AT),
        awaits_receipt: false,
        unread: 1,
    }
}

fn terms() -> ShareTermsView {
    ShareTermsView {
        purpose: "investigation",
        rights: "read",
        handling: "H1",
        onward: "none",
        expires: AT,
        sections: vec![words("identity")],
        classes: vec![words("S")],
        persons: vec![person()],
        items: 1,
        note: words("please call"),
    }
}

fn share_preview() -> SharePreview {
    let line = || vec![words("Note: Text: an invented line")];
    SharePreview { case: case(), to: unit(), terms: terms(), shown: 3, kept: 2, first: true, gone: line(), added: line() }
}

fn item() -> InboxItem {
    InboxItem {
        id: ShareId([7; 16]),
        from: unit(),
        state: "offered",
        waiting: true,
        received_at: AT,
        expires: AT,
        case: Some(CaseId([2; 32])),
        number: words("GU-26-0001"),
        purpose: Some("investigation"),
        rights: Some("read"),
        handling: Some("H0"),
        onward: Some("none"),
        persons: 1,
        note: String::new(),
        unread: 1,
    }
}

fn request() -> RequestPage {
    let said = RequestWords {
        name: words("Boro"),
        address: words("Lane 7"),
        district: String::new(),
        checks: vec!["address"],
        question: words("Is there a stall?"),
        basis: "consent",
        purpose: "verification",
        handling: "H2",
    };
    let about = RequestAbout {
        case: CaseId([2; 32]),
        number: words("GU-26-0001"),
        person: EntityId([5; 16]),
        display: words("Suraj Nepali"),
        reason: String::new(),
        put: Some(EntityId([6; 16])),
    };
    let request = RequestView {
        id: ShareId([7; 16]),
        own: true,
        peer: unit(),
        state: "answered",
        waiting: false,
        overdue: false,
        due: AT,
        expires: AT,
        history: vec![("sent", AT)],
        said: Some(said),
        about: Some(about),
        refused: Some(("other", words("not now"))),
        answer: Some(RequestAnswer { at: AT, fields: vec![(words("Recommendation"), words("Return"))] }),
        receipt_at: Some(AT),
        unread: 1,
    };
    let form = FormView { what: "may_pass", case: CaseId([2; 32]), entry: EntryHash([6; 32]), to: Some(unit()) };
    RequestPage { request, messages: vec![MessageView { own: true, at: AT, text: words("Which lane?"), form: Some(form) }] }
}

fn head() -> PublicationHead {
    PublicationHead { id: PublicationId([8; 16]), author: unit(), version: 2, signed_at: AT, to: vec![unit()] }
}

#[test]
fn requests_and_publications_are_as_described() {
    let document: serde_json::Value = icmc_web_ui::api::document();
    let check = |name: &str, value: serde_json::Value| schema::check(&document, schema::named(&document, name), &value, name);
    check("RequestPage", json!(request()));
    let mut bare = request();
    (bare.request.said, bare.request.about, bare.request.refused, bare.request.answer) = (None, None, None, None);
    check("RequestPage", json!(bare));
    let contacts = vec![ContactView { phones: vec![words("+91 00000 00000")], ..ContactView::default() }];
    let entry = EntryText { areas: vec![words("IN-ML-ri-bhoi")], contacts, ..EntryText::default() };
    check("EntryView", json!(EntryView { head: head(), entry, stale: true }));
    let material = MaterialText { languages: vec![words("en")], ..MaterialText::default() };
    check("MaterialView", json!(MaterialView { head: head(), material }));
}

#[test]
fn what_another_unit_brings_is_as_described_too() {
    let document: serde_json::Value = icmc_web_ui::api::document();
    let check = |name: &str, value: serde_json::Value| schema::check(&document, schema::named(&document, name), &value, name);
    check("CaseView", json!(case()));
    check("ShareView", json!(share()));
    check("SharePreview", json!(share_preview()));
    check("InboxItem", json!(item()));
    let preview = InboxPreview { item: item(), case: case(), terms: terms() };
    check("InboxPreview", json!(preview));
    let revision = RevisionView { number: 1, at: AT, lowers: true, refused: false, answered_at: Some(AT) };
    let decision = DecisionView {
        id: EntityId([5; 16]),
        what: "hold",
        person: Some(EntityId([5; 16])),
        reason: words("An invented appeal"),
        until: Some(AT),
        by: words("Meera Lyngdoh"),
        at: AT,
        second: Some(words("Banri Kharkongor")),
        second_at: Some(AT),
    };
    let seen = SeesView { share: share(), revision: 1, revisions: vec![revision], awaits_answer: false, passed_on: vec![unit()] };
    let people = vec![AccountSees { name: words("Meera Lyngdoh"), role: icmc_node::access::Role::Officer, why: "team" }];
    let kept_by = vec![KeepsView { unit: unit(), until: Some(AT) }];
    let asked = vec![AskedView {
        id: ShareId([1; 16]),
        to: unit(),
        state: "delivered",
        person: EntityId([5; 16]),
        display: words("Suraj Nepali"),
        told: vec!["name"],
        held: false,
        expires: AT,
        receipt_at: Some(AT),
    }];
    let who =
        WhoSees { case: CaseId([2; 32]), owner: unit(), units: vec![seen], kept_by, asked, people, decisions: vec![decision] };
    check("WhoSees", json!(who));
    let contributed = ContributedView {
        entry: EntryHash([6; 32]),
        handling: "H1",
        onward: "allowed",
        expires: Some(AT),
        taken_back_at: Some(AT),
        receipt_at: Some(AT),
        refused: Some(words("not her")),
        asked: vec![onward()],
    };
    check("ContributedView", json!(contributed));
    check("TermsView", json!(TermsView { handling: "H1", onward: "ask", expires: Some(AT) }));
    check("UnreadView", json!(UnreadView { about: ShareId([7; 16]), request: false, from: unit(), count: 2 }));
}
