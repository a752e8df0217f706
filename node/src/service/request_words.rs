//! The words for what requests say and how they stand: from what a person asks, and for pages.
//! One table for each, read both ways.

use super::share_words::words;
use icmc_protocol::requests::{AskState, Check, RefusalReason, WorkState};
use icmc_protocol::sharing::Ended;

words!(Check, check_word, check, CHECKS:
    "address" = Check::Address,
    "family" = Check::Family,
    "identity" = Check::Identity,
    "willingness" = Check::Willingness,
    "safety" = Check::Safety,
);
words!(RefusalReason, refusal_word, refusal, REFUSALS:
    "not_our_area" = RefusalReason::NotOurArea,
    "no_capacity" = RefusalReason::NoCapacity,
    "too_little" = RefusalReason::TooLittle,
    "no_ground" = RefusalReason::NoGround,
    "danger" = RefusalReason::Danger,
    "other" = RefusalReason::Other,
);

/// The state of a request made.
pub(super) const fn ask_word(state: AskState) -> &'static str {
    match state {
        AskState::Sent => "sent",
        AskState::Delivered => "delivered",
        AskState::Taken => "taken",
        AskState::Answered => "answered",
        AskState::Refused => "refused",
        AskState::Closed => "closed",
        AskState::Withdrawn => "withdrawn",
        AskState::Expired => "expired",
        AskState::Undeliverable => "undeliverable",
    }
}

/// The state of a request received. The asker is done with what it closes, answered or not.
pub(super) const fn work_word(state: WorkState) -> &'static str {
    match state {
        WorkState::New => "new",
        WorkState::Taken => "taken",
        WorkState::Answered => "answered",
        WorkState::Ended(Ended::Recalled) => "withdrawn",
        WorkState::Ended(Ended::Expired) => "expired",
        WorkState::Ended(Ended::Declined | Ended::Lowered | Ended::Transferred) => "refused",
    }
}
