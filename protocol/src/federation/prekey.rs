//! Keys to seal envelopes to: own ones with their secrets, and the newest of every member.
//! Not the sealing: that is `crypto::seal`, called by `envelope`.

use super::charter;
use super::own::{self, Own};
use super::rows::{key, row, rows};
use super::secret::Secret32;
use crate::crypto::{Message, PrekeyPublic, PrekeySecret, Signed, SignedError};
use crate::ids::{FederationId, NodeKey, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use crate::time::{DAY, HOUR, MINUTE, Timestamp};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// How long a prekey is used. The envelopes of a month without contact can still be opened.
pub const LIFE: u64 = 35 * DAY;
/// After this a new one is made.
pub const RENEWAL: u64 = 7 * DAY;
/// Own secrets looked at in one step: more than live at any time.
const SECRETS: usize = 64;
/// How far a peer's clock may be ahead.
const AHEAD: u64 = 10 * MINUTE;
const SECRET: &[u8] = b"prekey:";
const ISSUED: &[u8] = b"prekeys-issued";

/// A key that a unit receives under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prekey {
    /// In which federation.
    pub federation: FederationId,
    /// Whose.
    pub unit: UnitId,
    /// Rises with each new one.
    pub number: u64,
    /// Made at.
    pub created: Timestamp,
    /// Not sealed to after this; the secret is destroyed then.
    pub not_after: Timestamp,
    /// X-Wing public key.
    pub key: PrekeyPublic,
}

impl Message for Prekey {
    const KIND: MessageKind = MessageKind::Prekey;
    const MAX: usize = 1536;
}

impl Prekey {
    /// Whether it may still be sealed to.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp) -> bool {
        now <= self.not_after
    }
}

/// Why a prekey was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrekeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] ViewError),
    /// Signature or encoding.
    #[error("the prekey does not verify: {0}")]
    Signed(#[from] SignedError),
    /// Signed by no present key of a member, or for another unit or federation.
    #[error("the prekey is not one of a member of this federation")]
    Stranger,
    /// From the future, past its end, or longer-lived than allowed.
    #[error("the times of the prekey are not allowed")]
    Times,
    /// The key itself is malformed.
    #[error("the prekey is not a usable key")]
    Key,
    /// The same number was signed for another key before.
    #[error("two prekeys under one number")]
    Twice,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Statement(Signed<Prekey>);

impl Record for Statement {
    const TABLE: Table = Table::PREKEYS;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SecretRow {
    secret: Secret32,
    not_after: Timestamp,
}

impl Record for SecretRow {
    const TABLE: Table = Table::OWN;
}

/// How far this unit's own numbers have risen; outlives the secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Issued {
    newest: u64,
}

impl Record for Issued {
    const TABLE: Table = Table::OWN;
}

/// The newest prekey of a unit, this one included. Whether it is still usable is for the caller to ask.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn newest(view: &dyn View, unit: UnitId) -> Result<Option<Prekey>, ViewError> {
    Ok(newest_signed(view, unit)?.map(|(prekey, _)| prekey))
}

/// The newest prekey of a unit with its signed form, to be passed on.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn newest_signed(view: &dyn View, unit: UnitId) -> Result<Option<(Prekey, Signed<Prekey>)>, ViewError> {
    // Only the newest of a unit is kept, so the first row is the one.
    let Some((_, Statement(signed))) = rows::<Statement>(view, unit.as_bytes(), 1)?.pop() else { return Ok(None) };
    let prekey = signed.stored().map_err(|error| ViewError(format!("a stored prekey: {error}")))?.into_value();
    Ok(Some((prekey, signed)))
}

/// The secret of one of this unit's own prekeys.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn secret(view: &dyn View, number: u64) -> Result<Option<PrekeySecret>, ViewError> {
    let row = row::<SecretRow>(view, &key(SECRET, &number.to_be_bytes()))?;
    Ok(row.map(|row| PrekeySecret::from_bytes(&row.secret)))
}

/// Takes a prekey of a member. Says whether it is news.
///
/// # Errors
/// [`PrekeyError`] if it is not signed by the unit's present key or otherwise not allowed.
pub fn accept(txn: &mut Txn<'_>, signed: &Signed<Prekey>) -> Result<bool, PrekeyError> {
    let signer = signed.claimed_signer()?;
    let unit = charter::unit_of_key(txn, signer)?.ok_or(PrekeyError::Stranger)?;
    let newest = newest_signed(txn, unit)?;
    // Every exchange brings everybody's again: what is held already was checked when it came.
    if newest.as_ref().is_some_and(|(_, held)| held == signed) {
        return Ok(false);
    }
    let federation = charter::current(txn)?.ok_or(PrekeyError::Stranger)?.federation;
    let prekey = check(signed, signer, unit, federation, txn.now)?;
    if let Some((held, held_signed)) = newest {
        // Numbers rise under one node key; a unit that lost its node begins anew, and its past key signs nothing any more.
        let same_signer = held_signed.claimed_signer() == Ok(signer);
        if same_signer && (prekey == held || prekey.number < held.number) {
            return Ok(false);
        }
        if same_signer && prekey.number == held.number {
            super::proof::keep(txn, unit, MessageKind::Prekey, held_signed.as_bytes(), signed.as_bytes())?;
            return Err(PrekeyError::Twice);
        }
        txn.delete(Table::PREKEYS, &key(unit.as_bytes(), &held.number.to_be_bytes()));
    }
    txn.put(&key(unit.as_bytes(), &prekey.number.to_be_bytes()), Scope::Master, &Statement(signed.clone()));
    Ok(true)
}

