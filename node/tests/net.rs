//! Units on real TCP connections of this machine: who is let in, what gets through, what comes back.
//! No protocol messages: the bytes here mean nothing.

#[path = "net/cutting.rs"]
mod cutting;
#[path = "net/hostile.rs"]
mod hostile;
#[path = "net/relayed.rs"]
mod relayed;
#[path = "net/unit.rs"]
mod unit;

use hostile::Hostile;
use icmc_node::net::{
    AllowedPeer, GOSSIP_CAP, Limits, NetConfig, NetError, NetEvent, Protocol, PublishError, Quota, RefusedWhy, RequestError,
    Topic, Verdict, peer_id_of, start,
};
use unit::{FEDERATION, Unit, framed, introduce};
use zeroize::Zeroizing;

#[tokio::test]
async fn two_allowed_peers_exchange_requests_both_ways() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    introduce(&mut alice, &mut bob).await;
    let large = vec![1; Protocol::Envelope.request_cap()];
    for (protocol, bytes) in
        [(Protocol::Envelope, b"abc".to_vec()), (Protocol::Beacons, Vec::new()), (Protocol::Charter, b"xyz".to_vec())]
    {
        let turned: Vec<u8> = bytes.iter().rev().copied().collect();
        let request = alice.net.request(bob.peer(), protocol, bytes.clone());
        let (answer, asked) = tokio::join!(request, bob.answer());
        assert_eq!(answer.unwrap(), turned);
        assert_eq!(asked, (alice.peer(), protocol));
        let request = bob.net.request(alice.peer(), protocol, bytes);
        assert_eq!(tokio::join!(request, alice.answer()).0.unwrap(), turned);
    }
    let request = alice.net.request(bob.peer(), Protocol::Envelope, large);
    let take = bob.until(|event| match event {
        NetEvent::Request { bytes, .. } => Some(bytes.len()),
        _ => None,
    });
    let (answer, length) = tokio::join!(request, take);
    assert_eq!(length, Protocol::Envelope.request_cap());
    assert!(matches!(answer, Err(RequestError::NoAnswer(_))), "its handle was dropped: {answer:?}");
}

#[tokio::test]
async fn a_stranger_connects_and_is_put_out_before_any_request() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    let mut eve = Hostile::new(bob.peer(), bob.address().await);
    bob.allow(vec![alice.waiting_entry()]).await;

    assert_eq!(eve.ask(Protocol::Envelope, framed(b"abc")).await, None);
    assert!(eve.opened, "only after the handshake is she known");
    assert_eq!(bob.refused().await, (Some(eve.peer()), RefusedWhy::NotAllowed));

    alice.allow(vec![bob.entry().await]).await;
    alice.connected(bob.peer()).await;
    let request = alice.net.request(bob.peer(), Protocol::Envelope, b"abc".to_vec());
    let (answer, asked) = tokio::join!(request, bob.answer());
    assert_eq!(answer.unwrap(), b"cba");
    assert_eq!(asked.0, alice.peer(), "nothing of eve's came before");
}

#[tokio::test]
async fn a_peer_that_refuses_us_never_counts_as_connected() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    alice.allow(vec![bob.entry().await]).await;
    for _ in 0..3 {
        assert_eq!(bob.refused().await.1, RefusedWhy::NotAllowed);
    }
    assert!(alice.net.connected().await.is_empty());
    assert!(alice.events.try_recv().is_err());
}

#[tokio::test]
async fn an_invited_stranger_can_only_join() {
    let (mut bob, mut carol) = (Unit::start("bob").await, Unit::start("carol").await);
    let mut eve = Hostile::new(bob.peer(), bob.address().await);
    bob.net.allow_joining(eve.peer()).await.unwrap();

    let envelope = eve.ask(Protocol::Envelope, framed(b"abc")).await;
    assert_eq!(envelope.unwrap_or_default(), b"");
    assert_eq!(bob.refused().await, (Some(eve.peer()), RefusedWhy::JoiningOnly));
    let (answer, asked) = tokio::join!(eve.ask(Protocol::Join, framed(b"abc")), bob.answer());
    assert_eq!(answer.unwrap(), framed(b"cba"));
    assert_eq!(asked, (eve.peer(), Protocol::Join));

    bob.net.allow_joining(carol.peer()).await.unwrap();
    let addresses = vec![bob.address().await];
    carol.net.dial_for_join(bob.peer(), addresses).await.unwrap();
    carol.connected(bob.peer()).await;
    let envelope = carol.net.request(bob.peer(), Protocol::Envelope, Vec::new());
    assert!(matches!(envelope.await, Err(RequestError::NotAllowed)));
    let join = carol.net.request(bob.peer(), Protocol::Join, b"abc".to_vec());
    assert_eq!(tokio::join!(join, bob.answer()).0.unwrap(), b"cba");
    bob.net.disallow_joining(carol.peer()).await.unwrap();
    carol.disconnected(bob.peer()).await;
}

