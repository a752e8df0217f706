//! The directory and the materials: what this unit and others published, publishing, withdrawing.
//! Nothing here is about a case.

use super::audit::audited;
use super::model::{EntryText, EntryView, MaterialText, MaterialView, PublicationHead, PublishRequest};
use super::publication_text::{entry, entry_text, material, material_text};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::casework::today;
use icmc_protocol::dictionary::FieldError;
use icmc_protocol::federation::own;
use icmc_protocol::ids::{PublicationId, UnitId};
use icmc_protocol::machine::{Txn, ViewError};
use icmc_protocol::requests::{self, DirectoryEntry, Material, Publication, Published};
use icmc_protocol::time::{DAY, Timestamp};

/// An entry that nobody has made sure of for so long is shown as stale, in milliseconds.
const STALE: u64 = 180 * DAY;

/// Handle, author, version and time of the version to be signed.
pub(super) struct NewHead {
    pub(super) id: PublicationId,
    pub(super) author: UnitId,
    pub(super) version: u64,
    pub(super) at: Timestamp,
}

impl Service {
    /// The directory: entries of this unit and of others, by name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that may not see other units.
    pub async fn directory(&self, actor: &Actor) -> Result<Vec<EntryView>, ServiceError> {
        let found = self.published::<DirectoryEntry>(actor).await?;
        let oldest = today(Timestamp(self.node.now().0.saturating_sub(STALE)));
        let mut views: Vec<EntryView> = found
            .into_iter()
            .map(|(entry, head)| EntryView { stale: *entry.verified_on < *oldest, entry: entry_text(&entry), head })
            .collect();
        views.sort_by(|a, b| a.entry.name.cmp(&b.entry.name).then(a.head.id.cmp(&b.head.id)));
        Ok(views)
    }

    /// The materials of this unit and of others, by title.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role that may not see other units.
    pub async fn materials(&self, actor: &Actor) -> Result<Vec<MaterialView>, ServiceError> {
        let found = self.published::<Material>(actor).await?;
        let mut views: Vec<MaterialView> =
            found.into_iter().map(|(material, head)| MaterialView { material: material_text(&material), head }).collect();
        views.sort_by(|a, b| a.material.title.cmp(&b.material.title).then(a.head.id.cmp(&b.head.id)));
        Ok(views)
    }

    /// Signs a directory entry and sends it to chosen peers.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault, [`ServiceError::Refused`] if one of the peers is not confirmed.
    pub async fn publish_entry(&self, actor: &Actor, wanted: PublishRequest<EntryText>) -> Result<PublicationId, ServiceError> {
        self.publish(actor, wanted, entry).await
    }

    /// Signs a material and sends it to chosen peers.
    ///
    /// # Errors
    /// As [`Service::publish_entry`].
    pub async fn publish_material(
        &self,
        actor: &Actor,
        wanted: PublishRequest<MaterialText>,
    ) -> Result<PublicationId, ServiceError> {
        self.publish(actor, wanted, material).await
    }

    /// Withdraws a directory entry of this unit: whoever has it deletes it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is no such entry of this unit.
    pub async fn withdraw_entry(&self, actor: &Actor, id: PublicationId) -> Result<(), ServiceError> {
        self.withdraw_publication::<DirectoryEntry>(actor, id).await
    }

    /// Withdraws a material of this unit.
    ///
    /// # Errors
    /// As [`Service::withdraw_entry`].
    pub async fn withdraw_material(&self, actor: &Actor, id: PublicationId) -> Result<(), ServiceError> {
        self.withdraw_publication::<Material>(actor, id).await
    }

    async fn published<T: Publication + Send + 'static>(&self, actor: &Actor) -> Result<Vec<(T, PublicationHead)>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PUBLICATIONS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ViewPeers, Unit)?;
            audited(txn, &by, actions::PUBLICATIONS_LISTED, "")?;
            let units = Units::load(txn)?;
            let found = requests::published::<T>(txn)?;
            Ok(found
                .into_iter()
                .map(|(newest, row)| (head(&units, &newest, &row), newest))
                .map(|(head, one)| (one, head))
                .collect())
        })
        .await
    }

    async fn publish<T: Publication + 'static, W: Send + 'static>(
        &self,
        actor: &Actor,
        wanted: PublishRequest<W>,
        make: fn(&W, NewHead) -> Result<T, Vec<FieldError>>,
    ) -> Result<PublicationId, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PUBLISHED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            let (author, at) = (own::load(txn)?.unit, txn.now);
            let (id, version) = match wanted.id {
                None => (PublicationId::random(txn.rng), 1),
                Some(id) => (id, next::<T>(txn, author, id)?.ok_or(ServiceError::NotFound)?),
            };
            let newest = make(&wanted.text, NewHead { id, author, version, at }).map_err(ServiceError::Fields)?;
            requests::publish(txn, &newest, &wanted.to.iter().copied().collect())?;
            audited(txn, &by, actions::PUBLISHED, id)?;
            Ok(id)
        })
        .await
    }

    async fn withdraw_publication<T: Publication>(&self, actor: &Actor, id: PublicationId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::PUBLICATION_WITHDRAWN, id, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ManagePeers, Unit)?;
            requests::withdraw::<T>(txn, id)?;
            audited(txn, &by, actions::PUBLICATION_WITHDRAWN, id)?;
            Ok(())
        })
        .await
    }
}

/// The number of the next version of a publication of our own that stands.
fn next<T: Publication>(txn: &Txn<'_>, author: UnitId, id: PublicationId) -> Result<Option<u64>, ViewError> {
    let found = requests::published::<T>(txn)?;
    Ok(found
        .iter()
        .map(|(newest, _)| newest.head())
        .find(|(by, of, _)| (*by, *of) == (author, id))
        .map(|(.., version)| version + 1))
}

fn head<T: Publication>(units: &Units, newest: &T, row: &Published<T>) -> PublicationHead {
    let (author, id, version) = newest.head();
    PublicationHead {
        id,
        author: units.of(author),
        version,
        signed_at: row.at,
        to: row.to.iter().map(|unit| units.of(*unit)).collect(),
    }
}
