//! The web side of one unit over its real routes and a real store, without a browser and without a network.
//! Not for single pages, which have their own tests beside them, nor for several units: those are in `tests/` of the workspace.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod api_errors;
mod api_rights;
mod api_shapes;
mod api_story;
mod carried;
mod connection;
mod documents;
mod forms;
mod joining;
mod live;
mod own_unit;
mod rooms;
mod same;
mod samples;
mod samples_of_units;
mod schema;
mod sharing;
mod site;
mod units;
mod working_together;
mod wrapping;
