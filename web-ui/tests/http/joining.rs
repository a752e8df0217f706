//! From the identity to compared words, through the pages alone, with files: three units.
//! What the protocol refuses on the way is tested there.

use crate::site::{ADMIN, NODAL};
use crate::units::{Unit, compare, join};
use axum::http::StatusCode;
use icmc_web_ui::paths;

#[tokio::test(flavor = "multi_thread")]
async fn three_units_join_by_files_and_compare_their_words() {
    let (shillong, guwahati, kathmandu) =
        tokio::join!(Unit::new("AHTU Shillong", true), Unit::new("AHTU Guwahati", false), Unit::new("Partner Kathmandu", false));
    // A file that is none is told so, and nothing happens.
    let wrong = guwahati.site.post_file(paths::join(), &guwahati.browser, &[], "no invitation at all").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text());
    let bytes = guwahati.site.post_file(paths::join(), &guwahati.browser, &[], "\u{0}").await;
    assert_eq!(bytes.status, StatusCode::UNPROCESSABLE_ENTITY);
    join(&shillong, &guwahati, &[]).await;
    join(&shillong, &kathmandu, &[&guwahati]).await;
    compare(&shillong, &kathmandu).await;
    compare(&shillong, &guwahati).await;
    let page = shillong.page(paths::peers()).await;
    assert!(page.contains("AHTU Guwahati") && page.contains("Partner Kathmandu"));
    // Ending with a unit recalls what it was given of cases: who sees no case is told who can do it, and is not led into nothing.
    let admin = shillong.site.browser(ADMIN).await;
    let seen = shillong.site.page(&admin, paths::peers()).await;
    assert!(seen.contains("The nodal officer can end with it") && !seen.contains("End with it<"), "{seen}");
    let nodal = shillong.site.browser(NODAL).await;
    assert!(shillong.site.page(&nodal, paths::peers()).await.contains("End with it<"));
}
