//! Every page rendered with invented data: it renders, twice alike, is sound HTML for everybody, and shows hostile text as text.
//! Not the look, and no browser: those tests are in `tests/browser`.

pub(crate) mod check;

use super::shell::{Fault, Shell};
use super::{
    account_pages, alerts, answer, ask, audit, carried, case, cases, digest, documents, edit, given, help, inbox, keepers, lost,
    messages, new_case, own_unit, password, peer_end, peers, print, publications, reply, requests, room, same, samples, search,
    share, shares, sign_in, team, today, who,
};
use askama::Template;

const HOSTILE: &str = "<script>alert(1)</script>\"' onmouseover='x' {{ 7*7 }} \u{202E}evil & সুনীতা";

/// All pages with a text in every field.
fn pages(shell: &Shell, text: &str) -> Vec<(&'static str, String)> {
    let of = |page: &dyn askama::DynTemplate| page.dyn_render().unwrap();
    let s = || shell.clone();
    let outside = Shell { user: None, ..s() };
    let (help_page, more) = help::samples(s());
    let (first, form) = new_case::samples(s(), text);
    let (inbox_page, preview) = inbox::samples(s(), text);
    let (peers_page, words) = peers::samples(s(), text);
    let (print_names, print_no_names) = print::samples(s(), text);
    let (directory, resources) = publications::samples(s(), text);
    let mut pages = vec![
        ("sign in", of(&sign_in::sample(outside, text))),
        ("password", of(&password::sample(s(), text))),
        ("today", of(&today::sample(s(), text))),
        ("help", of(&help_page)),
        ("more", of(&more)),
        ("cases", of(&cases::sample(s(), text))),
        ("search", of(&search::sample(s(), text))),
        ("new case, search", of(&first)),
        ("new case, form", of(&form)),
        ("case", of(&case::sample(s(), text))),
        ("case, received", of(&case::received(s(), text))),
        ("document", of(&documents::sample(s(), text))),
        ("team", of(&team::sample(s(), text))),
        ("shares", of(&shares::sample(s(), text))),
        ("inbox", of(&inbox_page)),
        ("preview", of(&preview)),
        ("ask", of(&ask::sample(s(), text))),
        ("answer", of(&answer::sample(s(), text))),
        ("messages", of(&messages::sample(s(), text))),
        ("directory", of(&directory)),
        ("resources", of(&resources)),
        ("alerts", of(&alerts::sample(s(), text))),
        ("digest", of(&digest::sample(s(), text))),
        ("peers", of(&peers_page)),
        ("words", of(&words)),
        ("keepers", of(&keepers::sample(s(), text))),
        ("own unit", of(&own_unit::sample(s(), text))),
        ("a laptop was lost", of(&lost::sample(s(), text))),
        ("end with a unit", of(&peer_end::sample(s(), text))),
        ("accounts", of(&account_pages::sample(s(), text))),
        ("audit", of(&audit::sample(s(), text))),
        ("print", of(&print_names)),
        ("print without names", of(&print_no_names)),
        ("error", of(&reply::samples::sample(s()))),
    ];
    pages.push(("who", of(&who::sample(s(), text))));
    pages.extend(carried::samples(s(), text).iter().map(|page| ("carry", of(page))));
    pages.extend(room::samples(s(), text).iter().map(|page| ("room", of(page))));
    pages.extend(same::samples(s(), text).iter().map(|page| ("same person", of(page))));
    pages.extend(given::samples(s(), text).iter().map(|page| ("given", of(page))));
    pages.extend(share::samples(s(), text).iter().map(|page| ("share", of(page))));
    pages.extend(requests::samples(s(), text).iter().map(|page| ("requests", of(page.as_ref()))));
    for kind in
        ["case", "person", "person_name", "person_phone", "person_identifier", "case_person", "route_leg", "stage_entry", "note"]
    {
        pages.push(("edit", of(&edit::sample(s(), text, kind))));
    }
    pages
}

#[test]
fn no_two_pages_claim_one_address() {
    // Building it panics if they do.
    let _ = super::router();
}

#[test]
fn every_page_renders_twice_alike() {
    let shell = samples::shell();
    assert_eq!(pages(&shell, "text"), pages(&shell, "text"));
}

#[test]
fn every_page_is_sound() {
    let mut shell = samples::shell().saying(Some("saved"));
    shell.faults = vec![Fault { field: Some("main".to_owned()), text: "Name: expected one line".to_owned() }];
    for (name, html) in pages(&shell, "Some text") {
        let faults = check::faults(&html);
        assert!(faults.is_empty(), "{name}: {faults:#?}");
        assert!(html.contains("<title>Error: "), "{name}: the title says that there is a problem");
    }
}

#[test]
fn hostile_text_is_shown_as_text() {
    for (name, html) in pages(&samples::shell(), HOSTILE) {
        assert!(!html.contains("<script>"), "{name}: a script got through");
        assert!(!html.contains("onmouseover='x'"), "{name}: a quote got through");
        let faults = check::faults(&html);
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

#[test]
fn titles_are_neutral_and_live_only_inside() {
    for (name, html) in pages(&samples::shell(), "Some text") {
        let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap();
        assert!(
            title.ends_with("– Records") && !title.to_lowercase().contains("traffick") && !title.contains("name"),
            "{name}: {title}"
        );
        assert_eq!(html.contains("data-events="), name != "sign in", "{name}");
    }
}

#[test]
fn whoever_may_only_read_is_offered_no_action() {
    let mut shell = samples::shell();
    if let Some(user) = &mut shell.user {
        (user.write, user.peers, user.accounts, user.audit) = (false, false, false, false);
    }
    let mut view = samples::case("x");
    view.rights = Default::default();
    let html = case::rendered(shell.clone(), view);
    // What is left is signing out, which everybody may.
    assert_eq!(html.matches("<form").count(), 1, "{html}");
    let mut pages =
        vec![shares::sample(shell.clone(), "x").render().unwrap(), alerts::sample(shell.clone(), "x").render().unwrap()];
    pages.push(who::sample(shell.clone(), "x").render().unwrap());
    pages.extend(given::samples(shell, "x").iter().map(|page| page.render().unwrap()));
    for page in pages {
        assert_eq!(page.matches("<form").count(), 1);
    }
}

#[test]
fn the_stylesheet_and_the_script_are_small_and_nothing_is_inline() {
    assert!(include_str!("../../../static/icmc.css").len() < 30_000);
    assert!(include_str!("../../../static/live.js").lines().count() < 80);
}
