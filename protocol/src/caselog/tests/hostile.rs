//! Entries and changes that a member, or somebody who is none, makes to cheat: refused, and nothing is written by refusing.
//! Eve is Shillong; the case is Guwahati's; Kathmandu receives.

use super::author;
use crate::bounded::BoundedVec;
use crate::caselog::entry::pad;
use crate::caselog::{Change, Checked, Entry, ForeignError, KIND_LOG, LogEntry, Name, append, check, load, open_case};
use crate::crypto::{NodeSecret, Signed};
use crate::dictionary::Value;
use crate::federation::own;
use crate::ids::{CaseId, Commitment, EntityId, EntryHash, Salt, ShareId, UnitId};
use crate::machine::{Scope, Table};
use crate::testing::World;
use crate::testing::drafts::{case, id, note};
use crate::testing::rng::SeededRng;
use crate::wire;
use std::sync::LazyLock;

static MEMBERS: LazyLock<World> = LazyLock::new(|| World::members(&["guwahati", "shillong", "kathmandu"]));

struct Cheat {
    world: World,
    case: CaseId,
    entries: Vec<Signed<Entry>>,
    changes: Vec<Change>,
    rng: SeededRng,
}

impl Cheat {
    /// Guwahati's case as Kathmandu holds it.
    fn new() -> Self {
        let mut world = MEMBERS.clone();
        let (case, _) = world.act("guwahati", |txn| open_case(txn, &case("GHY-1"), &author())).unwrap();
        let log = load(&world["guwahati"].view, case).unwrap().unwrap();
        let entries = log.chains.values().flatten().map(|entry| entry.signed.clone()).collect();
        let mut cheat = Self { world, case, entries, changes: log.changes.into_values().collect(), rng: SeededRng::new(5) };
        let checked = cheat.check(&cheat.entries, &cheat.changes).unwrap();
        cheat.write(checked);
        cheat
    }

    fn unit(&self, name: &str) -> UnitId {
        self.world[name].id
    }

    fn key(&self, name: &str) -> NodeSecret {
        own::load(&self.world[name].view).unwrap().key()
    }

    fn check(&self, entries: &[Signed<Entry>], changes: &[Change]) -> Result<Checked, ForeignError> {
        check(&self.world["kathmandu"].view, self.case, self.unit("guwahati"), entries, changes)
    }

    fn write(&mut self, checked: Checked) {
        self.world.act("kathmandu", |txn| Ok::<_, ForeignError>(checked.write(txn, Scope::Share(ShareId([1; 16]))))).unwrap();
    }

    fn change(&mut self, words: &str) -> Change {
        let name = |name| Name::new(name).unwrap();
        Change {
            entity: id(9),
            kind: name("note"),
            field: name("text"),
            value: Value::Text(words.to_owned()),
            replaces: BoundedVec::default(),
            salt: Salt::random(&mut self.rng),
        }
    }

    /// Shillong's first entry, in form.
    fn entry(&mut self, changes: &[Change]) -> Entry {
        let commitments = pad(changes.iter().map(Change::commitment).collect(), &mut self.rng);
        Entry { case: self.case, unit: self.unit("shillong"), seq: 0, prev: None, base: None, commitments }
    }

    fn signed(&self, entry: &Entry) -> Signed<Entry> {
        Signed::sign(entry, &self.key("shillong"))
    }

    fn refused(&self, entries: &[Signed<Entry>], changes: &[Change]) -> &'static str {
        match self.check(entries, changes) {
            Err(ForeignError::Invalid(why)) => why,
            other => panic!("{other:?}"),
        }
    }
}

fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    })
}

#[test]
fn every_flipped_bit_of_an_entry_and_of_a_change_is_refused() {
    let mut cheat = Cheat::new();
    let change = cheat.change("Seen at the ferry");
    let signed = {
        let entry = cheat.entry(std::slice::from_ref(&change));
        cheat.signed(&entry)
    };
    assert!(cheat.check(std::slice::from_ref(&signed), std::slice::from_ref(&change)).is_ok());
    for bytes in flipped(signed.as_bytes()) {
        cheat.refused(&[Signed::from_bytes(bytes)], std::slice::from_ref(&change));
    }
    let mut decoded = 0;
    for bytes in flipped(&wire::encode(&change)) {
        if let Ok(other) = wire::decode::<Change>(&bytes, 4096) {
            decoded += 1;
            assert_eq!(cheat.refused(std::slice::from_ref(&signed), &[other]), "a change that no entry holds");
        }
    }
    assert!(decoded > 8 * 32, "the salt alone can be flipped in so many ways");
}

