//! Asking in turns: the first question of every engine, then the second, so that a slow moment of the machine hits all of them.
//!
//! The first round compares the answers, warms everything up and is not counted. A form of a question that is much dearer than
//! the engine's best one is not asked again; what takes long anyway is asked twice.

use std::cmp::Ordering;

use serde_json::Value;

use super::asked::{ASKED, Asked};
use super::engine::{Engine, Said, Took};
use super::table::{Figures, Measured, Ratio};
use crate::error::BenchError;

/// A form is dropped when it takes so many times the processor time of the engine's best.
const DEAR: f64 = 1.6;
/// What takes more processor time than this, in seconds, is asked no more than so many rounds.
const LONG_S: f64 = 4.0;
const LONG_ROUNDS: usize = 2;

/// What one form of a question came to, round by round.
struct Asking {
    engine: usize,
    form: String,
    takes: Vec<Took>,
    /// Why it has no answer.
    error: Option<String>,
}

/// Asks everything of everybody `rounds` times and once more; ours is the first engine.
pub(super) fn ask(
    engines: &mut [Engine],
    rounds: usize,
    tell: &dyn Fn(String),
) -> Result<Vec<Measured>, BenchError> {
    let mut table: Vec<Vec<Asking>> = Vec::new();
    for asked in &ASKED {
        let mut askings = Vec::new();
        for (number, engine) in engines.iter_mut().enumerate() {
            for form in engine.ready.forms(asked.key) {
                let mut asking = Asking { engine: number, form, takes: Vec::new(), error: None };
                asking.ask(engine, asked)?;
                tell(asking.told(engine, asked));
                askings.push(asking);
            }
        }
        agree(asked, &askings, engines)?;
        drop_dear(&mut askings);
        table.push(askings);
    }
    // What the first round took was for getting warm.
    let long: Vec<Vec<bool>> =
        table.iter_mut().map(|askings| askings.iter_mut().map(Asking::warm).collect()).collect();
    for round in 0..rounds {
        tell(format!("round {} of {rounds}", round + 1));
        for ((asked, askings), long) in ASKED.iter().zip(&mut table).zip(&long) {
            for (asking, long) in askings.iter_mut().zip(long) {
                let Some(engine) = engines.get_mut(asking.engine) else { continue };
                if asking.error.is_none() && !(*long && round >= LONG_ROUNDS) {
                    asking.ask(engine, asked)?;
                }
            }
        }
    }
    Ok(ASKED.iter().zip(table).map(|(asked, askings)| measured(asked, askings, engines)).collect())
}

impl Asking {
    fn ask(&mut self, engine: &mut Engine, asked: &Asked) -> Result<(), BenchError> {
        match engine.ask(asked.key, &self.form)? {
            Said::Answer(took) => self.takes.push(took),
            Said::Error { error } => self.error = Some(error),
        }
        Ok(())
    }

    /// Forgets the first take; whether it was long.
    fn warm(&mut self) -> bool {
        self.takes.pop().is_some_and(|took| took.cpu_s > LONG_S)
    }

    fn told(&self, engine: &Engine, asked: &Asked) -> String {
        let form = if self.form.is_empty() { String::new() } else { format!(" ({})", self.form) };
        let came = match (self.takes.last(), &self.error) {
            (Some(took), None) => format!("{:.3} s", took.wall_s),
            (_, error) => error.clone().unwrap_or_default(),
        };
        format!("{}, {}{form}: {came}", asked.title, engine.start.title)
    }

    fn median(&self, of: impl Fn(&Took) -> f64) -> Option<f64> {
        let mut values: Vec<f64> = self.takes.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let upper = values.get(values.len() / 2).copied()?;
        let lower = values.get((values.len() - 1) / 2).copied()?;
        Some((upper + lower) / 2.0)
    }
}

/// Every engine's answer is ours, or it ends here.
fn agree(asked: &Asked, askings: &[Asking], engines: &[Engine]) -> Result<(), BenchError> {
    let Some(ours) = askings.first() else { return Ok(()) };
    let Some(own) = ours.takes.first() else {
        let problem = ours.error.clone().unwrap_or_default();
        return Err(BenchError::Engine {
            engine: "Holdfast".to_owned(),
            problem: format!("{}: {problem}", asked.title),
        });
    };
    let own = in_order(&own.rows);
    for asking in askings.iter().skip(1) {
        let Some(took) = asking.takes.first() else { continue };
        let theirs = in_order(&took.rows);
        if own != theirs {
            let place = own.iter().zip(&theirs).take_while(|(own, theirs)| own == theirs).count();
            let row = |rows: &[String]| rows.get(place).cloned().unwrap_or_else(|| "no more rows".to_owned());
            let engine = engines.get(asking.engine).map(|engine| engine.start.title.clone());
            return Err(BenchError::Differ {
                question: asked.title,
                engine: engine.unwrap_or_default(),
                ours: row(&own),
                theirs: row(&theirs),
            });
        }
    }
    Ok(())
}

/// Rows as texts, in an order of their own: engines need not agree on that.
fn in_order(rows: &[Vec<Value>]) -> Vec<String> {
    let mut rows: Vec<String> = rows.iter().map(|row| Value::from(row.clone()).to_string()).collect();
    rows.sort();
    rows
}

/// Leaves each engine the forms that are not much dearer than its best.
fn drop_dear(askings: &mut Vec<Asking>) {
    let cost = |asking: &Asking| asking.takes.first().map_or(f64::INFINITY, |took| took.cpu_s);
    let costs: Vec<(usize, f64)> = askings.iter().map(|asking| (asking.engine, cost(asking))).collect();
    let best = |engine: usize| {
        costs.iter().filter(|(of, _)| *of == engine).map(|(_, cost)| *cost).fold(f64::INFINITY, f64::min)
    };
    // A form without an answer stays only where the engine has no other: so that it is told.
    askings.retain(|asking| {
        let (own, best) = (cost(asking), best(asking.engine));
        own <= best * DEAR
    });
}

/// The figures of one question: of each engine its fastest form.
fn measured(asked: &Asked, askings: Vec<Asking>, engines: &[Engine]) -> Measured {
    let mut figures: Vec<Figures> = Vec::new();
    for (number, engine) in engines.iter().enumerate() {
        let own = askings.iter().filter(|asking| asking.engine == number);
        let key = |asking: &&Asking| asking.median(|took| took.wall_s).unwrap_or(f64::INFINITY);
        let best = own.min_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(Ordering::Equal));
        let Some(asking) = best else { continue };
        figures.push(Figures {
            engine: engine.start.title.clone(),
            form: asking.form.clone(),
            wall_s: asking.median(|took| took.wall_s),
            cpu_s: asking.median(|took| took.cpu_s),
            runs: asking.takes.len(),
            peak_bytes: asking.takes.iter().map(|took| took.peak_bytes).max().unwrap_or_default(),
            problem: asking.error.clone(),
        });
    }
    let ratio = Ratio::of(&figures);
    Measured { question: asked.title.to_owned(), floor: asked.floor, goal: asked.goal, ratio, figures }
}
