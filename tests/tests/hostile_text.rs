//! Markup and scripts typed into every text, here and at a peer that shares them: all of it is shown as text.
//! Headers and refusals of the pages are tested in the package of the pages.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use icmc_tests::browser::{Driver, Options, Window};
use icmc_tests::units::{Federation, Key};
use icmc_tests::web::Web;
use reqwest::Method;
use serde_json::{Value, json};

/// What is typed. Each would set `icmcHacked`, break out of its element, or show up unescaped.
const PAYLOADS: [&str; 24] = [
    "<script>window.icmcHacked=1</script>",
    "\"><script>window.icmcHacked=1</script>",
    "'><script>window.icmcHacked=1</script>",
    "</title><script>window.icmcHacked=1</script>",
    "</textarea><script>window.icmcHacked=1</script>",
    "</option></select><img src=x onerror=window.icmcHacked=1>",
    "<img src=x onerror=window.icmcHacked=1>",
    "\" onfocus=window.icmcHacked=1 autofocus x=\"",
    "' onmouseover=window.icmcHacked=1 x='",
    "<svg onload=window.icmcHacked=1>",
    "<svg><script href=data:,window.icmcHacked=1 />",
    "<iframe srcdoc='<script>parent.icmcHacked=1</script>'></iframe>",
    "<a href=javascript:window.icmcHacked=1>x</a>",
    "<base href=https://example.invalid/>",
    "<meta http-equiv=refresh content=0;url=https://example.invalid/>",
    "<style>*{background:url(https://example.invalid/)}</style>",
    "<link rel=stylesheet href=https://example.invalid/>",
    "<form action=https://example.invalid/><button>x</button>",
    "<details open ontoggle=window.icmcHacked=1>",
    "<!--<img src=x onerror=window.icmcHacked=1>-->",
    "]]><img src=x onerror=window.icmcHacked=1>",
    "{{7*191}}${7*191}<%= 7*191 %>",
    "&lt;script&gt;window.icmcHacked=1&lt;/script&gt;",
    "<math><mtext><img src=x onerror=window.icmcHacked=1>",
];

/// Nothing that runs or loads from elsewhere, except the pages' own script and stylesheets.
const LOOK: &str = "if (window.icmcHacked) return 'a script ran';
    const own = (address) => new URL(address, location.href).origin === location.origin;
    for (const element of document.querySelectorAll('*')) {
        for (const attribute of element.attributes) if (attribute.name.startsWith('on')) return element.outerHTML.slice(0, 200);
        for (const name of ['src', 'href', 'action', 'formaction', 'srcdoc', 'data'])
            if (element.hasAttribute(name) && (name === 'srcdoc' || !own(element.getAttribute(name)))) return element.outerHTML.slice(0, 200);
        if (['SCRIPT', 'STYLE', 'IFRAME', 'OBJECT', 'BASE', 'SVG', 'MATH'].includes(element.tagName.toUpperCase())
            && !(element.tagName === 'SCRIPT' && element.getAttribute('src')?.startsWith('/static/'))) return element.outerHTML.slice(0, 200);
    }
    return '';";

#[tokio::test(flavor = "multi_thread")]
async fn what_people_and_peers_type_is_only_ever_text() {
    let federation = Federation::three().await.unwrap();
    type_everywhere(&federation).await.unwrap();
    let driver = Driver::start().await.unwrap();
    for (key, at_least) in [(Key::Guwahati, 20), (Key::Shillong, 20)] {
        let access = federation.unit(key).access();
        let mut web = Web::sign_in(&access, &access.nodal).await.unwrap();
        let pages = web.walk().await.unwrap();
        assert!(pages.len() >= at_least, "only {} pages were found", pages.len());
        assert!(pages.iter().any(|(_, html)| html.contains("icmcHacked")), "nothing of it is shown, so nothing was tried");
        for (path, html) in &pages {
            for payload in PAYLOADS.iter().filter(|payload| payload.contains('<')) {
                assert!(!html.contains(payload), "{path} holds {payload} as it was typed");
            }
        }
        let Some(driver) = &driver else { continue };
        let window = Window::signed_in(driver, &access, Options::default()).await.unwrap();
        for (path, _) in pages.iter().filter(|(_, html)| html.contains("icmcHacked")) {
            window.go(path).await.unwrap();
            let found = window.run(LOOK, Vec::new()).await.unwrap();
            assert_eq!(found, json!(""), "{path}");
        }
        // The look itself can fail.
        let planted = "document.body.insertAdjacentHTML('beforeend', '<p onclick=\"x()\">planted</p>'); ";
        let found = window.run(&format!("{planted}{LOOK}"), Vec::new()).await.unwrap();
        assert!(found.as_str().is_some_and(|found| found.contains("planted")), "{found}");
        window.close().await.unwrap();
    }
}

