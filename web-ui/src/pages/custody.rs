//! The steps by which a case changes its owner: each is one POST and a redirect to the case, or the case with what was refused.
//! What stands of it is shown in the case's own page.

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
use icmc_node::service::model::{PersonRequest, TransferRequest};
use icmc_protocol::ids::CaseId;

/// `POST /cases/{case}/transfer` with the field `step`.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let done = async {
        let (service, case) = (&state.service, id::<CaseId>(&case)?);
        match posted.one("step") {
            "offer" => {
                let request = TransferRequest { case, to: id(posted.one("to"))?, persons: persons(&posted) };
                service.offer_case(&me.actor, request).await.map(|()| "offered")
            }
            "withdraw" => service.withdraw_offer(&me.actor, case).await.map(|()| "saved"),
            "accept" => service.answer_offer(&me.actor, case, true, "").await.map(|()| "answered"),
            "decline" => service.answer_offer(&me.actor, case, false, posted.one("reason")).await.map(|()| "answered"),
            "decide" => service.decide_custody(&me.actor, case, id(posted.one("owner"))?).await.map(|()| "saved"),
            _ => Err(ServiceError::NotFound),
        }
    };
    match done.await {
        Ok(said) => Ok(to(&format!("{}#h-custody", paths::case(case)), said)),
        Err(error) => {
            let faults = refusal(error).map_err(|error| Shell::of(&state, &me, "Case", "cases").oops(error))?;
            let field = if posted.one("step") == "offer" { "f-transfer-to" } else { "h-custody" };
            let faults = faults.into_iter().map(|fault| Fault { field: Some(field.to_owned()), ..fault }).collect();
            case::again(&state, &me, &case, faults, posted).await
        }
    }
}

/// `basis.ID` and one reason for all.
fn persons(posted: &Posted) -> Vec<PersonRequest> {
    let named = posted.pairs().iter().filter_map(|(name, basis)| {
        let entity = name.strip_prefix("basis.")?.parse().ok()?;
        Some(PersonRequest { entity, basis: basis.trim().to_owned(), reason: posted.one("reason").to_owned() })
    });
    named.collect()
}
