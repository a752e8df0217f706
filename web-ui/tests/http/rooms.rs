//! The disclosure room of an alert through the pages of both units: step by step, to a share; and who may not enter.
//! What the protocol refuses is tested there. All people are invented.

use crate::schema;
use crate::site::{ADMIN, NODAL, OTHER, READER};
use crate::units::{Unit, between, compare, join};
use axum::http::{Method, StatusCode};
use icmc_web_ui::paths;
use serde_json::{Value, json};

struct Pair {
    shillong: Unit,
    guwahati: Unit,
    /// Shillong's case and its suspect.
    case: String,
    person: String,
}

async fn call(unit: &Unit, method: Method, path: &str, body: Option<Value>) -> Value {
    let reply = unit.site.api(method, path, Some(&unit.token), body.as_ref()).await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text());
    reply.json()
}

fn suspect(given: &str, mother: &str) -> Value {
    json!({
        "case": { "kind": "suspected_trafficking", "status": "open", "priority": "high", "opened_on": "2026-09-14",
                  "source_channel": "police_station", "legal_basis": "law_enforcement_duty" },
        "persons": [{
            "ref": "s",
            "person": { "sex": "male", "birth": "1984-02-11", "father": "Abdul Karim", "mother": mother, "home_country": "IN",
                        "home_state": "IN-AS", "home_district": "IN-AS-barpeta", "home_village": "Kalgachia",
                        "health_alert": "canary-health" },
            "names": [{ "kind": "legal", "given": given, "family": "Islam", "script": "Latn" }],
            "roles": [{ "role": ["suspect"], "matching_basis": "law_enforcement", "matching_reason": "Named by two witnesses." }]
        }],
        "stages": [{ "person": "s", "stage": "R2", "state": "in_progress", "entered_on": "2026-09-14" }]
    })
}

/// Two confirmed units that hold the same man, and are alerted.
async fn alerted() -> Pair {
    let (shillong, guwahati) = tokio::join!(Unit::new("AHTU Shillong", true), Unit::new("AHTU Guwahati", false));
    join(&shillong, &guwahati, &[]).await;
    compare(&shillong, &guwahati).await;
    let made = call(&shillong, Method::POST, "/cases", Some(suspect("Md. Rofiqul", "canary-mother"))).await;
    let case = made["id"].as_str().unwrap().to_owned();
    let person = shillong.site.service_case(&shillong.token, &case).await["people"][0]["id"].as_str().unwrap().to_owned();
    call(&guwahati, Method::POST, "/cases", Some(suspect("Mohammad Rafiqul", "somebody else"))).await;
    Pair { shillong, guwahati, case, person }
}

/// The alert of a unit, once there is one.
async fn alert(unit: &Unit) -> String {
    unit.until(paths::alerts(), |page| page.contains("id=\"a-").then(|| between(page, "id=\"a-", "\"").to_owned())).await
}

async fn agree(pair: &Pair) -> (String, String) {
    let (here, there) = (alert(&pair.shillong).await, alert(&pair.guwahati).await);
    let room = pair.shillong.page(&paths::room(&here)).await;
    assert!(room.contains("agree on contact first") && !room.contains("Yes to this step"), "{room}");
    pair.shillong.does(&paths::alert_step(&here, "ask"), &[]).await;
    pair.guwahati.shows(paths::alerts(), "They ask for contact").await;
    pair.guwahati.does(&paths::alert_step(&there, "answer"), &[("answer", "yes")]).await;
    let link = paths::room(&here);
    pair.shillong.shows(paths::alerts(), &link).await;
    (here, there)
}

