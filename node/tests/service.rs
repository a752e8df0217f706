//! Case work through a running node with its store on disk, as pages and API do it. All people are invented.
//! One unit without network; what two units do together is tested where there are two.

mod desk;
#[path = "service/same.rs"]
mod same;

use desk::{Desk, anjali};
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseFilter, ChangeRequest, MatchedBy, NewCase, SearchQuery};
use icmc_protocol::bounded::BoundedText;
use icmc_protocol::ids::CaseId;
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test]
async fn a_case_is_entered_listed_changed_closed_deleted_and_brought_back() {
    let desk = Desk::new().await;
    let (service, meera) = (&desk.service, &desk.meera);
    let case = service.create_case(meera, anjali()).await.unwrap();
    let listed = service.cases(meera, CaseFilter::default()).await.unwrap();
    assert_eq!((listed.total, listed.items[0].id), (1, case));
    assert!(listed.items[0].number.starts_with("SH-") && listed.items[0].number.ends_with("-0001"), "{}", listed.items[0].number);
    assert_eq!((listed.items[0].people, listed.items[0].stages.as_slice()), (1, &["R1".to_owned()][..]));

    let form = service.case(meera, case).await.unwrap().head;
    let title = |title: &str| ChangeRequest {
        kind: "case".to_owned(),
        fields: [("title".to_owned(), json!(title))].into(),
        replaces: Some(BTreeMap::from([("title".to_owned(), form.field("title").unwrap().seen.clone())])),
        ..ChangeRequest::default()
    };
    service.change(meera, case, vec![title("Two girls")]).await.unwrap();
    service.change(meera, case, vec![title("Three girls")]).await.unwrap();
    let seen = service.case(meera, case).await.unwrap();
    let versions: Vec<_> =
        seen.head.field("title").unwrap().conflict.iter().map(|version| (version.text.as_str(), version.by.as_deref())).collect();
    assert_eq!(versions, [("Three girls", Some("Meera Lyngdoh")), ("Two girls", Some("Meera Lyngdoh"))]);

    assert!(
        matches!(service.close_case(meera, case, "bored").await, Err(ServiceError::Fields(faults)) if faults[0].field == "closure_reason")
    );
    service.close_case(meera, case, "untraced").await.unwrap();
    let closed = CaseFilter { status: Some("closed".to_owned()), ..CaseFilter::default() };
    assert_eq!(service.cases(meera, closed.clone()).await.unwrap().total, 1);
    service.reopen_case(meera, case).await.unwrap();
    assert_eq!(service.cases(meera, closed).await.unwrap().total, 0);
    assert_eq!(service.case(meera, case).await.unwrap().head.text("closure_reason"), "");

    let undo = service.delete_case(meera, case).await.unwrap();
    assert_eq!(service.cases(meera, CaseFilter::default()).await.unwrap().total, 0);
    assert!(service.search(meera, query("Anjali")).await.unwrap().is_empty());
    let deleted = service.case(meera, case).await.unwrap();
    assert_eq!((deleted.deleted_until, deleted.rights.edit, deleted.rights.delete), (Some(undo.until), false, true));
    assert!(matches!(service.change(meera, case, vec![title("Four")]).await, Err(ServiceError::Refused(_))));
    assert!(matches!(service.delete_case(meera, case).await, Err(ServiceError::Refused(_))));
    service.undo_delete(meera, case).await.unwrap();
    assert_eq!(service.cases(meera, CaseFilter::default()).await.unwrap().total, 1);
    assert!(matches!(service.undo_delete(meera, case).await, Err(ServiceError::Refused(_))));
}

