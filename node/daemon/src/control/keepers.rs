//! The part of `handle` that is about keepers of the blinding key.
//! More evaluations for an import take two persons, so they are asked for on the page.

use super::ControlReply;
use super::names::{GENERATION, UNIT, only};
use super::request::{GenerationLine, KeeperLine};
use anyhow::Result;
use icmc_node::access::Actor;
use icmc_node::service::Service;
use icmc_node::service::model::{GenerationView, KeeperView};
use icmc_protocol::ids::UnitId;

/// How a person names this unit among others.
const OWN: &str = "own";

pub(super) async fn list(service: &Service, operator: &Actor) -> Result<ControlReply> {
    let view = service.keepers(operator).await?;
    let keeper = |keeper: &KeeperView| KeeperLine {
        name: keeper.unit.name.clone(),
        connected: keeper.connected,
        fault: keeper.fault.map(str::to_owned),
    };
    let line = |one: &GenerationView| GenerationLine {
        id: one.id.to_string(),
        by: one.by.name.clone(),
        threshold: one.threshold,
        keepers: one.keepers.iter().map(|unit| unit.name.clone()).collect(),
        says: one.says.clone(),
        asks_here: one.asks_here,
    };
    Ok(ControlReply::Keepers {
        keepers: view.keepers.iter().chain(&view.named).map(keeper).collect(),
        threshold: view.threshold,
        count: u32::try_from(view.keepers.len()).unwrap_or(u32::MAX),
        alone: view.alone,
        generations: view.generations.iter().map(line).collect(),
    })
}

pub(super) async fn want(service: &Service, operator: &Actor, threshold: u16, typed: &[String]) -> Result<ControlReply> {
    let members = service.keepers(operator).await?.members;
    let own = members.iter().find(|unit| unit.own).map(|unit| unit.id);
    let all: Vec<UnitId> = members.iter().map(|unit| unit.id).collect();
    let unit = |typed: &String| match own.filter(|_| typed.trim() == OWN) {
        Some(own) => Ok(own),
        None => only(UNIT, typed, all.clone(), |unit| *unit),
    };
    let units = typed.iter().map(unit).collect::<Result<Vec<_>>>()?;
    service.want_keepers(operator, threshold, units).await?;
    Ok(ControlReply::KeepersWanted)
}

pub(super) async fn keep(service: &Service, operator: &Actor, typed: &str, yes: bool) -> Result<ControlReply> {
    let open = service.keepers(operator).await?.generations.into_iter().filter(|one| one.asks_here || one.can_end).collect();
    let one = only(GENERATION, typed, open, |one: &GenerationView| one.id)?;
    service.keep(operator, one.id, yes).await?;
    Ok(ControlReply::Keeping { yes })
}
