//! The same events handed to the other engines: compressed CSV, which both read fast without a library of ours.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::shop::Shop;
use super::words;
use crate::error::BenchError;

/// How many rows a file has: several, so that a loader may read them side by side.
const ROWS: usize = 1_000_000;
/// Fast rather than small.
const LEVEL: i32 = 1;

/// Writes `events-000.csv.zst` and so on into `dir`. People stand there merged, so that nobody else has to do that.
pub(super) fn hand(dir: &Path, shop: &Shop) -> Result<(), BenchError> {
    let (paths, referrers) = (words::paths(), words::referrers());
    for (number, part) in shop.happenings.chunks(ROWS).enumerate() {
        let path = dir.join(format!("events-{number:03}.csv.zst"));
        let file = File::create_new(&path).map_err(BenchError::file(&path))?;
        let write = || -> std::io::Result<()> {
            let mut out = BufWriter::new(zstd::Encoder::new(file, LEVEL)?);
            for happening in part {
                let Some(person) = shop.people.get(happening.person as usize) else { continue };
                let text = |list: &'_ [String], number: u16| list.get(usize::from(number)).cloned();
                write!(
                    out,
                    "{},{},{},{},{},{},{},{},{},{},{},",
                    happening.time_ms,
                    Shop::user_id(happening),
                    happening.person,
                    words::of(&words::EVENTS, happening.event.into()),
                    words::of(&words::COUNTRIES, person.country.into()),
                    words::of(&words::BROWSERS, happening.browser.into()),
                    words::of(&words::OSES, person.os.into()),
                    words::of(&words::PLANS, person.plan.into()),
                    text(&paths, happening.path).unwrap_or_default(),
                    text(&referrers, happening.referrer).unwrap_or_default(),
                    Shop::session_id(happening),
                )?;
                if words::has_amount(happening.event) {
                    write!(out, "{}.{:02}", happening.cents / 100, happening.cents % 100)?;
                }
                out.write_all(b"\n")?;
            }
            out.into_inner()?.finish()?.sync_all()
        };
        write().map_err(BenchError::file(&path))?;
    }
    Ok(())
}
