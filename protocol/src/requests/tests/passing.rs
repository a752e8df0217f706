//! The owner refuses a contribution, or asks its author whether it may pass it to one unit: Guwahati owns, Shillong wrote, Kathmandu is
//! to have it, or meddles.

use super::super::thread::MessagePayload;
use super::super::{
    Form, RequestRefusal, answer_passing, ask_to_pass, messages, passings, refusals, refuse_contribution, say, seen, unread,
    unread_of,
};
use super::{GIRL, OPENED, last_incident, send};
use crate::bounded::BoundedText;
use crate::caselog::append;
use crate::envelope::Kind;
use crate::ids::{CaseId, EntryHash, ShareId, UnitId};
use crate::sharing::{
    ContributionState, ContributionTerms, Onward, accept, admit, contribution_of, contribution_terms, create, recall, take_back,
};
use crate::testing::World;
use crate::testing::drafts::{self, id, note};
use crate::time::DAY;
use crate::wire;

/// Shillong and Kathmandu work on the case; Shillong wrote a note, which Guwahati has not admitted yet.
fn wrote(onward: Onward) -> (World, CaseId, EntryHash, ShareId) {
    let (mut world, case) = OPENED.clone();
    let mut with = None;
    for to in ["kathmandu", "shillong"] {
        let mut request = drafts::request(case, world[to].id, &[GIRL], world.now.plus(30 * DAY));
        request.sections = drafts::sections(&["identity", "notes"]);
        let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
        world.settle();
        world.act(to, |txn| accept(txn, share)).unwrap();
        world.settle();
        with = Some(share);
    }
    let terms = ContributionTerms { onward, ..ContributionTerms::USUAL };
    world.act("shillong", |txn| contribution_terms(txn, case, terms)).unwrap();
    let written = note(id(50), "canary-note");
    let entry = world.act("shillong", |txn| append(txn, case, &written, &drafts::author("Officer Lyngdoh"))).unwrap().head;
    world.settle();
    (world, case, entry, with.unwrap())
}

fn state(world: &World, case: CaseId, entry: EntryHash) -> ContributionState {
    contribution_of(&world["guwahati"].view, case, entry).unwrap().unwrap().state
}

fn let_count(world: &mut World, case: CaseId, entry: EntryHash) {
    world.act("guwahati", |txn| admit(txn, case, entry, &drafts::author("Officer Das"))).unwrap();
    world.settle();
}

fn ask(world: &mut World, case: CaseId, entry: EntryHash) -> Result<(), RequestRefusal> {
    let to = world["kathmandu"].id;
    world.act("guwahati", |txn| ask_to_pass(txn, case, entry, to, "They trace the same man."))?;
    world.settle();
    Ok(())
}

fn answer(world: &mut World, case: CaseId, entry: EntryHash, yes: bool) -> Result<(), RequestRefusal> {
    let to = world["kathmandu"].id;
    world.act("shillong", |txn| answer_passing(txn, case, entry, to, yes, ""))?;
    world.settle();
    Ok(())
}

#[test]
fn a_refusal_keeps_its_reason_and_its_author_reads_it() {
    let (mut world, case, entry, _) = wrote(Onward::Ask);
    assert!(world.act("guwahati", |txn| refuse_contribution(txn, case, entry, " ")).is_err(), "not without a reason");
    let told = world.act("guwahati", |txn| refuse_contribution(txn, case, entry, "Another girl of that name.")).unwrap();
    world.settle();
    assert!(told && state(&world, case, entry) == ContributionState::Refused);
    for unit in ["guwahati", "shillong"] {
        assert_eq!(refusals(&world[unit].view, case).unwrap(), [(entry, "Another girl of that name.".to_owned())], "{unit}");
    }
    let again = world.act("guwahati", |txn| refuse_contribution(txn, case, entry, "Twice"));
    assert!(matches!(again, Err(RequestRefusal::State("refused already"))));
    assert!(!world["kathmandu"].holds("canary-note"));
    // Who looks again can still let it count; nobody refuses what counts.
    let_count(&mut world, case, entry);
    assert_eq!(state(&world, case, entry), ContributionState::Admitted);
    let late = world.act("guwahati", |txn| refuse_contribution(txn, case, entry, "Late"));
    assert!(matches!(late, Err(RequestRefusal::State("admitted already"))));
}

