//! Foreign genesis, invitation and prekey, properly signed otherwise.
//! Not spoilt ones: see `flipped`; not the charter: see `charter` beside this.

use super::super::genesis::{self, Genesis, GenesisError};
use super::super::invitation::Invitation;
use super::super::prekey::{self, Prekey, PrekeyError};
use super::super::{invitation, joining as joins, own};
use super::{NOON, Node, pair};
use crate::bounded::BoundedText;
use crate::crypto::{NodeSecret, Signed};
use crate::ids::NodeKey;
use crate::machine::Table;
use crate::testing::rng::SeededRng;
use crate::time::{DAY, HOUR};

#[test]
fn a_genesis_speaks_for_its_own_key_only() {
    let (key, other) = (NodeSecret::generate(&mut SeededRng::new(1)), NodeSecret::generate(&mut SeededRng::new(2)));
    let good = Genesis {
        name: BoundedText::new("AHTU Imphal").unwrap(),
        key: key.public(),
        recovery_key: other.public(),
        nonce: [0; 16],
    };
    assert!(genesis::check(&Signed::sign(&good, &key)).is_ok());
    let mut weak = [0; 32];
    weak[0] = 1;
    let bad = [
        (good.clone(), &other),
        (Genesis { recovery_key: key.public(), ..good.clone() }, &key),
        (Genesis { recovery_key: NodeKey(weak), ..good.clone() }, &key),
        (Genesis { name: BoundedText::new(" ").unwrap(), ..good.clone() }, &key),
        (Genesis { name: BoundedText::new("a\nb").unwrap(), ..good.clone() }, &key),
    ];
    for (genesis, signer) in bad {
        assert_eq!(genesis::check(&Signed::sign(&genesis, signer)), Err(GenesisError::Content));
    }
    // A signature made for another kind of message is none here.
    let invitation = Signed::<Invitation>::from_bytes(Signed::sign(&good, &key).as_bytes().to_vec());
    assert!(invitation.verify(&key.public()).is_err());
}

#[test]
fn an_invitation_lasts_a_day_and_names_its_signer() {
    let (mut shillong, eve) = (Node::founder(1, "AHTU Shillong"), Node::new(9, "Eve"));
    let text = shillong.step(|txn| joins::invite(txn, &Node::new(2, "AHTU Guwahati").created.genesis_text)).0.unwrap();
    let good = invitation::parse_text(&text, NOON).unwrap().1.invitation;
    let signed = |invitation: &Invitation, key: &NodeSecret| {
        invitation::parse_text(&invitation::text_of(&Signed::sign(invitation, key)), NOON)
    };
    assert!(signed(&good, &shillong.key()).is_ok());
    assert_eq!(signed(&good, &eve.key()), Err(invitation::InvitationError::Content));
    for late in [
        Invitation { expires: good.created.plus(24 * HOUR + 1), ..good.clone() },
        Invitation { created: NOON.plus(HOUR), expires: NOON.plus(2 * HOUR), ..good.clone() },
        Invitation { created: NOON.minus(25 * HOUR), expires: NOON.minus(HOUR), ..good.clone() },
    ] {
        assert_eq!(signed(&late, &shillong.key()), Err(invitation::InvitationError::Expired));
    }
}

#[test]
fn prekey_numbers_only_rise_and_stand_for_one_key() {
    let (mut shillong, mut guwahati) = pair();
    let own = own::load(&guwahati.view).unwrap();
    let federation = guwahati.federation();
    let first = prekey::newest_signed(&shillong.view, guwahati.unit()).unwrap().unwrap();
    let second = guwahati.step(|txn| prekey::issue(txn, &own, federation)).0.unwrap();
    let sign = |prekey: Prekey| Signed::sign(&prekey, &own.key());
    let newest = second.stored().unwrap().into_value();
    assert_eq!(newest.number, first.0.number + 1);
    let accept = |shillong: &mut Node, signed: &Signed<Prekey>| shillong.step(|txn| prekey::accept(txn, signed)).0;

    assert_eq!(accept(&mut shillong, &second), Ok(true));
    assert_eq!(accept(&mut shillong, &second), Ok(false));
    assert_eq!(accept(&mut shillong, &first.1), Ok(false), "an old one does not come back");
    assert_eq!(prekey::newest(&shillong.view, guwahati.unit()).unwrap(), Some(newest.clone()));
    assert_eq!(accept(&mut shillong, &sign(Prekey { key: first.0.key.clone(), ..newest.clone() })), Err(PrekeyError::Twice));
    assert_eq!(shillong.view.rows().filter(|(table, ..)| *table == Table::PROOFS).count(), 1);

    let next = Prekey { number: 9, ..newest };
    for (bad, expected) in [
        (Prekey { unit: shillong.unit(), ..next.clone() }, PrekeyError::Stranger),
        (Prekey { federation: crate::ids::FederationId([1; 32]), ..next.clone() }, PrekeyError::Stranger),
        (Prekey { created: NOON.plus(HOUR), not_after: NOON.plus(DAY), ..next.clone() }, PrekeyError::Times),
        (Prekey { not_after: NOON.plus(366 * DAY), ..next.clone() }, PrekeyError::Times),
        (Prekey { created: NOON.minus(DAY), not_after: NOON.minus(1), ..next.clone() }, PrekeyError::Times),
    ] {
        assert_eq!(accept(&mut shillong, &sign(bad)), Err(expected));
    }
    let eve = Node::new(9, "Eve");
    assert_eq!(accept(&mut shillong, &Signed::sign(&next, &eve.key())), Err(PrekeyError::Stranger));
    assert_eq!(prekey::newest(&shillong.view, guwahati.unit()).unwrap().unwrap().number, 2);
}
