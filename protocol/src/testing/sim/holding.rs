//! Who may hold a value, under which keys: by the shares that gave it, by what was contributed and handed over, and by what has ended.
//! What was given is kept in `truth`.

use super::truth::{Question, ShareTruth, Tag, Truth, Written};
use crate::ids::{ShareId, UnitId};
use crate::machine::Scope;

impl Truth {
    /// Whether a unit may hold a tagged value under this key, and if not, why.
    pub(super) fn may_hold(&self, unit: usize, tag: Tag, scope: Scope) -> Result<(), String> {
        if let Some(question) = self.questions.get(&tag) {
            return self.may_ask(unit, tag, question, scope);
        }
        let Some(written) = self.value(tag) else { return Err(format!("value {tag} was never saved")) };
        let case = &self.cases[written.case];
        if unit == written.writer || written.handed.contains(&unit) {
            return Ok(());
        }
        let owned = unit == case.owner || case.custody.former.contains(&unit);
        let has_it = owned && (!written.absent.contains(&unit) || written.contributed.contains(&unit));
        // A backup brings back what was destroyed since, until the others have shown that.
        let put_back = self.restoring.contains(&unit);
        match scope {
            // A later owner may show it anew, under a share.
            Scope::Case(_) | Scope::Contribution(..) | Scope::Contributed(..)
                if owned && written.destroyed.contains(&unit) && !put_back =>
            {
                Err(format!("unit {unit} holds value {tag} of a contribution that it said was destroyed"))
            }
            // What waits for its predecessor came from its author itself.
            Scope::Contribution(id, from) if owned && id == case.id && from == self.units[written.writer] => Ok(()),
            Scope::Contributed(id, entry) if has_it && id == case.id && entry == written.entry => Ok(()),
            Scope::Share(share) | Scope::ShareRevision(share, _) => match self.is_given(tag, unit, share) {
                false if !put_back && !self.is_untold(unit, share) => {
                    Err(format!("{share:?} did not give value {tag} to unit {unit}: {}", self.describe(written)))
                }
                true if !put_back && self.shares.get(&share).is_some_and(|share| self.is_gone(share)) => {
                    Err(format!("unit {unit} holds value {tag} under a share whose key it said was destroyed"))
                }
                _ => Ok(()),
            },
            other => {
                let there = self.written.iter().filter(|one| (one.case, &one.spot) == (written.case, &written.spot));
                let all: Vec<String> = there.map(|one| self.describe(one)).collect();
                Err(format!("unit {unit} keeps value {tag} under {other:?}: {}; of all there: {all:#?}", self.describe(written)))
            }
        }
    }

    /// Whether a receiver said that the key of a share is destroyed, and nothing has brought it back: a new owner whose node was put
    /// back to before it took the case has its share again, until it is given the case once more.
    pub(super) fn is_gone(&self, share: &ShareTruth) -> bool {
        let case = &self.cases[share.case];
        share.receipted && !self.is_silent(share) && !(case.custody.adrift && case.owner == share.to)
    }

    /// Nobody tells a node that was put back of what a unit had ended or lowered that is out, or whose words are to be compared first.
    fn is_silent(&self, share: &ShareTruth) -> bool {
        let silent = self.out.contains(&share.from) || self.rekeyed.contains(&share.from);
        self.put_back.contains(&share.to) && silent
    }

    fn is_untold(&self, unit: usize, share: ShareId) -> bool {
        self.shares.get(&share).is_some_and(|share| share.to == unit && self.is_silent(share))
    }

    /// A unit that was put back is shown what it wrote itself, by who holds that under a share or as a contribution.
    pub(super) fn may_show(&self, unit: usize, tag: Tag, to: UnitId) -> bool {
        let writer = self.value(tag).map(|written| self.units[written.writer]);
        let holds = |id: &ShareId| self.restoring.contains(&unit) || self.shares.get(id).is_some_and(|share| !share.receipted);
        let contributed = |written: &Written| {
            let case = &self.cases[written.case];
            (case.owner == unit || case.custody.former.contains(&unit)) && !written.destroyed.contains(&unit)
        };
        let given = || self.given.get(&(tag, unit)).is_some_and(|shares| shares.keys().any(holds));
        writer == Some(to) && (given() || self.value(tag).is_some_and(contributed))
    }

    /// The index rows of its own cases lie under the key of the case, and name contributions for as long as these are there.
    pub(super) fn may_index(&self, unit: usize, tag: Tag, scope: Scope) -> bool {
        let Some(written) = self.value(tag) else { return false };
        let case = &self.cases[written.case];
        let ended = written.destroyed.contains(&unit) && !self.restoring.contains(&unit);
        unit == case.owner && scope == Scope::Case(case.id) && written.counts && !ended
    }

    /// Only the two units between whom a question is hold it, the receiver under the question's own key.
    fn may_ask(&self, unit: usize, tag: Tag, question: &Question, scope: Scope) -> Result<(), String> {
        let under_its_key = matches!(scope, Scope::Request(id, _) if id == question.id);
        if unit == question.from {
            return Ok(());
        }
        if unit != question.to || !under_its_key {
            return Err(format!("unit {unit} holds question {tag} under {scope:?}"));
        }
        if question.receipted && !self.restoring.contains(&unit) {
            return Err(format!("unit {unit} holds question {tag}, whose key it said was destroyed"));
        }
        Ok(())
    }

    fn is_given(&self, tag: Tag, unit: usize, share: ShareId) -> bool {
        self.given.get(&(tag, unit)).is_some_and(|shares| shares.contains_key(&share))
    }
}
