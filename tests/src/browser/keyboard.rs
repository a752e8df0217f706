//! A window used without a mouse: keys go to wherever the focus is.
//! Labels are read as a screen reader would find them, in simple cases.

use super::Window;
use anyhow::{Result, bail};
use fantoccini::key::Key;

/// Most stops on the way to something.
const STOPS: usize = 60;

/// What the focused element is called.
const NAME: &str = "const e = document.activeElement;
    const label = e.labels && e.labels.length ? e.labels[0].textContent : (e.getAttribute('aria-label') || e.textContent || '');
    return label.trim().replace(/\\s+/g, ' ').slice(0, 80);";

impl Window {
    /// What the focused element is called.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn focus(&self) -> Result<String> {
        Ok(self.run(NAME, Vec::new()).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Moves the focus on by one stop.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn press_tab(&self) -> Result<()> {
        self.type_there(&Key::Tab.to_string()).await
    }

    /// Presses the focused link or button, or sends the form that the focus is in.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn press_enter(&self) -> Result<()> {
        self.type_there(&Key::Enter.to_string()).await
    }

    /// Moves the focus on until it is on something called so.
    ///
    /// # Errors
    /// If it never is.
    pub async fn press_until(&self, called: &str) -> Result<()> {
        for _ in 0..STOPS {
            self.press_tab().await?;
            if self.focus().await?.starts_with(called) {
                return Ok(());
            }
        }
        bail!("{}: the keyboard does not reach {called:?}", self.name)
    }

    /// Types into the focused field.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn type_there(&self, keys: &str) -> Result<()> {
        Ok(self.client.active_element().await?.send_keys(keys).await?)
    }
}
