//! The same person in two cases of one node: who is shown whom, what is remembered, who is told. All people are invented.
//! One unit, on disk; nothing here leaves it.

use crate::desk::Desk;
use icmc_node::access::Actor;
use icmc_node::audit::Filter;
use icmc_node::service::model::{
    AlikeQuery, CandidateView, CaseView, ChangeRequest, NewCase, SameGroup, SameRequest, SameStep, SearchQuery,
};
use icmc_node::service::{Service, ServiceError};
use icmc_protocol::ids::{CaseId, EntityId};
use serde_json::json;

/// A girl as one officer writes her down, and as another does.
fn girl(given: &str, family: &str, father: &str, sex: &str) -> NewCase {
    serde_json::from_value(json!({
        "case": { "title": "One girl", "kind": "missing_person", "priority": "high", "source_channel": "family",
                  "legal_basis": "vital_interest" },
        "persons": [{
            "ref": "a",
            "person": { "sex": sex, "birth": "2010-04-03", "father": father, "home_country": "IN", "home_state": "IN-AS",
                        "home_district": "IN-AS-barpeta", "home_village": "Kalgachia" },
            "names": [{ "given": given, "family": family }],
            "roles": [{ "role": ["victim"] }]
        }]
    }))
    .expect("a case in form")
}

fn sita() -> NewCase {
    girl("Sita", "Choudhury", "Ram Choudhury", "female")
}

fn seeta() -> NewCase {
    girl("Seeta", "Chowdhury", "Ram Chowdhury", "female")
}

async fn group(service: &Service, actor: &Actor, case: CaseId) -> SameGroup {
    service.same(actor, case).await.expect("within reach").groups.remove(0)
}

async fn person(service: &Service, actor: &Actor, case: CaseId) -> EntityId {
    service.case(actor, case).await.expect("within reach").people[0].id
}

fn step(one: EntityId, (case, other): (CaseId, EntityId), what: SameStep, reason: &str) -> SameRequest {
    SameRequest { person: one, case, other, what, reason: reason.to_owned() }
}

fn agreements(candidate: &CandidateView) -> Vec<(&str, &str)> {
    candidate.lines.iter().map(|line| (line.fact, line.agreement)).collect()
}

#[tokio::test]
async fn an_officer_is_shown_the_same_girl_field_by_field_and_links_her() {
    let desk = Desk::new().await;
    let (service, meera) = (&desk.service, &desk.meera);
    let first = service.create_case(meera, sita()).await.unwrap();
    assert!(!service.is_proposed(meera, first, None).unwrap());
    let second = service.create_case(meera, seeta()).await.unwrap();
    assert!(service.is_proposed(meera, second, None).unwrap());
    let (one, other) = (person(service, meera, first).await, person(service, meera, second).await);
    assert!(service.is_proposed(meera, second, Some(other)).unwrap() && !service.is_proposed(meera, second, Some(one)).unwrap());

    let mine = group(service, meera, second).await;
    let [candidate] = mine.candidates.as_slice() else { panic!("{}", mine.candidates.len()) };
    assert_eq!((candidate.case.id, candidate.person, candidate.class), (first, one, Some("exact")));
    assert_eq!(
        agreements(candidate),
        [
            ("name", "alike"),
            ("sex", "agree"),
            ("birth", "agree"),
            ("father", "alike"),
            ("state", "agree"),
            ("district", "agree"),
            ("village", "agree")
        ]
    );
    assert_eq!((candidate.lines[0].ours.as_str(), candidate.lines[0].theirs.as_str()), ("Seeta Chowdhury", "Sita Choudhury"));
    assert!(candidate.speaks_against.is_empty() && candidate.speaks_for.contains(&"Village or town"));

    // Linked at both ends, and neither case is changed.
    let before = service.case(meera, first).await.unwrap().timeline;
    service.decide_same(meera, second, step(other, (first, one), SameStep::Same, "the mother says so")).await.unwrap();
    let seen = |view: CaseView| view.people[0].same.iter().map(|link| (link.case, link.person)).collect::<Vec<_>>();
    assert_eq!(seen(service.case(meera, first).await.unwrap()), [(second, other)]);
    assert_eq!(seen(service.case(meera, second).await.unwrap()), [(first, one)]);
    assert_eq!(service.case(meera, first).await.unwrap().timeline, before);
    let mine = group(service, meera, first).await;
    assert!(mine.candidates.is_empty() && mine.decided[0].same);
    assert_eq!((mine.decided[0].reason.as_str(), mine.decided[0].by.as_str()), ("the mother says so", "Meera Lyngdoh"));
    assert!(!service.is_proposed(meera, second, None).unwrap());

    // Kept over a restart, undone from the other end.
    let desk = desk.restart().await;
    let (service, meera) = (&desk.service, &desk.meera);
    assert_eq!(seen(service.case(meera, first).await.unwrap()), [(second, other)]);
    service.decide_same(meera, first, step(one, (second, other), SameStep::Undo, "")).await.unwrap();
    assert_eq!(seen(service.case(meera, second).await.unwrap()), []);
    assert_eq!(group(service, meera, second).await.candidates.len(), 1, "proposed again");
    let again = service.decide_same(meera, first, step(one, (second, other), SameStep::Undo, "")).await;
    assert!(matches!(again, Err(ServiceError::NotFound)));

    let audit = service.audit(&desk.nodal, Filter::default(), 1).await.unwrap().items;
    let pair = |action: &str| audit.iter().find(|entry| entry.action == action).map(|entry| entry.object.clone()).unwrap();
    assert_eq!(pair("person_same"), format!("{second}/{other}/{one}"));
    assert_eq!(pair("person_undecided"), format!("{first}/{one}/{other}"));
    assert!(audit.iter().any(|entry| entry.action == "persons_compared" && entry.object == format!("{first}/{one}")));
    assert!(audit.iter().all(|entry| !entry.reason.contains("mother")), "the audit holds no free text");
}

