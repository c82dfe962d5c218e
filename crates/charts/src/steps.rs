//! Steps of a funnel as bars that grow shorter.

use maud::{Markup, html};

use super::scale::coordinate;
use super::{SERIES_MAX, Series, colour};
use crate::number;

/// A chart of steps, one bar a series.
pub struct StepsChart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// A sentence about it.
    pub description: &'a str,
    /// The steps, in order.
    pub steps: &'a [String],
    /// For each group the people who reached each step; at most [`SERIES_MAX`] are drawn.
    pub series: &'a [Series],
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 180.0;
const NAME_CHARS: usize = 20;

/// The bars, each as high as its share of the series' first step.
pub fn steps(chart: &StepsChart<'_>) -> Markup {
    let count = chart.steps.len().max(1);
    let drawn = || chart.series.iter().take(SERIES_MAX);
    let (wide, bars) = (WIDTH / count as f64, drawn().count().max(1));
    let bar = (wide * 0.8 / bars as f64).min(90.0);
    let at = |series: &Series, step: usize| series.values.get(step).copied().flatten().unwrap_or(0.0);
    let share = |series: &Series, step: usize| {
        let first = at(series, 0);
        if first > 0.0 { at(series, step) / first } else { 0.0 }
    };
    html! {
        svg.chart.bars viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 56.0) } role="group" aria-labelledby={ (chart.id) "-title" } aria-describedby={ (chart.id) "-text" } {
            title id={ (chart.id) "-title" } { (chart.title) }
            desc id={ (chart.id) "-text" } { (chart.description) }
            g transform="translate(0 18)" {
                line.axis x1="0" x2=(WIDTH) y1=(HEIGHT) y2=(HEIGHT) {}
                @for (step, name) in chart.steps.iter().enumerate() {
                    @let left = wide * step as f64 + (wide - bar * bars as f64) / 2.0;
                    @for (place, series) in drawn().enumerate() {
                        @let (x, height) = (left + bar * place as f64, HEIGHT * share(series, step));
                        @let label = format!("{}, {}: {}, {}", series.label, name, number::plain(at(series, step)), number::percent(share(series, step)));
                        g.at class=(colour(place)) role="img" aria-label=(label) {
                            title { (label) }
                            rect.area x=(coordinate(x)) y="0" width=(coordinate(bar * 0.92)) height=(HEIGHT) {}
                            rect.fill x=(coordinate(x)) y=(coordinate(HEIGHT - height)) width=(coordinate(bar * 0.92)) height=(coordinate(height)) rx="2" {}
                            @if bar >= 34.0 {
                                text.s x=(coordinate(x + bar * 0.46)) y=(coordinate(HEIGHT - height - 5.0)) text-anchor="middle" { (number::percent(share(series, step))) }
                            }
                        }
                    }
                    text x=(coordinate(wide * (step as f64 + 0.5))) y=(HEIGHT + 20.0) text-anchor="middle" { (cut(name, (wide / 7.0) as usize)) }
                }
            }
        }
    }
}

/// A name, as long as there is room for.
pub(super) fn cut(name: &str, room: usize) -> String {
    let room = room.clamp(3, NAME_CHARS);
    if name.chars().count() <= room {
        return name.to_owned();
    }
    name.chars().take(room - 1).chain(['…']).collect()
}
