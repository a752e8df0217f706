//! Attacks on the log of a case: entries and values that a peer has no business to write, in a share and in a contribution.
//! What else an envelope may say is in `payload`.

use super::stage::{Contribution, Entries, Stage};
use super::{Attack, attack, id};
use crate::bounded::BoundedVec;
use crate::caselog::{Change, Entry, KIND_LOG, Name, TransferValue, load};
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::envelope::Kind;
use crate::ids::{CaseId, EntityId, EntryHash, ShareId};
use crate::machine::Effects;
use crate::wire;
use serde::Serialize;

/// What [`Kind::ContributionRecall`] holds, as another implementation would write it.
#[derive(Debug, Clone, Serialize)]
struct TakeBack {
    share: ShareId,
    case: CaseId,
    entry: EntryHash,
}

/// A change of a contributor.
fn contributed(stage: &mut Stage, change: impl FnOnce(&mut Change)) -> Effects {
    let mut one = stage.change(0);
    change(&mut one);
    let payload = stage.contributed(vec![one]);
    stage.pay("shillong", "guwahati", Kind::Contribution, &payload)
}

fn name(name: &str) -> Name {
    Name::new(name).unwrap()
}

/// Somebody opens a case that is another's already.
fn opening(stage: &Stage, value: Vec<u8>) -> Change {
    Change {
        entity: EntityId([0; 16]),
        kind: name(KIND_LOG),
        field: name("opening"),
        value: Value::Bytes(value),
        ..stage.change(0)
    }
}

const FORM: &str = "sent entries out of form";

