//! The document of the API, OpenAPI 3.1, at `/api/v1/openapi.json`.
//! It describes; the handlers are what holds, and a test compares the two.

use super::{
    accounts, alerts, audit, cases, changes, charter, documents, inbox, keepers, life, lifecycle, me, peers, persons,
    publications, requests, rooms, same, search, session, shares, status, timeline, transfers,
};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ICMC node",
        description = "Cases of one unit. Ids are hexadecimal text, instants are milliseconds UTC, days are YYYY-MM-DD. \
            What you may not see is answered like what is not there. Every view and every change is audited."
    ),
    servers((url = "/api/v1")),
    security(("bearer" = [])),
    modifiers(&Bearer),
    components(schemas(super::Problem, super::FieldProblem)),
    paths(
        session::sign_in, session::sign_out, me::me, me::change, status::status,
        cases::create, cases::list, cases::one, cases::team, cases::colleagues, search::search,
        same::alike, same::of_case, same::decide, same::within,
        documents::list, documents::add, documents::read,
        changes::change, timeline::timeline, persons::person,
        lifecycle::close, lifecycle::reopen, lifecycle::delete, lifecycle::restore,
        shares::preview, shares::create, shares::of_case, shares::list, shares::recall, shares::admit,
        transfers::offer, transfers::withdraw, transfers::answer, transfers::decide,
        shares::revise, shares::ending, life::who, life::contributed, life::terms, life::terms_now, life::take_back,
        life::passing, life::waiting, life::refuse, life::ask_to_pass,
        life::decisions, life::ask, life::agree, life::disagree,
        inbox::list, inbox::preview, inbox::accept, inbox::decline,
        requests::ask, requests::list, requests::one, requests::take, requests::refuse, requests::answer, requests::close,
        requests::put, requests::messages, requests::unread, requests::say,
        publications::directory, publications::publish_entry, publications::withdraw_entry,
        publications::materials, publications::publish_material, publications::withdraw_material,
        alerts::list, alerts::step, alerts::ask, alerts::answer, alerts::tell, alerts::decide, alerts::seen,
        peers::list, peers::identity, peers::invite, peers::join, peers::join_state, peers::proposals, peers::approve, peers::words, peers::confirm, peers::release,
        peers::former, peers::let_in, peers::pause, peers::resume, peers::end_plan, peers::end,
        charter::own, charter::freeze, charter::propose, charter::withdraw, charter::leave,
        keepers::list, keepers::want, keepers::yes, keepers::no,
        accounts::list, accounts::add, accounts::reset, accounts::role, accounts::disable, accounts::enable,
        audit::list, audit::check,
        rooms::one, rooms::choices, rooms::yes, rooms::no, rooms::stop,
        document,
    )
)]
pub(super) struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

static JSON: LazyLock<String> = LazyLock::new(|| value().to_string());

/// The document as JSON.
pub(super) fn value() -> serde_json::Value {
    serde_json::to_value(Document::openapi()).expect("a document made of named shapes is JSON")
}

/// This document. Needs no session.
#[utoipa::path(get, path = "/openapi.json", tag = "document", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
pub(super) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], JSON.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_is_in_the_document_and_nothing_else_is() {
        let document = value();
        assert_eq!(document["openapi"], "3.1.0");
        let described: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())))
            .collect();
        let routed: BTreeSet<(String, String)> =
            super::super::routes().into_table().into_iter().map(|(method, path)| (method.to_string(), path.to_owned())).collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn every_shape_that_is_named_is_described() {
        let document = value();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let names: BTreeSet<&str> =
            JSON.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(names.len() > 20);
        for name in names {
            assert!(schemas.contains_key(name), "{name}");
        }
    }
}
