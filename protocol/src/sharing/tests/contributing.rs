//! What a contributor may and may not do: it replaces what it had open, proposes what is the owner's, and hides nothing.
//! Shillong contributes, honest or not.

use super::super::contribute::ContributionPayload;
use super::super::{
    ContributionState, Handling, Onward, Rights, Taken, accept, admit, contribution, contributions, create, may_contribute,
};
use super::{GIRL, MAN, SHARED, SISTER, author, deliver, folded, last_incident, orders, own_entry, send, standing, write};
use crate::caselog::{Change, Entry, FIELD_REMOVED, KIND_ENTRY, KIND_LOG, Name};
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::envelope::{Kind, Received};
use crate::ids::{CaseId, EntityId, EntryHash, Salt, ShareId};
use crate::testing::World;
use crate::testing::drafts::{self, draft, id, instead, note, text};
use crate::time::DAY;
use crate::wire;

fn payload(share: ShareId, entries: Vec<Signed<Entry>>, changes: Vec<Change>) -> Vec<u8> {
    wire::encode(&ContributionPayload {
        share,
        revision: 0,
        handling: Handling::H2,
        onward: Onward::Ask,
        expires: None,
        entries,
        changes,
    })
}

/// Writes at Shillong without sending; gives the entry with its changes.
fn written(world: &mut World, case: CaseId, drafts: &[drafts::Draft]) -> (Signed<Entry>, Vec<Change>) {
    let mut aside = world.clone();
    write(&mut aside, "shillong", case, drafts);
    let last = crate::caselog::load(&aside["shillong"].view, case).unwrap().unwrap().chains[&aside["shillong"].id].len() - 1;
    own_entry(&aside, "shillong", case, last)
}

fn waiting(world: &World, case: CaseId) -> Vec<EntryHash> {
    let all = contributions(&world["guwahati"].view, case).unwrap();
    all.into_iter().filter(|(_, row)| row.state == ContributionState::Pending).map(|(hash, _)| hash).collect()
}

fn admit_all(world: &mut World, case: CaseId) {
    for hash in waiting(world, case) {
        world.act("guwahati", |txn| admit(txn, case, hash, &author())).unwrap();
    }
    world.settle();
}

#[test]
fn what_was_open_can_be_replaced_and_counts_once_admitted() {
    let (mut world, case, _) = SHARED.clone();
    let seen = folded(&world, "shillong", case).entity("person", GIRL).unwrap().field("mother").unwrap().seen();
    write(&mut world, "shillong", case, &[instead(seen, text(GIRL, "person", "mother", "Maloti Boro"))]);
    world.settle();
    assert_eq!(folded(&world, "guwahati", case).entity("person", GIRL).unwrap().text("mother"), "Maloti");
    admit_all(&mut world, case);
    for unit in ["guwahati", "shillong"] {
        let folded = folded(&world, unit, case);
        let field = folded.entity("person", GIRL).unwrap().field("mother").unwrap();
        assert_eq!((field.current(), field.in_conflict()), (Some(&Value::Text("Maloti Boro".to_owned())), false), "{unit}");
    }
}

#[test]
fn what_was_never_shown_cannot_be_replaced() {
    let (world, case, _) = SHARED.clone();
    let targets = [
        ("person", GIRL, "health_alert"), // restricted
        ("case", id(1), "status"),        // of a section that was not shared
        ("person", SISTER, "sex"),        // of a person who was not named
        ("case_person", drafts::role_of(GIRL), "role"),
    ];
    for (kind, entity, field) in targets {
        let mut world = world.clone();
        let before = world["guwahati"].state();
        let stolen = standing(&world, case, kind, entity, field);
        let value = if field == "role" {
            Value::Codes(vec!["witness".to_owned()])
        } else {
            Value::Text(if field == "sex" { "male" } else { "closed" }.to_owned())
        };
        write(&mut world, "shillong", case, &[instead(stolen, draft(entity, kind, field, value))]);
        world.settle();
        assert_eq!(last_incident(&world, "guwahati"), "contributed in place of what it was never shown", "{kind}.{field}");
        assert!(world["guwahati"].state() == before, "{kind}.{field}");
    }
}

