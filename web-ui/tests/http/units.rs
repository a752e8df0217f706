//! Several units on this computer, each behind its pages, which found a federation and find each other over a real network.
//! All people are invented.

use crate::site::{Browser, HOST, NODAL, Site};
use axum::http::StatusCode;
use icmc_web_ui::{WebConfig, paths};
use std::net::TcpListener;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

/// Longest wait for something that another unit does.
const WAIT: Duration = Duration::from_secs(60);
/// How long nothing may happen before it is looked again: not everything that changes a page is told.
const QUIET: Duration = Duration::from_millis(200);

/// A unit with the browser of its nodal officer.
pub(crate) struct Unit {
    pub(crate) site: Site,
    pub(crate) browser: Browser,
    pub(crate) token: String,
}

impl Unit {
    pub(crate) async fn new(name: &str, founder: bool) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let site = Site::named(name, founder, Some(port)).await;
        let (browser, token) = (site.browser(NODAL).await, site.token(NODAL).await);
        Self { site, browser, token }
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        self.site.page(&self.browser, path).await
    }

    /// Sends a form that leads on.
    pub(crate) async fn does(&self, path: &str, pairs: &[(&str, &str)]) {
        let reply = self.site.form(&self.browser, path, pairs).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}: {}", reply.text());
    }

    /// Sends a form that is refused; gives the page that came back.
    pub(crate) async fn is_refused(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let reply = self.site.form(&self.browser, path, pairs).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", reply.text());
        reply.text()
    }

    /// The page once it says so.
    pub(crate) async fn shows(&self, path: &str, words: &str) -> String {
        self.until(path, |page| page.contains(words).then(|| page.to_owned())).await
    }

    /// What a page comes to say.
    pub(crate) async fn until<T>(&self, path: &str, wanted: impl Fn(&str) -> Option<T>) -> T {
        let mut events = self.site.service.node.events();
        let mut last = String::new();
        let looking = async {
            loop {
                last = self.page(path).await;
                if let Some(found) = wanted(&last) {
                    return found;
                }
                if let Ok(Err(RecvError::Closed)) = timeout(QUIET, events.recv()).await {
                    panic!("the node ended");
                }
            }
        };
        match timeout(WAIT, looking).await {
            Ok(found) => found,
            Err(_) => panic!("{path} does not come to say what is wanted: {last}"),
        }
    }

    pub(crate) fn id(&self) -> String {
        WebConfig::of(&self.site.service, HOST.parse().unwrap()).unwrap().unit.to_string()
    }
}

/// The text between two others on a page.
pub(crate) fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split(before).nth(1).and_then(|rest| rest.split(after).next()).unwrap_or_else(|| panic!("no {before} in {page}"))
}

/// The newcomer gives its identity as a file, gets an invitation as a file, and is a member once `signers` have said yes.
pub(crate) async fn join(inviter: &Unit, newcomer: &Unit, signers: &[&Unit]) {
    let identity = newcomer.page(paths::identity_file()).await;
    let made = inviter.site.post_file(paths::invite(), &inviter.browser, &[("genesis", "")], &format!("{identity}\n")).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let text = between(&made.text(), "name=\"invitation\" value=\"", "\"").to_owned();
    let file = inviter.site.form(&inviter.browser, paths::invitation_file(), &[("invitation", &text)]).await;
    let named = file.headers["content-disposition"].to_str().unwrap();
    assert_eq!((named, file.text()), ("attachment; filename=\"icmc-invitation.txt\"", format!("{text}\n")));
    assert!(file.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    let joined = newcomer.site.post_file(paths::join(), &newcomer.browser, &[("invitation", "")], &file.text()).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.text());
    for signer in signers {
        let hash = signer
            .until(paths::peers(), |page| {
                page.contains("name=\"hash\"").then(|| between(page, "name=\"hash\" value=\"", "\"").to_owned())
            })
            .await;
        signer.does(paths::approve(), &[("hash", &hash)]).await;
    }
    newcomer.shows(paths::peers(), "This unit is in a federation of").await;
}

/// Both compare the words, which are the same, and each learns that the other did.
pub(crate) async fn compare(one: &Unit, other: &Unit) {
    let (there, here) = (other.id(), one.id());
    for (unit, peer) in [(one, &there), (other, &here)] {
        unit.shows(paths::peers(), &format!("id=\"u-{peer}\"")).await;
    }
    let words = |page: &str| between(page, "<ol class=\"words\">", "</ol>").to_owned();
    let (read, heard) = (one.page(&paths::words(&there)).await, other.page(&paths::words(&here)).await);
    assert_eq!((words(&read), words(&read).matches("<li>").count()), (words(&heard), 8));
    one.does(&paths::words(&there), &[]).await;
    other.does(&paths::words(&here), &[]).await;
    for (unit, peer) in [(one, &there), (other, &here)] {
        unit.until(paths::peers(), |page| {
            let card = between(page, &format!("id=\"u-{peer}\""), "</article>");
            card.contains(">confirmed<").then_some(())
        })
        .await;
    }
}
