//! What a person here wants changed in the charter, until it has passed; and letting a proposal go.
//! Not the signing of proposals: see `proposal`.

use super::super::charter::{self, Blinding};
use super::super::member::{Member, MemberData};
use super::super::own;
use super::super::recovery;
use super::super::rows::{key, row, rows};
use super::super::setup::{self, Setup};
use super::JoinError;
use super::amendment::{self, Amendment, OwnData};
use super::proposal::{self, at};
use crate::bounded::BoundedVec;
use crate::crypto::{Message, Signed};
use crate::ids::{CharterHash, FederationId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

const WANTED: &[u8] = b"w";
const WITHDRAWN: &[u8] = b"x";
/// Most proposals of one number that a unit lets go; a further one stays until the number is taken.
pub(in crate::federation) const WITHDRAWN_MAX: usize = 8;

/// "I shall never pass this." Signed by its proposer, who alone could: it never gave its own signature away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Withdrawal {
    pub(super) federation: FederationId,
    pub(super) epoch: u64,
    pub(super) hash: CharterHash,
    pub(super) unit: UnitId,
}

#[cfg(test)]
impl Withdrawal {
    /// As a cheat writes it.
    pub(crate) fn of(federation: FederationId, epoch: u64, hash: CharterHash, unit: UnitId) -> Self {
        Self { federation, epoch, hash, unit }
    }
}

impl Message for Withdrawal {
    const KIND: MessageKind = MessageKind::Withdrawal;
    const MAX: usize = 160;
}

/// One of this unit's own. Key: the hash of what was let go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Withdrawn(Signed<Withdrawal>);

impl Record for Withdrawn {
    const TABLE: Table = Table::JOINING;
}

/// The one change that people here want and that has not passed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Wanted(Amendment);

impl Record for Wanted {
    const TABLE: Table = Table::JOINING;
}

/// This unit wants to say something else of itself.
///
/// # Errors
/// [`JoinError`] if an answer is not usable, nothing changes, or this unit wants something else already.
pub fn propose_data(txn: &mut Txn<'_>, says: Setup) -> Result<(), JoinError> {
    let name = setup::line("name", "one line of 1 to 120 bytes", says.name)?;
    let data = MemberData {
        class: says.class,
        jurisdiction: setup::line("jurisdiction", "one line of at most 120 bytes", says.jurisdiction)?,
        duty_contact: setup::line("duty contact", "one line of at most 200 bytes", says.duty_contact)?,
        addresses: setup::addresses(says.addresses)?,
    };
    let own = own::load(txn)?;
    if own.name == name && own.data() == data {
        return Err(JoinError::Nothing);
    }
    want(txn, Amendment::Data(OwnData { name, data }))
}

/// This unit wants a new node key. It is in use once enough members have signed; then everybody compares words again.
///
/// # Errors
/// [`JoinError`] if this unit wants something else already.
pub fn propose_key(txn: &mut Txn<'_>) -> Result<(), JoinError> {
    let key = own::next_key(txn)?;
    want(txn, Amendment::Key(key))
}

/// A member lost its node key and sent this text, which its recovery key signed. Gives the member.
///
/// # Errors
/// [`JoinError`] if the text is wrong, its unit is no member, or this unit wants something else already.
pub fn propose_replacement(txn: &mut Txn<'_>, text: &str) -> Result<UnitId, JoinError> {
    let (recovery, word) = recovery::parse_text(text)?;
    charter::member(txn, word.unit)?.ok_or(JoinError::NotOther)?;
    want(txn, Amendment::Replace(recovery))?;
    Ok(word.unit)
}

/// A member is to be left out: it has left, or its node is in foreign hands.
///
/// # Errors
/// [`JoinError`] if it is no other member, or this unit wants something else already.
pub fn propose_removal(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), JoinError> {
    let named = charter::whole(txn)?.is_some_and(|charter| charter.member(unit).is_some());
    if !named || unit == own::load(txn)?.unit {
        return Err(JoinError::NotOther);
    }
    want(txn, Amendment::Remove(unit))
}

/// Other keepers, another threshold or another recipe: the key that they have generated.
///
/// # Errors
/// [`JoinError`] if the key does not continue the charter, or this unit wants something else already.
pub fn propose_keepers(txn: &mut Txn<'_>, blinding: Blinding) -> Result<(), JoinError> {
    want(txn, Amendment::Keepers(Box::new(blinding)))
}

/// Two charters of one number have passed, and this one is to be continued.
///
/// # Errors
/// [`JoinError`] if the charter is not frozen or it is neither of the two.
pub fn propose_settlement(txn: &mut Txn<'_>, keep: CharterHash) -> Result<(), JoinError> {
    let frozen = charter::frozen(txn)?.ok_or(JoinError::NotFrozen)?;
    if keep != frozen.held && keep != frozen.other.hash() {
        return Err(JoinError::NoProposal);
    }
    // Whatever was wanted before waits for nobody now.
    txn.delete(Table::JOINING, WANTED);
    want(txn, Amendment::Settle(keep))
}

fn want(txn: &mut Txn<'_>, amendment: Amendment) -> Result<(), JoinError> {
    if row::<Wanted>(txn, WANTED)?.is_some_and(|wanted| wanted.0 != amendment) {
        return Err(JoinError::WantsAlready);
    }
    txn.put(WANTED, Scope::Master, &Wanted(amendment));
    resume(txn)
}

