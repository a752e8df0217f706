//! What of a case can be shared, with what was chosen so far: people, sections, classes, restricted values; and what stays.
//! What really leaves is decided by the service, and shown by its preview.

use super::fields::Choice;
use super::form::Posted;
use super::words;
use icmc_node::service::model::{CaseView, EntityView, FieldView, SharePreview};
use icmc_protocol::dictionary::{Dictionary, ShareClass};
use icmc_protocol::ids::{Commitment, EntityId};
use std::collections::BTreeSet;

/// A person who can be named.
#[derive(Debug)]
pub(super) struct NamedPerson {
    pub(super) id: EntityId,
    pub(super) display: String,
    pub(super) basis: String,
    pub(super) reason: String,
    /// How many consents of this person are entered.
    pub(super) consents: usize,
}

/// A section with what the case holds in it.
#[derive(Debug)]
pub(super) struct SectionChoice {
    pub(super) choice: Choice,
    pub(super) holds: String,
}

/// What one receiver, or several that see the same, will see.
pub(super) struct Seen {
    /// Goes before the marks of its rendering.
    pub(super) at: String,
    pub(super) names: Vec<String>,
    /// Those with whom nothing was ever shared.
    pub(super) firsts: Vec<String>,
    pub(super) preview: SharePreview,
    /// What it sees besides what the first of them sees, and what it does not see of that.
    pub(super) more: Vec<String>,
    pub(super) less: Vec<String>,
}

/// The people of the case with what was chosen for each.
pub(super) fn people(form: &Posted, view: &CaseView) -> Vec<NamedPerson> {
    let named = view.people.iter().filter(|person| !person.entity.removed).map(|person| NamedPerson {
        id: person.id,
        display: format!("{} ({})", person.display, person.role_words),
        basis: form.one(&format!("basis.{}", person.id)).to_owned(),
        reason: form.one(&format!("reason.{}", person.id)).to_owned(),
        consents: view.consents.iter().filter(|consent| consent.person == Some(person.id) && !consent.removed).count(),
    });
    named.collect()
}

/// The sections, ticked as chosen, with how many values of each class they hold.
pub(super) fn sections(form: &Posted, view: &CaseView) -> Vec<SectionChoice> {
    let chosen = form.all("sections");
    let dictionary = Dictionary::builtin();
    let values: Vec<(&str, ShareClass)> = entities(view)
        .flat_map(|(_, entity)| {
            let section = dictionary.kind(&entity.kind).and_then(|kind| kind.section.as_deref()).unwrap_or_default();
            let told = entity.fields.iter().filter(|field| words::tells(field));
            told.map(move |field| (section, field.class))
        })
        .collect();
    let holds = |id: &str| {
        let classes = [ShareClass::S, ShareClass::B, ShareClass::I, ShareClass::X].into_iter();
        let counts = classes.filter_map(|class| {
            let count = values.iter().filter(|value| **value == (id, class)).count();
            (count > 0).then(|| format!("{class} {count}"))
        });
        counts.collect::<Vec<_>>().join(", ")
    };
    dictionary
        .sections()
        .iter()
        .map(|section| SectionChoice {
            choice: Choice {
                code: section.id.clone(),
                label: section.label.clone(),
                chosen: chosen.contains(&section.id.as_str()),
            },
            holds: holds(&section.id),
        })
        .collect()
}

/// The classes, ticked as chosen.
pub(super) fn classes(form: &Posted) -> Vec<Choice> {
    let chosen = form.all("classes");
    ["S", "B", "I"]
        .map(|code| Choice { code: code.to_owned(), label: words::share_class(code).to_owned(), chosen: chosen.contains(&code) })
        .into()
}

/// Every entity of a case with whose it is.
fn entities(view: &CaseView) -> impl Iterator<Item = (&str, &EntityView)> {
    let of_people = view.people.iter().flat_map(|person| {
        let entities = std::iter::once(&person.entity)
            .chain(&person.names)
            .chain(&person.phones)
            .chain(&person.identifiers)
            .chain(&person.roles);
        entities.map(|entity| (person.display.as_str(), entity))
    });
    let documents = view.documents.iter().map(|document| &document.entity);
    let others = view.legs.iter().chain(&view.stages).chain(&view.inquiries).chain(&view.notes).chain(&view.consents);
    let named = move |entity: &EntityView| {
        let person = view.people.iter().find(|person| Some(person.id) == entity.person);
        person.map(|person| person.display.as_str())
    };
    of_people
        .chain(others.chain(documents).chain([&view.head]).map(move |entity| (named(entity).unwrap_or(&entity.label), entity)))
}

/// The restricted values of the case, ticked as chosen.
pub(super) fn restricted(form: &Posted, view: &CaseView) -> Vec<Choice> {
    let chosen = form.all("items");
    let values = |(whose, entity): (&str, &EntityView)| -> Vec<Choice> {
        let fields = entity.fields.iter().filter(|field| field.class == ShareClass::X && !field.text.is_empty());
        // Of a field in conflict each version is a value of its own.
        let text = |field: &FieldView, item: &Commitment| {
            let version = field.conflict.iter().find(|version| version.commitment == *item);
            let (text, whose) = version.map_or((&field.text, None), |version| (&version.text, Some(&version.unit.name)));
            match whose {
                Some(unit) => format!("{}: {text} (one of {} versions, of {unit})", field.label, field.conflict.len()),
                None => format!("{}: {text}", field.label),
            }
        };
        let each = fields.flat_map(|field| field.seen.iter().map(move |item| (item.to_string(), text(field, item))));
        each.map(|(code, text)| Choice { chosen: chosen.contains(&code.as_str()), label: format!("{whose}, {text}"), code })
            .collect()
    };
    entities(view).flat_map(values).collect()
}

