//! A unit of a large federation on a real store: the other members exist as keys only, and announce what the bench wants.
//! No network and no keepers; steps run as in the runtime, up to 256 in one commit.

use super::people;
use anyhow::{Context, Result, ensure};
use icmc_node::clock::SystemRng;
use icmc_node::store::Store;
use icmc_node::vault::{KeySource, create_key_file};
use icmc_protocol::bounded::BoundedVec;
use icmc_protocol::crypto::{NodeSecret, Signed};
use icmc_protocol::federation::charter::{self, Charter, CharterApproval, CharterEpoch};
use icmc_protocol::federation::member::{Member, UnitClass};
use icmc_protocol::federation::own::{self, Own};
use icmc_protocol::federation::setup::{Setup, create};
use icmc_protocol::fingerprint::Identity;
use icmc_protocol::ids::{CaseId, EntityId, FederationId, SubjectId, UnitId};
use icmc_protocol::machine::{Announcer, Effects, MemoryView, Overlay, ToBlind, Txn, Verdict, View, Write};
use icmc_protocol::matching::{self, Action, Beacon, LIFETIME, Role, padded};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::time::Timestamp;
use icmc_protocol::wire;
use std::path::Path;

/// Other units.
pub(crate) const UNITS: usize = 100;
const FEDERATION: FederationId = FederationId([7; 32]);
/// 23 November 2026, noon, UTC.
const NOON: Timestamp = Timestamp(1_795_435_200_000);

pub(crate) struct Unit {
    pub(crate) store: Store,
    pub(crate) federation: FederationId,
    pub(crate) now: Timestamp,
    pub(crate) unit: UnitId,
    /// Heard.
    pub(crate) persons: usize,
    others: Vec<(UnitId, NodeSecret)>,
    seed: std::cell::Cell<u64>,
}

impl Unit {
    /// Sets up the folder and lets the unit belong to the federation.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        let key = folder.join("key");
        create_key_file(&key, &mut SystemRng)?;
        let store = Store::create(&folder.join("data"), &KeySource::KeyFile(key), &mut SystemRng)?;
        let (own, writes) = founded(&store.snapshot()?, 0)?;
        store.commit(&writes, &mut SystemRng)?;
        let unit = Self::over(store, own.unit, 0)?;
        let members: Vec<Own> = others()?.into_iter().chain([own]).collect();
        let epoch = epoch(&members)?;
        unit.step(|txn| {
            charter::accept(txn, &[epoch])?;
            Ok(matching::members_changed(txn)?)
        })?;
        Ok(unit)
    }

    /// Opens what another process has filled.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let store = Store::open(&folder.join("data"), &KeySource::KeyFile(folder.join("key")))?;
        let unit = own::load(&store.snapshot()?)?.unit;
        let persons = std::fs::read_to_string(folder.join("persons"))?.parse()?;
        Self::over(store, unit, persons)
    }

    fn over(store: Store, unit: UnitId, persons: usize) -> Result<Self> {
        let others = others()?.iter().map(|own| (own.unit, own.key())).collect();
        Ok(Self { store, federation: FEDERATION, now: NOON, unit, persons, others, seed: std::cell::Cell::new(9) })
    }

    /// For the process that opens the folder next.
    pub(crate) fn remember(self, folder: &Path, persons: usize) -> Result<()> {
        Ok(std::fs::write(folder.join("persons"), persons.to_string())?)
    }

    pub(crate) fn rng(&self) -> SeededRng {
        self.seed.set(self.seed.get() + 1);
        SeededRng::new(self.seed.get())
    }

    pub(crate) fn commit(&self, writes: &[Write]) -> Result<()> {
        Ok(self.store.commit(writes, &mut SystemRng)?)
    }

    /// Who has a heard person.
    pub(crate) fn unit_of(&self, person: usize) -> UnitId {
        self.others[person % UNITS].0
    }

    /// The heard person next to a place whose unit begins comparisons with us.
    pub(crate) fn heard_of_a_smaller_unit(&self, from: usize) -> usize {
        (from..).find(|person| self.unit_of(*person) < self.unit).unwrap_or(from)
    }

    /// How a heard person is announced, and by how many tokens.
    pub(crate) fn beacon_of(&self, person: usize) -> (Vec<u8>, usize) {
        let (unit, key) = &self.others[person % UNITS];
        let by = Announcer { federation: FEDERATION, epoch: 0, unit: *unit }.maker();
        let mut handle = [0; 16];
        handle[..8].copy_from_slice(&(person as u64).to_be_bytes());
        let subject = SubjectId(handle);
        let ys = people::heard(person, people::count(person));
        let tokens = padded(&[5; 32], 0, subject, ys.iter().map(|y| by.token(y)));
        let count = tokens.len();
        let beacon = Beacon {
            federation: FEDERATION,
            epoch: 0,
            number: (person / UNITS) as u64 + 1,
            subject,
            action: Action::Announce,
            tokens,
            expires: NOON.plus(LIFETIME),
        };
        (Signed::sign(&beacon, key).as_bytes().to_vec(), count)
    }

    /// Takes beacons in one commit. Says whether all were new.
    pub(crate) fn hears(&self, beacons: impl Iterator<Item = Vec<u8>>) -> Result<bool> {
        let snapshot = self.store.snapshot()?;
        let mut overlay = Overlay::new(&snapshot);
        let (mut all, mut rng) = (true, self.rng());
        for bytes in beacons {
            let mut txn = Txn::new(&overlay, self.now, &mut rng);
            all &= matching::heard(&mut txn, &bytes)? == Verdict::Accept;
            let writes = txn.finish().writes;
            overlay.apply(writes);
        }
        let writes = overlay.into_writes();
        drop(snapshot);
        self.commit(&writes)?;
        Ok(all)
    }

    /// Enters a person of our own; gives what the keepers are asked.
    pub(crate) fn enters(&self, person: usize) -> Result<ToBlind> {
        let name: String = format!("{person:06}").bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
        // A third with all that can be asked, a third with name, birth date, guardian and district, a third with name, district, year.
        let (all, some) = (person.is_multiple_of(3), person % 3 <= 1);
        let if_so = |wanted: bool, text: String| if wanted { text } else { String::new() };
        let identity = Identity {
            given_name: if all { format!("Person {name}") } else { format!("P{name}") },
            family_name: "Invented".to_owned(),
            guardian_name: if_so(some, format!("Father {name}")),
            aliases: vec![if_so(all, format!("Called {name}"))],
            birth_date: if some { "1990-04-05" } else { "1990" }.to_owned(),
            district: "Barpeta".to_owned(),
            village: if_so(all, "Kalgachia".to_owned()),
            phones: vec![if_so(all, format!("98640 {person:05}"))],
            ..Identity::default()
        };
        let case = CaseId::random(&mut self.rng());
        let asked = self.step(|txn| Ok(matching::announce(txn, case, EntityId([1; 16]), Some(&identity), Role::Other)?))?;
        asked.blind.into_iter().next().context("nothing was asked")
    }

    /// The answer of the keepers.
    pub(crate) fn answers(&self, asked: &ToBlind, ys: Vec<[u8; 64]>) -> Result<()> {
        self.step(|txn| Ok(matching::blinded(txn, asked.person_ref, 0, &ys)?)).map(drop)
    }

    fn step(&self, run: impl FnOnce(&mut Txn<'_>) -> Result<()>) -> Result<Effects> {
        let snapshot = self.store.snapshot()?;
        let mut rng = self.rng();
        let mut txn = Txn::new(&snapshot, self.now, &mut rng);
        run(&mut txn)?;
        let effects = txn.finish();
        drop(snapshot);
        self.commit(&effects.writes)?;
        Ok(effects)
    }
}