#[test]
fn a_value_seen_under_one_share_can_be_replaced_under_another() {
    let (mut world, case, _) = SHARED.clone();
    let mut request = drafts::request(case, world["shillong"].id, &[], world.now.plus(DAY));
    request.sections = drafts::sections(&["case"]);
    let second = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("shillong", |txn| accept(txn, second)).unwrap();
    world.settle();
    let both = [standing(&world, case, "person", GIRL, "mother"), standing(&world, case, "case", id(1), "summary")];
    let drafts = [
        instead(both[0].clone(), text(GIRL, "person", "mother", "Maloti B.")),
        instead(both[1].clone(), text(id(1), "case", "summary", "Another invention.")),
    ];
    write(&mut world, "shillong", case, &drafts);
    world.settle();
    assert_eq!(waiting(&world, case).len(), 1);
}

#[test]
fn owner_only_fields_stay_proposals_even_when_admitted() {
    let (mut world, case, _) = SHARED.clone();
    write(&mut world, "guwahati", case, &drafts::stage(id(40), GIRL, "R2", "planned"));
    world.settle();
    let seen = folded(&world, "shillong", case).entity("stage_entry", id(40)).unwrap().field("state").unwrap().seen();
    let role = drafts::role_of(GIRL);
    write(
        &mut world,
        "shillong",
        case,
        &[instead(seen, text(id(40), "stage_entry", "state", "done")), text(role, "case_person", "matching_basis", "consent")],
    );
    world.settle();
    admit_all(&mut world, case);
    let folded = folded(&world, "guwahati", case);
    let stage = folded.entity("stage_entry", id(40)).unwrap();
    assert_eq!((stage.text("state"), stage.field("state").unwrap().pending.len()), ("planned", 1));
    assert_eq!(folded.entity("case_person", role).unwrap().text("matching_basis"), "", "nobody else gives a ground for matching");
}

#[test]
fn nothing_but_fields_of_people_can_be_contributed() {
    let (mut world, case, share) = SHARED.clone();
    let (shillong, before) = (world["shillong"].id, world["guwahati"].state());
    let name = |name| Name::new(name).unwrap();
    let hash = EntryHash([9; 32]);
    for (kind, field) in [(KIND_LOG, "admit"), (KIND_LOG, "opening")] {
        let steer = Change {
            entity: EntityId([0; 16]),
            kind: name(kind),
            field: name(field),
            value: Value::Bytes(hash.0.to_vec()),
            replaces: crate::bounded::BoundedVec::default(),
            salt: Salt([9; 32]),
        };
        let commitments = crate::bounded::BoundedVec::new(
            [steer.commitment(), crate::ids::Commitment([0; 32])]
                .into_iter()
                .chain([[1; 32], [2; 32]].map(crate::ids::Commitment))
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect(),
        )
        .unwrap();
        let entry = Signed::sign(
            &Entry { case, unit: shillong, seq: 0, prev: None, base: None, commitments },
            &super::key(&world, "shillong"),
        );
        send(&mut world, "shillong", "guwahati", Kind::Contribution, payload(share, vec![entry], vec![steer]));
        assert_eq!(last_incident(&world, "guwahati"), "contributed what is not its own to write");
    }
    // Entries of the owner and of a third unit, whoever signed them.
    let (owners, changes) = own_entry(&world, "guwahati", case, 1);
    send(&mut world, "shillong", "guwahati", Kind::Contribution, payload(share, vec![owners], changes));
    assert_eq!(last_incident(&world, "guwahati"), "contributed what is not its own to write");
    assert!(world["guwahati"].state() == before);
}

