//! What the simulator itself knows of whose a case is: what goes along when it changes its owner, what stays, and what counts then.
//! Not the offering and answering: that is `hands`.

use super::truth::{CaseTruth, ShareTruth, Truth, Written};
use crate::bounded::BoundedVec;
use crate::dictionary::{Dictionary, ShareClass};
use crate::ids::{Commitment, EntityId};
use crate::sharing::SharePerson;
use crate::testing::drafts;
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// Whose a case is and was, beside its owner.
#[derive(Debug, Clone, Default)]
pub(super) struct Custody {
    /// To whom it is offered, and whether a person there said yes.
    pub(super) offered: Option<(usize, bool)>,
    /// Its owner has handed it to this unit, which has not taken it yet: nobody owns it now.
    pub(super) on_its_way: Option<usize>,
    /// Who owned it before.
    pub(super) former: BTreeSet<usize>,
    /// The node of its owner was put back to before it took the case, and its former owner has not given it again.
    pub(super) adrift: bool,
}

impl CaseTruth {
    /// Whether somebody owns it and knows it.
    pub(super) fn is_owned(&self) -> bool {
        self.custody.on_its_way.is_none() && !self.custody.adrift && !self.lost
    }

    /// Whether all who hold it must see the same of it.
    pub(super) fn is_sure(&self) -> bool {
        !self.forked && self.is_owned()
    }

    /// The person that an entity hangs on; none for an entity that is not known.
    pub(super) fn hangs(&self, entity: EntityId) -> Option<Option<EntityId>> {
        self.entities.iter().find(|(_, id, _)| *id == entity).map(|(.., person)| *person)
    }

    /// Whether a unit gives or takes this case just now.
    pub(super) fn is_busy(&self, unit: usize) -> bool {
        let to = self.custody.on_its_way.or(self.custody.offered.filter(|(_, yes)| *yes).map(|(to, _)| to));
        to.is_some_and(|to| to == unit || self.owner == unit)
    }
}

impl Written {
    /// From another than the owner it never counts.
    pub(super) fn is_proposal(&self) -> bool {
        let (kind, _, field) = &self.spot;
        Dictionary::builtin().kind(kind).and_then(|kind| kind.field(field)).is_some_and(|field| field.owner_only)
    }
}

impl Truth {
    /// The consents of a case that stand: entered by its owner, not withdrawn, not removed. With the persons who gave them.
    pub(super) fn consents(&self, case: usize) -> Vec<(EntityId, EntityId)> {
        let truth = &self.cases[case];
        let field = |name: &str| -> BTreeSet<EntityId> {
            let of = self.standing(case).filter(|written| written.spot.0 == "consent" && written.spot.2 == name);
            of.map(|written| written.spot.1).collect()
        };
        let (given, withdrawn) = (field("given_by"), field("withdrawn_on"));
        let stands = |id: &EntityId| given.contains(id) && !withdrawn.contains(id) && !truth.removed.contains(id);
        let of = truth.entities.iter().filter(|(kind, id, _)| *kind == "consent" && stands(id));
        of.filter_map(|(_, id, person)| Some((*id, (*person)?))).collect()
    }

    /// Who of a case consents.
    pub(super) fn consenting(&self, case: usize) -> BTreeSet<EntityId> {
        self.consents(case).into_iter().map(|(_, person)| person).collect()
    }

    /// The owner of a case has handed it over: what stands goes along, but what third units contributed.
    pub(super) fn handed(&mut self, number: usize, to: usize) {
        let whole = self.everything(number, to);
        // Of what is removed, that in which it wrote goes along, as far as that had reached its former owner.
        let owner = self.cases[number].owner;
        let reached = |one: &Written| one.as_owner || one.contributed.contains(&owner) || one.handed.contains(&owner);
        let own = |one: &&Written| one.case == number && one.writer == to && !one.lost && reached(one);
        let wrote: BTreeSet<EntityId> = self.written.iter().filter(own).map(|written| written.spot.1).collect();
        let going: BTreeSet<Commitment> = self
            .standing(number)
            .filter(|written| written.writer != to)
            .filter(|written| !self.cases[number].removed.contains(&written.spot.1) || wrote.contains(&written.spot.1))
            .filter(|written| self.lets_through(&whole, written))
            .map(|written| written.commitment)
            .collect();
        // Whose member something is, and that it is removed, goes of everything.
        let steering = |one: &&Written| matches!(one.spot.2.as_str(), "parent" | "removed");
        let steered: Vec<Commitment> = self.standing(number).filter(steering).map(|one| one.commitment).collect();
        let going: BTreeSet<Commitment> = going.into_iter().chain(steered).collect();
        for written in self.written.iter_mut().filter(|written| written.case == number && written.writer != to) {
            // What another owner let count waits for a person here, unless that was its own.
            let counted = written.writer == owner || written.as_owner || written.admitted_at.contains(&to);
            let held_before = written.given_to == to && counted && self.cases[number].custody.former.contains(&to);
            if going.contains(&written.commitment) {
                written.handed.insert(to);
                written.absent.remove(&to);
            } else if !written.handed.contains(&to) && !held_before {
                written.absent.insert(to);
            }
            written.as_owner |= written.writer == owner && written.counts;
        }
        let custody = &mut self.cases[number].custody;
        custody.offered = None;
        custody.on_its_way = Some(to);
    }

    /// The new owner has taken a case: what its people wrote before counts from now on.
    pub(super) fn taken(&mut self, number: usize, by: usize) {
        let case = &mut self.cases[number];
        case.custody.former.insert(case.owner);
        case.custody.on_its_way = None;
        case.owner = by;
        for written in self.written.iter_mut().filter(|written| written.case == number && written.writer == by) {
            written.counts = written.as_owner && written.counts || !written.is_proposal();
        }
    }

    /// A share of a case in all its sections and classes, as it goes to its next owner.
    fn everything(&self, number: usize, to: usize) -> ShareTruth {
        let case = &self.cases[number];
        let standing: Vec<EntityId> = case.persons.iter().filter(|person| !case.removed.contains(*person)).copied().collect();
        let named = drafts::request(case.id, self.units[to], &standing, Timestamp(u64::MAX));
        let sections: Vec<&str> = Dictionary::builtin().sections().iter().map(|section| section.id.as_str()).collect();
        let items = self.standing(number).map(|written| written.commitment).collect();
        let share = crate::sharing::Share {
            persons: BoundedVec::<SharePerson, 64>::new(named.persons.to_vec()).expect("as many as before"),
            sections: drafts::sections(&sections),
            classes: BoundedVec::new(vec![ShareClass::S, ShareClass::B, ShareClass::I]).expect("three classes"),
            items: BoundedVec::new(items).unwrap_or_default(),
            ..named
        };
        ShareTruth {
            case: number,
            from: case.owner,
            to,
            share,
            accepted: true,
            active: true,
            receipted: false,
            promised: None,
            doubtful: false,
            lost: false,
        }
    }
}
