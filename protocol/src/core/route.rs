//! One input to one machine.
//! A payload is applied and acknowledged in the same step; what is refused leaves nothing but the acknowledgement and an incident.

use super::Input;
use crate::envelope::{Answer, Kind, Outcome, Received, Receiving, acknowledge, outbox, receive};
use crate::federation::charter_sync::{self, News};
use crate::federation::joining::{self, JoinError};
use crate::federation::news;
use crate::federation::peering::{self, WordsConfirmed};
use crate::federation::prekey;
use crate::federation::restored;
use crate::ids::{ShareId, UnitId};
use crate::machine::{Notice, Txn, Verdict, ViewError};
use crate::sharing::{self, ShareRefusal, Taken};
use crate::transfer::{self, TransferRefusal};
use crate::{keepers, matching, requests, standing, wire};

pub(super) fn route(txn: &mut Txn<'_>, input: Input) -> Result<(), ViewError> {
    match input {
        Input::Envelope { transport, bytes } => envelope(txn, transport, &bytes),
        Input::Answer { to, pair_seq, bytes } => answer(txn, to, pair_seq, &bytes),
        Input::CharterRequest { from, bytes } => {
            if let Some(reply) = charter_sync::handle_request(txn, from, &bytes)? {
                txn.reply(reply);
                if let Some(ask) = charter_sync::asked(&bytes) {
                    standing::show(txn, from, &ask)?;
                }
            }
            Ok(())
        }
        Input::CharterReply { from, bytes } => {
            if charter_sync::handle_reply(txn, from, &bytes)? == charter_sync::Synced::More {
                txn.sync(from);
            }
            Ok(())
        }
        Input::BeaconRequest { from, bytes } => {
            if let Some(reply) = matching::handle_request(txn, from, &bytes)? {
                txn.reply(reply);
            }
            Ok(())
        }
        Input::BeaconReply { from, bytes } => {
            if matching::handle_reply(txn, from, &bytes)?.more {
                txn.sync(from);
            }
            Ok(())
        }
        Input::JoinRequest { key, bytes } => {
            let reply = joining::handle_request(txn, key, &bytes)?;
            txn.reply(reply);
            Ok(())
        }
        Input::JoinReply { bytes } => match joining::handle_reply(txn, &bytes) {
            Ok(_) => Ok(()),
            Err(JoinError::Store(error)) => Err(error),
            Err(_) => {
                txn.rollback();
                txn.incident(None, "the answer to our wish to join was not in order");
                Ok(())
            }
        },
        Input::BeaconGossip { bytes } => {
            let verdict = matching::heard(txn, &bytes)?;
            txn.verdict(verdict);
            Ok(())
        }
        Input::CharterGossip { from, bytes } => {
            match charter_sync::handle_gossip(txn, from, &bytes)? {
                News::Fetch => {
                    txn.sync(from);
                    txn.verdict(Verdict::Accept);
                }
                News::Known => txn.verdict(Verdict::Ignore),
                News::Refused => txn.verdict(Verdict::Reject),
            }
            Ok(())
        }
        Input::BlindRequest { from, bytes } => keepers::handle_request(txn, from, &bytes),
        Input::KeeperTold { keeper, told } => keepers::told(txn, keeper, &told),
        Input::Blinded { person_ref, epoch, ys } => matching::blinded(txn, person_ref, epoch, &ys),
        Input::Erased(scope) => {
            sharing::erased(txn, scope)?;
            requests::erased(txn, scope)
        }
        Input::Connected(unit) => connected(txn, unit),
        Input::Tick => tick(txn),
    }
}

fn envelope(txn: &mut Txn<'_>, transport: Option<UnitId>, bytes: &[u8]) -> Result<(), ViewError> {
    let received = match receive(txn, transport, bytes)? {
        Receiving::Answer(answer) => {
            txn.reply(answer);
            return Ok(());
        }
        Receiving::New(received) => received,
    };
    if !received.kind.while_paused() && peering::is_paused(txn, received.from)? {
        // The other side keeps it and tries again; it is told nothing.
        txn.reply(wire::encode(&Answer::Failed));
        return Ok(());
    }
    let outcome = match apply(txn, &received)? {
        Taken::Applied => Outcome::Applied,
        Taken::NotYet => {
            txn.rollback();
            txn.sync(received.from);
            txn.reply(wire::encode(&Answer::Failed));
            return Ok(());
        }
        Taken::Refused(why) => {
            txn.rollback();
            txn.incident(Some(received.from), why);
            Outcome::Refused
        }
    };
    peering::contact(txn, received.from)?;
    let answer = acknowledge(txn, &received, outcome)?;
    if outcome == Outcome::Applied {
        standing::outdated(txn, received.from)?;
    }
    txn.reply(answer);
    Ok(())
}

