//! The browser SDK as this door serves it: inside the program, packed beforehand, under a plain name that
//! browsers ask about again, and under a name with its hash that they keep for ever.

use std::io::Write;
use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::asked::Asked;
use crate::collector::Collector;
use crate::dialect::{Route, Work, routes};

/// Pages of every origin load the SDK, those that isolate themselves as well.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const SCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A fixed SDK must reach the pages soon.
const FOR_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// What may be loaded.
pub(crate) const ROUTES: &[Route] = routes! {
    GET "/sdk/{file}" => Work::Give(give),
};

/// One file of the SDK.
#[derive(Debug)]
pub struct File {
    /// Its plain name: `holdfast.js`.
    pub name: &'static str,
    /// Its name with the hash of its content: `holdfast.1f0c….js`.
    pub hashed_name: String,
    /// What a page may write into `integrity`.
    pub integrity: String,
    /// The size as browsers get it, in bytes.
    pub brotli_bytes: usize,
    text: &'static [u8],
    brotli: &'static [u8],
    gzip: Vec<u8>,
    etag: String,
}

/// `sdk/browser/manifest.json`.
#[derive(Deserialize)]
struct Manifest {
    files: std::collections::HashMap<String, Hashes>,
}

#[derive(Deserialize)]
struct Hashes {
    hash: String,
    integrity: String,
}

macro_rules! file {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../sdk/browser/", $name)).as_slice(),
            include_bytes!(concat!("../../../sdk/browser/", $name, ".br")).as_slice(),
        )
    };
}

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let manifest = include_str!("../../../sdk/browser/manifest.json");
    let known = serde_json::from_str::<Manifest>(manifest).map(|manifest| manifest.files).unwrap_or_default();
    let files = [file!("holdfast.js"), file!("holdfast.mjs")];
    files
        .into_iter()
        .filter_map(|(name, text, brotli)| File::new(name, text, brotli, known.get(name)?))
        .collect()
});

impl File {
    fn new(name: &'static str, text: &'static [u8], brotli: &'static [u8], hashes: &Hashes) -> Option<Self> {
        let (stem, ending) = name.split_once('.')?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(text).ok()?;
        Some(Self {
            name,
            hashed_name: format!("{stem}.{}.{ending}", hashes.hash),
            integrity: hashes.integrity.clone(),
            brotli_bytes: brotli.len(),
            text,
            brotli,
            gzip: gzip.finish().ok()?,
            etag: format!("\"{}\"", hashes.hash),
        })
    }
}

/// The files of the SDK; the classic script comes first.
pub fn files() -> &'static [File] {
    &FILES
}

/// The lines that put the SDK into a page, with the write key filled in: the script by its hashed name,
/// which may therefore be checked against `integrity`.
pub fn snippet(collect_url: &str, write_key: &str) -> String {
    let home = collect_url.trim_end_matches('/');
    FILES.first().map_or_else(String::new, |file| {
        format!(
            "<script async crossorigin src=\"{home}/sdk/{}\"\n  integrity=\"{}\"\n  data-write-key=\"{write_key}\"></script>",
            file.hashed_name, file.integrity
        )
    })
}

fn give(_: &Collector, asked: &Asked) -> Response {
    let name = asked.param("file").unwrap_or_default();
    let found = FILES.iter().find(|file| file.name == name || file.hashed_name == name);
    let Some(file) = found else {
        let mut reply = Response::new(Body::from("no such file of the SDK\n"));
        *reply.status_mut() = StatusCode::NOT_FOUND;
        reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        return reply;
    };
    let caching = if file.name == name { FOR_MINUTES } else { FOR_EVER };
    let is_known = asked.header(IF_NONE_MATCH).is_some_and(|tags| tags == "*" || tags.contains(&file.etag));
    let (encoding, body) = match () {
        () if is_known => (None, &[][..]),
        () if takes(asked, "br") => (Some("br"), file.brotli),
        () if takes(asked, "gzip") => (Some("gzip"), file.gzip.as_slice()),
        () => (None, file.text),
    };
    let mut reply = Response::new(Body::from(body));
    if is_known {
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
    }
    describe(reply.headers_mut(), file, caching);
    if let Some(encoding) = encoding {
        reply.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    reply
}

fn describe(headers: &mut HeaderMap, file: &File, caching: HeaderValue) {
    headers.insert(CONTENT_TYPE, SCRIPT);
    headers.insert(CACHE_CONTROL, caching);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    headers.append(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    if let Ok(etag) = HeaderValue::try_from(&file.etag) {
        headers.insert(ETAG, etag);
    }
}

/// Whether the asker takes an encoding and does not forbid it.
fn takes(asked: &Asked, encoding: &str) -> bool {
    asked.header(ACCEPT_ENCODING).unwrap_or_default().split(',').any(|offer| {
        let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
        let is_forbidden =
            weight.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        name.trim().eq_ignore_ascii_case(encoding) && !is_forbidden
    })
}
