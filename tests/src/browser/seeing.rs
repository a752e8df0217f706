//! What a window shows: texts that come and go without the page being loaded again, and pictures of it.
//! Waits look again and again; none is for a fixed time.

use super::window::{PATIENCE, PAUSE, Window};
use crate::process::folder_for;
use anyhow::{Result, bail, ensure};
use fantoccini::Locator;
use serde_json::json;

impl Window {
    /// All text that the page shows.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn text(&self) -> Result<String> {
        // Between two pages there is none for a moment.
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => Ok(body.text().await.unwrap_or_default()),
            Err(_) => Ok(String::new()),
        }
    }

    /// Waits until the page shows a text.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn sees(&self, text: &str) -> Result<()> {
        self.until(text, true).await
    }

    /// Waits until the page does not show a text.
    ///
    /// # Errors
    /// If it still does.
    pub async fn sees_no_more(&self, text: &str) -> Result<()> {
        self.until(text, false).await
    }

    /// Whether the page shows a text now.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn shows(&self, text: &str) -> Result<bool> {
        Ok(self.text().await?.contains(text))
    }

    /// Marks the page; the mark is gone when the page is loaded again.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn mark(&self) -> Result<()> {
        self.run("window.icmcMark = true;", Vec::new()).await.map(|_| ())
    }

    /// That the page is the one that was marked.
    ///
    /// # Errors
    /// If it was loaded again.
    pub async fn is_marked(&self) -> Result<()> {
        ensure!(
            self.run("return window.icmcMark === true;", Vec::new()).await? == json!(true),
            "{}: the page was loaded again",
            self.name
        );
        Ok(())
    }

    /// Keeps a picture of the page, for people to look at.
    ///
    /// # Errors
    /// If it cannot be taken.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let folder = folder_for("screens")?;
        Ok(std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await?)?)
    }

    /// That nothing of the page lies to the right of the window.
    ///
    /// # Errors
    /// With the first elements that do, if something does.
    pub async fn fits_in_width(&self, page: &str) -> Result<()> {
        const SCRIPT: &str = "const width = document.documentElement.clientWidth;
            if (document.scrollingElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1)
                .slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).concat(['(wider than ' + width + ')']);";
        let wide = self.run(SCRIPT, Vec::new()).await?;
        ensure!(wide == json!([]), "{page} must be scrolled sideways: {wide}");
        Ok(())
    }

    async fn until(&self, text: &str, shown: bool) -> Result<()> {
        let last = tokio::time::Instant::now() + PATIENCE;
        while self.shows(text).await? != shown {
            if tokio::time::Instant::now() > last {
                let still = if shown { "does not show" } else { "still shows" };
                bail!("{} {still} {text:?} at {}; it shows: {}", self.name, self.path().await?, self.text().await?);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }
}
