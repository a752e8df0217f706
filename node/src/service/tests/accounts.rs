//! What an administrator can do with accounts, and that nobody else can.

use super::desk::{ADMIN, Desk, OFFICER, OTHER, PASSWORD, secret};
use crate::access::Actor;
use crate::accounts::{AccountId, NewAccount, ONE_TIME_LIFE, Role};
use crate::audit::actions;
use crate::service::{ServiceError, setup};
use secrecy::ExposeSecret as _;

fn new(sign_in: &str, role: Role) -> NewAccount {
    NewAccount { sign_in: sign_in.to_owned(), name: "Ibanri Nongrum".to_owned(), role }
}

async fn id_of(desk: &Desk, admin: &Actor, sign_in: &str) -> AccountId {
    desk.service.accounts(admin).await.unwrap().into_iter().find(|account| account.sign_in == sign_in).unwrap().id
}

#[tokio::test]
async fn an_added_account_gets_one_sign_in_for_a_week() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    let password = desk.service.add_account(&admin, new(" Ibanri.Nongrum ", Role::ReadOnly)).await.unwrap();
    let signed_in = desk.sign_in("ibanri.nongrum", password.0.expose_secret()).await.unwrap();
    assert!(signed_in.actor.must_change_password && signed_in.actor.role == Role::ReadOnly);
    desk.clock.advance(ONE_TIME_LIFE + 1);
    assert!(matches!(desk.sign_in("ibanri.nongrum", password.0.expose_secret()).await, Err(ServiceError::WrongCredentials)));
    let names: Vec<_> = desk.service.accounts(&admin).await.unwrap().into_iter().map(|account| account.sign_in).collect();
    assert_eq!(names, [ADMIN, "ibanri.nongrum", OFFICER]);
}

#[tokio::test]
async fn names_that_cannot_be_used_are_named() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    for (account, fields) in [
        (new(OFFICER, Role::Officer), vec!["sign_in"]),
        (new("with space", Role::Officer), vec!["sign_in"]),
        (NewAccount { sign_in: String::new(), name: " ".to_owned(), role: Role::Officer }, vec!["sign_in", "name"]),
    ] {
        let Err(ServiceError::Fields(faults)) = desk.service.add_account(&admin, account).await else { panic!("{fields:?}") };
        assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), fields);
    }
    assert_eq!(desk.service.accounts(&admin).await.unwrap().len(), 2);
}

#[tokio::test]
async fn disabling_resetting_and_a_new_role_end_every_session_at_once() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    let officer = id_of(&desk, &admin, OFFICER).await;

    let session = desk.sign_in(OFFICER, PASSWORD).await.unwrap();
    desk.service.set_role(&admin, officer, Role::NodalOfficer).await.unwrap();
    assert!(matches!(desk.who(&session).await, Err(ServiceError::NotSignedIn)));
    let session = desk.sign_in(OFFICER, PASSWORD).await.unwrap();
    assert_eq!(session.actor.role, Role::NodalOfficer);

    desk.service.disable_account(&admin, officer).await.unwrap();
    assert!(matches!(desk.who(&session).await, Err(ServiceError::NotSignedIn)));
    assert!(matches!(desk.sign_in(OFFICER, PASSWORD).await, Err(ServiceError::WrongCredentials)));
    desk.service.enable_account(&admin, officer).await.unwrap();
    let session = desk.sign_in(OFFICER, PASSWORD).await.unwrap();

    let password = desk.service.reset_account(&admin, officer).await.unwrap();
    assert!(matches!(desk.who(&session).await, Err(ServiceError::NotSignedIn)));
    assert!(matches!(desk.sign_in(OFFICER, PASSWORD).await, Err(ServiceError::WrongCredentials)));
    let session = desk.sign_in(OFFICER, password.0.expose_secret()).await.unwrap();
    desk.service.change_password(&session.actor, password.0.clone(), secret(OTHER)).await.unwrap();
    desk.clock.advance(ONE_TIME_LIFE + 1);
    assert!(desk.sign_in(OFFICER, OTHER).await.is_ok(), "the week was the one-time password's");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    for outcome in [
        desk.service.disable_account(&admin, admin.account).await,
        desk.service.set_role(&admin, admin.account, Role::Officer).await,
        desk.service.reset_account(&admin, admin.account).await.map(|_| ()),
    ] {
        assert!(matches!(outcome, Err(ServiceError::Refused(_))), "{outcome:?}");
    }
    assert!(matches!(desk.service.disable_account(&admin, AccountId([7; 16])).await, Err(ServiceError::NotFound)));
}

#[tokio::test]
async fn whoever_is_not_an_administrator_changes_no_account_and_the_try_is_written_down() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    let victim = id_of(&desk, &admin, ADMIN).await;
    for role in [Role::NodalOfficer, Role::Officer, Role::ReadOnly] {
        let actor = Actor { role, must_change_password: false, ..desk.sign_in(OFFICER, PASSWORD).await.unwrap().actor };
        let before = desk.service.accounts(&admin).await.unwrap().len();
        for (outcome, action) in [
            (desk.service.accounts(&actor).await.map(|_| ()), actions::ACCOUNTS_LISTED),
            (desk.service.add_account(&actor, new("friend", Role::Administrator)).await.map(|_| ()), actions::ACCOUNT_ADDED),
            (desk.service.reset_account(&actor, victim).await.map(|_| ()), actions::ACCOUNT_RESET),
            (desk.service.set_role(&actor, actor.account, Role::Administrator).await, actions::ACCOUNT_ROLE),
            (desk.service.disable_account(&actor, victim).await, actions::ACCOUNT_DISABLED),
        ] {
            assert!(matches!(outcome, Err(ServiceError::Forbidden(_))), "{role:?} {action}");
        }
        assert_eq!(desk.service.accounts(&admin).await.unwrap().len(), before);
        let refused: Vec<_> = desk.newest(6).await.into_iter().filter(|entry| entry.action == actions::REFUSED).collect();
        let reasons: Vec<_> = refused.iter().rev().map(|entry| entry.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                actions::ACCOUNTS_LISTED,
                actions::ACCOUNT_ADDED,
                actions::ACCOUNT_RESET,
                actions::ACCOUNT_ROLE,
                actions::ACCOUNT_DISABLED
            ]
        );
        assert!(refused.iter().all(|entry| entry.actor == Some(actor.account)));
    }
}

#[tokio::test]
async fn the_command_line_resets_by_name() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    let officer = id_of(&desk, &admin, OFFICER).await;
    desk.service.disable_account(&admin, officer).await.unwrap();
    let (password, hash) = setup::one_time_password(&mut crate::clock::SystemRng).unwrap();
    desk.service.node.act(move |txn| setup::reset_account(txn, "Meera.Lyngdoh", hash)).await.unwrap();
    assert!(desk.sign_in(OFFICER, password.0.expose_secret()).await.unwrap().actor.must_change_password);
    let (_, hash) = setup::one_time_password(&mut crate::clock::SystemRng).unwrap();
    let unknown = desk.service.node.act(move |txn| setup::reset_account(txn, "nobody.here", hash)).await;
    assert!(matches!(unknown, Err(ServiceError::NotFound)));
}
