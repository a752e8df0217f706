//! What must hold of whole units: every so many steps, and once the network is whole again and nothing moves.
//! The truth is the simulator's own; `fold` and the rows are what is judged.

use super::Sim;
use super::nodes::MOST_AHEAD;
use super::truth::{CaseTruth, ShareTruth, Spot, Written};
use crate::caselog::{FoldedCase, Log, fold, load};
use crate::envelope::{Kind, outbox};
use crate::federation::{charter, restored};
use crate::ids::{Commitment, EntityId, ShareId, UnitId};
use crate::machine::{Table, View};
use crate::sharing::{self, Basis, InState, OutState, SharePerson};
use crate::testing::world::Unit;
use crate::time::HOUR;
use std::collections::{BTreeMap, BTreeSet};

/// What must hold, with its name.
pub(super) type Invariant = (&'static str, fn(&Sim) -> Result<(), String>);

/// Every invariant of a moment.
pub(super) const OF_A_MOMENT: [Invariant; 5] = [
    ("nobody holds a value that no share gave it", held),
    ("what a receipt says is gone is gone", gone),
    ("no saved change is lost", kept),
    ("nobody is named in a share on a consent that does not stand", consented),
    ("all holders of the same entries show the same case", alike),
];

/// Every invariant of a network at rest.
pub(super) const AT_REST: [Invariant; 7] = [
    ("nothing waits", delivered),
    ("active shares are up to date at their receivers", up_to_date),
    ("contributions are at the owner", contributed),
    ("all members have one charter", one_charter),
    ("every node that was put back goes on", goes_on),
    ("a case that was handed over has arrived", arrived),
    ("what was signed once verifies for good", super::members::evidence),
];

fn held(sim: &Sim) -> Result<(), String> {
    for (at, unit) in sim.world.units.iter().enumerate() {
        for (table, key, scope, value) in unit.view.rows() {
            sim.may_hold(at, (table, key), scope, value)?;
        }
    }
    Ok(())
}

fn gone(sim: &Sim) -> Result<(), String> {
    let put_back = |unit: &usize| sim.truth.restoring.contains(unit);
    let over = sim.truth.shares.iter().filter(|(_, share)| sim.truth.is_gone(share) && !put_back(&share.to));
    over.into_iter().try_for_each(|(id, share)| sim.gone(share.to, *id, u64::MAX))
}

/// What was saved is in the rows of who saved it, and counts at the owner as it was meant.
fn kept(sim: &Sim) -> Result<(), String> {
    let put_back = |unit: &usize| sim.truth.restoring.contains(unit);
    for written in sim.truth.written.iter().filter(|one| !(one.lost || one.doubtful && put_back(&one.writer))) {
        let case = &sim.truth.cases[written.case];
        let key = [case.id.as_bytes().as_slice(), written.commitment.as_bytes(), &[0; ShareId::LEN]].concat();
        let unit = &sim.world.units[written.writer];
        if unit.view.get(Table::CHANGES, &key).map_err(|error| error.to_string())?.is_none() {
            return Err(format!("{} lost what it saved in case {}: {:?}", unit.name, written.case, written.spot));
        }
    }
    // Between the end of a share and that of its key, what came under it is still seen.
    let ending = |unit: usize| !sharing::pending_erasures(&sim.world.units[unit].view).unwrap_or_default().is_empty();
    // What an owner that is out holds of others it shows nobody: its author may have lost it.
    let shows = |owner: usize| !sim.truth.unshown.iter().any(|(_, out)| *out == owner);
    let sure =
        |case: &CaseTruth| case.is_sure() && !case.lost && !put_back(&case.owner) && !ending(case.owner) && shows(case.owner);
    for (at, case) in sim.truth.cases.iter().enumerate().filter(|(_, case)| sure(case)) {
        let Some(log) = load(&sim.world.units[case.owner].view, case.id).map_err(|error| error.to_string())? else {
            return Err(format!("case {at} is gone at its owner"));
        };
        let mut expected: BTreeMap<Spot, BTreeSet<Commitment>> = BTreeMap::new();
        for written in sim.truth.standing(at) {
            expected.entry(written.spot.clone()).or_default().insert(written.commitment);
        }
        let shown = standing(&fold(&log));
        if shown != expected {
            let spot = shown.iter().chain(&expected).find(|(spot, _)| shown.get(*spot) != expected.get(*spot));
            let what = spot.map(|(spot, _)| (spot, shown.get(spot), expected.get(spot)));
            let all = sim.truth.written.iter().filter(|one| one.case == at && spot.is_some_and(|(spot, _)| *spot == one.spot));
            let of: Vec<String> = all.map(|one| sim.truth.describe(one)).collect();
            return Err(format!(
                "case {at} shows something else than was saved in it, at {}: {what:?}; of all that was: {of:#?}",
                case.owner
            ));
        }
    }
    Ok(())
}

/// What counts in each field.
pub(super) fn standing(folded: &FoldedCase) -> BTreeMap<Spot, BTreeSet<Commitment>> {
    let fields = folded.entities.iter().flat_map(|((kind, id), entity)| {
        entity.fields.iter().map(move |(name, field)| ((kind.to_string(), *id, name.to_string()), field))
    });
    fields
        .map(|(spot, field)| (spot, field.versions.iter().map(|version| version.commitment).collect::<BTreeSet<_>>()))
        .filter(|(_, versions)| !versions.is_empty())
        .collect()
}

/// Who withdrew her consent is named in no open share that rests on it.
fn consented(sim: &Sim) -> Result<(), String> {
    for (number, case) in sim.truth.cases.iter().enumerate().filter(|(_, case)| case.is_sure() && !case.lost) {
        if sim.truth.restoring.contains(&case.owner) {
            continue;
        }
        let agreed = sim.truth.consenting(number);
        let given = sharing::outgoing_of(&sim.world.units[case.owner].view, case.id).map_err(|error| error.to_string())?;
        for (id, row) in given.into_iter().filter(|(_, row)| row.state.is_open()) {
            let terms = row.share.stored().map_err(|error| error.to_string())?;
            let gone = |one: &&SharePerson| one.basis == Basis::Consent && !agreed.contains(&one.entity);
            if let Some(person) = terms.persons.iter().find(gone) {
                return Err(format!("{id:?} of case {number} names {:?}", person.entity));
            }
        }
    }
    Ok(())
}

/// Of what two units both hold, they see the same case; and no chain of an honest unit has two histories.
fn alike(sim: &Sim) -> Result<(), String> {
    for (number, case) in sim.truth.cases.iter().enumerate().filter(|(_, case)| !case.forked && !case.custody.adrift) {
        let mut logs: Vec<(usize, Log)> = Vec::new();
        for (at, unit) in sim.world.units.iter().enumerate() {
            logs.extend(load(&unit.view, case.id).map_err(|error| error.to_string())?.map(|log| (at, log)));
        }
        for (place, (one, log)) in logs.iter().enumerate() {
            for (other, theirs) in &logs[place + 1..] {
                let may_differ = |unit| sim.truth.may_differ(unit, [*one, *other]);
                let (ours, theirs) =
                    common(log, theirs, may_differ).map_err(|why| format!("case {number} at units {one} and {other}: {why}"))?;
                // Whoever has not heard of another owner yet sees the case as it was.
                if ours.handovers == theirs.handovers && fold(&ours) != fold(&theirs) {
                    return Err(format!("case {number} is another one at unit {one} than at unit {other}"));
                }
            }
        }
    }
    Ok(())
}

/// Two logs cut down to what both hold.
fn common(one: &Log, other: &Log, may_differ: impl Fn(UnitId) -> bool) -> Result<(Log, Log), String> {
    let (mut ours, mut theirs) = (one.clone(), other.clone());
    let mut both: BTreeMap<UnitId, usize> = BTreeMap::new();
    for (unit, chain) in &one.chains {
        let other = other.chains.get(unit).map(Vec::as_slice).unwrap_or_default();
        let same = chain.iter().zip(other).take_while(|(one, other)| one.hash == other.hash).count();
        if same < chain.len().min(other.len()) && !may_differ(*unit) {
            return Err(format!("two histories of {unit:?}"));
        }
        both.insert(*unit, same);
    }
    for (log, beside) in [(&mut ours, other), (&mut theirs, one)] {
        for (unit, chain) in &mut log.chains {
            chain.truncate(both.get(unit).copied().unwrap_or_default());
        }
        log.chains.retain(|_, chain| !chain.is_empty());
        log.changes.retain(|commitment, _| beside.changes.contains_key(commitment));
    }
    Ok((ours, theirs))
}

/// Units that are members to the end, and reach all others.
fn staying(sim: &Sim) -> impl Iterator<Item = &Unit> {
    sim.world.units.iter().enumerate().filter(|(at, _)| !sim.is_away(*at)).map(|(_, unit)| unit)
}

fn delivered(sim: &Sim) -> Result<(), String> {
    for unit in staying(sim) {
        for peer in staying(sim).filter(|peer| peer.id != unit.id) {
            let mut due = outbox::due(&unit.view, peer.id, usize::MAX).map_err(|error| error.to_string())?;
            if waits_for_nobody(sim, peer.id) {
                // It takes and gives no case before all have shown, and one that reaches nobody does not.
                due.retain(|(_, row)| !matches!(row.kind, Kind::Transfer | Kind::TransferReply));
            }
            if let Some((number, row)) = due.first().filter(|_| peer.id != sim.eve_id() && unit.id != sim.eve_id()) {
                return Err(format!("envelope {number} ({:?}) of {} still waits for {}", row.kind, unit.name, peer.name));
            }
        }
    }
    Ok(())
}

/// Put back, and waiting only for units that reach nobody: that is seen to by `goes_on`.
fn waits_for_nobody(sim: &Sim, unit: UnitId) -> bool {
    sim.truth.restoring.iter().any(|at| sim.world.units[*at].id == unit)
}

fn up_to_date(sim: &Sim) -> Result<(), String> {
    for (id, share) in sim.truth.shares.iter().filter(|(_, share)| sim.truth.cases[share.case].is_sure() && !share.lost) {
        if sim.is_away(share.from) || sim.is_away(share.to) {
            continue;
        }
        one_share(sim, *id, share).map_err(|why| format!("{id:?} of case {}: {why}", share.case))?;
    }
    Ok(())
}

fn one_share(sim: &Sim, id: ShareId, share: &ShareTruth) -> Result<(), String> {
    let find = |view, id| sharing::outgoing_list(view, |_| true).ok()?.into_iter().find(|(one, _)| *one == id);
    let (_, given) = find(&sim.world.units[share.from].view, id).ok_or("the owner forgot it")?;
    let receiver = &sim.world.units[share.to];
    let incoming = sharing::incoming_list(&receiver.view, |_| true).map_err(|error| error.to_string())?;
    let held = incoming.into_iter().find(|(one, _)| *one == id).map(|(_, row)| row.state);
    let fits = match (given.state, held) {
        (OutState::Delivered, Some(InState::Offered | InState::Previewed))
        | (OutState::Previewed, Some(InState::Previewed))
        | (OutState::Active, Some(InState::Active)) => true,
        (OutState::Declined | OutState::Recalled | OutState::Expired | OutState::Transferred, Some(InState::Ended(_))) => {
            given.receipt.is_some()
        }
        (OutState::Recalled | OutState::Expired | OutState::Refused, None) => true,
        // The node of the receiver was put back to before it declined.
        (OutState::Declined, None) => sim.truth.put_back.contains(&share.to),
        // Nor is it accepted any more where the backup was made before that: its people are asked again.
        (OutState::Active, Some(InState::Offered | InState::Previewed)) => sim.truth.put_back.contains(&share.to),
        // The owner heard that an earlier revision was looked at; this one has to be looked at again.
        (OutState::Previewed, Some(InState::Offered)) => share.share.revision > 0,
        // Its time came a moment ago, and the receiver has not looked at its clock since.
        (OutState::Expired, Some(_)) => sim.world.now.since(share.share.expires) < HOUR,
        _ => false,
    };
    if !fits {
        return Err(format!(
            "it is {:?} at the owner and {held:?} at the receiver, receipt {}",
            given.state,
            given.receipt.is_some()
        ));
    }
    if given.state != OutState::Active || sim.world.now.plus(MOST_AHEAD) >= share.share.expires {
        return Ok(());
    }
    if given.revisions.iter().any(|revision| revision.awaits_receipt() && !revision.refused) {
        return Err("it was lowered, and there is no receipt".to_owned());
    }
    let (_, stale) = sharing::terms(&receiver.view, id).map_err(|error| error.to_string())?.ok_or("its terms are gone")?;
    let key = |one: &Commitment| [share.share.case.as_bytes().as_slice(), one.as_bytes(), id.as_bytes()].concat();
    let rows: BTreeSet<Vec<u8>> =
        receiver.view.rows().filter(|(table, ..)| *table == Table::CHANGES).map(|(_, key, ..)| key.to_vec()).collect();
    // A former owner has what it wrote as the owner, and is not sent it again.
    let log = load(&receiver.view, share.share.case).map_err(|error| error.to_string())?;
    let seen = log.map(|log| standing(&fold(&log))).unwrap_or_default();
    let has = |written: &Written| {
        let own = written.writer == share.to && seen.get(&written.spot).is_some_and(|all| all.contains(&written.commitment));
        own || rows.contains(&key(&written.commitment))
    };
    let case = &sim.truth.cases[share.case];
    for written in sim.truth.standing(share.case) {
        let removed = case.removed.contains(&written.spot.1);
        if sim.truth.lets_through(share, written) && !removed && !has(written) {
            return Err(format!("{} lacks {:?}", receiver.name, written.spot));
        }
    }
    // What was shown and stands no more is replaced by what is shown, or known to be no longer current.
    let log = load(&receiver.view, share.share.case).map_err(|error| error.to_string())?.ok_or("the case is gone")?;
    let folded = fold(&log);
    let removed: BTreeSet<EntityId> =
        folded.entities.iter().filter(|(_, entity)| entity.removed).map(|((_, id), _)| *id).collect();
    let shown = standing(&folded);
    let current: BTreeSet<Commitment> = sim.truth.standing(share.case).map(|written| written.commitment).collect();
    for written in sim.truth.written.iter().filter(|written| written.case == share.case && written.counts) {
        let commitment = written.commitment;
        let stands = shown.get(&written.spot).is_some_and(|versions| versions.contains(&commitment));
        // What people there wrote themselves they have for good.
        let own = written.writer == share.to && sim.truth.is_covered(share, written) && !removed.contains(&written.spot.1);
        let here = rows.contains(&key(&commitment)) || own;
        if here && stands && current.contains(&commitment) == stale.contains(&commitment) {
            return Err(format!(
                "{} shows {} {:?} and does not know: {}",
                receiver.name,
                if stale.contains(&commitment) { "as an old one the present" } else { "an old" },
                written.spot,
                sim.truth.describe(written)
            ));
        }
    }
    Ok(())
}

/// What people at a receiver wrote while it may contribute is with the owner.
fn contributed(sim: &Sim) -> Result<(), String> {
    for written in &sim.truth.written {
        let case = &sim.truth.cases[written.case];
        if sim.is_away(written.writer) || sim.is_away(case.owner) {
            continue;
        }
        if written.writer == case.owner || written.as_owner || !case.is_sure() || case.lost || written.taken_back || written.lost
        {
            continue;
        }
        // The owner's clock may be ahead.
        let now = sim.world.now.plus(MOST_AHEAD);
        let may = sharing::may_contribute(&sim.world.units[written.writer].view, case.id, now);
        if !may.map_err(|error| error.to_string())? {
            continue;
        }
        let log = load(&sim.world.units[case.owner].view, case.id).map_err(|error| error.to_string())?;
        // What a former owner let count and could not hand on stays with it.
        let stays = written.absent.contains(&case.owner);
        if !stays && log.is_none_or(|log| !log.changes.contains_key(&written.commitment)) {
            return Err(format!("case {}: the owner lacks what unit {} wrote: {:?}", written.case, written.writer, written.spot));
        }
    }
    Ok(())
}

/// Whatever was proposed and signed, one charter came of it.
fn one_charter(sim: &Sim) -> Result<(), String> {
    let mut heads = Vec::new();
    for unit in staying(sim) {
        let read = |error: crate::machine::ViewError| error.to_string();
        if charter::frozen(&unit.view).map_err(read)?.is_some() {
            return Err(format!("the charter is frozen at {}", unit.name));
        }
        heads.push((&unit.name, charter::head(&unit.view).map_err(read)?));
    }
    match heads.iter().find(|(_, head)| *head != heads[0].1) {
        Some(other) => Err(format!("{:?}, and {other:?}", heads[0])),
        None => Ok(()),
    }
}

/// All others have shown it what they hold of it.
fn goes_on(sim: &Sim) -> Result<(), String> {
    // Nobody is waited for who reaches nobody.
    let place = |unit| sim.truth.units.iter().position(|one| *one == unit);
    let waits = |at: usize| {
        let locked = restored::locked(&sim.world.units[at].view).unwrap_or_default();
        locked.is_empty() || locked.into_iter().any(|unit| place(unit).is_none_or(|unit| !sim.is_away(unit)))
    };
    match sim.truth.restoring.iter().find(|at| !sim.is_away(**at) && waits(**at)) {
        Some(at) => Err(format!("{} still waits for {:?}", sim.name(*at), restored::locked(&sim.world.units[*at].view))),
        None => Ok(()),
    }
}

/// Nothing is lost between two owners.
fn arrived(sim: &Sim) -> Result<(), String> {
    let out = |case: &CaseTruth| sim.is_away(case.owner) || case.custody.on_its_way.is_some_and(|to| sim.is_away(to));
    let waiting = |case: &CaseTruth| !case.forked && !case.custody.adrift && case.custody.on_its_way.is_some() && !out(case);
    match sim.truth.cases.iter().position(waiting) {
        Some(at) => Err(format!("case {at} is with neither of its owners")),
        None => Ok(()),
    }
}
