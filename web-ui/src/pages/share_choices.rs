//! What of a case can be shared, with what was chosen so far: people, sections, classes, restricted values; and what stays.
//! What really leaves is decided by the service, and shown by its preview.

use super::fields::Choice;
use super::form::Posted;
use super::words;
use icmc_node::service::model::{CaseView, EntityView};
use icmc_protocol::dictionary::{Dictionary, ShareClass};
use icmc_protocol::ids::EntityId;

/// A person who can be named.
#[derive(Debug)]
pub(super) struct NamedPerson {
    pub(super) id: EntityId,
    pub(super) display: String,
    pub(super) basis: String,
    pub(super) reason: String,
}

/// The people of the case with what was chosen for each.
pub(super) fn people(form: &Posted, view: &CaseView) -> Vec<NamedPerson> {
    let named = view.people.iter().filter(|person| !person.entity.removed).map(|person| NamedPerson {
        id: person.id,
        display: format!("{} ({})", person.display, person.role_words),
        basis: form.one(&format!("basis.{}", person.id)).to_owned(),
        reason: form.one(&format!("reason.{}", person.id)).to_owned(),
    });
    named.collect()
}

/// The sections, ticked as chosen.
pub(super) fn sections(form: &Posted) -> Vec<Choice> {
    let chosen = form.all("sections");
    let sections = Dictionary::builtin().sections().iter();
    sections
        .map(|section| Choice {
            code: section.id.clone(),
            label: section.label.clone(),
            chosen: chosen.contains(&section.id.as_str()),
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

/// The restricted values of the case, ticked as chosen.
pub(super) fn restricted(form: &Posted, view: &CaseView) -> Vec<Choice> {
    let chosen = form.all("items");
    let of_people = view.people.iter().flat_map(|person| {
        let entities = std::iter::once(&person.entity)
            .chain(&person.names)
            .chain(&person.phones)
            .chain(&person.identifiers)
            .chain(&person.roles);
        entities.map(|entity| (person.display.as_str(), entity))
    });
    let documents = view.documents.iter().map(|document| &document.entity);
    let others = view
        .legs
        .iter()
        .chain(&view.stages)
        .chain(&view.notes)
        .chain(documents)
        .chain([&view.head])
        .map(|entity| (entity.label.as_str(), entity));
    let values = |(whose, entity): (&str, &EntityView)| -> Vec<Choice> {
        let fields = entity.fields.iter().filter(|field| field.class == ShareClass::X && !field.text.is_empty());
        let each = fields
            .flat_map(|field| field.seen.iter().map(move |item| (item.to_string(), format!("{}: {}", field.label, field.text))));
        each.map(|(code, text)| Choice { chosen: chosen.contains(&code.as_str()), label: format!("{whose}, {text}"), code })
            .collect()
    };
    of_people.chain(others).flat_map(values).collect()
}

/// What stays here, in words.
pub(super) fn stays(form: &Posted, view: &CaseView) -> Vec<String> {
    let unnamed = people(form, view).into_iter().filter(|person| person.basis.is_empty());
    let people = unnamed.map(|person| format!("{}, and all that hangs on this person", person.display));
    let sections =
        sections(form).into_iter().filter(|section| !section.chosen).map(|section| format!("Section: {}", section.label));
    let classes = classes(form).into_iter().filter(|class| !class.chosen).map(|class| class.label);
    let items = restricted(form, view).into_iter().filter(|item| !item.chosen).map(|item| item.label);
    people.chain(sections).chain(classes).chain(items).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restricted_values_stay_unless_they_are_ticked() {
        let view = crate::pages::samples::case("x");
        let none = restricted(&Posted::default(), &view);
        assert!(!none.is_empty() && none.iter().all(|item| !item.chosen));
        let form = Posted::from_pairs(&[("items", &none[0].code)]);
        assert!(restricted(&form, &view)[0].chosen);
        assert!(stays(&Posted::default(), &view).contains(&none[0].label));
        assert!(!stays(&form, &view).contains(&none[0].label));
    }
}
