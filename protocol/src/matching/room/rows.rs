//! How rooms stand in the store, and reading them. All that speaks of a person is sealed with its case, and goes with it.
//! Only that a room is open, with whom and until when is under the node master.

use super::course::{Course, Ending, NoReason, Step};
use super::given::{Given, StepYes};
use crate::crypto::Signed;
use crate::ids::{AlertId, CaseId, Commitment, EntityId, RoomId, SubjectId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::matching::alert::Account;
use crate::matching::rows::read;
use crate::sharing::Share;
use crate::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};

/// A room in which nothing is said for so long ends, and so long what was received is kept beside a share.
pub(super) const LASTS: u64 = 60 * DAY;
/// Most open rooms.
pub(super) const MOST_OPEN: usize = 10_000;
/// Most rooms of one alert: a person who is corrected gets a new one.
const PER_ALERT: usize = 64;
/// Most lines of a room's history.
const HISTORY_MAX: usize = 32;

/// What happened in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Happened {
    /// A yes to a step.
    Yes(Step),
    /// A no to a step.
    No(Step, NoReason),
    /// What a side gives in a step was sent, or has come.
    Given(Step),
    /// An end.
    Ended(Ending),
}

/// One line of a room's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, by this node's clock.
    pub at: Timestamp,
    /// Whether this side did it.
    pub own: bool,
    /// Who here; none for the other side, and for what came about by itself.
    pub by: Option<Account>,
    /// What.
    pub what: Happened,
}

/// A room. Key: `r` and its handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Its handle, the same on both sides.
    pub id: RoomId,
    /// The alert here.
    pub alert: AlertId,
    /// The case of our person.
    pub case: CaseId,
    /// Our person.
    pub person: EntityId,
    /// The other unit.
    pub peer: UnitId,
    /// Our subject when the room was begun.
    pub own_subject: SubjectId,
    /// Theirs.
    pub peer_subject: SubjectId,
    /// How far it has come.
    pub course: Course,
    /// Our yeses as signed, by step.
    pub own_yes: Vec<Signed<StepYes>>,
    /// Theirs.
    pub peer_yes: Vec<Signed<StepYes>>,
    /// What happened, in order.
    pub history: Vec<Event>,
    /// When it was begun.
    pub begun: Timestamp,
    /// When it ends by itself, or what was received in it goes.
    pub expires: Timestamp,
    /// This node was restored from a backup since: it asks again for what it lacks.
    pub again: bool,
    /// Something said here could not be queued for the other side yet: it is tried again when the two are connected.
    pub untold: bool,
}

impl Record for Room {
    const TABLE: Table = Table::ROOMS;
}

impl Room {
    pub(super) fn happened(&mut self, at: Timestamp, own: bool, by: Option<Account>, what: Happened) {
        let event = Event { at, own, by, what };
        let known = |one: &Event| one.own == own && one.what == what;
        if self.history.len() < HISTORY_MAX && !self.history.iter().any(known) {
            self.history.push(event);
        }
    }

    pub(super) fn put(&self, txn: &mut Txn<'_>) {
        let scope = Scope::Case(self.case);
        txn.put(&key(self.id), scope, self);
        txn.put(&of_alert(self.alert, self.id), scope, &OfAlert);
        txn.put(&of_case_key(self.case, self.id), scope, &OfAlert);
    }

    /// Looked at from time to time until nothing of it is left to be deleted.
    pub(super) fn put_open(&self, txn: &mut Txn<'_>) {
        txn.put(&open_key(self.id), Scope::Master, &Open { peer: self.peer, expires: self.expires });
    }
}

/// A room of an alert, or of a case. Key: `a`, the alert and the room; `c`, the case and the room.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct OfAlert;

impl Record for OfAlert {
    const TABLE: Table = Table::ROOMS;
}

/// A room to be looked at when its time is over. Key: `o` and the room.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Open {
    pub(super) peer: UnitId,
    pub(super) expires: Timestamp,
}

impl Record for Open {
    const TABLE: Table = Table::ROOMS;
}

