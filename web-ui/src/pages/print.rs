//! A case on paper: A4, with who printed it and when, with or without names.
//! Printing itself is the browser's.

use super::case::load;
use super::reply::{Reply, render};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use icmc_node::service::model::{CaseRights, CaseView, EntityView};
use icmc_protocol::dictionary::ShareClass;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/print.html")]
struct PrintPage {
    shell: Shell,
    view: CaseView,
    printed_by: String,
    may: bool,
    names: bool,
}

/// With names or without.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    names: Option<String>,
}

/// `GET /cases/{case}/print`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Case", "cases");
    let view = load(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    Ok(render(&context(shell, view, me.actor.name, asked.names.as_deref() != Some("no"))))
}

fn context(mut shell: Shell, mut view: CaseView, printed_by: String, names: bool) -> PrintPage {
    shell.title.clone_from(&view.summary.number);
    view.rights = CaseRights::default();
    if !names {
        leave_names_out(&mut view);
    }
    PrintPage { shell, view, printed_by, may: false, names }
}

/// Keeps only what tells nobody's identity: fields of the classes S and B, and no reference to a person by name.
fn leave_names_out(view: &mut CaseView) {
    let clear = |entity: &mut EntityView| {
        entity.fields.retain(|field| {
            matches!(field.class, ShareClass::S | ShareClass::B) && !matches!(field.kind_of, "ref" | "text" | "long")
        });
        entity.title.clone_from(&entity.label);
    };
    view.notes.clear();
    view.consents.clear();
    view.documents.clear();
    clear(&mut view.head);
    for person in &mut view.people {
        person.display = String::new();
        clear(&mut person.entity);
        person.roles.iter_mut().for_each(clear);
    }
    view.legs.iter_mut().chain(&mut view.stages).chain(&mut view.inquiries).for_each(clear);
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> (impl Template + use<>, impl Template + use<>) {
    let page = |names| context(shell.clone(), super::samples::case(text), text.to_owned(), names);
    (page(true), page(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn a_print_without_names_holds_no_text_that_a_person_wrote() {
        let page = context(samples::shell(), samples::case("PLANTED"), "Officer".to_owned(), false);
        let mut html = page.render().unwrap();
        for public in [&page.view.summary.number, &page.view.summary.owner.name] {
            html = html.replace(public.as_str(), "");
        }
        let units: Vec<&str> = page.view.timeline.iter().map(|step| step.unit.name.as_str()).collect();
        assert!(units.iter().all(|unit| unit.contains("PLANTED")), "the sample plants it everywhere");
        assert!(!html.contains("PLANTED name"), "a name");
        assert!(!html.contains("PLANTED value"), "a value of a text field");
        assert!(
            context(samples::shell(), samples::case("PLANTED"), String::new(), true).render().unwrap().contains("PLANTED name")
        );
    }
}