/// What stays here, in words.
pub(super) fn stays(form: &Posted, view: &CaseView) -> Vec<String> {
    let unnamed = people(form, view).into_iter().filter(|person| person.basis.is_empty());
    let people = unnamed.map(|person| format!("{}, and all that hangs on this person", person.display));
    let sections = sections(form, view)
        .into_iter()
        .filter(|section| !section.choice.chosen && !section.holds.is_empty())
        .map(|section| format!("Section: {}", section.choice.label));
    let classes = classes(form).into_iter().filter(|class| !class.chosen).map(|class| class.label);
    let items = restricted(form, view).into_iter().filter(|item| !item.chosen).map(|item| item.label);
    people.chain(sections).chain(classes).chain(items).collect()
}

/// Receivers who see the same together; for the others, in what they differ from the first.
pub(super) fn together(previews: Vec<SharePreview>) -> Vec<Seen> {
    let mut groups: Vec<Seen> = Vec::new();
    for preview in previews {
        let name = preview.to.name.clone();
        let first = preview.first.then(|| name.clone());
        match groups.iter_mut().find(|seen| seen.preview.case == preview.case) {
            Some(seen) => {
                seen.names.push(name);
                seen.firsts.extend(first);
            }
            None => {
                let here = lines(&preview.case);
                let there = groups.first().map_or_else(|| here.clone(), |first| lines(&first.preview.case));
                let (more, less) = (here.difference(&there).cloned().collect(), there.difference(&here).cloned().collect());
                let at = if groups.is_empty() { String::new() } else { format!("g{}-", groups.len() + 1) };
                groups.push(Seen { at, names: vec![name], firsts: first.into_iter().collect(), preview, more, less });
            }
        }
    }
    groups
}

/// "Note: Text: …" for each value that a case shows.
fn lines(view: &CaseView) -> BTreeSet<String> {
    let shown = entities(view).flat_map(|(_, entity)| {
        entity.fields.iter().filter(|field| words::tells(field)).map(|field| (entity.label.as_str(), field))
    });
    shown.map(|(label, field)| format!("{label}: {}: {}", field.label, words::shown(field))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;
    use icmc_node::service::model::VersionView;

    #[test]
    fn restricted_values_stay_unless_they_are_ticked() {
        let view = samples::case("x");
        let none = restricted(&Posted::default(), &view);
        assert!(!none.is_empty() && none.iter().all(|item| !item.chosen));
        assert!(none.iter().any(|item| item.label.contains("Family")), "those of home investigations too: {none:#?}");
        let form = Posted::from_pairs(&[("items", &none[0].code)]);
        assert!(restricted(&form, &view)[0].chosen);
        assert!(stays(&Posted::default(), &view).contains(&none[0].label));
        assert!(!stays(&form, &view).contains(&none[0].label));
    }

    #[test]
    fn each_version_of_a_restricted_value_in_conflict_is_told_by_its_own_words() {
        let mut view = samples::case("x");
        let field = view.people[0].entity.fields.iter_mut().find(|field| field.class == ShareClass::X).unwrap();
        let version = |text: &str, byte| VersionView {
            text: text.to_owned(),
            value: serde_json::Value::Null,
            commitment: Commitment([byte; 32]),
            unit: samples::unit("y"),
            at: None,
            by: None,
        };
        field.text = "asthma".to_owned();
        (field.conflict, field.seen) =
            (vec![version("asthma", 90), version("epilepsy", 91)], vec![Commitment([90; 32]), Commitment([91; 32])]);
        let items = restricted(&Posted::default(), &view);
        let label = |byte: u8| &items.iter().find(|item| item.code == Commitment([byte; 32]).to_string()).unwrap().label;
        assert!(label(90).contains("asthma") && !label(90).contains("epilepsy"), "{}", label(90));
        assert!(label(91).contains("epilepsy") && !label(91).contains("asthma"), "{}", label(91));
    }

    #[test]
    fn receivers_who_see_the_same_are_shown_together() {
        let preview = |name: &str, view: &CaseView| SharePreview {
            case: view.clone(),
            to: samples::unit(name),
            terms: samples::share_terms("x"),
            shown: 1,
            kept: 1,
            first: name == "b",
            gone: Vec::new(),
            added: Vec::new(),
        };
        let view = samples::case("x");
        let mut less = view.clone();
        less.legs.clear();
        let groups = together(vec![preview("a", &view), preview("b", &view), preview("c", &less)]);
        assert_eq!(groups.iter().map(|seen| seen.names.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(groups[0].firsts, ["b unit"], "one of them never had anything");
        assert!(groups[0].more.is_empty() && groups[0].less.is_empty());
        assert!(groups[1].more.is_empty() && groups[1].less.iter().any(|line| line.starts_with("Leg")), "{:?}", groups[1].less);
    }
}
