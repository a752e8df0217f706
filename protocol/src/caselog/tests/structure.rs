//! Parents, removal, and on whom an entity hangs.
//! Not values: see `folding`.

use super::{BOB, Book, OWNER};
use crate::caselog::{Draft, EntityKey, FIELD_PARENT, FIELD_REMOVED, Hangs, Name, person_of};
use crate::dictionary::Value;
use crate::ids::EntityId;
use crate::testing::drafts::{self, SUSPECT, Sketch, draft, id, instead, name_of, reference, text};

const MAN: EntityId = id(2);

fn named() -> Vec<Draft> {
    drafts::person(MAN, &Sketch { given: "Rofiqul", ..SUSPECT })
}

fn removed(entity: EntityId, kind: &str, yes: bool) -> Draft {
    draft(entity, kind, FIELD_REMOVED, Value::Bool(yes))
}

fn key(kind: &str, entity: EntityId) -> EntityKey {
    (Name::new(kind).unwrap(), entity)
}

#[test]
fn removing_is_undone_by_replacing_it() {
    let mut book = Book::new();
    book.write(OWNER, &named());
    let (_, gone) = book.write(OWNER, &[removed(MAN, "person", true)]);
    assert!(book.folded().entity("person", MAN).unwrap().removed);
    assert_eq!(book.folded().of_kind("person").count(), 0);
    book.write(OWNER, &[instead(gone, removed(MAN, "person", false))]);
    assert_eq!(book.folded().of_kind("person").count(), 1);
}

#[test]
fn what_is_not_admitted_removes_nothing_and_moves_nothing() {
    let mut book = Book::new();
    book.write(OWNER, &named());
    book.write(OWNER, &[text(id(7), "person_phone", "number", "98640 00000"), text(id(8), "note", "text", "Asked at the ferry")]);
    let (bobs, _) = book.write(
        BOB,
        &[
            removed(MAN, "person", true),
            draft(id(7), "person_phone", FIELD_PARENT, reference(MAN)),
            draft(id(8), "note", "person", reference(MAN)),
        ],
    );
    let before = book.folded();
    assert!(!before.entity("person", MAN).unwrap().removed);
    assert_eq!(person_of(&before, &key("person_phone", id(7))), Hangs::Unknown);
    assert_eq!(person_of(&before, &key("note", id(8))), Hangs::OnNobody);
    book.admit(bobs);
    let after = book.folded();
    assert!(after.entity("person", MAN).unwrap().removed);
    assert_eq!(person_of(&after, &key("person_phone", id(7))), Hangs::On(MAN));
    assert_eq!(person_of(&after, &key("note", id(8))), Hangs::On(MAN));
}

#[test]
fn a_proposed_entity_shows_where_its_author_put_it() {
    let mut book = Book::new();
    book.write(OWNER, &named());
    book.write(
        BOB,
        &[text(id(7), "person_phone", "number", "98640 00000"), draft(id(7), "person_phone", FIELD_PARENT, reference(MAN))],
    );
    let folded = book.folded();
    assert!(folded.entity("person_phone", id(7)).unwrap().is_pending());
    assert_eq!(person_of(&folded, &key("person_phone", id(7))), Hangs::On(MAN));
}

#[test]
fn an_id_used_again_under_another_kind_orphans_nobody() {
    let mut book = Book::new();
    book.write(OWNER, &named());
    let name = name_of(MAN);
    // The id of the person as a name under that very name: a circle, if kinds were not looked at.
    let circle =
        [draft(MAN, "person_name", FIELD_PARENT, reference(name)), draft(MAN, "horoscope", FIELD_PARENT, reference(name))];
    let (bobs, _) = book.write(BOB, &circle);
    book.admit(bobs);
    assert_eq!(person_of(&book.folded(), &key("person_name", name)), Hangs::On(MAN));
}

#[test]
fn a_missing_parent_means_the_case_itself() {
    let mut book = Book::new();
    book.write(
        OWNER,
        &[text(id(7), "person_phone", "number", "98640 00000"), draft(id(7), "person_phone", FIELD_PARENT, reference(id(99)))],
    );
    let folded = book.folded();
    assert_eq!(folded.entity("person_phone", id(7)).unwrap().parent, None);
    // Not on nobody: it stays here whoever is named in a share.
    assert_eq!(person_of(&folded, &key("person_phone", id(7))), Hangs::On(id(99)));
}

#[test]
fn what_names_two_persons_at_once_hangs_on_nobody_who_can_be_told() {
    let mut book = Book::new();
    book.write(OWNER, &[draft(id(8), "note", "person", reference(id(2))), text(id(8), "note", "text", "of whom?")]);
    book.write(OWNER, &[draft(id(8), "note", "person", reference(id(3)))]);
    assert_eq!(person_of(&book.folded(), &key("note", id(8))), Hangs::Unknown);
}
