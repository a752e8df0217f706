//! A peer that is too much is cut off, named once, refused for a while, and let in again by a person.
//! What counts how much is tested beside `Limits`.

use std::time::Duration;

use icmc_node::net::{AllowedPeer, CutOff, Limits, NetEvent, Offence, PeerId, Protocol, Quota, RefusedWhy};

use crate::hostile::Hostile;
use crate::unit::{FEDERATION, Unit, framed, introduce};

const ANYWHERE: &str = "/ip4/127.0.0.1/tcp/0";

async fn cut_off(unit: &mut Unit) -> (PeerId, CutOff) {
    unit.until(|event| match event {
        NetEvent::CutOff { peer, cut } => Some((peer, cut)),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn huge_frames_cut_a_peer_off_until_a_person_lets_it_in() {
    let mut bob = Unit::start("bob").await;
    let mut eve = Hostile::new(bob.peer(), bob.address().await);
    bob.allow(vec![AllowedPeer { peer: eve.peer(), addresses: Vec::new() }]).await;
    for _ in 0..11 {
        eve.ask(Protocol::Envelope, vec![0xff; 4]).await;
    }
    let (peer, cut) = cut_off(&mut bob).await;
    assert_eq!(peer, eve.peer());
    assert_eq!(cut, CutOff { why: Offence::Oversize, refused: 11, pause: Duration::from_secs(60), times: 1 });
    assert_eq!(eve.ask(Protocol::Envelope, framed(b"abc")).await.unwrap_or_default(), b"");
    assert_eq!(bob.refused().await, (Some(eve.peer()), RefusedWhy::NotAllowed));

    bob.net.let_in(eve.peer()).await.unwrap();
    let (answer, asked) = tokio::join!(eve.ask(Protocol::Envelope, framed(b"abc")), bob.answer());
    assert_eq!((answer.unwrap(), asked.0), (framed(b"cba"), eve.peer()));
}

#[tokio::test]
async fn whoever_is_cut_off_comes_back_by_itself_when_its_time_is_over_and_stays_out_longer_the_next_time() {
    let cooling = [1, 3, 9, 27, 81, 243].map(|tenths| Duration::from_millis(tenths * 100));
    let offences = Quota { per_second: 1, burst: 100 };
    let mut bob = Unit::start_at("bob", ANYWHERE, Limits { cooling, offences, ..Limits::default() }).await;
    let mut alice = Unit::start("alice").await;
    introduce(&mut alice, &mut bob).await;
    for times in 1..=3 {
        for _ in 0..17 {
            bob.net.blame(alice.peer()).await;
        }
        let (peer, cut) = cut_off(&mut bob).await;
        assert_eq!((peer, cut.why, cut.times), (alice.peer(), Offence::Garbage, times));
        assert_eq!(cut.pause, cooling[times as usize - 1]);
        bob.connected(alice.peer()).await;
    }
}

#[tokio::test]
async fn a_network_that_begins_anew_goes_on_refusing() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    bob.net.hold_off(alice.peer(), Duration::from_secs(60), 4).await.unwrap();
    bob.allow(vec![alice.entry().await]).await;
    alice.allow(vec![bob.entry().await]).await;
    assert_eq!(bob.refused().await, (Some(alice.peer()), RefusedWhy::NotAllowed));
    bob.net.let_in(alice.peer()).await.unwrap();
    bob.connected(alice.peer()).await;
    alice.connected(bob.peer()).await;
}

#[tokio::test]
async fn replies_that_are_never_read_cut_a_peer_off() {
    let limits = Limits { request_timeout: Duration::from_millis(500), ..Limits::default() };
    let mut bob = Unit::start_at("bob", ANYWHERE, limits).await;
    let mut eve = Hostile::that_never_reads(bob.peer(), bob.address().await);
    bob.allow(vec![AllowedPeer { peer: eve.peer(), addresses: Vec::new() }]).await;
    let asks = async {
        loop {
            eve.send(Protocol::Beacons, framed(b""));
            eve.turn(Duration::from_millis(20)).await;
        }
    };
    let answers = async {
        loop {
            match bob.events.recv().await.expect("bob runs") {
                NetEvent::Request { reply, .. } => {
                    reply.answer(vec![7; Protocol::Beacons.response_cap()]).await.expect("bob runs")
                }
                NetEvent::CutOff { cut, .. } => return cut.why,
                _ => {}
            }
        }
    };
    tokio::select! {
        () = asks => unreachable!("it goes on for ever"),
        why = answers => assert_eq!(why, Offence::SlowReading),
        () = tokio::time::sleep(Duration::from_secs(60)) => panic!("nobody was cut off"),
    }
}

#[tokio::test]
async fn a_peer_that_passes_on_more_than_its_share_is_not_blamed_but_asked_again() {
    let forwarded = Quota { per_second: 1, burst: 3 };
    let (mut alice, mut carol) = (Unit::start("alice").await, Unit::start("carol").await);
    let mut bob = Unit::start_at("bob", ANYWHERE, Limits { forwarded, ..Limits::default() }).await;
    for unit in [&alice, &bob, &carol] {
        unit.net.set_federation(FEDERATION).await.unwrap();
    }
    // alice - carol - bob: all that bob hears, carol passed on.
    bob.allow(vec![carol.waiting_entry(), alice.waiting_entry()]).await;
    carol.allow(vec![bob.entry().await, alice.waiting_entry()]).await;
    carol.subscribed(bob.peer()).await;
    alice.allow(vec![carol.entry().await]).await;
    alice.subscribed(carol.peer()).await;
    for number in 0..20_u8 {
        alice.publish(&[number; 8]).await;
        carol.gossip().await.2.give(icmc_node::net::Verdict::Accept);
    }
    let missed = bob.until(|event| match event {
        NetEvent::Missed { peer } => Some(peer),
        NetEvent::CutOff { .. } => panic!("carol is not at fault"),
        _ => None,
    });
    assert_eq!(missed.await, carol.peer());
}
