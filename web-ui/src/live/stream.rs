//! `GET /events`: one stream for one open page, from where the page was made, until its session ends.
//! It keeps no session alive.

use super::reach::hears;
use crate::security::{errors, session};
use crate::state::{AppState, Numbered};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use icmc_node::access::Actor;
use icmc_node::service::ServiceError;
use icmc_node::sessions::SessionKind;
use icmc_protocol::machine::Notice;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, broadcast};
use tokio::time::{Interval, MissedTickBehavior};

/// How often a silent stream shows that it lives, and looks whether its session does.
const BEAT: Duration = Duration::from_secs(15);

/// What a page was made with.
#[derive(Debug, Deserialize)]
pub struct Seen {
    after: Option<u64>,
}

/// `GET /events`.
pub async fn events(State(state): State<AppState>, Query(seen): Query<Seen>, headers: HeaderMap) -> Response {
    if session::current(&state, &headers, false).await.is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Some(token) = session::token(&state, &headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    let Ok(place) = state.live.0.streams.clone().try_acquire_owned() else {
        return errors::reply("", StatusCode::TOO_MANY_REQUESTS, "Too many pages are open.");
    };
    // A browser that lost the stream says where it was.
    let back = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let (missed, news) = state.live.after(back.or(seen.after));
    let waiting = missed
        .map_or_else(everything, |missed| missed.into_iter().map(|(number, notice)| News::of(Some(number), notice)).collect());
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let page = Page { state, token, waiting, news, beat, _place: place };
    let stream = stream::unfold(page, |mut page| async move {
        let event = page.next().await?;
        Some((Ok::<_, Infallible>(event), page))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(BEAT)).into_response()
}

/// One kind of each, for a page that has missed it knows not what.
fn everything() -> VecDeque<News> {
    ["alert", "inbox", "share", "case", "peers"].map(|kind| News { number: None, kind, notice: None }).into()
}

struct News {
    number: Option<u64>,
    kind: &'static str,
    notice: Option<Notice>,
}

impl News {
    const fn of(number: Option<u64>, notice: Notice) -> Self {
        let kind = match notice {
            // On the same page.
            Notice::Alert(_) | Notice::Comparison(_) => "alert",
            Notice::Inbox(_) => "inbox",
            Notice::Share(_) => "share",
            Notice::Case(_) => "case",
            Notice::Peers => "peers",
            Notice::Ending(_) => "ending",
        };
        Self { number, kind, notice: Some(notice) }
    }
}

#[derive(Serialize)]
struct Data {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    alerts: usize,
    inbox: usize,
}

/// One open page.
struct Page {
    state: AppState,
    token: SecretString,
    waiting: VecDeque<News>,
    news: broadcast::Receiver<Numbered>,
    beat: Interval,
    _place: OwnedSemaphorePermit,
}

impl Page {
    /// The next event for this person; none when the session is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let news = match self.waiting.pop_front() {
                Some(news) => news,
                None => tokio::select! {
                    _ = self.beat.tick() => {
                        self.actor().await?;
                        continue;
                    }
                    news = self.news.recv() => match news {
                        Ok((number, notice)) => News::of(Some(number), notice),
                        Err(broadcast::error::RecvError::Lagged(_)) => {
                            self.waiting = everything();
                            continue;
                        }
                        Err(broadcast::error::RecvError::Closed) => return None,
                    },
                },
            };
            let actor = self.actor().await?;
            match self.event(&actor, &news) {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(_) => return None,
            }
        }
    }

    async fn actor(&self) -> Option<Actor> {
        let found = self.state.service.actor(self.token.expose_secret(), SessionKind::Browser, false).await;
        found.ok().map(|(actor, _)| actor)
    }

    fn event(&self, actor: &Actor, news: &News) -> Result<Option<Event>, ServiceError> {
        let view = self.state.service.node.snapshot()?;
        if let Some(notice) = news.notice
            && !hears(&view, actor, notice)?
        {
            return Ok(None);
        }
        let counters = self.state.service.counters(actor)?;
        let id = match news.notice {
            Some(Notice::Alert(id)) => Some(id.to_string()),
            Some(Notice::Inbox(id) | Notice::Share(id) | Notice::Ending(id)) => Some(id.to_string()),
            Some(Notice::Case(id)) => Some(id.to_string()),
            Some(Notice::Comparison(_) | Notice::Peers) | None => None,
        };
        let data = Data { kind: news.kind, id, alerts: counters.alerts_new, inbox: counters.inbox_waiting };
        let event = Event::default().json_data(data).map_err(|_| ServiceError::Internal)?;
        Ok(Some(match news.number {
            Some(number) => event.id(number.to_string()),
            None => event,
        }))
    }
}
