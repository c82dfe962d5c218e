//! Writes every page with its sample view, and the assets, into a folder, for looking at:
//! `cargo run -p console --example gallery -- FOLDER`. Served from the root of a server the pages work as they are.

#![expect(clippy::unwrap_used, reason = "samples are right or nothing is shown")]

#[path = "../tests/pages/samples.rs"]
mod samples;

use std::path::Path;

use console::assets;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("assets"))?;
    for (name, page) in samples::all() {
        let page = page.into_string().replace(assets::PREFIX, "assets/");
        stdx::files::replace(&folder.join(format!("{name}.html")), page.as_bytes())?;
    }
    for asset in assets::all() {
        stdx::files::replace(&folder.join("assets").join(&asset.hashed_name), asset.bytes)?;
    }
    println!("{}", folder.display());
    Ok(())
}
