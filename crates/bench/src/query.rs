//! How fast questions are answered, beside other engines: one invented shop's events at rest in our own archive, in chDB and in
//! DuckDB, each in a process of its own; the same nine questions in turns; answers compared before anything is measured.
//!
//! Modules in reading order: `shop` (the events), `words`, `dice`, `fill` (into our archive), `hand` (to the others), `asked`
//! (the questions), `worker` (our engine), `engine` (any engine's process), `peers.py` (the others), `rounds` (asking in turns),
//! [`table`] (what came of it), [`page`] (the same, drawn).

mod asked;
mod dice;
mod engine;
mod fill;
mod hand;
pub mod page;
mod peers;
mod rounds;
mod shop;
pub mod table;
mod words;
mod worker;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use table::{QueryReport, Size};
pub use worker::answer_lines;

use crate::error::BenchError;
use engine::{Engine, Start};
use peers::Peer;
use shop::Shop;
use table::Store;

/// What is asked of how much.
#[derive(Clone, Debug)]
pub struct Query {
    /// How many events; several sizes show how answers grow.
    pub sizes: Vec<u64>,
    /// Which shop.
    pub seed: u64,
    /// How often everything is asked, beside the first time, which is not counted.
    pub rounds: usize,
    /// How long an engine may take for one answer.
    pub limit: Duration,
    /// Where the data lies; what is made there is removed by the caller.
    pub folder: PathBuf,
    /// The program that answers as [`answer_lines`] does when it is given these arguments and a folder.
    pub own: (PathBuf, Vec<String>),
    /// A Python and the names of the other engines, if they are asked too.
    pub peers: Option<(PathBuf, Vec<String>)>,
}

/// How many threads every engine is given.
const THREADS: usize = 2;

/// Makes, loads, asks, compares.
///
/// # Errors
/// An engine is missing or fails, two answers differ, or files cannot be written. `tell` hears how far it is.
pub fn query(config: &Query, tell: &dyn Fn(&str)) -> Result<QueryReport, BenchError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let peers = match &config.peers {
        Some((python, names)) => Peer::find(python, names, &config.folder, threads)?,
        None => Vec::new(),
    };
    let mut sizes = Vec::new();
    for events in &config.sizes {
        let folder = config.folder.join(format!("{events}"));
        stdx::files::private_dir(&folder).map_err(BenchError::file(&folder))?;
        sizes.push(one_size(config, &peers, *events, &folder, tell)?);
        std::fs::remove_dir_all(&folder).map_err(BenchError::file(&folder))?;
    }
    Ok(QueryReport { seed: config.seed, rounds: config.rounds, threads, sizes })
}

fn one_size(
    config: &Query,
    peers: &[Peer],
    events: u64,
    folder: &Path,
    tell: &dyn Fn(&str),
) -> Result<Size, BenchError> {
    let begun = Instant::now();
    let tell = |text: String| tell(&format!("{:6.0} s  {text}", begun.elapsed().as_secs_f64()));
    tell(format!("inventing {events} events"));
    let shop = Shop::new(events, config.seed);
    tell(format!("{} people, {} sessions; into the archive", shop.active, shop.sessions));
    let own = folder.join("holdfast");
    let filled = fill::fill(&own, &shop, &tell)?;
    let mut stores = vec![Store {
        engine: "Holdfast".to_owned(),
        disk_bytes: bytes_below(&own)?,
        load_wall_s: filled.wall_s,
        load_cpu_s: filled.cpu_s,
    }];
    if !peers.is_empty() {
        tell("to the other engines".to_owned());
        hand::hand(folder, &shop)?;
    }
    let (active, sessions, merged) = (shop.active, shop.sessions, shop.merged);
    drop(shop);
    for peer in peers {
        tell(format!("loading {}", peer.title));
        stores.push(peer.load(folder, events)?);
    }
    let mut arguments = config.own.1.clone();
    arguments.push(own.display().to_string());
    let start = Start { title: "Holdfast".to_owned(), program: config.own.0.clone(), arguments };
    let starts = std::iter::once(start).chain(peers.iter().map(|peer| peer.answering(folder)));
    let mut engines =
        starts.map(|start| Engine::start(&start, config.limit)).collect::<Result<Vec<_>, _>>()?;
    let asked = rounds::ask(&mut engines, config.rounds, &tell)?;
    Ok(Size {
        events,
        people: active,
        sessions,
        merged,
        fresh: filled.fresh,
        stores,
        engines: engines.iter().map(|engine| engine.as_told()).collect(),
        questions: asked,
    })
}

/// How many bytes the files below a folder have.
fn bytes_below(folder: &Path) -> Result<u64, BenchError> {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(BenchError::file(&folder))? {
            let entry = entry.map_err(BenchError::file(&folder))?;
            let about = entry.metadata().map_err(BenchError::file(&entry.path()))?;
            if about.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += about.len();
            }
        }
    }
    Ok(bytes)
}
