//! `icmc peers`: invites, joins, approves, lists and confirms other units.
//! Not how that is done: see `control`.

use crate::cli::{Folder, KeepersCommand, PeersCommand, ProposeCommand};
use crate::control::{ControlReply, ControlRequest, GenerationLine, KeeperLine, PeerLine, ProposalLine, ask};
use crate::output::{say, table};
use anyhow::{Context as _, Result, bail};
use icmc_protocol::time::{DAY, HOUR, MINUTE};
use std::io::Read as _;
use std::path::Path;

/// Digits of an id that are shown; the beginning of one is enough to name it.
const SHOWN: usize = 12;
/// Most bytes read of a typed recovery key.
const MOST_TYPED: u64 = 4096;

/// Carries the command out.
pub async fn run(folder: &Folder, command: PeersCommand) -> Result<()> {
    let mut named = String::new();
    let request = match command {
        PeersCommand::Invite { identity } => ControlRequest::Invite { identity },
        PeersCommand::Join { invitation } => ControlRequest::Join { invitation },
        PeersCommand::Propose { change } => wish(change)?,
        PeersCommand::Withdraw => ControlRequest::Withdraw,
        PeersCommand::Leave { yes: true } => ControlRequest::Leave,
        PeersCommand::Leave { yes: false } => {
            bail!("nothing was changed. Leaving is for good: recall what this unit shared, then say it again with --yes")
        }
        PeersCommand::Recover { recovery_file } => {
            ControlRequest::Recover { recovery_key: recovery_key(recovery_file.as_deref())? }
        }
        PeersCommand::Approve { proposal: Some(proposal) } => ControlRequest::Approve { proposal },
        PeersCommand::Approve { proposal: None } => ControlRequest::ListProposals,
        PeersCommand::List => ControlRequest::ListPeers,
        PeersCommand::Keepers { command } => match command {
            KeepersCommand::List => ControlRequest::ListKeepers,
            KeepersCommand::Want { threshold, keepers } => ControlRequest::WantKeepers { threshold, keepers },
            KeepersCommand::Yes { generation } => ControlRequest::Keep { generation, yes: true },
            KeepersCommand::No { generation } => ControlRequest::Keep { generation, yes: false },
        },
        PeersCommand::Pause { unit } => ControlRequest::Pause { unit, paused: true },
        PeersCommand::Resume { unit } => ControlRequest::Pause { unit, paused: false },
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
        ControlReply::Proposed => say(
            "It is proposed to the other members whenever `icmc run` is at work, one change at a time. It passes once enough of them \
             have approved; `icmc peers approve` shows how far it is.",
        ),
        ControlReply::Withdrawn => say("It is taken back. Whoever approved it can approve something else."),
        ControlReply::Left => say("This unit has left. Keep `icmc run` at work until the others have heard it."),
        ControlReply::Recovered(text) => say(format!(
            "This node has a new key. Call a member on a number that it knows, and have it propose this, with \
             `icmc peers propose replace`:\n\n{text}\n\nUntil enough members have approved, the others refuse this node."
        )),
        ControlReply::Freeze(both) => say(freeze(&both)),
        ControlReply::Proposals(proposals) if proposals.is_empty() => say("No change is proposed."),
        ControlReply::Proposals(proposals) => say(table(&proposals.iter().map(proposed).collect::<Vec<_>>())),
        ControlReply::Approved { says } => say(format!("Approved. It passes as soon as enough members have approved: {says}")),
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
        ControlReply::Paused { name, paused: true } => {
            say(format!("{name} is paused: only what ends something goes to it and is taken from it."))
        }
        ControlReply::Paused { name, paused: false } => say(format!("{name} is gone on with.")),
        ControlReply::Released { name } => say(format!("This node does not wait for {name} any more.")),
        ControlReply::Confirmed { name, there: true } => say(format!("{name} is confirmed on both sides: cases can be shared.")),
        ControlReply::Confirmed { name, there: false } => {
            say(format!("{name} is confirmed here. Cases can be shared once {name} has confirmed it, too."))
        }
        ControlReply::Keepers { keepers, threshold, count, alone, generations } => {
            say(kept(&keepers, (threshold, count), alone, &generations))
        }
        ControlReply::KeepersWanted => say(
            "They are asked. Once a person at each has said yes, with `icmc peers keepers yes`, the key is made and proposed to all \
             members. `icmc peers keepers list` shows how far it is.",
        ),
        ControlReply::Keeping { yes: true } => {
            say("This unit takes part. Keep `icmc run` at work: the key is made once all have said yes.")
        }
        ControlReply::Keeping { yes: false } => say("There will be no such key. The others are told."),
        _ => bail!("the node answered something else"),
    }
}

fn wish(change: ProposeCommand) -> Result<ControlRequest> {
    Ok(match change {
        ProposeCommand::RotateKey => ControlRequest::RotateKey,
        ProposeCommand::Contact { name, class, jurisdiction, duty_contact, address } => {
            crate::unit::check_addresses(&address)?;
            let addresses = (!address.is_empty()).then_some(address);
            ControlRequest::OwnWords { name, class: class.map(Into::into), jurisdiction, duty_contact, addresses }
        }
        ProposeCommand::Revoke { unit } => ControlRequest::Revoke { unit },
        ProposeCommand::Replace { text } => ControlRequest::Replace { text },
        ProposeCommand::Settle { charter } => ControlRequest::Settle { charter },
    })
}

/// Never an argument: those stand in the list of processes and in the history of the shell.
fn recovery_key(file: Option<&Path>) -> Result<String> {
    let text = match file {
        Some(file) => std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?,
        None => std::io::read_to_string(std::io::stdin().take(MOST_TYPED)).context("nothing was typed")?,
    };
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

fn kept(keepers: &[KeeperLine], (t, n): (u32, u32), alone: bool, generations: &[GenerationLine]) -> String {
    let mut told = format!("Any {t} of these {n} answer:\n");
    for keeper in keepers {
        let reached = if keeper.connected { "connected" } else { "not connected" };
        let fault = keeper.fault.as_ref().map(|fault| format!("; NAMED: it {fault}")).unwrap_or_default();
        told += &format!("\n  {}, {reached}{fault}", keeper.name);
    }
    if alone {
        told += "\n\nThe keeper could guess: one unit alone can find out, unseen, who is in other units' files.";
    }
    for one in generations {
        let asks = if one.asks_here { "; waits for `icmc peers keepers yes`" } else { "" };
        let keepers = one.keepers.join(", ");
        let id = short(&one.id);
        told += &format!("\n\n{id}  wanted by {}: {} of {keepers}{asks}\n  {}", one.by, one.threshold, one.says);
    }
    told
}

fn freeze(both: &[String]) -> String {
    match both {
        [held, other] => format!(
            "Two charters of one number have passed: somebody signed both. Talk to the other members by telephone, agree on one, and \
             have two thirds of them approve it.\n\n  {}  held here\n  {}  the other\n\n  icmc peers propose settle ID",
            short(held),
            short(other)
        ),
        _ => "The charter is not frozen.".to_owned(),
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
    let by = format!("proposed by {}, {} of {}", proposal.proposer, proposal.approvals, proposal.needed);
    vec![short(&proposal.id), proposal.says.clone(), by, state.to_owned()]
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
    let locked = match peer {
        PeerLine { cut_off: true, .. } => "cut off for what it sent",
        PeerLine { locked: true, .. } => "locked after the restore",
        PeerLine { paused: true, .. } => "paused",
        _ => "",
    };
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
