//! Sessions, delays, and the gate before the first own password.

use super::desk::{ADMIN, Desk, OFFICER, OTHER, PASSWORD, secret};
use crate::accounts::Role;
use crate::audit::actions;
use crate::service::ServiceError;
use crate::sessions::{ABSOLUTE, IDLE, SessionKind};
use icmc_protocol::time::{MINUTE, SECOND};
use secrecy::ExposeSecret as _;

#[tokio::test]
async fn a_first_password_has_to_be_changed_before_anything_else() {
    let desk = Desk::new().await;
    let first = desk.sign_in(" Meera.Lyngdoh", PASSWORD).await.unwrap();
    let actor = desk.who(&first).await.unwrap();
    assert!(actor.must_change_password && actor.role == Role::Officer);
    assert!(desk.service.me(&actor).unwrap().must_change_password);
    assert!(matches!(desk.service.status(&actor).await, Err(ServiceError::Forbidden("choose a new password first"))));
    assert!(matches!(desk.service.colleagues(&actor).await, Err(ServiceError::Forbidden(_))));

    for unusable in ["too short", "passwordpassword", PASSWORD] {
        let refused = desk.service.change_password(&actor, secret(PASSWORD), secret(unusable)).await;
        assert!(matches!(&refused, Err(ServiceError::Fields(faults)) if faults[0].field == "new"), "{unusable}");
    }
    let wrong = desk.service.change_password(&actor, secret(OTHER), secret("something else entirely")).await;
    assert!(matches!(wrong, Err(ServiceError::WrongCredentials)));
    desk.service.change_password(&actor, secret(PASSWORD), secret(OTHER)).await.unwrap();

    assert!(matches!(desk.who(&first).await, Err(ServiceError::NotSignedIn)), "all sessions ended");
    assert!(matches!(desk.sign_in(OFFICER, PASSWORD).await, Err(ServiceError::WrongCredentials)));
    let second = desk.sign_in(OFFICER, OTHER).await.unwrap();
    let actor = desk.who(&second).await.unwrap();
    assert!(!actor.must_change_password);
    desk.service.status(&actor).await.unwrap();
}

#[tokio::test]
async fn unknown_name_and_wrong_password_look_the_same_and_are_written_down() {
    let desk = Desk::new().await;
    let unknown = desk.sign_in("nobody.here", PASSWORD).await.unwrap_err().to_string();
    let wrong = desk.sign_in(OFFICER, OTHER).await.unwrap_err().to_string();
    assert_eq!(unknown, wrong);
    let failed = |reason: &str| (actions::SIGN_IN_FAILED.to_owned(), reason.to_owned());
    let newest = desk.newest(2).await;
    assert_eq!(desk.newest_actions(4).await[2..], [failed("wrong_password"), failed("unknown_name")]);
    assert!(newest.iter().all(|entry| entry.actor.is_none()));
    assert!(newest[1].object.is_empty() && newest[0].object.len() == 32);
}

#[tokio::test]
async fn tries_have_to_wait_and_then_may_go_on() {
    let desk = Desk::new().await;
    for _ in 0..3 {
        assert!(matches!(desk.sign_in(OFFICER, OTHER).await, Err(ServiceError::WrongCredentials)));
    }
    assert!(matches!(desk.sign_in(OFFICER, PASSWORD).await, Err(ServiceError::Busy(_))), "even the right one");
    assert!(desk.sign_in(ADMIN, PASSWORD).await.is_ok(), "others are not kept out");
    desk.clock.advance(SECOND);
    assert!(desk.sign_in(OFFICER, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_session_ends_by_time_and_only_people_keep_it_alive() {
    let desk = Desk::new().await;
    let signed_in = desk.sign_in(ADMIN, PASSWORD).await.unwrap();
    desk.clock.advance(IDLE - MINUTE);
    desk.who(&signed_in).await.unwrap();
    desk.clock.advance(IDLE - MINUTE);
    // The event stream asks, too, but is nobody's doing.
    desk.service.actor(signed_in.token.expose_secret(), SessionKind::Browser, false).await.unwrap();
    desk.clock.advance(MINUTE);
    assert!(matches!(desk.who(&signed_in).await, Err(ServiceError::SessionExpired)));

    let signed_in = desk.sign_in(ADMIN, PASSWORD).await.unwrap();
    for _ in 0..ABSOLUTE / (10 * MINUTE) - 1 {
        desk.clock.advance(10 * MINUTE);
        desk.who(&signed_in).await.unwrap();
    }
    desk.clock.advance(10 * MINUTE);
    assert!(matches!(desk.who(&signed_in).await, Err(ServiceError::SessionExpired)));
}

#[tokio::test]
async fn a_token_opens_one_node_in_one_way_until_sign_out() {
    let (shillong, guwahati) = (Desk::new().await, Desk::new().await);
    let signed_in = shillong.sign_in(ADMIN, PASSWORD).await.unwrap();
    let (_, csrf) = shillong.service.actor(signed_in.token.expose_secret(), SessionKind::Browser, true).await.unwrap();
    assert_eq!(csrf, signed_in.csrf);
    assert!(matches!(guwahati.who(&signed_in).await, Err(ServiceError::NotSignedIn)));
    let token = signed_in.token.expose_secret();
    assert!(matches!(shillong.service.actor(token, SessionKind::Api, true).await, Err(ServiceError::NotSignedIn)));
    assert!(matches!(shillong.service.actor("not a token", SessionKind::Api, true).await, Err(ServiceError::NotSignedIn)));
    shillong.service.sign_out(token).await.unwrap();
    shillong.service.sign_out(token).await.unwrap();
    assert!(matches!(shillong.who(&signed_in).await, Err(ServiceError::NotSignedIn)));
    assert_eq!(shillong.newest_actions(2).await[0].0, actions::SIGN_OUT);
    assert_ne!(shillong.newest_actions(4).await[3].0, actions::SIGN_OUT, "the second did nothing");
    let shown = format!("{signed_in:?}");
    assert!(!shown.contains(token) && !shown.contains(&signed_in.csrf), "{shown}");
}
