//! The role matrix: every role, every action, every kind of case. Written out, so that a change of `roles.toml` is seen twice.

use super::*;
use crate::accounts::AccountId;
use icmc_protocol::caselog::CaseRow;
use icmc_protocol::ids::{CaseId, UnitId};
use icmc_protocol::machine::{MemoryView, Scope, Txn};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::time::Timestamp;
use std::collections::BTreeSet;

const ME: AccountId = AccountId([1; 16]);
const COLLEAGUE: AccountId = AccountId([2; 16]);

const OWN: CaseId = CaseId([1; 32]);
const TEAMED: CaseId = CaseId([2; 32]);
const OTHERS: CaseId = CaseId([3; 32]);
/// Received, and nobody has taken it yet.
const NOBODYS: CaseId = CaseId([4; 32]);
/// Its access row was left behind.
const DELETED: CaseId = CaseId([5; 32]);
const NEVER: CaseId = CaseId([6; 32]);

fn unit() -> MemoryView {
    let (mut view, mut rng) = (MemoryView::default(), SeededRng::new(1));
    let before = view.clone();
    let mut txn = Txn::new(&before, Timestamp(1), &mut rng);
    for case in [OWN, TEAMED, OTHERS, NOBODYS] {
        let row = CaseRow::new(UnitId([9; 32]));
        txn.put(case.as_bytes(), Scope::Master, &row);
    }
    CaseAccess::of(ME).put(&mut txn, OWN);
    CaseAccess { registered_by: COLLEAGUE, team: BTreeSet::from([ME]) }.put(&mut txn, TEAMED);
    CaseAccess::of(COLLEAGUE).put(&mut txn, OTHERS);
    CaseAccess::of(ME).put(&mut txn, DELETED);
    view.apply(&txn.finish().writes);
    view
}

fn actor(role: Role) -> Actor {
    Actor { account: ME, sign_in: "meera".to_owned(), name: "Meera Lyngdoh".to_owned(), role, must_change_password: false }
}

/// `+` allowed, `-` refused by role, `0` not there.
fn outcome<O: Object>(view: &MemoryView, actor: &Actor, action: Action, object: O) -> char {
    match authorize(view, actor, action, object) {
        Ok(grant) => {
            assert_eq!(grant.action(), action);
            '+'
        }
        Err(Denied::Role(_)) => '-',
        Err(Denied::NotThere) => '0',
        Err(Denied::PasswordFirst) => '!',
        Err(Denied::View(error)) => panic!("{error}"),
    }
}

#[test]
fn what_each_role_may_do_in_the_unit() {
    let view = unit();
    // Columns as in `Role::ALL`: administrator, nodal officer, officer, read only.
    let expected = [
        (Action::ListCases, "-+++"),
        (Action::CreateCase, "-++-"),
        (Action::ViewCase, "-+++"),
        (Action::ChangeCase, "-++-"),
        (Action::SetTeam, "-++-"),
        (Action::CloseCase, "-++-"),
        (Action::DeleteCase, "-++-"),
        (Action::ShareCase, "-++-"),
        (Action::AdmitContribution, "-++-"),
        (Action::UseInbox, "-++-"),
        (Action::ListAlerts, "-++-"),
        (Action::HandleAlert, "-++-"),
        (Action::DecideComparison, "-+--"),
        (Action::OverseePairs, "-+--"),
        (Action::ViewPeers, "+++-"),
        (Action::ManagePeers, "++--"),
        (Action::ManageAccounts, "+---"),
        (Action::ReadAudit, "++--"),
        (Action::ViewStatus, "++++"),
    ];
    assert_eq!(expected.map(|(action, _)| action), Action::ALL, "every action has a row");
    for (action, roles) in expected {
        let found: String = Role::ALL.into_iter().map(|role| outcome(&view, &actor(role), action, Unit)).collect();
        assert_eq!(found, roles, "{action:?}");
    }
}

#[test]
fn which_cases_are_there_for_each_role() {
    let view = unit();
    let cases = [OWN, TEAMED, OTHERS, NOBODYS, DELETED, NEVER];
    let expected = [
        (Role::Administrator, Action::ViewCase, "000000"),
        (Role::Administrator, Action::ChangeCase, "000000"),
        (Role::NodalOfficer, Action::ViewCase, "++++00"),
        (Role::NodalOfficer, Action::ChangeCase, "++++00"),
        (Role::NodalOfficer, Action::DeleteCase, "++++00"),
        (Role::Officer, Action::ViewCase, "++0000"),
        (Role::Officer, Action::ChangeCase, "++0000"),
        (Role::Officer, Action::HandleAlert, "++0000"),
        (Role::ReadOnly, Action::ViewCase, "++0000"),
        // Not even its own can be written, and what is not there stays not there.
        (Role::ReadOnly, Action::ChangeCase, "--0000"),
        (Role::ReadOnly, Action::DeleteCase, "--0000"),
        (Role::ReadOnly, Action::ShareCase, "--0000"),
    ];
    for (role, action, found) in expected {
        assert_eq!(
            cases.map(|case| outcome(&view, &actor(role), action, case)).iter().collect::<String>(),
            found,
            "{role:?} {action:?}"
        );
    }
    for role in Role::ALL {
        let seen = cases.map(|case| sees(&view, &actor(role), case).unwrap());
        let viewed = cases.map(|case| outcome(&view, &actor(role), Action::ViewCase, case) == '+');
        assert_eq!(seen, viewed, "lists show what can be opened, {role:?}");
    }
}

#[test]
fn read_only_has_no_right_that_writes() {
    let reading = [Action::ListCases, Action::ViewCase, Action::ViewStatus];
    for action in Action::ALL {
        assert_eq!(outcome(&unit(), &actor(Role::ReadOnly), action, Unit) == '+', reading.contains(&action), "{action:?}");
    }
}

#[test]
fn before_the_first_own_password_nothing_is_allowed() {
    let view = unit();
    for role in Role::ALL {
        let actor = Actor { must_change_password: true, ..actor(role) };
        for action in Action::ALL {
            assert_eq!(
                (outcome(&view, &actor, action, Unit), outcome(&view, &actor, action, OWN)),
                ('!', '!'),
                "{role:?} {action:?}"
            );
        }
    }
}

#[test]
fn a_grant_names_its_object() {
    let view = unit();
    assert_eq!(authorize(&view, &actor(Role::Officer), Action::ViewCase, OWN).unwrap().object(), OWN);
}

#[test]
fn names_of_roles_are_those_of_the_api() {
    for role in Role::ALL {
        assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        assert_eq!(Role::from_name(role.name()), Some(role));
    }
    assert_eq!(Role::from_name("Officer"), None);
}
