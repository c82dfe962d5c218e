//! Bars over time, one layer a series.

use maud::{Markup, html};

use super::scale::{Scale, coordinate, labelled};
use super::{PLACES_MAX, SERIES_MAX, Series, colour};
use crate::number;

/// A chart of stacked bars. Values below 0 count as 0: layers can only be put on one another.
pub struct StackedChart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// A sentence about it.
    pub description: &'a str,
    /// The places of the horizontal axis, in order.
    pub places: &'a [String],
    /// The layers, from below; at most [`SERIES_MAX`] are drawn.
    pub series: &'a [Series],
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 168.0;
const LEFT: f64 = 44.0;

/// The bars. They are few and low enough to be read in any window.
pub fn stacked(chart: &StackedChart<'_>) -> Markup {
    let count = chart.places.len().min(PLACES_MAX);
    let at =
        |series: &Series, place: usize| series.values.get(place).copied().flatten().unwrap_or(0.0).max(0.0);
    let sum =
        |place: usize| chart.series.iter().take(SERIES_MAX).map(|series| at(series, place)).sum::<f64>();
    let scale = Scale::of_counts((0..count).map(sum), 3);
    let step = (WIDTH - LEFT) / count.max(1) as f64;
    html! {
        svg.chart.bars viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 34.0) } role="group" aria-labelledby={ (chart.id) "-title" } aria-describedby={ (chart.id) "-text" } {
            title id={ (chart.id) "-title" } { (chart.title) }
            desc id={ (chart.id) "-text" } { (chart.description) }
            g transform="translate(0 8)" {
                @for tick in &scale.ticks {
                    @let y = coordinate(scale.place(*tick, HEIGHT));
                    line class=(if *tick == 0.0 { "axis" } else { "rule" }) x1=(LEFT) x2=(WIDTH) y1=(y) y2=(y) {}
                    text.s x=(LEFT - 8.0) y=(y) dy="4" text-anchor="end" { (number::short(*tick)) }
                }
                @for place in labelled(count, 6) {
                    text.s x=(coordinate(LEFT + step * (place as f64 + 0.5))) y=(HEIGHT + 20.0) text-anchor="middle" { (chart.places[place]) }
                }
                @for place in 0..count {
                    @let words: Vec<String> = chart.series.iter().take(SERIES_MAX)
                        .map(|series| format!("{} {}", series.label, number::plain(at(series, place)))).collect();
                    @let label = format!("{}: {}", chart.places[place], words.join(", "));
                    g.at tabindex=(if place + 1 == count { "0" } else { "-1" }) role="img" aria-label=(label) {
                        title { (label) }
                        rect.hit x=(coordinate(LEFT + step * place as f64)) y="0" width=(coordinate(step)) height=(HEIGHT) {}
                        line.guide x1=(coordinate(LEFT + step * (place as f64 + 0.5))) x2=(coordinate(LEFT + step * (place as f64 + 0.5))) y1="0" y2=(HEIGHT) {}
                        (layers(chart, &scale, place, LEFT + step * place as f64 + step * 0.15, step * 0.7))
                    }
                }
            }
        }
    }
}

fn layers(chart: &StackedChart<'_>, scale: &Scale, place: usize, x: f64, width: f64) -> Markup {
    let mut below = 0.0;
    let boxes: Vec<(usize, f64, f64)> = chart
        .series
        .iter()
        .take(SERIES_MAX)
        .enumerate()
        .filter_map(|(index, series)| {
            let value = series.values.get(place).copied().flatten().filter(|value| *value > 0.0)?;
            let (foot, head) = (scale.place(below, HEIGHT), scale.place(below + value, HEIGHT));
            below += value;
            Some((index, head, foot - head))
        })
        .collect();
    html! {
        @for (index, top, height) in boxes {
            g class=(colour(index)) { rect.fill x=(coordinate(x)) y=(coordinate(top)) width=(coordinate(width)) height=(coordinate(height)) {} }
        }
    }
}
