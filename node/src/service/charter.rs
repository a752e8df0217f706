//! Changes of the charter that people here want: own data, keys, departures, the way out of a freeze; and how each is told.
//! What may pass, and who must sign, is decided in the protocol.

use super::audit::audited;
use super::units::{Units, class_word};
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::net::Multiaddr;
use icmc_protocol::federation::joining::{self, JoinError, Proposed};
use icmc_protocol::federation::member::{Member, UnitClass};
use icmc_protocol::federation::setup::Setup;
use icmc_protocol::federation::{charter, leaving, own, recovery};
use icmc_protocol::ids::{CharterHash, UnitId};
use icmc_protocol::machine::Txn;

/// What this unit says of itself from now on; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct OwnWords {
    /// Its name.
    pub name: Option<String>,
    /// Kind of agency.
    pub class: Option<UnitClass>,
    /// What it works for.
    pub jurisdiction: Option<String>,
    /// Its public contact. Never an officer's name.
    pub duty_contact: Option<String>,
    /// Where its node can be reached.
    pub addresses: Option<Vec<String>>,
}

/// A change that this unit proposes to the others.
#[derive(Debug, Clone)]
pub enum Wish {
    /// It says something else of itself.
    Words(OwnWords),
    /// A new node key, by the one it has.
    Key,
    /// The new node key of a member that lost its own, by the text that its recovery key signed.
    Replacement(String),
    /// A member is left out.
    Removal(UnitId),
    /// Which of two charters is continued.
    Settlement(CharterHash),
}

impl Service {
    /// Proposes a change of the charter to the other members. It passes once enough of them have approved.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] with what stands in the way.
    pub async fn propose(&self, actor: &Actor, wish: Wish) -> Result<(), ServiceError> {
        if let Wish::Words(OwnWords { addresses: Some(addresses), .. }) = &wish
            && addresses.iter().any(|address| address.parse::<Multiaddr>().is_err())
        {
            return Err(ServiceError::request("addresses", "addresses like /ip4/192.0.2.10/tcp/7801"));
        }
        self.amend(actor, actions::CHANGE_PROPOSED, move |txn| Ok(propose(txn, wish)?)).await
    }

    /// Takes back what this unit proposes.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it proposes nothing.
    pub async fn withdraw(&self, actor: &Actor) -> Result<(), ServiceError> {
        self.amend(actor, actions::CHANGE_WITHDRAWN, |txn| Ok(joining::withdraw(txn)?)).await
    }

    /// This unit leaves the federation, at once. Nothing is taken from it any more.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it belongs to none or is its only member.
    pub async fn leave(&self, actor: &Actor) -> Result<(), ServiceError> {
        self.amend(actor, actions::FEDERATION_LEFT, |txn| Ok(leaving::leave(txn)?)).await
    }

    /// Gives this node a new node key by the key on paper. Gives the text that another member proposes.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it is not this unit's recovery key.
    pub async fn recover(&self, actor: &Actor, recovery_key: String) -> Result<String, ServiceError> {
        let recovery_key = secrecy::SecretString::from(recovery_key);
        self.amend(actor, actions::KEY_REPLACED, move |txn| {
            Ok(recovery::recover(txn, secrecy::ExposeSecret::expose_secret(&recovery_key))?)
        })
        .await
    }

    /// The two charters of a freeze, this node's first; none without one.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub fn freeze(&self, actor: &Actor) -> Result<Option<[CharterHash; 2]>, ServiceError> {
        let view = self.node.snapshot()?;
        let _: Grant<Unit> = authorize(&view, actor, Action::ViewPeers, Unit)?;
        Ok(charter::frozen(&view)?.map(|frozen| [frozen.held, frozen.other.hash()]))
    }

    /// The other units that the charter names, those that have left by their own word too.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that does not look after peers.
    pub fn removable(&self, actor: &Actor) -> Result<Vec<UnitId>, ServiceError> {
        let view = self.node.snapshot()?;
        let _: Grant<Unit> = authorize(&view, actor, Action::ViewPeers, Unit)?;
        let own = own::load(&view)?.unit;
        let members = charter::current(&view)?.map(|charter| charter.members.to_vec()).unwrap_or_default();
        let present = members.into_iter().map(|member| member.unit).filter(|unit| *unit != own);
        Ok(present.chain(leaving::left(&view)?).collect())
    }

    async fn amend<T: Send + 'static>(
        &self,
        actor: &Actor,
        action: &'static str,
        work: impl FnOnce(&mut Txn<'_>) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let by = actor.clone();
        self.step(actor, action, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            audited(txn, &by, action, "")?;
            work(txn)
        })
        .await
    }
}

