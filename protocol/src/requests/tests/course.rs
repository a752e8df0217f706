//! The quiet course of a request, and its ends.
//! What disturbs it is in `refused`.

use super::super::{
    AskState, Asked, RefusalReason, RequestRefusal, WorkState, answer, ask, close, expire, messages, put, refuse, say, take,
    work_of,
};
use super::{ASKED, GIRL, NEEDLE, OPENED, form, held, made, wish};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{Name, append};
use crate::dictionary::Value;
use crate::ids::EntityId;
use crate::machine::{Scope, Table};
use crate::sharing::{Basis, ConsentGap, Ended, Purpose};
use crate::testing::World;
use crate::testing::drafts::{self, id};
use crate::time::{DAY, Timestamp};

const HERS: EntityId = id(70);

#[test]
fn a_request_is_taken_answered_put_into_the_case_and_closed() {
    let (mut world, asked) = ASKED.clone();
    assert_eq!((made(&world, asked).state, held(&world, asked).state), (AskState::Delivered, WorkState::New));
    let (_, work) = work_of(&world["shillong"].view, asked).unwrap().unwrap();
    let (request, _) = work.unwrap();
    assert_eq!((&*request.address, request.due), (NEEDLE, world.now.plus(14 * DAY)));

    world.act("shillong", |txn| take(txn, asked)).unwrap();
    world.settle();
    assert_eq!(made(&world, asked).state, AskState::Taken);
    world.act("shillong", |txn| answer(txn, asked, form())).unwrap();
    world.settle();
    let row = made(&world, asked);
    assert_eq!(row.state, AskState::Answered);
    let key = super::key(&world, "shillong").public();
    let answered = row.answer.unwrap().verify(&key).unwrap();
    assert_eq!((answered.request, answered.from, answered.to), (asked, world["shillong"].id, world["guwahati"].id));
    assert_eq!(answered.known().len(), form().len(), "it verifies by itself and says what the form said");

    let entity = EntityId([77; 16]);
    world.act("guwahati", |txn| put(txn, asked, entity)).unwrap();
    assert!(matches!(world.act("guwahati", |txn| put(txn, asked, id(78))), Err(RequestRefusal::State(_))));
    assert_eq!(made(&world, asked).put.unwrap().0, entity);

    world.act("guwahati", |txn| close(txn, asked)).unwrap();
    world.settle();
    let row = made(&world, asked);
    assert_eq!((row.state, held(&world, asked).state), (AskState::Closed, WorkState::Ended(Ended::Recalled)));
    assert!(row.receipt.is_some() && row.answer.is_some(), "the asker keeps the answer and has the receipt");
    assert!(!world["shillong"].holds(NEEDLE) && !world["shillong"].holds("Canary finding"));
    assert!(world["kathmandu"].incidents.is_empty() && !world["kathmandu"].holds(NEEDLE));
    assert!(!world.crossed(NEEDLE) && !world.crossed("Canary finding"), "nothing of it crossed in the clear");
}

#[test]
fn only_the_fields_that_were_chosen_leave() {
    let (world, asked) = ASKED.clone();
    let row = made(&world, asked);
    let (case, reason) = (row.case, "FIR 12 of 2026");
    let here =
        |needle: &[u8]| world["shillong"].view.rows().any(|(.., value)| value.windows(needle.len()).any(|part| part == needle));
    assert!(!here(case.as_bytes()), "not the case");
    assert!(!here(GIRL.as_bytes()), "not the person");
    assert!(!world["shillong"].holds(reason) && !world["shillong"].holds("GHY-1") && !world["shillong"].holds("Boro"));
}

