//! Forms made from the data dictionary: fields to show, and what was typed back into values.
//! Whether a value fits is asked of the service, not decided here.

mod input;
mod lists;
mod parse;

pub(crate) use input::{Choice, Input, attach, inputs, leading, stored};
pub(crate) use lists::{countries, states};
pub(crate) use parse::{Fields, fields_of};
