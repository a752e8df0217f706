//! A unit with five accounts behind its router, and a clock that the test moves.
//! All people are invented; their passwords are in the clear here and nobody real has them.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use icmc_node::accounts::{NewAccount, PasswordHash, Role};
use icmc_node::clock::{Clock as _, ManualClock, SystemRng};
use icmc_node::runtime::{Node, NodeConfig};
use icmc_node::service::{Service, ServiceHooks, setup};
use icmc_node::sessions::SessionKind;
use icmc_node::store::Store;
use icmc_node::vault::{KeySource, create_key_file};
use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::setup::{Setup, create, found};
use icmc_protocol::machine::Txn;
use icmc_protocol::time::Timestamp;
use icmc_web_ui::WebConfig;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) const ADMIN: &str = "banri.kharkongor";
pub(crate) const NODAL: &str = "phidari.syiem";
pub(crate) const OFFICER: &str = "meera.lyngdoh";
pub(crate) const OTHER: &str = "joydeep.paul";
pub(crate) const READER: &str = "ibanri.nongrum";
pub(crate) const NEWCOMER: &str = "kitbok.marbaniang";
pub(crate) const PASSWORD: &str = "a lantern over the ferry ghat";
pub(crate) const HOST: &str = "127.0.0.1:7701";

/// Computed once: it is meant to be slow.
static HASH: LazyLock<PasswordHash> =
    LazyLock::new(|| setup::hash_password(OFFICER, &SecretString::from(PASSWORD), &mut SystemRng).unwrap());

pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) service: Service,
    pub(crate) clock: Arc<ManualClock>,
    folder: TempDir,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A browser's session.
