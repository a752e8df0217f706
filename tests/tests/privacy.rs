//! Planted names, phones and papers in four scripts, through real work of three units; then a search of everything that others could see.
//! They must be in no log, event, address, audit, beacon, raw file, nor anywhere at the unit that they were not shared with.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use icmc_protocol::machine::Table;
use icmc_tests::needles::{Found, Needles};
use icmc_tests::units::{Federation, Key, Opened};
use icmc_tests::web::{Stream, Web};
use icmc_web_ui::paths;
use serde_json::{Value, json};

/// All invented, and unlike anything else that is in a node.
const PLANTED: [&str; 20] = [
    "Zilquorvexa",
    "Tharnibblewick",
    "Ombrazzling",
    "Plinvokra village",
    "ज़िल्क्वोरवेक्सा",
    "थर्निब्बलविक",
    "জিলকোর্ভেক্সা",
    "থার্নিবলউইক",
    "ဇီးလ်ကွာဗက်ဆာ",
    "သာနစ်ဘယ်ဝစ်",
    "9431087265",
    "9812406735",
    "QZ7391846",
    "QX5820417",
    "a wimpled zorgnat of evidence",
    "Vexillated matter of Quorn",
    "Quibblefenwick Lane",
    "a skrimbled stall beside it",
    "Which glombard of the two",
    "Snorvelled findings at the door",
];

#[tokio::test(flavor = "multi_thread")]
async fn planted_names_are_nowhere_that_others_could_look() {
    let needles = Needles::new(&PLANTED).unwrap();
    let mut federation = Federation::three().await.unwrap();
    let mut webs = Vec::new();
    let mut streams = Vec::new();
    for access in [federation.access().shillong, federation.access().guwahati, federation.access().kathmandu] {
        let mut web = Web::sign_in(&access, &access.nodal).await.unwrap();
        streams.push(Stream::open(&mut web).await.unwrap());
        webs.push(web);
    }
    work(&federation).await.unwrap();
    let mut found = Vec::new();
    for (web, name) in webs.iter_mut().zip(["Shillong", "Guwahati", "Kathmandu"]) {
        let seen = look_around(web, &needles, name != "Kathmandu").await.unwrap();
        assert_eq!(seen, name != "Kathmandu", "whether the pages of {name} show what was planted");
        for address in &web.addresses {
            found.extend(needles.search(&format!("address at {name}"), address.as_bytes()));
        }
    }
    found.extend(audits(&federation, &needles).await.unwrap());

    for key in Key::ALL {
        federation.unit_mut(key).kill().await.unwrap();
    }
    for (stream, name) in streams.into_iter().zip(["Shillong", "Guwahati", "Kathmandu"]) {
        let bytes = stream.until_its_end().await;
        assert!(name == "Kathmandu" || bytes.windows(5).any(|part| part == b"alert"), "the stream of {name} told of an alert");
        found.extend(needles.search(&format!("events of {name}"), &bytes));
    }
    for key in Key::ALL {
        let unit = federation.unit(key);
        let said = unit.output.bytes();
        assert!(said.len() > 1000, "{} logged next to nothing, though everything was asked for", unit.name);
        found.extend(needles.search(&format!("output of {}", unit.name), &said));
    }
    found.extend(needles.search_files(federation.root()).unwrap());
    found.extend(stores(&federation, &needles).unwrap());
    assert!(found.is_empty(), "{} finds, the first: {:#?}", found.len(), &found[..found.len().min(10)]);
}

/// The search itself: what is written in a file in the clear is found there.
#[test]
fn the_search_finds_what_is_there() {
    let needles = Needles::new(&PLANTED).unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(needles.search_files(folder.path()).unwrap(), []);
    for (number, planted) in PLANTED.iter().enumerate() {
        let mut bytes = vec![0xa5; 10_000 + number];
        bytes.extend_from_slice(planted.as_bytes());
        bytes.extend_from_slice(&[0x5a; 10_000]);
        std::fs::write(folder.path().join(number.to_string()), bytes).unwrap();
    }
    assert_eq!(needles.search_files(folder.path()).unwrap().len(), PLANTED.len());
}

