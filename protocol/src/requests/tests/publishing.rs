//! Directory entries and materials: to chosen peers only, versions only rise, a withdrawal takes the text away.
//! Eve is Kathmandu.

use super::super::publish::{MOST, Offer};
use super::super::{Contact, DirectoryEntry, Material, RequestRefusal, publish, published, withdraw};
use super::{OPENED, key, last_incident, send};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::crypto::{Message as _, Signed};
use crate::envelope::Kind;
use crate::envelope::outbox::OutboxError;
use crate::ids::{PublicationId, UnitId};
use crate::testing::World;
use crate::testing::world::NOON;
use crate::wire;
use std::collections::BTreeSet;

pub(super) fn entry(author: UnitId, id: u8, version: u64) -> DirectoryEntry {
    let name = |name: &str| Name::new(name).unwrap();
    DirectoryEntry {
        id: PublicationId([id; 16]),
        author,
        version,
        at: NOON,
        name: BoundedText::new(format!("Home of Light, version {version} (invented)")).unwrap(),
        kind: name("shelter_home"),
        areas: BoundedVec::new(vec![BoundedText::new("IN-ML-ri-bhoi").unwrap()]).unwrap(),
        services: BoundedVec::new(vec![name("shelter")]).unwrap(),
        languages: BoundedVec::new(vec![name("kha")]).unwrap(),
        groups: BoundedVec::new(vec![name("women")]).unwrap(),
        capacity: BoundedText::new("12").unwrap(),
        hours: BoundedText::new("always").unwrap(),
        contacts: BoundedVec::new(vec![Contact {
            person: BoundedText::new("Front desk").unwrap(),
            role: BoundedText::new("admission").unwrap(),
            phones: BoundedVec::new(vec![BoundedText::new("+91 00000 00000").unwrap()]).unwrap(),
            email: BoundedText::default(),
            emergency: true,
        }])
        .unwrap(),
        verified_on: BoundedText::new("2026-11-20").unwrap(),
        trust: name("verified"),
        notes: BoundedText::default(),
    }
}

pub(super) fn material(author: UnitId, version: u64, body: &str) -> Material {
    let name = |name: &str| Name::new(name).unwrap();
    Material {
        id: PublicationId([8; 16]),
        author,
        version,
        at: NOON,
        title: BoundedText::new("Your rights on the first day (invented)").unwrap(),
        kind: name("rights_card"),
        audience: name("survivor"),
        languages: BoundedVec::new(vec![name("en")]).unwrap(),
        body: BoundedText::new(body).unwrap(),
        licence: BoundedText::new("CC BY 4.0").unwrap(),
        reviewed_on: BoundedText::new("2026-11-20").unwrap(),
    }
}

fn at(world: &World, unit: &str) -> Vec<(u64, UnitId)> {
    let entries = published::<DirectoryEntry>(&world[unit].view).unwrap();
    entries.into_iter().map(|(entry, _)| (entry.version, entry.author)).collect()
}

fn give(world: &mut World, version: u64, to: &[&str]) -> Result<(), RequestRefusal> {
    let to: BTreeSet<UnitId> = to.iter().map(|unit| world[*unit].id).collect();
    let newest = entry(world["guwahati"].id, 5, version);
    let done = world.act("guwahati", |txn| publish(txn, &newest, &to));
    world.settle();
    done
}

#[test]
fn an_entry_goes_to_chosen_peers_changes_there_and_goes_again() {
    let (mut world, _) = OPENED.clone();
    let guwahati = world["guwahati"].id;
    give(&mut world, 1, &["shillong"]).unwrap();
    assert_eq!(at(&world, "shillong"), [(1, guwahati)]);
    assert!(at(&world, "kathmandu").is_empty(), "who was not chosen has nothing");
    assert!(matches!(give(&mut world, 1, &[]), Err(RequestRefusal::Field("version", _))));
    // Who has it gets the next version without being chosen again.
    give(&mut world, 2, &["kathmandu"]).unwrap();
    assert_eq!((at(&world, "shillong"), at(&world, "kathmandu")), (vec![(2, guwahati)], vec![(2, guwahati)]));
    world.act("guwahati", |txn| withdraw::<DirectoryEntry>(txn, PublicationId([5; 16]))).unwrap();
    world.settle();
    for unit in ["guwahati", "shillong", "kathmandu"] {
        assert!(at(&world, unit).is_empty() && !world[unit].holds("Home of Light"), "{unit}");
    }
    give(&mut world, 4, &[]).unwrap();
    assert_eq!(at(&world, "shillong"), [(4, guwahati)], "and it can come back as a higher version");
}

