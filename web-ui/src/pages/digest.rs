//! The alerts of one day, to be read or printed once a day: what was raised, what was done, what nobody has handled.
//! No names: a digest lies on desks. The alerts themselves are on their page.

use super::reply::{Reply, render};
use super::shell::Shell;
use super::words;
use crate::format;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
use icmc_node::service::ServiceError;
use icmc_node::service::model::AlertView;
use icmc_protocol::time::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// The day in an address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    day: String,
}

/// First and last moment of a day.
#[derive(Clone, Copy)]
struct Span {
    first: Timestamp,
    last: Timestamp,
}

impl Span {
    /// None if it is no day YYYY-MM-DD.
    fn of(iso: &str, zone: &TimeZone) -> Option<Self> {
        let last = format::day_end(iso, zone)?;
        // The day before ends one moment earlier; a day has 23 to 25 hours.
        let before = format::day_end(&day_before(iso)?, zone)?;
        Some(Self { first: before.plus(1), last })
    }

    fn holds(self, at: Timestamp) -> bool {
        self.first <= at && at <= self.last
    }
}

fn day_before(iso: &str) -> Option<String> {
    Some(iso.parse::<jiff::civil::Date>().ok()?.yesterday().ok()?.to_string())
}

fn day_after(iso: &str) -> Option<String> {
    Some(iso.parse::<jiff::civil::Date>().ok()?.tomorrow().ok()?.to_string())
}

/// What of all alerts belongs on the page of a day.
#[derive(Default)]
struct Digest {
    /// Raised on that day.
    raised: Vec<AlertView>,
    /// Raised before, and moved, ended, asked about or answered on that day.
    moved: Vec<AlertView>,
    /// Raised before, and opened by nobody to this moment.
    waiting: Vec<AlertView>,
}

impl Digest {
    fn of(alerts: Vec<AlertView>, day: Span) -> Self {
        let mut digest = Self::default();
        for alert in alerts.into_iter().filter(|alert| alert.raised_at <= day.last) {
            let moved = [alert.at, alert.contact_at].into_iter().flatten().any(|at| day.holds(at));
            match () {
                () if day.holds(alert.raised_at) => digest.raised.push(alert),
                () if moved => digest.moved.push(alert),
                () if alert.state == "new" => digest.waiting.push(alert),
                () => {}
            }
        }
        digest
    }
}

#[derive(Template)]
#[template(path = "pages/digest.html")]
struct DigestPage {
    shell: Shell,
    day: String,
    before: Option<String>,
    /// None on the present day: there is nothing of tomorrow.
    after: Option<String>,
    digest: Digest,
    incomplete: Vec<String>,
}

/// `GET /alerts/day?day=YYYY-MM-DD`; today without one.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(asked): Query<Asked>) -> Reply {
    let shell = Shell::of(&state, &me, "Alerts of a day", "alerts");
    let page = gather(&state, &me, &shell, asked.day.trim()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

async fn gather(state: &AppState, me: &SignedIn, shell: &Shell, asked: &str) -> Result<DigestPage, ServiceError> {
    let today = format::iso_day(shell.now, &shell.zone);
    let iso = if asked.is_empty() { today.clone() } else { asked.to_owned() };
    let span = Span::of(&iso, &shell.zone).filter(|span| span.first <= shell.now);
    let span = span.ok_or_else(|| ServiceError::request("day", "a day like 2026-11-22 that has begun"))?;
    Ok(DigestPage {
        shell: shell.clone(),
        day: format::date(&iso),
        before: day_before(&iso),
        after: day_after(&iso).filter(|_| iso != today),
        digest: Digest::of(state.service.alerts(&me.actor).await?, span),
        incomplete: state.service.incomplete()?,
    })
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let one = super::samples::alert(text);
    DigestPage {
        shell,
        day: "22 Nov 2026".to_owned(),
        before: Some("2026-11-21".to_owned()),
        after: Some("2026-11-23".to_owned()),
        digest: Digest { raised: vec![one.clone()], moved: vec![one.clone()], waiting: vec![one] },
        incomplete: vec![text.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use icmc_protocol::time::HOUR;

    #[test]
    fn an_alert_stands_once_on_each_day_that_it_belongs_to() {
        let zone = format::zone("Asia/Kolkata");
        let day = |iso| Span::of(iso, &zone).unwrap();
        let noon = day("2026-11-22").first.plus(12 * HOUR);
        assert_eq!(day("2026-11-22").first, day("2026-11-21").last.plus(1));
        let raised = AlertView { raised_at: noon, state: "new", at: None, contact_at: None, ..super::super::samples::alert("x") };
        let taken = AlertView { state: "in_hand", at: Some(noon.plus(48 * HOUR)), ..raised.clone() };
        let counts = |iso, alert: &AlertView| {
            let digest = Digest::of(vec![alert.clone()], day(iso));
            [digest.raised.len(), digest.moved.len(), digest.waiting.len()]
        };
        for (iso, of_raised, of_taken) in [
            ("2026-11-21", [0, 0, 0], [0, 0, 0]),
            ("2026-11-22", [1, 0, 0], [1, 0, 0]),
            ("2026-11-23", [0, 0, 1], [0, 0, 0]),
            ("2026-11-24", [0, 0, 1], [0, 1, 0]),
            ("2026-11-25", [0, 0, 1], [0, 0, 0]),
        ] {
            assert_eq!(counts(iso, &raised), of_raised, "{iso}");
            assert_eq!(counts(iso, &taken), of_taken, "{iso}");
        }
        assert!(Span::of("2026-13-01", &zone).is_none() && Span::of("", &zone).is_none());
    }
}