#[tokio::test]
async fn who_is_joining_hears_no_gossip_and_is_not_heard() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    let mut mallory = Unit::start("mallory").await;
    for unit in [&alice, &bob, &mallory] {
        unit.net.set_federation(FEDERATION).await.unwrap();
    }
    bob.allow(vec![alice.waiting_entry()]).await;
    bob.net.allow_joining(mallory.peer()).await.unwrap();
    alice.allow(vec![bob.entry().await]).await;
    bob.subscribed(alice.peer()).await;
    mallory.allow(vec![bob.entry().await]).await;
    mallory.subscribed(bob.peer()).await;
    mallory.publish(b"from mallory").await;
    let join = mallory.net.request(bob.peer(), Protocol::Join, b"abc".to_vec());
    assert_eq!(tokio::join!(join, bob.answer()).0.unwrap(), b"cba");

    bob.publish(b"from bob").await;
    assert_eq!(alice.gossip().await.1, b"from bob");
    bob.net.disallow_joining(mallory.peer()).await.unwrap();
    let (bobs, mallorys) = (bob.peer(), mallory.peer());
    for (unit, other) in [(&mut mallory, bobs), (&mut bob, mallorys)] {
        unit.until(|event| match event {
            NetEvent::Gossip { .. } => panic!("gossip got through"),
            NetEvent::Disconnected { peer } if peer == other => Some(()),
            _ => None,
        })
        .await;
    }
}

#[tokio::test]
async fn too_large_a_frame_is_refused_and_later_ones_still_pass() {
    let mut bob = Unit::start("bob").await;
    let mut eve = Hostile::new(bob.peer(), bob.address().await);
    let entry = AllowedPeer { peer: eve.peer(), addresses: Vec::new() };
    bob.allow(vec![entry]).await;

    let above = u32::try_from(Protocol::Envelope.request_cap() + 1).unwrap();
    for prefix in [above, u32::MAX] {
        let frame = eve.ask(Protocol::Envelope, prefix.to_be_bytes().to_vec());
        assert_eq!(frame.await.unwrap_or_default(), b"");
        assert_eq!(bob.refused().await, (Some(eve.peer()), RefusedWhy::TooLarge));
    }
    let (answer, _) = tokio::join!(eve.ask(Protocol::Envelope, framed(b"abc")), bob.answer());
    assert_eq!(answer.unwrap(), framed(b"cba"));
    assert!(!eve.closed, "only the streams died");
}

#[tokio::test]
async fn own_messages_above_the_cap_are_not_sent() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    introduce(&mut alice, &mut bob).await;
    alice.net.set_federation(FEDERATION).await.unwrap();
    let request = vec![0; Protocol::Join.request_cap() + 1];
    let request = alice.net.request(bob.peer(), Protocol::Join, request).await;
    assert!(matches!(request, Err(RequestError::TooLarge)));
    let message = alice.net.publish(Topic::Charter, vec![0; GOSSIP_CAP + 1]);
    assert!(matches!(message.await, Err(PublishError::TooLarge)));
}

