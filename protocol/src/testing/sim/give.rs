//! What people do with shares in a simulation: give, revise, look, accept, decline, admit, take back, recall.
//! Not the writing in cases: that is `act`.

use super::Sim;
use super::action::Action;
use super::nodes::MOST_AHEAD;
use super::settled::standing;
use super::truth::ShareTruth;
use crate::bounded::BoundedVec;
use crate::dictionary::{Dictionary, ShareClass};
use crate::ids::{Commitment, EntityId, ShareId};
use crate::sharing::{self, Basis, ContributionState, Handling, InState, Request, Rights, ShareRefusal};
use crate::testing::drafts;
use crate::time::{DAY, HOUR};
use std::collections::BTreeSet;

/// Most shares of one run that are still open.
const MOST_SHARES: usize = 40;

impl Sim {
    pub(super) fn share(&mut self) -> Option<String> {
        let open = self.truth.shares.values().filter(|share| !share.receipted).count();
        if open >= MOST_SHARES {
            return None;
        }
        let (at, to) = (self.owned_case()?, self.any_unit());
        self.share_with(at, to)
    }

    pub(super) fn share_with(&mut self, at: usize, to: usize) -> Option<String> {
        let owner = self.truth.cases[at].owner;
        if to == owner {
            return None;
        }
        let request = self.request(at, to);
        let promised = match sharing::preview(&self.world.units[owner].view, self.now_at(owner), &request) {
            Ok(folded) => standing(&folded),
            Err(_) => return Some(format!("{} may not share case {at}", self.name(owner))),
        };
        self.grounds(at, &request);
        let created = self.act(owner, |txn| sharing::create(txn, request.clone()));
        let id = self.must(created)?;
        let share = ShareTruth {
            case: at,
            from: owner,
            to,
            share: request,
            accepted: false,
            active: false,
            receipted: false,
            promised: Some(promised),
            doubtful: false,
            lost: false,
        };
        let said = format!("{} shares case {at} with {} as {id:?}: {}", self.name(owner), self.name(to), mask(&share.share));
        self.truth.shares.insert(id, share);
        self.grant(id);
        Some(said)
    }

    /// A random mask over a case.
    pub(super) fn request(&mut self, at: usize, to: usize) -> Request {
        let case = self.truth.cases[at].clone();
        let standing: Vec<EntityId> = case.persons.iter().filter(|person| !case.removed.contains(*person)).copied().collect();
        let persons = self.dice.some(&standing, 70);
        let longest = if self.dice.percent(20) { 12 * HOUR } else { 12 * DAY };
        let life = 1 + self.dice.span(longest);
        let to = self.world.units[to].id;
        let request = drafts::request(case.id, to, &persons, self.world.now.plus(MOST_AHEAD + life));
        let all: Vec<&str> = Dictionary::builtin().sections().iter().map(|section| section.id.as_str()).collect();
        let mut sections = self.dice.some(&all, 65);
        let mut classes = self.dice.some(&[ShareClass::S, ShareClass::B, ShareClass::I], 70);
        if sections.is_empty() {
            sections.push("identity");
        }
        if classes.is_empty() {
            classes.push(ShareClass::S);
        }
        let persons = self.on_consent(at, &request);
        let agreed: BTreeSet<EntityId> =
            persons.iter().filter(|person| person.basis == Basis::Consent).map(|person| person.entity).collect();
        // No consent that is entered here covers restricted values.
        let covered = |entity: EntityId| case.hangs(entity).flatten().is_none_or(|person| !agreed.contains(&person));
        let restricted = |(kind, _, field): &(String, EntityId, String)| {
            let known = Dictionary::builtin().kind(kind).and_then(|kind| kind.field(field));
            known.is_some_and(|field| field.class == ShareClass::X)
        };
        let items: Vec<Commitment> = self
            .truth
            .standing(at)
            .filter(|written| restricted(&written.spot) && written.tag.is_some() && covered(written.spot.1))
            .map(|written| written.commitment)
            .collect();
        let items = self.dice.some(&items, 40);
        let rights = if self.dice.percent(70) { Rights::Contribute } else { Rights::Read };
        Request {
            persons,
            sections: drafts::sections(&sections),
            classes: BoundedVec::new(classes).unwrap_or_default(),
            items: BoundedVec::new(items).unwrap_or_default(),
            rights,
            handling: Handling::H1,
            ..request
        }
    }

    pub(super) fn decide(&mut self, action: Action) -> Option<String> {
        let mut open = Vec::new();
        for unit in 0..self.world.units.len() {
            let incoming = sharing::incoming_list(&self.world.units[unit].view, |_| true).ok()?;
            let may = |state| matches!(state, InState::Offered | InState::Previewed);
            open.extend(
                incoming
                    .into_iter()
                    .filter(|(_, row)| may(row.state) && self.now_at(unit) < row.expires)
                    .map(|(id, _)| (unit, id)),
            );
        }
        let (unit, id) = *self.dice.pick(&open)?;
        self.promise(unit, id);
        let word = match action {
            Action::Accept => {
                // Noted first: the step itself may already bring about what only an accepted share may.
                self.truth.shares.entry(id).and_modify(|share| share.accepted = true);
                let accepted = self.act(unit, |txn| sharing::accept(txn, id));
                self.must(accepted)?;
                "accepts"
            }
            Action::Decline => {
                let declined = self.act(unit, |txn| sharing::decline(txn, id, "not in our district"));
                self.must(declined)?;
                "declines"
            }
            _ => {
                let previewed = self.act(unit, |txn| sharing::previewed(txn, id));
                self.must(previewed)?;
                "looks at"
            }
        };
        Some(format!("{} {word} {id:?}", self.name(unit)))
    }

