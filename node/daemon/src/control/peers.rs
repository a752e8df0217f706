//! The part of `handle` that is about other units: inviting, joining, approving, comparing words.
//! Nothing is confirmed here that a person has not compared.

use super::ControlReply;
use super::names::{CHARTER, PROPOSAL, UNIT, only};
use super::request::{PeerLine, ProposalLine};
use anyhow::{Result, bail};
use icmc_node::access::Actor;
use icmc_node::service::model::{PeerView, ProposalView};
use icmc_node::service::{Service, Wish};

pub(super) fn identity(service: &Service, operator: &Actor) -> Result<ControlReply> {
    let own = service.identity(operator)?;
    Ok(ControlReply::Identity { name: own.name, text: own.genesis_text })
}

pub(super) async fn invite(service: &Service, operator: &Actor, identity: &str) -> Result<ControlReply> {
    Ok(ControlReply::Invitation(service.invite(operator, identity).await?))
}

pub(super) async fn join(service: &Service, operator: &Actor, invitation: &str) -> Result<ControlReply> {
    Ok(ControlReply::Joining { inviter: service.join(operator, invitation).await?.inviter })
}

pub(super) async fn proposals(service: &Service, operator: &Actor) -> Result<ControlReply> {
    let line = |proposal: ProposalView| ProposalLine {
        id: proposal.hash.to_string(),
        says: proposal.says,
        approvals: proposal.approvals,
        needed: proposal.threshold,
        proposer: proposal.proposer.name,
        approved_here: proposal.approved_here,
    };
    Ok(ControlReply::Proposals(service.proposals(operator).await?.into_iter().map(line).collect()))
}

pub(super) async fn approve(service: &Service, operator: &Actor, typed: &str) -> Result<ControlReply> {
    let proposal = only(PROPOSAL, typed, service.proposals(operator).await?, |proposal| proposal.hash)?;
    service.approve(operator, proposal.hash).await?;
    Ok(ControlReply::Approved { says: proposal.says })
}

pub(super) async fn propose(service: &Service, operator: &Actor, wish: Wish) -> Result<ControlReply> {
    service.propose(operator, wish).await?;
    Ok(ControlReply::Proposed)
}

pub(super) async fn revoke(service: &Service, operator: &Actor, typed: &str) -> Result<ControlReply> {
    let unit = service.removable(operator)?;
    let unit = only(UNIT, typed, unit, |unit| *unit)?;
    propose(service, operator, Wish::Removal(unit)).await
}

pub(super) async fn settle(service: &Service, operator: &Actor, typed: Option<&str>) -> Result<ControlReply> {
    let both = service.freeze(operator)?.map(Vec::from).unwrap_or_default();
    match typed {
        None => Ok(ControlReply::Freeze(both.iter().map(ToString::to_string).collect())),
        Some(typed) => propose(service, operator, Wish::Settlement(only(CHARTER, typed, both, |charter| *charter)?)).await,
    }
}

pub(super) async fn withdraw(service: &Service, operator: &Actor) -> Result<ControlReply> {
    service.withdraw(operator).await?;
    Ok(ControlReply::Withdrawn)
}

pub(super) async fn leave(service: &Service, operator: &Actor) -> Result<ControlReply> {
    service.leave(operator).await?;
    Ok(ControlReply::Left)
}

pub(super) async fn recover(service: &Service, operator: &Actor, recovery_key: String) -> Result<ControlReply> {
    Ok(ControlReply::Recovered(service.recover(operator, recovery_key).await?))
}

pub(super) async fn list(service: &Service, operator: &Actor) -> Result<ControlReply> {
    let now = service.node.now();
    let line = |peer: PeerView| PeerLine {
        unit: peer.unit.to_string(),
        name: peer.name,
        paused: peer.paused.is_some(),
        confirmed: peer.confirmed,
        words_here: peer.words_here,
        connected: peer.connected,
        heard: peer.last_contact.map(|last| now.since(last)),
        waiting: peer.waiting_out,
        locked: peer.locked,
        cut_off: peer.cut_off.is_some_and(|cut| cut.out),
    };
    Ok(ControlReply::Peers(service.peers(operator).await?.into_iter().map(line).collect()))
}

pub(super) async fn words(service: &Service, operator: &Actor, typed: &str) -> Result<ControlReply> {
    let peer = find(service, operator, typed).await?;
    let shown = service.safety_words(operator, peer.unit).await?;
    let PeerView { name, duty_contact, .. } = peer;
    Ok(ControlReply::Words { name, duty_contact, words: shown.words, digits: shown.digits })
}

pub(super) async fn confirm(service: &Service, operator: &Actor, typed: &str, read_out: &str) -> Result<ControlReply> {
    let peer = find(service, operator, typed).await?;
    let shown = service.safety_words(operator, peer.unit).await?;
    if !agree(read_out, &shown.words) {
        bail!(
            "these are not the words that this node shows for {}: nothing was confirmed; read them to each other once more, \
             and if they still differ do not share anything with this unit",
            peer.name
        );
    }
    service.confirm(operator, peer.unit).await?;
    Ok(ControlReply::Confirmed { name: peer.name, there: peer.words_there })
}

pub(super) async fn pause(service: &Service, operator: &Actor, typed: &str, paused: bool) -> Result<ControlReply> {
    let peer = find(service, operator, typed).await?;
    service.pause(operator, peer.unit, paused).await?;
    Ok(ControlReply::Paused { name: peer.name, paused })
}

pub(super) async fn release(service: &Service, operator: &Actor, typed: &str) -> Result<ControlReply> {
    let peer = find(service, operator, typed).await?;
    service.release(operator, peer.unit).await?;
    Ok(ControlReply::Released { name: peer.name })
}

pub(super) async fn find(service: &Service, operator: &Actor, typed: &str) -> Result<PeerView> {
    only(UNIT, typed, service.peers(operator).await?, |peer| peer.unit)
}

/// All eight in their order, however they were spaced.
fn agree(read_out: &str, words: &[String]) -> bool {
    let typed = read_out.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
    !words.is_empty() && typed.map(str::to_lowercase).eq(words.iter().map(|word| word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree_in_any_case_and_spacing_and_in_their_order_only() {
        let words: Vec<String> = ["river", "lamp", "seven"].map(str::to_owned).to_vec();
        assert!(agree("river lamp seven", &words));
        assert!(agree(" River, LAMP\n- seven ", &words));
        for wrong in ["", "river lamp", "lamp river seven", "river lamp seven seven", "river lamp sevens"] {
            assert!(!agree(wrong, &words), "{wrong}");
        }
        assert!(!agree("", &[]));
    }
}