/// The other members: the same in each process.
fn others() -> Result<Vec<Own>> {
    (1..=UNITS).map(|number| founded(&MemoryView::default(), number).map(|(own, _)| own)).collect()
}

fn founded(view: &dyn View, number: usize) -> Result<(Own, Vec<Write>)> {
    let mut rng = SeededRng::new(number as u64);
    let mut txn = Txn::new(view, NOON, &mut rng);
    let setup = Setup {
        name: format!("Invented unit {number}"),
        class: UnitClass::Police,
        jurisdiction: "Assam".to_owned(),
        duty_contact: "duty desk".to_owned(),
        addresses: Vec::new(),
    };
    create(&mut txn, setup)?;
    let own = own::load(&txn)?;
    Ok((own, txn.finish().writes))
}

/// The first charter, with these members, signed by all.
fn epoch(members: &[Own]) -> Result<CharterEpoch> {
    let mut list: Vec<Member> =
        members.iter().map(|own| Member::new(own.unit, own.name.clone(), own.data(), own.public(), NOON)).collect();
    list.sort_by_key(|member| member.unit);
    let payload = wire::encode(&Charter {
        federation: FEDERATION,
        epoch: 0,
        previous: None,
        members: BoundedVec::new(list)?,
        threshold: u16::try_from(members.len() / 2 + 1)?,
        blinding: None,
        former: None,
        settles: None,
        made: NOON,
    });
    let hash = CharterEpoch::new(payload.clone(), BoundedVec::default()).hash();
    let approvals = members.iter().map(|own| {
        let approval = CharterApproval { federation: FEDERATION, epoch: 0, hash, unit: own.unit };
        Signed::sign(&approval, &own.key())
    });
    let epoch = CharterEpoch::new(payload, BoundedVec::new(approvals.collect())?);
    ensure!(epoch.approvals().len() == members.len(), "signed by all");
    Ok(epoch)
}