#[tokio::test]
async fn not_the_same_is_remembered_for_everybody_and_can_be_undone() {
    let desk = Desk::new().await;
    let (service, meera) = (&desk.service, &desk.meera);
    let first = service.create_case(meera, sita()).await.unwrap();
    let second = service.create_case(meera, seeta()).await.unwrap();
    let (one, other) = (person(service, meera, first).await, person(service, meera, second).await);
    service.decide_same(meera, first, step(one, (second, other), SameStep::NotSame, "")).await.unwrap();
    for actor in [meera, &desk.nodal] {
        assert!(group(service, actor, first).await.candidates.is_empty());
        let mine = group(service, actor, second).await;
        assert!(mine.candidates.is_empty() && !mine.decided[0].same);
    }
    assert!(service.case(meera, first).await.unwrap().people[0].same.is_empty(), "no link");
    let title = ChangeRequest {
        kind: "person_phone".to_owned(),
        parent: Some(other),
        fields: [("number".to_owned(), json!("+91 50011 20416"))].into(),
        ..ChangeRequest::default()
    };
    service.change(meera, second, vec![title]).await.unwrap();
    assert!(!service.is_proposed(meera, second, None).unwrap(), "not proposed again after a change");
    service.decide_same(meera, second, step(other, (first, one), SameStep::Undo, "")).await.unwrap();
    assert!(service.is_proposed(meera, second, None).unwrap());
}

