//! The pages of the share form with invented data.
//! What the service says to them is tested over the real routes.

use super::*;
use crate::pages::samples;
use icmc_node::service::model::SharePreview;

fn preview(view: &CaseView, text: &str) -> SharePreview {
    SharePreview {
        case: CaseView { rights: Default::default(), ..view.clone() },
        to: samples::unit(text),
        terms: samples::share_terms(text),
        shown: 12,
        kept: 3,
        first: true,
        gone: vec![text.to_owned()],
        added: vec![text.to_owned()],
    }
}

/// Every step, new and again, with consent missing and the two pages beside.
pub(in crate::pages) fn samples(shell: Shell, text: &str) -> Vec<impl Template + use<>> {
    let view = samples::case(text);
    let person = view.people[0].id;
    let mut form = Posted::from_pairs(&[("note", text), ("preset", "referral"), ("to", &samples::peer(text).unit.to_string())]);
    form.push(format!("reason.{person}"), text);
    form.push(format!("basis.{person}"), "law_enforcement");
    let of = |given| Desk { view: view.clone(), peers: vec![samples::peer(text)], given };
    let (new, again) = (of(None), of(Some(samples::share(text))));
    let page = |desk: &Desk, step| context(shell.clone(), desk, form.clone(), step);
    let mut check = page(&new, "check");
    check.stays = vec![text.to_owned()];
    let less = CaseView { legs: Vec::new(), ..view.clone() };
    check.seen = choices::together(vec![preview(&view, text), preview(&less, text)]);
    let mut blocked = page(&new, "check");
    let gaps = vec!["none", "incomplete", "withdrawn", "not_yet", "expiry", "recipient", "purpose", "classes"];
    blocked.lacks = vec![ConsentLack { person, display: text.to_owned(), units: vec![(samples::unit(text), gaps)] }];
    let mut typed = form.clone();
    typed.push("c.person", person.to_string());
    for field in ["withheld", "override_authority", "second"] {
        typed.push(format!("c.{field}"), text);
    }
    let asides = [Kind::Consent, Kind::Override].map(|kind| beside(&shell, &new, typed.clone(), kind).unwrap());
    let mut lowered = page(&again, "check");
    lowered.seen = choices::together(vec![preview(&view, text)]);
    let mut pages = vec![page(&new, "whom"), page(&new, "what"), page(&new, "terms"), check, blocked, lowered];
    pages.extend([page(&again, "whom"), page(&again, "terms")]);
    pages.extend(asides);
    pages
}
