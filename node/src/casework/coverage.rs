//! What a share does not cover, so that nobody takes "not shared" for "not known".
//! Not what it does: that is decided by `protocol::caselog::disclose`.

use icmc_protocol::dictionary::{Dictionary, ShareClass};
use icmc_protocol::sharing::Share;

/// What none of these shares covers: labels of sections, then kinds of values, people and restricted values. By the shares' own terms,
/// so that it tells nothing of what the case holds.
#[must_use]
pub fn not_covered<'a>(shares: impl IntoIterator<Item = &'a Share> + Clone) -> Vec<String> {
    let any = |covers: &dyn Fn(&Share) -> bool| shares.clone().into_iter().any(covers);
    let known = Dictionary::builtin().sections().iter();
    let sections = known.filter(|section| !any(&|share| share.sections.iter().any(|one| **one == *section.id)));
    let mut found: Vec<String> = sections.map(|section| section.label.clone()).collect();
    for (class, label) in [
        (ShareClass::S, "statistical values such as sex, age, districts, dates"),
        (ShareClass::B, "values of basic coordination such as roles and numbers"),
        (ShareClass::I, "values of identity such as names, phones, papers, free text"),
    ] {
        if !any(&|share| share.classes.contains(&class)) {
            found.push(label.to_owned());
        }
    }
    found.push(if any(&|share| !share.persons.is_empty()) { "people who are not named" } else { "any person" }.to_owned());
    let chosen = any(&|share| !share.items.is_empty());
    found.push(if chosen { "restricted values, but for those that were chosen" } else { "restricted values" }.to_owned());
    found
}
