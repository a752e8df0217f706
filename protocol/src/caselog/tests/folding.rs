//! What counts, what is a proposal, what is a conflict.
//! Not parents and removal: see `structure`.

use super::{BOB, Book, CAROL, OWNER};
use crate::caselog::{Draft, Folding};
use crate::dictionary::Value;
use crate::ids::Commitment;
use crate::testing::drafts::{id, instead, text};
use crate::wire;

const MOTHER: [&str; 2] = ["person", "mother"];

fn mother(name: &str) -> Draft {
    text(id(2), MOTHER[0], MOTHER[1], name)
}

fn shown(book: &Book) -> Vec<String> {
    let folded = book.folded();
    let field = folded.entity(MOTHER[0], id(2)).unwrap().field(MOTHER[1]).unwrap();
    field.versions.iter().map(|version| version.value.as_text().unwrap().to_owned()).collect()
}

#[test]
fn a_value_gives_way_to_one_that_replaces_it_and_to_no_other() {
    let mut book = Book::new();
    let (_, first) = book.write(OWNER, &[mother("Rahima")]);
    book.write(OWNER, &[instead(first.clone(), mother("Rahela"))]);
    assert_eq!(shown(&book), ["Rahela"]);

    // A colleague saved a form rendered before that: both stand, the later first, until someone replaces both.
    let (_, third) = book.write(OWNER, &[instead(first, mother("Rohima"))]);
    assert_eq!(shown(&book), ["Rohima", "Rahela"]);
    let folded = book.folded();
    let field = folded.entity("person", id(2)).unwrap().field("mother").unwrap();
    assert!(field.in_conflict());
    let both = field.seen();
    book.write(OWNER, &[instead(third, mother("Rahima Bibi"))]);
    assert_eq!(shown(&book), ["Rahima Bibi", "Rahela"], "only what was seen is replaced");
    let all = [both, book.folded().entity("person", id(2)).unwrap().field("mother").unwrap().seen()].concat();
    book.write(OWNER, &[instead(all, mother("Rahima Begum"))]);
    assert_eq!(shown(&book), ["Rahima Begum"]);
}

#[test]
fn replacing_reaches_no_other_field_and_no_other_entity() {
    let mut book = Book::new();
    let (_, father) = book.write(OWNER, &[text(id(2), "person", "father", "Abdul"), mother("Rahima")]);
    book.write(OWNER, &[instead(father, text(id(3), "person", "father", "Karim"))]);
    let folded = book.folded();
    assert_eq!(folded.entity("person", id(2)).unwrap().text("father"), "Abdul");
    assert_eq!(folded.entity("person", id(2)).unwrap().text("mother"), "Rahima");
}

#[test]
fn a_cleared_field_shows_nothing_and_can_be_filled_again() {
    let mut book = Book::new();
    let (_, first) = book.write(OWNER, &[mother("Rahima")]);
    let (_, cleared) = book.write(OWNER, &[instead(first, mother(""))]);
    assert_eq!(book.folded().entity("person", id(2)).unwrap().value("mother"), None);
    book.write(OWNER, &[instead(cleared, mother("Rahela"))]);
    assert_eq!(shown(&book), ["Rahela"]);
}

#[test]
fn a_contribution_counts_where_it_is_admitted_and_not_before() {
    let mut book = Book::new();
    let (_, first) = book.write(OWNER, &[mother("Rahima")]);
    let (bobs, _) = book.write(BOB, &[instead(first.clone(), mother("Rahela"))]);
    book.write(OWNER, &[instead(first, mother("Rohima"))]);
    assert_eq!(shown(&book), ["Rohima"]);
    let folded = book.folded();
    assert_eq!(folded.entity("person", id(2)).unwrap().field("mother").unwrap().pending.len(), 1);
    assert!(!folded.steps.last().unwrap().admitted, "pending ones come last");

    // Written before the owner's change, admitted after it: it stands later.
    book.admit(bobs);
    assert_eq!(shown(&book), ["Rahela", "Rohima"]);
    book.admit(bobs);
    assert_eq!(shown(&book), ["Rahela", "Rohima"], "admitted twice counts once");
}