/// Two cases about the same people, alerts, a question, a share, an update, a note, searches.
async fn work(federation: &Federation) -> Result<()> {
    let shillong = Api::sign_in(&federation.access().shillong).await?;
    let guwahati = Api::sign_in(&federation.access().guwahati).await?;
    let case = guwahati.post("/cases", case(0)).await?["id"].as_str().context("no id")?.to_owned();
    shillong.post("/cases", self::case(1)).await?;
    let alert = until("an alert at Shillong", || async {
        Ok(shillong.get("/alerts").await?["alerts"][0]["id"].as_str().map(str::to_owned))
    })
    .await?;
    shillong.post(&format!("/alerts/{alert}/ask"), json!({})).await?;
    for text in [PLANTED[0], PLANTED[4], PLANTED[6], PLANTED[10], PLANTED[12]] {
        let hits = shillong.post("/cases/search", json!({ "text": text })).await?;
        ensure!(hits[0]["case"]["id"].is_string(), "{text} is not found");
    }
    let people = guwahati.get(&format!("/cases/{case}")).await?["people"].clone();
    let persons: Vec<Value> = people
        .as_array()
        .context("people")?
        .iter()
        .map(|person| json!({ "entity": person["id"], "basis": "law_enforcement", "reason": PLANTED[14] }))
        .collect();
    let request = json!({ "to": shillong.unit().await?, "persons": persons, "sections": ["case", "identity", "role", "notes"],
        "classes": ["S", "B", "I"], "items": [], "rights": "contribute", "purpose": "investigation", "handling": "H1",
        "onward": "none", "days": 7, "note": PLANTED[15] });
    let share = guwahati.post(&format!("/cases/{case}/shares"), request).await?["id"].as_str().context("no id")?.to_owned();
    until("the share at Shillong", || async {
        Ok(shillong.ask(reqwest::Method::GET, &format!("/inbox/{share}"), None).await?.0.is_success().then_some(()))
    })
    .await?;
    shillong.post(&format!("/inbox/{share}/accept"), json!({})).await?;
    let note = json!({ "changes": [{ "kind": "note", "fields": { "text": PLANTED[14] } }] });
    shillong.post(&format!("/cases/{case}/changes"), note).await?;
    until("the note at Guwahati", || async {
        Ok(guwahati.get(&format!("/cases/{case}")).await?["contributions"].to_string().contains("pending").then_some(()))
    })
    .await?;
    checked(federation, &case, &people[0]["id"]).await?;
    // What is refused must not be said either.
    let wrong = json!({ "case": { "title": PLANTED[15], "kind": PLANTED[0] }, "persons": [] });
    ensure!(shillong.ask(reqwest::Method::POST, "/cases", Some(wrong)).await?.0.is_client_error(), "a wrong kind was taken");
    Ok(())
}

/// Guwahati asks Shillong to check an address; words about it, an answer, and the answer in the case: all by the pages' forms.
async fn checked(federation: &Federation, case: &str, person: &Value) -> Result<()> {
    let (here, there) = (federation.access().guwahati, federation.access().shillong);
    let mut guwahati = Web::sign_in(&here, &here.nodal).await?;
    let mut shillong = Web::sign_in(&there, &there.nodal).await?;
    let unit = Api::sign_in(&there).await?.unit().await?;
    let ask = paths::ask(case, person.as_str().context("no person")?);
    let fields = [
        ("name", PLANTED[0]),
        ("address", PLANTED[16]),
        ("checks", "address"),
        ("checks", "family"),
        ("question", PLANTED[17]),
        ("basis", "law_enforcement"),
        ("reason", PLANTED[14]),
        ("purpose", "verification"),
        ("handling", "H2"),
        ("days", "7"),
    ];
    let form = guwahati.page(&ask).await?;
    let nobody = guwahati.post(&ask, &form, &fields).await?;
    ensure!(nobody.status().as_u16() == 422, "a request to nobody was answered with {}", nobody.status());
    let with_unit: Vec<_> = fields.into_iter().chain([("to", unit.as_str())]).collect();
    let sent = guwahati.post(&ask, &form, &with_unit).await?;
    let address = sent.headers().get("location").context("the request was not sent")?.to_str()?.to_owned();
    let request = address.split('?').next().unwrap_or_default().to_owned();
    let id = request.rsplit('/').next().unwrap_or_default().to_owned();

    let received = Api::sign_in(&there).await?;
    until("the request at Shillong", || async {
        Ok(received.ask(reqwest::Method::GET, &request, None).await?.0.is_success().then_some(()))
    })
    .await?;
    let page = shillong.page(&request).await?;
    ensure!(page.contains(PLANTED[16]) && page.contains(PLANTED[17]), "the request does not show at Shillong");
    shillong.post(&paths::request_step(&id, "take"), &page, &[]).await?;
    shillong.post(&paths::messages(&id), &page, &[("text", PLANTED[18]), ("on", "request")]).await?;
    let answer = paths::request_step(&id, "answer");
    let form = shillong.page(&answer).await?;
    let findings = ("f.findings", PLANTED[19]);
    let wrong = shillong.post(&answer, &form, &[findings, ("f.recommendation", PLANTED[17])]).await?;
    ensure!(wrong.status().as_u16() == 422, "a wrong answer was answered with {}", wrong.status());
    let right = [findings, ("f.address_confirmed", "partly"), ("f.recommendation", "further_inquiry")];
    ensure!(shillong.post(&answer, &form, &right).await?.status().is_redirection(), "the answer was not signed");

    let made = Api::sign_in(&here).await?;
    until("the answer and the message at Guwahati", || async {
        let page = made.get(&request).await?;
        Ok((page["request"]["state"] == "answered" && page["messages"][0]["text"] == PLANTED[18]).then_some(()))
    })
    .await?;
    let page = guwahati.page(&request).await?;
    ensure!(page.contains(PLANTED[19]) && page.contains(PLANTED[18]), "the answer does not show at Guwahati");
    let put = guwahati.post(&paths::request_step(&id, "put"), &page, &[]).await?;
    ensure!(put.status().is_redirection(), "the answer was not put into the case: {}", put.status());
    let inquiries = made.get(&format!("/cases/{case}")).await?["inquiries"].to_string();
    ensure!(inquiries.contains(PLANTED[19]) && inquiries.contains("AHTU Shillong"), "the answer is not in the case");
    let needles = Needles::new(&PLANTED)?;
    for address in guwahati.addresses.iter().chain(&shillong.addresses) {
        let found = needles.search("addresses", address.as_bytes());
        ensure!(found.is_empty(), "an address told something: {found:?}");
    }
    Ok(())
}

