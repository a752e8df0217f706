//! The story with three real processes: real stores, real TCP, real commands; a unit is switched off by ending its process.
//! Then what only an attacker does: bytes on the wire under a member's own key.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, Report, play, until};
use icmc_node::clock::{Clock as _, SystemClock, SystemRng};
use icmc_protocol::crypto::{NodeSecret, Signed};
use icmc_protocol::envelope::{Answer, Body, Kind, Outcome, Sealed};
use icmc_protocol::federation::{charter, own, prekey};
use icmc_protocol::ids::{FederationId, UnitId};
use icmc_protocol::time::Timestamp;
use icmc_protocol::wire;
use icmc_tests::impostor::{Impostor, waiting};
use icmc_tests::units::{Federation, Key, Opened, Unit};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_tell_the_story() {
    let mut federation = Federation::three().await.unwrap();
    let mut report = Report::new(Box::new(std::io::stderr()));
    let units = federation.access();
    play(&units, &mut federation, &mut report).await.unwrap();
    assert!(report.failed.is_empty() && report.held.len() > 20, "{} steps held", report.held.len());
    for key in Key::ALL {
        federation.unit_mut(key).stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shared_before_the_words_are_compared() {
    let federation = Federation::joined().await.unwrap();
    let guwahati = Api::sign_in(&federation.access().guwahati).await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    let case = new_case(&guwahati).await.unwrap();
    let request = share_request(&shillong.unit().await.unwrap());
    for path in ["shares", "shares/preview"] {
        let (status, _) = guwahati.ask(Method::POST, &format!("/cases/{case}/{path}"), Some(request.clone())).await.unwrap();
        assert!(status.is_client_error(), "{path}: {status}");
    }
    assert_eq!(guwahati.get(&format!("/cases/{case}/shares")).await.unwrap(), json!([]));

    federation.confirm_all().await.unwrap();
    guwahati.post(&format!("/cases/{case}/shares"), request).await.unwrap();
    until("the share in Shillong's inbox", || inbox_of(&shillong, 1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_replayed_envelopes_change_nothing() {
    let mut federation = Federation::three().await.unwrap();
    let kathmandu = Api::sign_in(&federation.access().kathmandu).await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    let to = shillong.unit().await.unwrap();

    // A genuine share that waits at Kathmandu while Shillong is off: taken out of the store, it is a captured envelope.
    federation.unit_mut(Key::Shillong).stop().await.unwrap();
    let case = new_case(&kathmandu).await.unwrap();
    kathmandu.post(&format!("/cases/{case}/shares"), share_request(&to)).await.unwrap();
    federation.unit_mut(Key::Kathmandu).stop().await.unwrap();
    let captured = waiting(federation.unit(Key::Kathmandu), to.parse().unwrap()).unwrap();
    assert!(!captured.is_empty());

    federation.unit_mut(Key::Shillong).start().await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    let port = federation.unit(Key::Shillong).net;
    let eve = Impostor::of(federation.unit(Key::Kathmandu), to.parse().unwrap(), port).await.unwrap();
    let before = state(&shillong).await.unwrap();

    let third: UnitId = Api::sign_in(&federation.access().guwahati).await.unwrap().unit().await.unwrap().parse().unwrap();
    let forged = forgeries(federation.unit(Key::Kathmandu), to.parse().unwrap(), third, &captured[0]).unwrap();
    let refused = incidents(&federation).await.unwrap();
    for (what, bytes) in forged {
        let answer = eve.envelope(bytes).await.unwrap();
        assert_eq!(wire::decode::<Answer>(&answer, 64 * 1024).unwrap(), Answer::Failed, "{what}");
        assert_eq!(state(&shillong).await.unwrap(), before, "{what} changed something");
    }
    // The same reason is told once, and then at ten times, a hundred times …
    let told = incidents(&federation).await.unwrap() - refused;
    assert!(told >= 5, "only {told} reasons are in the audit");

    let mut first = Vec::new();
    for envelope in &captured {
        first.push(eve.envelope(envelope.clone()).await.unwrap());
    }
    until("the share in Shillong's inbox", || inbox_of(&shillong, 1)).await.unwrap();
    let taken = state(&shillong).await.unwrap();
    for (envelope, answer) in captured.iter().zip(&first) {
        assert_eq!(&eve.envelope(envelope.clone()).await.unwrap(), answer, "the same acknowledgement again");
    }
    assert_eq!(state(&shillong).await.unwrap(), taken, "a replay changed something");
    eve.leave().await;

    // Kathmandu itself comes back, sends what it never saw acknowledged, and the share is still there once.
    federation.unit_mut(Key::Kathmandu).start().await.unwrap();
    let kathmandu = Api::sign_in(&federation.access().kathmandu).await.unwrap();
    until("the share to be delivered", || async {
        let shares = kathmandu.get(&format!("/cases/{case}/shares")).await?;
        Ok((shares[0]["state"] == "delivered").then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(state(&shillong).await.unwrap(), taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_from_a_unit_whose_words_nobody_compared_is_refused() {
    let mut federation = Federation::joined().await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    let to: UnitId = shillong.unit().await.unwrap().parse().unwrap();
    federation.unit_mut(Key::Kathmandu).stop().await.unwrap();
    let unit = federation.unit(Key::Kathmandu);
    let (secret, body) = genuine(unit, to).unwrap();
    let envelope = sealed(unit, to, &Body { kind: Kind::Share, ..body }, &secret).unwrap();
    let eve = Impostor::of(unit, to, federation.unit(Key::Shillong).net).await.unwrap();
    let before = (incidents(&federation).await.unwrap(), state(&shillong).await.unwrap());
    let answer = eve.envelope(envelope).await.unwrap();
    let Answer::Ack(ack) = wire::decode::<Answer>(&answer, 64 * 1024).unwrap() else { panic!("no acknowledgement") };
    assert_eq!(ack.stored().unwrap().outcome, Outcome::Refused);
    assert!(incidents(&federation).await.unwrap() > before.0, "it is not in the audit");
    assert_eq!(state(&shillong).await.unwrap(), before.1);
    eve.leave().await;
}

/// The key of a stopped unit, and the inside of an envelope as its node would write it.
fn genuine(unit: &Unit, to: UnitId) -> Result<(NodeSecret, Body)> {
    let opened = Opened::of(unit)?;
    let view = opened.snapshot()?;
    let own = own::load(&view)?;
    let charter = charter::current(&view)?.context("no charter")?;
    let body = Body {
        federation: charter.federation,
        charter_epoch: charter.epoch,
        from: own.unit,
        to,
        pair_seq: 1000,
        created: SystemClock.now(),
        not_after: None,
        kind: Kind::Void,
        payload: Vec::new(),
    };
    Ok((own.key(), body))
}

/// Signed, and sealed to the receiver's own prekey whatever the inside says.
fn sealed(unit: &Unit, to: UnitId, body: &Body, secret: &NodeSecret) -> Result<Vec<u8>> {
    let opened = Opened::of(unit)?;
    let key = prekey::newest(&opened.snapshot()?, to)?.context("no prekey")?;
    Ok(Sealed::seal(Signed::sign(body, secret).as_bytes(), key.number, &key.key, &mut SystemRng)?)
}

/// Envelopes that are wrong in one way each.
fn forgeries(unit: &Unit, to: UnitId, third: UnitId, captured: &[u8]) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let (own, body) = genuine(unit, to)?;
    let stranger = NodeSecret::from_seed(&[7; 32]);
    let flipped = |at: usize| {
        let mut bytes = captured.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    let signed = |body: Body| sealed(unit, to, &body, &own);
    Ok(vec![
        ("random bytes", (0..2000_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()),
        ("nothing", Vec::new()),
        ("a bit flipped in the middle", flipped(captured.len() / 2)),
        ("a bit flipped at the end", flipped(captured.len() - 1)),
        ("cut short", captured[..captured.len() - 1].to_vec()),
        ("signed by a stranger", sealed(unit, to, &body, &stranger)?),
        ("in the name of the third unit", signed(Body { from: third, ..body.clone() })?),
        ("of another federation", signed(Body { federation: FederationId([9; 32]), ..body.clone() })?),
        ("from the future", signed(Body { created: Timestamp(body.created.0 + 3_600_000), ..body.clone() })?),
        ("with a number far ahead", signed(Body { pair_seq: u64::MAX, ..body.clone() })?),
        ("passed on from the third unit", signed(Body { to: third, ..body })?),
    ])
}

async fn new_case(api: &Api) -> Result<String> {
    let case = json!({ "case": { "title": "An invented case", "kind": "suspected_trafficking", "priority": "low",
        "source_channel": "family", "legal_basis": "law_enforcement_duty" }, "persons": [] });
    api.post("/cases", case).await?["id"].as_str().map(str::to_owned).context("no id")
}

fn share_request(to: &str) -> Value {
    json!({ "to": to, "persons": [], "sections": ["case"], "classes": ["S", "B"], "items": [], "rights": "read",
        "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": "" })
}

async fn inbox_of(api: &Api, expected: usize) -> Result<Option<()>> {
    let inbox = api.get("/inbox").await?;
    let waiting = inbox.as_array().context("a list")?.iter().filter(|item| item["state"] != "arriving").count();
    ensure!(waiting <= expected, "{waiting} are in the inbox");
    Ok((waiting == expected).then_some(()))
}

/// All that a forged or replayed envelope could have touched.
async fn state(api: &Api) -> Result<Value> {
    let alerts = api.get("/alerts").await?["alerts"].take();
    Ok(json!([api.get("/cases").await?, api.get("/inbox").await?, alerts, api.get("/shares").await?]))
}

/// How many incidents Shillong's audit holds.
async fn incidents(federation: &Federation) -> Result<u64> {
    let unit = federation.unit(Key::Shillong);
    let admin = Api::sign_in_as(&unit.access(), &unit.administrator()).await?;
    admin.get("/audit?action=incident").await?["total"].as_u64().context("no total")
}