#[test]
fn only_a_member_writes_and_only_in_its_own_name() {
    let mut cheat = Cheat::new();
    let entry = cheat.entry(&[]);
    assert!(cheat.check(&[cheat.signed(&entry)], &[]).is_ok());
    let stranger = NodeSecret::generate(&mut SeededRng::new(99));
    assert_eq!(cheat.refused(&[Signed::sign(&entry, &stranger)], &[]), "an entry not signed by its unit");
    let in_guwahatis_name = Entry { unit: cheat.unit("guwahati"), ..entry.clone() };
    assert_eq!(cheat.refused(&[cheat.signed(&in_guwahatis_name)], &[]), "an entry not signed by its unit");
    let elsewhere = Entry { case: CaseId([9; 32]), ..entry };
    assert_eq!(cheat.refused(&[cheat.signed(&elsewhere)], &[]), "an entry of another case");
}

#[test]
fn an_entry_out_of_form_is_refused() {
    let mut cheat = Cheat::new();
    let good = cheat.entry(&[]);
    let with = |commitments: Vec<Commitment>| Entry { commitments: BoundedVec::new(commitments).unwrap(), ..good.clone() };
    let list = good.commitments.to_vec();
    let unsorted = {
        let mut list = list.clone();
        list.swap(0, 1);
        list
    };
    let twice = {
        let mut list = list.clone();
        list[1] = list[0];
        list
    };
    let broken = [
        with(unsorted),
        with(twice),
        with(list[..3].to_vec()),
        with([list.clone(), vec![Commitment([0xff; 32])]].concat()),
        with(Vec::new()),
        Entry { prev: Some(EntryHash([1; 32])), ..good.clone() },
    ];
    for entry in broken {
        assert_eq!(cheat.refused(&[cheat.signed(&entry)], &[]), "an entry out of form");
    }
}

#[test]
fn a_chain_has_no_holes_and_continues_itself() {
    let mut cheat = Cheat::new();
    let first = cheat.entry(&[]);
    let signed = cheat.signed(&first);
    let hash = LogEntry::new(signed.clone(), signed.stored().unwrap()).hash;
    let commitments = cheat.entry(&[]).commitments;
    let second = Entry { seq: 1, prev: Some(hash), commitments, ..first };
    assert!(matches!(cheat.check(&[cheat.signed(&second)], &[]), Err(ForeignError::Gap)));
    assert!(cheat.check(&[signed.clone(), cheat.signed(&second)], &[]).is_ok());
    let astray = Entry { prev: Some(EntryHash([1; 32])), ..second.clone() };
    assert_eq!(cheat.refused(&[signed.clone(), cheat.signed(&astray)], &[]), "an entry that does not continue its chain");
    let far = Entry { seq: u64::MAX, ..second };
    assert!(matches!(cheat.check(&[signed, cheat.signed(&far)], &[]), Err(ForeignError::Gap)));
}

#[test]
fn nobody_takes_another_units_values_into_its_own_chain() {
    let mut cheat = Cheat::new();
    // What Eve sees in a header: commitments, of values that she may never have seen.
    let stolen = cheat.entries[1].stored().unwrap().commitments[0];
    let mut entry = cheat.entry(&[]);
    let mut list = entry.commitments.to_vec();
    list[0] = stolen;
    list.sort_unstable();
    entry.commitments = BoundedVec::new(list).unwrap();
    assert_eq!(cheat.refused(&[cheat.signed(&entry)], &[]), "an entry that repeats a commitment");
}

#[test]
fn a_salt_is_used_once() {
    let mut cheat = Cheat::new();
    let one = cheat.change("yes");
    let other = Change { value: Value::Text("no".to_owned()), ..one.clone() };
    let entry = cheat.entry(&[one.clone(), other.clone()]);
    assert_eq!(cheat.refused(&[cheat.signed(&entry)], &[one, other]), "a salt used twice");
    let mut with_guwahatis = cheat.change("maybe");
    with_guwahatis.salt = cheat.changes[0].salt;
    let entry = cheat.entry(std::slice::from_ref(&with_guwahatis));
    assert_eq!(cheat.refused(&[cheat.signed(&entry)], &[with_guwahatis]), "a salt used twice");
    let mut short = wire::encode(&cheat.change("no"));
    let at = short.len() - 33;
    short[at] -= 1;
    short.pop();
    assert!(wire::decode::<Change>(&short, 4096).is_err());
}

