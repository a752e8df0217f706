//! Views of other units and of the federation, made by hand and held against the document. All units and people are invented.

use crate::samples::{AT, summary, unit, words};
use crate::schema;
use icmc_node::service::model::{
    AlertView, AskState, ComparisonView, CountView, CutOffView, EndView, FormerView, FreezeView, FrozenView, GenerationView,
    JoinView, KeeperView, KeepersView, OwnView, PeerView, ProofView, ProposalView, RoomStepView, RoomView, StepSide, ToldLine,
    WordsView,
};
use icmc_protocol::ids::{AlertId, CaseId, CharterHash, ConfirmId, EntityId, GenerationId, UnitId};
use serde_json::json;

#[test]
fn what_is_known_of_other_units_is_as_described() {
    let document: serde_json::Value = icmc_web_ui::api::document();
    let check = |name: &str, value: serde_json::Value| schema::check(&document, schema::named(&document, name), &value, name);
    let alert = AlertView {
        id: AlertId([8; 16]),
        class: "probable",
        agreed: vec!["name"],
        case: summary(),
        person: EntityId([5; 16]),
        display: words("Suraj Nepali"),
        peer: unit(),
        peer_contact: words("duty desk, invented"),
        peer_confirmed: true,
        state: "closed",
        outcome: Some("same"),
        by: Some(words("Meera Lyngdoh")),
        at: Some(AT),
        contact: AskState::PeerLater,
        contact_at: Some(AT),
        raised_at: AT,
        confirmed: "yes",
        told: true,
    };
    check("AlertView", json!(alert));
    let comparison = ComparisonView {
        id: ConfirmId([9; 16]),
        kind: "unfinished",
        case: summary(),
        person: EntityId([5; 16]),
        display: words("Suraj Nepali"),
        peer: unit(),
        peer_contact: words("duty desk, invented"),
        since: AT,
        finished: Some(AT),
    };
    check("ComparisonView", json!(comparison));
    let line = ToldLine { label: words("Mother"), text: words("Maloti (invented)"), group: 0 };
    let side = StepSide {
        said: "no",
        at: Some(AT),
        by: Some(words("Meera Lyngdoh")),
        reason: Some("danger"),
        text: words("not now"),
        told: false,
        lines: vec![line],
        basis: Some("consent"),
        handling: Some("H2"),
        purpose: Some("investigation"),
    };
    let room = RoomView {
        alert: AlertId([8; 16]),
        case: CaseId([2; 32]),
        number: words("GU-26-0001"),
        person: EntityId([5; 16]),
        display: words("Suraj Nepali"),
        peer: unit(),
        peer_contact: words("duty desk, invented"),
        peer_heard: Some(AT),
        state: "ended",
        next: Some("fields"),
        waiting: true,
        untold: false,
        steps: vec![RoomStepView { step: "officer", open: true, own: side.clone(), peer: side }],
        ended: Some("stopped"),
        ended_text: words(""),
        peer_ended_text: words("another man"),
        expires: Some(AT),
        own_name: words("Meera Lyngdoh"),
        own_role: words("Officer"),
        year: 2026,
        stage: words("R2"),
        own_case: true,
    };
    check("RoomView", json!(room));
    let peer = PeerView {
        unit: UnitId([1; 32]),
        name: words("AHTU Guwahati"),
        class: "police",
        jurisdiction: words("Assam"),
        duty_contact: words("duty desk, invented"),
        confirmed: true,
        words_here: true,
        words_there: true,
        connected: false,
        last_contact: Some(AT),
        waiting_out: 3,
        oldest_out: Some(AT),
        waiting_in: 2,
        paused: Some(AT),
        clock_ahead: Some(-700_000),
        version: Some(words("0.1.0")),
        met: "charter",
        shares_out: 2,
        shares_in: 1,
        locked: true,
        kept_off: true,
        prekey_expired: true,
        cut_off: Some(CutOffView { at: AT, until: AT, out: true, why: words("flood"), refused: 12_034, times: 2 }),
        proofs: vec![ProofView { kind: words("entry"), hash: words("0f") }],
    };
    check("PeerView", json!(peer));
    let former =
        FormerView { unit: UnitId([1; 32]), name: words("AHTU Guwahati"), since: AT, left: true, shares_out: 1, shares_in: 0 };
    check("FormerView", json!(former));
    let own = OwnView {
        unit: UnitId([1; 32]),
        name: words("AHTU Guwahati"),
        class: "police",
        jurisdiction: words("Assam"),
        duty_contact: words("duty desk, invented"),
        addresses: vec![words("/ip4/192.0.2.1/tcp/7801")],
        member: true,
        proposes: false,
        waits: true,
    };
    check("OwnView", json!(own));
    let charter = FrozenView { hash: CharterHash([3; 32]), held: true, made: AT, units: vec![words("AHTU Guwahati")] };
    check("FreezeView", json!(FreezeView { number: 3, charters: vec![charter] }));
    check("EndView", json!(EndView { unit: unit(), member: true, shares: 2, requests: 1, received: 1, waiting_out: 3 }));
    check("WordsView", json!(WordsView { unit: unit(), words: vec![words("abandon")], digits: words("12345") }));
    let proposal = ProposalView {
        hash: CharterHash([9; 32]),
        what: "admit",
        says: words("AHTU Guwahati is to be added."),
        unit: UnitId([1; 32]),
        name: words("AHTU Guwahati"),
        class: "police",
        jurisdiction: words("Assam"),
        duty_contact: words("duty desk, invented"),
        proposer: unit(),
        approved_here: false,
        approvals: 1,
        threshold: 2,
    };
    check("ProposalView", json!(proposal));
    let keeper = KeeperView {
        unit: unit(),
        member: true,
        connected: false,
        fault: Some("answered with a wrong share."),
        fault_at: Some(AT),
        faults: 1,
        over_quota: Some(AT),
    };
    let generation = GenerationView {
        id: GenerationId([6; 32]),
        by: unit(),
        keepers: vec![unit()],
        yes: vec![UnitId([1; 32])],
        threshold: 1,
        seen: AT,
        state: "running",
        says: words("All have said yes."),
        asks_here: true,
        can_end: true,
    };
    let count =
        CountView { unit: unit(), today: 12, quota: 4_800, burst: true, week: 90, persons: 7, unannounced: 1, refused: 2 };
    let keepers = KeepersView {
        keepers: vec![keeper.clone()],
        threshold: 1,
        since: Some(AT),
        alone: true,
        own: true,
        former_until: Some(AT),
        former: vec![unit()],
        generations: vec![generation],
        counts: vec![count],
        members: vec![unit()],
        named: vec![keeper],
    };
    check("KeepersView", json!(keepers));
    check("JoinView", json!(JoinView { state: "asking", inviter: Some(words("AHTU Shillong")), members: 0 }));
}
