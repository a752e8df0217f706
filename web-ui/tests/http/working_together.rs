//! Two units work on a case of a third, through their pages: contributions and their terms, a refusal, passing on by a word of the
//! author, messages that are not read yet, a hold, and handing the case over. All people are invented.

use crate::site::{OFFICER, PASSWORD};
use crate::units::{Unit, between, compare, join};
use axum::http::{Method, StatusCode};
use icmc_web_ui::paths;
use serde_json::{Value, json};

struct Three {
    shillong: Unit,
    guwahati: Unit,
    kathmandu: Unit,
    case: String,
    person: String,
}

async fn call(unit: &Unit, method: Method, path: &str, body: Option<Value>) -> Value {
    let reply = unit.site.api(method, path, Some(&unit.token), body.as_ref()).await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text());
    if reply.body.is_empty() { Value::Null } else { reply.json() }
}

/// A case of Shillong on which Guwahati and Kathmandu work.
async fn three() -> Three {
    let (shillong, guwahati, kathmandu) =
        tokio::join!(Unit::new("AHTU Shillong", true), Unit::new("AHTU Guwahati", false), Unit::new("Partner Kathmandu", false));
    join(&shillong, &guwahati, &[]).await;
    join(&shillong, &kathmandu, &[&guwahati]).await;
    compare(&shillong, &guwahati).await;
    compare(&shillong, &kathmandu).await;
    let case = shillong.site.case(&shillong.token).await;
    let person = shillong.site.service_case(&shillong.token, &case).await["people"][0]["id"].as_str().unwrap().to_owned();
    for unit in [&guwahati, &kathmandu] {
        let share = json!({"to": unit.id(), "persons": [{"entity": person, "basis": "law_enforcement", "reason": "both inquire"}],
            "sections": ["case", "identity", "notes"], "classes": ["S", "B", "I"], "rights": "contribute",
            "purpose": "investigation", "handling": "H2", "onward": "none", "days": 30});
        call(&shillong, Method::POST, &format!("/cases/{case}/shares"), Some(share)).await;
        let link = unit
            .until(paths::inbox(), |page| {
                page.contains("Look at it<").then(|| between(page, "btn main\" href=\"", "\"").to_owned())
            })
            .await;
        let preview = unit.page(&link).await;
        for words in ["both inquire", "May read and contribute", "H2, not passed on", "Timeline", "Not shared"] {
            assert!(preview.contains(words), "{words}: {preview}");
        }
        unit.does(&format!("{link}/accept"), &[]).await;
    }
    shillong.until(&paths::case(&case), |page| (page.matches("tag good\">Accepted").count() == 2).then_some(())).await;
    Three { shillong, guwahati, kathmandu, case, person }
}

async fn call_as(unit: &Unit, sign_in: &str, path: &str) -> Value {
    let token = unit.site.token(sign_in).await;
    unit.site.api(Method::GET, path, Some(&token), None).await.json()
}

