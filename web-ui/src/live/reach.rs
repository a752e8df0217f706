//! Who may learn that something happened: whoever may open the page that shows it.
//! Says nothing about what happened.

use icmc_node::access::{Action, Actor, Unit, authorize, sees};
use icmc_node::service::ServiceError;
use icmc_protocol::machine::{Notice, Record as _, View};
use icmc_protocol::sharing::ShareOut;
use icmc_protocol::{matching, requests, wire};

/// Most bytes of a stored share.
const SHARE_MAX: usize = 4 * 1024 * 1024;

/// Whether this person may learn that this happened: the same reach as for the page that shows it.
pub(super) fn hears(view: &dyn View, actor: &Actor, notice: Notice) -> Result<bool, ServiceError> {
    let may = |action| authorize(view, actor, action, Unit).is_ok();
    Ok(match notice {
        Notice::Peers => true,
        Notice::Inbox(_) => may(Action::UseInbox),
        Notice::Comparison(case) => may(Action::DecideComparison) && sees(view, actor, case)?,
        Notice::Ending(id) if view.get(ShareOut::TABLE, id.as_bytes())?.is_none() => may(Action::UseInbox),
        Notice::Case(case) => sees(view, actor, case)?,
        Notice::Alert(id) => match matching::get(view, id)? {
            Some(alert) => may(Action::ListAlerts) && sees(view, actor, alert.case)?,
            None => false,
        },
        Notice::Share(id) | Notice::Ending(id) => {
            match view.get(ShareOut::TABLE, id.as_bytes())?.map(|row| wire::decode::<ShareOut>(&row, SHARE_MAX)) {
                Some(Ok(share)) => sees(view, actor, share.case)?,
                _ => match requests::asked(view, id)? {
                    Some(request) => sees(view, actor, request.case)?,
                    None => false,
                },
            }
        }
    })
}
