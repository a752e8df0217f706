//! What is too common to count is said beside the person.

use super::super::muted;
use super::{CASE, rofiqul, three};
use crate::fingerprint::AgreedKind;
use crate::ids::EntityId;

#[test]
fn what_more_than_two_hundred_persons_carry_is_said_beside_each_of_them() {
    let [mut node, ..] = three();
    let person = |number: u16| {
        let mut id = EntityId([0; 16]);
        id.0[..2].copy_from_slice(&number.to_be_bytes());
        id
    };
    for number in 0..200 {
        node.announces(person(number), Some(&rofiqul()));
    }
    assert!(muted(&node.view, CASE, person(7)).unwrap().is_empty(), "200 of 10,000 are not too many");
    node.announces(person(200), Some(&rofiqul()));
    let said = muted(&node.view, CASE, person(7)).unwrap();
    assert!(
        said.contains(&vec![AgreedKind::Name, AgreedKind::Village]) && said.iter().all(|kinds| !kinds.is_empty()),
        "{said:?}"
    );
    node.announces(person(200), None);
    assert!(muted(&node.view, CASE, person(7)).unwrap().is_empty(), "one fewer, and it counts again");
    assert!(muted(&node.view, CASE, person(200)).unwrap().is_empty(), "who is not announced has nothing muted");
}
