//! Two persons at one desk: one asks for what takes two, the other signs in beside and agrees in the same step.
//! What takes two, and what it does, is in `decisions`.

use super::decisions::{agree, ask};
use super::model::DecisionRequest;
use super::{Service, ServiceError};
use crate::access::Actor;
use crate::audit::actions;
use crate::sessions::SessionKind;
use icmc_protocol::ids::{CaseId, EntityId};
use secrecy::{ExposeSecret as _, SecretString};

impl Service {
    /// Asks for something that takes two, and has the second person agree, who gives name and password here and is signed out again.
    /// `address` is where the request came from, as for signing in.
    ///
    /// # Errors
    /// [`ServiceError::WrongCredentials`] for the second person, otherwise as [`Service::ask_second`] and [`Service::agree`];
    /// nothing is left of the wish then.
    pub async fn decide_together(
        &self,
        actor: &Actor,
        case: CaseId,
        request: DecisionRequest,
        second: (&str, SecretString),
        address: &str,
    ) -> Result<EntityId, ServiceError> {
        let beside = self.sign_in_from(second.0, second.1, SessionKind::Browser, address).await?;
        let (by, other) = (actor.clone(), beside.actor.clone());
        let decided = self
            .step(actor, actions::DECISION_ASKED, case, move |txn| {
                let id = ask(txn, &by, case, &request)?;
                agree(txn, &other, case, id).map_err(|error| match error {
                    // The first person sees the case: what is not there is not there for the second.
                    ServiceError::NotFound | ServiceError::Forbidden(_) => {
                        ServiceError::Refused("the second person may not decide about this case".to_owned())
                    }
                    error => error,
                })?;
                Ok(id)
            })
            .await;
        self.sign_out(beside.token.expose_secret()).await?;
        decided
    }
}
