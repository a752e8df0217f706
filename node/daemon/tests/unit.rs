//! A unit is made, started, ended and started again in one process, as the demo does; and what the operator may do there.
//! Not the command line: that is in `cli.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use icmc::cli::Class;
use icmc::config::Config;
use icmc::control::{ControlReply, ControlRequest, handle};
use icmc::unit::{self, UnitSetup};
use icmc_node::access::{Action, Actor, Unit, authorize};
use icmc_node::audit::{self, actions};
use icmc_node::clock::SystemRng;
use icmc_node::vault::{KeySource, create_key_file};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

struct Place {
    _dir: TempDir,
    data: PathBuf,
    key: KeySource,
}

/// A unit without accounts, at addresses that were free a moment ago.
fn unit() -> (Place, Config) {
    let dir = tempfile::tempdir().unwrap();
    let (data, key_file) = (dir.path().join("data"), dir.path().join("key"));
    create_key_file(&key_file, &mut SystemRng).unwrap();
    let free = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [http, network]: [SocketAddr; 2] = free.map(|listener| listener.local_addr().unwrap());
    let listen = vec![format!("/ip4/127.0.0.1/tcp/{}", network.port())];
    let setup = UnitSetup {
        name: "AHTU Testpur".to_owned(),
        class: Class::Police.into(),
        jurisdiction: String::new(),
        duty_contact: String::new(),
        addresses: listen.clone(),
        prefix: "TP".to_owned(),
        colour: "#0B4F6C".to_owned(),
        demo: true,
        found: true,
        accounts: Vec::new(),
    };
    let key = KeySource::KeyFile(key_file);
    unit::create(&data, &key, &setup).unwrap();
    (Place { _dir: dir, data, key }, Config::new(listen, http))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_was_ended_can_be_started_again_at_the_same_addresses() {
    let (place, config) = unit();
    let mut before = None;
    for _ in 0..3 {
        let running = unit::start(&place.data, &place.key, &config).await.unwrap();
        assert_eq!((running.address, running.name.as_str()), (config.http, "AHTU Testpur"));
        let own = handle(&running.service, ControlRequest::Identity).await;
        let ControlReply::Identity { text, .. } = own else { panic!("{own:?}") };
        assert_eq!(before.get_or_insert_with(|| text.clone()), &text);

        // A browser that keeps its connection open holds nothing up.
        let mut browser = TcpStream::connect(running.address).await.unwrap();
        browser.write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await.unwrap();
        assert!(browser.read_u8().await.is_ok());
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_are_refused_and_the_first_goes_on() {
    let (place, config) = unit();
    let running = unit::start(&place.data, &place.key, &config).await.unwrap();
    let refused = unit::start(&place.data, &place.key, &config).await.unwrap_err();
    assert!(refused.to_string().starts_with("another icmc uses this folder"), "{refused}");
    assert!(matches!(handle(&running.service, ControlRequest::ListPeers).await, ControlReply::Peers(_)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_reaches_no_case_and_is_nobody_in_the_audit() {
    let (place, _) = unit();
    let service = unit::open(&place.data, &place.key).await.unwrap();
    let view = service.node.snapshot().unwrap();
    let may = |action: &Action| authorize(&view, &Actor::operator(), *action, Unit).is_ok();
    let allowed: Vec<Action> = Action::ALL.into_iter().filter(|action| may(action)).collect();
    let expected = [Action::ViewPeers, Action::ManagePeers, Action::ManageAccounts, Action::ReadAudit, Action::ViewStatus];
    assert_eq!(allowed, expected);

    assert!(matches!(handle(&service, ControlRequest::ListUsers).await, ControlReply::Users(_)));
    let view = service.node.snapshot().unwrap();
    let newest = audit::list(&view, &audit::Filter::default(), 1, 1).unwrap().entries.remove(0);
    assert_eq!((newest.action.as_str(), newest.actor), (actions::ACCOUNTS_LISTED, None));
    drop(view);
    unit::close(service, &place.data).await;
}
