//! Before a share leaves: what the other unit would see, what that changes, whose consent does not cover it.
//! Nothing is sent here; the protocol computes what is shown by the same call as for sending.

use super::audit::audited;
use super::case_view::{Around, case_view};
use super::held::held;
use super::model::{ConsentLack, SharePreview, ShareRequest};
use super::reader::{Reader, value_text};
use super::shares::{terms_view, wanted};
use super::summary::{line, row_of};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, authorize};
use crate::audit::actions;
use crate::casework::{Displays, Order, not_covered};
use crate::rows::row;
use icmc_protocol::caselog::FoldedCase;
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::ids::{CaseId, Commitment, EntityId, ShareId, UnitId};
use icmc_protocol::machine::{Txn, View, ViewError};
use icmc_protocol::sharing::{self, ConsentGap, Share, ShareOut, outgoing_list};
use std::collections::{BTreeMap, BTreeSet};

/// Most units asked about at once.
const UNITS_MAX: usize = 32;

impl Service {
    /// The case exactly as the receiver would see it; nothing is sent.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault of the request, [`ServiceError::Refused`] if the unit may not be given it.
    pub async fn share_preview(&self, actor: &Actor, request: ShareRequest) -> Result<SharePreview, ServiceError> {
        let (by, case) = (actor.clone(), request.case);
        self.step(actor, actions::SHARE_PREVIEWED, format!("{case}/{}", request.to), move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            audited(txn, &by, actions::SHARE_PREVIEWED, format!("{case}/{}", request.to))?;
            let (units, share) = wanted(txn, &grant, &request)?;
            let folded = sharing::preview(txn, txn.now, &share)?;
            preview(txn, &units, &share, &folded)
        })
        .await
    }

    /// The case as the receiver of a share would see it under other terms, with what it would gain and lose; nothing is sent.
    ///
    /// # Errors
    /// As [`Service::share_revise`].
    pub async fn share_revise_preview(
        &self,
        actor: &Actor,
        share: ShareId,
        request: ShareRequest,
    ) -> Result<SharePreview, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARE_PREVIEWED, share, move |txn| {
            let given = row::<ShareOut>(txn, share.as_bytes())?.ok_or(ServiceError::NotFound)?;
            let grant = authorize(txn, &by, Action::ShareCase, given.case)?;
            audited(txn, &by, actions::SHARE_PREVIEWED, format!("{}/{share}", given.case))?;
            if (request.case, request.to) != (given.case, given.to) {
                return Err(ServiceError::request("to", "the unit that has this share"));
            }
            let (units, terms) = wanted(txn, &grant, &request)?;
            let (before, after) = sharing::preview_revision(txn, txn.now, share, &terms)?;
            let view = preview(txn, &units, &terms, &after)?;
            Ok(SharePreview { gone: beside(&before, &after), added: beside(&after, &before), ..view })
        })
        .await
    }

    /// Whose consent does not cover a share with one of these units, `request.to` among them, and what it lacks.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault of the request.
    pub async fn share_consents(
        &self,
        actor: &Actor,
        request: ShareRequest,
        also: Vec<UnitId>,
    ) -> Result<Vec<ConsentLack>, ServiceError> {
        let (by, case) = (actor.clone(), request.case);
        self.step(actor, actions::SHARE_PREVIEWED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            let (units, share) = wanted(txn, &grant, &request)?;
            let held = held(txn, case, txn.now)?.ok_or(ServiceError::NotFound)?;
            let displays = Displays::of(&held.folded, &Order::of(&held.folded));
            let mut lacking: BTreeMap<EntityId, ConsentLack> = BTreeMap::new();
            for to in [request.to].into_iter().chain(also).take(UNITS_MAX) {
                for (person, gaps) in sharing::missing_consents(txn, txn.now, &Share { to, ..share.clone() })? {
                    let display = || displays.get(person).unwrap_or_default().to_owned();
                    let lack =
                        lacking.entry(person).or_insert_with(|| ConsentLack { person, display: display(), units: Vec::new() });
                    lack.units.push((units.of(to), gaps.iter().map(word).collect()));
                }
            }
            Ok(lacking.into_values().collect())
        })
        .await
    }
}

const fn word(gap: &ConsentGap) -> &'static str {
    match gap {
        ConsentGap::None => "none",
        ConsentGap::Incomplete => "incomplete",
        ConsentGap::Withdrawn => "withdrawn",
        ConsentGap::NotYet => "not_yet",
        ConsentGap::Expiry => "expiry",
        ConsentGap::Recipient => "recipient",
        ConsentGap::Purpose => "purpose",
        ConsentGap::Classes => "classes",
    }
}

fn preview(txn: &Txn<'_>, units: &Units, share: &Share, folded: &FoldedCase) -> Result<SharePreview, ServiceError> {
    let whole = held(txn, share.case, txn.now)?.map_or(0, |held| count(&held.folded));
    let shown = count(folded);
    let reader = Reader::new(folded, units, BTreeSet::new());
    let summary = line(&row_of(&reader, true), units, 0);
    let around = Around { not_shared: not_covered([share]), ..Around::default() };
    Ok(SharePreview {
        case: case_view(&reader, summary, around),
        to: units.of(share.to),
        terms: terms_view(share, &reader.displays),
        shown,
        kept: whole.saturating_sub(shown),
        first: is_first(txn, share.to)?,
        gone: Vec::new(),
        added: Vec::new(),
    })
}

/// Whether nothing was ever shared with this unit.
fn is_first(view: &dyn View, to: UnitId) -> Result<bool, ViewError> {
    Ok(outgoing_list(view, |row| row.to == to)?.is_empty())
}

/// Values that stand in a case.
fn count(folded: &FoldedCase) -> u32 {
    let dictionary = Dictionary::builtin();
    let values = folded.entities.iter().flat_map(|((kind, _), entity)| {
        let known = dictionary.kind(kind);
        let is_value = move |name: &str| known.and_then(|kind| kind.field(name)).is_some_and(|field| !field.structural);
        entity.fields.iter().filter(move |(name, field)| field.current().is_some() && is_value(name))
    });
    u32::try_from(values.count()).unwrap_or(u32::MAX)
}

/// "Name: Given name: …" for each value that stands in one and not in the other.
fn beside(one: &FoldedCase, other: &FoldedCase) -> Vec<String> {
    let held: BTreeSet<Commitment> = values(other).map(|(_, _, version)| version.commitment).collect();
    let displays = Displays::of(one, &Order::of(one));
    let dictionary = Dictionary::builtin();
    let lines = values(one).filter(|(_, _, version)| !held.contains(&version.commitment)).filter_map(|(kind, field, version)| {
        let (known, field) = (dictionary.kind(kind)?, dictionary.field(kind, field)?);
        let text = value_text(&known.name, &field.name, &version.value, &displays);
        (!field.structural && !text.is_empty()).then(|| format!("{}: {}: {text}", known.label, field.label))
    });
    lines.collect()
}

fn values(folded: &FoldedCase) -> impl Iterator<Item = (&str, &str, &icmc_protocol::caselog::Version)> {
    folded.entities.iter().flat_map(|((kind, _), entity)| {
        entity.fields.iter().flat_map(move |(name, field)| field.versions.iter().map(move |version| (&**kind, &**name, version)))
    })
}

/// The case of a share that was given.
pub(super) fn case_of(view: &dyn View, share: ShareId) -> Result<CaseId, ServiceError> {
    Ok(row::<ShareOut>(view, share.as_bytes())?.ok_or(ServiceError::NotFound)?.case)
}