/// What discloses anything is taken from a confirmed peer only.
fn apply(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    if !received.kind.any_member() && !peering::is_confirmed(txn, received.from)? {
        let why = "sent an envelope that only a confirmed peer may send";
        // A person here has confirmed; the other side's own word may still be on its way, since numbers do not order.
        if peering::load(txn, received.from)?.words_here.is_some() {
            txn.incident(Some(received.from), why);
            return Ok(Taken::NotYet);
        }
        return Ok(Taken::Refused(why));
    }
    // What came from a unit stays locked on a restored node until it has shown what it holds; and a case changes its owner only once
    // this node may continue its own chain.
    let of_owners = matches!(received.kind, Kind::Transfer | Kind::TransferReply);
    if !received.kind.while_locked() && restored::is_locked(txn, received.from)? || of_owners && restored::since(txn)?.is_some() {
        return Ok(Taken::NotYet);
    }
    match received.kind {
        Kind::Share => sharing::share(txn, received),
        Kind::Entries => sharing::entries(txn, received),
        Kind::ShareReply => soften(sharing::reply(txn, received)),
        Kind::Contribution => sharing::contribution(txn, received),
        Kind::Recall => match requests::recalled(txn, received)? {
            Some(taken) => Ok(taken),
            None => sharing::recalled(txn, received),
        },
        Kind::Receipt => match requests::receipt(txn, received)? {
            Some(taken) => Ok(taken),
            None => sharing::receipt(txn, received),
        },
        Kind::ContributionRecall => soften(sharing::taken_back(txn, received)),
        Kind::VerificationRequest => requests::request(txn, received),
        Kind::VerificationReply => requests::reply(txn, received),
        Kind::Message => requests::message(txn, received),
        Kind::DirectoryEntry => requests::received::<requests::DirectoryEntry>(txn, received),
        Kind::Material => requests::received::<requests::Material>(txn, received),
        Kind::ShareState => soften(sharing::state(txn, received)),
        Kind::Transfer => soften_transfer(transfer::offered(txn, received)),
        Kind::TransferReply => soften_transfer(transfer::replied(txn, received)),
        Kind::WordsConfirmed => words_confirmed(txn, received),
        Kind::Contact => matching::receive_contact(txn, received.from, &received.payload).map(|taken| match taken {
            matching::Contacted::Refused => Taken::Refused("sent a contact request that fits no alert here"),
            matching::Contacted::NotYet => Taken::NotYet,
            matching::Contacted::Applied(_) => Taken::Applied,
        }),
        Kind::MatchConfirm => matching::receive_confirm(txn, received.from, &received.payload).map(|taken| match taken {
            matching::Compared::Refused(why) => Taken::Refused(why),
            matching::Compared::NotYet => Taken::NotYet,
            matching::Compared::Applied => Taken::Applied,
        }),
        Kind::Disclosure => matching::receive_room(txn, received.from, &received.payload),
        Kind::Standing => shown(txn, received),
        Kind::Keepers => keepers::receive(txn, received),
        Kind::Void => {
            // Perhaps it was to show what it holds, and had to give that up: it is asked again.
            if restored::is_locked(txn, received.from)? {
                txn.sync(received.from);
            }
            Ok(Taken::Applied)
        }
        Kind::Statistics => Ok(Taken::Refused("sent a kind of envelope that this version does not take")),
    }
}

fn words_confirmed(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(confirmed) = wire::decode::<WordsConfirmed>(&received.payload, 1024) else {
        return Ok(Taken::Refused("confirmed safety words out of form"));
    };
    if !peering::confirmed_there(txn, received.from, confirmed)? {
        return Ok(Taken::Refused("confirmed safety words of other keys"));
    }
    txn.notify(Notice::Peers);
    txn.wake(received.from);
    words_compared(txn, received.from)?;
    Ok(Taken::Applied)
}

