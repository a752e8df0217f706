//! What the simulator itself knows: every value that was written, by whom, and through which shares others may hold it.
//! Not the code under test: nothing here folds a log or asks `disclose`.

use super::custody::Custody;
use crate::caselog::{Appended, Draft};
use crate::dictionary::{Dictionary, ShareClass, Value};
use crate::ids::{CaseId, Commitment, EntityId, EntryHash, ShareId, UnitId};
use crate::sharing::Share;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What every tagged value begins with; six digits follow.
pub(super) const TAG: &str = "zq~";
const DIGITS: usize = 6;

/// The number of a tagged value.
pub(super) type Tag = u32;

/// The text of a tag.
pub(super) fn text_of(tag: Tag) -> String {
    format!("{TAG}{tag:0DIGITS$}")
}

/// Every tag that stands somewhere in these bytes.
pub(super) fn tags_in(bytes: &[u8]) -> BTreeSet<Tag> {
    let (mut found, mut rest) = (BTreeSet::new(), bytes);
    while let Some(at) = rest.windows(TAG.len()).position(|window| window == TAG.as_bytes()) {
        rest = &rest[at + TAG.len()..];
        let digits = rest.get(..DIGITS).and_then(|digits| core::str::from_utf8(digits).ok());
        found.extend(digits.and_then(|digits| digits.parse::<Tag>().ok()));
    }
    found
}

/// Kind, entity and field.
pub(super) type Spot = (String, EntityId, String);

/// One change that a person made.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) case: usize,
    pub(super) writer: usize,
    pub(super) spot: Spot,
    pub(super) tag: Option<Tag>,
    pub(super) commitment: Commitment,
    pub(super) replaces: Vec<Commitment>,
    pub(super) entry: EntryHash,
    /// Written by the owner, or admitted by it and not a proposal.
    pub(super) counts: bool,
    /// A person of the owner let it count, be it known to the owner's node or forgotten with a backup.
    pub(super) admitted: bool,
    /// Owners whose people did.
    pub(super) admitted_at: BTreeSet<usize>,
    /// Its author has taken it back.
    pub(super) taken_back: bool,
    /// Units that signed that they destroyed it.
    pub(super) destroyed: BTreeSet<usize>,
    /// Who owned the case as it was written.
    pub(super) given_to: usize,
    /// Its writer handed it on as the owner: nobody takes it back, and it passes as the next owner's own.
    pub(super) as_owner: bool,
    /// Who was handed it with the case, and who was handed the case without it.
    pub(super) handed: BTreeSet<usize>,
    pub(super) absent: BTreeSet<usize>,
    /// Whom its writer gave it under a share of theirs: also an owner who was handed the case without it, where it waits for a person.
    pub(super) contributed: BTreeSet<usize>,
    /// The node of its writer was put back to before it was saved: it counts only if it comes back.
    pub(super) doubtful: bool,
    /// It did not come back: nobody had it.
    pub(super) lost: bool,
}

/// One case.
#[derive(Debug, Clone)]
pub(super) struct CaseTruth {
    pub(super) id: CaseId,
    pub(super) owner: usize,
    pub(super) persons: Vec<EntityId>,
    /// Kind and entity, and the person it hangs on.
    pub(super) entities: Vec<(&'static str, EntityId, Option<EntityId>)>,
    pub(super) removed: BTreeSet<EntityId>,
    /// Number of the next entity.
    pub(super) next: u8,
    /// Its owner has signed two histories: what others hold of it may differ.
    pub(super) forked: bool,
    /// It was opened after the backup to which its owner's node was put back, and nobody had it.
    pub(super) lost: bool,
    /// Whose it is and was beside its owner.
    pub(super) custody: Custody,
}

/// One share.
#[derive(Debug, Clone)]
pub(super) struct ShareTruth {
    pub(super) case: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) share: Share,
    /// A person of the receiver said yes.
    pub(super) accepted: bool,
    /// The owner's row says that it is active.
    pub(super) active: bool,
    /// The receiver signed that its key is destroyed.
    pub(super) receipted: bool,
    /// What its owner was shown before sending it: standing commitments by field. Nobody is shown anything of a share that is lowered
    /// by itself.
    pub(super) promised: Option<BTreeMap<Spot, BTreeSet<Commitment>>>,
    /// The node of its owner was put back: what it was shown last may be forgotten.
    pub(super) doubtful: bool,
    /// Its owner forgot it, and nobody had it.
    pub(super) lost: bool,
}

/// A question that one unit asked another.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) id: ShareId,
    pub(super) from: usize,
    pub(super) to: usize,
    /// The receiver signed that its key is destroyed.
    pub(super) receipted: bool,
}

