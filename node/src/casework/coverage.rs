//! What a share does not cover, so that nobody takes "not shared" for "not known".
//! Not what it does: that is decided by `protocol::caselog::disclose`.

use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::sharing::Share;

/// Labels of the sections that none of these shares names.
#[must_use]
pub fn not_covered<'a>(shares: impl IntoIterator<Item = &'a Share> + Clone) -> Vec<String> {
    let covered = |id: &str| shares.clone().into_iter().any(|share| share.sections.iter().any(|section| &**section == id));
    Dictionary::builtin().sections().iter().filter(|section| !covered(&section.id)).map(|section| section.label.clone()).collect()
}