/// Words were confirmed: a restored node asks anew, since nothing was shown to it before; once both have, what waited for that goes.
fn words_compared(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    if restored::is_locked(txn, unit)? {
        txn.sync(unit);
    }
    if peering::is_confirmed(txn, unit)? { bring_up_to_date(txn, unit) } else { Ok(()) }
}

/// A refusal that a machine meant for a person here is final for the peer, except a failing store.
fn soften(taken: Result<Taken, ShareRefusal>) -> Result<Taken, ViewError> {
    match taken {
        Ok(taken) => Ok(taken),
        Err(ShareRefusal::View(error)) => Err(error),
        Err(_) => Ok(Taken::Refused("sent what could not be followed up here")),
    }
}

/// A restored node goes on once everybody has shown: its cases are looked at again then.
fn shown(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let (taken, cases) = standing::standing(txn, received)?;
    cases.into_iter().for_each(|case| txn.touch(case));
    Ok(taken)
}

/// The same for a transfer.
fn soften_transfer(taken: Result<Taken, TransferRefusal>) -> Result<Taken, ViewError> {
    match taken {
        Ok(taken) => Ok(taken),
        Err(TransferRefusal::View(error)) => Err(error),
        Err(_) => Ok(Taken::Refused("sent what could not be followed up here")),
    }
}

fn answer(txn: &mut Txn<'_>, to: UnitId, pair_seq: u64, bytes: &[u8]) -> Result<(), ViewError> {
    match outbox::answered(txn, to, pair_seq, bytes)? {
        outbox::Answered::Applied(kind, about) => {
            peering::contact(txn, to)?;
            match kind {
                // What it could not take before may go now.
                Kind::Standing => {
                    txn.wake(to);
                    standing::arrived(txn, to)?;
                }
                Kind::WordsConfirmed => words_compared(txn, to)?,
                Kind::ShareState => restored::heard_forgot(txn, to, pair_seq)?,
                _ => {}
            }
            about.map_or(Ok(()), |share| followed(txn, kind, share, true))
        }
        outbox::Answered::Refused(kind, about) => {
            txn.incident(Some(to), "refused an envelope of ours for good");
            if kind == Kind::Standing {
                // Past its time on the way: whoever asked once more meanwhile waits for another.
                txn.wake(to);
                standing::arrived(txn, to)?;
            }
            about.map_or(Ok(()), |share| followed(txn, kind, share, false))
        }
        outbox::Answered::Again => {
            txn.wake(to);
            Ok(())
        }
        outbox::Answered::Later => Ok(()),
    }
}

/// Share or request, whichever the handle is of, learns what became of an envelope.
fn followed(txn: &mut Txn<'_>, kind: Kind, about: ShareId, applied: bool) -> Result<(), ViewError> {
    sharing::answered(txn, kind, about, applied)?;
    requests::delivered(txn, kind, about, applied)
}

fn connected(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    peering::contact(txn, unit)?;
    // So that the exchange that begins now can say how far our beacons reach.
    matching::daily_head(txn)?;
    txn.sync(unit);
    txn.wake(unit);
    txn.notify(Notice::Peers);
    if keepers::is_keeper(txn, unit, txn.now)? {
        matching::resume(txn)?;
    }
    bring_up_to_date(txn, unit)
}

/// Sends a unit what it lacks of rooms and shares, and how they stand here.
fn bring_up_to_date(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    matching::room_connected(txn, unit)?;
    if let Err(ShareRefusal::View(error)) = sharing::update_peer(txn, unit) {
        return Err(error);
    }
    sharing::tell_of_ended(txn, unit)?;
    transfer::tell_taken(txn, unit)?;
    sharing::announce_state(txn, unit)
}

fn tick(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    sharing::expire(txn)?;
    requests::expire(txn)?;
    prekey::keep_fresh(txn)?;
    joining::keep_up(txn)?;
    news::follow_up(txn)?;
    sharing::remind(txn)?;
    let signed_head = matching::daily_head(txn)?;
    keepers::keep_up(txn)?;
    matching::follow_keys(txn)?;
    matching::resume(txn)?;
    matching::watch(txn)?;
    matching::room_watch(txn)?;
    let members = crate::federation::charter::current(txn)?.map(|charter| charter.members.to_vec()).unwrap_or_default();
    for member in members {
        if signed_head {
            txn.sync(member.unit);
        }
        outbox::expire(txn, member.unit)?;
        standing::arrived(txn, member.unit)?;
    }
    Ok(())
}