/// Everything that is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Truth {
    pub(super) units: Vec<UnitId>,
    pub(super) cases: Vec<CaseTruth>,
    pub(super) written: Vec<Written>,
    pub(super) shares: BTreeMap<ShareId, ShareTruth>,
    /// By the tag in its text.
    pub(super) questions: BTreeMap<Tag, Question>,
    /// Units whose nodes were put back from a backup and wait for what others show.
    pub(super) restoring: BTreeSet<usize>,
    /// Units that are no members any more, and units whose key people changed, or began to change.
    pub(super) out: BTreeSet<usize>,
    pub(super) rekeyed: BTreeSet<usize>,
    /// Units whose nodes ever were.
    pub(super) put_back: BTreeSet<usize>,
    /// Units whose nodes were, with who was no member then, or ceased to be one before it was heard: it shows them nothing.
    pub(super) unshown: BTreeSet<(usize, usize)>,
    /// By tag: the change, and who may hold it through which shares, and since which of their revisions.
    tags: BTreeMap<Tag, usize>,
    pub(super) given: BTreeMap<(Tag, usize), BTreeMap<ShareId, u64>>,
    next_tag: Tag,
}

impl Truth {
    pub(super) fn new(units: Vec<UnitId>) -> Self {
        Self { units, ..Self::default() }
    }

    /// A unit is no member any more, or will not be.
    pub(super) fn left(&mut self, unit: usize) {
        self.out.insert(unit);
        self.unshown.extend(self.restoring.iter().map(|at| (*at, unit)));
    }

    /// Whether one of the two holds entries of this unit that it never heard of again: it goes on with others of the same numbers.
    pub(super) fn may_differ(&self, unit: UnitId, holders: [usize; 2]) -> bool {
        let unit = self.units.iter().position(|one| *one == unit);
        unit.is_some_and(|unit| holders.iter().any(|holder| self.unshown.contains(&(unit, *holder))))
    }

    /// An own value is in the rows of a unit: if it was in doubt, it has come back.
    pub(super) fn came_back(&mut self, unit: usize, commitment: Commitment) {
        let own = |written: &&mut Written| written.writer == unit && written.commitment == commitment;
        if let Some(written) = self.written.iter_mut().filter(|written| written.doubtful).find(own) {
            written.doubtful = false;
        }
    }

    /// A value that nothing else has.
    pub(super) fn tag(&mut self) -> String {
        self.next_tag += 1;
        text_of(self.next_tag)
    }

    /// How many tagged values were made.
    pub(super) fn tags(&self) -> usize {
        self.tags.len()
    }

    pub(super) fn value(&self, tag: Tag) -> Option<&Written> {
        self.tags.get(&tag).map(|at| &self.written[*at])
    }

    /// A person saved this, and was told that it is saved.
    pub(super) fn wrote(&mut self, case: usize, writer: usize, drafts: &[Draft], appended: &Appended) {
        let owner = self.cases[case].owner;
        let counts = writer == owner && self.cases[case].is_owned();
        for (draft, commitment) in drafts.iter().zip(&appended.commitments) {
            let tag = match &draft.value {
                Value::Text(text) => tags_in(text.as_bytes()).into_iter().next(),
                _ => None,
            };
            self.tags.extend(tag.map(|tag| (tag, self.written.len())));
            self.written.push(Written {
                case,
                writer,
                spot: (draft.kind.to_string(), draft.entity, draft.field.to_string()),
                tag,
                commitment: *commitment,
                replaces: draft.replaces.clone(),
                entry: appended.head,
                counts,
                admitted: false,
                admitted_at: BTreeSet::new(),
                taken_back: false,
                destroyed: BTreeSet::new(),
                given_to: owner,
                as_owner: false,
                handed: BTreeSet::new(),
                absent: BTreeSet::new(),
                contributed: BTreeSet::new(),
                doubtful: false,
                lost: false,
            });
        }
    }

    /// A person of the owner let an entry count.
    pub(super) fn admitted(&mut self, entry: EntryHash) {
        for written in self.written.iter_mut().filter(|written| written.entry == entry) {
            written.counts = !written.is_proposal();
            written.admitted = true;
            written.admitted_at.insert(self.cases[written.case].owner);
            written.absent.remove(&self.cases[written.case].owner);
        }
    }

    /// What an entry brought, to be marked.
    pub(super) fn of_entry(&mut self, entry: EntryHash) -> impl Iterator<Item = &mut Written> {
        self.written.iter_mut().filter(move |written| written.entry == entry)
    }

    /// What stands in a case by its owner's view: nothing that counts replaces it.
    pub(super) fn standing(&self, case: usize) -> impl Iterator<Item = &Written> {
        let owner = self.cases[case].owner;
        let counting = move || self.written.iter().filter(move |written| written.case == case && written.counts && !written.lost);
        let here = move |written: &Written| !written.absent.contains(&owner);
        // What a former owner replaced stays replaced; what an author kept back replaces nothing where it never came.
        let replacing = counting().filter(move |written| here(written) || written.as_owner);
        let replaced: BTreeSet<(&Spot, Commitment)> =
            replacing.flat_map(|written| written.replaces.iter().map(|one| (&written.spot, *one))).collect();
        counting().filter(move |written| here(written) && !replaced.contains(&(&written.spot, written.commitment)))
    }