async fn note(unit: &Unit, case: &str, text: &str) {
    let change = json!({"changes": [{"kind": "note", "fields": {"text": text}}]});
    call(unit, Method::POST, &format!("/cases/{case}/changes"), Some(change)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_contribute_is_shown_with_its_terms_refused_asked_for_and_passed_on() {
    let Three { shillong, guwahati, kathmandu, case, person } = three().await;
    let (page, who) = (paths::case(&case), paths::who(&case));
    // The form of the terms begins with those that hold, and keeps what was saved.
    let checked = |html: &str, name: &str| between(html, &format!("name=\"{name}\" value=\""), ">").to_owned();
    let terms = guwahati.page(&page).await;
    assert!(terms.contains("name=\"onward\" value=\"ask\" checked"), "{}", checked(&terms, "onward"));
    let mine = paths::case_step(&case, "contributed");
    guwahati.does(&mine, &[("handling", "H1"), ("onward", "ask"), ("days", "90")]).await;
    let terms = guwahati.page(&page).await;
    for kept in ["name=\"handling\" value=\"H1\" checked", "name=\"onward\" value=\"ask\" checked", "value=\"same\" checked"] {
        assert!(terms.contains(kept), "{kept}");
    }

    note(&guwahati, &case, "Canary of another girl").await;
    let today = shillong.shows(paths::today(), "Contributions that wait for your yes or no").await;
    assert!(today.contains(&format!("{page}#h-contributions")));
    let shown = shillong.shows(&page, "Canary of another girl").await;
    let card = between(&shown, "Contributions of other units", "</article>");
    for words in ["waits for your yes or no", "H1, not in court", "To be passed on only after asking", "destroyed here"] {
        assert!(card.contains(words), "{words}: {card}");
    }
    let entry = between(card, "id=\"c-", "\"").to_owned();
    let refuse = paths::contribution_step(&case, &entry, "refuse");
    shillong.is_refused(&refuse, &[("reason", " ")]).await;
    shillong.does(&refuse, &[("reason", "That is somebody else")]).await;
    let shown = shillong.page(&page).await;
    assert!(shown.contains("tag bad\">refused") && shown.contains("That is somebody else"), "{shown}");
    assert!(!shillong.page(paths::today()).await.contains("Contributions that wait"));
    let there = guwahati.shows(&page, "That is somebody else").await;
    assert!(there.contains("tag bad\">Refused"));

    // A second one counts, and goes on to Kathmandu only after a person at Guwahati has said yes.
    note(&guwahati, &case, "Canary seen at the depot").await;
    let entry = shillong
        .until(&page, |html| {
            html.contains("waits for your yes or no").then(|| between(html, "card new\" id=\"c-", "\"").to_owned())
        })
        .await;
    shillong.does(&paths::admit(&case, &entry), &[]).await;
    let shown = shillong.page(&page).await;
    assert!(shown.contains("Ask AHTU Guwahati to pass this on to Partner Kathmandu"), "{shown}");
    let to = kathmandu.id();
    shillong.does(&paths::contribution_step(&case, &entry, "ask"), &[("to", &to), ("why", "They trace the man")]).await;
    assert!(shillong.page(&page).await.contains("Not answered yet"));
    let today = guwahati.shows(paths::today(), "Messages that nobody here has read").await;
    let thread = between(between(&today, "id=\"h-m\"", "</ul>"), "href=\"", "\"").to_owned();
    assert!(guwahati.page(paths::inbox()).await.contains(" new</span>"));
    let said = guwahati.page(&thread).await;
    assert!(said.contains("Asks whether a contribution may be passed on to Partner Kathmandu"), "{said}");
    assert!(!guwahati.page(paths::today()).await.contains("Messages that nobody here has read"), "read is read");
    let asked = guwahati.page(&page).await;
    assert!(asked.contains("They trace the man") && asked.contains("Yes, pass it on"), "{asked}");
    assert!(!kathmandu.page(&page).await.contains("seen at the depot"));
    guwahati.does(&mine, &[("passing", &entry), ("to", &to), ("yes", "yes")]).await;
    kathmandu.shows(&page, "seen at the depot").await;
    let answered = shillong.shows(&page, "<strong>Yes</strong>").await;
    assert!(!answered.contains("Ask AHTU Guwahati to pass this on"));

    // A bad offer comes back with what was typed.
    let transfer = paths::case_step(&case, "transfer");
    let (basis, guwahati_id) = (format!("basis.{person}"), guwahati.id());
    let offer = |ground: &'static str| {
        [("step", "offer"), ("to", guwahati_id.as_str()), (basis.as_str(), ground), ("reason", "Her home is there")]
    };
    let back = shillong.is_refused(&transfer, &offer("")).await;
    for kept in
        [format!("value=\"{guwahati_id}\" selected"), "value=\"Her home is there\"".to_owned(), "There is a problem".to_owned()]
    {
        assert!(back.contains(&kept), "{kept}: {back}");
    }
    shillong.does(&transfer, &offer("law_enforcement")).await;
    guwahati.shows(&page, "Take the case over").await;
    // A hold takes it back, and keeps the case here until two persons end it.
    let officer = call_as(&shillong, OFFICER, "/me").await["account"].clone();
    call(&shillong, Method::PUT, &format!("/cases/{case}/team"), Some(json!({ "accounts": [officer] }))).await;
    let together = [("second", OFFICER), ("password", PASSWORD)];
    let hold = [("step", "hold"), ("reason", "An invented appeal"), ("days", "90")];
    shillong.does(&who, &[hold.as_slice(), &together].concat()).await;
    let held = shillong.page(&page).await;
    assert!(held.contains("Offer taken back from") && !held.contains("Hand the case over"), "{held}");
    assert!(shillong.page(&who).await.contains("neither deleted nor handed over"));
    guwahati.until(&page, |html| (!html.contains("Take the case over")).then_some(())).await;
    let refused = shillong.is_refused(&transfer, &offer("law_enforcement")).await;
    assert!(refused.contains("Two persons decided to hold this case"), "{refused}");
    let decisions = call(&shillong, Method::GET, &format!("/cases/{case}/decisions"), None).await;
    let release = [("step", "release"), ("decision", decisions[0]["id"].as_str().unwrap())];
    shillong.does(&who, &[release.as_slice(), &together].concat()).await;
    shillong.does(&transfer, &offer("law_enforcement")).await;
    guwahati.shows(&page, "Take the case over").await;
    guwahati.does(&transfer, &[("step", "accept")]).await;
    let shown = guwahati.shows(&who, "(this unit) owns the case").await;
    assert!(shown.contains("<strong>AHTU Shillong</strong> owned the case and keeps its whole copy"), "{shown}");
    let former = shillong.shows(&who, "Only its owner knows which other units have it now").await;
    assert!(former.contains("Given by this unit while it owned the case") && former.contains("Partner Kathmandu"), "{former}");
    let former = shillong.page(&page).await;
    assert!(
        former.contains("This unit keeps its whole copy") && !former.contains("No other unit was given this case"),
        "{former}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn several_receivers_are_shown_each_what_it_gets_with_terms_and_timeline() {
    let Three { shillong, guwahati, kathmandu, case, person } = three().await;
    // It may be passed on; who wrote it has it, and is not given it again.
    let terms = json!({ "handling": "H2", "onward": "allowed" });
    call(&guwahati, Method::PUT, &format!("/cases/{case}/contributed/terms"), Some(terms)).await;
    note(&guwahati, &case, "Canary for two").await;
    let entry = shillong
        .until(&paths::case(&case), |html| {
            html.contains("waits for your yes or no").then(|| between(html, "card new\" id=\"c-", "\"").to_owned())
        })
        .await;
    shillong.does(&paths::admit(&case, &entry), &[]).await;
    let (basis, reason) = (format!("basis.{person}"), format!("reason.{person}"));
    let (one, other) = (guwahati.id(), kathmandu.id());
    let form = [
        ("step", "check"),
        ("to", one.as_str()),
        ("to", other.as_str()),
        ("purpose", "investigation"),
        ("preset", "investigation"),
        (basis.as_str(), "law_enforcement"),
        (reason.as_str(), "FIR 12 of an invented year"),
        ("sections", "case"),
        ("sections", "identity"),
        ("sections", "notes"),
        ("classes", "S"),
        ("classes", "B"),
        ("classes", "I"),
        ("rights", "read"),
        ("handling", "H1"),
        ("onward", "none"),
        ("days", "30"),
        ("note", "Please call the desk first"),
    ];
    let reply = shillong.site.form(&shillong.browser, &paths::share(&case), &form).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let html = reply.text();
    let regions: Vec<&str> = html.split("aria-label=\"Exactly what ").skip(1).collect();
    assert_eq!(regions.len(), 2, "Kathmandu gets what Guwahati wrote: {html}");
    for region in &regions {
        for words in ["Please call the desk first", "FIR 12 of an invented year", "H1, not in court", "Timeline", "Phidari Syiem"]
        {
            assert!(region.contains(words), "{words}: {region}");
        }
    }
    assert!(!regions[0].contains("Canary for two") && regions[1].contains("Canary for two"));
    assert!(html.contains("id=\"h-case\"") && html.contains("id=\"g2-h-case\""));
}
