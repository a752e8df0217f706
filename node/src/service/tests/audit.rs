//! Every view leaves an entry, and the chain on disk holds.

use super::desk::{Desk, OFFICER, PASSWORD};
use crate::access::Actor;
use crate::accounts::Role;
use crate::audit::{Filter, actions};
use crate::service::ServiceError;

#[tokio::test]
async fn each_view_is_written_down_before_it_is_shown() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    let count = async || desk.service.verify_audit(&admin).await.unwrap().entries;
    let before = count().await;
    desk.service.accounts(&admin).await.unwrap();
    desk.service.status(&admin).await.unwrap();
    desk.service.audit(&admin, Filter::default(), 1).await.unwrap();
    // Three views and the look at the count itself.
    assert_eq!(count().await, before + 4);
    let newest: Vec<_> = desk.newest(5).await.into_iter().map(|entry| entry.action).collect();
    assert_eq!(newest[1..4], [actions::AUDIT_READ, actions::STATUS_VIEWED, actions::ACCOUNTS_LISTED]);
}

#[tokio::test]
async fn entries_name_people_and_the_filter_finds_them() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    let officer = desk.sign_in(OFFICER, PASSWORD).await.unwrap().actor.account;
    let filter = Filter { actor: Some(officer), ..Filter::default() };
    let page = desk.service.audit(&admin, filter, 1).await.unwrap();
    assert_eq!((page.items.len(), page.total, page.pages, page.page), (1, 1, 1, 1));
    assert_eq!(page.items[0].actor_name.as_deref(), Some("Meera Lyngdoh"));
    assert_eq!(page.items[0].action, actions::SIGN_IN);
    let check = desk.service.verify_audit(&admin).await.unwrap();
    assert!(check.whole && check.broken_at.is_none());
}

#[tokio::test]
async fn officers_do_not_read_it() {
    let desk = Desk::new().await;
    let officer = desk.sign_in(OFFICER, PASSWORD).await.unwrap().actor;
    for role in [Role::Officer, Role::ReadOnly] {
        let actor = Actor { role, must_change_password: false, ..officer.clone() };
        assert!(matches!(desk.service.audit(&actor, Filter::default(), 1).await, Err(ServiceError::Forbidden(_))));
        assert!(matches!(desk.service.verify_audit(&actor).await, Err(ServiceError::Forbidden(_))));
    }
    assert_eq!(desk.newest_actions(1).await, [(actions::REFUSED.to_owned(), actions::AUDIT_READ.to_owned())]);
}

#[tokio::test]
async fn nothing_that_was_typed_is_in_the_data_folder() {
    let desk = Desk::new().await;
    let session = desk.sign_in(OFFICER, PASSWORD).await.unwrap();
    let _ = desk.sign_in("a password in the wrong box", PASSWORD).await;
    let token = secrecy::ExposeSecret::expose_secret(&session.token).to_owned();
    let mut paths = vec![desk.folder.path().join("data")];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(path).unwrap();
        for text in [PASSWORD, "wrong box", "Meera Lyngdoh", OFFICER, token.as_str()] {
            assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
        }
    }
}