    /// Whether a share lets this change through.
    pub(super) fn lets_through(&self, share: &ShareTruth, written: &Written) -> bool {
        let (kind, _, field) = &written.spot;
        let Some(field) = Dictionary::builtin().kind(kind).and_then(|kind| kind.field(field)) else { return false };
        let terms = &share.share;
        let class = match field.class {
            ShareClass::X => terms.items.contains(&written.commitment),
            class => terms.classes.contains(&class),
        };
        // A contribution goes to nobody but the owner: its author does not let it pass.
        let passes = written.as_owner || written.writer == self.cases[written.case].owner;
        class && passes && self.is_covered(share, written)
    }

    /// Whether a share covers what this change is about: the section of its entity, and whom that concerns.
    pub(super) fn is_covered(&self, share: &ShareTruth, written: &Written) -> bool {
        let (kind, entity, field) = &written.spot;
        let Some(kind) = Dictionary::builtin().kind(kind) else { return false };
        let value = kind.field(field).is_some_and(|field| !field.structural);
        let terms = &share.share;
        let section = kind.section.as_ref().is_some_and(|section| terms.sections.iter().any(|named| **named == **section));
        let person = match self.cases[written.case].hangs(*entity) {
            Some(Some(person)) => terms.persons.iter().any(|named| named.entity == person),
            Some(None) => true,
            None => false,
        };
        // Whom it concerns may still be only proposed.
        let about = |other: &&Written| other.case == written.case && other.spot.1 == *entity && other.spot.2 == "person";
        let undecided = self.written.iter().any(|other| about(&other))
            && !self.written.iter().filter(about).any(|other| other.counts && !other.lost);
        // Who said it may have kept that back.
        let mut said = self.standing(written.case).filter(about).filter(|one| one.tag.is_none()).peekable();
        let apart = said.peek().is_some() && said.all(|one| !self.passes(share, one));
        value && section && person && !undecided && !apart && written.case == share.case
    }

    /// A contribution goes to nobody but the owner: its author does not let it pass.
    fn passes(&self, share: &ShareTruth, written: &Written) -> bool {
        written.as_owner || written.writer == self.cases[written.case].owner || written.writer == share.to
    }

    /// What this share shows now may be held by its receiver.
    pub(super) fn grant(&mut self, id: ShareId) {
        let Some(share) = self.shares.get(&id) else { return };
        let tags =
            self.standing(share.case).filter(|written| self.lets_through(share, written)).filter_map(|one| one.tag).collect();
        self.grant_tags(id, tags);
    }

    /// The same where something else stands than what was saved.
    pub(super) fn grant_of(&mut self, id: ShareId, standing: &BTreeSet<Commitment>) {
        let Some(share) = self.shares.get(&id) else { return };
        let shown = |written: &&Written| standing.contains(&written.commitment) && self.lets_through(share, written);
        let tags = self.written.iter().filter(shown).filter_map(|written| written.tag).collect();
        self.grant_tags(id, tags);
    }

    fn grant_tags(&mut self, id: ShareId, tags: Vec<Tag>) {
        let Some((to, revision)) = self.shares.get(&id).map(|share| (share.to, share.share.revision)) else { return };
        for tag in tags {
            self.given.entry((tag, to)).or_default().insert(id, revision);
        }
    }

    /// The receiver signed that it destroyed what a lower revision does not cover.
    pub(super) fn lowered(&mut self, id: ShareId, to: usize, revision: u64) {
        for (_, shares) in self.given.iter_mut().filter(|((_, unit), _)| *unit == to) {
            shares.retain(|share, since| *share != id || *since >= revision);
        }
    }

    /// All active shares of a unit.
    pub(super) fn active(&self, owner: usize, now: Timestamp) -> Vec<ShareId> {
        let active = |share: &ShareTruth| share.from == owner && share.active && now < share.share.expires;
        self.shares.iter().filter(|(_, share)| active(share)).map(|(id, _)| *id).collect()
    }

    pub(super) fn describe(&self, written: &Written) -> String {
        let Written {
            case, writer, spot: (kind, _, field), counts, commitment, replaces, lost, absent, handed, as_owner, ..
        } = written;
        let stands = self.standing(*case).any(|standing| standing.commitment == *commitment);
        format!(
            "{kind}.{field} of case {case}, written by unit {writer}, counts {counts}, stands {stands}, tag {:?}, lost {lost}, \
             absent at {absent:?}, handed {handed:?}, as owner {as_owner}, {commitment:?} in place of {replaces:?}",
            written.tag
        )
    }
}