#[tokio::test]
async fn bad_input_tells_every_fault_and_saves_nothing() {
    let desk = Desk::new().await;
    let bad: NewCase = serde_json::from_value(json!({
        "case": { "kind": "missing_person", "priority": "urgent", "source_channel": "family" },
        "persons": [{ "ref": "a", "person": { "birth": "long ago" }, "phones": [{ "number": "none" }] }],
        "stages": [{ "person": "b", "stage": "R1", "state": "done" }]
    }))
    .unwrap();
    let Err(ServiceError::Fields(faults)) = desk.service.create_case(&desk.meera, bad).await else { panic!("it was taken") };
    let mut named: Vec<String> = faults.iter().map(|fault| format!("{}.{}", fault.kind, fault.field)).collect();
    named.sort();
    assert_eq!(named, ["case.legal_basis", "case.priority", "person.birth", "person_phone.number", "stage_entry.person"]);
    assert_eq!(desk.service.cases(&desk.nodal, CaseFilter::default()).await.unwrap().total, 0);
    let good = desk.service.create_case(&desk.meera, anjali()).await.unwrap();
    let number = desk.service.case(&desk.meera, good).await.unwrap().summary.number;
    assert!(number.ends_with("-0001"), "the refused case took a number: {number}");
    let again = NewCase { case: [("case_no".to_owned(), json!(number))].into_iter().chain(anjali().case).collect(), ..anjali() };
    assert!(
        matches!(desk.service.create_case(&desk.meera, again).await, Err(ServiceError::Fields(faults)) if faults[0].field == "case_no")
    );
}

#[tokio::test]
async fn who_does_not_work_on_a_case_does_not_learn_that_it_exists() {
    let desk = Desk::new().await;
    let (service, case) = (&desk.service, desk.service.create_case(&desk.meera, anjali()).await.unwrap());
    let person = service.case(&desk.meera, case).await.unwrap().people[0].id;
    assert!(matches!(service.case(&desk.kabir, case).await, Err(ServiceError::NotFound)));
    assert!(matches!(service.case(&desk.kabir, CaseId([7; 32])).await, Err(ServiceError::NotFound)));
    assert!(matches!(service.person(&desk.kabir, person).await, Err(ServiceError::NotFound)));
    assert!(matches!(service.shares(&desk.kabir, case).await, Err(ServiceError::NotFound)));
    assert!(matches!(service.delete_case(&desk.kabir, case).await, Err(ServiceError::NotFound)));
    assert_eq!(service.cases(&desk.kabir, CaseFilter::default()).await.unwrap().total, 0);
    assert!(service.search(&desk.kabir, query("Anjali")).await.unwrap().is_empty());
    assert!(matches!(service.cases(&desk.admin, CaseFilter::default()).await, Err(ServiceError::Forbidden(_))));

    assert_eq!(service.case(&desk.nodal, case).await.unwrap().people.len(), 1);
    service.set_team(&desk.meera, case, vec![desk.kabir.account, desk.reader.account]).await.unwrap();
    assert_eq!(service.person(&desk.kabir, person).await.unwrap().person.display, "Anjali Tamang");
    let read = service.case(&desk.reader, case).await.unwrap();
    assert_eq!((read.rights.edit, read.rights.share, read.rights.delete), (false, false, false));
    let note =
        ChangeRequest { kind: "note".to_owned(), fields: [("text".to_owned(), json!("x"))].into(), ..ChangeRequest::default() };
    assert!(matches!(service.change(&desk.reader, case, vec![note]).await, Err(ServiceError::Forbidden(_))));
    assert!(matches!(service.create_case(&desk.reader, anjali()).await, Err(ServiceError::Forbidden(_))));
    assert!(service.case(&desk.nodal, case).await.unwrap().notes.is_empty());
    let nobody = service.set_team(&desk.meera, case, vec![desk.admin.account]).await;
    assert!(matches!(nobody, Err(ServiceError::Fields(_))), "an administrator has no access to cases");
}

