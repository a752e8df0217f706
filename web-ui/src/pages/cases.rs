//! The list of cases with its filter. Only codes stand in its address, so a view of it is a link.
//! Names are not searched here: see `search`.

use super::fields::Choice;
use super::reply::{Reply, render};
use super::shell::Shell;
use super::words;
use crate::format;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
use icmc_node::service::model::{CaseFilter, CaseSummary, Owner, Page};
use std::collections::BTreeMap;

struct FilterBox {
    id: String,
    name: &'static str,
    label: &'static str,
    options: Vec<Choice>,
}

struct Chip {
    label: String,
    href: String,
}

#[derive(Template)]
#[template(path = "pages/cases.html")]
struct CasesPage {
    shell: Shell,
    boxes: Vec<FilterBox>,
    chips: Vec<Chip>,
    page: Page<CaseSummary>,
    total: String,
    earlier: Option<String>,
    later: Option<String>,
}

/// What was asked for, by name; anything unknown is left out.
type Asked = BTreeMap<String, String>;

/// `GET /cases`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(asked): Query<Asked>) -> Reply {
    let shell = Shell::of(&state, &me, "Cases", "cases").saying(asked.get("said").map(String::as_str));
    let boxes = boxes(&asked);
    let page = state.service.cases(&me.actor, filter(&asked)).await.map_err(|error| shell.oops(error))?;
    Ok(render(&context(shell, boxes, page)))
}

fn filter(asked: &Asked) -> CaseFilter {
    let code = |name: &str| asked.get(name).filter(|code| !code.is_empty()).cloned();
    CaseFilter {
        status: code("status"),
        kind: code("kind"),
        stage: code("stage"),
        role: code("role"),
        owner: match code("owner").as_deref() {
            Some("own") => Owner::Own,
            Some("received") => Owner::Received,
            _ => Owner::All,
        },
        shared: code("shared").map(|shared| shared == "yes"),
        page: code("page").and_then(|page| page.parse().ok()),
    }
}

fn boxes(asked: &Asked) -> Vec<FilterBox> {
    let own =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
    let of = |kind, field| own(&words::answers(kind, field));
    let stages = icmc_protocol::dictionary::Dictionary::builtin().stages();
    let stages = stages.iter().map(|stage| (stage.code.clone(), words::stage(&stage.code))).collect();
    [
        ("status", "Status", of("case", "status")),
        ("kind", "Kind of case", of("case", "kind")),
        ("stage", "Stage", stages),
        ("role", "Somebody in it is", of("case_person", "role")),
        ("owner", "Whose", own(&[("own", "Ours"), ("received", "Received")])),
        ("shared", "Shared now", own(&[("yes", "Yes"), ("no", "No")])),
    ]
    .into_iter()
    .map(|(name, label, answers)| {
        let chosen = asked.get(name).map(String::as_str).unwrap_or_default();
        let options = answers.into_iter().map(|(code, label)| Choice { chosen: code == chosen, code, label }).collect();
        FilterBox { id: format!("f-{name}"), name, label, options }
    })
    .collect()
}

/// The address of the list with these filters, without one of them, on a page.
fn address(boxes: &[FilterBox], without: &str, page: u32) -> String {
    let chosen = boxes.iter().filter(|filter| filter.name != without);
    let pairs = chosen.filter_map(|filter| {
        filter.options.iter().find(|option| option.chosen).map(|option| format!("{}={}", filter.name, option.code))
    });
    let pairs: Vec<String> = pairs.chain((page > 1).then(|| format!("page={page}"))).collect();
    if pairs.is_empty() { paths::cases().to_owned() } else { format!("{}?{}", paths::cases(), pairs.join("&")) }
}

fn context(shell: Shell, boxes: Vec<FilterBox>, page: Page<CaseSummary>) -> CasesPage {
    let chips = boxes.iter().filter_map(|filter| {
        let option = filter.options.iter().find(|option| option.chosen)?;
        Some(Chip { label: format!("{}: {}", filter.label, option.label), href: address(&boxes, filter.name, 1) })
    });
    CasesPage {
        shell,
        chips: chips.collect(),
        total: format::number(page.total.into()),
        earlier: (page.page > 1).then(|| address(&boxes, "", page.page - 1)),
        later: (page.page < page.pages).then(|| address(&boxes, "", page.page + 1)),
        boxes,
        page,
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let asked = Asked::from([("status".to_owned(), "open".to_owned()), ("shared".to_owned(), "no".to_owned())]);
    context(shell, boxes(&asked), Page { items: vec![super::samples::summary(text)], page: 2, pages: 3, total: 123 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_removes_its_own_filter_and_only_codes_stand_in_addresses() {
        let asked = Asked::from([
            ("status".to_owned(), "open".to_owned()),
            ("kind".to_owned(), "<script>".to_owned()),
            ("role".to_owned(), "victim".to_owned()),
        ]);
        let page =
            context(super::super::samples::shell(), boxes(&asked), Page { items: Vec::new(), page: 1, pages: 2, total: 60 });
        let hrefs: Vec<&str> = page.chips.iter().map(|chip| chip.href.as_str()).collect();
        assert_eq!(hrefs, ["/cases?role=victim", "/cases?status=open"]);
        assert_eq!(page.later.as_deref(), Some("/cases?status=open&role=victim&page=2"));
        assert_eq!(page.earlier, None);
    }
}
