//! Style, scripts and icon: inside the program, compressed once at the first use, named by their content
//! so that browsers may keep them for ever.

use std::io::Write;
use std::sync::LazyLock;

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The folder of the assets on the console door.
pub const PREFIX: &str = "/assets/";
/// What the answer with an asset says about keeping it.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// One file.
pub struct Asset {
    /// The plain name, as pages ask for it: `app.css`.
    pub name: &'static str,
    /// The name with the hash of the content in it: `app-1f0c….css`.
    pub hashed_name: String,
    /// The media type.
    pub content_type: &'static str,
    /// The bytes as they are.
    pub bytes: &'static [u8],
    /// The bytes compressed with gzip.
    pub gzip: Vec<u8>,
}

const FILES: [(&str, &str, &[u8]); 10] = [
    ("app.css", CSS, include_bytes!("../assets/app.css")),
    ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
    ("htmx.js", SCRIPT, include_bytes!("../assets/vendor/htmx.min.js")),
    ("hx-csp.js", SCRIPT, include_bytes!("../assets/vendor/hx-csp.min.js")),
    ("hx-sse.js", SCRIPT, include_bytes!("../assets/vendor/hx-sse.min.js")),
    ("page.mjs", SCRIPT, include_bytes!("../assets/page.mjs")),
    ("passkey.mjs", SCRIPT, include_bytes!("../assets/passkey.mjs")),
    ("live.mjs", SCRIPT, include_bytes!("../assets/live.mjs")),
    ("session.mjs", SCRIPT, include_bytes!("../assets/session.mjs")),
    ("keys.mjs", SCRIPT, include_bytes!("../assets/keys.mjs")),
];
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| FILES.iter().map(|file| asset(*file)).collect());

/// Every asset.
pub fn all() -> &'static [Asset] {
    &ASSETS
}

/// The asset of that hashed name, the last part of its address.
pub fn find(hashed_name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.hashed_name == hashed_name)
}

/// The address of the asset of that plain name.
pub fn href(name: &str) -> String {
    let hashed =
        ASSETS.iter().find(|asset| asset.name == name).map_or(name, |asset| asset.hashed_name.as_str());
    format!("{PREFIX}{hashed}")
}

fn asset((name, content_type, bytes): (&'static str, &'static str, &'static [u8])) -> Asset {
    let digest = HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref());
    let (stem, ending) = name.split_once('.').unwrap_or((name, "bin"));
    Asset {
        name,
        hashed_name: format!("{stem}-{}.{ending}", digest.get(..16).unwrap_or_default()),
        content_type,
        bytes,
        gzip: gzip(bytes),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to a Vec does not fail; were it to, an empty body would be served and a test would show it.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}