fn propose(txn: &mut Txn<'_>, wish: Wish) -> Result<(), JoinError> {
    match wish {
        Wish::Words(words) => {
            let own = own::load(txn)?;
            let addresses = || own.addresses.iter().map(ToString::to_string).collect();
            let says = Setup {
                name: words.name.unwrap_or_else(|| own.name.to_string()),
                class: words.class.unwrap_or(own.class),
                jurisdiction: words.jurisdiction.unwrap_or_else(|| own.jurisdiction.to_string()),
                duty_contact: words.duty_contact.unwrap_or_else(|| own.duty_contact.to_string()),
                addresses: words.addresses.unwrap_or_else(addresses),
            };
            joining::propose_data(txn, says)
        }
        Wish::Key => joining::propose_key(txn),
        Wish::Replacement(text) => joining::propose_replacement(txn, &text).map(|_| ()),
        Wish::Removal(unit) => joining::propose_removal(txn, unit),
        Wish::Settlement(keep) => joining::propose_settlement(txn, keep),
    }
}

/// A proposal in one word, for a page, and in plain sentences, for a person.
pub(super) fn told<'a>(units: &Units, proposed: &'a Proposed) -> (&'static str, Option<&'a Member>, String) {
    match proposed {
        Proposed::Admit(member) => ("admit", Some(member), format!("{} is to be added.", member.name)),
        Proposed::Data { before, after } => {
            ("data", Some(before), format!("{} changes what it says of itself: {}.", before.name, differences(before, after)))
        }
        Proposed::Key(member) => (
            "key",
            Some(member),
            format!(
                "{} changes its node key, by the key it has. Compare the safety words with it again afterwards.",
                member.name
            ),
        ),
        Proposed::Replace(member) => (
            "replace",
            Some(member),
            format!(
                "{} replaces its node key by its recovery key: the old one is lost or in foreign hands. Call {} on a number that \
                 you know before you approve.",
                member.name, member.name
            ),
        ),
        Proposed::Remove { member, left: true } => {
            ("left", Some(member), format!("{} has left the federation and is taken off the list of members.", member.name))
        }
        Proposed::Remove { member, left: false } => (
            "remove",
            Some(member),
            format!("{} is to be left out of the federation: nothing is taken from it any more.", member.name),
        ),
        Proposed::Keepers { after, .. } => {
            let (t, n) = (after.terms.threshold, after.terms.keepers.len());
            let names: Vec<String> = after.terms.keepers.iter().map(|unit| units.of(*unit).name).collect();
            let names = names.join(", ");
            let says = format!(
                "A new blinding key is to be kept by {names}; {t} of these {n} are needed to answer. Whoever has {t} of them can find \
                 out by guessing who is announced. The present key goes on for 30 days."
            );
            ("keepers", None, says)
        }
        Proposed::Settle { keep, give_up } => (
            "settle",
            None,
            format!(
                "Two charters of one number have passed. {} is to be continued and {} given up.",
                keep.short(),
                give_up.short()
            ),
        ),
    }
}

fn differences(before: &Member, after: &Member) -> String {
    let list = |member: &Member| member.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let pairs = [
        ("name", before.name.to_string(), after.name.to_string()),
        ("kind", class_word(before.class).to_owned(), class_word(after.class).to_owned()),
        ("works for", before.jurisdiction.to_string(), after.jurisdiction.to_string()),
        ("duty contact", before.duty_contact.to_string(), after.duty_contact.to_string()),
        ("addresses", list(before), list(after)),
    ];
    let changed = pairs.iter().filter(|(_, before, after)| before != after);
    changed.map(|(what, before, after)| format!("{what} “{before}” becomes “{after}”")).collect::<Vec<_>>().join("; ")
}