#[test]
fn nothing_turns_up_under_an_entry_after_it_came() {
    let (mut world, case, share) = SHARED.clone();
    let (entry, changes) =
        written(&mut world, case, &[note(id(50), "harmless").remove(0), draft(MAN, "person", FIELD_REMOVED, Value::Bool(true))]);
    let open: Vec<Change> =
        changes.iter().filter(|change| &*change.field == "text" || &*change.kind == KIND_ENTRY).cloned().collect();
    send(&mut world, "shillong", "guwahati", Kind::Contribution, payload(share, vec![entry.clone()], open));
    admit_all(&mut world, case);
    let before = world["guwahati"].state();
    for entries in [vec![entry], Vec::new()] {
        send(&mut world, "shillong", "guwahati", Kind::Contribution, payload(share, entries, changes.clone()));
        assert_eq!(last_incident(&world, "guwahati"), "opened a value of an entry that it had contributed without");
        assert!(world["guwahati"].state() == before);
    }
    assert!(!folded(&world, "guwahati", case).entity("person", MAN).unwrap().removed);
}

/// Four contributions that wait at Shillong, each in place of the one before.
fn four(world: &mut World, case: CaseId) -> Vec<Vec<u8>> {
    world.offline("shillong");
    let mut seen = Vec::new();
    for number in 0..4 {
        seen = write(world, "shillong", case, &[instead(seen, text(id(50), "note", "text", &format!("version {number}")))])
            .commitments;
    }
    world.sealed("shillong", "guwahati").into_iter().map(|(_, bytes)| bytes).collect()
}

#[test]
fn contributions_count_alike_in_whatever_order_they_come() {
    let (mut world, case, _) = SHARED.clone();
    let sealed = four(&mut world, case);
    assert_eq!(sealed.len(), 4);
    let mut expected = None;
    for order in orders(4) {
        let mut world = world.clone();
        deliver(&mut world, "shillong", "guwahati", &sealed, &order);
        assert_eq!(waiting(&world, case).len(), 4, "{order:?}");
        let state = world["guwahati"].state();
        assert!(*expected.get_or_insert(state.clone()) == state, "{order:?}");
        assert!(world["guwahati"].incidents.is_empty(), "{order:?}");
    }
}

#[test]
fn a_contribution_that_overtakes_the_acceptance_is_taken() {
    let (mut world, case) = super::OPENED.clone();
    let share = super::share(&mut world, case, "shillong");
    world.offline("guwahati");
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    write(&mut world, "shillong", case, &note(id(50), "at once"));
    for (_, bytes) in world.sealed("shillong", "guwahati").into_iter().rev() {
        world.deliver("shillong", "guwahati", bytes);
    }
    assert_eq!(waiting(&world, case).len(), 1);
    assert!(world["guwahati"].incidents.is_empty(), "{:?}", world["guwahati"].incidents);
}

#[test]
fn who_may_only_read_contributes_nothing() {
    let (mut world, case) = super::OPENED.clone();
    let mut request = drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(30 * DAY));
    request.rights = Rights::Read;
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.settle();
    assert!(!may_contribute(&world["shillong"].view, case, world.now).unwrap());
    let before = world["guwahati"].state();
    let (entry, changes) = written(&mut world, case, &note(id(50), "all the same"));
    send(&mut world, "shillong", "guwahati", Kind::Contribution, payload(share, vec![entry], changes));
    assert_eq!(last_incident(&world, "guwahati"), "contributed what its share does not allow");
    assert!(world["guwahati"].state() == before);
}

#[test]
fn nothing_is_taken_under_another_units_share_or_after_the_end() {
    let (mut world, case, share) = SHARED.clone();
    let (entry, changes) = written(&mut world, case, &note(id(50), "too late"));
    let bytes = payload(share, vec![entry], changes);
    let before = world["guwahati"].state();
    send(&mut world, "kathmandu", "guwahati", Kind::Contribution, bytes.clone());
    assert_eq!(last_incident(&world, "guwahati"), "contributed under a share it was not given");
    assert!(world["guwahati"].state() == before);
    let shillong = world["shillong"].id;
    let late = Received::by_hand(shillong, 900, Kind::Contribution, bytes);
    let mut expired = world.clone();
    expired.now = expired.now.plus(30 * DAY);
    let refused = |world: &mut World| world.act("guwahati", |txn| contribution(txn, &late)).unwrap();
    assert_eq!(refused(&mut expired), Taken::Refused("contributed what its share does not allow"));
    world.act("guwahati", |txn| super::super::recall(txn, share)).unwrap();
    assert_eq!(refused(&mut world), Taken::Refused("contributed what its share does not allow"));
}