#[tokio::test]
async fn what_an_officer_does_not_see_is_told_to_the_nodal_officer_only() {
    let desk = Desk::new().await;
    let (service, meera, kabir) = (&desk.service, &desk.meera, &desk.kabir);
    let hidden = service.create_case(kabir, sita()).await.unwrap();
    let case = service.create_case(meera, seeta()).await.unwrap();
    let (theirs, mine) = (person(service, kabir, hidden).await, person(service, meera, case).await);

    // Nothing to either officer, wherever they look.
    for (actor, own) in [(meera, case), (kabir, hidden)] {
        assert!(!service.is_proposed(actor, own, None).unwrap());
        let shown = group(service, actor, own).await;
        assert!(shown.candidates.is_empty() && shown.decided.is_empty());
        assert!(matches!(service.noted_pairs(actor).await, Err(ServiceError::Forbidden(_))));
        assert_eq!(service.counters(actor).unwrap().alerts_new, 0);
        assert!(service.alerts(actor).await.unwrap().is_empty());
    }
    let typed = AlikeQuery { name: "Sita Choudhury".to_owned(), age: "2010-04-03".to_owned(), ..AlikeQuery::default() };
    let found = service.alike(meera, typed.clone()).await.unwrap();
    assert_eq!(found.candidates.iter().map(|one| one.case.id).collect::<Vec<_>>(), [case], "only the own one");
    let request = step(mine, (hidden, theirs), SameStep::Same, "");
    assert!(matches!(service.decide_same(meera, case, request.clone()).await, Err(ServiceError::NotFound)));
    let nowhere = step(mine, (CaseId([7; 32]), theirs), SameStep::Same, "");
    assert!(matches!(service.decide_same(meera, case, nowhere).await, Err(ServiceError::NotFound)), "the same answer");
    assert!(matches!(service.same(meera, hidden).await, Err(ServiceError::NotFound)));

    // The nodal officer has one quiet line, and sees both sides.
    let noted = service.noted_pairs(&desk.nodal).await.unwrap();
    let [pair] = noted.as_slice() else { panic!("{}", noted.len()) };
    let mut cases = [pair.one.case.id, pair.other.case.id];
    cases.sort();
    let mut expected = [case, hidden];
    expected.sort();
    assert_eq!((cases, pair.class), (expected, "exact"));
    assert_eq!(service.counters(&desk.nodal).unwrap().alerts_new, 0, "a quiet line");
    assert_eq!(group(service, &desk.nodal, case).await.candidates.len(), 1);

    // A link is seen at both cases by whoever sees both, and by nobody else.
    service.decide_same(&desk.nodal, case, request).await.unwrap();
    assert!(service.noted_pairs(&desk.nodal).await.unwrap().is_empty());
    assert_eq!(service.case(&desk.nodal, hidden).await.unwrap().people[0].same.len(), 1);
    assert!(service.case(meera, case).await.unwrap().people[0].same.is_empty());
    assert!(group(service, meera, case).await.decided.is_empty());
    service.decide_same(&desk.nodal, case, step(mine, (hidden, theirs), SameStep::Undo, "")).await.unwrap();
    assert_eq!(service.noted_pairs(&desk.nodal).await.unwrap().len(), 1, "undone, it is told again");

    // Put on the other case too, the officer is shown it.
    service.set_team(kabir, hidden, vec![meera.account]).await.unwrap();
    assert!(service.is_proposed(meera, case, None).unwrap());
}

#[tokio::test]
async fn a_pair_that_one_of_two_officers_at_work_cannot_see_is_told_and_what_all_see_is_not() {
    let desk = Desk::new().await;
    let (service, meera, kabir, nodal) = (&desk.service, &desk.meera, &desk.kabir, &desk.nodal);
    let first = service.create_case(kabir, sita()).await.unwrap();
    let second = service.create_case(kabir, seeta()).await.unwrap();
    assert!(service.noted_pairs(nodal).await.unwrap().is_empty(), "kabir sees both");
    assert!(service.is_proposed(kabir, second, None).unwrap());
    // Meera works on the second only and enters what makes the girl like another.
    service.set_team(kabir, second, vec![meera.account, desk.reader.account]).await.unwrap();
    let girl = person(service, kabir, second).await;
    let paper = ChangeRequest {
        kind: "person_identifier".to_owned(),
        parent: Some(girl),
        fields: [("kind".to_owned(), json!("passport")), ("number".to_owned(), json!("Z 1234567"))].into(),
        ..ChangeRequest::default()
    };
    service.change(meera, second, vec![paper]).await.unwrap();
    assert!(!service.is_proposed(meera, second, None).unwrap());
    assert_eq!(service.noted_pairs(nodal).await.unwrap().len(), 1);
    // A pair that is no longer like is not told any more.
    service.delete_case(kabir, first).await.unwrap();
    assert!(service.noted_pairs(nodal).await.unwrap().is_empty());
    service.undo_delete(kabir, first).await.unwrap();
    assert_eq!(service.noted_pairs(nodal).await.unwrap().len(), 1);
}

#[tokio::test]
async fn two_cases_saved_in_one_commit_find_each_other() {
    let desk = Desk::new().await;
    let service = &desk.service;
    let (one, other) = tokio::join!(service.create_case(&desk.kabir, sita()), service.create_case(&desk.meera, seeta()));
    let mut cases = [one.unwrap(), other.unwrap()];
    cases.sort();
    let noted = service.noted_pairs(&desk.nodal).await.unwrap();
    assert_eq!(noted.len(), 1);
    assert_eq!([noted[0].one.case.id, noted[0].other.case.id], cases);
}

