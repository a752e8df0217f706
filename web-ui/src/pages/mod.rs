//! The pages: each a file with its handlers and context, and a template of the same name.
//! A handler reads, asks the service, renders or redirects; it decides nothing.

mod account_pages;
mod alerts;
mod answer;
mod ask;
mod audit;
mod carried;
mod case;
mod case_steps;
mod cases;
mod contributions;
mod custody;
mod digest;
mod documents;
mod drawn;
mod edit;
mod edit_diff;
pub(crate) mod fields;
pub(crate) mod form;
mod given;
mod help;
mod inbox;
mod keepers;
mod links;
mod lost;
mod messages;
mod new_case;
mod new_case_draft;
mod own_unit;
mod password;
mod peer_end;
mod peers;
mod print;
mod publications;
pub(crate) mod reply;
mod requests;
mod room;
mod same;
mod search;
mod share;
mod share_aside;
mod share_choices;
mod share_form;
mod shares;
pub(crate) mod shell;
mod sign_in;
mod team;
mod today;
mod who;
mod words;
mod words_peer;
mod words_request;
mod words_room;
mod words_same;
mod words_share;

#[cfg(test)]
mod samples;
#[cfg(test)]
pub(crate) mod tests;

use crate::paths;
use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use serde::Deserialize;

/// What a page is told in its address: a code for what was just done.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Told {
    pub(crate) said: Option<String>,
}

/// Pairs of a form, in their order.
pub(crate) type Pairs = axum::Form<Vec<(String, String)>>;

/// All pages.
pub fn router() -> Router<AppState> {
    Router::new()
        .route(paths::sign_in(), get(sign_in::page).post(sign_in::enter))
        .route(paths::sign_out(), post(sign_in::leave))
        .route(paths::password(), get(password::page).post(password::change))
        .route(paths::today(), get(today::page))
        .route(paths::more(), get(help::more))
        .route(paths::help(), get(help::page))
        .route(paths::cases(), get(cases::page))
        .route(paths::search(), get(search::page).post(search::keep))
        .route(paths::new_case(), get(new_case::page).post(new_case::step))
        .route(&paths::case("{case}"), get(case::page))
        .route(&paths::print_case("{case}"), get(print::page))
        .route(&paths::same("{case}"), get(same::page).post(same::decide))
        .route(&paths::edit("{case}", "{kind}", "{entity}"), get(edit::page).post(edit::save))
        .route(&paths::add("{case}", "{kind}"), get(edit::blank).post(edit::add))
        .route(&paths::remove("{case}", "{kind}", "{entity}"), post(case_steps::remove))
        .route(&paths::documents("{case}"), get(documents::page).post(documents::add).layer(DefaultBodyLimit::disable()))
        .route(&paths::document("{case}", "{document}"), get(documents::read))
        .route(&paths::admit("{case}", "{entry}"), post(case_steps::admit))
        .route(&paths::contribution_step("{case}", "{entry}", "{step}"), post(contributions::step))
        .route(&paths::case_step("{case}", "close"), post(case_steps::close))
        .route(&paths::case_step("{case}", "reopen"), post(case_steps::reopen))
        .route(&paths::case_step("{case}", "delete"), post(case_steps::delete))
        .route(&paths::case_step("{case}", "restore"), post(case_steps::restore))
        .route(&paths::case_step("{case}", "transfer"), post(custody::step))
        .route(&paths::case_step("{case}", "link"), post(links::link))
        .route(&paths::case_step("{case}", "contributed"), post(links::contributed))
        .route(&paths::case_step("{case}", "team"), get(team::page).post(team::save))
        .route(&paths::share("{case}"), get(share::page).post(share::step))
        .route(paths::shares(), get(shares::page))
        .route(&paths::revise("{share}"), get(share::again).post(share::revise))
        .route(&paths::recall("{share}"), post(given::recall))
        .route(&paths::given("{share}"), get(given::page))
        .route(&paths::who("{case}"), get(who::page).post(who::step))
        .route(paths::inbox(), get(inbox::page))
        .route(&paths::preview("{share}"), get(inbox::preview))
        .route(&paths::inbox_step("{share}", "accept"), post(inbox::accept))
        .route(&paths::inbox_step("{share}", "decline"), post(inbox::decline))
        .route(&paths::ask("{case}", "{person}"), get(ask::page).post(ask::send))
        .route(paths::requests(), get(requests::page))
        .route(&paths::request("{request}"), get(requests::one))
        .route(&paths::request_step("{request}", "answer"), get(answer::page).post(answer::send))
        .route(&paths::request_step("{request}", "{step}"), post(requests::step))
        .route(&paths::messages("{about}"), get(messages::page).post(messages::say))
        .route(paths::directory(), get(publications::directory))
        .route(paths::resources(), get(publications::resources))
        .route(paths::alerts(), get(alerts::page))
        .route(paths::digest(), get(digest::page))
        .route(&paths::alert_step("{alert}", "{step}"), post(alerts::step))
        .route(&paths::room("{alert}"), get(room::page))
        .route(&paths::room_step("{alert}", "{step}"), post(room::step))
        .route(&paths::comparison_step("{comparison}", "{step}"), post(alerts::compare))
        .route(paths::peers(), get(peers::page))
        .route(paths::invite(), post(peers::invite))
        .route(paths::invitation_file(), post(peers::invitation_file))
        .route(paths::join(), post(peers::join))
        .route(paths::approve(), post(peers::approve))
        .route(paths::own_unit(), get(own_unit::page).post(own_unit::says))
        .route(paths::identity_picture(), get(own_unit::picture))
        .route(paths::identity_file(), get(own_unit::file))
        .route(paths::own_key(), post(own_unit::key))
        .route(paths::withdraw(), post(own_unit::withdraw))
        .route(paths::leave(), post(own_unit::leave))
        .route(paths::keepers(), get(keepers::page).post(keepers::step))
        .route(paths::settle(), post(peers::settle))
        .route(paths::lost(), get(lost::page))
        .route(paths::recover(), post(lost::recover))
        .route(paths::replace(), post(lost::replace))
        .route(paths::end_sessions(), post(lost::end_sessions))
        .route(&paths::words("{unit}"), get(peers::words).post(peers::confirm))
        .route(&paths::release("{unit}"), post(peers::release))
        .route(&paths::peer_step("{unit}", "pause"), post(peers::pause))
        .route(&paths::peer_step("{unit}", "resume"), post(peers::resume))
        .route(&paths::peer_step("{unit}", "let-in"), post(peers::let_in))
        .route(&paths::peer_step("{unit}", "end"), get(peer_end::page).post(peer_end::end))
        .route(&paths::proof("{unit}", "{hash}"), get(carried::proof))
        .route(&paths::carry("{unit}"), get(carried::page))
        .route(&paths::export_envelopes("{unit}"), post(carried::export))
        .route(&paths::export_documents("{unit}"), post(carried::export_documents))
        .route(paths::import_envelopes(), post(carried::import).layer(DefaultBodyLimit::max(carried::form_max())))
        .route(paths::accounts(), get(account_pages::page).post(account_pages::add))
        .route(&paths::account_step("{account}", "{step}"), post(account_pages::step))
        .route(paths::audit(), get(audit::page))
        .route(paths::verify_audit(), post(audit::verify))
}