#[tokio::test]
async fn people_are_found_by_spelling_sound_phone_paper_and_number_also_after_a_restart() {
    let desk = Desk::new().await;
    let sita: NewCase = serde_json::from_value(json!({
        "case": { "kind": "missing_person", "priority": "high", "source_channel": "family", "legal_basis": "vital_interest" },
        "persons": [
            { "person": { "birth": "2009" }, "names": [{ "full_native": "सीता तामाङ" }], "phones": [{ "number": "+977 98510 54321" }],
              "identifiers": [{ "kind": "other", "number": "NP 445566" }] },
            { "person": {}, "names": [{ "given": "Mohammad Rafiqul", "family": "Islam" }] }
        ]
    }))
    .unwrap();
    let case = desk.service.create_case(&desk.meera, sita).await.unwrap();
    let number = desk.service.case(&desk.meera, case).await.unwrap().summary.number;
    let expected = [
        ("Sita", "सीता तामाङ", MatchedBy::Name),
        ("तामाङ सीता", "सीता तामाङ", MatchedBy::Name),
        ("Seeta Tamang", "सीता तामाङ", MatchedBy::Sound),
        ("Md. Rofiqul Islam", "Mohammad Rafiqul Islam", MatchedBy::Sound),
        ("9851054321", "सीता तामाङ", MatchedBy::Phone),
        ("np-445566", "सीता तामाङ", MatchedBy::Identifier),
        (&number, "", MatchedBy::Number),
    ];
    let desk = desk.restart().await;
    for (text, display, why) in expected {
        let hits = desk.service.search(&desk.meera, query(text)).await.unwrap();
        let found: Vec<_> = hits.iter().map(|hit| (hit.display.as_str(), hit.why)).collect();
        assert_eq!(found, [(display, why)], "{text}");
        assert_eq!(hits[0].case.id, case);
    }
}

#[tokio::test]
async fn a_kept_search_is_its_makers_and_every_view_is_in_the_audit_without_a_name() {
    let desk = Desk::new().await;
    let case = desk.service.create_case(&desk.meera, anjali()).await.unwrap();
    let person = desk.service.case(&desk.meera, case).await.unwrap().people[0].id;
    desk.service.person(&desk.meera, person).await.unwrap();
    let search = desk.service.keep_search(&desk.meera, query("Anjali")).await.unwrap();
    let (typed, hits) = desk.service.kept_search(&desk.meera, search).await.unwrap();
    assert_eq!((typed.text.as_str(), hits.len()), ("Anjali", 1));
    assert!(matches!(desk.service.kept_search(&desk.nodal, search).await, Err(ServiceError::NotFound)));
    let _ = desk.service.case(&desk.kabir, case).await;

    let entries = desk.service.audit(&desk.nodal, icmc_node::audit::Filter::default(), 1).await.unwrap().items;
    let has = |who, action: &str, object: String| {
        entries.iter().any(|entry| entry.actor == Some(who) && entry.action == action && entry.object == object)
    };
    let meera = desk.meera.account;
    assert!(has(meera, "case_created", case.to_string()));
    assert!(has(meera, "case_viewed", case.to_string()));
    assert!(has(meera, "person_viewed", format!("{case}/{person}")));
    assert!(has(meera, "case_searched", search.to_string()));
    assert!(has(desk.kabir.account, "refused", case.to_string()));
    assert!(entries.iter().all(|entry| !format!("{entry:?}").contains("Anjali")));
}

fn query(text: &str) -> SearchQuery {
    SearchQuery { text: text.to_owned(), year: None }
}

/// Each upload that is given up has the chunks swept that belong to nothing, while the next one begins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_begins_is_not_taken_for_one_given_up() {
    let desk = Desk::new().await;
    let case = desk.service.create_case(&desk.meera, anjali()).await.unwrap();
    let upload = async || {
        for at in 0..60 {
            let mut writer = desk.service.begin_document(&desk.meera, case).await.unwrap();
            writer.push(b"invented").await.unwrap();
            let sealed = writer.finish(BoundedText::default(), BoundedText::default()).await;
            assert!(sealed.is_ok(), "{at}: {sealed:?}");
        }
    };
    tokio::join!(upload(), upload(), upload(), upload());
    let folder = desk.blobs();
    let mut looks = 0;
    while std::fs::read_dir(&folder).unwrap().count() > 0 {
        looks += 1;
        assert!(looks < 500, "chunks of uploads given up are left");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