#[tokio::test]
async fn search_first_finds_by_likeness_and_by_a_name_alone_and_keeps_what_was_typed_sealed() {
    let desk = Desk::new().await;
    let (service, meera) = (&desk.service, &desk.meera);
    let case = service.create_case(meera, sita()).await.unwrap();
    let query = |name: &str, age: &str, village: &str| AlikeQuery {
        name: name.to_owned(),
        age: age.to_owned(),
        village: village.to_owned(),
        ..AlikeQuery::default()
    };
    let found = service.alike(meera, query("Seeta Chowdhury", "2010-04-03", "Kalgachhia")).await.unwrap();
    let [candidate] = found.candidates.as_slice() else { panic!("{}", found.candidates.len()) };
    assert_eq!((candidate.case.id, candidate.display.as_str()), (case, "Sita Choudhury"));
    assert!(candidate.class.is_some() && candidate.why.is_none());
    let by_name = service.alike(meera, query("Sita", "", "")).await.unwrap();
    assert!(by_name.candidates[0].class.is_none() && by_name.candidates[0].why.is_some());
    assert_eq!(agreements(&by_name.candidates[0])[0], ("name", "alike"));
    let number = service.case(meera, case).await.unwrap().summary.number;
    let by_number = service.alike(meera, AlikeQuery { paper: number, ..AlikeQuery::default() }).await.unwrap();
    assert_eq!((by_number.candidates.len(), by_number.others[0].case.id), (0, case));
    assert!(service.alike(meera, query("Rina Das", "1990", "Ranchi")).await.unwrap().candidates.is_empty());
    let long = service.alike(meera, query(&"x".repeat(201), "", "")).await;
    assert!(matches!(long, Err(ServiceError::Fields(faults)) if faults[0].field == "name"));
    assert!(matches!(service.alike(&desk.admin, query("Sita", "", "")).await, Err(ServiceError::Forbidden(_))));
    assert!(service.alike(&desk.reader, query("Sita", "", "")).await.unwrap().candidates.is_empty());

    let audit = service.audit(&desk.nodal, Filter::default(), 1).await.unwrap().items;
    let kept = audit.iter().find(|entry| entry.action == "case_searched" && !entry.object.is_empty()).unwrap();
    let (query, _) = service.kept_search(&desk.reader, kept.object.parse().unwrap()).await.unwrap();
    assert_eq!(query, SearchQuery { text: "Sita".to_owned(), year: None });
    assert!(audit.iter().all(|entry| !format!("{}{}", entry.object, entry.reason).contains("Sita")));
}

#[tokio::test]
async fn what_speaks_against_is_said_and_who_may_only_read_decides_nothing() {
    let desk = Desk::new().await;
    let (service, meera) = (&desk.service, &desk.meera);
    let first = service.create_case(meera, sita()).await.unwrap();
    let second = service.create_case(meera, girl("Sita", "Choudhury", "Ram Choudhury", "male")).await.unwrap();
    let mine = group(service, meera, second).await;
    assert_eq!(mine.candidates[0].speaks_against, ["Sex"]);
    assert_eq!(mine.candidates[0].class, Some("possible"));
    assert!(!service.is_proposed(meera, second, None).unwrap(), "possible ones do not stand in the way of a save");

    service.set_team(meera, first, vec![desk.reader.account]).await.unwrap();
    service.set_team(meera, second, vec![desk.reader.account]).await.unwrap();
    let read = service.same(&desk.reader, second).await.unwrap();
    assert!(!read.may_decide && read.groups[0].candidates.len() == 1);
    let (one, other) = (person(service, meera, first).await, person(service, meera, second).await);
    for what in [SameStep::Same, SameStep::NotSame, SameStep::Undo] {
        let refused = service.decide_same(&desk.reader, second, step(other, (first, one), what, "")).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
    }
    let itself = service.decide_same(meera, second, step(other, (second, other), SameStep::Same, "")).await;
    assert!(matches!(itself, Err(ServiceError::Fields(_))));
    let nobody = service.decide_same(meera, second, step(other, (first, EntityId([9; 16])), SameStep::Same, "")).await;
    assert!(matches!(nobody, Err(ServiceError::NotFound)));
    let long = service.decide_same(meera, second, step(other, (first, one), SameStep::Same, &"x".repeat(501))).await;
    assert!(matches!(long, Err(ServiceError::Fields(_))));
}
