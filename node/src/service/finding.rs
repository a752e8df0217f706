//! Searching in own and received cases. What was typed is kept sealed, so that it is in no address and the audit can name it.
//! Not the search at other units: that is matching, which nobody has to ask for.

use super::audit::audited;
use super::cases::summary_of;
use super::model::{SearchHit, SearchQuery};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::accounts::AccountId;
use crate::audit::actions;
use crate::rows::row;
use crate::search::{Find, Index, Query};
use crate::store::tables;
use core::fmt;
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Most characters of a search.
const TEXT_MAX: usize = 200;

/// Names a kept search: 16 random bytes, safe to stand in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchId([u8; 16]);

impl fmt::Display for SearchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl core::str::FromStr for SearchId {
    type Err = ServiceError;

    fn from_str(text: &str) -> Result<Self, ServiceError> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(ServiceError::NotFound)
    }
}

/// A search as typed. Key: [`SearchId`].
#[derive(Serialize, Deserialize)]
struct Kept {
    by: AccountId,
    at: Timestamp,
    text: String,
    year: Option<i32>,
}

impl Record for Kept {
    const TABLE: Table = tables::QUERIES;
}

impl Service {
    /// Searches. The audit names the kept search.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without access to cases.
    pub async fn search(&self, actor: &Actor, query: SearchQuery) -> Result<Vec<SearchHit>, ServiceError> {
        let id = self.keep_search(actor, query).await?;
        self.kept_search(actor, id).await.map(|(_, hits)| hits)
    }

    /// Keeps what was typed, for a page that is shown after a redirect.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] for a search that is too long.
    pub async fn keep_search(&self, actor: &Actor, query: SearchQuery) -> Result<SearchId, ServiceError> {
        if query.text.chars().count() > TEXT_MAX {
            return Err(ServiceError::request("text", "at most 200 characters"));
        }
        let by = actor.clone();
        self.step(actor, actions::CASE_SEARCHED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            Ok(keep(txn, &by, query))
        })
        .await
    }

    /// What a kept search finds now; only for whoever made it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for another person's search.
    pub async fn kept_search(&self, actor: &Actor, id: SearchId) -> Result<(SearchQuery, Vec<SearchHit>), ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::CASE_SEARCHED, id, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            let kept = row::<Kept>(txn, &id.0)?.filter(|kept| kept.by == by.account).ok_or(ServiceError::NotFound)?;
            audited(txn, &by, actions::CASE_SEARCHED, id)?;
            let hits = hits(txn, &by, &index, &kept)?;
            Ok((SearchQuery { text: kept.text, year: kept.year }, hits))
        })
        .await
    }
}

/// Keeps what was typed, sealed.
pub(super) fn keep(txn: &mut Txn<'_>, by: &Actor, query: SearchQuery) -> SearchId {
    let mut id = SearchId([0; 16]);
    txn.rng.fill_bytes(&mut id.0);
    let kept = Kept { by: by.account, at: txn.now, text: query.text, year: query.year };
    txn.put(&id.0, Scope::Master, &kept);
    id
}

fn hits(txn: &Txn<'_>, by: &Actor, index: &Index, kept: &Kept) -> Result<Vec<SearchHit>, ServiceError> {
    let found = index.find(&Query::new(&kept.text, kept.year), |case| sees(txn, by, case))?;
    let units = Units::load(txn)?;
    found.into_iter().map(|find| Ok(hit(txn, &units, find)?)).collect()
}

/// A find as pages show it.
pub(super) fn hit(view: &dyn View, units: &Units, find: Find) -> Result<SearchHit, ViewError> {
    let case = summary_of(view, &find.row, units)?;
    Ok(SearchHit {
        display: find.person.as_ref().map_or_else(|| case.title.clone(), |person| person.display.clone()),
        person: find.person.map(|person| person.person),
        why: find.why,
        case,
    })
}
