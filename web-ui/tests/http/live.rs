//! The stream of live updates: who hears what, where it goes on, when it ends.
//! That pages refresh by it is a matter for a browser.

use crate::site::{ADMIN, Browser, HOST, NODAL, OFFICER, OTHER, Site, sample_case};
use axum::body::{Body, BodyDataStream};
use axum::http::{Method, Request, StatusCode, header};
use futures::StreamExt as _;
use icmc_node::sessions::{IDLE, SessionKind};
use icmc_web_ui::paths;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A stream as a browser reads it.
struct Stream {
    body: BodyDataStream,
    text: String,
}

struct Event {
    id: Option<u64>,
    data: Value,
}

impl Stream {
    async fn open(site: &Site, browser: &Browser, query: &str, last: Option<u64>) -> Self {
        let mut request = Request::get(format!("{}{query}", paths::events()))
            .header(header::HOST, HOST)
            .header(header::COOKIE, &browser.cookie);
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING), "packing would hold events back");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event; none when the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let of = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                if let Some(data) = of("data:") {
                    let id = of("id:").map(|id| id.parse().unwrap());
                    return Some(Event { id, data: serde_json::from_str(data).unwrap() });
                }
            }
            self.text.push_str(std::str::from_utf8(&self.body.next().await?.unwrap()).unwrap());
        }
    }

    async fn case(&mut self) -> Event {
        loop {
            let event = self.next().await.unwrap();
            if event.data["kind"] == "case" {
                return event;
            }
        }
    }
}

async fn note(site: &Site, token: &str, case: &str) {
    let body = json!({"changes": [{"kind": "note", "fields": {"text": "Seen at Paltan Bazar"}}]});
    let reply = site.api(Method::POST, &format!("/cases/{case}/changes"), Some(token), Some(&body)).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
}

#[tokio::test]
async fn a_change_is_heard_with_id_and_counts_and_nothing_else() {
    let site = Site::new().await;
    let (browser, token) = (site.browser(NODAL).await, site.token(OFFICER).await);
    let mut stream = Stream::open(&site, &browser, "", None).await;
    let case = site.case(&token).await;
    let event = stream.case().await;
    assert_eq!(event.data, json!({"kind": "case", "id": case, "alerts": 0, "inbox": 0}));
    assert!(event.id.is_some());
}

#[tokio::test]
async fn whoever_may_not_see_a_case_does_not_hear_of_it() {
    let site = Site::new().await;
    let (officer, other) = (site.token(OFFICER).await, site.token(OTHER).await);
    let mut others = Stream::open(&site, &site.browser(OTHER).await, "", None).await;
    let mut admins = Stream::open(&site, &site.browser(ADMIN).await, "", None).await;
    let hidden = site.case(&officer).await;
    let own = site.case(&other).await;
    assert_eq!(others.case().await.data["id"], own, "the first that this person hears of");
    // The end of the session ends the wait for what must not come.
    site.clock.advance(IDLE);
    let token = site.token(OFFICER).await;
    site.case(&token).await;
    while let Some(event) = admins.next().await {
        assert_ne!(event.data["kind"], "case");
        assert_ne!(event.data["id"], hidden.as_str());
    }
}

#[tokio::test]
async fn a_page_misses_nothing_between_its_making_and_its_stream() {
    let site = Site::new().await;
    let (browser, token) = (site.browser(NODAL).await, site.token(NODAL).await);
    let mut first = Stream::open(&site, &browser, "", None).await;
    let case = site.case(&token).await;
    let entered = first.case().await.id.unwrap();
    note(&site, &token, &case).await;
    let noted = first.case().await.id.unwrap();
    assert!(noted > entered);

    let mut made_before = Stream::open(&site, &browser, &format!("?after={entered}"), None).await;
    assert_eq!(made_before.case().await.id, Some(noted));
    let mut came_back = Stream::open(&site, &browser, "?after=1", Some(entered)).await;
    assert_eq!(came_back.case().await.id, Some(noted), "where it was counts more than what the page was made with");
    let mut long_gone = Stream::open(&site, &browser, "", Some(1)).await;
    let kinds: Vec<Value> =
        vec![long_gone.next().await.unwrap().data["kind"].clone(), long_gone.next().await.unwrap().data["kind"].clone()];
    assert_eq!(kinds, ["alert", "inbox"], "everything is to be looked at anew");
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_keeps_none_alive() {
    let site = Site::new().await;
    let (browser, token) = (site.browser(NODAL).await, site.token(NODAL).await);
    let case = site.case(&token).await;
    let mut stream = Stream::open(&site, &browser, "", None).await;
    site.clock.advance(IDLE / 2);
    note(&site, &token, &case).await;
    assert_eq!(stream.case().await.data["id"], case);
    site.clock.advance(IDLE / 2);
    let body = serde_json::to_value(sample_case()).unwrap();
    let token = site.token(NODAL).await;
    assert_eq!(site.api(Method::POST, "/cases", Some(&token), Some(&body)).await.status, StatusCode::CREATED);
    assert!(stream.next().await.is_none(), "the event in between did not count as use");
    assert!(site.service.actor(&browser.token, SessionKind::Browser, false).await.is_err());
}