pub(crate) struct Browser {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
    pub(crate) token: String,
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::named("AHTU Shillong", true, None).await
    }

    /// With a network at a port of this computer, or without one.
    pub(crate) async fn named(name: &str, founder: bool, port: Option<u16>) -> Self {
        let listen: Vec<String> = port.iter().map(|port| format!("/ip4/127.0.0.1/tcp/{port}")).collect();
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("key");
        create_key_file(&key_file, &mut SystemRng).unwrap();
        let (dir, key) = (folder.path().join("data"), KeySource::KeyFile(key_file));
        let clock = Arc::new(ManualClock::new(Timestamp(1_795_000_000_000)));
        let store = Store::create(&dir, &key, &mut SystemRng).unwrap();
        let snapshot = store.snapshot().unwrap();
        let mut rng = SystemRng;
        let mut txn = Txn::new(&snapshot, clock.now(), &mut rng);
        let words = |text: &str| text.to_owned();
        let unit = Setup {
            name: words(name),
            class: UnitClass::Police,
            jurisdiction: words("Meghalaya"),
            duty_contact: words("duty desk, invented"),
            addresses: listen.clone(),
        };
        create(&mut txn, unit).unwrap();
        if founder {
            found(&mut txn).unwrap();
        }
        for (sign_in, name, role) in [
            (ADMIN, "Banri Kharkongor", Role::Administrator),
            (NODAL, "Phidari Syiem", Role::NodalOfficer),
            (OFFICER, "Meera Lyngdoh", Role::Officer),
            (OTHER, "Joydeep Paul", Role::Officer),
            (READER, "Ibanri Nongrum", Role::ReadOnly),
            (NEWCOMER, "Kitbok Marbaniang", Role::Officer),
        ] {
            let new = NewAccount { sign_in: words(sign_in), name: words(name), role };
            setup::create_account(&mut txn, new, HASH.clone(), sign_in == NEWCOMER).unwrap();
        }
        let writes = txn.finish().writes;
        drop(snapshot);
        store.commit(&writes, &mut SystemRng).unwrap();
        drop(store);
        let hooks = Arc::new(ServiceHooks::default());
        let config = NodeConfig {
            dir: dir.clone(),
            key,
            listen,
            clock: clock.clone(),
            hooks: hooks.clone(),
            document_max: icmc_node::runtime::DOCUMENT_MAX,
        };
        let service = hooks.service(Node::start(config).await.unwrap(), &dir);
        let bind: SocketAddr = HOST.parse().unwrap();
        let router = icmc_web_ui::router(service.clone(), WebConfig::of(&service, bind).unwrap());
        Self { router, service, clock, folder }
    }

    /// As it comes; the host is added.
    pub(crate) async fn call(&self, mut request: Request<Body>) -> Reply {
        request.headers_mut().entry(header::HOST).or_insert(HOST.parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 * 1024 * 1024).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.call(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Reply {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.call(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Sends a form of the session with a small text file in it.
    pub(crate) async fn post_file(&self, path: &str, browser: &Browser, pairs: &[(&str, &str)], file: &str) -> Reply {
        let part = |head: &str, text: &str| format!("--cut\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n");
        let mut body = part("name=\"csrf\"", &browser.csrf);
        pairs.iter().for_each(|(name, value)| body.push_str(&part(&format!("name=\"{name}\""), value)));
        body.push_str(&part("name=\"file\"; filename=\"it.txt\"", file));
        body.push_str("--cut--\r\n");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
            .header(header::COOKIE, &browser.cookie)
            .header("sec-fetch-site", "same-origin");
        self.call(request.body(Body::from(body)).unwrap()).await
    }

    /// A page as the browser of this session gets it.
    pub(crate) async fn page(&self, browser: &Browser, path: &str) -> String {
        let reply = self.get(path, &[("cookie", &browser.cookie)]).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        reply.text()
    }

    /// Sends a form of this session.
    pub(crate) async fn form(&self, browser: &Browser, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let encoded = |text: &str| -> String {
            let each = text.bytes().map(|byte| match byte {
                byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            });
            each.collect()
        };
        let mut form = format!("csrf={}", browser.csrf);
        pairs.iter().for_each(|(name, value)| form.push_str(&format!("&{}={}", encoded(name), encoded(value))));
        self.post(path, &[("cookie", &browser.cookie), ("sec-fetch-site", "same-origin")], &form).await
    }

    /// Calls the API, with a token or without, with JSON or without.
    pub(crate) async fn api(&self, method: Method, path: &str, token: Option<&str>, json: Option<&Value>) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match json {
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        self.call(request.body(body).unwrap()).await
    }

    /// A token for the API, straight from the service.
    pub(crate) async fn token(&self, sign_in: &str) -> String {
        let signed_in = self.service.sign_in(sign_in, SecretString::from(PASSWORD), SessionKind::Api).await.unwrap();
        signed_in.token.expose_secret().to_owned()
    }

    /// A browser's session, straight from the service.
    pub(crate) async fn browser(&self, sign_in: &str) -> Browser {
        let signed_in = self.service.sign_in(sign_in, SecretString::from(PASSWORD), SessionKind::Browser).await.unwrap();
        let unit = WebConfig::of(&self.service, HOST.parse().unwrap()).unwrap().unit;
        let token = signed_in.token.expose_secret().to_owned();
        Browser { cookie: format!("icmc-{}={token}", unit.short()), csrf: signed_in.csrf, token }
    }

    /// A case as the API shows it.
    pub(crate) async fn service_case(&self, token: &str, case: &str) -> Value {
        self.api(Method::GET, &format!("/cases/{case}"), Some(token), None).await.json()
    }

    /// The folder of documents.
    pub(crate) fn blobs(&self) -> std::path::PathBuf {
        self.folder.path().join("data/blobs")
    }

    /// Enters the sample case and gives its id.
    pub(crate) async fn case(&self, token: &str) -> String {
        let reply = self.api(Method::POST, "/cases", Some(token), Some(&sample_case())).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        reply.json()["id"].as_str().unwrap().to_owned()
    }
}

/// A case with one victim, a leg, a stage and a note.
pub(crate) fn sample_case() -> Value {
    json!({
        "case": {
            "title": "Girl of 16 gone after a job offer", "kind": "missing_person", "status": "open", "priority": "immediate",
            "opened_on": "2026-09-14", "source_channel": "family", "legal_basis": "child_best_interest"
        },
        "persons": [{
            "ref": "v",
            "person": { "sex": "female", "birth": "2010-03-22", "mother": "Thrinsibon Kharsyntiew", "home_country": "IN" },
            "names": [{ "kind": "legal", "given": "Ibanlari", "family": "Kharsyntiew", "script": "Latn" }],
            "phones": [{ "number": "+91 50011 20416", "safe_to_contact": false }],
            "roles": [{
                "role": ["possible_victim"], "matching_basis": "child_best_interest",
                "matching_reason": "A child is missing; tracing serves the best interest of the child."
            }]
        }],
        "legs": [{ "person": "v", "seq": 1, "kind": "source", "from_country": "IN", "to_country": "IN", "mode": "bus" }],
        "stages": [{ "person": "v", "stage": "R1", "state": "in_progress", "entered_on": "2026-09-14" }],
        "notes": [{ "person": "v", "text": "The class teacher confirms good attendance." }]
    })
}
