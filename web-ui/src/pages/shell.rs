//! The frame of every page: unit, colour, who is signed in, navigation, counts, notices, problems.
//! Not the content, and no decision: what is offered here is asked of the service again when it is done.

use crate::format;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::{AppState, WebConfig};
use icmc_node::accounts::Role;
use icmc_protocol::time::Timestamp;
use jiff::tz::TimeZone;

/// The colours that a unit can have, as classes of the stylesheet, and their red, green and blue.
const COLOURS: [(&str, [u8; 3]); 6] = [
    ("unit-1", [0x0b, 0x4f, 0x6c]),
    ("unit-2", [0x6b, 0x2f, 0x5c]),
    ("unit-3", [0x1b, 0x5e, 0x3a]),
    ("unit-4", [0x7a, 0x4b, 0x00]),
    ("unit-5", [0x3c, 0x3f, 0x8f]),
    ("unit-6", [0x8a, 0x2b, 0x2b]),
];

/// One line of the summary of problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The id of the field to go to.
    pub(crate) field: Option<String>,
    pub(crate) text: String,
}

/// Who is signed in, and what the pages offer to that role.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) role: &'static str,
    pub(crate) cases: bool,
    pub(crate) write: bool,
    pub(crate) peers: bool,
    pub(crate) accounts: bool,
    pub(crate) audit: bool,
}

/// One entry of the navigation.
#[derive(Debug, Clone)]
pub(crate) struct NavItem {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) href: &'static str,
    pub(crate) here: bool,
    pub(crate) count: Option<usize>,
}

/// The frame.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) colour: &'static str,
    pub(crate) demo: bool,
    pub(crate) user: Option<User>,
    pub(crate) csrf: String,
    pub(crate) here: &'static str,
    pub(crate) alerts: usize,
    pub(crate) inbox: usize,
    /// Two lists of members have passed.
    pub(crate) frozen: bool,
    /// The newest live event before the page was made.
    pub(crate) newest: u64,
    pub(crate) said: Option<&'static str>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) zone_name: String,
}

impl Shell {
    /// The frame of a page that needs nobody to be signed in.
    pub(crate) fn outside(config: &WebConfig, now: Timestamp, title: &str) -> Self {
        Self {
            title: title.to_owned(),
            unit: config.unit_name.clone(),
            colour: colour_class(&config.colour),
            demo: config.demo,
            user: None,
            csrf: String::new(),
            here: "",
            alerts: 0,
            inbox: 0,
            frozen: false,
            newest: 0,
            said: None,
            faults: Vec::new(),
            now,
            zone: format::zone(&config.zone),
            zone_name: config.zone.clone(),
        }
    }

    /// The frame for somebody signed in. To be made before the page's data is read, so that no live update is missed between.
    pub(crate) fn of(state: &AppState, me: &SignedIn, title: &str, here: &'static str) -> Self {
        let newest = state.live.newest();
        let counters = state.service.counters(&me.actor).ok();
        let role = me.actor.role;
        let officer = matches!(role, Role::NodalOfficer | Role::Officer);
        let leads = matches!(role, Role::NodalOfficer | Role::Administrator);
        let user = User {
            name: me.actor.name.clone(),
            role: role.label(),
            cases: role != Role::Administrator,
            write: officer,
            peers: leads,
            accounts: role == Role::Administrator,
            audit: leads,
        };
        Self {
            user: Some(user),
            csrf: me.csrf.clone(),
            here,
            alerts: counters.map_or(0, |counters| counters.alerts_new),
            inbox: counters.map_or(0, |counters| counters.inbox_waiting),
            frozen: counters.is_some_and(|counters| counters.frozen),
            newest,
            ..Self::outside(&state.config, state.service.node.now(), title)
        }
    }

    /// With a notice for what was just done, by its code.
    #[must_use]
    pub(crate) fn saying(mut self, code: Option<&str>) -> Self {
        self.said = code.and_then(super::words::said);
        self
    }

    /// With problems.
    #[must_use]
    pub(crate) fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// Whether buttons are offered at all.
    pub(crate) fn writes(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.write)
    }

    /// Day and time in the unit's zone.
    pub(crate) fn time(&self, at: &Timestamp) -> String {
        format::time(*at, &self.zone)
    }

    /// The day in the unit's zone.
    pub(crate) fn day(&self, at: &Timestamp) -> String {
        format::day(*at, &self.zone)
    }

    /// How long ago.
    pub(crate) fn ago(&self, at: &Timestamp) -> String {
        format::ago(*at, self.now)
    }

    /// Which zone the times are in, for the foot of the page.
    pub(crate) fn zone(&self) -> String {
        match self.zone_name.as_str() {
            "Asia/Kolkata" => "Indian Standard Time".to_owned(),
            "Asia/Kathmandu" => "Nepal Time".to_owned(),
            other => other.to_owned(),
        }
    }

    /// What this role can go to.
    pub(crate) fn nav(&self) -> Vec<NavItem> {
        let Some(user) = &self.user else {
            return Vec::new();
        };
        let item = |shown: bool, key: &'static str, label, href, count| {
            shown.then(|| NavItem { key, label, href, here: key == self.here, count })
        };
        [
            item(true, "today", "Today", paths::today(), None),
            item(user.cases, "cases", "Cases", paths::cases(), None),
            item(user.write, "new", "New case", paths::new_case(), None),
            item(user.write, "inbox", "Inbox", paths::inbox(), Some(self.inbox)),
            item(user.write, "requests", "Requests", paths::requests(), None),
            item(user.write, "alerts", "Alerts", paths::alerts(), Some(self.alerts)),
            item(user.write, "shares", "Shares", paths::shares(), None),
            item(user.write || user.peers, "directory", "Directory", paths::directory(), None),
            item(user.write || user.peers, "resources", "Resources", paths::resources(), None),
            item(user.peers, "peers", "Other units", paths::peers(), None),
            item(user.accounts, "accounts", "Accounts", paths::accounts(), None),
            item(user.audit, "audit", "Audit", paths::audit(), None),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// The class nearest to a colour: style attributes are forbidden, so a page cannot take any colour.
fn colour_class(colour: &str) -> &'static str {
    let part = |at: usize| colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
    let (Some(red), Some(green), Some(blue)) = (part(1), part(3), part(5)) else {
        return COLOURS[0].0;
    };
    let distance =
        |of: &[u8; 3]| -> u32 { of.iter().zip([red, green, blue]).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum() };
    COLOURS.iter().min_by_key(|(_, known)| distance(known)).map_or(COLOURS[0].0, |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_becomes_the_nearest_class() {
        assert_eq!(colour_class("#0B4F6C"), "unit-1");
        assert_eq!(colour_class("#1c5f3b"), "unit-3");
        assert_eq!(colour_class("#ff0000"), "unit-6");
        assert_eq!(colour_class("red; }"), "unit-1");
        assert_eq!(colour_class("#éé"), "unit-1");
    }
}
