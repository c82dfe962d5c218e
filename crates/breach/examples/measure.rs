//! How fast a corpus becomes a filter, how large that is, how much memory it takes and how often it is wrong:
//! `cargo run --release -p breach --example measure -- FOLDER LINES`.

use std::io::{BufRead, Read};
use std::path::PathBuf;
use std::time::Instant;

use breach::{BreachError, Corpus, import};

/// How many passwords of the corpus and how many others are asked.
const SAMPLE: u64 = 1_000_000;

/// Lines as the well-known corpus has them, made as they are read.
struct Lines {
    next: u64,
    end: u64,
    line: Vec<u8>,
    at: usize,
}

fn password(n: u64) -> String {
    format!("a known password {n}")
}

impl Read for Lines {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Lines {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.at == self.line.len() && self.next < self.end {
            self.line = format!("{}\n", password(self.next)).into_bytes();
            (self.next, self.at) = (self.next + 1, 0);
        }
        Ok(&self.line[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

#[allow(clippy::disallowed_methods, reason = "measuring is what it is for")]
fn main() -> Result<(), BreachError> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let lines = arguments.next().and_then(|lines| lines.parse().ok()).unwrap_or(1_000_000);
    let path = folder.join("breached");
    let begin = Instant::now();
    let facts = import(Lines { next: 0, end: lines, line: Vec::new(), at: 0 }, &path, |_| {})?;
    let took = begin.elapsed().as_secs_f64();
    let per_key = facts.bytes as f64 * 8.0 / facts.keys as f64;
    println!("{} keys in {took:.1} s, {:.0} a second", facts.keys, facts.keys as f64 / took);
    println!("{} bytes, {per_key:.1} bits a key, {} shards", facts.bytes, 1_u64 << facts.bits);
    println!("{}", peak());
    let corpus = Corpus::at(&path);
    let sample = SAMPLE.min(lines);
    let begin = Instant::now();
    let (mut missed, mut wrong) = (0, 0);
    for n in 0..sample {
        missed += u64::from(!corpus.has(&password(n * (lines / sample)))?);
        wrong += u64::from(corpus.has(&format!("nobody has {n} of these"))?);
    }
    let each_us = begin.elapsed().as_secs_f64() * 1e6 / (2 * sample) as f64;
    println!("{missed} of {sample} missed, {wrong} of {sample} others refused, {each_us:.0} µs a look");
    std::fs::remove_file(&path).map_err(|source| BreachError::File { path, source })
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned()
}
