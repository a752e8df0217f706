//! The first step of a node: its keys and its genesis; and the founding of a federation.
//! Not joining one that exists: see `joining`.

use super::charter::{self, Blinding, Charter, CharterApproval, CharterEpoch, CharterError, KeyTerms};
use super::genesis;
use super::member::{Addresses, Member, Name, UnitClass};
use super::own::{self, Own};
use super::prekey::{self, PrekeyError};
use super::restored;
use super::secret::Secret32;
use super::text;
use crate::bounded::{BoundedText, BoundedVec};
use crate::crypto::{Hasher, NodeSecret, Signed, labels};
use crate::fingerprint::RECIPE;
use crate::ids::{FederationId, UnitId};
use crate::machine::{Txn, ViewError};
use crate::oprf::OprfError;
use crate::oprf::generation::Dealt;
use crate::wire;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// What a person says of the unit at set-up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its name, at most 120 bytes.
    pub name: String,
    /// Kind of agency.
    pub class: UnitClass,
    /// State, district or country, at most 120 bytes.
    pub jurisdiction: String,
    /// Public contact, at most 200 bytes. Never an officer's name.
    pub duty_contact: String,
    /// Where the node can be reached: at most 8, of at most 200 bytes.
    pub addresses: Vec<String>,
}

/// What a unit is made from and cannot change later: two keys and some randomness. One name and one of these are one identity.
#[derive(Clone)]
pub struct Keys {
    node: NodeSecret,
    recovery: NodeSecret,
    nonce: [u8; 16],
}

impl core::fmt::Debug for Keys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// Fresh ones.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let (node, recovery) = (NodeSecret::generate(&mut *rng), NodeSecret::generate(&mut *rng));
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        Self { node, recovery, nonce }
    }

    /// The recovery key, to be printed once and kept on paper.
    #[must_use]
    pub fn recovery_text(&self) -> Zeroizing<String> {
        text::write_grouped(text::RECOVERY, &*self.recovery.seed())
    }
}

/// A unit that was set up.
#[derive(Clone)]
pub struct Created {
    /// Its id.
    pub unit: UnitId,
    /// The recovery key, to be printed once and kept on paper. It is stored nowhere.
    pub recovery: Zeroizing<String>,
    /// The text to show to a member of a federation that is to invite this unit.
    pub genesis_text: String,
}

impl core::fmt::Debug for Created {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Created({})", self.unit)
    }
}