#[test]
fn a_material_arrives_whole_and_stands_apart_from_the_directory() {
    let (mut world, _) = OPENED.clone();
    let body = "First line.\n".repeat(5000);
    let (card, to) = (material(world["guwahati"].id, 1, &body), BTreeSet::from([world["shillong"].id]));
    world.act("guwahati", |txn| publish(txn, &card, &to)).unwrap();
    world.settle();
    let held = published::<Material>(&world["shillong"].view).unwrap();
    assert_eq!(&*held[0].0.body, body);
    held[0].1.signed.as_ref().unwrap().verify(&key(&world, "guwahati").public()).unwrap();
    assert!(at(&world, "shillong").is_empty());
    let most = material(world["guwahati"].id, 1, &"x".repeat(65_536));
    assert!(wire::encode(&most).len() < Material::MAX && BoundedText::<65_536>::new("x".repeat(65_537)).is_err());
}

#[test]
fn an_older_version_that_comes_again_changes_nothing() {
    let (mut world, _) = OPENED.clone();
    let (guwahati, secret) = (world["guwahati"].id, key(&world, "guwahati"));
    let offer = |version| wire::encode(&Offer::Version(Signed::sign(&entry(guwahati, 5, version), &secret)));
    for version in [2, 1, 2] {
        send(&mut world, "guwahati", "shillong", Kind::DirectoryEntry, offer(version));
        assert_eq!(at(&world, "shillong"), [(2, guwahati)]);
    }
    let gone = wire::encode(&Offer::<DirectoryEntry>::Withdrawn { id: PublicationId([5; 16]), version: 3 });
    send(&mut world, "guwahati", "shillong", Kind::DirectoryEntry, gone);
    send(&mut world, "guwahati", "shillong", Kind::DirectoryEntry, offer(2));
    assert!(at(&world, "shillong").is_empty(), "what was withdrawn does not come back by a replay");
    assert!(world["shillong"].incidents.is_empty());
    send(&mut world, "guwahati", "shillong", Kind::DirectoryEntry, offer(3));
    assert_eq!(last_incident(&world, "shillong"), "published two things as one version");
}

#[test]
fn nobody_publishes_in_anothers_name_or_without_end() {
    let (mut world, _) = OPENED.clone();
    let (guwahati, eve) = (world["guwahati"].id, world["kathmandu"].id);
    let (of_guwahati, of_eve) = (key(&world, "guwahati"), key(&world, "kathmandu"));
    give(&mut world, 1, &["shillong"]).unwrap();
    let before = world["shillong"].state();
    let passed_on = Offer::Version(Signed::sign(&entry(guwahati, 5, 2), &of_guwahati));
    let forged = Offer::Version(Signed::sign(&entry(guwahati, 5, 2), &of_eve));
    let unsigned = Offer::<DirectoryEntry>::Version(Signed::from_bytes(vec![0x80]));
    for (offer, why) in [
        (passed_on, "published something whose signature does not hold"),
        (forged, "published in another unit's name"),
        (unsigned, "published something whose signature does not hold"),
    ] {
        send(&mut world, "kathmandu", "shillong", Kind::DirectoryEntry, wire::encode(&offer));
        assert_eq!(last_incident(&world, "shillong"), why);
        assert!(world["shillong"].state() == before, "{why}");
    }
    // A directory entry in the envelope of a material.
    let own = Offer::Version(Signed::sign(&entry(eve, 5, 2), &of_eve));
    send(&mut world, "kathmandu", "shillong", Kind::Material, wire::encode(&own));
    assert!(world["shillong"].state() == before);
    // Withdrawing another's entry makes a mark under one's own name only.
    let gone = Offer::<DirectoryEntry>::Withdrawn { id: PublicationId([5; 16]), version: 9 };
    send(&mut world, "kathmandu", "shillong", Kind::DirectoryEntry, wire::encode(&gone));
    assert_eq!(at(&world, "shillong"), [(1, guwahati)]);
    for number in 0..u64::try_from(MOST).unwrap() {
        let mut next = entry(eve, 0, 1);
        next.id.0[..8].copy_from_slice(&number.to_be_bytes());
        let offer = Offer::Version(Signed::sign(&next, &of_eve));
        send(&mut world, "kathmandu", "shillong", Kind::DirectoryEntry, wire::encode(&offer));
    }
    assert_eq!(last_incident(&world, "shillong"), "published more than is kept of one unit");
    assert_eq!(at(&world, "shillong").len(), MOST, "with the mark of the withdrawal, no more than the bound");
}

#[test]
fn nothing_is_published_to_a_unit_that_is_not_confirmed() {
    let mut world = World::members(&["guwahati", "shillong"]);
    assert!(matches!(give(&mut world, 1, &["shillong"]), Err(RequestRefusal::Peer(OutboxError::NotConfirmed))));
    assert!(at(&world, "guwahati").is_empty() && at(&world, "shillong").is_empty());
    give(&mut world, 1, &[]).unwrap();
    assert_eq!(at(&world, "guwahati").len(), 1, "for itself a unit may keep one");
}
