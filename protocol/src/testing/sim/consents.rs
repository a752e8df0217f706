//! What persons agree to in a simulation, and take back: which shares may rest on it, and which have to end with it.
//! Not the sharing: that is `give`.

use super::Sim;
use super::truth::CaseTruth;
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Draft;
use crate::ids::{EntityId, ShareId};
use crate::sharing::{self, Basis, OutState, Request, Share, SharePerson};
use crate::testing::drafts;

/// Most entities of one case that a consent may be added to.
const MOST_ENTITIES: u8 = 40;

impl CaseTruth {
    /// What a person agrees to, as a new entity of the case.
    pub(super) fn consent(&mut self, person: EntityId) -> Vec<Draft> {
        let id = drafts::id(self.next);
        self.next += 1;
        self.entities.push(("consent", id, Some(person)));
        drafts::consent(id, person)
    }
}

impl Sim {
    pub(super) fn consent(&mut self) -> Option<String> {
        let at = self.owned_case()?;
        let agreed = self.truth.consenting(at);
        let mut case = self.truth.cases[at].clone();
        let without: Vec<EntityId> =
            case.persons.iter().filter(|person| !agreed.contains(*person) && !case.removed.contains(*person)).copied().collect();
        let person = *self.dice.pick(&without)?;
        if case.next >= MOST_ENTITIES {
            return None;
        }
        let (owner, drafts) = (case.owner, case.consent(person));
        self.truth.cases[at] = case;
        self.save(owner, at, drafts, "enters a consent")
    }

    /// Somebody on whose consent an open share rests, or else anybody who consented, takes it back.
    pub(super) fn withdraw_consent(&mut self) -> Option<String> {
        let mut all = Vec::new();
        for at in (0..self.truth.cases.len()).filter(|at| self.truth.cases[*at].is_owned()) {
            let given = self.truth.consents(at).into_iter();
            all.extend(given.map(|(consent, person)| (self.resting_on(at, person), at, consent)));
        }
        let resting: Vec<_> = all.iter().filter(|(shares, ..)| *shares > 0).copied().collect();
        let (shares, at, consent) = *self.dice.pick(if resting.is_empty() { &all } else { &resting })?;
        let draft = drafts::text(consent, "consent", "withdrawn_on", "2026-11-23");
        let said = self.save(self.truth.cases[at].owner, at, vec![draft], "takes a consent back")?;
        self.count("shares that rest on a withdrawn consent", shares);
        let (id, owner) = (self.truth.cases[at].id, self.truth.cases[at].owner);
        let given = sharing::outgoing_of(&self.world.units[owner].view, id).unwrap_or_default();
        let recalled = given.iter().filter(|(_, row)| row.history.last() == Some(&(OutState::Recalled, self.now_at(owner))));
        let recalled = recalled.map(|_| 1).sum();
        self.count("shares recalled by a withdrawn consent", recalled);
        Some(format!("{said}, on which {shares} shares rest"))
    }

    /// How many open shares of a case name this person on her consent.
    fn resting_on(&self, at: usize, person: EntityId) -> u64 {
        let owner = &self.world.units[self.truth.cases[at].owner];
        let given = sharing::outgoing_of(&owner.view, self.truth.cases[at].id).unwrap_or_default();
        let open = given.into_iter().filter(|(_, row)| row.state.is_open());
        let terms = open.filter_map(|(_, row)| row.share.stored().ok());
        let rests = |one: &SharePerson| one.entity == person && one.basis == Basis::Consent;
        terms.filter(|terms| terms.persons.iter().any(rests)).map(|_| 1).sum()
    }

    /// Names some of those who consented on that ground; now and then somebody who did not.
    pub(super) fn on_consent(&mut self, at: usize, request: &Request) -> BoundedVec<SharePerson, 64> {
        let agreed = self.truth.consenting(at);
        let mut persons = request.persons.to_vec();
        for person in &mut persons {
            let chance = if agreed.contains(&person.entity) { 70 } else { 3 };
            if self.dice.percent(chance) {
                (person.basis, person.reason) = (Basis::Consent, BoundedText::default());
            }
        }
        BoundedVec::new(persons).expect("no more than before")
    }

    /// A share that was let through names nobody on a consent that does not stand.
    pub(super) fn grounds(&mut self, at: usize, request: &Request) {
        let (case, agreed) = (&self.truth.cases[at], self.truth.consenting(at));
        let is_certain = case.is_sure() && !self.truth.restoring.contains(&case.owner);
        let missing = |one: &&SharePerson| one.basis == Basis::Consent && !agreed.contains(&one.entity);
        if is_certain && let Some(person) = request.persons.iter().find(missing) {
            let what = format!("case {at} may be shared on a consent of {:?} that does not stand", person.entity);
            self.failed.get_or_insert(what);
        }
    }

    /// A share whose owner did not revise it is lowered only by who does not consent any more.
    pub(super) fn lowered_by_itself(&mut self, id: ShareId, terms: Share) -> Result<(), String> {
        let Some(share) = self.truth.shares.get(&id) else { return Ok(()) };
        let agreed = self.truth.consenting(share.case);
        let stays = |one: &&SharePerson| one.basis != Basis::Consent || agreed.contains(&one.entity);
        let left: Vec<SharePerson> = share.share.persons.iter().filter(stays).cloned().collect();
        let Share { id: handle, case, from, to, revision, .. } = terms;
        let persons = BoundedVec::new(left).expect("no more than before");
        let expected = Share { id: handle, case, from, to, revision, persons, ..share.share.clone() };
        if terms != expected {
            return Err(format!("{id:?} was revised and nobody did that: {terms:?} instead of {expected:?}"));
        }
        // One that its node knows again after a restore is sent anew as it is.
        let fewer = terms.persons.len() < share.share.persons.len();
        if let Some(share) = self.truth.shares.get_mut(&id) {
            (share.share, share.promised) = (terms, None);
        }
        self.grant(id);
        self.count("shares lowered by a withdrawn consent", fewer.into());
        Ok(())
    }
}
