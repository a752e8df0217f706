//! Contributions to cases of a node that was put back: what it had shown their authors before, it cannot know.
//! What was taken back meanwhile is in `shares`.

use super::{MAN, SHARED, folded, is_locked, meet_all, write};
use crate::sharing::contributions;
use crate::testing::World;
use crate::testing::drafts::{instead, text};
use crate::time::HOUR;

#[test]
fn a_contribution_in_place_of_what_its_owner_forgot_to_have_shown_accuses_nobody() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    let seen = |world: &World| folded(world, "shillong", case).entity("person", MAN).unwrap().field("father").unwrap().seen();
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Abdul")]);
    let form = seen(&world);
    write(&mut world, "guwahati", case, &[instead(form.clone(), text(MAN, "person", "father", "Karim"))]);
    world.restore("guwahati", old);
    meet_all(&mut world, "guwahati");
    assert!(!is_locked(&world, "guwahati", "shillong"));
    // Somebody at Shillong saves a form that was opened before.
    write(&mut world, "shillong", case, &[instead(form, text(MAN, "person", "father", "Abdul Karim"))]);
    assert_eq!(contributions(&world["guwahati"].view, case).unwrap().len(), 1);
    assert!(world["guwahati"].incidents.is_empty(), "{:?}", world["guwahati"].incidents);
    // What it wrote since is known to have been shown or not.
    world.advance(HOUR);
    write(&mut world, "guwahati", case, &[text(MAN, "person", "health_alert", "canary-never-shown")]);
    let hidden = folded(&world, "guwahati", case).entity("person", MAN).unwrap().field("health_alert").unwrap().seen();
    write(&mut world, "shillong", case, &[instead(hidden, text(MAN, "person", "health_alert", "none"))]);
    assert_eq!(world["guwahati"].incidents.last().unwrap().what, "contributed in place of what it was never shown");
}
