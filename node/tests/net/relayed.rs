//! Nobody can dial Alice or Bob; Carol relays for members. Eve is invited and no more.

use std::time::Duration;

use icmc_node::net::{AllowedPeer, NetEvent, Protocol, RefusedWhy};
use tokio::time::timeout;

use crate::unit::{FEDERATION, Unit};

/// Alice and Bob are connected to Carol only.
async fn around_carol(relays: bool) -> [Unit; 3] {
    let [alice, bob, carol] = [Unit::start_behind("alice").await, Unit::start_behind("bob").await, Unit::start("carol").await];
    for unit in [&alice, &bob, &carol] {
        unit.net.set_federation(FEDERATION).await.expect("the unit runs");
    }
    carol.net.relay_for_members(relays).await.expect("the unit runs");
    carol.allow(vec![alice.waiting_entry(), bob.waiting_entry()]).await;
    alice.allow(vec![carol.entry().await, bob.waiting_entry()]).await;
    bob.allow(vec![carol.entry().await, alice.waiting_entry()]).await;
    for unit in [&alice, &bob] {
        unit.net.use_relays(vec![carol.entry().await]).await.expect("the unit runs");
    }
    [alice, bob, carol]
}

#[tokio::test]
async fn members_that_cannot_dial_each_other_meet_through_a_relay() {
    let [mut alice, mut bob, carol] = around_carol(true).await;
    alice.connected(bob.peer()).await;
    bob.connected(alice.peer()).await;
    let (answer, asked) = tokio::join!(alice.net.request(bob.peer(), Protocol::Envelope, b"abc".to_vec()), bob.answer());
    assert_eq!((answer.unwrap(), asked), (b"cba".to_vec(), (alice.peer(), Protocol::Envelope)));
    // Larger than the library's limit for one circuit.
    let request = alice.net.request(bob.peer(), Protocol::Envelope, vec![7; 1_200_000]);
    let take = bob.until(|event| match event {
        NetEvent::Request { bytes, .. } => Some(bytes.len()),
        _ => None,
    });
    assert_eq!(tokio::join!(request, take).1, 1_200_000);
    let reachable = bob.net.listen_addresses().await;
    assert!(reachable.iter().any(|address| address.to_string().contains("p2p-circuit")), "{reachable:?}");
    drop(carol);
}

#[tokio::test]
async fn nobody_relays_who_was_not_switched_on() {
    let [mut alice, mut bob, mut carol] = around_carol(false).await;
    for unit in [&mut alice, &mut bob] {
        unit.connected(carol.peer()).await;
    }
    carol.connected(alice.peer()).await;
    carol.connected(bob.peer()).await;
    let met = timeout(Duration::from_secs(5), alice.connected(bob.peer())).await;
    assert!(met.is_err(), "no relay, no way");
    assert!(alice.net.listen_addresses().await.iter().all(|address| !address.to_string().contains("p2p-circuit")));
}

#[tokio::test]
async fn who_is_only_joining_gets_no_reservation() {
    let (eve, mut carol) = (Unit::start("eve").await, Unit::start("carol").await);
    carol.net.relay_for_members(true).await.unwrap();
    carol.net.allow_joining(eve.peer()).await.unwrap();
    let relay: AllowedPeer = carol.entry().await;
    eve.allow(vec![relay.clone()]).await;
    eve.net.use_relays(vec![relay]).await.unwrap();
    assert_eq!(carol.refused().await, (Some(eve.peer()), RefusedWhy::JoiningOnly));
}