/// Checks a prekey of a unit that is not yet a member.
pub(super) fn check(
    signed: &Signed<Prekey>,
    signer: NodeKey,
    unit: UnitId,
    federation: FederationId,
    now: Timestamp,
) -> Result<Prekey, PrekeyError> {
    let prekey = signed.verify(&signer)?.into_value();
    if prekey.unit != unit || prekey.federation != federation {
        return Err(PrekeyError::Stranger);
    }
    let lasts = prekey.not_after.since(prekey.created);
    if prekey.created > now.plus(AHEAD) || lasts == 0 || lasts > LIFE || !prekey.is_usable(now) {
        return Err(PrekeyError::Times);
    }
    prekey.key.check().map_err(|_| PrekeyError::Key)?;
    Ok(prekey)
}

/// Makes this unit's next prekey: stores the secret and gives the signed public half.
pub(super) fn issue(txn: &mut Txn<'_>, own: &Own, federation: FederationId) -> Result<Signed<Prekey>, ViewError> {
    let number = row::<Issued>(txn, ISSUED)?.map_or(0, |issued| issued.newest) + 1;
    txn.put(ISSUED, Scope::Master, &Issued { newest: number });
    let secret = PrekeySecret::generate(&mut *txn.rng);
    let (created, not_after) = (txn.now, txn.now.plus(LIFE));
    let row = SecretRow { secret: Secret32::new(secret.bytes()), not_after };
    txn.put(&key(SECRET, &number.to_be_bytes()), Scope::Prekey(number), &row);
    Ok(Signed::sign(&Prekey { federation, unit: own.unit, number, created, not_after, key: secret.public() }, &own.key()))
}

/// A restored node has forgotten how far its numbers had risen: it goes on at the seconds of today, which is above them, with a new
/// key, since the secrets of those that were made since the backup are lost.
pub(super) fn leap(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let Some(charter) = charter::current(txn)? else { return Ok(()) };
    let own = super::own::load(txn)?;
    let newest = row::<Issued>(txn, ISSUED)?.map_or(0, |issued| issued.newest);
    txn.put(ISSUED, Scope::Master, &Issued { newest: newest.max(txn.now.0 / 1000) });
    // A node whose new key is not named yet, or that has left, has nobody who would take one.
    if charter.member(own.unit).and_then(|member| member.present_key()) != Some(own.public()) {
        return Ok(());
    }
    let statement = issue(txn, &own, charter.federation)?;
    accept(txn, &statement).map(|_| ()).map_err(|error| ViewError(format!("a prekey made here: {error}")))
}

/// Destroys the secrets of own prekeys past their end, and makes a new prekey once the newest is a week old or was signed with a
/// past node key. To be called as time passes.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn keep_fresh(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    for (at, row) in rows::<SecretRow>(txn, SECRET, SECRETS)? {
        let number = at.get(SECRET.len()..).and_then(|number| number.try_into().ok()).map(u64::from_be_bytes);
        if let Some(number) = number.filter(|_| txn.now > row.not_after) {
            // The row goes with its key, and is found here again should the node stop before that.
            txn.erase(Scope::Prekey(number));
            // One that was made before secrets had keys of their own stays until it is deleted.
            if txn.now > row.not_after.plus(HOUR) {
                txn.delete(Table::OWN, &at);
            }
        }
    }
    let (Some(charter), Some(own)) = (charter::current(txn)?, own::find(txn)?) else { return Ok(()) };
    if charter.member(own.unit).and_then(|member| member.present_key()) != Some(own.public()) {
        return Ok(());
    }
    let newest = newest_signed(txn, own.unit)?;
    let fresh = |(prekey, signed): &(Prekey, Signed<Prekey>)| {
        txn.now.since(prekey.created) < RENEWAL && prekey.created <= txn.now && signed.claimed_signer() == Ok(own.public())
    };
    if newest.as_ref().is_some_and(fresh) {
        return Ok(());
    }
    let statement = issue(txn, &own, charter.federation)?;
    match accept(txn, &statement) {
        Ok(_) => {}
        Err(PrekeyError::Store(error)) => return Err(error),
        Err(_) => txn.incident(None, "a new prekey of this unit was not taken"),
    }
    for member in charter.members.iter().filter(|member| member.unit != own.unit) {
        txn.sync(member.unit);
    }
    Ok(())
}

/// This unit's own newest prekey, for a peer.
pub(super) fn own_newest(view: &dyn View) -> Result<Option<Signed<Prekey>>, ViewError> {
    let Some(own) = own::find(view)? else { return Ok(None) };
    Ok(newest_signed(view, own.unit)?.map(|(_, signed)| signed))
}

/// The newest signed prekeys of all present members.
pub(super) fn all(view: &dyn View) -> Result<Vec<Signed<Prekey>>, ViewError> {
    let Some(charter) = charter::current(view)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for member in charter.members.iter() {
        found.extend(newest_signed(view, member.unit)?.map(|(_, signed)| signed));
    }
    Ok(found)
}

/// Takes what a peer knew of everybody's prekeys; each speaks for itself, so a bad one is noted and left out.
pub(super) fn accept_all(txn: &mut Txn<'_>, from: Option<UnitId>, prekeys: &[Signed<Prekey>]) -> Result<(), ViewError> {
    for signed in prekeys {
        match accept(txn, signed) {
            Ok(_) => {}
            Err(PrekeyError::Store(error)) => return Err(error),
            // An old one of a member whose key changed, or one that ended, is no fault of who passed it on.
            Err(PrekeyError::Stranger | PrekeyError::Times) => {}
            Err(_) => txn.incident(from, "a prekey was refused"),
        }
    }
    Ok(())
}
