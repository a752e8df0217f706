//! One person by id, with its case. The person is looked up through the case, and only in cases that may be seen.
//! Not the same person in another case: such links come later.

use super::audit::audited;
use super::model::{EntityView, PersonPage};
use super::open::open;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, authorize};
use crate::audit::actions;
use icmc_protocol::ids::EntityId;

impl Service {
    /// A person with what is said of it in its case.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is no such person, or not for this account.
    pub async fn person(&self, actor: &Actor, person: EntityId) -> Result<PersonPage, ServiceError> {
        let (by, case) = (actor.clone(), self.index.case_of(person));
        let (folds, node) = (self.folds.clone(), self.node.clone());
        self.step(actor, actions::PERSON_VIEWED, person, move |txn| {
            let case = case.ok_or(ServiceError::NotFound)?;
            let grant = authorize(txn, &by, Action::ViewCase, case)?;
            audited(txn, &by, actions::PERSON_VIEWED, format!("{case}/{person}"))?;
            let view = open(txn, (&folds, &node.snapshot()?), &by, &grant, txn.now)?;
            let found = view.people.into_iter().find(|one| one.id == person).ok_or(ServiceError::NotFound)?;
            let about = |list: Vec<EntityView>| list.into_iter().filter(|entity| entity.person == Some(person)).collect();
            Ok(PersonPage {
                case: view.summary,
                person: found,
                legs: about(view.legs),
                stages: about(view.stages),
                notes: about(view.notes),
                rights: view.rights,
            })
        })
        .await
    }
}
