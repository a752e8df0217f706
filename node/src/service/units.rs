//! Names and contacts of the units of the federation, read once for a step.
//! Not whether they are trusted: that is `protocol::federation::peering`.

use super::model::UnitRef;
use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::{charter, own};
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::{View, ViewError};
use std::collections::BTreeMap;

/// The units that this one knows by name.
#[derive(Debug)]
pub(super) struct Units {
    pub(super) own: UnitId,
    names: BTreeMap<UnitId, (String, String)>,
}

impl Units {
    pub(super) fn load(view: &dyn View) -> Result<Self, ViewError> {
        let own = own::load(view)?;
        let members = charter::current(view)?.map(|charter| charter.members.to_vec()).unwrap_or_default();
        let mut names: BTreeMap<_, _> =
            members.into_iter().map(|member| (member.unit, (member.name.to_string(), member.duty_contact.to_string()))).collect();
        names.entry(own.unit).or_insert_with(|| (own.name.to_string(), own.duty_contact.to_string()));
        for charter::Former { unit, name, .. } in charter::former(view)? {
            names.entry(unit).or_insert_with(|| (format!("{name} (no longer a member)"), String::new()));
        }
        Ok(Self { own: own.unit, names })
    }

    /// A unit by name; one that has left is said to have; one that was never here, by the beginning of its id.
    pub(super) fn of(&self, unit: UnitId) -> UnitRef {
        let name = self.names.get(&unit).map_or_else(|| format!("unit {}", unit.short()), |(name, _)| name.clone());
        UnitRef { id: unit, name, own: unit == self.own }
    }

    /// The public duty contact of a unit.
    pub(super) fn contact(&self, unit: UnitId) -> String {
        self.names.get(&unit).map(|(_, contact)| contact.clone()).unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn only(own: UnitId, name: &str) -> Self {
        Self { own, names: [(own, (name.to_owned(), String::new()))].into() }
    }
}

/// The kind of agency in one word.
pub(super) const fn class_word(class: UnitClass) -> &'static str {
    match class {
        UnitClass::Police => "police",
        UnitClass::Ngo => "ngo",
        UnitClass::Foreign => "foreign",
    }
}
