//! Paths as bands that part and meet from step to step.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::colour;
use super::scale::coordinate;
use super::steps::cut;
use crate::number;

/// A chart of paths.
pub struct FlowChart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// A sentence about it.
    pub description: &'a str,
    /// The paths and how often each was taken; a step is none where the session had ended.
    pub paths: &'a [(Vec<Option<String>>, u64)],
}

/// An event at a step: how often, and where it is drawn.
struct Box {
    name: String,
    count: u64,
    top: f64,
    height: f64,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
const BAR: f64 = 8.0;
const GAP: f64 = 10.0;

/// The bands. Each step's events stand one above the other, the most frequent first.
pub fn flow(chart: &FlowChart<'_>) -> Markup {
    let depth = chart.paths.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
    let all: u64 = chart.paths.iter().map(|(_, count)| count).sum();
    let steps: Vec<Vec<Box>> = (0..depth).map(|step| boxes(chart, step, all)).collect();
    let wide = (WIDTH - BAR) / depth.max(1) as f64;
    let x = |step: usize| wide * step as f64;
    html! {
        svg.chart.flow viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 8.0) } role="group" aria-labelledby={ (chart.id) "-title" } aria-describedby={ (chart.id) "-text" } {
            title id={ (chart.id) "-title" } { (chart.title) }
            desc id={ (chart.id) "-text" } { (chart.description) }
            @for step in 1..depth {
                g class=(colour(0)) {
                    @for band in bands(chart, step, (&steps[step - 1], &steps[step]), all) {
                        path.area d=(curve((x(step - 1) + BAR, x(step)), &band)) {}
                    }
                }
            }
            @for (step, boxes) in steps.iter().enumerate() {
                @for one in boxes {
                    @let label = format!("step {}: {}, {}", step + 1, one.name, number::count(one.count, "time"));
                    g class=(colour(0)) role="img" aria-label=(label) {
                        title { (label) }
                        rect.fill x=(coordinate(x(step))) y=(coordinate(one.top)) width=(BAR) height=(coordinate(one.height)) rx="2" {}
                        text x=(coordinate(x(step) + BAR + 5.0)) y=(coordinate(one.top + one.height / 2.0)) dy="4" { (cut(&one.name, (wide / 8.0) as usize)) }
                    }
                }
            }
        }
    }
}

fn height(count: u64, all: u64, boxes: usize) -> f64 {
    let room = HEIGHT - GAP * boxes.saturating_sub(1) as f64;
    (room.max(HEIGHT / 4.0) * count as f64 / all.max(1) as f64).max(1.0)
}

fn boxes(chart: &FlowChart<'_>, step: usize, all: u64) -> Vec<Box> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (path, count) in chart.paths {
        if let Some(name) = path.get(step).and_then(Option::as_deref) {
            *counts.entry(name).or_default() += count;
        }
    }
    let mut ranked: Vec<(&str, u64)> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut top = 0.0;
    ranked
        .iter()
        .map(|(name, count)| {
            let one = Box {
                name: (*name).to_owned(),
                count: *count,
                top,
                height: height(*count, all, ranked.len()),
            };
            top += one.height + GAP;
            one
        })
        .collect()
}

/// The bands from one step to the next: where each leaves and arrives, and how wide it is there.
fn bands(chart: &FlowChart<'_>, step: usize, (from, to): (&[Box], &[Box]), all: u64) -> Vec<[f64; 4]> {
    let mut counts: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    let place = |boxes: &[Box], path: &[Option<String>], step: usize| {
        let name = path.get(step)?.as_deref()?;
        boxes.iter().position(|one| one.name == name)
    };
    for (path, count) in chart.paths {
        if let (Some(left), Some(right)) = (place(from, path, step - 1), place(to, path, step)) {
            *counts.entry((left, right)).or_default() += count;
        }
    }
    let (mut leaving, mut arriving) = (vec![0.0; from.len()], vec![0.0; to.len()]);
    let band = |((left, right), count): ((usize, usize), u64)| {
        let (out, into) = (height(count, all, from.len()), height(count, all, to.len()));
        let band = [from[left].top + leaving[left], out, to[right].top + arriving[right], into];
        leaving[left] += out;
        arriving[right] += into;
        band
    };
    counts.into_iter().map(band).collect()
}

fn curve((left, right): (f64, f64), [top, out, bottom, into]: &[f64; 4]) -> String {
    let middle = coordinate(f64::midpoint(left, right));
    let (left, right) = (coordinate(left), coordinate(right));
    let (a, b, c, d) =
        (coordinate(*top), coordinate(*bottom), coordinate(bottom + into), coordinate(top + out));
    format!(
        "M{left} {a}C{middle} {a} {middle} {b} {right} {b}L{right} {c}C{middle} {c} {middle} {d} {left} {d}Z"
    )
}