/// What one side gives in one step. Key: `g`, the room, 0 for ours or 1 for theirs, and the step's number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct GivenRow {
    pub(super) given: Given,
    /// On which terms ours may be told: what a share of the same would say. Never sent.
    pub(super) terms: Option<Share>,
    /// Which values of ours they are. Never sent.
    pub(super) chosen: Vec<Commitment>,
}

impl Record for GivenRow {
    const TABLE: Table = Table::ROOMS;
}

/// Before the keys of open rooms.
pub(super) const OPEN: &[u8] = b"o";

pub(super) fn key(id: RoomId) -> Vec<u8> {
    [b"r", id.as_bytes().as_slice()].concat()
}

pub(super) fn open_key(id: RoomId) -> Vec<u8> {
    [OPEN, id.as_bytes()].concat()
}

fn of_alert(alert: AlertId, id: RoomId) -> Vec<u8> {
    [b"a", alert.as_bytes().as_slice(), id.as_bytes()].concat()
}

fn of_case_key(case: CaseId, id: RoomId) -> Vec<u8> {
    [b"c", case.as_bytes().as_slice(), id.as_bytes()].concat()
}

/// The rooms about people of a case.
pub(super) fn of_case(view: &dyn View, case: CaseId) -> Result<Vec<RoomId>, ViewError> {
    let prefix = [b"c", case.as_bytes().as_slice()].concat();
    let rows = view.scan(Table::ROOMS, &prefix, None, MOST_OPEN)?;
    Ok(rows.iter().filter_map(|(at, _)| RoomId::from_slice(at.get(prefix.len()..)?)).collect())
}

pub(super) fn given_key(id: RoomId, own: bool, step: u8) -> Vec<u8> {
    [b"g", id.as_bytes().as_slice(), &[u8::from(!own), step]].concat()
}

/// Everything that was given in a room goes, on this side.
pub(super) fn delete_given(txn: &mut Txn<'_>, id: RoomId) {
    for own in [true, false] {
        for step in Step::ALL {
            txn.delete(Table::ROOMS, &given_key(id, own, step.number()));
        }
    }
}

/// The rooms of an alert, in no order.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn rooms_of(view: &dyn View, alert: AlertId) -> Result<Vec<Room>, ViewError> {
    let prefix = [b"a", alert.as_bytes().as_slice()].concat();
    let mut rooms = Vec::new();
    for (at, _) in view.scan(Table::ROOMS, &prefix, None, PER_ALERT)? {
        let id = at.get(prefix.len()..).and_then(RoomId::from_slice);
        rooms.extend(id.map(|id| read::<Room>(view, &key(id))).transpose()?.flatten());
    }
    Ok(rooms)
}

/// The room of an alert to show: the one that goes on, else the newest.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn room_of(view: &dyn View, alert: AlertId) -> Result<Option<Room>, ViewError> {
    Ok(rooms_of(view, alert)?.into_iter().max_by_key(|room| (room.course.ended().is_none(), room.begun)))
}

/// Every open room with its row; those whose case is gone are left out.
pub(super) fn open(view: &dyn View) -> Result<Vec<(RoomId, Open)>, ViewError> {
    let rows = view.scan(Table::ROOMS, OPEN, None, MOST_OPEN)?;
    let id = |at: &[u8]| at.get(OPEN.len()..).and_then(RoomId::from_slice);
    rows.iter().filter_map(|(at, bytes)| Some((id(at)?, bytes))).map(|(id, bytes)| Ok((id, read_row(bytes)?))).collect()
}

/// What this side chose to give in a step, whether it was sent or waits for the other side's yes.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn given_here(view: &dyn View, room: RoomId, step: Step) -> Result<Option<Given>, ViewError> {
    Ok(read::<GivenRow>(view, &given_key(room, true, step.number()))?.map(|row| row.given))
}

/// What the other side gave in a step.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn given_there(view: &dyn View, room: RoomId, step: Step) -> Result<Option<Given>, ViewError> {
    Ok(read::<GivenRow>(view, &given_key(room, false, step.number()))?.map(|row| row.given))
}
