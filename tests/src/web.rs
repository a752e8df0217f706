//! A browser without a screen: cookie, forms, redirects, and a record of every address seen.
//! For what no browser is needed for; JavaScript does not run here.

use anyhow::{Context, Result, bail};
use icmc::story::UnitAccess;
use reqwest::{Client, Response, header, redirect};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Pages of one walk.
const PAGES: usize = 400;

/// A signed-in person at one unit's pages.
#[derive(Debug)]
pub struct Web {
    http: Client,
    base: String,
    cookie: String,
    /// Every address asked for, linked to, posted to or redirected to.
    pub addresses: BTreeSet<String>,
}

impl Web {
    /// Signs in by the form.
    ///
    /// # Errors
    /// If the pages refuse.
    pub async fn sign_in(unit: &UnitAccess, who: &(String, String)) -> Result<Self> {
        let http = Client::builder().redirect(redirect::Policy::none()).timeout(Duration::from_secs(30)).build()?;
        let mut web = Self { http, base: unit.address.clone(), cookie: String::new(), addresses: BTreeSet::new() };
        let page = web.page(icmc_web_ui::paths::sign_in()).await?;
        let answer = web.post(icmc_web_ui::paths::sign_in(), &page, &[("sign_in", &who.0), ("password", &who.1)]).await?;
        if !answer.status().is_redirection() || web.cookie.is_empty() {
            bail!("{} was not signed in: {}", who.0, answer.status());
        }
        Ok(web)
    }

    /// GET, with redirects followed by hand.
    ///
    /// # Errors
    /// If there is no page.
    pub async fn page(&mut self, path: &str) -> Result<String> {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let answer = self.get(&path).await?;
            match answer.headers().get(header::LOCATION) {
                Some(to) => path = to.to_str()?.to_owned(),
                None => {
                    let html = answer.text().await?;
                    self.addresses.extend(addresses_in(&html));
                    return Ok(html);
                }
            }
        }
        bail!("{path} redirects in circles")
    }

    /// GET as it is answered; for the stream of events.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn get(&mut self, path: &str) -> Result<Response> {
        self.addresses.insert(path.to_owned());
        let answer = self.http.get(format!("{}{path}", self.base)).header(header::COOKIE, &self.cookie).send().await?;
        self.note(&answer)?;
        Ok(answer)
    }

    /// POSTs a form with the hidden token of the page that it stands on.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn post(&mut self, path: &str, page: &str, fields: &[(&str, &str)]) -> Result<Response> {
        self.addresses.insert(path.to_owned());
        let token = hidden(page, "csrf").unwrap_or_default();
        let mut body = format!("csrf={}", encoded(&token));
        for (name, value) in fields {
            body.push_str(&format!("&{}={}", encoded(name), encoded(value)));
        }
        let request = self.http.post(format!("{}{path}", self.base)).header(header::COOKIE, &self.cookie).body(body);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = request.header(header::ORIGIN, &self.base).header("sec-fetch-site", "same-origin").send().await?;
        self.note(&answer)?;
        Ok(answer)
    }

    /// Every page that links lead to, from today on. Gives path and text of each.
    ///
    /// # Errors
    /// If a page fails.
    pub async fn walk(&mut self) -> Result<Vec<(String, String)>> {
        let mut pages = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![icmc_web_ui::paths::today().to_owned()];
        while let Some(path) = open.pop() {
            if !seen.insert(path.clone()) || pages.len() >= PAGES {
                continue;
            }
            let html = self.page(&path).await.with_context(|| format!("page {path}"))?;
            open.extend(
                attributes(&html, "href").into_iter().filter(|to| to.starts_with('/') && !to.starts_with("/static/")).map(plain),
            );
            pages.push((path, html));
        }
        Ok(pages)
    }

    fn note(&mut self, answer: &Response) -> Result<()> {
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            if !pair.ends_with('=') {
                pair.clone_into(&mut self.cookie);
            }
        }
        if let Some(to) = answer.headers().get(header::LOCATION) {
            self.addresses.insert(to.to_str()?.to_owned());
        }
        Ok(())
    }
}

/// Where links lead and forms post.
fn addresses_in(html: &str) -> Vec<String> {
    ["href", "src", "action", "formaction", "data-events"].iter().flat_map(|name| attributes(html, name)).collect()
}

fn attributes(html: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).map(|value| value.replace("&amp;", "&")).collect()
}

/// Without the part that only a browser sees.
fn plain(path: String) -> String {
    path.split('#').next().unwrap_or_default().to_owned()
}

fn hidden(html: &str, name: &str) -> Option<String> {
    let rest = html.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    Some(rest.split('"').next()?.to_owned())
}

fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// The stream of live updates of one signed-in person, read until it ends.
#[derive(Debug)]
pub struct Stream(JoinHandle<Vec<u8>>);

impl Stream {
    /// Opens it.
    ///
    /// # Errors
    /// If the unit refuses.
    pub async fn open(web: &mut Web) -> Result<Self> {
        let path = icmc_web_ui::paths::events();
        web.addresses.insert(path.to_owned());
        // No limit of time: it is open for as long as the unit runs.
        let request = Client::new().get(format!("{}{path}", web.base)).header(header::COOKIE, &web.cookie);
        let mut answer = request.send().await?.error_for_status()?;
        Ok(Self(tokio::spawn(async move {
            let mut bytes = Vec::new();
            while let Ok(Some(part)) = answer.chunk().await {
                bytes.extend_from_slice(&part);
            }
            bytes
        })))
    }

    /// All that came, once the unit has ended.
    pub async fn until_its_end(self) -> Vec<u8> {
        self.0.await.unwrap_or_default()
    }
}