/// alice - bob - carol: all that carol hears, bob passed on.
#[tokio::test]
async fn gossip_is_passed_on_only_when_accepted() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    let mut carol = Unit::start("carol").await;
    for unit in [&alice, &bob, &carol] {
        unit.net.set_federation(FEDERATION).await.unwrap();
    }
    bob.allow(vec![alice.waiting_entry(), carol.entry().await]).await;
    carol.allow(vec![bob.waiting_entry(), alice.waiting_entry()]).await;
    bob.subscribed(carol.peer()).await;
    alice.allow(vec![bob.entry().await]).await;
    alice.subscribed(bob.peer()).await;

    let largest = vec![5; GOSSIP_CAP];
    alice.publish(b"rejected").await;
    let (from, bytes, verdict) = bob.gossip().await;
    assert_eq!((from, &*bytes), (alice.peer(), &b"rejected"[..]));
    verdict.give(Verdict::Reject);
    alice.publish(b"dropped").await;
    drop(bob.gossip().await);
    alice.publish(&largest).await;
    let (_, bytes, verdict) = bob.gossip().await;
    assert_eq!(bytes, largest);
    verdict.give(Verdict::Accept);

    let (from, bytes, _) = carol.gossip().await;
    assert_eq!(from, bob.peer());
    assert!(bytes == largest, "nothing else was passed on");
}

#[tokio::test]
async fn a_peer_that_went_away_is_found_again() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    let (peer, address) = (bob.peer(), bob.address().await.to_string());
    bob.allow(vec![alice.waiting_entry()]).await;
    alice.allow(vec![bob.entry().await]).await;
    alice.connected(peer).await;
    bob.connected(alice.peer()).await;
    bob.net.shutdown().await;
    alice.disconnected(peer).await;
    let request = alice.net.request(peer, Protocol::Envelope, Vec::new());
    assert!(matches!(request.await, Err(RequestError::NotConnected)));

    let mut bob = Unit::start_at("bob", &address, Limits::default()).await;
    bob.allow(vec![alice.waiting_entry()]).await;
    alice.connected(peer).await;
    let request = alice.net.request(peer, Protocol::Envelope, b"abc".to_vec());
    assert_eq!(tokio::join!(request, bob.answer()).0.unwrap(), b"cba");
}

#[tokio::test]
async fn who_is_taken_off_the_list_is_disconnected() {
    let (mut alice, mut bob) = (Unit::start("alice").await, Unit::start("bob").await);
    introduce(&mut alice, &mut bob).await;
    alice.allow(Vec::new()).await;
    alice.disconnected(bob.peer()).await;
    bob.disconnected(alice.peer()).await;
    let request = alice.net.request(bob.peer(), Protocol::Envelope, Vec::new());
    assert!(matches!(request.await, Err(RequestError::NotAllowed)));
}

#[tokio::test]
async fn a_peer_above_its_quota_gets_no_answer() {
    let limits = Limits { requests: Quota { per_second: 1, burst: 2 }, ..Limits::default() };
    let mut alice = Unit::start("alice").await;
    let mut bob = Unit::start_at("bob", "/ip4/127.0.0.1/tcp/0", limits).await;
    introduce(&mut alice, &mut bob).await;
    let request = || alice.net.request(bob.peer(), Protocol::Envelope, b"abc".to_vec());
    let (first, second, third) = (request(), request(), request());
    let answers = async {
        bob.answer().await;
        bob.answer().await;
        bob.refused().await
    };
    let (first, second, third, refused) = tokio::join!(first, second, third, answers);
    let answered = [first, second, third].into_iter().filter(Result::is_ok);
    assert_eq!(answered.count(), 2);
    assert_eq!(refused, (Some(alice.peer()), RefusedWhy::TooFast));
}

#[tokio::test]
async fn only_tcp_is_listened_on_and_keys_become_peer_ids() {
    let config = NetConfig {
        secret: Zeroizing::new([3; 32]),
        listen: vec!["/ip4/127.0.0.1/udp/0/quic-v1".parse().unwrap()],
        limits: Limits::default(),
    };
    assert!(matches!(start(config).await, Err(NetError::Listen(_))));

    // Public key of RFC 8032, section 7.1, test 1, and its secret.
    let hex = |text: &str| {
        let byte = |i| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
        std::array::from_fn::<u8, 32, _>(|i| byte(i * 2))
    };
    let config = NetConfig {
        secret: Zeroizing::new(hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")),
        listen: Vec::new(),
        limits: Limits::default(),
    };
    let (net, _events) = start(config).await.unwrap();
    let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_eq!(peer_id_of(&public).unwrap(), net.local_peer());
}