fn case(hand: usize) -> Value {
    let person = |given: &str, family: &str, script: &str, phone: &str, paper: &str| {
        json!({ "ref": script, "person": { "sex": "male", "birth": "1984", "father": PLANTED[2], "citizenship": ["IN"], "home_country": "IN",
                "home_state": "IN-AS", "home_district": "IN-AS-barpeta", "home_village": PLANTED[3] },
            "names": [{ "kind": "legal", "given": given, "family": family, "script": script }],
            "phones": [{ "number": phone }], "identifiers": [{ "kind": "passport", "number": paper, "country": "IN" }],
            "roles": [{ "role": ["suspect"], "matching_basis": "law_enforcement", "matching_reason": PLANTED[14] }] })
    };
    json!({
        "case": { "title": PLANTED[15], "kind": "suspected_trafficking", "priority": "high", "source_channel": "family",
            "legal_basis": "law_enforcement_duty", "summary": PLANTED[14] },
        "persons": [
            person(PLANTED[0], PLANTED[1], "Latn", &format!("+91 {}", PLANTED[10]), PLANTED[12]),
            person(PLANTED[4], PLANTED[5], "Deva", &format!("+91{}", PLANTED[11]), PLANTED[13]),
            person(PLANTED[6], PLANTED[7], "Beng", &format!("+91 94310872{}0", 70 + hand), &format!("QZ12345{}7", hand)),
            person(PLANTED[8], PLANTED[9], "Mymr", &format!("+91 94310873{}0", 70 + hand), &format!("QZ22345{}7", hand)),
        ],
        "notes": [{ "text": PLANTED[14] }]
    })
}

/// Searches by the form, then opens every page. Whether any page showed something planted.
async fn look_around(web: &mut Web, needles: &Needles, search: bool) -> Result<bool> {
    if search {
        for text in [PLANTED[0], PLANTED[8], PLANTED[10]] {
            let form = web.page(paths::search()).await?;
            let answer = web.post(paths::search(), &form, &[("text", text)]).await?;
            ensure!(
                answer.status().is_redirection() || answer.status().is_success(),
                "the search form answered {}",
                answer.status()
            );
            let to = answer.headers().get("location").map(|to| to.to_str().map(str::to_owned)).transpose()?;
            if let Some(to) = to {
                web.page(&to).await?;
            }
        }
    }
    let pages = web.walk().await?;
    ensure!(pages.len() > 10, "only {} pages were found", pages.len());
    Ok(pages.iter().any(|(path, html)| !needles.search(path, html.as_bytes()).is_empty()))
}

/// Every page of the audit of each unit, as its readers see it.
async fn audits(federation: &Federation, needles: &Needles) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for key in Key::ALL {
        let unit = federation.unit(key);
        let admin = Api::sign_in_as(&unit.access(), &unit.administrator()).await?;
        for page in 1.. {
            let entries = admin.get(&format!("/audit?page={page}")).await?;
            found.extend(needles.search(&format!("audit of {}", unit.name), entries.to_string().as_bytes()));
            if entries["pages"].as_u64().context("no pages")? <= page {
                break;
            }
        }
    }
    Ok(found)
}

/// Beacons and audit rows of every unit, and all that the third unit has, as its own node reads them.
fn stores(federation: &Federation, needles: &Needles) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for key in Key::ALL {
        let unit = federation.unit(key);
        let rows = Opened::of(unit)?.rows()?;
        let beacons = rows.iter().filter(|row| row.table == Table::BEACONS.0).count();
        ensure!(beacons > 0, "{} has no beacon", unit.name);
        let open_to_all = [Table::BEACONS.0, Table::BEACON_HEADS.0, icmc_node::store::tables::AUDIT.0];
        let mut own = 0;
        for row in &rows {
            let hits = [needles.search("key", &row.key), needles.search("value", &row.value)].concat();
            own += hits.len();
            if key == Key::Kathmandu || open_to_all.contains(&row.table) {
                let place = format!("table {} of {}", row.table, unit.name);
                found.extend(hits.into_iter().map(|hit| Found { place: place.clone(), ..hit }));
            }
            found.extend(needles.search(&format!("a key in {} of {}", row.table, unit.name), &row.key));
        }
        ensure!(key == Key::Kathmandu || own > 0, "{} does not hold what was planted, so nothing was tried", unit.name);
    }
    Ok(found)
}
