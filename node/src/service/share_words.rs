//! The words for what shares say and how they stand: from requests, and for pages.
//! One table for each, read both ways.

use icmc_protocol::dictionary::ShareClass;
use icmc_protocol::sharing::{Basis, Ended, Handling, InState, Onward, OutState, Purpose, Rights};

/// A table of words, with its two directions.
macro_rules! words {
    ($type:ty, $word:ident, $from:ident, $all:ident: $($word_text:literal = $value:path),+ $(,)?) => {
        pub(super) const fn $word(value: $type) -> &'static str {
            match value {
                $($value => $word_text,)+
            }
        }

        pub(super) fn $from(word: &str) -> Option<$type> {
            match word {
                $($word_text => Some($value),)+
                _ => None,
            }
        }

        pub(super) const $all: &str = concat!("one of", $(" ", $word_text),+);
    };
}

pub(super) use words;

words!(Basis, basis_word, basis, BASES:
    "consent" = Basis::Consent,
    "law_enforcement" = Basis::LawEnforcement,
    "vital_interest" = Basis::VitalInterest,
    "court_order" = Basis::CourtOrder,
    "child_best_interest" = Basis::ChildBestInterest,
);
words!(Rights, rights_word, rights, RIGHTS: "read" = Rights::Read, "contribute" = Rights::Contribute);
words!(Handling, handling_word, handling, HANDLINGS:
    "H0" = Handling::H0, "H1" = Handling::H1, "H2" = Handling::H2, "H3" = Handling::H3,
);
words!(Onward, onward_word, onward, ONWARDS: "none" = Onward::None, "ask" = Onward::Ask, "allowed" = Onward::Allowed);
words!(Purpose, purpose_word, purpose, PURPOSES:
    "verification" = Purpose::Verification,
    "referral" = Purpose::Referral,
    "repatriation" = Purpose::Repatriation,
    "investigation" = Purpose::Investigation,
);

/// A class that a share can name: X is chosen value by value.
pub(super) fn class(word: &str) -> Option<ShareClass> {
    match word {
        "S" => Some(ShareClass::S),
        "B" => Some(ShareClass::B),
        "I" => Some(ShareClass::I),
        _ => None,
    }
}

/// The state of a share given.
pub(super) const fn out_word(state: OutState) -> &'static str {
    match state {
        OutState::Sent => "sent",
        OutState::Delivered => "delivered",
        OutState::Previewed => "previewed",
        OutState::Active => "active",
        OutState::Declined => "declined",
        OutState::Refused => "refused",
        OutState::Expired => "expired",
        OutState::Recalled => "recalled",
        OutState::Transferred => "transferred",
    }
}

/// The state of a share received.
pub(super) const fn in_word(state: InState) -> &'static str {
    match state {
        InState::Arriving => "arriving",
        InState::Offered => "offered",
        InState::Previewed => "previewed",
        InState::Active => "active",
        InState::Ended(Ended::Recalled) => "recalled",
        InState::Ended(Ended::Expired | Ended::Lowered) => "expired",
        InState::Ended(Ended::Declined) => "declined",
        InState::Ended(Ended::Transferred) => "transferred",
    }
}
