//! `icmc peers`: invites, joins, approves, lists and confirms other units.
//! Not how that is done: see `control`.

use crate::cli::{Folder, PeersCommand};
use crate::control::{ControlReply, ControlRequest, PeerLine, ProposalLine, ask};
use crate::output::{say, table};
use anyhow::{Result, bail};
use icmc_protocol::time::{DAY, HOUR, MINUTE};

/// Digits of an id that are shown; the beginning of one is enough to name it.
const SHOWN: usize = 12;

/// Carries the command out.
pub async fn run(folder: &Folder, command: PeersCommand) -> Result<()> {
    let mut named = String::new();
    let request = match command {
        PeersCommand::Invite { identity } => ControlRequest::Invite { identity },
        PeersCommand::Join { invitation } => ControlRequest::Join { invitation },
        PeersCommand::Approve { proposal: Some(proposal) } => ControlRequest::Approve { proposal },
        PeersCommand::Approve { proposal: None } => ControlRequest::ListProposals,
        PeersCommand::List => ControlRequest::ListPeers,
        PeersCommand::Release { unit } => ControlRequest::Release { unit },
        PeersCommand::Confirm { unit, words: Some(words) } => ControlRequest::Confirm { unit, words },
        PeersCommand::Confirm { unit, words: None } => {
            named.clone_from(&unit);
            ControlRequest::Words { unit }
        }
    };
    match ask(folder, request).await? {
        ControlReply::Invitation(text) => {
            say(format!("Send this to the other unit, for `icmc peers join`. It can be used once, for 24 hours:\n\n{text}\n"))
        }
        ControlReply::Joining { inviter } => say(joining(inviter.as_deref())),
        ControlReply::Proposals(proposals) if proposals.is_empty() => say("No unit is proposed."),
        ControlReply::Proposals(proposals) => say(table(&proposals.iter().map(proposed).collect::<Vec<_>>())),
        ControlReply::Approved { name } => say(format!("Approved: {name} is added as soon as enough members have approved.")),
        ControlReply::Peers(peers) if peers.is_empty() => say("This node knows no other unit yet."),
        ControlReply::Peers(peers) => say(table(&peers.iter().map(peer).collect::<Vec<_>>())),
        ControlReply::Words { name, duty_contact, words, digits } => {
            let words = words.join(" ");
            say(format!(
                "Call {name} on a number that you know from elsewhere than this node ({duty_contact}), and read to each other:\n\n  \
                 {words}\n\nor, as digits:\n\n  {digits}\n\nIf the other side has the same, both confirm it, here with:\n\n  \
                 icmc peers confirm {named} --words \"THE WORDS THAT YOU HEARD\"\n"
            ))
        }
        ControlReply::Released { name } => say(format!("This node does not wait for {name} any more.")),
        ControlReply::Confirmed { name, there: true } => say(format!("{name} is confirmed on both sides: cases can be shared.")),
        ControlReply::Confirmed { name, there: false } => {
            say(format!("{name} is confirmed here. Cases can be shared once {name} has confirmed it, too."))
        }
        _ => bail!("the node answered something else"),
    }
}

fn joining(inviter: Option<&str>) -> String {
    let inviter = inviter.unwrap_or("the unit that invited it");
    format!(
        "This unit now asks {inviter} to be added, whenever `icmc run` is at work. `icmc peers list` shows when it is a member."
    )
}

fn proposed(proposal: &ProposalLine) -> Vec<String> {
    let state = if proposal.approved_here { "approved here" } else { "waits for `icmc peers approve`" };
    let by = format!("proposed by {}", proposal.proposer);
    vec![short(&proposal.id), proposal.name.clone(), proposal.jurisdiction.clone(), by, state.to_owned()]
}

fn peer(peer: &PeerLine) -> Vec<String> {
    let words = match peer {
        PeerLine { confirmed: true, .. } => "confirmed",
        PeerLine { words_here: true, .. } => "confirmed here only",
        _ => "not confirmed",
    };
    let heard = match peer.heard {
        _ if peer.connected => "connected".to_owned(),
        Some(ago) => format!("last heard {}", span(ago)),
        None => "never heard".to_owned(),
    };
    let locked = if peer.locked { "locked after the restore" } else { "" };
    let waiting = if peer.waiting == 0 { String::new() } else { format!("{} waiting", peer.waiting) };
    vec![short(&peer.unit), peer.name.clone(), words.to_owned(), heard, waiting, locked.to_owned()]
}

fn short(id: &str) -> String {
    id.chars().take(SHOWN).collect()
}

fn span(millis: u64) -> String {
    match millis {
        span if span < MINUTE => "just now".to_owned(),
        span if span < HOUR => format!("{} min ago", span / MINUTE),
        span if span < 2 * DAY => format!("{} h ago", span / HOUR),
        span => format!("{} days ago", span / DAY),
    }
}