#[test]
fn what_its_author_took_back_is_not_refused_and_one_whose_share_is_over_is_refused_without_a_word() {
    let (mut world, case, entry, share) = wrote(Onward::Ask);
    let mut other = world.clone();
    world.act("shillong", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    assert!(world.act("guwahati", |txn| refuse_contribution(txn, case, entry, "No")).is_err());
    other.act("guwahati", |txn| recall(txn, share)).unwrap();
    other.settle();
    assert!(!other.act("guwahati", |txn| refuse_contribution(txn, case, entry, "No")).unwrap(), "nobody can be told");
    assert_eq!(state(&other, case, entry), ContributionState::Refused);
}

#[test]
fn a_yes_passes_it_to_that_unit_and_a_no_does_not() {
    for yes in [false, true] {
        let (mut world, case, entry, _) = wrote(Onward::Ask);
        let_count(&mut world, case, entry);
        assert!(!world["kathmandu"].holds("canary-note"), "not before its author was asked");
        ask(&mut world, case, entry).unwrap();
        assert!(!world["kathmandu"].holds("canary-note"), "asking is not having");
        let there = passings(&world["shillong"].view, case).unwrap();
        assert_eq!((there.len(), there[0].to, there[0].why.as_str()), (1, world["kathmandu"].id, "They trace the same man."));
        assert!(ask(&mut world, case, entry).is_err(), "once");
        answer(&mut world, case, entry, yes).unwrap();
        assert_eq!(world["kathmandu"].holds("canary-note"), yes);
        assert!(answer(&mut world, case, entry, !yes).is_err(), "once");
        for unit in ["guwahati", "shillong"] {
            let all = passings(&world[unit].view, case).unwrap();
            assert_eq!(all[0].answer.as_ref().map(|(yes, _)| *yes), Some(yes), "{unit}");
        }
        // What its author takes back is destroyed there too.
        world.act("shillong", |txn| take_back(txn, case, entry)).unwrap();
        world.settle();
        assert!(!world["kathmandu"].holds("canary-note") && !world["guwahati"].holds("canary-note"));
    }
}

#[test]
fn whoever_said_no_beforehand_is_not_asked() {
    for onward in [Onward::None, Onward::Allowed] {
        let (mut world, case, entry, _) = wrote(onward);
        let_count(&mut world, case, entry);
        assert!(matches!(ask(&mut world, case, entry), Err(RequestRefusal::Contribution(_))), "{onward:?}");
    }
    let (mut world, case, entry, _) = wrote(Onward::Ask);
    let to = world["shillong"].id;
    assert!(world.act("guwahati", |txn| ask_to_pass(txn, case, entry, to, "")).is_err(), "it is its own");
    let nobody = world.act("shillong", |txn| answer_passing(txn, case, entry, to, true, ""));
    assert!(matches!(nobody, Err(RequestRefusal::Nothing)), "nobody asked");
}

#[test]
fn a_form_that_does_not_fit_is_refused_and_nothing_passes() {
    let (mut world, case, entry, share) = wrote(Onward::Ask);
    let_count(&mut world, case, entry);
    let to: UnitId = world["kathmandu"].id;
    let payload = |form| wire::encode(&MessagePayload { about: share, text: BoundedText::default(), form: Some(form) });
    let yes = |to| payload(Form::Pass { entry, to, yes: true });
    // Its author says yes to what it was not asked, or about what is not its own.
    send(&mut world, "shillong", "guwahati", Kind::Message, yes(to));
    assert_eq!(last_incident(&world, "guwahati"), "answered a question that it was not asked");
    let other = EntryHash([9; 32]);
    for form in [Form::Refused { entry: other }, Form::MayPass { entry: other, to }] {
        send(&mut world, "guwahati", "shillong", Kind::Message, payload(form));
        assert_eq!(last_incident(&world, "shillong"), "spoke of a contribution that it was not given");
        send(&mut world, "shillong", "guwahati", Kind::Message, payload(form));
        assert_eq!(last_incident(&world, "guwahati"), "spoke of a contribution that it was not given");
    }
    // Kathmandu would like to have it, and says yes for Shillong.
    ask(&mut world, case, entry).unwrap();
    send(&mut world, "kathmandu", "guwahati", Kind::Message, yes(to));
    assert_eq!(last_incident(&world, "guwahati"), "sent a message about what is between other units");
    assert!(!world["kathmandu"].holds("canary-note"));
    // A yes is for the unit that was asked about, and counts once.
    let owner = yes(world["guwahati"].id);
    send(&mut world, "shillong", "guwahati", Kind::Message, owner);
    assert_eq!(last_incident(&world, "guwahati"), "answered a question that it was not asked");
    answer(&mut world, case, entry, false).unwrap();
    send(&mut world, "shillong", "guwahati", Kind::Message, yes(to));
    assert_eq!(last_incident(&world, "guwahati"), "answered a question that it was not asked");
    assert!(!world["kathmandu"].holds("canary-note"));
}

#[test]
fn what_nobody_has_looked_at_is_counted_until_somebody_has() {
    let (mut world, _, _, share) = wrote(Onward::Ask);
    for words in ["Which lane?", "And who?"] {
        world.act("shillong", |txn| say(txn, share, words)).unwrap();
        world.settle();
    }
    assert_eq!(unread(&world["guwahati"].view).unwrap(), [(share, 2)].into());
    assert!(unread(&world["shillong"].view).unwrap().is_empty(), "what was written here is not unread here");
    world.act("guwahati", |txn| seen(txn, share)).unwrap();
    assert_eq!(unread_of(&world["guwahati"].view, share).unwrap(), 0);
    // At the same instant as the others: it is another one all the same.
    world.act("shillong", |txn| say(txn, share, "One more")).unwrap();
    world.settle();
    assert_eq!(unread_of(&world["guwahati"].view, share).unwrap(), 1);
    assert_eq!(messages(&world["guwahati"].view, share).unwrap().len(), 3);
}