/// Proposes what people here want, once nothing stands in its way; lets go what can pass no more. To be called as time passes
/// and when the charter has changed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn keep_up(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let now = txn.now;
    if let Some(mine) = proposal::own_open(txn)?
        && let Err(error) = amendment::base(txn, &mine.offer.amendment)
            .and_then(|base| amendment::build(txn, &base, mine.proposer, &mine.offer.amendment, mine.offer.made, now))
    {
        // The prekey of a newcomer ended while others thought about it: it has to ask anew.
        only_store(error)?;
        let_go(txn)?;
    }
    resume(txn).or_else(|error| {
        txn.incident(None, "what was to be proposed is not possible any more");
        only_store(error)
    })
}

fn only_store(error: JoinError) -> Result<(), ViewError> {
    match error {
        JoinError::Store(error) => Err(error),
        _ => Ok(()),
    }
}

fn resume(txn: &mut Txn<'_>) -> Result<(), JoinError> {
    let Some(Wanted(amendment)) = row::<Wanted>(txn, WANTED)? else { return Ok(()) };
    if proposal::own_open(txn)?.is_some() {
        return Ok(());
    }
    match proposal::propose(txn, amendment) {
        Ok(_) | Err(JoinError::Frozen) => Ok(()),
        Err(error) => {
            txn.delete(Table::JOINING, WANTED);
            Err(error)
        }
    }
}

/// What is wanted has become the charter, if it is this.
pub(super) fn passed(txn: &mut Txn<'_>, amendment: &Amendment) -> Result<(), ViewError> {
    if row::<Wanted>(txn, WANTED)?.is_some_and(|wanted| wanted.0 == *amendment) {
        txn.delete(Table::JOINING, WANTED);
    }
    Ok(())
}

/// Whether people here want a change that is not proposed yet, because another one has to be through first.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn is_wish_waiting(view: &dyn View) -> Result<bool, ViewError> {
    Ok(row::<Wanted>(view, WANTED)?.is_some() && proposal::own_open(view)?.is_none())
}

/// A person here takes this unit's proposal back, and with it the wish.
///
/// # Errors
/// [`JoinError::NoProposal`] if there is none.
pub fn withdraw(txn: &mut Txn<'_>) -> Result<(), JoinError> {
    let wanted = row::<Wanted>(txn, WANTED)?.is_some();
    txn.delete(Table::JOINING, WANTED);
    let gone = let_go(txn)?;
    if gone || wanted { Ok(()) } else { Err(JoinError::NoProposal) }
}

/// Lets this unit's open proposal go, so that whoever signed it can sign another. Says whether there was one.
pub(in crate::federation) fn let_go(txn: &mut Txn<'_>) -> Result<bool, ViewError> {
    let Some(own) = own::find(txn)? else { return Ok(false) };
    let Some(mine) = row::<proposal::Proposal>(txn, &at(own.unit))? else { return Ok(false) };
    let Some(charter) = charter::whole(txn)? else { return Ok(false) };
    let mut kept = 0;
    for (at, Withdrawn(signed)) in rows::<Withdrawn>(txn, WITHDRAWN, usize::MAX)? {
        // One of a number that is taken frees nobody any more.
        if signed.stored().is_ok_and(|withdrawal| withdrawal.epoch <= charter.epoch) {
            txn.delete(Table::JOINING, &at);
        } else {
            kept += 1;
        }
    }
    if kept >= WITHDRAWN_MAX {
        return Ok(false);
    }
    let (epoch, hash) = (mine.offer.epoch, mine.offer.hash);
    let word = Withdrawal { federation: charter.federation, epoch, hash, unit: own.unit };
    txn.put(&key(WITHDRAWN, hash.as_bytes()), Scope::Master, &Withdrawn(Signed::sign(&word, &own.key())));
    proposal::release(txn, own.unit, hash)?;
    for member in charter.members.iter().filter(|member| member.unit != own.unit) {
        txn.sync(member.unit);
    }
    Ok(true)
}

pub(super) fn is_withdrawn(view: &dyn View, hash: CharterHash) -> Result<bool, ViewError> {
    Ok(row::<Withdrawn>(view, &key(WITHDRAWN, hash.as_bytes()))?.is_some())
}

/// What this unit has let go, for the others.
pub(in crate::federation) fn own_withdrawn(view: &dyn View) -> Result<BoundedVec<Signed<Withdrawal>, WITHDRAWN_MAX>, ViewError> {
    let rows = rows::<Withdrawn>(view, WITHDRAWN, WITHDRAWN_MAX)?;
    Ok(BoundedVec::new(rows.into_iter().map(|(_, Withdrawn(signed))| signed).collect()).expect("no more were read"))
}

/// Takes what `from` has let go.
pub(in crate::federation) fn accept_withdrawn(
    txn: &mut Txn<'_>,
    from: UnitId,
    withdrawn: &[Signed<Withdrawal>],
) -> Result<(), ViewError> {
    let Some(signer) = charter::member(txn, from)?.as_ref().and_then(Member::present_key) else { return Ok(()) };
    for signed in withdrawn {
        match signed.verify(&signer) {
            Ok(word) if word.unit == from => proposal::release(txn, from, word.hash)?,
            // Signed before it changed its key: for a number that is taken.
            Err(crate::crypto::SignedError::OtherKey) => {}
            _ => txn.incident(Some(from), "a withdrawal of a proposal was refused"),
        }
    }
    Ok(())
}
