//! Status, settings, and who one is.

use super::desk::{Desk, OFFICER, PASSWORD};
use crate::access::Actor;
use crate::service::settings::{self, Settings};
use crate::service::{Counters, ServiceError};

#[tokio::test]
async fn status_of_a_unit_alone() {
    let desk = Desk::new().await;
    let officer = Actor { must_change_password: false, ..desk.sign_in(OFFICER, PASSWORD).await.unwrap().actor };
    let status = desk.service.status(&officer).await.unwrap();
    assert_eq!((status.name.as_str(), status.federation, status.members, status.waiting), ("AHTU Shillong", None, 0, 0));
    assert!(status.store_bytes > 0 && status.listen.is_empty());
    assert_eq!(desk.service.counters(&officer).unwrap(), Counters { alerts_new: 0, inbox_waiting: 0, frozen: false });
}

#[tokio::test]
async fn settings_are_checked_kept_and_shown() {
    let desk = Desk::new().await;
    let admin = desk.admin().await;
    assert_eq!(desk.service.me(&admin).unwrap().colour, "#0B4F6C");
    let good = Settings { case_prefix: "SH".to_owned(), colour: "#7A1F3D".to_owned(), demo: true };
    let kept = good.clone();
    desk.service.node.act(move |txn| settings::keep(txn, &kept)).await.unwrap();
    let me = desk.service.me(&admin).unwrap();
    assert_eq!((me.colour.as_str(), me.demo, me.unit_name.as_str()), ("#7A1F3D", true, "AHTU Shillong"));
    for (prefix, colour, fields) in
        [("", "red", 2), ("sh", "#7A1F3D", 1), ("SHILLONG", "#7A1F3D", 1), ("SH", "#7A1F3", 1), ("SH", "é#7A1F", 1)]
    {
        let bad = Settings { case_prefix: prefix.to_owned(), colour: colour.to_owned(), demo: false };
        let outcome = desk.service.node.act(move |txn| settings::keep(txn, &bad)).await;
        assert!(matches!(&outcome, Err(ServiceError::Fields(faults)) if faults.len() == fields), "{prefix} {colour}");
    }
    assert_eq!(settings::load(&desk.service.node.snapshot().unwrap()).unwrap(), good);
}