#[test]
fn a_fork_freezes_the_case_for_its_unit_and_keeps_the_proof() {
    let mut cheat = Cheat::new();
    let (one, other) = (cheat.entry(&[]), cheat.entry(&[]));
    let (one, other) = (cheat.signed(&one), cheat.signed(&other));
    let checked = cheat.check(std::slice::from_ref(&one), &[]).unwrap();
    cheat.write(checked);
    assert!(cheat.check(std::slice::from_ref(&one), &[]).is_ok(), "the same again is nothing");
    let Err(ForeignError::Equivocation(proof)) = cheat.check(std::slice::from_ref(&other), &[]) else { panic!("no proof") };
    cheat.world.act("kathmandu", |txn| proof.keep(txn)).unwrap();
    let kathmandu = &cheat.world["kathmandu"];
    assert_eq!(kathmandu.count(Table::PROOFS), 1);
    assert_eq!(kathmandu.incidents.last().unwrap().peer, Some(cheat.unit("shillong")));
    let (_, _, _, proof) = kathmandu.view.rows().find(|(table, ..)| *table == Table::PROOFS).unwrap();
    for signed in [&one, &other] {
        let bytes = signed.as_bytes();
        assert!(proof.windows(bytes.len()).any(|window| window == bytes), "both signatures are in it");
    }
    let against = crate::federation::proof::against(&kathmandu.view, cheat.unit("shillong")).unwrap();
    assert_eq!((against.len(), against[0].1.kind.as_str()), (1, "entry"), "people are shown it under that unit");
    assert_eq!(crate::federation::proof::against(&kathmandu.view, cheat.unit("guwahati")).unwrap(), []);
    assert_eq!(cheat.refused(&[one], &[]), "that unit's chain is frozen here");
    assert!(cheat.check(&cheat.entries, &cheat.changes).is_ok(), "the owner's goes on");

    // Both in one message, before either is held.
    let mut cheat = Cheat::new();
    let (one, other) = (cheat.entry(&[]), cheat.entry(&[]));
    let both = [cheat.signed(&one), cheat.signed(&other)];
    assert!(matches!(cheat.check(&both, &[]), Err(ForeignError::Equivocation(_))));
}

#[test]
fn an_owner_who_signed_two_histories_freezes_what_is_written_here() {
    let mut cheat = Cheat::new();
    let key = cheat.key("guwahati");
    let last = cheat.entries.last().unwrap().stored().unwrap().into_value();
    let other = Entry { commitments: cheat.entry(&[]).commitments, ..last };
    let Err(ForeignError::Equivocation(proof)) = cheat.check(&[Signed::sign(&other, &key)], &[]) else { panic!("no proof") };
    cheat.world.act("kathmandu", |txn| proof.keep(txn)).unwrap();
    let case = cheat.case;
    let refused = cheat.world.act("kathmandu", |txn| append(txn, case, &note(id(9), "which of the two?"), &author()));
    assert!(matches!(refused, Err(crate::caselog::LogRefusal::Frozen)));
}

#[test]
fn nobody_invents_an_owner() {
    let mut cheat = Cheat::new();
    let case = cheat.case;
    let eve = cheat.unit("shillong");
    let view = &cheat.world["kathmandu"].view;
    assert!(matches!(check(view, case, eve, &[], &[]), Err(ForeignError::Invalid("the case has another owner"))));
    let name = |name| Name::new(name).unwrap();
    let opening = Change {
        entity: EntityId([0; 16]),
        kind: name(KIND_LOG),
        field: name("opening"),
        value: Value::Bytes(vec![7; 32]),
        replaces: BoundedVec::default(),
        salt: Salt([7; 32]),
    };
    let entry = cheat.entry(std::slice::from_ref(&opening));
    assert_eq!(cheat.refused(&[cheat.signed(&entry)], &[opening]), "an opening that does not make this case");
}