#[test]
fn everything_of_a_request_lies_under_its_own_key_and_the_case_key() {
    let (mut world, asked) = ASKED.clone();
    world.act("guwahati", |txn| say(txn, asked, "Canary word to you")).unwrap();
    world.act("shillong", |txn| answer(txn, asked, form())).unwrap();
    world.settle();
    let case = made(&world, asked).case;
    for (unit, scope) in [("guwahati", Scope::Case(case)), ("shillong", Scope::Request(asked, held(&world, asked).since))] {
        let telling = |value: &[u8]| {
            [NEEDLE, "Canary finding", "Canary word"]
                .iter()
                .any(|needle| value.windows(needle.len()).any(|at| at == needle.as_bytes()))
        };
        let rows: Vec<_> =
            world[unit].view.rows().filter(|(table, _, _, value)| *table != Table::OUTBOX && telling(value)).collect();
        assert!(rows.len() >= 2, "{unit}");
        assert!(rows.iter().all(|(_, _, under, _)| *under == scope), "{unit}");
    }
}

#[test]
fn a_withdrawn_request_is_destroyed_and_receipted_also_when_it_overtakes() {
    let (mut world, asked) = ASKED.clone();
    world.act("guwahati", |txn| say(txn, asked, "Canary word")).unwrap();
    world.settle();
    assert_eq!(world.act("guwahati", |txn| close(txn, asked)).unwrap(), AskState::Withdrawn);
    world.settle();
    assert!(made(&world, asked).receipt.is_some());
    assert!(!world["shillong"].holds(NEEDLE) && !world["shillong"].holds("Canary word"));
    assert!(messages(&world["shillong"].view, asked).unwrap().is_empty());

    // Before it ever left: nothing of it leaves any more, and the other node says that it has nothing.
    let (mut world, case) = OPENED.clone();
    world.offline("shillong");
    let wish = wish(&world, case);
    let asked = world.act("guwahati", |txn| ask(txn, wish)).unwrap();
    world.act("guwahati", |txn| close(txn, asked)).unwrap();
    world.settle();
    world.online("shillong");
    assert!(work_of(&world["shillong"].view, asked).unwrap().is_none() && made(&world, asked).receipt.is_some());
    assert!(!world["shillong"].holds(NEEDLE));
    assert_eq!(made(&world, asked).state, AskState::Withdrawn);
}

#[test]
fn a_refusal_says_why_and_destroys_the_key() {
    let (mut world, asked) = ASKED.clone();
    let empty = world.act("shillong", |txn| refuse(txn, asked, RefusalReason::Other, " "));
    assert!(matches!(empty, Err(RequestRefusal::Field("text", _))));
    world.act("shillong", |txn| refuse(txn, asked, RefusalReason::NotOurArea, "Ask Nongpoh.")).unwrap();
    world.settle();
    let row = made(&world, asked);
    assert_eq!((row.state, held(&world, asked).state), (AskState::Refused, WorkState::Ended(Ended::Declined)));
    let (reason, text) = row.refused.unwrap();
    assert_eq!((reason, &*text), (RefusalReason::NotOurArea, "Ask Nongpoh."));
    assert!(row.receipt.is_some() && !world["shillong"].holds(NEEDLE));
    assert!(matches!(world.act("shillong", |txn| take(txn, asked)), Err(RequestRefusal::State(_))));
}

#[test]
fn what_nobody_ends_ends_by_itself() {
    let (mut world, asked) = ASKED.clone();
    world.advance(15 * DAY);
    assert_eq!(held(&world, asked).state, WorkState::New, "overdue is not over");
    world.act("shillong", |txn| take(txn, asked)).unwrap();
    world.advance(95 * DAY);
    assert_eq!((made(&world, asked).state, held(&world, asked).state), (AskState::Expired, WorkState::Ended(Ended::Expired)));
    assert!(!world["shillong"].holds(NEEDLE) && made(&world, asked).receipt.is_some());
    world.advance(40 * DAY);
    assert!(work_of(&world["shillong"].view, asked).unwrap().is_none(), "the row itself goes too");
    world.act("shillong", expire).unwrap();
}

