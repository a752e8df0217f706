//! The share form between its steps.
//! Not the pages of the steps.

use super::*;
use crate::format::DEFAULT_ZONE;

#[test]
fn what_one_step_asks_comes_back_through_the_others() {
    let form = Posted::from_pairs(&[
        ("csrf", "x"),
        ("step", "terms"),
        ("to", "1"),
        ("preset", "referral"),
        ("sections", "case"),
        ("sections", "route"),
        ("note", "n"),
        ("c.password", "a secret of somebody"),
    ]);
    let names = |step| carried(&form, step).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("terms"), ["to", "preset", "sections", "sections"]);
    assert_eq!(names("check"), ["to", "preset", "sections", "sections", "note"]);
    assert_eq!(names("aside"), ["to", "preset", "sections", "sections", "note"], "a password is never sent back");
}

#[test]
fn a_preset_follows_the_purpose_where_nobody_chose_otherwise() {
    let mut form = Posted::from_pairs(&[("purpose", "verification")]);
    preset(&mut form);
    assert_eq!(form.all("sections"), ["case", "identity", "route"]);
    assert_eq!((form.one("days"), form.one("handling"), form.one("onward")), ("7", "H2", "none"));
    form.set("purpose", "referral");
    form.set("days", "30");
    preset(&mut form);
    assert_eq!(form.all("sections"), ["case", "identity", "role", "process", "notes"]);
    assert_eq!((form.one("days"), form.one("onward")), ("30", "ask"), "a chosen value stays");
    form.clear("sections");
    preset(&mut form);
    assert!(form.all("sections").is_empty(), "nothing is ticked behind somebody's back");
}

#[test]
fn several_units_and_a_day_become_one_request() {
    let (one, two) = ("11".repeat(32), "22".repeat(32));
    let form = Posted::from_pairs(&[
        ("to", &one),
        ("to", &two),
        ("to", &two),
        ("purpose", "referral"),
        ("days", "date"),
        ("until", "2026-12-24"),
    ]);
    let zone = format::zone(DEFAULT_ZONE);
    let (request, also) = request(&form, CaseId([1; 32]), &zone, None).unwrap();
    assert_eq!((request.to, also), (UnitId([0x11; 32]), vec![UnitId([0x22; 32])]));
    assert_eq!(format::time(request.expires.unwrap(), &zone), "24 Dec 2026, 23:59");
    assert_eq!(request.days, None);
}

#[test]
fn a_share_that_stands_asks_for_itself() {
    let share = crate::pages::samples::share("x");
    let zone = format::zone(DEFAULT_ZONE);
    let form = standing(&share, &zone);
    let (request, also) = request(&form, share.case, &zone, Some(share.expires)).unwrap();
    assert!(also.is_empty());
    assert_eq!((request.to, request.expires, request.items), (share.to.id, Some(share.expires), share.chosen.clone()));
    assert_eq!((request.sections, request.rights.as_str()), (share.sections.clone(), share.rights));
    assert_eq!(request.persons[0].reason, share.persons[0].reason);
}