/// Why set-up was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] ViewError),
    /// The founding epoch did not pass.
    #[error(transparent)]
    Charter(#[from] CharterError),
    /// The first prekey did not pass.
    #[error(transparent)]
    Prekey(#[from] PrekeyError),
    /// The first blinding key.
    #[error("the blinding key could not be made: {0}")]
    Blinding(#[from] OprfError),
    /// There is a unit here already.
    #[error("this node has been set up already")]
    AlreadySetUp,
    /// The unit belongs to a federation.
    #[error("this unit belongs to a federation already")]
    AlreadyMember,
    /// One of the answers is not usable.
    #[error("{field}: {expected}")]
    Field {
        /// Which answer.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

/// Makes the unit of this node.
///
/// # Errors
/// [`SetupError`] if there is one already or an answer is not usable.
pub fn create(txn: &mut Txn<'_>, setup: Setup) -> Result<Created, SetupError> {
    let keys = Keys::generate(&mut *txn.rng);
    create_with(txn, setup, &keys)
}

/// The same with keys that were made before, so that their recovery key is on paper when the unit is.
///
/// # Errors
/// Those of [`create`].
pub fn create_with(txn: &mut Txn<'_>, setup: Setup, keys: &Keys) -> Result<Created, SetupError> {
    if own::find(txn)?.is_some() {
        return Err(SetupError::AlreadySetUp);
    }
    let name: Name = line("name", "one line of 1 to 120 bytes", setup.name)?;
    if name.is_empty() {
        return Err(SetupError::Field { field: "name", expected: "one line of 1 to 120 bytes" });
    }
    let jurisdiction = line("jurisdiction", "one line of at most 120 bytes", setup.jurisdiction)?;
    let duty_contact = line("duty contact", "one line of at most 200 bytes", setup.duty_contact)?;
    let addresses = addresses(setup.addresses)?;

    let signed = genesis::sign(name.clone(), &keys.node, keys.recovery.public(), keys.nonce);
    let checked = genesis::check(&signed).expect("a genesis made here from checked answers is usable");
    let own = Own {
        unit: checked.unit,
        name,
        class: setup.class,
        jurisdiction,
        duty_contact,
        addresses,
        seed: Secret32::new(&keys.node.seed()),
        genesis: signed,
        index_secret: Secret32::random(&mut *txn.rng),
    };
    own::keep(txn, &own);
    Ok(Created { unit: own.unit, recovery: keys.recovery_text(), genesis_text: genesis::genesis_text(&own.genesis) })
}

/// The rows of this node were put back from a backup: to be called once, before the node runs. `lost` if its key may be in foreign hands:
/// then it meets nobody before it has a new one.
///
/// # Errors
/// [`ViewError`] if the store fails or the node was never set up.
pub fn mark_restored(txn: &mut Txn<'_>, lost: bool) -> Result<(), ViewError> {
    restored::mark(txn, lost)
}

/// Founds a federation with this unit as its only member, threshold 1 of 1.
///
/// # Errors
/// [`SetupError`] if the unit belongs to one already.
pub fn found(txn: &mut Txn<'_>) -> Result<FederationId, SetupError> {
    let own = own::load(txn)?;
    if charter::head(txn)?.is_some() {
        return Err(SetupError::AlreadyMember);
    }
    let nonce = Secret32::random(&mut *txn.rng);
    let federation = FederationId(Hasher::new(labels::FEDERATION).part(own.unit.as_bytes()).part(&*nonce).finish());
    let member = Member::new(own.unit, own.name.clone(), own.data(), own.public(), txn.now);
    let members = BoundedVec::new(vec![member]).expect("one member is within the limit");
    let payload = wire::encode(&Charter {
        federation,
        epoch: 0,
        previous: None,
        members,
        threshold: 1,
        blinding: Some(alone(txn, federation, &own)?),
        former: None,
        settles: None,
        made: txn.now,
    });
    let approval = CharterApproval { federation, epoch: 0, hash: charter::hash_of(&payload), unit: own.unit };
    let approvals = BoundedVec::new(vec![Signed::sign(&approval, &own.key())]).expect("one signature is within the limit");
    charter::accept(txn, &[CharterEpoch::new(payload, approvals)])?;
    let statement = prekey::issue(txn, &own, federation)?;
    prekey::accept(txn, &statement)?;
    Ok(federation)
}

/// The first blinding key: this unit is its only keeper, and could guess who is announced. Generated as any other.
fn alone(txn: &mut Txn<'_>, federation: FederationId, own: &Own) -> Result<Blinding, SetupError> {
    let keepers = BoundedVec::new(vec![own.unit]).expect("one keeper is within the limit");
    let recipe = BoundedText::new(RECIPE).expect("the name of a recipe is short");
    let terms = KeyTerms { federation, epoch: 0, recipe, threshold: 1, keepers, by: own.unit, made: txn.now };
    let (id, index) = (terms.id(), terms.index(own.unit).ok_or(OprfError::Index)?);
    let dealt = Dealt::new(terms.threshold, &mut *txn.rng)?;
    let commitment = dealt.commitment(id.as_bytes(), index, &mut *txn.rng);
    let (blinding, word) = charter::conclude(txn, &terms, &[commitment], &[dealt.share_for(index)], own)?;
    let words = BoundedVec::new(vec![word]).expect("one word is within the limit");
    Ok(Blinding { words, from: txn.now, ..blinding })
}

pub(super) fn addresses(texts: Vec<String>) -> Result<Addresses, SetupError> {
    let lines = texts
        .into_iter()
        .map(|address| line("addresses", "one line of at most 200 bytes each", address))
        .collect::<Result<_, _>>()?;
    BoundedVec::new(lines).map_err(|_| SetupError::Field { field: "addresses", expected: "at most 8" })
}

pub(super) fn line<const N: usize>(
    field: &'static str,
    expected: &'static str,
    text: String,
) -> Result<BoundedText<N>, SetupError> {
    let text = BoundedText::new(text.trim()).map_err(|_| SetupError::Field { field, expected })?;
    if text::is_plain(&text) { Ok(text) } else { Err(SetupError::Field { field, expected }) }
}