/// A case at Guwahati that is full of it, shared with Shillong, which answers in kind.
async fn type_everywhere(federation: &Federation) -> Result<()> {
    let guwahati = Api::sign_in(&federation.access().guwahati).await?;
    let shillong = Api::sign_in(&federation.access().shillong).await?;
    let case = guwahati.post("/cases", case()).await?["id"].as_str().context("no id")?.to_owned();
    shillong.post("/cases", self::case()).await?;
    let view = guwahati.get(&format!("/cases/{case}")).await?;
    let persons: Vec<Value> = view["people"]
        .as_array()
        .context("people")?
        .iter()
        .map(|person| json!({ "entity": person["id"], "basis": "law_enforcement", "reason": PAYLOADS[7] }))
        .collect();
    let request = json!({ "to": shillong.unit().await?, "persons": persons, "sections": ["case", "identity", "role", "route", "process", "notes"],
        "classes": ["S", "B", "I"], "items": [], "rights": "contribute", "purpose": "investigation", "handling": "H1",
        "onward": "none", "days": 7, "note": PAYLOADS[1] });
    let accepted = give(&guwahati, &shillong, &case, &request).await?;
    shillong.post(&format!("/inbox/{accepted}/accept"), json!({})).await?;
    let note = json!({ "changes": [{ "kind": "note", "fields": { "text": PAYLOADS[6] } }] });
    shillong.post(&format!("/cases/{case}/changes"), note).await?;
    until("the note at Guwahati", || async {
        Ok(guwahati.get(&format!("/cases/{case}")).await?["contributions"].to_string().contains("pending").then_some(()))
    })
    .await?;
    // One that is left in the inbox, and one that is declined with more of it.
    give(&guwahati, &shillong, &case, &request).await?;
    let declined = give(&guwahati, &shillong, &case, &request).await?;
    shillong.post(&format!("/inbox/{declined}/decline"), json!({ "reason": PAYLOADS[9] })).await?;
    until("the refusal at Guwahati", || async {
        Ok(guwahati.get(&format!("/cases/{case}/shares")).await?.to_string().contains("declined").then_some(()))
    })
    .await
}

async fn give(from: &Api, to: &Api, case: &str, request: &Value) -> Result<String> {
    let share = from.post(&format!("/cases/{case}/shares"), request.clone()).await?["id"].as_str().context("no id")?.to_owned();
    until("a share to arrive", || async {
        Ok(to.ask(Method::GET, &format!("/inbox/{share}"), None).await?.0.is_success().then_some(()))
    })
    .await?;
    ensure!(!share.is_empty(), "a share has an id");
    Ok(share)
}

fn case() -> Value {
    let person = |at: usize| {
        json!({ "ref": format!("p{at}"), "person": { "sex": "male", "birth": "1984", "father": PAYLOADS[at + 1], "mother": PAYLOADS[at + 2],
                "home_country": "IN", "home_state": "IN-AS", "home_district": "IN-AS-barpeta", "home_village": PAYLOADS[at + 3],
                "marks": PAYLOADS[at + 4] },
            "names": [{ "kind": "legal", "given": PAYLOADS[at], "family": PAYLOADS[at + 5], "full_native": PAYLOADS[at + 6] }],
            "roles": [{ "role": ["suspect"], "matching_basis": "law_enforcement", "matching_reason": PAYLOADS[at + 7], "modus": PAYLOADS[at + 8] }] })
    };
    let notes: Vec<Value> = PAYLOADS.iter().map(|payload| json!({ "text": payload })).collect();
    json!({
        "case": { "title": PAYLOADS[3], "kind": "suspected_trafficking", "priority": "high", "source_channel": "family",
            "legal_basis": "law_enforcement_duty", "summary": PAYLOADS[4] },
        "persons": (0..PAYLOADS.len() - 8).step_by(3).map(person).collect::<Vec<_>>(),
        "legs": [{ "person": "p0", "seq": 1, "kind": "source", "from_country": "IN", "from_village": PAYLOADS[5], "to_country": "IN" }],
        "stages": [{ "person": "p0", "stage": "R1", "state": "planned", "note": PAYLOADS[16] }],
        "notes": notes
    })
}
