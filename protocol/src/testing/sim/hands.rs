//! Cases that change their owner in a simulation: offered, answered, taken back; and what each step of a node says of it.
//! What goes along is in `custody`.

use super::Sim;
use crate::bounded::BoundedText;
use crate::caselog::{CaseRow, fold, load};
use crate::ids::{CaseId, EntityId};
use crate::machine::read_row;
use crate::sharing::{Basis, SharePerson};
use crate::testing::drafts;
use crate::transfer::{self, GivenState, TakenState, TransferOut, TransferRefusal};

impl Sim {
    pub(super) fn offer_a_case(&mut self) -> Option<String> {
        let may = |share: &super::truth::ShareTruth| {
            let case = &self.truth.cases[share.case];
            let in_force = share.active && share.accepted && self.now_at(share.from) < share.share.expires;
            in_force && case.is_owned() && case.owner == share.from && case.custody.offered.is_none()
        };
        let fits: Vec<(usize, usize)> =
            self.truth.shares.values().filter(|share| may(share)).map(|share| (share.case, share.to)).collect();
        let (at, to) = *self.dice.pick(&fits)?;
        let (case, owner, unit) = (self.truth.cases[at].id, self.truth.cases[at].owner, self.world.units[to].id);
        let folded = fold(&load(&self.world.units[owner].view, case).ok()??);
        let reason = BoundedText::new("the case moves to the district of the home (invented)").expect("a short reason");
        let named = |entity: EntityId| SharePerson { entity, basis: Basis::LawEnforcement, reason: reason.clone() };
        let persons = folded.of_kind("person").map(|(entity, _)| named(entity)).collect();
        let request = transfer::Request { case, to: unit, persons };
        match self.act(owner, |txn| transfer::propose(txn, request, &drafts::author("Officer Das"))) {
            Err(TransferRefusal::NoActiveShare | TransferRefusal::Underway | TransferRefusal::TooOften) => None,
            offered => {
                self.must(offered)?;
                self.truth.cases[at].custody.offered = Some((to, false));
                Some(format!("{} offers case {at} to {}", self.name(owner), self.name(to)))
            }
        }
    }

    /// Who was offered which case and has not answered.
    fn offers(&self) -> Vec<(usize, usize)> {
        let mut open = Vec::new();
        for unit in 0..self.world.units.len() {
            for (at, case) in self.truth.cases.iter().enumerate() {
                let offer = transfer::received(&self.world.units[unit].view, case.id).ok().flatten();
                let waits = offer.is_some_and(|offer| offer.row.state == TakenState::Offered && offer.offer.is_some());
                open.extend(waits.then_some((unit, at)));
            }
        }
        open
    }

    pub(super) fn take_over(&mut self) -> Option<String> {
        let (unit, at) = *self.dice.pick(&self.offers())?;
        let id = self.truth.cases[at].id;
        // Noted first, as with a share.
        self.noted(at, unit, true);
        match self.act(unit, |txn| transfer::accept(txn, id, &drafts::author("Officer Lyngdoh"))) {
            // Eve signed two histories in it.
            Err(TransferRefusal::Contradicted) if self.truth.cases[at].forked => {
                self.noted(at, unit, false);
                return None;
            }
            accepted => self.must(accepted)?,
        }
        Some(format!("{} wants to own case {at}", self.name(unit)))
    }

    /// Whether somebody there said yes.
    fn noted(&mut self, case: usize, unit: usize, says: bool) {
        if let Some((_, yes)) = self.truth.cases[case].custody.offered.as_mut().filter(|(to, _)| *to == unit) {
            *yes = says;
        }
    }

    pub(super) fn leave_it(&mut self) -> Option<String> {
        let (unit, at) = *self.dice.pick(&self.offers())?;
        let id = self.truth.cases[at].id;
        let declined = self.act(unit, |txn| transfer::decline(txn, id, "not in our district"));
        self.must(declined)?;
        Some(format!("{} does not want to own case {at}", self.name(unit)))
    }

    pub(super) fn keep_it(&mut self) -> Option<String> {
        let open: Vec<usize> = (0..self.truth.cases.len()).filter(|at| self.truth.cases[*at].custody.offered.is_some()).collect();
        let at = *self.dice.pick(&open)?;
        let (id, owner) = (self.truth.cases[at].id, self.truth.cases[at].owner);
        match self.act(owner, |txn| transfer::withdraw(txn, id)) {
            // Its node was put back to before it.
            Err(TransferRefusal::NoOffer) => None,
            withdrawn => {
                self.must(withdrawn)?;
                Some(format!("{} keeps case {at}", self.name(owner)))
            }
        }
    }

    /// How an offer stands at the owner: one that came to nothing frees the case for another.
    pub(super) fn offered(&mut self, at: usize, key: &[u8], value: &[u8]) -> Result<(), String> {
        let Some(id) = key.strip_prefix(b"o").and_then(CaseId::from_slice) else { return Ok(()) };
        let row: TransferOut = read_row(value).map_err(|error| error.to_string())?;
        let Some(case) = self.truth.cases.iter_mut().find(|case| case.id == id && case.owner == at) else { return Ok(()) };
        if matches!(row.state, GivenState::Declined | GivenState::Withdrawn | GivenState::Stopped) {
            case.custody.offered = None;
            self.count("offers of cases that came to nothing", 1);
        }
        Ok(())
    }

    /// A case changes its owner after both yeses, from one unit to the other, and in no other way.
    pub(super) fn custody(&mut self, at: usize, id: CaseId, row: &CaseRow) -> Result<(), String> {
        let Some(number) = self.truth.cases.iter().position(|case| case.id == id) else { return Ok(()) };
        let (case, owner) = (&self.truth.cases[number], self.truth.units.iter().position(|unit| *unit == row.owner));
        if case.custody.adrift || self.truth.restoring.contains(&at) {
            return Ok(());
        }
        if case.custody.on_its_way == Some(at) && owner == Some(at) {
            self.truth.taken(number, at);
            self.count("cases that changed their owner", 1);
            return Ok(());
        }
        if at == case.owner && case.custody.on_its_way.is_none() && owner != Some(at) {
            let Some((to, true)) = case.custody.offered.filter(|(to, _)| Some(*to) == owner) else {
                return Err(format!("case {number} was given away, and nobody said yes"));
            };
            self.truth.handed(number, to);
        } else if owner == Some(at) && (at != case.owner || case.custody.on_its_way.is_some()) {
            return Err(format!("unit {at} owns case {number}, and nobody gave it away"));
        }
        Ok(())
    }
}