pub(super) const ATTACKS: &[Attack] = &[
    // Entries under a share.
    attack(
        "Kathmandu sends Guwahati's entries under Guwahati's share",
        "T7",
        "shillong",
        "entries under another unit's share",
        |stage| {
            let entries = stage.entries(1);
            stage.entries_of("kathmandu", &entries)
        },
    ),
    attack("entries without a share", "f", "shillong", "entries without a share", |stage| {
        let entries = Entries { share: None, ..stage.entries(1) };
        stage.entries_of("guwahati", &entries)
    }),
    attack("an entry in Shillong's name, by Guwahati's key", "T7", "shillong", "an entry not signed by its unit", |stage| {
        let entry = stage.entry("shillong", &[]);
        let entries = stage.entries_with("guwahati", &entry, Vec::new());
        stage.entries_of("guwahati", &entries)
    }),
    attack("an entry of another case", "d", "shillong", "an entry of another case", |stage| {
        let entry = Entry { case: CaseId([7; 32]), ..stage.entry("guwahati", &[]) };
        let entries = stage.entries_with("guwahati", &entry, Vec::new());
        stage.entries_of("guwahati", &entries)
    }),
    attack("an entry that does not continue its chain", "T9", "shillong", "does not continue its chain", |stage| {
        let entry = Entry { prev: Some(EntryHash([7; 32])), ..stage.entry("guwahati", &[]) };
        let entries = stage.entries_with("guwahati", &entry, Vec::new());
        stage.entries_of("guwahati", &entries)
    }),
    attack("an entry whose length tells how many values it has", "f", "shillong", "an entry out of form", |stage| {
        let mut entry = stage.entry("guwahati", &[]);
        entry.commitments = BoundedVec::new(entry.commitments[..3].to_vec()).unwrap();
        let entries = stage.entries_with("guwahati", &entry, Vec::new());
        stage.entries_of("guwahati", &entries)
    }),
    attack(
        "another unit's commitments in a chain of one's own",
        "d",
        "guwahati",
        "an entry that repeats a commitment",
        |stage| {
            let log = load(&stage.world["shillong"].view, stage.case).unwrap().unwrap();
            let stolen = log.chains[&id(&stage.world, "guwahati")][0].entry.commitments[0];
            let mut entry = stage.entry("shillong", &[]);
            let mut list = entry.commitments.to_vec();
            list[0] = stolen;
            list.sort_unstable();
            entry.commitments = BoundedVec::new(list).unwrap();
            let mut payload = stage.contributed(Vec::new());
            payload.entries = vec![Signed::sign(&entry, &stage.key("shillong"))];
            stage.pay("shillong", "guwahati", Kind::Contribution, &payload)
        },
    ),
    attack("a value that no entry holds", "f", "shillong", "a change that no entry holds", |stage| {
        let mut entries = stage.entries(1);
        entries.changes.push(stage.change(3));
        stage.entries_of("guwahati", &entries)
    }),
    attack("a salt used twice", "l", "shillong", "a salt used twice", |stage| {
        let one = stage.change(0);
        let other = Change { value: Value::Text("another word".to_owned()), ..one.clone() };
        let entry = stage.entry("guwahati", &[one.clone(), other.clone()]);
        let entries = stage.entries_with("guwahati", &entry, vec![one, other]);
        stage.entries_of("guwahati", &entries)
    }),
    attack("a salt that an earlier value had", "l", "guwahati", "a salt used twice", |stage| {
        let log = load(&stage.world["guwahati"].view, stage.case).unwrap().unwrap();
        let salt = log.changes.values().next().unwrap().salt;
        contributed(stage, |change| change.salt = salt)
    }),
    attack("a short salt", "l", "shillong", FORM, |stage| {
        let entries = stage.entries(1);
        let salt = entries.changes[0].salt;
        let mut payload = wire::encode(&entries);
        let at = payload.windows(32).position(|part| part == salt.0).unwrap();
        // 31 bytes, and a head that says so.
        payload[at - 1] = 31;
        payload.remove(at);
        stage.pay_bytes("guwahati", "shillong", Kind::Entries, payload)
    }),
    attack("a long salt", "l", "shillong", FORM, |stage| {
        let entries = stage.entries(1);
        let salt = entries.changes[0].salt;
        let mut payload = wire::encode(&entries);
        let at = payload.windows(32).position(|part| part == salt.0).unwrap();
        payload[at - 1] = 33;
        payload.insert(at, 7);
        stage.pay_bytes("guwahati", "shillong", Kind::Entries, payload)
    }),
    attack("no salt", "l", "shillong", FORM, |stage| {
        let entries = stage.entries(1);
        let salt = entries.changes[0].salt;
        let mut payload = wire::encode(&entries);
        let at = payload.windows(32).position(|part| part == salt.0).unwrap();
        payload.splice(at - 2..at + 32, [0xf6]);
        stage.pay_bytes("guwahati", "shillong", Kind::Entries, payload)
    }),
    // Contributions.
    attack(
        "a contributor replaces a value that it was never shown",
        "d",
        "guwahati",
        "in place of what it was never shown",
        |stage| {
            let unseen = stage.entry("guwahati", &[]).commitments[0];
            contributed(stage, |change| change.replaces = BoundedVec::new(vec![unseen]).unwrap())
        },
    ),
    attack("a contributor admits itself", "d", "guwahati", "what is not its own to write", |stage| {
        let entry = stage.shillongs_entry();
        contributed(stage, |change| {
            change.entity = EntityId([0; 16]);
            change.kind = name(KIND_LOG);
            change.field = name("admit");
            change.value = Value::Bytes(entry.0.to_vec());
        })
    }),
    attack("a contributor hands the case to itself", "d", "guwahati", "what is not its own to write", |stage| {
        let to = id(&stage.world, "shillong");
        contributed(stage, |change| {
            change.entity = EntityId([0; 16]);
            change.kind = name(KIND_LOG);
            change.field = name("transfer");
            change.value = Value::Bytes(wire::encode(&TransferValue { to, heads: Vec::new() }));
        })
    }),
    attack("a contributor opens the case anew", "d", "guwahati", "what is not its own to write", |stage| {
        let opened = opening(stage, vec![7; 32]);
        contributed(stage, |change| *change = opened)
    }),
    attack("Guwahati's entry in a contribution of Shillong's", "d", "guwahati", "what is not its own to write", |stage| {
        let payload = Contribution { entries: stage.entries(0).entries, changes: Vec::new(), ..stage.contribution() };
        stage.pay("shillong", "guwahati", Kind::Contribution, &payload)
    }),
    attack(
        "Kathmandu contributes under Shillong's share",
        "d",
        "guwahati",
        "contributed under a share it was not given",
        |stage| {
            let payload = stage.contribution();
            stage.pay("kathmandu", "guwahati", Kind::Contribution, &payload)
        },
    ),
    attack(
        "dated back after a recall: contributed under a share that is over",
        "d",
        "guwahati",
        "contributed what its share does not allow",
        |stage| {
            let share = stage.share;
            stage.world.offline("shillong");
            stage.world.act("guwahati", |txn| crate::sharing::recall(txn, share)).unwrap();
            stage.prepared("guwahati");
            let payload = stage.contribution();
            stage.pay("shillong", "guwahati", Kind::Contribution, &payload)
        },
    ),
    attack("Kathmandu takes back what Shillong contributed", "d", "guwahati", "took back another unit's contribution", |stage| {
        let payload = TakeBack { share: stage.share, case: stage.case, entry: stage.shillongs_entry() };
        stage.pay("kathmandu", "guwahati", Kind::ContributionRecall, &payload)
    }),
    attack("taken back in a case that is not here", "d", "guwahati", "took back", |stage| {
        let payload = TakeBack { share: stage.share, case: CaseId([7; 32]), entry: EntryHash([7; 32]) };
        stage.pay("kathmandu", "guwahati", Kind::ContributionRecall, &payload)
    }),
];
