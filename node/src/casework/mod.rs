//! Case work as plain functions over a folded case: names to show, roles, stages, values as JSON and as text.
//! No store, no rights, no clock: what a person may see was decided before.

mod compare;
mod coverage;
mod dates;
mod display;
mod json;
mod known;
mod numbers;
mod order;
mod people;
mod shown;
mod stages;

#[cfg(test)]
pub(crate) mod fixture;

pub use compare::{Agreement, Compared, Fact, Side, compare};
pub use coverage::not_covered;
pub use dates::{shown as shown_date, today, year};
pub use display::Displays;
pub use json::{from_json, to_json};
pub use known::Known;
pub use numbers::{case_number, plain_number};
pub use order::Order;
pub use people::{members, person_of_entity, persons, role_codes, role_words, roles_of};
pub use shown::{file_name, plain, shown, title};
pub use stages::{StageView, now_in, stepper};
