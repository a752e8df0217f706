//! A unit's API as the story uses it: signed in, JSON in and out, with a wait for what is on its way.
//! Not a general client: it reads only what the story asks about.

use super::UnitAccess;
use anyhow::{Context, Result, bail, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// Longest wait for something that another unit has to do first.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest time for a file.
const UPLOAD: Duration = Duration::from_secs(600);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(40);

/// A signed-in session at one unit.
#[derive(Debug, Clone)]
pub struct Api {
    /// The unit.
    pub name: String,
    base: String,
    token: String,
    http: reqwest::Client,
}

impl Api {
    /// Signs the nodal officer in.
    ///
    /// # Errors
    /// If the unit does not answer or refuses.
    pub async fn sign_in(unit: &UnitAccess) -> Result<Self> {
        Self::sign_in_as(unit, &unit.nodal).await
    }

    /// Signs somebody in.
    ///
    /// # Errors
    /// If the unit does not answer or refuses.
    pub async fn sign_in_as(unit: &UnitAccess, who: &(String, String)) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
        let mut api = Self { name: unit.name.clone(), base: format!("{}/api/v1", unit.address), token: String::new(), http };
        let session = api.post("/session", json!({ "sign_in": who.0, "password": who.1 })).await?;
        api.token = text(&session, "token")?;
        Ok(api)
    }

    /// The same unit with somebody's token.
    #[must_use]
    pub fn with_token_of(&self, other: &Self) -> Self {
        Self { token: other.token.clone(), ..self.clone() }
    }

    /// Asks and gives status and body, whatever they are.
    ///
    /// # Errors
    /// If the unit does not answer.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<(StatusCode, Value)> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.with_context(|| format!("{} does not answer", self.name))?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
    }

    /// Sends fields and a file as a form does.
    ///
    /// # Errors
    /// If the unit does not answer.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], name: &str, bytes: Vec<u8>) -> Result<(StatusCode, Value)> {
        const CUT: &str = "icmc-story-cut";
        let mut body = Vec::with_capacity(bytes.len() + 1024);
        for (field, value) in fields {
            body.extend(format!("--{CUT}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf");
        body.extend(format!("--{CUT}\r\n{head}\r\n\r\n").into_bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{CUT}--\r\n").into_bytes());
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).timeout(UPLOAD);
        let request = request.header("content-type", format!("multipart/form-data; boundary={CUT}")).body(body);
        let answer = request.send().await.with_context(|| format!("{} does not answer", self.name))?;
        let status = answer.status();
        Ok((status, serde_json::from_slice(&answer.bytes().await?).unwrap_or(Value::Null)))
    }

    /// GET of a file.
    ///
    /// # Errors
    /// If the unit refuses, or the file does not come to its end.
    pub async fn download(&self, path: &str) -> Result<Vec<u8>> {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token).timeout(UPLOAD);
        let answer = request.send().await.with_context(|| format!("{} does not answer", self.name))?;
        ensure!(answer.status().is_success(), "{}: {path} gave {}", self.name, answer.status());
        Ok(answer.bytes().await?.into())
    }

    /// GET.
    ///
    /// # Errors
    /// If the unit refuses.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.expect(Method::GET, path, None).await
    }

    /// POST.
    ///
    /// # Errors
    /// If the unit refuses.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.expect(Method::POST, path, Some(body)).await
    }

    async fn expect(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let (status, value) = self.ask(method.clone(), path, body).await?;
        ensure!(
            status.is_success(),
            "{}: {method} {path} gave {status}: {}",
            self.name,
            value["detail"].as_str().unwrap_or_default()
        );
        Ok(value)
    }

    /// The unit's id.
    ///
    /// # Errors
    /// If the unit refuses.
    pub async fn unit(&self) -> Result<String> {
        text(&self.get("/status").await?, "unit")
    }
}

/// Looks again and again until there is something, within the patience of the story.
///
/// # Errors
/// If it never comes, or looking fails.
pub async fn until<T, F: Future<Output = Result<Option<T>>>>(what: &str, mut look: impl FnMut() -> F) -> Result<T> {
    let last = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if tokio::time::Instant::now() > last {
            bail!("waited {} s for {what}", PATIENCE.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A text of an object.
///
/// # Errors
/// If it is not there.
pub(super) fn text(value: &Value, field: &str) -> Result<String> {
    value[field].as_str().map(str::to_owned).with_context(|| format!("the answer has no {field}"))
}

/// A list, bare, as the items of a page, or as alerts.
pub(super) fn items(value: &Value) -> Vec<Value> {
    value.as_array().or_else(|| value["items"].as_array()).or_else(|| value["alerts"].as_array()).cloned().unwrap_or_default()
}