    /// What is offered is what its owner was shown.
    fn promise(&mut self, unit: usize, id: ShareId) {
        let sure = |share: &&ShareTruth| self.truth.cases[share.case].is_sure() && !share.doubtful;
        // One that was accepted, and is offered again at a node that was put back, shows what its owner has sent since.
        let Some(share) = self.truth.shares.get(&id).filter(|share| sure(share) && !share.accepted) else { return };
        let Some(promised) = &share.promised else { return };
        let view = &self.world.units[unit].view;
        let Ok(Some((terms, stale))) = sharing::terms(view, id) else { return };
        // A later revision may still be on its way.
        if terms.revision != share.share.revision {
            return;
        }
        let mut shown = sharing::received_view(view, id).ok().flatten().map(|folded| standing(&folded)).unwrap_or_default();
        shown.values_mut().for_each(|versions| versions.retain(|one| !stale.contains(one)));
        shown.retain(|_, versions| !versions.is_empty());
        if self.failed.is_none() && shown != *promised {
            self.failed = Some(format!("{id:?} shows something else than its owner was shown"));
        }
    }

    pub(super) fn admit(&mut self) -> Option<String> {
        let mut waiting = Vec::new();
        for (at, case) in self.truth.cases.iter().enumerate().filter(|(_, case)| case.is_owned()) {
            let list = sharing::contributions(&self.world.units[case.owner].view, case.id).ok()?;
            waiting
                .extend(list.into_iter().filter(|(_, row)| row.state == ContributionState::Pending).map(|(hash, _)| (at, hash)));
        }
        let (at, entry) = *self.dice.pick(&waiting)?;
        let (id, owner) = (self.truth.cases[at].id, self.truth.cases[at].owner);
        let author = drafts::author("Officer Das");
        let admitted = self.act(owner, |txn| sharing::admit(txn, id, entry, &author));
        self.must(admitted)?;
        self.truth.admitted(entry);
        Some(format!("{} admits a contribution to case {at}", self.name(owner)))
    }

    pub(super) fn take_back(&mut self) -> Option<String> {
        let mut made = Vec::new();
        for unit in 0..self.world.units.len() {
            for case in self.truth.cases.iter().filter(|case| case.owner != unit) {
                let list = sharing::contributed(&self.world.units[unit].view, case.id).ok()?;
                let there = list.into_iter().filter(|(_, row)| row.share.is_some() && row.taken_back.is_none());
                made.extend(there.map(|(entry, _)| (unit, case.id, entry)));
            }
        }
        let (unit, case, entry) = *self.dice.pick(&made)?;
        let taken = self.act(unit, |txn| sharing::take_back(txn, case, entry));
        self.must(taken)?;
        self.truth.of_entry(entry).for_each(|written| written.taken_back = true);
        Some(format!("{} takes back {entry:?}", self.name(unit)))
    }

    pub(super) fn revise(&mut self) -> Option<String> {
        let mut open = Vec::new();
        for unit in 0..self.world.units.len() {
            let given = sharing::outgoing_list(&self.world.units[unit].view, |_| true).ok()?;
            open.extend(given.into_iter().filter(|(_, row)| row.state.is_open()).map(|(id, _)| (unit, id)));
        }
        let (unit, id) = *self.dice.pick(&open)?;
        let (case, to) = self.truth.shares.get(&id).map(|share| (share.case, share.to))?;
        let request = self.request(case, to);
        let promised = standing(&sharing::preview(&self.world.units[unit].view, self.now_at(unit), &request).ok()?);
        self.grounds(case, &request);
        let revised = match self.act(unit, |txn| sharing::revise(txn, id, request.clone())) {
            // Its time is over, and nobody has looked at the clock.
            Err(ShareRefusal::Expiry | ShareRefusal::Unchanged | ShareRefusal::State(_)) => return None,
            revised => self.must(revised)?,
        };
        let said = format!("{} revises {id:?} to {revised}: {}", self.name(unit), mask(&request));
        let share = self.truth.shares.get_mut(&id)?;
        share.share = Request { id, revision: revised, ..request };
        share.promised = Some(promised);
        self.grant(id);
        Some(said)
    }

    pub(super) fn recall(&mut self) -> Option<String> {
        let mut open = Vec::new();
        for unit in 0..self.world.units.len() {
            let given = sharing::outgoing_list(&self.world.units[unit].view, |_| true).ok()?;
            open.extend(given.into_iter().filter(|(_, row)| row.state.is_open()).map(|(id, _)| (unit, id)));
        }
        let (unit, id) = *self.dice.pick(&open)?;
        let recalled = self.act(unit, |txn| sharing::recall(txn, id));
        self.must(recalled)?;
        Some(format!("{} recalls {id:?}", self.name(unit)))
    }
}

fn mask(share: &Request) -> String {
    let sections: Vec<&str> = share.sections.iter().map(|section| &**section).collect();
    let (persons, items, rights) = (share.persons.len(), share.items.len(), share.rights);
    format!("{persons} persons, {sections:?}, {:?}, {items} items, {rights:?}", share.classes.to_vec())
}
