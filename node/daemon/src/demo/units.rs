//! Who the three units are and who signs in there. All of them are invented.
//! Passwords are shown on the start page: this is a demo on one computer.

use super::ports;
use crate::cli::Class;
use crate::story::UnitAccess;
use crate::unit::{AccountSpec, UnitSetup};
use anyhow::{Context, Result};
use icmc_node::access::Role;
use icmc_web_ui::demo::{SignIn, StartPage, UnitCard};
use std::path::Path;

/// A unit of the demo.
pub(super) struct DemoUnit {
    /// Key in the data and folder name.
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    class: Class,
    jurisdiction: &'static str,
    duty_contact: &'static str,
    prefix: &'static str,
    colour: &'static str,
    people: [(&'static str, &'static str, Role); 4],
}

/// In the order of their ports.
pub(super) const UNITS: [DemoUnit; 3] = [
    DemoUnit {
        key: "shillong",
        name: "AHTU Shillong",
        class: Class::Police,
        jurisdiction: "East Khasi Hills, Meghalaya",
        duty_contact: "Duty officer, +91 364 000 0101",
        prefix: "SH",
        colour: "#0B4F6C",
        people: people("A. Lyngdoh", "B. Kharkongor", "Front desk", "System"),
    },
    DemoUnit {
        key: "guwahati",
        name: "AHTU Guwahati",
        class: Class::Police,
        jurisdiction: "Kamrup Metropolitan, Assam",
        duty_contact: "Duty officer, +91 361 000 0202",
        prefix: "GU",
        colour: "#1B5E3A",
        people: people("R. Baruah", "M. Deka", "Front desk", "System"),
    },
    DemoUnit {
        key: "kathmandu",
        name: "Maiti Sathi Kathmandu (invented partner)",
        class: Class::Foreign,
        jurisdiction: "Nepal",
        duty_contact: "Night desk, +977 1 000 0303",
        prefix: "KA",
        colour: "#6B4C9A",
        people: people("S. Shrestha", "P. Gurung", "Front desk", "System"),
    },
];

const fn people(
    nodal: &'static str,
    officer: &'static str,
    reader: &'static str,
    admin: &'static str,
) -> [(&'static str, &'static str, Role); 4] {
    [
        ("nodal", nodal, Role::NodalOfficer),
        ("officer", officer, Role::Officer),
        ("reader", reader, Role::ReadOnly),
        ("admin", admin, Role::Administrator),
    ]
}

impl DemoUnit {
    fn password(&self, sign_in: &str) -> String {
        format!("demo-{}-{sign_in}-2026", self.key)
    }

    pub(super) fn setup(&self, index: u16, port: u16) -> UnitSetup {
        UnitSetup {
            name: self.name.to_owned(),
            class: self.class.into(),
            jurisdiction: self.jurisdiction.to_owned(),
            duty_contact: self.duty_contact.to_owned(),
            addresses: vec![network(index, port)],
            prefix: self.prefix.to_owned(),
            colour: self.colour.to_owned(),
            demo: true,
            found: index == 0,
            accounts: self
                .people
                .iter()
                .map(|(sign_in, name, role)| AccountSpec {
                    sign_in: (*sign_in).to_owned(),
                    name: (*name).to_owned(),
                    role: *role,
                    password: Some(self.password(sign_in)),
                })
                .collect(),
        }
    }

    pub(super) fn access(&self, index: u16, port: u16) -> UnitAccess {
        let account = |sign_in: &str| (sign_in.to_owned(), self.password(sign_in));
        UnitAccess {
            name: self.name.to_owned(),
            address: format!("http://127.0.0.1:{}", port + ports::PAGES + index),
            nodal: account("nodal"),
            reader: account("reader"),
        }
    }
}

/// Where a unit's network is.
pub(super) fn network(index: u16, port: u16) -> String {
    format!("/ip4/127.0.0.1/tcp/{}", port + ports::NETWORK + index)
}

/// What the start page shows.
pub(super) fn start_page(port: u16) -> StartPage {
    let cards = (0u16..).zip(&UNITS).map(|(index, unit)| UnitCard {
        key: unit.key.to_owned(),
        name: unit.name.to_owned(),
        colour: unit.colour.to_owned(),
        address: format!("http://127.0.0.1:{}/", port + ports::PAGES + index),
        accounts: unit
            .people
            .iter()
            .map(|(sign_in, name, role)| SignIn {
                sign_in: (*sign_in).to_owned(),
                password: unit.password(sign_in),
                who: format!("{name}, {}", role.label()),
            })
            .collect(),
    });
    StartPage { units: cards.collect() }
}

/// Removes the data of the three units and nothing else.
pub(super) fn wipe(dir: &Path) -> Result<()> {
    for unit in &UNITS {
        let folder = dir.join(unit.key);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
        }
    }
    Ok(())
}
