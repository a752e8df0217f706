//! A part of a page, found by what it says: fields are filled in by their labels and buttons clicked by their texts.
//! The whole page is a part as well.

use super::Window;
use super::window::{PATIENCE, PAUSE};
use anyhow::{Context, Result, bail, ensure};
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use std::path::Path;

/// A part of the page in a window.
#[derive(Debug)]
pub struct Part<'a> {
    window: &'a Window,
    /// XPath of the part; empty for the whole page.
    path: String,
}

impl Window {
    /// All of the page.
    #[must_use]
    pub fn page(&self) -> Part<'_> {
        Part { window: self, path: String::new() }
    }

    /// The card that says something: an alert, a share, a person.
    #[must_use]
    pub fn card(&self, says: &str) -> Part<'_> {
        Part { window: self, path: format!("//article[contains(normalize-space(.), {})]", quoted(says)) }
    }

    /// The group of fields whose heading begins so.
    #[must_use]
    pub fn group(&self, heading: &str) -> Part<'_> {
        Part { window: self, path: format!("//fieldset[legend[starts-with(normalize-space(.), {})]]", quoted(heading)) }
    }
}

impl Part<'_> {
    /// Fills in the field that a label is for; a list gets the option of that text.
    ///
    /// # Errors
    /// If there is no such field, or the list has no such option.
    pub async fn fill(&self, label: &str, value: &str) -> Result<()> {
        while_replaced(async || self.fill_once(label, value).await).await
    }

    async fn fill_once(&self, label: &str, value: &str) -> Result<()> {
        let field = self.field(label).await?;
        if field.tag_name().await? == "select" {
            return field.select_by_label(value).await.with_context(|| format!("{label} has no option {value:?}"));
        }
        field.clear().await?;
        field.send_keys(value).await.with_context(|| format!("{label} cannot be filled in"))
    }

    /// Chooses a file in the field that a label is for.
    ///
    /// # Errors
    /// If there is no such field.
    pub async fn choose(&self, label: &str, file: &Path) -> Result<()> {
        let name = file.to_str().context("a plain path")?;
        while_replaced(async || Ok(self.field(label).await?.send_keys(name).await?)).await
    }

    /// Ticks a box, or chooses one of several, by its label.
    ///
    /// # Errors
    /// If there is no such box.
    pub async fn tick(&self, label: &str) -> Result<()> {
        while_replaced(async || self.tick_once(label).await).await
    }

    async fn tick_once(&self, label: &str) -> Result<()> {
        let text = quoted(label);
        let box_of = format!("{}//label[contains(normalize-space(.), {text})]//input", self.path);
        let input =
            self.find_in_time(&[box_of]).await?.with_context(|| format!("{}: there is no box {label:?}", self.window.name))?;
        if !input.is_selected().await? {
            self.show(&input).await?;
            input.click().await?;
        }
        Ok(())
    }

    /// Clicks the button or link of this text, once it is shown. The whole text is looked for before its beginning.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn click(&self, text: &str) -> Result<()> {
        let text_quoted = quoted(text);
        let kinds = "(self::button or self::a or self::summary)";
        // On a whole page the content comes before the navigation.
        let places = if self.path.is_empty() { vec!["//main", ""] } else { vec![self.path.as_str()] };
        let paths: Vec<String> = places
            .iter()
            .flat_map(|place| {
                [
                    format!("{place}//*[{kinds}][normalize-space(.)={text_quoted}]"),
                    format!("{place}//*[{kinds}][starts-with(normalize-space(.), {text_quoted})]"),
                ]
            })
            .collect();
        let last = tokio::time::Instant::now() + PATIENCE;
        let mut hindered = String::from("it is not there");
        while tokio::time::Instant::now() < last {
            // On a page that is still arriving a link might be taken for the button that comes after it.
            let arrived = self.window.run("return document.readyState === 'complete';", Vec::new()).await?;
            if arrived == serde_json::Value::Bool(true)
                && let Some(element) = self.first_shown(&paths).await?
            {
                self.show(&element).await?;
                // A live update may have replaced it meanwhile; then it is found again.
                match element.click().await {
                    Ok(()) => return Ok(()),
                    Err(error) => hindered = error.to_string(),
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{}: {text:?} cannot be clicked, {hindered}; the page says: {}", self.window.name, self.window.text().await?)
    }

    /// Waits until this part says something.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn says(&self, text: &str) -> Result<()> {
        let last = tokio::time::Instant::now() + PATIENCE;
        loop {
            let said = match self.find(std::slice::from_ref(&self.path)).await? {
                Some(part) => part.text().await.unwrap_or_default(),
                None => String::new(),
            };
            if said.contains(text) {
                return Ok(());
            }
            ensure!(tokio::time::Instant::now() < last, "{}: a part does not say {text:?} but: {said}", self.window.name);
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn field(&self, label: &str) -> Result<Element> {
        let (part, text) = (&self.path, quoted(label));
        let paths = [
            format!("{part}//label[normalize-space(text())={text}]"),
            format!("{part}//label[starts-with(normalize-space(.), {text})]"),
        ];
        let found =
            self.find_in_time(&paths).await?.with_context(|| format!("{}: there is no label {label:?}", self.window.name))?;
        match found.attr("for").await? {
            Some(id) => Ok(self.window.client.find(Locator::Id(&id)).await?),
            None => Ok(found.find(Locator::Css("input, select, textarea")).await?),
        }
    }

    /// Scrolls as a person would: on a phone the bar at the bottom lies over what is behind it.
    async fn show(&self, element: &Element) -> Result<()> {
        let element = serde_json::to_value(element)?;
        // A live update may have replaced it meanwhile; whoever clicks on it will notice.
        let _ = self.window.run("arguments[0].scrollIntoView({ block: 'center' });", vec![element]).await;
        Ok(())
    }

    async fn first_shown(&self, paths: &[String]) -> Result<Option<Element>> {
        for path in paths {
            for element in self.window.client.find_all(Locator::XPath(path)).await? {
                if element.is_displayed().await.unwrap_or(false) {
                    return Ok(Some(element));
                }
            }
        }
        Ok(None)
    }

    /// The page may still be on its way.
    async fn find_in_time(&self, paths: &[String]) -> Result<Option<Element>> {
        let last = tokio::time::Instant::now() + PATIENCE;
        loop {
            let found = self.find(paths).await?;
            if found.is_some() || tokio::time::Instant::now() > last {
                return Ok(found);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn find(&self, paths: &[String]) -> Result<Option<Element>> {
        for path in paths {
            if let Some(found) = self.window.client.find_all(Locator::XPath(path)).await?.into_iter().next() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// Does it again while a live update, or the next page, replaces what was found before it is used.
async fn while_replaced(once: impl AsyncFn() -> Result<()>) -> Result<()> {
    let last = tokio::time::Instant::now() + PATIENCE;
    loop {
        match once().await {
            Err(error) if is_replaced(&error) && tokio::time::Instant::now() < last => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
}

fn is_replaced(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<CmdError>()).any(CmdError::is_stale_element_reference)
}

/// A text as an XPath string; texts with both kinds of quotes are not searched for.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
