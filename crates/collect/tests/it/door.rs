//! A collect door without a listener: requests go straight into the router.

use axum::Router;
use axum::body::Body;
use collect::quarantine::Quarantine;
use collect::{Collector, Config, Parts, Source, Sources, source};
use control::{CONTROL_MIGRATIONS, Database};
use http::{HeaderMap, Method, Request, StatusCode};
use journal::Journal;
use keys::{Key, KeyDirectory};
use model::{EventRecord, Offset, Stored};
use stdx::{Clock, ManualClock};
use tower::ServiceExt;

/// What the clock of every door says at first: 2026-10-30T10:00:00Z.
pub const NOW_MS: i64 = 1_793_354_400_000;

pub struct Door {
    pub router: Router,
    pub collector: Collector,
    pub control: Database,
    pub journal: Journal,
    pub source: Source,
    pub hand: ManualClock,
    pub keys: KeyDirectory,
    _folder: tempfile::TempDir,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Fails unless the reply is exactly the one that every SDK takes for success.
    pub fn must_succeed(&self) {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!((self.status, &*body), (StatusCode::OK, r#"{"success":true}"#));
        assert_eq!(self.header("content-type"), Some("application/json"));
    }
}

impl Door {
    pub fn new() -> Self {
        Self::with(Config::default(), journal::Config::default())
    }

    pub fn with(config: Config, journal_config: journal::Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, hand) = Clock::manual(jiff::Timestamp::from_millisecond(NOW_MS).unwrap());
        let control = Database::open(&folder.path().join("control.db"), CONTROL_MIGRATIONS).unwrap();
        let keys = KeyDirectory::new();
        let source = control
            .write(|tx| {
                let (workspace, workspace_keys) =
                    control::workspaces::create(tx, &Key::generate(), "Shop", NOW_MS)?;
                keys.insert(workspace.id, workspace_keys);
                source::create(tx, workspace.id, "Website", NOW_MS)
            })
            .unwrap();
        let journal_dir = folder.path().join("journal");
        let (journal, _) = Journal::open(&journal_dir, keys.clone(), clock.clone(), journal_config).unwrap();
        let parts = Parts {
            control: control.clone(),
            sources: Sources::load(&control).unwrap(),
            journal: journal.clone(),
            keys: keys.clone(),
            quarantine: Quarantine::open(&folder.path().join("quarantine"), keys.clone()).unwrap(),
            clock,
            config,
        };
        let collector = Collector::new(parts).unwrap();
        let router = collect::routes(collector.clone());
        Self { router, collector, control, journal, source, hand, keys, _folder: folder }
    }

    /// The same with its journal opened anew, as after a restart.
    pub fn reopened(mut self) -> Self {
        let dir = self._folder.path().join("journal");
        let opened = Journal::open(&dir, self.keys.clone(), Clock::wall(), journal::Config::default());
        self.journal = opened.unwrap().0;
        self
    }

    /// Sends a request with these headers.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.into())).unwrap();
        let reply = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = reply.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// Posts with the source's write key in the header.
    pub async fn post(&self, path: &str, body: impl Into<Vec<u8>>) -> Reply {
        self.send(Method::POST, path, &[("authorization", &self.basic())], body).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], "").await
    }

    pub fn basic(&self) -> String {
        basic(&self.source.write_key)
    }

    /// Everything in the journal.
    pub fn events(&self) -> Vec<EventRecord> {
        let entries = self.journal.read(Offset(0), usize::MAX).unwrap();
        let event = |stored| match stored {
            Stored::Event(event) => event,
            Stored::Order(_) | Stored::Purged { .. } => panic!("nobody ordered anything"),
        };
        entries.into_iter().map(|entry| event(entry.record)).collect()
    }

    /// What was refused in the workspace: reason, field and how often, in the order of the alphabet.
    pub fn refused(&self) -> Vec<(String, String, u64)> {
        let rows = self.collector.refusals(self.source.workspace);
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|(place, count)| (place.reason.into_owned(), place.field.into_owned(), count.count))
            .collect();
        rows.sort();
        rows
    }
}

pub fn basic(write_key: &str) -> String {
    format!("Basic {}", data_encoding::BASE64.encode(format!("{write_key}:").as_bytes()))
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
