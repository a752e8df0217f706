//! Requests, messages and publications between whole units: Guwahati asks, Shillong looks, Kathmandu is a third who meddles.
//! All units and people are invented.

mod course;
mod passing;
mod publishing;
mod refused;
mod talking;
mod vectors;

use super::{Asked, Check, VerificationAnswer, VerificationRequest, ask, asked, work_of};
use super::{RequestIn, RequestOut, VerificationRequest as Request};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{Name, open_case};
use crate::crypto::NodeSecret;
use crate::dictionary::Value;
use crate::envelope::{Kind, outbox};
use crate::federation::own;
use crate::ids::{CaseId, EntityId, ShareId, UnitId};
use crate::sharing::{Basis, Handling, Purpose};
use crate::testing::World;
use crate::testing::drafts::{self, Sketch, VICTIM, id};
use crate::time::{DAY, Timestamp};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const GIRL: EntityId = id(10);
const NEEDLE: &str = "Canary lane 7, Umsning";

/// A case of Guwahati, three confirmed units, nothing asked yet.
static OPENED: LazyLock<(World, CaseId)> = LazyLock::new(|| {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    let person = drafts::person(GIRL, &Sketch { given: "Anjali", family: "Boro", ..VICTIM });
    let drafts: Vec<_> = drafts::case("GHY-1").into_iter().chain(person).collect();
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    world.settle();
    (world, case)
});

/// The same, with a request that has arrived at Shillong.
static ASKED: LazyLock<(World, ShareId)> = LazyLock::new(|| {
    let (mut world, case) = OPENED.clone();
    let wish = wish(&world, case);
    let id = world.act("guwahati", |txn| ask(txn, wish)).unwrap();
    world.settle();
    (world, id)
});

fn wish(world: &World, case: CaseId) -> Asked {
    Asked {
        case,
        person: GIRL,
        reason: BoundedText::new("FIR 12 of 2026, invented").unwrap(),
        to: world["shillong"].id,
        request: wanted(world.now),
    }
}

fn wanted(now: Timestamp) -> Request {
    VerificationRequest {
        id: ShareId([0; 16]),
        name: BoundedText::new("Anjali").unwrap(),
        address: BoundedText::new(NEEDLE).unwrap(),
        district: BoundedText::new("IN-ML-ri-bhoi").unwrap(),
        checks: BoundedVec::new(vec![Check::Address, Check::Family]).unwrap(),
        question: BoundedText::new("Is there a tea stall beside it?").unwrap(),
        basis: Basis::LawEnforcement,
        purpose: Purpose::Verification,
        handling: Handling::H2,
        due: now.plus(14 * DAY),
        expires: Timestamp(0),
    }
}

/// A filled-in form.
fn form() -> BTreeMap<Name, Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    [
        ("address_confirmed", text("partly")),
        ("findings", text("Canary finding: the stall is there.")),
        ("identity_confirmed_by", Value::Codes(vec!["witness".to_owned()])),
        ("persons_met", Value::Int(2)),
        ("recommendation", text("return_with_support")),
        ("visited_on", text("2026-11-25")),
        ("willingness", text("yes")),
    ]
    .map(|(name, value)| (Name::new(name).unwrap(), value))
    .into()
}

fn made(world: &World, id: ShareId) -> RequestOut {
    asked(&world["guwahati"].view, id).unwrap().unwrap()
}

fn held(world: &World, id: ShareId) -> RequestIn {
    work_of(&world["shillong"].view, id).unwrap().unwrap().0
}

fn key(world: &World, unit: &str) -> NodeSecret {
    own::load(&world[unit].view).unwrap().key()
}

fn signed_answer(world: &World, id: ShareId, from: UnitId) -> VerificationAnswer {
    let fields = BoundedVec::new(form().into_iter().collect()).unwrap();
    VerificationAnswer { request: id, from, to: world["guwahati"].id, at: world.now, fields }
}

/// Sends any payload, as a cheat can.
fn send(world: &mut World, from: &str, to: &str, kind: Kind, payload: Vec<u8>) {
    let to = world[to].id;
    world.act(from, |txn| outbox::queue(txn, to, kind, payload, None)).unwrap();
    world.settle();
}

fn last_incident(world: &World, unit: &str) -> &'static str {
    world[unit].incidents.last().unwrap().what
}