#[test]
fn what_cannot_be_asked_is_said_before_anything_is_sent() {
    let (mut world, case) = OPENED.clone();
    let good = wish(&world, case);
    let before = world["guwahati"].state();
    let mut bad = |field: &str, change: &dyn Fn(&mut super::Asked)| {
        let mut wish = good.clone();
        change(&mut wish);
        let refused = world.act("guwahati", |txn| ask(txn, wish)).unwrap_err();
        assert!(matches!(refused, RequestRefusal::Field(name, _) if name == field), "{field}: {refused}");
    };
    bad("address", &|wish| (wish.request.name, wish.request.address) = Default::default());
    bad("checks", &|wish| wish.request.checks = BoundedVec::default());
    bad("reason", &|wish| wish.reason = BoundedText::default());
    bad("due", &|wish| wish.request.due = Timestamp(0));
    bad("due", &|wish| wish.request.due = wish.request.due.plus(400 * DAY));
    let wish = good.clone();
    assert!(matches!(world.act("shillong", |txn| ask(txn, wish)), Err(RequestRefusal::NotOwner)));
    assert!(world["guwahati"].state() == before);
}

#[test]
fn consent_must_cover_a_request_and_its_end_takes_the_request_back() {
    let (mut world, case) = OPENED.clone();
    let mut consented = wish(&world, case);
    (consented.request.basis, consented.reason) = (Basis::Consent, BoundedText::default());
    let gaps = |world: &mut World, wish: &Asked| match world.act("guwahati", |txn| ask(txn, wish.clone())) {
        Err(RequestRefusal::Consent(gaps)) => gaps,
        other => panic!("{other:?}"),
    };
    assert_eq!(gaps(&mut world, &consented), [ConsentGap::None]);
    let author = drafts::author("Officer Das");
    world.act("guwahati", |txn| append(txn, case, &drafts::consent(HERS, GIRL), &author)).unwrap();
    let mut other = consented.clone();
    other.request.purpose = Purpose::Repatriation;
    assert_eq!(gaps(&mut world, &other), [ConsentGap::Purpose]);
    // The consent must last as long as the other node may hold the request, not as long as the answer takes.
    let mut longer = consented.clone();
    longer.request.due = world.now.plus(300 * DAY);
    assert_eq!(gaps(&mut world, &longer), [ConsentGap::Expiry]);

    let lawful = wish(&world, case);
    let stays = world.act("guwahati", |txn| ask(txn, lawful)).unwrap();
    let waiting = world.act("guwahati", |txn| ask(txn, consented.clone())).unwrap();
    let answered = world.act("guwahati", |txn| ask(txn, consented)).unwrap();
    world.settle();
    world.act("shillong", |txn| answer(txn, answered, form())).unwrap();
    world.settle();
    let withdrawn = [drafts::text(HERS, "consent", "withdrawn_on", "2026-11-23")];
    world.act("guwahati", |txn| append(txn, case, &withdrawn, &author)).unwrap();
    world.settle();
    for (id, end) in [(waiting, AskState::Withdrawn), (answered, AskState::Closed)] {
        let row = made(&world, id);
        assert_eq!(row.state, end);
        assert!(row.receipt.is_some(), "destroyed there, by the receiver's signed word");
        assert!(!held(&world, id).is_open());
    }
    assert!(held(&world, stays).is_open(), "another ground does not end with a consent");
}

#[test]
fn a_form_that_is_not_filled_in_right_is_not_signed() {
    let (mut world, asked) = ASKED.clone();
    let before = world["shillong"].state();
    let mut form = form();
    form.retain(|name, _| &**name != "recommendation");
    form.insert(Name::new("willingness").unwrap(), Value::Text("perhaps".to_owned()));
    let refused = world.act("shillong", |txn| answer(txn, asked, form)).unwrap_err();
    let RequestRefusal::Fields(faults) = refused else { panic!("{refused}") };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["recommendation", "willingness"]);
    assert!(world["shillong"].state() == before);
}
