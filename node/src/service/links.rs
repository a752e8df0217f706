//! Cases that are about the same person or the same matter: linked here, by a person of this unit, and never merged.
//! A link stays in this unit; no share takes it along.

use super::audit::audited;
use super::cases::summary_of;
use super::model::{CaseSummary, LinkRequest, LinkView};
use super::summary::line;
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::audit::actions;
use crate::casework::{Displays, Order, persons};
use crate::rows::{row, rows};
use crate::search::{Query, SummaryRow};
use crate::store::tables;
use icmc_protocol::ids::{CaseId, ShareId};
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use icmc_protocol::sharing::received_view;
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Most links of one case.
const MOST: usize = 50;
/// Most cases proposed, and most names looked for.
const PROPOSED: usize = 10;

/// Key: CaseId ‖ the other CaseId; each link stands at both.
#[derive(Clone, Serialize, Deserialize)]
struct Link {
    why: Why,
    by: String,
    at: Timestamp,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Why {
    Person,
    Matter,
}

impl Record for Link {
    const TABLE: Table = tables::LINKS;
}

impl Why {
    const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Matter => "matter",
        }
    }
}

impl Service {
    /// Links two cases; linking them again changes the reason.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if one of them is not there for this person, [`ServiceError::Fields`] for a wish that is none.
    pub async fn link(&self, actor: &Actor, case: CaseId, request: LinkRequest) -> Result<(), ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::CASE_LINKED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ChangeCase, case)?;
            let number = request.number.trim().to_lowercase();
            let mut other = request.case;
            for row in index.cases().into_iter().filter(|row| !number.is_empty() && row.number.to_lowercase() == number) {
                if other.is_none() && row.case != case && sees(txn, &by, row.case)? {
                    other = Some(row.case);
                }
            }
            let other = other.ok_or_else(|| ServiceError::request("number", "the number of a case that you can see"))?;
            let _ = authorize(txn, &by, Action::ViewCase, other)?;
            link(txn, &by, (grant.object(), other), &request.why)
        })
        .await
    }

    /// Takes a link away.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is none.
    pub async fn unlink(&self, actor: &Actor, case: CaseId, other: CaseId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_UNLINKED, case, move |txn| {
            let _: Grant<CaseId> = authorize(txn, &by, Action::ChangeCase, case)?;
            row::<Link>(txn, &key(case, other))?.ok_or(ServiceError::NotFound)?;
            txn.delete(tables::LINKS, &key(case, other));
            txn.delete(tables::LINKS, &key(other, case));
            audited(txn, &by, actions::CASE_UNLINKED, format!("{case}/{other}"))?;
            Ok(())
        })
        .await
    }

    /// Own cases with somebody of a name that a received share names: for a person to decide whether it is the same.
    /// Nothing of the share is kept by it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is no such share, or its key is gone.
    pub async fn link_candidates(&self, actor: &Actor, share: ShareId) -> Result<Vec<CaseSummary>, ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::INBOX_PREVIEWED, share, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
            audited(txn, &by, actions::INBOX_PREVIEWED, share)?;
            let folded = received_view(txn, share)?.ok_or(ServiceError::NotFound)?;
            let order = Order::of(&folded);
            let displays = Displays::of(&folded, &order);
            let units = Units::load(txn)?;
            let mut found: Vec<CaseSummary> = Vec::new();
            for person in persons(&folded, &order).into_iter().take(PROPOSED) {
                let Some(name) = displays.get(person) else { continue };
                for find in index.find(&Query::new(name, None), |case| sees(txn, &by, case))? {
                    let is_new = !find.row.received && !found.iter().any(|known| known.id == find.row.case);
                    if is_new && find.person.is_some() && found.len() < PROPOSED {
                        found.push(summary_of(txn, &find.row, &units)?);
                    }
                }
            }
            Ok(found)
        })
        .await
    }
}

fn link(txn: &mut Txn<'_>, by: &Actor, (case, other): (CaseId, CaseId), why: &str) -> Result<(), ServiceError> {
    if case == other {
        return Err(ServiceError::request("number", "another case than this one"));
    }
    let why = match why {
        "person" => Why::Person,
        "matter" => Why::Matter,
        _ => return Err(ServiceError::request("why", "one of person matter")),
    };
    for one in [case, other] {
        if rows::<Link>(txn, one.as_bytes(), None, MOST)?.len() >= MOST {
            return Err(ServiceError::Refused("one of the cases has too many links".to_owned()));
        }
    }
    let link = Link { why, by: by.name.clone(), at: txn.now };
    for key in [key(case, other), key(other, case)] {
        // Ids, a word and who linked: nothing of either case, so that no share's key has to seal it.
        txn.put(&key, Scope::Master, &link);
    }
    audited(txn, by, actions::CASE_LINKED, format!("{case}/{other}"))?;
    Ok(())
}

fn key(case: CaseId, other: CaseId) -> Vec<u8> {
    [case.as_bytes().as_slice(), other.as_bytes()].concat()
}

/// The cases linked with one that this person may see.
pub(super) fn links(view: &dyn View, by: &Actor, units: &Units, case: CaseId) -> Result<Vec<LinkView>, ViewError> {
    let mut found = Vec::new();
    for (key, link) in rows::<Link>(view, case.as_bytes(), None, MOST)? {
        let Some(other) = key.get(CaseId::LEN..).and_then(CaseId::from_slice) else { continue };
        // A case that ended has no row of its own any more: nothing of it can be told.
        let Some(row) = row::<SummaryRow>(view, other.as_bytes())?.filter(|_| sees(view, by, other).unwrap_or(false)) else {
            continue;
        };
        let CaseSummary { number, owner, .. } = line(&row, units, 0);
        found.push(LinkView { case: other, number, owner, why: link.why.word(), by: link.by, at: link.at });
    }
    Ok(found)
}