async fn audited(unit: &Unit, action: &str) -> usize {
    let token = unit.site.token(NODAL).await;
    let list = unit.site.api(Method::GET, &format!("/audit?action={action}"), Some(&token), None).await.json();
    list["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_units_tell_each_other_step_by_step_and_end_in_a_share() {
    let pair = alerted().await;
    let (here, there) = agree(&pair).await;
    let Pair { shillong, guwahati, case, person } = &pair;
    let (room, other) = (paths::room(&here), paths::room(&there));
    let (yes, their_yes) = (paths::room_step(&here, "yes"), paths::room_step(&there, "yes"));

    // Step 2: a fault comes back with what was typed; then both say yes, and only then are the names there.
    let refused =
        shillong.is_refused(&yes, &[("step", "officer"), ("name", " "), ("role", "Sub-Inspector"), ("telephone", "12")]).await;
    assert!(refused.contains("Sub-Inspector") && refused.contains("Error: "), "{refused}");
    let officer = [("step", "officer"), ("name", "Officer Syiem"), ("role", "Sub-Inspector"), ("telephone", "+91 364 000 0000")];
    shillong.does(&yes, &officer).await;
    let page = guwahati.shows(&other, "It is your turn").await;
    assert!(!page.contains("Officer Syiem"), "whoever says yes first shows nothing yet");
    guwahati.does(&their_yes, &[("step", "officer"), ("name", "Officer Das"), ("role", "Inspector"), ("telephone", "")]).await;
    guwahati.shows(&other, "Officer Syiem").await;
    shillong.shows(&room, "Officer Das").await;

    // Step 3.
    let page = shillong.shows(&room, "Year and stage of the case").await;
    assert!(page.contains("<strong>2026</strong>") && page.contains("R2 "), "{page}");
    shillong.does(&yes, &[("step", "case")]).await;
    guwahati.shows(&other, "It is your turn").await;
    guwahati.does(&their_yes, &[("step", "case")]).await;

    // Step 4: a no first, then values, one by one; a restricted one needs a reason.
    let page = shillong.shows(&room, "What is told of").await;
    guwahati.shows(&other, "What is told of").await;
    guwahati.does(&paths::room_step(&there, "no"), &[("no", "not_yet"), ("text", "after the hearing")]).await;
    shillong.shows(&room, "after the hearing").await;
    let choices = call(shillong, Method::GET, &format!("/alerts/{here}/room/choices"), None).await;
    let document = icmc_web_ui::api::document();
    let of = |label: &str| {
        let one = choices.as_array().unwrap().iter().find(|one| one["text"] == label).unwrap_or_else(|| panic!("{label}"));
        schema::check(&document, schema::named(&document, "RoomChoiceView"), one, "choice");
        one["commitment"].as_str().unwrap().to_owned()
    };
    let (mother, health) = (of("canary-mother"), of("canary-health"));
    assert!(page.contains(&mother));
    let terms = [
        ("step", "fields"),
        ("basis", "law_enforcement"),
        ("reason", "FIR 12"),
        ("purpose", "investigation"),
        ("handling", "H1"),
    ];
    let with = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
        terms.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let pairs = with(&[("fields", &health)]);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    shillong.is_refused(&yes, &pairs).await;
    let pairs = with(&[("fields", &mother)]);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    shillong.does(&yes, &pairs).await;
    let page = guwahati.shows(&other, "It is your turn").await;
    assert!(!page.contains("canary-mother"));
    guwahati.does(&their_yes, &terms).await;
    let page = guwahati.shows(&other, "canary-mother").await;
    assert!(page.contains("H1") && !page.contains("canary-health") && !page.contains("FIR 12"), "{page}");
    let view = call(guwahati, Method::GET, &format!("/alerts/{there}/room"), None).await;
    schema::check(&document, schema::named(&document, "RoomView"), &view, "room");
    assert_eq!((&view["state"], &view["next"]), (&json!("open"), &json!("share")));

    // Step 5: the builder begins with what the room knows; the share ends the room on both sides.
    let page = shillong.shows(&room, "Share the case").await;
    let link = between(&page, "<a class=\"btn main\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
    let builder = shillong.page(&link).await;
    for words in [format!("value=\"{}\" checked", guwahati.id()), format!("name=\"basis.{person}\" value=\"law_enforcement\"")] {
        assert!(builder.contains(&words), "{words}: {builder}");
    }
    let share = json!({"to": guwahati.id(), "persons": [{"entity": person, "basis": "law_enforcement", "reason": "the same man"}],
        "sections": ["case", "identity"], "classes": ["S", "B", "I"], "rights": "read", "purpose": "referral", "handling": "H2",
        "onward": "none", "days": 30});
    call(shillong, Method::POST, &format!("/cases/{case}/shares"), Some(share)).await;
    shillong.shows(&room, "ended with a referral").await;
    guwahati.shows(&other, "ended with a referral").await;

    assert_eq!((audited(shillong, "room_yes").await, audited(guwahati, "room_yes").await), (3, 3));
    assert_eq!((audited(guwahati, "room_no").await, audited(shillong, "room_shared").await), (1, 1));
    assert!(
        audited(shillong, "room_heard").await >= 6 && audited(guwahati, "room_heard").await >= 6,
        "what the other side said, too"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_told_and_only_those_of_the_case_may_enter() {
    let pair = alerted().await;
    let (here, there) = agree(&pair).await;
    let Pair { shillong, guwahati, .. } = &pair;
    for (who, status) in
        [(ADMIN, StatusCode::NOT_FOUND), (OTHER, StatusCode::NOT_FOUND), (READER, StatusCode::NOT_FOUND), (NODAL, StatusCode::OK)]
    {
        let token = shillong.site.token(who).await;
        let reply = shillong.site.api(Method::GET, &format!("/alerts/{here}/room"), Some(&token), None).await;
        assert_eq!(reply.status, status, "{who}: {}", reply.text());
        if who != NODAL {
            let yes = json!({"case": {}});
            let reply = shillong.site.api(Method::POST, &format!("/alerts/{here}/room/yes"), Some(&token), Some(&yes)).await;
            assert_eq!(reply.status, status, "{who}: {}", reply.text());
        }
    }
    // Not the next step, and none.
    let yes = json!({"case": {}});
    let reply = shillong.site.api(Method::POST, &format!("/alerts/{here}/room/yes"), Some(&shillong.token), Some(&yes)).await;
    assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.text());
    let forged = shillong.site.post(&paths::room_step(&here, "stop"), &[("cookie", &shillong.browser.cookie)], "why=x").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "a form without its token");

    let officer = [("step", "officer"), ("name", "Officer Syiem"), ("role", "Sub-Inspector"), ("telephone", "")];
    shillong.does(&paths::room_step(&here, "yes"), &officer).await;
    guwahati.shows(&paths::room(&there), "It is your turn").await;
    guwahati.does(&paths::room_step(&there, "stop"), &[("why", "another man by the photo")]).await;
    let page = shillong.shows(&paths::room(&here), "another man by the photo").await;
    assert!(
        page.contains("The room was stopped") && !page.contains("Officer Syiem") && !page.contains("Yes to this step"),
        "{page}"
    );
    assert_eq!(audited(guwahati, "room_stopped").await, 1);
}
