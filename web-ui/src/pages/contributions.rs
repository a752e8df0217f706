//! What is done with another unit's contribution beside admitting it: refusing it, and asking its author whether it may be passed on.
//! Each is one POST and a redirect to the case; what this unit contributes elsewhere is in `links`.

use super::Pairs;
use super::case::{self, id};
use super::form::Posted;
use super::reply::{Reply, refusal, to};
use super::shell::{Fault, Shell};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use axum::extract::{Path, State};
use icmc_node::service::ServiceError;
use icmc_protocol::ids::CaseId;

/// `POST /cases/{case}/contributions/{entry}/{step}`.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path((case, entry, step)): Path<(String, String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let done = async {
        let (service, case_id, entry) = (&state.service, id::<CaseId>(&case)?, id(&entry)?);
        match step.as_str() {
            "refuse" => {
                let told = service.refuse_contribution(&me.actor, case_id, entry, posted.one("reason")).await?;
                Ok(if told { "contribution_refused" } else { "contribution_refused_untold" })
            }
            "ask" => {
                service.ask_to_pass(&me.actor, case_id, entry, id(posted.one("to"))?, posted.one("why")).await?;
                Ok("asked_author")
            }
            _ => Err(ServiceError::NotFound),
        }
    };
    match done.await {
        Ok(said) => Ok(to(&format!("{}#c-{entry}", paths::case(&case)), said)),
        Err(error) => {
            let shell = Shell::of(&state, &me, "Case", "cases");
            let faults = refusal(error).map_err(|error| shell.oops(error))?;
            let faults = faults.into_iter().map(|fault| Fault { field: Some(format!("c-{entry}")), ..fault }).collect();
            case::again(&state, &me, &case, faults, Posted::default()).await
        }
    }
}