#[test]
fn what_the_owner_says_stands_no_more_is_gone_from_its_field_for_good() {
    let mut book = Book::new();
    let (_, first) = book.write(OWNER, &[mother("Rahima")]);
    let (_, second) = book.write(OWNER, &[mother("Rahela")]);
    let say = |of: &[Commitment]| super::steering("log", "superseded", Value::Bytes(wire::encode(&of.to_vec())));
    book.write(BOB, &[say(&second)]);
    assert_eq!(shown(&book), ["Rahela", "Rahima"], "only an owner says so");
    let mut folding = Folding::of(&book.log);
    book.write(OWNER, &[say(&first)]);
    assert_eq!(shown(&book), ["Rahela"]);
    folding.go_on(&book.log);
    assert_eq!(*folding, book.folded(), "on top as from the beginning");
}

#[test]
fn only_the_owner_admits() {
    let mut book = Book::new();
    let (bobs, _) = book.write(BOB, &[mother("Rahela")]);
    book.write(CAROL, &[super::steering("log", "admit", Value::Bytes(bobs.0.to_vec()))]);
    book.write(BOB, &[super::steering("log", "admit", Value::Bytes(bobs.0.to_vec()))]);
    assert_eq!(shown(&book), [""; 0]);
    book.admit(bobs);
    assert_eq!(shown(&book), ["Rahela"]);
}

#[test]
fn an_owner_only_field_from_a_contributor_stays_a_proposal() {
    let mut book = Book::new();
    let (_, basis) =
        book.write(OWNER, &[text(id(1), "case", "legal_basis", "consent"), text(id(1), "case", "title", "Bus stand")]);
    let proposals = [
        instead(vec![basis[0]], text(id(1), "case", "legal_basis", "court_order")),
        instead(vec![basis[1]], text(id(1), "case", "title", "Ferry")),
    ];
    let (bobs, _) = book.write(BOB, &proposals);
    book.admit(bobs);
    let folded = book.folded();
    let case = folded.entity("case", id(1)).unwrap();
    assert_eq!((case.text("legal_basis"), case.text("title")), ("consent", "Ferry"));
    assert_eq!(case.field("legal_basis").unwrap().pending.len(), 1);
    assert!(!case.field("legal_basis").unwrap().in_conflict());
}

#[test]
fn what_the_dictionary_does_not_know_is_kept() {
    let mut book = Book::new();
    book.write(OWNER, &[text(id(5), "horoscope", "sign", "leo"), text(id(2), "person", "shoe_size", "41")]);
    let folded = book.folded();
    assert_eq!(folded.entity("horoscope", id(5)).unwrap().text("sign"), "leo");
    assert_eq!(folded.entity("person", id(2)).unwrap().text("shoe_size"), "41");
}

#[test]
fn what_comes_on_top_is_folded_alone() {
    let mut book = Book::new();
    let (_, first) = book.write(OWNER, &[mother("Rahima"), text(id(3), "note", "text", "One.")]);
    let mut folding = Folding::of(&book.log);
    let mut on_top = |book: &Book, entries: usize| {
        assert_eq!(folding.go_on(&book.log), entries);
        assert_eq!(*folding, book.folded());
    };
    on_top(&book, 0);
    let (bobs, _) = book.write(BOB, &[instead(first[..1].to_vec(), mother("Rahela")), text(id(4), "note", "text", "Bob's.")]);
    on_top(&book, 1);
    book.write(OWNER, &[instead(first[..1].to_vec(), mother("Rohima"))]);
    on_top(&book, 1);
    book.admit(bobs);
    on_top(&book, 1);
    for number in 0..3 {
        book.write(OWNER, &[text(id(5), "note", "text", &format!("Note {number}."))]);
    }
    on_top(&book, 3);

    // Admitted before it came: it belongs where it was admitted, so all is folded anew.
    let mut ahead = Book { log: book.log.clone(), rng: book.rng.clone() };
    let (later, _) = ahead.write(BOB, &[mother("Rahila")]);
    book.admit(later);
    on_top(&book, 1);
    book.log.chains.insert(BOB, ahead.log.chains[&BOB].clone());
    book.log.changes.extend(ahead.log.changes);
    on_top(&book, 9);
}
