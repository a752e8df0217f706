//! From what is known about a person to the inputs of the blinding step, and from shared tokens to a score and a class.
//! Not for blinding, beacons or the exchange of the confirm step: nothing here knows a unit, a key or a network.
//!
//! The steps are those of the executable reference of the recipe (`protocol/data/matching/README.md`); a changed rule is a
//! new [`RECIPE`], because two units match only when both computed exactly the same inputs.

mod comparison;
mod districts;
mod identity;
mod keys;
mod kinds;
mod lists;
mod person;
mod score;
mod script;
mod terms;
mod token_type;
mod tokens;
mod weights;
mod words;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use comparison::{Agreement, ConfirmFacts, compare, confirm_class, confirm_score, signed_score};
pub use identity::{Identifier, Identity};
pub use keys::{key1, key2};
pub use kinds::{AgreedKind, agreed_in_kind};
pub use lists::{ListKind, MAX_GRAMS, Side, lists};
pub use person::{Document, Person};
pub use score::{
    Df, HIT_LEVEL, MatchClass, SCALE, classify, is_hit, is_muted, positive_score, positive_score_with, rarest_by_type,
    threshold_offset,
};
pub use script::plain;
pub use token_type::TokenType;
pub use tokens::{Feature, MAX_TOKENS, RECIPE, features};
pub use weights::{Weights, WeightsError};
pub use words::words;
